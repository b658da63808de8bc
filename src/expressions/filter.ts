import { given } from '../arguments/given.js'
import type { Check } from '../arguments/options.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { isBytes } from '../tags.js'
import { compileText } from './ael.js'
import { type Expression, isExpression, nodeOf } from './expression.js'
import { Recent } from './recent.js'
import { type ExpressionType, typeName } from './types.js'

/** Selects the records of a call: AEL text, an expression of type bool, or the bytes of one. */
export type Filter = string | Expression<'bool'> | Uint8Array

/** The server takes no larger one. */
const MOST_BYTES = 2 ** 20

/** What is computed of a record: AEL text, an expression of any type, or the bytes of one. */
export type Computed = string | Expression | Uint8Array

/** Checks a filter into the bytes that go on the wire. What is wrong with text is said before anything is sent. */
export const filterOption: Check<Uint8Array> = (value, name) => bytesOf(value, name, 'bool')

/** Checks an expression of any type into the bytes that go on the wire. */
export const expressionOption: Check<Uint8Array> = (value, name) => bytesOf(value, name, undefined)

const filters = new Recent<Uint8Array>()
const expressions = new Recent<Uint8Array>()

/** The bytes of text are made once, and only read by whoever gets them. */
function bytesOf(value: unknown, name: string, want: 'bool' | undefined): Uint8Array {
  const make = () => checkedBytes(value, name, want)
  if (typeof value !== 'string') return make()
  return (want === undefined ? expressions : filters).of(value, make)
}

function checkedBytes(value: unknown, name: string, want: 'bool' | undefined): Uint8Array {
  const bytes = isBytes(value) ? value : expressionOfType(value, name, want).toBytes()
  if (bytes.length === 0) throw outOfRange(`${name} is empty`)
  if (bytes.length > MOST_BYTES) throw outOfRange(`${name} has ${bytes.length} bytes, at most ${MOST_BYTES} fit`)
  return bytes
}

/** Text or an expression as an expression of a type, or of any. */
function expressionOfType(value: unknown, name: string, want: ExpressionType | undefined): Expression {
  if (typeof value === 'string') return compileText(value, want === undefined ? { name } : { name, want })
  if (!isExpression(value)) {
    throw invalidArgument(`${name} must be AEL text, an expression or its bytes, not ${given(value)}`)
  }
  const { type } = nodeOf(value)
  if (want === undefined || type === want || type === 'any') return value
  throw invalidArgument(`${name} must be ${typeName(want)}, not ${typeName(type)}: ${cut(value)}`)
}

/** The beginning of an expression's text. */
function cut(expression: Expression): string {
  const text = String(expression)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** A policy and a filter after their checks. */
interface Filtered<P> {
  readonly policy?: P
  readonly filter?: Uint8Array
}

/** The terms of a call: what it gives goes before the defaults, and its filter before that of a policy. */
export function withFilter<P extends { filterExpression?: Uint8Array }>(
  defaults: P | undefined,
  { policy, filter }: Filtered<P>,
): P {
  if (filter === undefined) return { ...defaults, ...policy } as P
  if (policy?.filterExpression !== undefined) {
    throw invalidArgument('options.filter and options.policy.filterExpression are two filters; join them with "and"')
  }
  return { ...defaults, ...policy, filterExpression: filter } as P
}
