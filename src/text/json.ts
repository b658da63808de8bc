import { isBytes, isDate, isMap } from '../tags.js'

/**
 * JSON, also of what JavaScript's own leaves out: integers of any size with all their digits, and by their names the numbers that
 * JSON does not have, at any depth.
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (isBytes(value)) return JSON.stringify(Buffer.from(value).toString('hex'))
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as ArrayLike<unknown>, jsonText).join(',')}]`
  if (typeof value !== 'object' || value === null || isDate(value) || isParticle(value))
    return JSON.stringify(value) ?? 'null'
  const entries = isMap(value) ? Array.from(value, ([key, each]) => [mapKeyText(key), each]) : Object.entries(value)
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each)}`).join(',')}}`
}

/** Whether a value is GeoJSON or a HyperLogLog, which say themselves what they are as JSON. */
export function isParticle(value: object): boolean {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

/** The key of a map as the name of a property: bytes in hex. */
export function mapKeyText(key: unknown): string {
  return isBytes(key) ? Buffer.from(key).toString('hex') : String(key)
}
