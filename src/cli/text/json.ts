/** Large integers come as bigint where the engine tells the digits of a number (Node.js 22 and later). */
export function parseJson(text: string): unknown {
  return JSON.parse(text, ((_: string, value: unknown, context?: { source?: string }) => {
    const digits = context?.source
    const inexact = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    return inexact && digits !== undefined && /^-?\d+$/.test(digits) ? BigInt(digits) : value
  }) as (key: string, value: unknown) => unknown)
}
