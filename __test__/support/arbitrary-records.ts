import fc from 'fast-check'
import { type Expression, type ExpressionType, ctx, exp } from '../../src/index.js'
import { nodeOf } from '../../src/expressions/expression.js'
import type { ConstantItem } from '../../src/expressions/node.js'

/** Random records, and random expressions about their bins that mostly have a value. */

type Arb<T extends ExpressionType> = fc.Arbitrary<Expression<T>>

const smallInts = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -9, max: 20 }) }, fc.integer())
const ints = fc
  .oneof(
    { weight: 8, arbitrary: smallInts.map(BigInt) },
    fc.constantFrom(-(2n ** 63n) + 1n, 2n ** 63n - 1n, 2n ** 53n + 1n),
  )
  .map((value): ConstantItem => ({ type: 'int', value }))
const quarters = fc.integer({ min: -40, max: 80 }).map((quarter) => quarter / 4)
const floats = quarters.map((value): ConstantItem => ({ type: 'float', value }))
const words = fc.constantFrom('', 'a', 'ab', 'b', 'c', 'é', '€', '𝄞', 'Rome', 'Oslo')
const strings = words.map((value): ConstantItem => ({ type: 'string', value }))
const bools = fc.boolean().map((value): ConstantItem => ({ type: 'bool', value }))
const blobs = fc.uint8Array({ maxLength: 3 }).map((value): ConstantItem => ({ type: 'blob', value }))
const listsOf = (item: fc.Arbitrary<ConstantItem>): fc.Arbitrary<ConstantItem> =>
  fc.array(item, { maxLength: 6 }).map((value): ConstantItem => ({ type: 'list', value }))
const mapsOf = (item: fc.Arbitrary<ConstantItem>): fc.Arbitrary<ConstantItem> =>
  fc.dictionary(words, item, { maxKeys: 5 }).map((entries): ConstantItem => ({
    type: 'map',
    value: Object.entries(entries)
      .map(([key, value]) => [{ type: 'string', value: key }, value] as const)
      // The order in which a server keeps them, which is that of their UTF-8.
      .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a.value), Buffer.from(b.value))),
  }))
const fewInts = fc.integer({ min: 0, max: 5 }).map((value): ConstantItem => ({ type: 'int', value: BigInt(value) }))
const mixed = fc.oneof(fewInts, strings, floats, bools, blobs, listsOf(fewInts))

/** What each bin holds, if nothing else. */
const BINS = {
  i: ints,
  j: ints,
  f: floats,
  g: floats,
  s: strings,
  t: strings,
  o: bools,
  b: blobs,
  l: listsOf(fewInts),
  k: listsOf(strings),
  x: listsOf(mixed),
  m: mapsOf(fewInts),
  n: mapsOf(strings),
  d: mapsOf(fc.oneof(listsOf(fewInts), mapsOf(fewInts))),
}

/** Records in which a bin may be missing or of another type. */
export const records: fc.Arbitrary<Record<string, ConstantItem>> = fc
  .record(
    Object.fromEntries(
      Object.entries(BINS).map(([name, item]) => [
        name,
        fc.oneof(
          { weight: 12, arbitrary: item },
          { weight: 1, arbitrary: mixed },
          { weight: 1, arbitrary: fc.constant(undefined) },
        ),
      ]),
    ),
  )
  .map(
    (bins) =>
      Object.fromEntries(Object.entries(bins).filter(([, item]) => item !== undefined)) as Record<string, ConstantItem>,
  )

/** Arbitraries of each type, which refer to each other. */
type Tied = {
  int: Expression<'int'>
  float: Expression<'float'>
  string: Expression<'string'>
  bool: Expression<'bool'>
  list: Expression<'list'>
}

const { lists, maps } = exp
const position = fc.integer({ min: -4, max: 5 })
const counts = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
const one = fc.constantFrom('value', 'index', 'reverseIndex', 'rank', 'reverseRank', 'count', 'exists')
const many = fc.record({ return: one, inverted: fc.boolean() })
const oneOfMap = fc.constantFrom('value', 'index', 'reverseIndex', 'rank', 'reverseRank', 'count', 'exists', 'key')
const manyOfMap = fc.record({ return: oneOfMap, inverted: fc.boolean() })
const someInts = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 })
const element = fc.integer({ min: -1, max: 6 })

/** Reads of lists and maps, of every kind and with every result. */
export const reads: fc.Arbitrary<Expression> = fc.oneof(
  ...(['l', 'x'] as const).map((name) => readsOfList(exp.list(name))),
  readsOfList(exp.list('k'), words),
  readsOfMap(exp.map('m'), element, 'int'),
  readsOfMap(exp.map('n'), words, 'string'),
  nested(),
)

function readsOfList(
  list: Expression<'list'>,
  item: fc.Arbitrary<number | string> = element,
): fc.Arbitrary<Expression> {
  const as = fc.constantFrom('int', 'string')
  const values = fc.array(item, { minLength: 1, maxLength: 3 })
  const end = fc.option(item, { nil: undefined })
  return fc.oneof(
    fc.constant(lists.size(list)),
    fc.tuple(position, as).map(([at, type]) => lists.getByIndex(list, at, { as: type })),
    fc.tuple(position, as).map(([at, type]) => lists.getByRank(list, at, { as: type })),
    fc
      .tuple(fc.integer({ min: 0, max: 1 }), one)
      .map(([at, returns]) => lists.getByIndex(list, at, { return: returns })),
    fc
      .tuple(fc.integer({ min: 0, max: 1 }), one)
      .map(([at, returns]) => lists.getByRank(list, at, { return: returns })),
    fc.tuple(position, counts, many).map(([at, count, shape]) => lists.getByIndexRange(list, at, count, shape)),
    fc.tuple(position, counts, many).map(([at, count, shape]) => lists.getByRankRange(list, at, count, shape)),
    fc.tuple(item, many).map(([value, shape]) => lists.getByValue(list, value, shape)),
    fc.tuple(values, many).map(([value, shape]) => lists.getByValueList(list, value, shape)),
    fc.tuple(item, end, many).map(([from, to, shape]) => lists.getByValueRange(list, from, to, shape)),
    fc
      .tuple(item, fc.integer({ min: 0, max: 2 }), counts, many)
      .map(([value, rank, count, shape]) => lists.getByValueRelativeRankRange(list, value, rank, count, shape)),
  )
}

function readsOfMap(
  map: Expression<'map'>,
  item: fc.Arbitrary<number | string>,
  type: 'int' | 'string',
): fc.Arbitrary<Expression> {
  const end = fc.option(words, { nil: undefined })
  const keys = fc.array(words, { minLength: 1, maxLength: 3 })
  const as = (returns: string) => (returns === 'key' ? 'string' : type)
  return fc.oneof(
    fc.constant(maps.size(map)),
    fc.constant(maps.keys(map)),
    fc.constant(maps.values(map)),
    fc.tuple(words, oneOfMap).map(([key, returns]) => maps.getByKey(map, key, { return: returns, as: as(returns) })),
    fc
      .tuple(fc.integer({ min: 0, max: 1 }), oneOfMap)
      .map(([at, returns]) => maps.getByIndex(map, at, { return: returns, as: as(returns) })),
    position.map((at) => maps.getByIndex(map, at, { as: type })),
    position.map((at) => maps.getByRank(map, at, { return: 'key', as: 'string' })),
    fc.tuple(position, counts, manyOfMap).map(([at, count, shape]) => maps.getByIndexRange(map, at, count, shape)),
    fc.tuple(position, counts, manyOfMap).map(([at, count, shape]) => maps.getByRankRange(map, at, count, shape)),
    fc.tuple(item, manyOfMap).map(([value, shape]) => maps.getByValue(map, value, shape)),
    fc.tuple(keys, manyOfMap).map(([list, shape]) => maps.getByKeyList(map, list, shape)),
    fc.tuple(words, end, manyOfMap).map(([from, to, shape]) => maps.getByKeyRange(map, from, to, shape)),
    fc
      .tuple(item, fc.option(item, { nil: undefined }), manyOfMap)
      .map(([from, to, shape]) => maps.getByValueRange(map, from, to, shape)),
    fc
      .tuple(words, fc.integer({ min: 0, max: 2 }), counts, manyOfMap)
      .map(([key, at, count, shape]) => maps.getByKeyRelativeIndexRange(map, key, at, count, shape)),
  )
}

function nested(): fc.Arbitrary<Expression> {
  const step = fc.oneof(words.map(ctx.mapKey), fc.integer({ min: -2, max: 2 }).map(ctx.mapIndex))
  return fc.oneof(
    fc.tuple(step, position).map(([into, at]) => lists.getByIndex(exp.map('d'), at, { context: [into] })),
    step.map((into) => maps.size(exp.map('d'), { context: [into] })),
    fc.tuple(step, someInts).map(([into, values]) => lists.getByValueList(exp.map('d'), values, { context: [into] })),
    fc.tuple(step, words).map(([into, key]) => maps.getByKey(exp.map('d'), key, { context: [into] })),
  )
}

/** Reads that are operands. Which of several elements comes first is nothing that a list or map promises, but for a few. */
const ofType = <T extends ExpressionType>(type: T): Arb<T> =>
  reads.filter((each) => each.type === type && (type !== 'list' || inOrder(each))) as unknown as Arb<T>

function inOrder(each: Expression): boolean {
  const node = nodeOf(each)
  return node.kind !== 'read' || (node.returns === 'value' && !node.inverted && ORDERED.test(node.name))
}

const ORDERED = /^lists\.getBy(Index|Key)Range$/

/** `a + a * b`, where `a` is computed once. No name is taken twice: servers refuse that. */
function doubled(a: Expression<'int'>, b: Expression<'int'>, name: string): Expression<'int'> {
  const variable = exp.variable(name, 'int')
  const isTaken = [a, b].some((each) => String(each).includes(`${name} =`))
  return isTaken ? exp.add(a, b) : exp.let({ [name]: a }, () => exp.add(variable, exp.mul(variable, b)))
}

const literalInts = smallInts.map((value) => exp.intValue(value))

export const about = fc.letrec<Tied>((tie) => {
  const [int, float, string, bool, list] = [tie('int'), tie('float'), tie('string'), tie('bool'), tie('list')]
  const pair = fc.oneof(fc.tuple(int, int), fc.tuple(float, float), fc.tuple(string, string), fc.tuple(bool, bool))
  const compare = fc.constantFrom(exp.eq, exp.ne, exp.gt, exp.ge, exp.lt, exp.le)
  return {
    int: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(fc.constantFrom(exp.int('i'), exp.int('j')), literalInts),
      ofType('int'),
      fc.tuple(fc.constantFrom(exp.add, exp.sub, exp.mul, exp.min, exp.max), int, int).map(([f, a, b]) => f(a, b)),
      fc.tuple(fc.constantFrom(exp.div, exp.mod), int, int).map(([f, a, b]) => f(a, b)),
      fc.tuple(fc.constantFrom(exp.intAnd, exp.intOr, exp.intXor), int, int).map(([f, a, b]) => f(a, b)),
      fc
        .tuple(
          fc.constantFrom(exp.intLeftShift, exp.intRightShift, exp.intArithmeticRightShift),
          int,
          fc.integer({ min: 0, max: 70 }),
        )
        .map(([f, a, b]) => f(a, b)),
      fc.tuple(fc.constantFrom(exp.intNot, exp.intCount, exp.abs<'int'>, exp.negate<'int'>), int).map(([f, a]) => f(a)),
      fc.tuple(fc.constantFrom(exp.intLeftScan, exp.intRightScan), int, bool).map(([f, a, b]) => f(a, b)),
      float.map((a) => exp.toInt(a)),
      fc.constantFrom(...Object.keys(BINS), 'nothing').map((name) => exp.binType(name)),
      fc.tuple(bool, int, int).map(([c, a, b]) => exp.cond([[c, a]], b)),
      fc.tuple(int, int, fc.stringMatching(/^[a-z]{4}$/)).map(([a, b, name]) => doubled(a, b, name)),
    ),
    float: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(
        fc.constantFrom(exp.float('f'), exp.float('g')),
        quarters.map((value) => exp.floatValue(value)),
      ),
      fc.tuple(fc.constantFrom(exp.add, exp.sub, exp.mul, exp.min, exp.max), float, float).map(([f, a, b]) => f(a, b)),
      fc.tuple(float, float).map(([a, b]) => exp.div(a, b)),
      fc.tuple(fc.constantFrom(exp.floor, exp.ceil, exp.abs<'float'>), float).map(([f, a]) => f(a)),
      int.map((a) => exp.toFloat(a)),
      fc.tuple(bool, float, float).map(([c, a, b]) => exp.cond([[c, a]], b)),
    ),
    string: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(
        fc.constantFrom(exp.string('s'), exp.string('t')),
        words.map((value) => exp.stringValue(value)),
      ),
      ofType('string'),
      fc.tuple(bool, string, string).map(([c, a, b]) => exp.cond([[c, a]], b)),
    ),
    bool: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(fc.constant(exp.bool('o')), fc.boolean().map(exp.boolValue)),
      fc.tuple(compare, pair).map(([f, [a, b]]) => f(a as Expression<'int'>, b as Expression<'int'>)),
      fc.tuple(compare, list, list).map(([f, a, b]) => f(a, b)),
      ofType('bool'),
      fc
        .tuple(fc.constantFrom(exp.and, exp.or, exp.exclusive), fc.array(bool, { minLength: 2, maxLength: 3 }))
        .map(([f, operands]) => f(...(operands as [Expression<'bool'>, Expression<'bool'>]))),
      bool.map((a) => exp.not(a)),
      fc.constantFrom(...Object.keys(BINS), 'nothing').map((name) => exp.exists(name)),
      fc.tuple(int, list).map(([a, b]) => exp.in(a, b)),
      fc.tuple(string, list).map(([a, b]) => exp.inList(a, b)),
      fc.tuple(string, fc.constantFrom('^a', 'o', '^[A-Z]', 'e$')).map(([a, pattern]) => exp.regex(a, pattern)),
      fc.tuple(bool, bool, bool).map(([c, a, b]) => exp.cond([[c, a]], b)),
    ),
    list: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      fc.oneof(
        fc.constantFrom(exp.list('l'), exp.list('k'), exp.list('x')),
        someInts.map((values) => exp.listValue(values)),
        fc.array(words, { maxLength: 3 }).map((values) => exp.listValue(values)),
      ),
      ofType('list'),
    ),
  }
})
