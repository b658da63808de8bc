/** Integers of any size stay exact: JSON itself knows no limit, only JavaScript's numbers do. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('hex'))
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as ArrayLike<unknown>, jsonText).join(',')}]`
  if (value instanceof Map) return jsonText(Object.fromEntries(value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}:${jsonText(each)}`)
  return `{${entries.join(',')}}`
}

/** Large integers come as bigint where the engine tells the digits of a number (Node.js 22 and later). */
export function parseJson(text: string): unknown {
  return JSON.parse(text, ((_: string, value: unknown, context?: { source?: string }) => {
    const digits = context?.source
    const inexact = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    return inexact && digits !== undefined && /^-?\d+$/.test(digits) ? BigInt(digits) : value
  }) as (key: string, value: unknown) => unknown)
}
