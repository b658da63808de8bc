/** Marks an integer that was put into quotes. A JSON text has this character only escaped. */
const MARK = '\u0000'
/** Strings, keys of objects with their colon among them, and integers that may be beyond what a number holds exactly. */
const STRINGS_AND_INTEGERS = /"(?:[^"\\]|\\.)*"(?:\s*:)?|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE]|\s*:)/g

/** Whether the engine tells the digits of a number to who revives it (Node.js 22 and later). */
const knowsSource = ((): boolean => {
  let known = false
  JSON.parse('1', ((_: string, __: unknown, context?: { source?: string }) => {
    known = context?.source === '1'
  }) as (key: string, value: unknown) => unknown)
  return known
})()

/** Large integers come as bigint, with all their digits. */
export function parseJson(text: string): unknown {
  if (knowsSource) return JSON.parse(text, bySource)
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text.replaceAll(STRINGS_AND_INTEGERS, marked), (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return value
    const rest = value.slice(1)
    return rest.startsWith(MARK) ? rest : exact(Number(rest), rest)
  })
}

/** An integer as a string with the mark; a string that begins with the mark gets another. */
function marked(found: string): string {
  if (!found.startsWith('"')) return `"\\u0000${found}"`
  return found.startsWith(String.raw`"\u0000`) && found.endsWith('"') ? `"\\u0000${found.slice(1)}` : found
}

function bySource(_: string, value: unknown, context?: { source?: string }): unknown {
  const digits = context?.source
  return typeof value === 'number' && digits !== undefined && /^-?\d+$/.test(digits) ? exact(value, digits) : value
}

const exact = (value: number, digits: string): number | bigint => (Number.isSafeInteger(value) ? value : BigInt(digits))
