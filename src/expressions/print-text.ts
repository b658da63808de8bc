import type { ConstantItem, Step } from './node.js'

/** Words that mean something at the beginning of a path, so that a name that equals one is quoted. */
export const RESERVED: ReadonlySet<string> = new Set([
  'and',
  'or',
  'not',
  'let',
  'then',
  'when',
  'default',
  'exclusive',
  'true',
  'false',
])

const BARE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Whether a name stands in a path as it is. */
export function isBareName(name: string): boolean {
  return BARE_NAME.test(name) && !RESERVED.has(name)
}

/** Text in quotes, of the kind that it has not, or with each one doubled. */
export function printString(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "''")}'`
}

/** A constant as text. */
export function printItem(item: ConstantItem): string {
  switch (item.type) {
    case 'nil':
      return 'nil()'
    case 'bool':
    case 'int':
      return String(item.value)
    case 'float':
      return printFloat(item.value)
    case 'string':
      return printString(item.value)
    case 'geo':
      return `geo(${printString(item.value)})`
    case 'blob':
    case 'hll':
      return `blob('${Buffer.from(item.value).toString('base64')}')`
    case 'list':
      return `[${item.value.map(printItem).join(', ')}]`
    default:
      return `{${item.value.map(([key, value]) => `${printItem(key)}: ${printItem(value)}`).join(', ')}}`
  }
}

/** A float always shows that it is one. */
function printFloat(value: number): string {
  if (!Number.isFinite(value)) return `float('${value}')`
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  const [digits = '', exponent] = text.split('e')
  const mantissa = digits.includes('.') ? digits : `${digits}.0`
  return exponent === undefined ? mantissa : `${mantissa}e${exponent}`
}

/** A step of a context as a function of text. */
export function stepText({ by, at }: Step): string {
  return `${by}(${printItem(at)})`
}
