import type { ConstantItem, Node, Step } from '../../src/expressions/node.js'
import type { Returns } from '../../src/expressions/types.js'

/**
 * What an expression results in, said as simply as possible: no bytes, no speed, one line per operation where that is
 * enough. It knows the tree that the builder makes, and nothing of the server that it is compared with.
 */

/** A value, or `undefined` where nothing is known. */
export type Value = ConstantItem | undefined

/** A record of the tests: what its bins hold. */
export type Bins = Readonly<Record<string, ConstantItem>>

/** What no test should rest on: NaN, and floats that no integer holds. */
export class Undecided extends Error {}

const bool = (value: boolean): Value => ({ type: 'bool', value })
const int = (value: bigint | number): Value => ({ type: 'int', value: BigInt.asIntN(64, BigInt(value)) })
const list = (value: readonly ConstantItem[]): Value => ({ type: 'list', value })

function float(value: number): Value {
  if (Number.isNaN(value)) throw new Undecided()
  return { type: 'float', value }
}

type Scope = ReadonlyMap<string, Value>

/** What a node results in for a record. */
export function evaluate(node: Node, bins: Bins, scope: Scope = new Map()): Value {
  const of = (each: Node): Value => evaluate(each, bins, scope)
  switch (node.kind) {
    case 'constant':
      return node.item
    case 'bin': {
      const bin = Object.hasOwn(bins, node.name) ? bins[node.name] : undefined
      return bin?.type === node.type ? bin : undefined
    }
    case 'binType':
      return int(Object.hasOwn(bins, node.name) ? PARTICLES[bins[node.name]!.type]! : 0)
    case 'variable':
      return scope.get(node.name)
    case 'let': {
      const inner = new Map(scope)
      for (const [name, value] of node.definitions) inner.set(name, evaluate(value, bins, inner))
      return evaluate(node.body, bins, inner)
    }
    case 'regex': {
      const text = of(node.text)
      return text?.type === 'string' ? bool(new RegExp(node.pattern).test(text.value)) : undefined
    }
    case 'operation':
      return operate(node.name, node.args, of)
    case 'read':
      return read(node, of)
    case 'unknown':
      return undefined
    default:
      throw new Error(`no value of ${node.kind}`)
  }
}

const PARTICLES: Readonly<Record<string, number>> = {
  int: 1, float: 2, string: 3, blob: 4, bool: 17, hll: 18, map: 19, list: 20, geo: 23,
} // prettier-ignore

type Operation = Extract<Node, { kind: 'operation' }>['name']

function operate(name: Operation, args: readonly Node[], of: (node: Node) => Value): Value {
  switch (name) {
    case 'and':
    case 'or': {
      const values = args.map(of)
      const deciding = name === 'or'
      if (values.some((each) => each?.value === deciding)) return bool(deciding)
      return values.includes(undefined) ? undefined : bool(!deciding)
    }
    case 'exclusive': {
      const values = args.map(of)
      const second = values.findIndex(
        (each, index) => each?.value === true && values.slice(0, index).some((before) => before?.value === true),
      )
      const unknown = values.indexOf(undefined)
      if (unknown >= 0 && (second < 0 || unknown < second)) return undefined
      return bool(second < 0 && values.some((each) => each?.value === true))
    }
    case 'cond': {
      for (let index = 0; index < args.length - 1; index += 2) {
        const condition = of(args[index]!)
        if (condition === undefined) return undefined
        if (condition.value === true) return of(args[index + 1]!)
      }
      return of(args.at(-1)!)
    }
    default: {
      const values = args.map(of)
      return values.includes(undefined) ? undefined : known(name, values as ConstantItem[])
    }
  }
}

/** An operation whose operands are all known. */
function known(name: Operation, values: readonly ConstantItem[]): Value {
  const [a, b] = values as [ConstantItem, ConstantItem]
  switch (name) {
    case 'eq':
      return compared(a, b, (order) => order === 0)
    case 'ne':
      return compared(a, b, (order) => order !== 0)
    case 'gt':
      return compared(a, b, (order) => order > 0)
    case 'ge':
      return compared(a, b, (order) => order >= 0)
    case 'lt':
      return compared(a, b, (order) => order < 0)
    case 'le':
      return compared(a, b, (order) => order <= 0)
    case 'not':
      return bool(a.value === false)
    case 'inList':
      return bool((b.value as ConstantItem[]).some((each) => compare(each, a) === 0))
    case 'mapKeys':
      return list((a.value as [ConstantItem, ConstantItem][]).map(([key]) => key))
    case 'mapValues':
      return list((a.value as [ConstantItem, ConstantItem][]).map(([, value]) => value))
    default:
      return a.type === 'float'
        ? ofFloats(
            name,
            values.map(({ value }) => value as number),
          )
        : ofInts(name, values)
  }
}

/** Maps are compared only where both have an order, which stored ones here have not. */
function compared(a: ConstantItem, b: ConstantItem, test: (order: number) => boolean): Value {
  return bool(test(compare(a, b)))
}

function ofFloats(name: Operation, values: readonly number[]): Value {
  const [a, b = NaN] = values as [number, number?]
  switch (name) {
    case 'add':
      return float(values.reduce((x, y) => x + y))
    case 'sub':
      return float(values.length === 1 ? -a : values.reduce((x, y) => x - y))
    case 'mul':
      return float(values.reduce((x, y) => x * y))
    case 'div':
      return float(values.length === 1 ? 1 / a : a / values.slice(1).reduce((x, y) => x * y))
    case 'pow':
      return float(a ** b)
    case 'log':
      return float(Math.log(a) / Math.log(b))
    case 'abs':
      return float(Math.abs(a))
    case 'floor':
      return float(Math.floor(a))
    case 'ceil':
      return float(Math.ceil(a))
    case 'min':
      return float(Math.min(...values))
    case 'max':
      return float(Math.max(...values))
    case 'toInt':
      // As x86 has it: out of range is the smallest.
      return Math.abs(a) >= 2 ** 63 ? int(-(2n ** 63n)) : int(Math.trunc(a))
    default:
      throw new Error(`no value of ${name}`)
  }
}

function ofInts(name: Operation, operands: readonly ConstantItem[]): Value {
  const values = operands.map(({ value }) => value as bigint)
  const [a, b = 0n] = values as [bigint, bigint?]
  switch (name) {
    case 'add':
      return int(values.reduce((x, y) => x + y))
    case 'sub':
      return int(values.length === 1 ? -a : values.reduce((x, y) => x - y))
    case 'mul':
      return int(values.reduce((x, y) => BigInt.asIntN(64, x * y)))
    case 'div':
      return quotient(values.length === 1 ? [1n, a] : values)
    case 'mod':
      return b === 0n ? undefined : int(a % b)
    case 'abs':
      return int(a < 0n ? -a : a)
    case 'min':
      return int(values.reduce((x, y) => (y < x ? y : x)))
    case 'max':
      return int(values.reduce((x, y) => (y > x ? y : x)))
    case 'toFloat':
      return float(Number(a))
    case 'intAnd':
      return int(values.reduce((x, y) => x & y))
    case 'intOr':
      return int(values.reduce((x, y) => x | y))
    case 'intXor':
      return int(values.reduce((x, y) => x ^ y))
    case 'intNot':
      return int(~a)
    case 'intLeftShift':
      return int(a << BigInt.asUintN(6, b))
    case 'intRightShift':
      return int(BigInt.asUintN(64, a) >> BigInt.asUintN(6, b))
    case 'intArithmeticRightShift':
      return int(a >> BigInt.asUintN(6, b))
    case 'intCount':
      return int(digits(a).replaceAll('0', '').length)
    case 'intLeftScan':
      return int(digits(a).indexOf(operands[1]!.value === true ? '1' : '0'))
    case 'intRightScan':
      return int(digits(a).lastIndexOf(operands[1]!.value === true ? '1' : '0'))
    default:
      throw new Error(`no value of ${name}`)
  }
}

/** Divided once, by all divisors together. */
function quotient([first, ...others]: readonly bigint[]): Value {
  const divisor = others.reduce((x, y) => BigInt.asIntN(64, x * y))
  return divisor === 0n ? undefined : int(first! / divisor)
}

const digits = (value: bigint): string => BigInt.asUintN(64, value).toString(2).padStart(64, '0')

/** The server's order: of types first, then of values. */
const ORDER = ['nil', 'bool', 'int', 'string', 'list', 'map', 'blob', 'float', 'geo']

function compare(a: ConstantItem, b: ConstantItem): number {
  if (a.type !== b.type) return ORDER.indexOf(a.type) - ORDER.indexOf(b.type)
  if (a.type === 'list' && b.type === 'list') {
    const first = a.value.findIndex((each, index) => index >= b.value.length || compare(each, b.value[index]!) !== 0)
    if (first < 0) return a.value.length - b.value.length
    return first >= b.value.length ? 1 : compare(a.value[first]!, b.value[first]!)
  }
  if (a.type === 'string' || a.type === 'blob') {
    return Buffer.compare(Buffer.from(a.value as string), Buffer.from(b.value as string))
  }
  const [x, y] = [a.value as number, b.value as number]
  return x < y ? -1 : x > y ? 1 : 0
}

// Lists and maps

/** An element of a list or map: a list has no keys. */
interface Element {
  readonly key?: ConstantItem
  readonly value: ConstantItem
  readonly index: number
  readonly rank: number
}

/** The elements in the order of their indexes, each with its rank. */
function elementsOf(collection: ConstantItem): Element[] {
  const bare =
    collection.type === 'list'
      ? collection.value.map((value) => ({ value }))
      : (collection as Extract<ConstantItem, { type: 'map' }>).value
          .toSorted(([a], [b]) => compare(a, b))
          .map(([key, value]) => ({ key, value }))
  const indexed = bare.map((each, index) => ({ ...each, index }))
  const ranked = indexed.toSorted((a, b) => compare(a.value, b.value))
  return indexed.map((each) => ({ ...each, rank: ranked.indexOf(each) }))
}

type Read = Extract<Node, { kind: 'read' }>

function read(node: Read, of: (node: Node) => Value): Value {
  const source = of(node.source)
  const args = node.args.map((each) => (each.kind === 'bound' ? null : of(each)))
  const inner = source === undefined ? undefined : inside(source, node.context)
  if (inner === undefined || args.includes(undefined)) return undefined
  const [kind, method] = node.name.split('.') as ['lists' | 'maps', string]
  if (inner.type !== (kind === 'lists' ? 'list' : 'map')) return undefined
  const elements = elementsOf(inner)
  if (method === 'size') return int(elements.length)
  const result = select(method, elements, args as (ConstantItem | null)[], node)
  return result?.type === node.type ? result : undefined
}

function inside(value: ConstantItem, steps: readonly Step[]): Value {
  return steps.reduce<Value>((at, step) => {
    if (at?.type !== (step.by.startsWith('list') ? 'list' : 'map')) return undefined
    const elements = elementsOf(at)
    const position = Number((step.at as { value: unknown }).value)
    if (step.by.endsWith('Index')) return elements.at(position)?.value
    if (step.by.endsWith('Rank')) return elements.find(({ rank }) => rank === wrap(position, elements.length))?.value
    return elements.find((each) => compare(step.by === 'mapKey' ? each.key! : each.value, step.at) === 0)?.value
  }, value)
}

const wrap = (position: number, length: number): number => (position < 0 ? position + length : position)

function select(method: string, elements: Element[], args: readonly (ConstantItem | null)[], node: Read): Value {
  const [a, b, c] = args.map((each) => each)
  const returns = node.returns as Returns
  const asksForRank = returns.toLowerCase().endsWith('rank')
  // Which of equal elements has which rank is nothing to rest on.
  const goesByRank = method.includes('Rank')
  const crosses = goesByRank ? returns.toLowerCase().endsWith('index') : asksForRank
  if (crosses && hasEqual(elements)) throw new Undecided()
  switch (method) {
    case 'getByIndex':
    case 'getByRank': {
      const at = wrap(number(a)!, elements.length)
      const found = elements.find((each) => (method === 'getByIndex' ? each.index : each.rank) === at)
      return found === undefined ? undefined : one(found, elements, returns)
    }
    case 'getByKey': {
      const found = elements.find(({ key }) => compare(key!, a!) === 0)
      return found === undefined ? missing(returns) : one(found, elements, returns)
    }
    default:
  }
  // Servers say of some ranges whether the range is empty, and of others whether there is anything else.
  if (node.inverted && returns === 'exists') throw new Undecided()
  if (node.inverted && asksForRank && hasEqual(elements)) throw new Undecided()
  // A list of keys has no ranks.
  if (asksForRank && method === 'getByKeyList') throw new Undecided()
  const chosen = choose(method, elements, [a!, b, c])
  const wanted = new Set(chosen)
  const ordered = goesByRank && !node.inverted ? elements.toSorted((x, y) => x.rank - y.rank) : elements
  return many(
    ordered.filter((each) => wanted.has(each) !== node.inverted),
    elements,
    returns,
  )
}

const number = (item: ConstantItem | null | undefined): number | undefined =>
  item === undefined ? undefined : Number((item as { value: unknown }).value)

const hasEqual = (elements: readonly Element[]): boolean =>
  elements.some(({ value, index }) => elements.slice(0, index).some((each) => compare(each.value, value) === 0))

/** The elements of a range or of values. */
function choose(
  method: string,
  elements: readonly Element[],
  [a, b, c]: readonly (ConstantItem | null | undefined)[],
): Element[] {
  const count = elements.length
  const within = (position: (each: Element) => number, start: number, length: number | undefined) => {
    const from = start < 0 ? start + count : start
    const to = length === undefined ? Infinity : from + length
    return elements.filter((each) => position(each) >= from && position(each) < to)
  }
  const between = (of: (each: Element) => ConstantItem) =>
    elements.filter(
      (each) => (a?.type === 'nil' || compare(of(each), a!) >= 0) && (b === undefined || compare(of(each), b!) < 0),
    )
  const among = (of: (each: Element) => ConstantItem) =>
    elements.filter((each) => (a!.value as ConstantItem[]).some((item) => compare(item, of(each)) === 0))
  switch (method) {
    case 'getByIndexRange':
      return within(({ index }) => index, number(a)!, number(b))
    case 'getByRankRange':
      return within(({ rank }) => rank, number(a)!, number(b))
    case 'getByValue':
      return elements.filter(({ value }) => compare(value, a!) === 0)
    case 'getByValueRange':
      return between(({ value }) => value)
    case 'getByKeyRange':
      return between(({ key }) => key!)
    case 'getByValueList':
      return among(({ value }) => value)
    case 'getByKeyList':
      return among(({ key }) => key!)
    default: {
      // Relative: the position that the value or key has or would have, and from there on.
      const isRank = method === 'getByValueRelativeRankRange'
      const origin = elements.filter((each) => compare(isRank ? each.value : each.key!, a!) < 0).length
      const from = origin + number(b)!
      const to = c === undefined ? Infinity : from + number(c)!
      return elements.filter(
        (each) => (isRank ? each.rank : each.index) >= from && (isRank ? each.rank : each.index) < to,
      )
    }
  }
}

function one(element: Element, elements: readonly Element[], returns: Returns): Value {
  switch (returns) {
    case 'value':
      return element.value
    case 'key':
      return element.key
    case 'count':
      return int(1)
    case 'exists':
      return bool(true)
    default:
      return int(placeOf(element, elements.length, returns))
  }
}

function missing(returns: Returns): Value {
  if (returns === 'value' || returns === 'key') return undefined
  return returns === 'count' ? int(0) : returns === 'exists' ? bool(false) : int(-1)
}

function many(chosen: readonly Element[], elements: readonly Element[], returns: Returns): Value {
  switch (returns) {
    case 'value':
      return list(chosen.map(({ value }) => value))
    case 'key':
      return list(chosen.map(({ key }) => key!))
    case 'count':
      return int(chosen.length)
    case 'exists':
      return bool(chosen.length > 0)
    default:
      return list(chosen.map((each) => int(placeOf(each, elements.length, returns))!))
  }
}

function placeOf({ index, rank }: Element, length: number, returns: Returns): number {
  if (returns === 'index') return index
  if (returns === 'reverseIndex') return length - 1 - index
  return returns === 'rank' ? rank : length - 1 - rank
}
