import { given } from '../../arguments/given.js'
import { invalidArgument, outOfRange } from '../../errors.js'
import { checkType, operandNode, operation, operationNode, readNode, typedNode } from '../build.js'
import { checkText } from '../constant.js'
import { type Expression, expressionOf, isExpression, nodeOf } from '../expression.js'
import { type Node, REGEX_FLAGS, makeNode } from '../node.js'
import type { OperationName } from '../operations.js'
import type { ExpressionType } from '../types.js'
import type { AnyOperand, Arithmetic, Comparison, Operand } from './operands.js'

const comparison =
  (name: OperationName): Comparison =>
  (left: unknown, right: unknown) =>
    operation(name, [left, right])

/** Comparison: of two operands of one type. */
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
  /** Whether a list has a value. */
  in: (value: AnyOperand, list: Operand<'list'>): Expression<'bool'> =>
    expressionOf(
      readNode('lists.getByValue', typedNode(list, 'list', 'in: list'), [operandNode(value, 'any', 'in: value')], {
        returns: 'exists',
      }),
    ),
  /** The same by the server's own operation, which servers before 8.1 do not know. */
  inList: (value: AnyOperand, list: Operand<'list'>): Expression<'bool'> =>
    expressionOf(
      operationNode('inList', [operandNode(value, 'any', 'inList: value'), typedNode(list, 'list', 'inList: list')]),
    ),
  /** Whether a point is in a region, whichever of the two comes first. */
  geoCompare: (left: Expression<'geo'>, right: Expression<'geo'>): Expression<'bool'> =>
    operation('geoCompare', [left, right]),
} as const

type Bool = Operand<'bool'>

/** Logic. What is unknown stays unknown, unless the other operands decide. */
export const logic = {
  /** All of them. */
  and: (first: Bool, second: Bool, ...more: readonly Bool[]): Expression<'bool'> =>
    operation('and', [first, second, ...more]),
  /** Any of them. */
  or: (first: Bool, second: Bool, ...more: readonly Bool[]): Expression<'bool'> =>
    operation('or', [first, second, ...more]),
  /** Not. A record whose bin is missing is rejected with and without it. */
  not: (operand: Bool): Expression<'bool'> => operation('not', [operand]),
  /** Exactly one of them. */
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

/** Arithmetic, of ints or of floats, which never mix. Ints wrap around. */
export const arithmetic = {
  /** The sum. */
  add: numbers('add'),
  /** The first less all others. */
  sub: numbers('sub'),
  /** The product. */
  mul: numbers('mul'),
  /** The first divided by all others; ints towards 0. */
  div: numbers('div'),
  /** The smallest. */
  min: numbers('min'),
  /** The largest. */
  max: numbers('max'),
  /** The number with the other sign. */
  negate: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('sub', [operand]),
  /** 1 divided by the number; of an int it is 0, 1 or -1. */
  reciprocal: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('div', [operand]),
  /** The number without its sign. */
  abs: <T extends 'int' | 'float'>(operand: Expression<T>): Expression<T> => operation('abs', [operand]),
  /** The remainder, with the sign of the first. */
  mod: pair<'int', 'int', 'int'>('mod', 'int', 'int'),
  /** The first to the power of the second. */
  pow: pair<'float', 'float', 'float'>('pow', 'float', 'float'),
  /** The logarithm of the first to the base of the second. */
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

/** The bits of ints. */
export const intBits = {
  /** Bits that all have. */
  intAnd: ints('intAnd'),
  /** Bits that any has. */
  intOr: ints('intOr'),
  /** Bits that an odd number of them has. */
  intXor: ints('intXor'),
  /** Every bit the other way round. */
  intNot: fixed<'int', 'int'>('intNot', 'int'),
  /** Shifted to the left. */
  intLeftShift: pair<'int', 'int', 'int'>('intLeftShift', 'int', 'int'),
  /** Shifted to the right, with zeros from the left. */
  intRightShift: pair<'int', 'int', 'int'>('intRightShift', 'int', 'int'),
  /** Shifted to the right, with the sign from the left. */
  intArithmeticRightShift: pair<'int', 'int', 'int'>('intArithmeticRightShift', 'int', 'int'),
  /** How many bits are set. */
  intCount: fixed<'int', 'int'>('intCount', 'int'),
  /** The first bit with a value, counted from the most significant; -1 if there is none. */
  intLeftScan: pair<'int', 'bool', 'int'>('intLeftScan', 'int', 'bool'),
  /** The last bit with a value, counted from the most significant; -1 if there is none. */
  intRightScan: pair<'int', 'bool', 'int'>('intRightScan', 'int', 'bool'),
} as const

/** How a regular expression is read: POSIX's flags. */
export interface RegexOptions {
  /** POSIX extended syntax; without it `+`, `?`, `|` and parentheses stand for themselves. Default false. */
  readonly extended?: boolean | undefined
  /** Upper and lower case are the same. Default false. */
  readonly ignoreCase?: boolean | undefined
  /** Does not report where it matched, which no filter needs. Default false. */
  readonly noSubstrings?: boolean | undefined
  /** `.` matches no line end, and `^` and `$` match at each. Default false. */
  readonly newline?: boolean | undefined
}

/** What chooses, names and matches. */
export const control = {
  /** Whether text matches a POSIX regular expression. */
  regex: (text: Operand<'string'>, pattern: string, options: RegexOptions = {}): Expression<'bool'> =>
    expressionOf(regexNode(typedNode(text, 'string', 'regex: text'), pattern, regexFlags(options))),
  /** The value of the first condition that holds, or the last value. A condition that is unknown makes the result unknown. */
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

function regexFlags(options: RegexOptions): number {
  const unknown = Object.keys(options).find((each) => !Object.hasOwn(REGEX_FLAGS, each))
  if (unknown !== undefined) throw invalidArgument(`regex has no option ${unknown}`)
  const flags = Object.entries(REGEX_FLAGS).filter(([name]) => options[name as keyof RegexOptions] === true)
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
  const { type } = body
  return makeNode({ kind: 'let', type, definitions, body }, [...definitions.map(([, value]) => value), body])
}
