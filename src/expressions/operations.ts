import { type AnyType, type ExpressionType, typeName } from './types.js'

/** What an operation takes: one type per operand, or operands of one type out of a few. */
type Operands =
  | { readonly exactly: readonly ExpressionType[] }
  | { readonly same: readonly ExpressionType[] | 'all'; readonly least: number; readonly most?: number }
  | { readonly own: true }

/** An operation of the server whose operands are all expressions. */
export interface OperationRule {
  readonly code: number
  readonly takes: Operands
  /** What it gives; `same` is the type of its operands. */
  readonly gives: ExpressionType | 'same'
}

const NUMBERS = ['int', 'float'] as const
const comparison = (code: number) => ({ code, takes: { same: 'all', least: 2, most: 2 }, gives: 'bool' }) as const
const logic = (code: number) => ({ code, takes: { same: ['bool'], least: 2 }, gives: 'bool' }) as const
const numbers = (code: number, least: number) => ({ code, takes: { same: NUMBERS, least }, gives: 'same' }) as const
const fixed = <const T extends ExpressionType[], G extends ExpressionType>(code: number, exactly: T, gives: G) =>
  ({ code, takes: { exactly }, gives }) as const
const bits = (code: number) => ({ code, takes: { same: ['int'], least: 2 }, gives: 'int' }) as const

/** Every operation that has nothing but expressions as operands. */
export const OPERATIONS = {
  eq: comparison(1),
  ne: comparison(2),
  gt: comparison(3),
  ge: comparison(4),
  lt: comparison(5),
  le: comparison(6),
  geoCompare: fixed(8, ['geo', 'geo'], 'bool'),
  inList: { code: 9, takes: { own: true }, gives: 'bool' },
  and: logic(16),
  or: logic(17),
  not: fixed(18, ['bool'], 'bool'),
  exclusive: logic(19),
  add: numbers(20, 2),
  sub: numbers(21, 1),
  mul: numbers(22, 2),
  div: numbers(23, 1),
  pow: fixed(24, ['float', 'float'], 'float'),
  log: fixed(25, ['float', 'float'], 'float'),
  mod: fixed(26, ['int', 'int'], 'int'),
  abs: { code: 27, takes: { same: NUMBERS, least: 1, most: 1 }, gives: 'same' },
  floor: fixed(28, ['float'], 'float'),
  ceil: fixed(29, ['float'], 'float'),
  toInt: fixed(30, ['float'], 'int'),
  toFloat: fixed(31, ['int'], 'float'),
  intAnd: bits(32),
  intOr: bits(33),
  intXor: bits(34),
  intNot: fixed(35, ['int'], 'int'),
  intLeftShift: fixed(36, ['int', 'int'], 'int'),
  intRightShift: fixed(37, ['int', 'int'], 'int'),
  intArithmeticRightShift: fixed(38, ['int', 'int'], 'int'),
  intCount: fixed(39, ['int'], 'int'),
  intLeftScan: fixed(40, ['int', 'bool'], 'int'),
  intRightScan: fixed(41, ['int', 'bool'], 'int'),
  min: numbers(50, 2),
  max: numbers(51, 2),
  mapKeys: fixed(101, ['map'], 'list'),
  mapValues: fixed(102, ['map'], 'list'),
  cond: { code: 123, takes: { own: true }, gives: 'same' },
} as const satisfies Record<string, OperationRule>

/** The name of an operation. */
export type OperationName = keyof typeof OPERATIONS

/** What is wrong with the operands of an operation: which of them, and what would fit. */
export interface OperandFault {
  /** The position of the operand, or -1 for their number. */
  readonly index: number
  /** What fits there, as a part of a sentence. */
  readonly fits: string
}

const agrees = (given: AnyType, wanted: AnyType): boolean => given === 'any' || wanted === 'any' || given === wanted

/** What an operation results in, or what is wrong with its operands. */
export function resultOf(name: OperationName, types: readonly AnyType[]): AnyType | OperandFault {
  const { takes, gives } = OPERATIONS[name] as OperationRule
  if ('exactly' in takes) return faultOfFixed(takes.exactly, types) ?? (gives as ExpressionType)
  if ('own' in takes) return name === 'cond' ? resultOfCond(types) : resultOfInList(types)
  if (types.length < takes.least) return { index: -1, fits: `at least ${takes.least}` }
  if (types.length > (takes.most ?? Infinity)) return { index: -1, fits: `${takes.most}` }
  const type = types.find((each) => each !== 'any') ?? 'any'
  const allowed = takes.same
  if (allowed !== 'all' && type !== 'any' && !allowed.includes(type)) {
    return { index: types.indexOf(type), fits: allowed.map(typeName).join(' or ') }
  }
  const index = types.findIndex((each) => !agrees(each, type))
  return index >= 0 ? { index, fits: `${typeName(type)} as the one before it` } : gives === 'same' ? type : gives
}

function faultOfFixed(wanted: readonly ExpressionType[], types: readonly AnyType[]): OperandFault | undefined {
  if (types.length !== wanted.length) return { index: -1, fits: `${wanted.length}` }
  const index = types.findIndex((each, at) => !agrees(each, wanted[at] as ExpressionType))
  return index < 0 ? undefined : { index, fits: typeName(wanted[index] as ExpressionType) }
}

/** Conditions and values by turns, and a value at the end. */
function resultOfCond(types: readonly AnyType[]): AnyType | OperandFault {
  if (types.length < 3 || types.length % 2 === 0) return { index: -1, fits: 'pairs and a last value' }
  const isCondition = (index: number): boolean => index % 2 === 0 && index < types.length - 1
  const condition = types.findIndex((each, index) => isCondition(index) && !agrees(each, 'bool'))
  if (condition >= 0) return { index: condition, fits: 'a bool' }
  const type = types.find((each, index) => !isCondition(index) && each !== 'any') ?? 'any'
  const index = types.findIndex((each, at) => !isCondition(at) && !agrees(each, type))
  return index < 0 ? type : { index, fits: `${typeName(type)} as the other results` }
}

function resultOfInList(types: readonly AnyType[]): AnyType | OperandFault {
  if (types.length !== 2) return { index: -1, fits: '2' }
  return agrees(types[1] as AnyType, 'list') ? 'bool' : { index: 1, fits: 'a list' }
}

/** Whether a result is a fault. */
export function isFault(result: AnyType | OperandFault): result is OperandFault {
  return typeof result === 'object'
}
