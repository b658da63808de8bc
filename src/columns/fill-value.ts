import { arrayOver } from './arrays.js'
import { NAT, ticksOf } from './datetime.js'
import { fitOf } from './fit.js'
import { codeOf, isViewKind } from '../kinds/code.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import type { DatetimeUnit, Field, NumericKind } from '../kinds/kinds.js'
import { isBytes, typedArrayName } from '../tags.js'

/** What a cell of a field holds that has no value: the bytes of one whole cell; `name` is how the caller knows the value. */
export function fillBytes(field: Field, value: unknown, name: string): Uint8Array {
  const { kind, unit } = field
  if (isViewKind(kind))
    throw invalidArgument(
      `${name}: a cell of ${codeOf(field)} without a value is always empty; \`valid\` tells them apart`,
    )
  if (kind === 'M8') {
    const ticks = value === 'NaT' ? NAT : ticksOf(value, unit as DatetimeUnit, () => name)
    return new Uint8Array(BigInt64Array.of(ticks).buffer)
  }
  if (kind === 'S' || kind === 'V') return paddedBytes(field, value, name)
  return numbers(field, kind, value, name)
}

function paddedBytes(field: Field, value: unknown, name: string): Uint8Array {
  const bytes = field.kind === 'S' && typeof value === 'string' ? Buffer.from(value) : value
  if (!isBytes(bytes)) {
    const what = field.kind === 'S' ? 'a string' : 'a Uint8Array'
    throw invalidArgument(`${name} must be ${what} for ${codeOf(field)}, not ${given(value)}`)
  }
  if (typeof value === 'string' && hasLoneSurrogate(value))
    throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold`)
  if (bytes.length > field.itemsize)
    throw outOfRange(`${name} has ${bytes.length} bytes, at most ${field.itemsize} fit into ${codeOf(field)}`)
  const cell = new Uint8Array(field.itemsize)
  cell.set(bytes)
  return cell
}

/** One number for a scalar or all elements of a sub-array, or an array of them. */
function numbers(field: Field, kind: NumericKind, value: unknown, name: string): Uint8Array {
  const { itemsize, count, shape } = field
  const isList = shape.length > 0 && (Array.isArray(value) || typedArrayName(value) !== undefined)
  const list = isList ? (value as ArrayLike<unknown>) : undefined
  if (list !== undefined && list.length !== count)
    throw outOfRange(`${name} has ${list.length} values, and ${codeOf(field)} needs ${count}, or one for all of them`)
  const cell = arrayOver(kind, new ArrayBuffer(itemsize * count), 0, count)
  const fit = fitOf(kind)
  for (let at = 0; at < count; at++) {
    const label = (): string => (list === undefined ? name : `${name}[${at}]`)
    ;(cell as { [at: number]: unknown })[at] = fit(list === undefined ? value : list[at], label)
  }
  return new Uint8Array(cell.buffer)
}
