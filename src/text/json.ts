import { isBytes, isDate, isMap } from '../tags.js'

/**
 * JSON, also of what JavaScript's own leaves out: integers of any size with all their digits, and by their names the numbers that
 * JSON does not have, at any depth.
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? finiteText(value) : `"${value}"`
  if (isBytes(value)) return JSON.stringify(Buffer.from(value).toString('hex'))
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as ArrayLike<unknown>, jsonText).join(',')}]`
  if (typeof value !== 'object' || value === null || isDate(value) || isParticle(value))
    return JSON.stringify(value) ?? 'null'
  const entries = isMap(value) ? namedEntries(value) : Object.entries(value)
  if (entries === undefined) return jsonText(Array.from(value as Map<unknown, unknown>))
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each)}`).join(',')}}`
}

/**
 * A number as JSON and CSV have it. Beyond the safe integers it is a float, and has an exponent: readers would take the
 * digits alone for an integer.
 */
export function finiteText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** Whether a value is GeoJSON or a HyperLogLog, which say themselves what they are as JSON. */
export function isParticle(value: object): boolean {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

/**
 * The values of a map under the texts of their keys, which is how JSON has it. Nothing where two keys have one text, as 1 and
 * '1' do: one of their values would be lost.
 */
export function namedEntries(map: ReadonlyMap<unknown, unknown>): [name: string, value: unknown][] | undefined {
  const entries = Array.from(map, ([key, value]): [string, unknown] => [mapKeyText(key), value])
  return new Set(entries.map(([name]) => name)).size === entries.length ? entries : undefined
}

/** The key of a map as the name of a property: bytes in hex. */
function mapKeyText(key: unknown): string {
  return isBytes(key) ? Buffer.from(key).toString('hex') : String(key)
}
