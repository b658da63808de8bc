import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, ctx, op } from '../src/index.js'
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

/** Every operation on lists beside that of the official client: the same results, codes and records. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const theirs = Aerospike.lists as unknown as Module

const START = {
  plain: [5, 1, 3, 1, 'b', 'a', 2.5, [1, 2], { k: 1 }],
  ordered: [1, 3, 3, 7, 'a', 'b'],
  empty: [],
  nested: [[9, 8, 7, 8], { in: [3, 1, 2] }],
  map: { a: [4, 5], b: 1 },
  text: 'no list',
}

async function prepare(key: Key): Promise<void> {
  await cluster.client.put(key, START)
  await cluster.client.operate(key, [op.lists.setOrder('ordered', 'ordered')])
}

const beside = new Beside(
  Aerospike,
  () => cluster.client,
  () => official,
  prepare,
)

const BINS = ['plain', 'ordered', 'empty', 'missing', 'text', 'map']
const { returnType } = Aerospike.lists
const RETURNS = {
  none: returnType.NONE,
  index: returnType.INDEX,
  reverseIndex: returnType.REVERSE_INDEX,
  rank: returnType.RANK,
  reverseRank: returnType.REVERSE_RANK,
  count: returnType.COUNT,
  value: returnType.VALUE,
  exists: returnType.EXISTS,
}

/** How many arguments an operation can have, where the last can be left out. */
const COUNTS: Readonly<Record<string, number>> = {
  popRange: 2,
  removeRange: 2,
  getRange: 2,
  increment: 2,
  getByIndexRange: 2,
  getByRankRange: 2,
  getByValueRange: 2,
  getByValueRelativeRankRange: 3,
  removeByIndexRange: 2,
  removeByRankRange: 2,
  removeByValueRange: 2,
  removeByValueRelativeRankRange: 3,
}

const pair = pairs(op.lists, theirs, COUNTS)

const PLAIN: [name: string, ...args: unknown[]][] = [
  ['append', 3],
  ['append', 'new'],
  ['append', null],
  ['append', [1, [2, { a: Buffer.of(1) }]]],
  ['appendItems', [9, 1, 'z']],
  ['insert', 0, 'new'],
  ['insert', 1, null],
  ['insert', 12, 'far'],
  ['insert', -1, 'new'],
  ['insert', -20, 'new'],
  ['insertItems', 2, ['x', 'y']],
  ['insertItems', 11, [1]],
  ['set', 0, 'new'],
  ['set', -1, 2.25],
  ['set', 11, 'far'],
  ['set', -20, 'far'],
  ['increment', 0],
  ['increment', 1, 1],
  ['increment', 1, 5],
  ['increment', 1, -7],
  ['increment', 6, 2],
  ['increment', 4, 2],
  ['increment', 9, 3],
  ['increment', 11, 1],
  ['pop', 0],
  ['pop', -1],
  ['pop', 20],
  ['popRange', 1],
  ['popRange', 1, 2],
  ['popRange', -2, 5],
  ['popRange', 20, 1],
  ['remove', 0],
  ['remove', -2],
  ['remove', 20],
  ['removeRange', 2],
  ['removeRange', 2, 3],
  ['removeRange', -30, 3],
  ['trim', 1, 2],
  ['trim', -3, 2],
  ['trim', 30, 2],
  ['clear'],
  ['size'],
  ['get', 0],
  ['get', -1],
  ['get', 20],
  ['getRange', 1],
  ['getRange', 1, 3],
  ['getRange', 20, 3],
  ['getRange', -3, 2],
]

const one: [string, ...unknown[]][] = [
  ['ByIndex', 0],
  ['ByIndex', -1],
  ['ByIndex', 20],
  ['ByRank', 0],
  ['ByRank', -1],
  ['ByRank', 20],
]
const many: [string, ...unknown[]][] = [
  ['ByValue', 1],
  ['ByValue', 'a'],
  ['ByValue', [1, 2]],
  ['ByValue', 'nothing'],
  ['ByValueList', [1, 'a', 7]],
  ['ByValueList', []],
  ['ByIndexRange', 1],
  ['ByIndexRange', 1, 2],
  ['ByIndexRange', -2, 1],
  ['ByIndexRange', 20, 1],
  ['ByValueRange', 1, 5],
  ['ByValueRange', null, 3],
  ['ByValueRange', 3],
  ['ByValueRange', 'a', 'b'],
  ['ByRankRange', 0],
  ['ByRankRange', 1, 3],
  ['ByRankRange', -2, 2],
  ['ByRankRange', 20, 2],
  ['ByValueRelativeRankRange', 3, 0],
  ['ByValueRelativeRankRange', 3, -1, 2],
  ['ByValueRelativeRankRange', 2, 1],
]
const theirNameOf = (name: string): string => name.replace('Relative', 'Rel')

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
    const [our, their] = pair(name, bin, args, { options, theirName: theirNameOf(name) })
    const returning = (their as unknown as Fluent).andReturn(RETURNS[returns])
    return [our, (inverted ? returning.invertSelection() : returning) as unknown as Theirs]
  }

  test.each(Object.keys(RETURNS) as (keyof typeof RETURNS)[])('reads %s', async (returns) => {
    const all = everywhere((bin, inverted) => selected('get', bin, returns, inverted), isMany, BINS, IN_CONTEXT)
    expect(await beside.differences(all, shared)).toEqual([])
  })

  test.each(Object.keys(RETURNS) as (keyof typeof RETURNS)[])('removes and returns %s', async (returns) => {
    const some = IN_CONTEXT.slice(0, 4)
    const all = everywhere((bin, inverted) => selected('remove', bin, returns, inverted), isMany, BINS, some)
    expect(await beside.differences(all)).toEqual([])
  })
})

describe('policies', () => {
  const { writeFlags, order } = Aerospike.lists
  const flags = [
    [{}, writeFlags.DEFAULT],
    [{ unique: true }, writeFlags.ADD_UNIQUE],
    [{ unique: true, skipDenied: true }, writeFlags.ADD_UNIQUE | writeFlags.NO_FAIL],
  ] as const
  const partial = [
    { unique: true, skipDenied: true, partial: true },
    writeFlags.ADD_UNIQUE | writeFlags.NO_FAIL | writeFlags.PARTIAL,
  ] as const
  const bounded = [
    [{ bounded: true }, writeFlags.INSERT_BOUNDED],
    [{ bounded: true, skipDenied: true }, writeFlags.INSERT_BOUNDED | writeFlags.NO_FAIL],
    [{ bounded: true, unique: true, skipDenied: true }, 7],
  ] as const

  test.each<[string, unknown[], readonly (readonly [object, number])[], boolean]>([
    ['append', [3], flags, true],
    ['append', ['new'], flags, true],
    ['appendItems', [['new', 3, 'new', 4]], [...flags, partial], true],
    ['insert', [1, 3], [...flags, ...bounded], false],
    ['insert', [20, 'new'], [...flags, ...bounded], false],
    ['insertItems', [1, ['new', 3, 'new', 4]], [...flags, ...bounded, partial], false],
    ['insertItems', [20, ['new']], [...flags, ...bounded, partial], false],
    ['set', [0, 3], [...flags, ...bounded], false],
    ['set', [20, 'new'], [...flags, ...bounded], false],
  ])('%s %j', async (name, args, flagged, hasOrder) => {
    const all: Pair[] = []
    for (const bin of BINS) {
      for (const [options, bits] of flagged) {
        const orders = hasOrder ? (['unordered', 'ordered'] as const) : [undefined]
        for (const ordered of orders) {
          const policy = { writeFlags: bits, ...(ordered === 'ordered' ? { order: order.ORDERED } : {}) }
          const mine = ordered === undefined ? options : { ...options, order: ordered }
          all.push(pair(name, bin, args, { options: mine, policy }))
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('increment of a list that is made', async () => {
    const all: Pair[] = []
    for (const by of [1, 4]) {
      const policy = { order: order.ORDERED }
      all.push(pair('increment', 'missing', [0, by], { options: { order: 'ordered' }, policy }))
      all.push(pair('increment', 'ordered', [0, by], { options: { order: 'ordered' }, policy }))
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('orders', async () => {
    const all: Pair[] = []
    for (const bin of [...BINS, 'nested']) {
      for (const [mine, other] of [
        ['unordered', order.UNORDERED],
        ['ordered', order.ORDERED],
      ] as const) {
        all.push([op.lists.setOrder(bin, mine), Aerospike.lists.setOrder(bin, other)])
        all.push([
          op.lists.create(bin, { order: mine }),
          (Aerospike.lists as unknown as Module)['create']?.(bin, other) as unknown as Theirs,
        ])
        for (const [persistIndex, pad] of [
          [true, false],
          [false, true],
        ] as const) {
          all.push([
            op.lists.create(bin, { order: mine, persistIndex, pad }),
            (Aerospike.lists as unknown as Module)['create']?.(bin, other, pad, persistIndex) as unknown as Theirs,
          ])
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('lists made inside others', async () => {
    const all: Pair[] = []
    for (const mine of ['unordered', 'ordered'] as const) {
      for (const pad of [false, true]) {
        for (const at of [1, 2, 4]) {
          const context = new Aerospike.cdt.Context().addListIndex(at)
          const other = (Aerospike.lists as unknown as Module)['create']?.(
            'nested',
            Number(mine === 'ordered'),
            pad,
            false,
            context,
          )
          all.push([
            op.lists.create('nested', { order: mine, pad, context: [ctx.listIndex(at)] }),
            other as unknown as Theirs,
          ])
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('sorting', async () => {
    const all: Pair[] = []
    const { sortFlags } = Aerospike.lists
    const forms = [
      [{}, 0],
      [{ descending: true }, 1],
      [{ dropDuplicates: true }, sortFlags.DROP_DUPLICATES],
      [{ descending: true, dropDuplicates: true }, 3],
    ] as const
    for (const bin of BINS) {
      for (const [options, bits] of forms) {
        all.push([op.lists.sort(bin, options), Aerospike.lists.sort(bin, bits)])
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })
})

test('no operation is forgotten', () => {
  const known = new Set([
    ...PLAIN.map(([name]) => name),
    ...[...one, ...many].flatMap(([name]) => [`get${name}`, `remove${name}`]),
    'setOrder',
    'create',
    'sort',
  ])
  expect(Object.keys(op.lists).filter((name) => !known.has(name))).toEqual([])
  const mine = new Set(Object.keys(op.lists).map(theirNameOf))
  expect(Object.keys(Aerospike.lists).filter((name) => typeof theirs[name] === 'function' && !mine.has(name))).toEqual(
    [],
  )
})
