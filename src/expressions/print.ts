import { type ConstantItem, type Node, REGEX_FLAGS } from './node.js'
import { castText, fallbackOf, needsType, pathText } from './print-path.js'
import { elementText, pathCallText } from './print-steps.js'
import { isBareName, printItem, printString, stepText } from './print-text.js'
import { readRule } from './reads.js'
import { type AnyType, type ExpressionType } from './types.js'

/**
 * Prints expressions as AEL text that reads back as the same expression.
 *
 * Text has no types, and a bin is an int unless something beside it says otherwise. `want` is what the reader will take a
 * bare bin for at a place; where the bin is of another type the text says so with `get(type: …)`.
 */
export function print(node: Node): string {
  return printAt(node, 0, undefined)
}

/** How tightly an operator binds; an operand that binds less goes in parentheses. */
const LEVEL = {
  or: 1,
  and: 2,
  comparison: 3,
  bits: 4,
  shift: 5,
  sum: 6,
  product: 7,
  power: 8,
  unary: 9,
  operand: 10,
} as const

interface Infix {
  readonly symbol: string
  readonly level: number
  /** What a bare bin on either side is taken for, where the operator alone decides. */
  readonly want?: ExpressionType
}

const INFIX: Readonly<Record<string, Infix>> = {
  eq: { symbol: '==', level: LEVEL.comparison },
  ne: { symbol: '!=', level: LEVEL.comparison },
  gt: { symbol: '>', level: LEVEL.comparison },
  ge: { symbol: '>=', level: LEVEL.comparison },
  lt: { symbol: '<', level: LEVEL.comparison },
  le: { symbol: '<=', level: LEVEL.comparison },
  intAnd: { symbol: '&', level: LEVEL.bits, want: 'int' },
  intOr: { symbol: '|', level: LEVEL.bits, want: 'int' },
  intXor: { symbol: '^', level: LEVEL.bits, want: 'int' },
  intLeftShift: { symbol: '<<', level: LEVEL.shift, want: 'int' },
  intArithmeticRightShift: { symbol: '>>', level: LEVEL.shift, want: 'int' },
  intRightShift: { symbol: '>>>', level: LEVEL.shift, want: 'int' },
  add: { symbol: '+', level: LEVEL.sum },
  sub: { symbol: '-', level: LEVEL.sum },
  mul: { symbol: '*', level: LEVEL.product },
  div: { symbol: '/', level: LEVEL.product },
  mod: { symbol: '%', level: LEVEL.product, want: 'int' },
  pow: { symbol: '**', level: LEVEL.power, want: 'float' },
}

type Operation = Extract<Node, { kind: 'operation' }>
type Read = Extract<Node, { kind: 'read' }>

/** Prints a node as an operand of something that binds as tightly as `level` says. */
export function printAt(node: Node, level: number, want: AnyType | undefined): string {
  const { text, level: own } = printed(node, want)
  return own < level ? `(${text})` : text
}

interface Printed {
  readonly text: string
  readonly level: number
}

const operand = (text: string): Printed => ({ text, level: LEVEL.operand })
const call = (name: string, args: readonly string[]): Printed => operand(`${name}(${args.join(', ')})`)

function printed(node: Node, want: AnyType | undefined): Printed {
  switch (node.kind) {
    case 'constant':
      return printedConstant(node.item)
    case 'bound':
      return call(node.bound, [])
    case 'unknown':
    case 'removed':
      return call(node.kind, [])
    case 'element':
      return operand(elementText(node))
    case 'path':
      return operand(pathCallText(node, (each, wanted) => printAt(each, 0, wanted)))
    case 'bin':
      return operand(pathText(node, want) as string)
    case 'binType':
      return operand(`${nameText(node.name)}.type()`)
    case 'record':
      // In text these two are other names of `recordSize`, as in the official parser.
      if (node.field === 'deviceSize' || node.field === 'memorySize') return call(node.field, [])
      return operand(`$.${node.field}()`)
    case 'digestModulo':
      return operand(`$.digestModulo(${node.modulus})`)
    case 'key':
      return call('key', [`type: ${node.type.toUpperCase()}`])
    case 'variable':
      return operand(`\${${node.name}}`)
    case 'regex':
      return printedRegex(node)
    case 'let':
      return printedLet(node, want)
    case 'read':
      return printedRead(node, want)
    default:
      return printedOperation(node, want)
  }
}

/** A negative number is a sign and a number, which binds less than a number. */
function printedConstant(item: ConstantItem): Printed {
  const text = printItem(item)
  return { text, level: text.startsWith('-') ? LEVEL.unary : LEVEL.operand }
}

function printedRegex({ text, pattern, flags }: Extract<Node, { kind: 'regex' }>): Printed {
  const given = Object.entries(REGEX_FLAGS).flatMap(([name, flag]) => ((flags & flag) === 0 ? [] : [`${name}: true`]))
  return call('regex', [printAt(text, 0, 'string'), printString(pattern), ...given])
}

function printedLet({ definitions, body }: Extract<Node, { kind: 'let' }>, want: AnyType | undefined): Printed {
  const named = definitions.map(([name, value]) => `${name} = ${printAt(value, 0, undefined)}`)
  return operand(`let(${named.join(', ')}) then (${printAt(body, 0, want)})`)
}

function printedOperation(node: Operation, want: AnyType | undefined): Printed {
  const { name, args } = node
  if (name === 'and' || name === 'or') {
    const texts = args.map((each) => printAt(each, LEVEL[name] + 1, 'bool'))
    return { text: texts.join(` ${name} `), level: LEVEL[name] }
  }
  if (name === 'cond') return printedWhen(node, want)
  const exists = existenceText(node)
  if (exists !== undefined) return operand(exists)
  if (name === 'intNot') return { text: `~${printAt(args[0] as Node, LEVEL.unary, 'int')}`, level: LEVEL.unary }
  if (name === 'toInt' || name === 'toFloat') return operand(castText(node) ?? printedCall(node, want).text)
  const infix = INFIX[name]
  return infix !== undefined && args.length === 2 ? printedInfix(node, infix, want) : printedCall(node, want)
}

/** A bin is there when its particle type is not 0. */
function existenceText({ name, args }: Operation): string | undefined {
  const [bin, zero] = args
  if (name !== 'ne' || bin?.kind !== 'binType' || zero?.kind !== 'constant') return undefined
  return zero.item.type === 'int' && zero.item.value === 0n ? `${nameText(bin.name)}.exists()` : undefined
}

const nameText = (name: string): string => `$.${isBareName(name) ? name : printString(name)}`

function printedInfix({ args }: Operation, { symbol, level, want: fixed }: Infix, want: AnyType | undefined): Printed {
  const [left, right] = args as readonly [Node, Node]
  const isComparison = level === LEVEL.comparison
  const [leftWant, rightWant] =
    fixed === undefined ? wantsOf(left, right, isComparison ? undefined : want) : [fixed, fixed]
  // A comparison is no operand of another, a power binds to the right, everything else to the left.
  const leftLevel = isComparison || level === LEVEL.power ? level + 1 : level
  const rightLevel = level === LEVEL.power ? level : level + 1
  return { text: `${printAt(left, leftLevel, leftWant)} ${symbol} ${printAt(right, rightLevel, rightWant)}`, level }
}

/** What bare bins on both sides are taken for: the type that one side shows, or that the place wants, else ints. */
function wantsOf(left: Node, right: Node, want: AnyType | undefined): [AnyType | undefined, AnyType | undefined] {
  const type = left.type === 'any' ? right.type : left.type
  const isDefault = want === undefined && [left, right].every((each) => fallbackOf(each) === type)
  if (type === want || isDefault || shows(left) || shows(right)) return [type, type]
  // The one that is spelled out shows the other one's; a path, or a change inside of something, cannot be spelled out.
  return [EXPLICIT, left.kind === 'bin' || (left.kind === 'read' && needsType(left)) ? type : EXPLICIT]
}

/** No bin is of this type, so that each one is spelled out. */
const EXPLICIT = 'nil'

/** Whether the text of an expression tells its type without being told: not that of a bin, an element or a literal int. */
function shows(node: Node): boolean {
  switch (node.kind) {
    case 'constant':
      return true
    case 'bin':
    case 'bound':
    case 'unknown':
    case 'removed':
      return false
    case 'path':
      return node.gives !== 'tree' && node.gives !== 'changed'
    case 'read':
      if (readRule(node.name).modifies === true) return node.context.length === 0
      return pathText(node, node.type) === undefined || !needsType(node)
    case 'variable':
    case 'let':
      return node.kind === 'variable' ? node.type !== 'any' : shows(node.body)
    case 'operation':
      return showsOperation(node)
    default:
      return true
  }
}

function showsOperation({ name, args }: Operation): boolean {
  switch (name) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'min':
    case 'max':
    case 'abs':
      return args.some(shows)
    case 'cond':
      return args.some((each, index) => (index % 2 === 1 || index === args.length - 1) && shows(each))
    default:
      return true
  }
}

function printedWhen({ args }: Operation, want: AnyType | undefined): Printed {
  const last = args.length - 1
  const values = args.filter((_, index) => index % 2 === 1 || index === last)
  const type = values.find((each) => each.type !== 'any')?.type
  const wanted = values.some(shows) || want === type ? type : EXPLICIT
  const branches: string[] = []
  for (let index = 0; index < last; index += 2) {
    branches.push(`${printAt(args[index] as Node, 0, 'bool')} => ${printAt(args[index + 1] as Node, 0, wanted)}`)
  }
  return call('when', [...branches, `default => ${printAt(args[last] as Node, 0, wanted)}`])
}

/** The operands of functions that take one type. */
const CALL_WANTS: Readonly<Record<string, readonly ExpressionType[] | ExpressionType>> = {
  not: 'bool',
  exclusive: 'bool',
  log: 'float',
  floor: 'float',
  ceil: 'float',
  toInt: 'float',
  toFloat: 'int',
  geoCompare: 'geo',
  mapKeys: 'map',
  mapValues: 'map',
  intAnd: 'int',
  intOr: 'int',
  intXor: 'int',
  intCount: 'int',
  intLeftScan: ['int', 'bool'],
  intRightScan: ['int', 'bool'],
}

/** Names that the official parser has for operations of ours. */
const CALL_NAMES: Readonly<Record<string, string>> = {
  intCount: 'countOneBits',
  intLeftScan: 'findBitLeft',
  intRightScan: 'findBitRight',
  mapKeys: 'maps.keys',
  mapValues: 'maps.values',
}

function printedCall(node: Operation, want: AnyType | undefined): Printed {
  const { name, args } = node
  const wants = CALL_WANTS[name]
  if (name === 'inList') return call(name, [printAt(args[0] as Node, 0, EXPLICIT), printAt(args[1] as Node, 0, 'list')])
  if (wants !== undefined) {
    const texts = args.map((each, index) => printAt(each, 0, typeof wants === 'string' ? wants : wants[index]))
    return call(CALL_NAMES[name] ?? name, texts)
  }
  const wanted = node.type === want || args.some(shows) ? node.type : EXPLICIT
  return call(
    name,
    args.map((each) => printAt(each, 0, wanted)),
  )
}

function printedRead(node: Read, want: AnyType | undefined): Printed {
  const membership = printedIn(node)
  if (membership !== undefined) return membership
  const path = pathText(node, want)
  if (path !== undefined) return operand(path)
  const { name, args, returns, inverted, context } = node
  const texts = args.map((each) => printAt(each, 0, EXPLICIT))
  if (needsType(node)) texts.push(`type: ${node.type.toUpperCase()}`)
  if (returns !== undefined && returns !== 'value') texts.push(`return: ${returnText(returns)}`)
  if (inverted) texts.push('inverted: true')
  if (context.length > 0) texts.push(`context: [${context.map(stepText).join(', ')}]`)
  return call(name, [printAt(node.source, 0, sourceType(name)), ...texts])
}

/** `value in list`, where the list is what the operator takes. */
function printedIn({ name, args, source, returns, inverted, context }: Read): Printed | undefined {
  if (name !== 'lists.getByValue' || returns !== 'exists' || inverted || context.length > 0) return undefined
  const isList = source.kind === 'constant' || source.kind === 'variable' || pathText(source, 'list') !== undefined
  if (!isList) return undefined
  const element = source.kind === 'constant' ? elementType(source.item) : undefined
  if (source.kind === 'constant' && args[0]?.type !== element) return undefined
  const value = printAt(args[0] as Node, LEVEL.bits, element ?? EXPLICIT)
  return { text: `${value} in ${printAt(source, LEVEL.bits, 'list')}`, level: LEVEL.comparison }
}

/** The type that all elements of a list have. */
function elementType(item: ConstantItem): ExpressionType | undefined {
  if (item.type !== 'list') return undefined
  const [first] = item.value
  return first !== undefined && item.value.every(({ type }) => type === first.type) ? first.type : undefined
}

function sourceType(name: Read['name']): ExpressionType {
  return name.startsWith('lists') ? 'list' : name.startsWith('maps') ? 'map' : name.startsWith('bits') ? 'blob' : 'hll'
}

/** What a read returns, as text has it. */
export function returnText(returns: string): string {
  return returns.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}
