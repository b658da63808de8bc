import { isBytes, isDate, isMap } from '../tags.js'

/** Integers of any size stay exact: JSON itself knows no limit, only JavaScript's numbers do. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
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
