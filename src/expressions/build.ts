import { checkBinName } from '../arguments/bin-name.js'
import { given } from '../arguments/given.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { constantOfType } from './constant.js'
import { type Expression, expressionOf, isExpression, nodeOf } from './expression.js'
import { type Node, type Step, constantNode, makeNode } from './node.js'
import { type OperationName, isFault, resultOf } from './operations.js'
import { type Argument, ONLY_MAPS, RETURN_CODES, type ReadName, allOfMap, readRule, typeOfRead } from './reads.js'
import { type AnyType, type ExpressionType, type Returns, TYPE_CODES, typeName } from './types.js'

/** Operands as nodes. Literals become constants of the type that the first expression among them has. */
export function operandNodes(operands: readonly unknown[], name: string): Node[] {
  const first = operands.find(isExpression)
  const type = first === undefined ? 'any' : nodeOf(first).type
  return operands.map((each, index) => operandNode(each, type, `${name}: operand ${index + 1}`))
}

/** An operand as a node; a literal becomes a constant of the type. */
export function operandNode(operand: unknown, type: AnyType, name: string): Node {
  if (isExpression(operand)) return nodeOf(operand)
  if (operand === undefined) throw invalidArgument(`${name} must be an expression or a literal, not undefined`)
  return constantNode(constantOfType(operand, type, name))
}

/** An operand that has to have a type. */
export function typedNode(operand: unknown, type: ExpressionType, name: string): Node {
  const node = operandNode(operand, type, name)
  if (node.type !== 'any' && node.type !== type) {
    throw invalidArgument(`${name} must be ${typeName(type)}, not ${typeName(node.type)}`)
  }
  return node
}

/** An operation of nodes whose types fit. */
export function operationNode(name: OperationName, args: readonly Node[], called: string = name): Node {
  const type = resultOf(
    name,
    args.map((each) => each.type),
  )
  if (!isFault(type)) return makeNode({ kind: 'operation', type, name, args }, args)
  if (type.index < 0) throw invalidArgument(`${called} takes ${type.fits} operands, not ${args.length}`)
  const wrong = typeName(args[type.index]?.type ?? 'any')
  throw invalidArgument(`${called}: operand ${type.index + 1} must be ${type.fits}, not ${wrong}`)
}

/** An operation of operands. */
export function operation<T extends ExpressionType>(name: OperationName, operands: readonly unknown[]): Expression<T> {
  return expressionOf<T>(operationNode(name, operandNodes(operands, name)))
}

/** A bin as a node. */
export function binNode(name: unknown, type: ExpressionType): Node {
  checkBinName(name, 'bin')
  return makeNode({ kind: 'bin', type, name })
}

/** What is read, beyond its arguments. */
export interface ReadShape {
  readonly returns?: Returns | undefined
  readonly inverted?: boolean | undefined
  readonly context?: readonly Step[] | undefined
  /** The type of one element. */
  readonly as?: ExpressionType | undefined
}

/** A read of nodes that fit, with what it returns by default. */
export function readNode(name: ReadName, source: Node, args: readonly Node[], shape: ReadShape = {}): Node {
  const { gives, source: wanted, modifies } = readRule(name)
  const selects = gives === 'one' || gives === 'many'
  const returns = selects ? (shape.returns ?? 'value') : undefined
  if (returns !== undefined && wanted !== 'map' && ONLY_MAPS.includes(returns)) {
    throw outOfRange(`${name}: a list has no ${returns}`)
  }
  // In a context a change may be one of a list or map in a list or map.
  const isNested = modifies === true && (shape.context?.length ?? 0) > 0
  const type = isNested ? (source.type as ExpressionType) : typeOfRead(name, returns, shape.as ?? 'int')
  const { inverted = false, context = [] } = shape
  const whole = inverted && returns ? allOfMap(name, RETURN_CODES[returns], lengthOf(args[0])) : undefined
  if (whole !== undefined) return readNode(whole, source, [constantNode(ZERO)], { ...shape, inverted: false })
  const fitting = HLL_LISTS.has(name) ? args.map(asHlls) : args
  return makeNode({ kind: 'read', type, name, source, args: fitting, returns, inverted, context }, [source, ...args])
}

const ZERO = { type: 'int', value: 0n } as const

/** How many elements a constant list has. */
const lengthOf = (node: Node | undefined): number | undefined =>
  node?.kind === 'constant' && node.item.type === 'list' ? node.item.value.length : undefined

/** Reads of a HyperLogLog that take a list of others. */
const HLL_LISTS: ReadonlySet<ReadName> = new Set<ReadName>([
  'hlls.union',
  'hlls.unionCount',
  'hlls.intersectCount',
  'hlls.similarity',
])

/** A HyperLogLog is bytes in JavaScript, and no blob on the wire. */
function asHlls(list: Node): Node {
  if (list.kind !== 'constant' || list.item.type !== 'list') return list
  const value = list.item.value.map((each) => (each.type === 'blob' ? { ...each, type: 'hll' as const } : each))
  return constantNode({ type: 'list', value })
}

/** A read of operands, checked against the rule of the read. */
export function read<T extends ExpressionType>(
  name: ReadName,
  source: unknown,
  operands: readonly unknown[],
  shape: ReadShape = {},
): Expression<T> {
  const rule = readRule(name)
  if (!isExpression(source)) throw invalidArgument(`${name}: source must be an expression, not ${given(source)}`)
  const checked = checkShape(name, shape)
  // A context leads from a bin of any of the two types to what is read.
  const isNested = (checked.context?.length ?? 0) > 0 && ['list', 'map'].includes(nodeOf(source).type)
  const from = isNested ? nodeOf(source) : typedNode(source, rule.source, `${name}: source`)
  return expressionOf<T>(readNode(name, from, argumentNodes(name, operands), checked))
}

function argumentNodes(name: ReadName, operands: readonly unknown[]): Node[] {
  const { args } = readRule(name)
  const fitting = operands.slice(0, args.length)
  // Only what stands last can be left out.
  while (fitting.length > 0 && fitting.at(-1) === undefined && args[fitting.length - 1]?.endsWith('?')) fitting.pop()
  return fitting.map((each, index) => argumentNode(each, args[index] as Argument, `${name}: argument ${index + 1}`))
}

/** One argument of a read as a node. */
export function argumentNode(operand: unknown, argument: Argument, name: string): Node {
  if (argument === 'value' || argument === 'value?') return operandNode(operand, 'any', name)
  return typedNode(operand, argument === 'int?' || argument === 'flag' ? 'int' : argument, name)
}

const RETURNS: readonly Returns[] = [
  'value',
  'index',
  'reverseIndex',
  'rank',
  'reverseRank',
  'count',
  'exists',
  'key',
  'keyValue',
  'orderedMap',
  'unorderedMap',
]

function checkShape(name: ReadName, { returns, as, context, inverted }: ReadShape): ReadShape {
  if (returns !== undefined && !RETURNS.includes(returns)) {
    throw outOfRange(`${name}: options.return must be one of ${RETURNS.join(', ')}, not ${given(returns)}`)
  }
  if (as !== undefined) checkType(as, `${name}: options.as`)
  if (context !== undefined && !Array.isArray(context)) {
    throw invalidArgument(`${name}: options.context must be an array of what ctx makes, not ${given(context)}`)
  }
  return { returns, as, context, inverted: inverted === true }
}

/** Checks the name of a type. */
export function checkType(type: unknown, name: string): asserts type is ExpressionType {
  if (typeof type === 'string' && Object.hasOwn(TYPE_CODES, type)) return
  throw outOfRange(`${name} must be one of ${Object.keys(TYPE_CODES).join(', ')}, not ${given(type)}`)
}

/** A constant of a value, whatever it is. */
export function constant<T extends ExpressionType>(value: unknown, type: T): Expression<T> {
  return expressionOf<T>(constantNode(constantOfType(value, type, 'value')))
}
