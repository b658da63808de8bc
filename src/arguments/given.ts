const LONGEST_QUOTE = 40
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether a text has half a character, which UTF-8 cannot hold: an encoder writes U+FFFD in its place without a word. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text)
}

/** Names a value for an error message: what was given, short enough for one line. */
export function given(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${quote(value)}`
    case 'number':
      return `the number ${Object.is(value, -0) ? '-0' : value}`
    case 'bigint':
      return `the bigint ${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    default:
      return value === null ? 'null' : describeObject(value as object)
  }
}

/** Quotes a string, cut where it would fill the line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `${/^(?!Uint)[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`
    : 'an object'
}

/** The names as a list for an error message: `a, b or c`. */
export function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
