import { given } from '../../arguments/given.js'
import { type Checks, boolean } from '../../arguments/options.js'
import { invalidArgument, outOfRange } from '../../errors.js'
import { checkType, operandNode, operation, operationNode, readNode, typedNode } from '../build.js'
import { checkText } from '../constant.js'
import { type Expression, expressionOf, isExpression, nodeOf } from '../expression.js'
import { type Node, REGEX_FLAGS, makeNode } from '../node.js'
import { definedAgain } from '../lets.js'
import type { OperationName } from '../operations.js'
import type { ExpressionType } from '../types.js'
import type { AnyOperand, Arithmetic, Comparison, Operand } from './operands.js'
import { optionsOf } from './options.js'

const comparison =
  (name: OperationName): Comparison =>
  (left: unknown, right: unknown) =>
    operation(name, [left, right])

/** Comparisons of two operands of the same type. */
export const comparisons = {
  /** Equal. */
  eq: comparison('eq'),
  /** Not equal. */
  ne: comparison('ne'),
  /** Greater. */
  gt: comparison('gt'),
  /** Greater or equal. */
  ge: comparison('ge'),
  /** Less. */
  lt: comparison('lt'),
  /** Less or equal. */
  le: comparison('le'),
  /** Whether a list contains a value. */
  in: (value: AnyOperand, list: Operand<'list'>): Expression<'bool'> =>
    expressionOf(
      readNode('lists.getByValue', typedNode(list, 'list', 'in: list'), [operandNode(value, 'any', 'in: value')], {
        returns: 'exists',
      }),
    ),
  /** The same, by an operation of servers from 8.1 on. */
  inList: (value: AnyOperand, list: Operand<'list'>): Expression<'bool'> =>
    expressionOf(
      operationNode('inList', [operandNode(value, 'any', 'inList: value'), typedNode(list, 'list', 'inList: list')]),
    ),
  /** Whether a point is in a region; the operands may be in either order. */
  geoCompare: (left: Expression<'geo'>, right: Expression<'geo'>): Expression<'bool'> =>
    operation('geoCompare', [left, right]),
} as const

type Bool = Operand<'bool'>

/** Logic. An unknown operand makes the result unknown, unless the other operands decide. */
export const logic = {
  /** True if all operands are true. */
  and: (first: Bool, second: Bool, ...more: readonly Bool[]): Expression<'bool'> =>
    operation('and', [first, second, ...more]),
  /** True if any operand is true. */
  or: (first: Bool, second: Bool, ...more: readonly Bool[]): Expression<'bool'> =>
    operation('or', [first, second, ...more]),
  /** Negation. A record whose bin is missing is rejected with or without it. */
  not: (operand: Bool): Expression<'bool'> => operation('not', [operand]),
  /** True if exactly one operand is true. */
  exclusive: (first: Bool, second: Bool, ...more: readonly Bool[]): Expression<'bool'> =>
    operation('exclusive', [first, second, ...more]),
} as const

const numbers =
  (name: OperationName): Arithmetic =>
  (...operands: unknown[]) =>
    operation(name, operands)
const ints =
  (name: OperationName): Arithmetic<'int'> =>
  (...operands: unknown[]) =>
    operation(name, operands)
const fixed =
  <A extends ExpressionType, T extends ExpressionType>(name: OperationName, type: A) =>
  (operand: Operand<A>): Expression<T> =>
    expressionOf<T>(operationNode(name, [typedNode(operand, type, name)]))
const pair =
  <A extends ExpressionType, B extends ExpressionType, T extends ExpressionType>(name: OperationName, a: A, b: B) =>
  (left: Operand<A>, right: Operand<B>): Expression<T> =>
    expressionOf<T>(operationNode(name, [typedNode(left, a, name), typedNode(right, b, name)]))

/** Arithmetic of ints or of floats, which cannot be mixed. Ints wrap around. */
export const arithmetic = {
  /** The sum. */
  add: numbers('add'),
  /** The first operand minus all others. */
  sub: numbers('sub'),
  /** The product. */
  mul: numbers('mul'),
  /** The first operand divided by all others. Ints are rounded towards 0. */
  div: numbers('div'),
  /** The smallest. */
  min: numbers('min'),
  /** The largest. */
  max: numbers('max'),
  /** The number with the opposite sign. */
  negate: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('sub', [operand]),
  /** 1 divided by the number. The result for an int is 0, 1 or -1. */
  reciprocal: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('div', [operand]),
  /** The absolute value. */
  abs: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('abs', [operand]),
  /** The remainder, with the sign of the first operand. */
  mod: pair<'int', 'int', 'int'>('mod', 'int', 'int'),
  /** The first operand to the power of the second. */
  pow: pair<'float', 'float', 'float'>('pow', 'float', 'float'),
  /** The logarithm of the first operand to the base of the second. */
  log: pair<'float', 'float', 'float'>('log', 'float', 'float'),
  /** Rounded down. */
  floor: fixed<'float', 'float'>('floor', 'float'),
  /** Rounded up. */
  ceil: fixed<'float', 'float'>('ceil', 'float'),
  /** A float as an int, without its fraction. */
  toInt: fixed<'float', 'int'>('toInt', 'float'),
  /** An int as a float. */
  toFloat: fixed<'int', 'float'>('toFloat', 'int'),
} as const

/** Operations on the bits of ints. */
export const intBits = {
  /** Bitwise and. */
  intAnd: ints('intAnd'),
  /** Bitwise or. */
  intOr: ints('intOr'),
  /** Bitwise exclusive or. */
  intXor: ints('intXor'),
  /** Bitwise not. */
  intNot: fixed<'int', 'int'>('intNot', 'int'),
  /** Shifted to the left. */
  intLeftShift: pair<'int', 'int', 'int'>('intLeftShift', 'int', 'int'),
  /** Shifted to the right, filled with zeros. */
  intRightShift: pair<'int', 'int', 'int'>('intRightShift', 'int', 'int'),
  /** Shifted to the right, filled with the sign bit. */
  intArithmeticRightShift: pair<'int', 'int', 'int'>('intArithmeticRightShift', 'int', 'int'),
  /** The number of bits that are set. */
  intCount: fixed<'int', 'int'>('intCount', 'int'),
  /** The first bit with a value, counted from the most significant; -1 if there is none. */
  intLeftScan: pair<'int', 'bool', 'int'>('intLeftScan', 'int', 'bool'),
  /** The last bit with a value, counted from the most significant; -1 if there is none. */
  intRightScan: pair<'int', 'bool', 'int'>('intRightScan', 'int', 'bool'),
} as const

/** The POSIX flags of a regular expression. */
export interface RegexOptions {
  /** POSIX extended syntax. Without it `+`, `?`, `|` and parentheses are ordinary characters. Default false. */
  readonly extended?: boolean | undefined
  /** Ignores upper and lower case. Default false. */
  readonly ignoreCase?: boolean | undefined
  /** Does not report the position of the match, which no filter needs. Default false. */
  readonly noSubstrings?: boolean | undefined
  /** `.` does not match a line end, and `^` and `$` match at every line end. Default false. */
  readonly newline?: boolean | undefined
}

/** Choices, named values and regular expressions. */
export const control = {
  /** Whether a string matches a POSIX regular expression. */
  regex: (text: Operand<'string'>, pattern: string, options?: RegexOptions): Expression<'bool'> =>
    expressionOf(regexNode(typedNode(text, 'string', 'regex: text'), pattern, regexFlags(options))),
  /** The value of the first condition that is true, or else the last value. An unknown condition makes the result unknown. */
  cond: <T extends ExpressionType>(
    branches: readonly (readonly [condition: Bool, value: Expression<T>])[],
    otherwise: Operand<NoInfer<T>>,
  ): Expression<T> => expressionOf<T>(condNode(branches, otherwise)),
  /** Names values, each of which is evaluated once: `exp.let({ x: exp.int('a') }, ({ x }) => exp.gt(x, 3))`. */
  let: <D extends Readonly<Record<string, Expression>>, T extends ExpressionType>(
    definitions: D,
    body: Expression<T> | ((variables: { readonly [K in keyof D]: D[K] }) => Expression<T>),
  ): Expression<T> => expressionOf<T>(letNode(definitions, body as never)),
  /** A value that an enclosing `let` names, for its later definitions. */
  variable: <T extends ExpressionType>(name: string, type: T): Expression<T> => {
    checkType(type, 'type')
    return expressionOf<T>(variableNode(name, type))
  },
} as const

const REGEX: Checks<RegexOptions> = { extended: boolean, ignoreCase: boolean, noSubstrings: boolean, newline: boolean }

function regexFlags(options: RegexOptions | undefined): number {
  const checked = optionsOf<RegexOptions>('regex', options, REGEX)
  const flags = Object.entries(REGEX_FLAGS).filter(([name]) => checked[name as keyof RegexOptions] === true)
  return flags.reduce((sum, [, flag]) => sum | flag, 0)
}

/** A regular expression on a node. */
export function regexNode(text: Node, pattern: unknown, flags: number): Node {
  if (typeof pattern !== 'string') throw invalidArgument(`regex: pattern must be a string, not ${given(pattern)}`)
  if (pattern.includes('\0')) throw outOfRange('regex: pattern has a NUL, at which the server would stop reading')
  checkText(pattern, 'regex: pattern')
  return makeNode({ kind: 'regex', type: 'bool', flags, pattern, text }, [text])
}

function condNode(branches: unknown, otherwise: unknown): Node {
  if (!Array.isArray(branches)) throw invalidArgument(`cond: branches must be an array, not ${given(branches)}`)
  const pairs = branches as readonly (readonly [unknown, unknown])[]
  const values = [...pairs.map(([, value]) => value), otherwise]
  const type = values.map((each) => (isExpression(each) ? nodeOf(each).type : 'any')).find((each) => each !== 'any')
  const args = pairs.flatMap(([condition, value], index) => [
    operandNode(condition, 'bool', `cond: condition ${index + 1}`),
    operandNode(value, type ?? 'any', `cond: value ${index + 1}`),
  ])
  return operationNode('cond', [...args, operandNode(otherwise, type ?? 'any', 'cond: otherwise')])
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A variable as a node. */
export function variableNode(name: unknown, type: Node['type']): Node {
  if (typeof name !== 'string' || !VARIABLE.test(name)) {
    throw outOfRange(`the name of a variable has letters, digits and _, and begins with no digit; not ${given(name)}`)
  }
  return makeNode({ kind: 'variable', type, name })
}

function letNode(definitions: unknown, body: Expression | ((variables: object) => Expression)): Node {
  if (typeof definitions !== 'object' || definitions === null) {
    throw invalidArgument(`let: definitions must be an object of expressions, not ${given(definitions)}`)
  }
  const named = Object.entries(definitions).map(([name, value]: [string, unknown]) => {
    if (!isExpression(value)) throw invalidArgument(`let: ${name} must be an expression, not ${given(value)}`)
    return [name, nodeOf(value)] as const
  })
  const variables = named.map(([name, { type }]) => [name, expressionOf(variableNode(name, type))] as const)
  const made = typeof body === 'function' ? body(Object.fromEntries(variables)) : body
  if (!isExpression(made)) throw invalidArgument(`let: body must give an expression, not ${given(made)}`)
  return letOf(named, nodeOf(made))
}

/** A let of nodes. */
export function letOf(definitions: readonly (readonly [string, Node])[], body: Node): Node {
  if (definitions.length === 0) throw invalidArgument('let: definitions must have at least one')
  const again = definedAgain(definitions, body)
  if (again !== undefined) {
    throw invalidArgument(`let: there is a variable ${again} already; servers refuse another one of that name inside`)
  }
  const { type } = body
  return makeNode({ kind: 'let', type, definitions, body }, [...definitions.map(([, value]) => value), body])
}
