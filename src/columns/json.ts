import type { Kind } from '../kinds/kinds.js'
import { isBytes, isDate, isMap } from '../tags.js'
import { isParticle, namedEntries } from '../text/json.js'

/** A cell of a kind in the form in which JSON has it. A `Uint8Array` is bytes only where a field holds bytes, or anything. */
export function cellJson(kind: Kind, cell: unknown): unknown {
  if (kind === 'any') return valueJson(cell)
  if (typeof cell === 'bigint') return String(cell)
  if (typeof cell !== 'object' || cell === null || isDate(cell)) return cell
  return kind === 'V' || kind === 'binary'
    ? Buffer.from(cell as Uint8Array).toString('hex')
    : Array.from(cell as ArrayLike<unknown>, (element) => (typeof element === 'bigint' ? String(element) : element))
}

/** A bin's value: bigints as text, bytes as hex, maps as objects. */
function valueJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (isParticle(value)) return (value as { toJSON(): unknown }).toJSON()
  if (isBytes(value)) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(valueJson)
  const entries = isMap(value) ? namedEntries(value) : Object.entries(value)
  if (entries === undefined) return Array.from(value as Map<unknown, unknown>, valueJson)
  return Object.fromEntries(entries.map(([key, each]) => [key, valueJson(each)]))
}
