import fc from 'fast-check'
import { type ContextStep, type Expression, type ExpressionType, ctx, exp } from '../../src/index.js'

/** Random expressions of every type, with every operation of the builder. */

type Arb<T extends ExpressionType> = fc.Arbitrary<Expression<T>>

const names = fc.oneof(
  fc.constantFrom('a', 'b', 'temperature', 'in', 'get', 'count', 'true', 'my-bin', 'größe', "it's", 'q"', `'"`, '1a'),
  fc.string({ minLength: 1, maxLength: 5 }).filter((name) => Buffer.byteLength(name) <= 15),
)
const texts = fc.oneof(
  fc.constantFrom('', "'", '"', `'"'`, '\\', '\n', 'Rome', '?0', '${x}'),
  fc.string({ maxLength: 8 }),
)
const ints = fc.oneof(fc.integer({ min: -40, max: 300 }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
const floats = fc.oneof(
  fc.constantFrom(0, -0, 2, -1.5, 1e300, 5e-324, 1e21, Infinity, -Infinity),
  fc.double({ noNaN: true }),
)
const blobs = fc.uint8Array({ maxLength: 6 })
const keys = fc.oneof(texts, fc.integer(), blobs)

/** In a list an integer is an int, so that large ones have to be bigints. */
const inLists = floats.filter((each) => !Number.isInteger(each) || Number.isSafeInteger(each))

const items = fc.letrec<{ item: Parameters<typeof exp.listValue>[0][number] }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 2 },
    fc.oneof(ints, inLists, texts, fc.boolean(), blobs, fc.constant(null)),
    fc.array(tie('item'), { maxLength: 3 }),
    fc.dictionary(
      texts.filter((key) => key !== '__proto__'),
      tie('item'),
      { maxKeys: 3 },
    ),
  ),
})).item

const position = fc.integer({ min: -3, max: 5 })
const steps: fc.Arbitrary<ContextStep> = fc.oneof(
  position.map(ctx.listIndex),
  position.map(ctx.listRank),
  items.map(ctx.listValue),
  position.map(ctx.mapIndex),
  position.map(ctx.mapRank),
  keys.map(ctx.mapKey),
  fc.oneof(texts, position).map(ctx.mapValue),
)
const contexts = fc.array(steps, { maxLength: 2 })

const one = fc.constantFrom('value', 'index', 'reverseIndex', 'rank', 'reverseRank', 'count', 'exists')
const ofMap = fc.constantFrom('key', 'keyValue', 'orderedMap', 'unorderedMap')
const types = fc.constantFrom('int', 'string', 'bool', 'float', 'list', 'map', 'blob', 'geo')

/** Arbitraries of each type, which refer to each other. */
type Tied = {
  int: Expression<'int'>
  float: Expression<'float'>
  string: Expression<'string'>
  bool: Expression<'bool'>
  blob: Expression<'blob'>
  list: Expression<'list'>
  map: Expression<'map'>
  geo: Expression<'geo'>
  hll: Expression<'hll'>
}

const { lists, maps, bits, hlls } = exp
const { sort: inOrder } = lists

/** The only value of a read whose type is what was asked for. */
const ofType = <T extends ExpressionType>(arbitrary: fc.Arbitrary<Expression>, type: T): Arb<T> =>
  arbitrary.filter((each) => each.type === type) as unknown as Arb<T>

/** What stands inside of a path, where no variable around it is known. */
const closed = <T extends ExpressionType>(arbitrary: Arb<T>): Arb<T> =>
  arbitrary.filter((each) => !String(each).includes('${'))

/** A let, or `otherwise` where one of its names is taken, which is refused. */
function letOr<T extends ExpressionType>(
  name: string,
  x: Expression<'int'>,
  y: Expression<'string'>,
  body: Expression<T>,
  otherwise: Expression<T>,
): Expression<T> {
  const isTaken = [x, y, body].some((each) => String(each).includes(`${name} =`) || String(each).includes(`${name}y =`))
  return isTaken ? otherwise : exp.let({ [name]: x, [`${name}y`]: y }, () => body)
}

export const expressions = fc.letrec<Tied>((tie) => {
  const [int, float, string, bool] = [tie('int'), tie('float'), tie('string'), tie('bool')]
  const [blob, list, map, geo, hll] = [tie('blob'), tie('list'), tie('map'), tie('geo'), tie('hll')]
  const pairs = fc.oneof(
    fc.tuple(int, int),
    fc.tuple(float, float),
    fc.tuple(string, string),
    fc.tuple(bool, bool),
    fc.tuple(blob, blob),
    fc.tuple(list, list),
    fc.tuple(map, map),
  )
  const value = fc.oneof(
    int,
    float,
    string,
    list,
    map,
    fc.constant(exp.nil()),
    fc.constant(exp.infinity()),
    fc.constant(exp.wildcard()),
  )
  const shape = fc.record({ context: contexts, return: one, inverted: fc.boolean() })
  const count = fc.option(
    fc.oneof(
      int,
      position.map((each) => exp.intValue(each)),
    ),
    { nil: undefined },
  )
  const index = fc.oneof(
    int,
    position.map((each) => exp.intValue(each)),
  )
  const selections = fc.oneof(
    fc
      .tuple(list, index, fc.record({ context: contexts, return: one, as: types }))
      .map(([l, i, o]) => lists.getByIndex(l, i, o)),
    fc
      .tuple(list, index, fc.record({ context: contexts, return: one, as: types }))
      .map(([l, i, o]) => lists.getByRank(l, i, o)),
    fc.tuple(list, index, count, shape).map(([l, i, c, o]) => lists.getByIndexRange(l, i, c, o)),
    fc.tuple(list, index, count, shape).map(([l, i, c, o]) => lists.getByRankRange(l, i, c, o)),
    fc.tuple(list, value, shape).map(([l, v, o]) => lists.getByValue(l, v, o)),
    fc.tuple(list, list, shape).map(([l, v, o]) => lists.getByValueList(l, v, o)),
    fc
      .tuple(list, value, fc.option(value, { nil: undefined }), shape)
      .map(([l, b, e, o]) => lists.getByValueRange(l, b, e, o)),
    fc
      .tuple(list, value, index, count, shape)
      .map(([l, v, r, c, o]) => lists.getByValueRelativeRankRange(l, v, r, c, o)),
    fc
      .tuple(map, fc.oneof(value, texts), fc.record({ context: contexts, return: fc.oneof(one, ofMap), as: types }))
      .map(([m, k, o]) => maps.getByKey(m, k, o)),
    fc
      .tuple(map, index, fc.record({ context: contexts, return: fc.oneof(one, ofMap), as: types }))
      .map(([m, k, o]) => maps.getByIndex(m, k, o)),
    fc
      .tuple(map, index, fc.record({ context: contexts, return: fc.oneof(one, ofMap), as: types }))
      .map(([m, k, o]) => maps.getByRank(m, k, o)),
    fc.tuple(map, fc.array(keys, { maxLength: 3 }), shape).map(([m, k, o]) => maps.getByKeyList(m, k, o)),
    fc
      .tuple(map, value, fc.option(value, { nil: undefined }), shape)
      .map(([m, b, e, o]) => maps.getByKeyRange(m, b, e, o)),
    fc
      .tuple(map, texts, fc.option(texts, { nil: undefined }), shape)
      .map(([m, b, e, o]) => maps.getByKeyRange(m, b, e, o)),
    fc.tuple(map, index, count, shape).map(([m, i, c, o]) => maps.getByIndexRange(m, i, c, o)),
    fc.tuple(map, index, count, shape).map(([m, i, c, o]) => maps.getByRankRange(m, i, c, o)),
    fc.tuple(map, value, shape).map(([m, v, o]) => maps.getByValue(m, v, o)),
    fc
      .tuple(map, value, fc.option(value, { nil: undefined }), shape)
      .map(([m, b, e, o]) => maps.getByValueRange(m, b, e, o)),
    fc.tuple(map, texts, index, count, shape).map(([m, k, i, c, o]) => maps.getByKeyRelativeIndexRange(m, k, i, c, o)),
    fc.tuple(map, value, index, count, shape).map(([m, v, r, c, o]) => maps.getByValueRelativeRankRange(m, v, r, c, o)),
  )
  const pathSteps = fc
    .array(
      fc.oneof(
        steps.map((step) => [step]),
        fc.constant([ctx.all()]),
        fc.array(keys, { maxLength: 3 }).map((each) => [ctx.mapKeys(each)]),
        closed(bool).map((each) => [ctx.filter(each)]),
        fc.tuple(steps, closed(bool)).map(([step, each]) => [step, ctx.and(each)]),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((each) => each.flat())
  const lenient = fc.boolean().map((each) => ({ lenient: each }))
  const changes = fc.oneof(closed(int), closed(string), fc.constant(exp.removed()), closed(list), closed(map))
  const pathsOf = <K extends 'list' | 'map'>(source: Arb<K>): Arb<K>[] => [
    fc.tuple(source, pathSteps, lenient).map(([s, at, o]) => exp.paths.select(s, at, { ...o, return: 'tree' })),
    fc.tuple(source, pathSteps, changes, lenient).map(([s, at, change, o]) => exp.paths.modify(s, at, change, o)),
    fc.tuple(source, pathSteps, lenient).map(([s, at, o]) => exp.paths.remove(s, at, o)),
  ]
  const selects = fc
    .tuple(fc.oneof(list, map), pathSteps, lenient, fc.constantFrom('values', 'keys', 'entries'))
    .map(([s, at, o, returned]) => exp.paths.select(s, at, { ...o, return: returned })) as unknown as Arb<'list'>
  const removal = fc.record({ context: contexts, inverted: fc.boolean() })
  const inContext = contexts.map((context) => ({ context }))
  const listChanges: Arb<'list'>[] = [
    fc.tuple(list, value, inContext).map(([l, v, o]) => lists.append(l, v, o)),
    fc.tuple(list, list, inContext).map(([l, v, o]) => lists.appendItems(l, v, o)),
    fc.tuple(list, index, value, inContext).map(([l, i, v, o]) => lists.insert(l, i, v, o)),
    fc.tuple(list, index, value, inContext).map(([l, i, v, o]) => lists.set(l, i, v, o)),
    fc
      .tuple(list, index, fc.option(int, { nil: undefined }), inContext)
      .map(([l, i, v, o]) => lists.increment(l, i, v, o)),
    fc.tuple(list, inContext).map(([l, o]) => inOrder(l, { ...o, descending: true })),
    fc.tuple(list, inContext).map(([l, o]) => lists.clear(l, o)),
    fc.tuple(list, index, inContext).map(([l, i, o]) => lists.removeByIndex(l, i, o)),
    fc.tuple(list, index, count, removal).map(([l, i, c, o]) => lists.removeByRankRange(l, i, c, o)),
    fc.tuple(list, value, removal).map(([l, v, o]) => lists.removeByValue(l, v, o)),
  ]
  const mapChanges: Arb<'map'>[] = [
    fc.tuple(map, fc.oneof(value, texts), value, inContext).map(([m, k, v, o]) => maps.put(m, k, v, o)),
    fc.tuple(map, map, inContext).map(([m, v, o]) => maps.putItems(m, v, o)),
    fc.tuple(map, texts, int, inContext).map(([m, k, v, o]) => maps.increment(m, k, v, o)),
    fc.tuple(map, fc.oneof(value, texts), inContext).map(([m, k, o]) => maps.removeByKey(m, k, o)),
    fc.tuple(map, fc.array(keys, { maxLength: 3 }), removal).map(([m, k, o]) => maps.removeByKeyList(m, k, o)),
    fc
      .tuple(map, texts, index, count, removal)
      .map(([m, k, i, c, o]) => maps.removeByKeyRelativeIndexRange(m, k, i, c, o)),
  ]
  const blobChanges: Arb<'blob'>[] = [
    fc.tuple(blob, int).map(([b, i]) => bits.resize(b, i, { only: 'grow', fromFront: true })),
    fc.tuple(blob, int, int, blob).map(([b, i, j, v]) => bits.xor(b, i, j, v)),
    fc.tuple(blob, int, int).map(([b, i, j]) => bits.not(b, i, j)),
    fc.tuple(blob, int, int, int).map(([b, i, j, v]) => bits.add(b, i, j, v, { signed: true, overflow: 'wrap' })),
    fc.tuple(blob, int, blobs).map(([b, i, v]) => bits.insert(b, i, v)),
  ]
  const conds = <T extends ExpressionType>(of: Arb<T>): Arb<T> =>
    fc
      .tuple(fc.array(fc.tuple(bool, of), { minLength: 1, maxLength: 2 }), fc.oneof(of, fc.constant(exp.unknown())))
      .map(([branches, last]) => exp.cond(branches, last as Expression<T>))
  const lets = <T extends ExpressionType>(of: Arb<T>): Arb<T> =>
    fc
      .tuple(int, string, of, of, fc.stringMatching(/^[a-z]{6}$/))
      .map(([x, y, a, b, name]) => letOr(name, x, y, exp.cond([[exp.gt(exp.variable(name, 'int'), 3), a]], b), b))
  const numbers = <T extends 'int' | 'float'>(of: Arb<T>): Arb<T>[] => [
    fc.array(of, { minLength: 2, maxLength: 4 }).map(([a, b, ...more]) => exp.add(a!, b!, ...more)),
    fc.array(of, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.sub(a!, b!, ...more)),
    fc.array(of, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.mul(a!, b!, ...more)),
    fc.array(of, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.div(a!, b!, ...more)),
    fc.array(of, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.max(a!, b!, ...more)),
    of.map((each) => exp.negate(each)),
    of.map((each) => exp.reciprocal(each)),
    of.map((each) => exp.abs(each)),
    conds(of),
    lets(of),
  ]
  // One depth for all types, so that an expression stays of a size that a person could read.
  const options = { maxDepth: 3, depthIdentifier: fc.createDepthIdentifier(), withCrossShrink: true } as const
  return {
    int: fc.oneof(
      options,
      fc.oneof(
        names.map(exp.int),
        ints.map(exp.intValue),
        names.map(exp.binType),
        fc.constantFrom(exp.ttl(), exp.key('int'), exp.recordSize(), exp.deviceSize(), exp.digestModulo(7)),
        fc.constantFrom(exp.element.index(), exp.element.value('int'), exp.element.key('int')),
      ),
      ...numbers(int),
      fc.tuple(int, int).map(([a, b]) => exp.mod(a, b)),
      fc.tuple(int, int).map(([a, b]) => exp.intAnd(a, b)),
      fc.tuple(int, int, int).map(([a, b, c]) => exp.intXor(a, b, c)),
      fc.tuple(int, int).map(([a, b]) => exp.intLeftShift(a, b)),
      fc.tuple(int, int).map(([a, b]) => exp.intRightShift(a, b)),
      fc.tuple(int, int).map(([a, b]) => exp.intArithmeticRightShift(a, b)),
      int.map(exp.intNot),
      int.map(exp.intCount),
      fc.tuple(int, bool).map(([a, b]) => exp.intLeftScan(a, b)),
      float.map(exp.toInt),
      fc.tuple(list, contexts).map(([l, context]) => lists.size(l, { context })),
      fc.tuple(map, contexts).map(([m, context]) => maps.size(m, { context })),
      fc.tuple(blob, int, int).map(([b, i, j]) => bits.count(b, i, j)),
      fc.tuple(blob, int, int, fc.boolean()).map(([b, i, j, signed]) => bits.getInt(b, i, j, { signed })),
      fc.tuple(blob, int, int, bool).map(([b, i, j, v]) => bits.rightScan(b, i, j, v)),
      hll.map(hlls.count),
      fc.tuple(hll, list).map(([h, l]) => hlls.mayContain(h, l)),
      ofType(selections, 'int'),
    ),
    float: fc.oneof(
      options,
      fc.oneof(names.map(exp.float), floats.map(exp.floatValue), fc.constant(exp.element.value('float'))),
      ...numbers(float),
      fc.tuple(float, float).map(([a, b]) => exp.pow(a, b)),
      fc.tuple(float, float).map(([a, b]) => exp.log(a, b)),
      float.map(exp.floor),
      float.map(exp.ceil),
      int.map(exp.toFloat),
      fc.tuple(hll, fc.array(blobs, { maxLength: 2 })).map(([h, l]) => hlls.similarity(h, l)),
    ),
    string: fc.oneof(
      options,
      fc.oneof(
        names.map(exp.string),
        texts.map(exp.stringValue),
        fc.constantFrom(exp.setName(), exp.key('string'), exp.element.key()),
      ),
      conds(string),
      lets(string),
    ),
    bool: fc.oneof(
      options,
      fc.oneof(
        names.map(exp.bool),
        fc.boolean().map(exp.boolValue),
        names.map(exp.exists),
        fc.constantFrom(exp.keyExists(), exp.isTombstone()),
      ),
      fc
        .tuple(fc.constantFrom(exp.eq, exp.ne, exp.gt, exp.ge, exp.lt, exp.le), pairs)
        .map(([compare, [a, b]]) => compare(a as never, b as never)),
      fc.array(bool, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.and(a!, b!, ...more)),
      fc.array(bool, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.or(a!, b!, ...more)),
      fc.array(bool, { minLength: 2, maxLength: 3 }).map(([a, b, ...more]) => exp.exclusive(a!, b!, ...more)),
      bool.map(exp.not),
      conds(bool),
      lets(bool),
      fc.tuple(value, list).map(([v, l]) => exp.in(v, l)),
      fc.tuple(value, list).map(([v, l]) => exp.inList(v, l)),
      fc.tuple(geo, geo).map(([a, b]) => exp.geoCompare(a, b)),
      fc
        .tuple(string, texts, fc.record({ extended: fc.boolean(), ignoreCase: fc.boolean() }))
        .map(([s, p, o]) => exp.regex(s, p, o)),
      ofType(selections, 'bool'),
    ),
    blob: fc.oneof(
      options,
      fc.oneof(names.map(exp.blob), blobs.map(exp.blobValue), fc.constant(exp.key('blob'))),
      fc.tuple(blob, int, int).map(([b, i, j]) => bits.get(b, i, j)),
      ...blobChanges,
      conds(blob),
    ),
    list: fc.oneof(
      options,
      fc.oneof(
        names.map(exp.list),
        fc.array(items, { maxLength: 3 }).map(exp.listValue),
        fc.array(texts, { maxLength: 3 }).map(exp.listValue),
      ),
      map.map(maps.keys),
      map.map(maps.values),
      hll.map(hlls.describe),
      selects,
      ...listChanges,
      ...pathsOf(list),
      conds(list),
      ofType(selections, 'list'),
    ),
    map: fc.oneof(
      options,
      fc.oneof(
        names.map(exp.map),
        fc
          .dictionary(
            texts.filter((key) => key !== '__proto__'),
            items,
            { maxKeys: 3 },
          )
          .map(exp.mapValue),
      ),
      ...pathsOf(map),
      ...mapChanges,
      conds(map),
      ofType(selections, 'map'),
    ),
    geo: fc.oneof(options, fc.oneof(names.map(exp.geo), texts.map(exp.geoValue)), conds(geo)),
    hll: fc.oneof(
      options,
      names.map(exp.hll),
      fc.tuple(hll, list).map(([h, l]) => hlls.union(h, l)),
      fc.tuple(hll, list).map(([h, l]) => hlls.add(h, l)),
    ),
  }
})

/** Any of them. */
export const anyExpression: fc.Arbitrary<Expression> = fc.oneof(
  ...(Object.values(expressions) as fc.Arbitrary<Expression>[]),
)
