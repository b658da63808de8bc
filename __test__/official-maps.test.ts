import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, ctx, double, op } from '../src/index.js'
import {
  Beside,
  type Fluent,
  IN_CONTEXT,
  IN_MADE,
  type Module,
  type Pair,
  type Theirs,
  pairs,
  everywhere,
  within,
} from './support/inside.js'
import { freshSet, testCluster } from './support/server.js'

/** Every operation on maps beside that of the official client: the same results, codes and records. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const theirs = Aerospike.maps as unknown as Module
const { order, returnType, writeFlags } = Aerospike.maps
const ORDERS = {
  unordered: order.UNORDERED,
  keyOrdered: order.KEY_ORDERED,
  keyValueOrdered: order.KEY_VALUE_ORDERED,
} as const
type Order = keyof typeof ORDERS

const START = {
  plain: { b: 2, a: 5, d: 2, c: 'x', e: [1, 2] },
  ordered: { b: 2, a: 5, d: 2, c: 'x' },
  byValue: { b: 2, a: 5, d: 2 },
  empty: {},
  nested: [{ p: 1, q: 0 }, { in: { z: 3, y: 4 } }],
  map: { a: { k: 7, l: 5 }, b: 1 },
  text: 'no map',
}

async function prepare(key: Key): Promise<void> {
  await cluster.client.put(key, START)
  await cluster.client.operate(key, [
    op.maps.setOrder('ordered', 'keyOrdered'),
    op.maps.setOrder('byValue', 'keyValueOrdered'),
  ])
}

const beside = new Beside(
  Aerospike,
  () => cluster.client,
  () => official,
  prepare,
)

const BINS = ['plain', 'ordered', 'byValue', 'empty', 'missing', 'text', 'nested']
const RETURNS = {
  none: returnType.NONE,
  index: returnType.INDEX,
  reverseIndex: returnType.REVERSE_INDEX,
  rank: returnType.RANK,
  reverseRank: returnType.REVERSE_RANK,
  count: returnType.COUNT,
  key: returnType.KEY,
  value: returnType.VALUE,
  keyValue: returnType.KEY_VALUE,
  exists: returnType.EXISTS,
  unorderedMap: returnType.UNORDERED_MAP,
  orderedMap: returnType.ORDERED_MAP,
}

const pair = pairs(op.maps, theirs, {
  getByKeyRange: 2,
  getByIndexRange: 2,
  getByValueRange: 2,
  getByRankRange: 2,
  getByKeyRelativeIndexRange: 3,
  getByValueRelativeRankRange: 3,
  removeByKeyRange: 2,
  removeByIndexRange: 2,
  removeByValueRange: 2,
  removeByRankRange: 2,
  removeByKeyRelativeIndexRange: 3,
  removeByValueRelativeRankRange: 3,
})

const PLAIN: [name: string, ...args: unknown[]][] = [
  ['put', 'a', 1],
  ['put', 'new', [1, { a: 2 }]],
  ['put', 'a', null],
  ['put', 3, 'by number'],
  ['put', Buffer.of(1, 2), 1],
  ['putItems', { a: 1, x: 2 }],
  ['putItems', { x: null }],
  ['increment', 'a', 3],
  ['increment', 'new', 3],
  ['increment', 'c', 3],
  ['increment', 'new', 2 ** 33],
  ['decrement', 'a', 3],
  ['decrement', 'new', 3],
  ['clear'],
  ['size'],
]

const one: [string, ...unknown[]][] = [
  ['ByKey', 'a'],
  ['ByKey', 'k'],
  ['ByKey', 'nothing'],
  ['ByKey', 7],
  ['ByIndex', 0],
  ['ByIndex', -1],
  ['ByIndex', 20],
  ['ByRank', 0],
  ['ByRank', -1],
  ['ByRank', 20],
]
const many: [string, ...unknown[]][] = [
  ['ByKeyList', ['a', 'd', 'zz', 'k']],
  ['ByKeyRange', 'a', 'c'],
  ['ByKeyRange', null, 'c'],
  ['ByKeyRange', 'b'],
  ['ByKeyRelativeIndexRange', 'b', 0],
  ['ByKeyRelativeIndexRange', 'b', -1, 2],
  ['ByKeyRelativeIndexRange', 'bb', 1],
  ['ByValue', 2],
  ['ByValue', [1, 2]],
  ['ByValue', 'nothing'],
  ['ByValueList', [2, 'x', 7]],
  ['ByValueRange', 2, 5],
  ['ByValueRange', null, 5],
  ['ByValueRange', 5],
  ['ByValueRelativeRankRange', 2, 0],
  ['ByValueRelativeRankRange', 3, -1, 2],
  ['ByIndexRange', 1],
  ['ByIndexRange', 1, 2],
  ['ByIndexRange', -2, 1],
  ['ByIndexRange', 20, 1],
  ['ByRankRange', 0],
  ['ByRankRange', 1, 3],
  ['ByRankRange', -2, 2],
  ['ByRankRange', 20, 2],
]
const theirNameOf = (name: string): string => (name === 'setOrder' ? 'setPolicy' : name.replace('Relative', 'Rel'))

describe.each(PLAIN)('%s %j %j', (name, ...args) => {
  test('on each bin', async () => {
    const all: Pair[] = []
    for (const bin of BINS) all.push(pair(name, bin, args))
    expect(await beside.differences(all)).toEqual([])
  })
  test('in contexts', async () => {
    const all: Pair[] = []
    for (const [bin, context] of [...IN_CONTEXT, ...IN_MADE]) all.push(within(pair(name, bin, args), context))
    expect(await beside.differences(all)).toEqual([])
  })
})

describe.each([...one, ...many])('%s %j %j %j', (selection, ...args) => {
  const isMany = many.some(([name]) => name === selection)
  const shared: Key = ['test', freshSet(), 'shared']
  beforeAll(() => prepare(shared))

  function selected(kind: 'get' | 'remove', bin: string, returns: keyof typeof RETURNS, inverted: boolean): Pair {
    const name = `${kind}${selection}`
    const options = { return: returns, ...(inverted ? { inverted } : {}) }
    const theirName = theirNameOf(name)
    const bits = RETURNS[returns] | (inverted ? returnType.INVERTED : 0)
    const [our, their] = pair(name, bin, args, { options, theirName })
    return [our, (their as unknown as Fluent).andReturn(bits) as unknown as Theirs]
  }

  test.each(Object.keys(RETURNS) as (keyof typeof RETURNS)[])('reads %s', async (returns) => {
    const all = everywhere((bin, inverted) => selected('get', bin, returns, inverted), isMany, BINS, IN_CONTEXT)
    expect(await beside.differences(all, shared)).toEqual([])
  })

  test.each(Object.keys(RETURNS) as (keyof typeof RETURNS)[])('removes and returns %s', async (returns) => {
    const some = IN_CONTEXT.slice(0, 8)
    const all = everywhere((bin, inverted) => selected('remove', bin, returns, inverted), isMany, BINS, some)
    expect(await beside.differences(all)).toEqual([])
  })
})

describe('policies', () => {
  const flags = [
    [{}, writeFlags.DEFAULT],
    [{ exists: 'create' }, writeFlags.CREATE_ONLY],
    [{ exists: 'updateOnly' }, writeFlags.UPDATE_ONLY],
    [{ exists: 'create', skipDenied: true }, writeFlags.CREATE_ONLY | writeFlags.NO_FAIL],
    [{ exists: 'updateOnly', skipDenied: true }, writeFlags.UPDATE_ONLY | writeFlags.NO_FAIL],
  ] as const
  const partial = [
    [{ exists: 'create', skipDenied: true, partial: true }, 1 | 4 | 8],
    [{ exists: 'updateOnly', skipDenied: true, partial: true }, 2 | 4 | 8],
  ] as const

  test.each<[string, unknown[], readonly (readonly [object, number])[]]>([
    ['put', ['a', 1], flags],
    ['put', ['new', 1], flags],
    ['put', ['a', null], flags],
    ['putItems', [{ a: 1, new: 2 }], [...flags, ...partial]],
  ])('%s %j', async (name, args, flagged) => {
    const all: Pair[] = []
    for (const bin of BINS) {
      for (const [options, bits] of flagged) {
        for (const each of Object.keys(ORDERS) as Order[]) {
          const policy = new Aerospike.MapPolicy({ writeFlags: bits, order: ORDERS[each] })
          all.push(pair(name, bin, args, { options: { ...options, order: each }, policy }))
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test.each(Object.keys(ORDERS) as Order[])('%s', async (each) => {
    const all: Pair[] = []
    const policy = new Aerospike.MapPolicy({ order: ORDERS[each] })
    for (const bin of BINS) {
      all.push([op.maps.setOrder(bin, each), Aerospike.maps.setPolicy(bin, policy)])
      for (const name of ['increment', 'decrement']) {
        all.push(pair(name, bin, ['new', 2], { options: { order: each }, policy }))
      }
      for (const persistIndex of [false, true]) {
        const their = theirs['create']?.(bin, ORDERS[each], persistIndex) as unknown as Theirs
        all.push([op.maps.create(bin, { order: each, persistIndex }), their])
      }
    }
    for (const at of [0, 1, 2]) {
      const context = new Aerospike.cdt.Context().addListIndex(at)
      const their = theirs['create']?.('nested', ORDERS[each], false, context) as unknown as Theirs
      all.push([op.maps.create('nested', { order: each, context: [ctx.listIndex(at)] }), their])
    }
    const context = new Aerospike.cdt.Context().addMapKey('new')
    const their = theirs['create']?.('plain', ORDERS[each], false, context) as unknown as Theirs
    all.push([op.maps.create('plain', { order: each, context: [ctx.mapKey('new')] }), their])
    expect(await beside.differences(all)).toEqual([])
  })
})

test('doubles', async () => {
  const all: Pair[] = []
  all.push([op.maps.increment('plain', 'a', 0.5), Aerospike.maps.increment('plain', 'a', 0.5)])
  all.push([
    op.maps.increment('plain', 'new', double(2)),
    Aerospike.maps.increment('plain', 'new', new Aerospike.Double(2) as never),
  ])
  expect(await beside.differences(all)).toEqual([])
})

test('no operation is forgotten', () => {
  const known = new Set([
    ...PLAIN.map(([name]) => name),
    ...[...one, ...many].flatMap(([name]) => [`get${name}`, `remove${name}`]),
    'setOrder',
    'create',
  ])
  expect(Object.keys(op.maps).filter((name) => !known.has(name))).toEqual([])
  const mine = new Set(Object.keys(op.maps).map(theirNameOf))
  expect(Object.keys(Aerospike.maps).filter((name) => typeof theirs[name] === 'function' && !mine.has(name))).toEqual(
    [],
  )
})
