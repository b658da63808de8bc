/** Marks an integer that was put into quotes. A JSON text has this character only escaped. */
const MARK = '\u0000'
/** Strings, keys of objects with their colon among them, and integers that may be beyond what a number holds exactly. */
const STRINGS_AND_INTEGERS = /"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE]|\s*:)/g

/** Whether the engine tells the digits of a number to who revives it (Node.js 22 and later). */
const knowsSource = ((): boolean => {
  let known = false
  JSON.parse('1', ((_: string, __: unknown, context?: { source?: string }) => {
    known = context?.source === '1'
  }) as (key: string, value: unknown) => unknown)
  return known
})()

/** Integers of so many digits may be beyond what a number holds exactly, and numbers with such an exponent beyond any. */
const LARGE = /\d{16}|[eE]\+?\d{3}/

/** JSON that cannot be a value: of a number that is too large for a float, `JSON.parse` makes an infinity. */
export class ImpossibleValue extends Error {}

/** Large integers come as bigint, with all their digits. Throws a `SyntaxError` where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return parsed(text)
  } catch (error) {
    if (error instanceof RangeError) throw new ImpossibleValue('lists or maps are nested too deep')
    throw error
  }
}

function parsed(text: string): unknown {
  if (knowsSource) return JSON.parse(text, bySource)
  const plain: unknown = JSON.parse(text)
  // What is not JSON has been refused here: an open string would take the search for strings the square of its length.
  if (!LARGE.test(text)) return plain
  return JSON.parse(text.replaceAll(STRINGS_AND_INTEGERS, marked), (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return finite(value)
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
  if (typeof value === 'number' && digits !== undefined && /^-?\d+$/.test(digits)) return exact(value, digits)
  return finite(value)
}

function finite(value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new ImpossibleValue('a number is too large for a float')
  return value
}

function exact(value: number, digits: string): number | bigint {
  if (Number.isSafeInteger(value)) return value
  finite(value)
  return BigInt(digits)
}
