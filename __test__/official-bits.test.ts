import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HyperLogLog, type Key, op } from '../src/index.js'
import { Beside, type Fluent, type Module, type Pair, type Theirs, pairs } from './support/inside.js'
import { freshSet, testCluster } from './support/server.js'

/** Every operation on bits and HyperLogLogs beside that of the official client: the same results, codes and records. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

type Make = (...args: unknown[]) => Fluent

const bitwise = Aerospike.bitwise as unknown as Module
const hll = Aerospike.hll as unknown as Module

const START = {
  blob: Buffer.from('0142ff0305a7', 'hex'),
  ones: Buffer.from('ffffffffffffffff', 'hex'),
  empty: Buffer.alloc(0),
  text: 'no blob',
  list: [Buffer.from('0142ff', 'hex'), 1],
}

const beside = new Beside(
  Aerospike,
  () => cluster.client,
  () => official,
  async (key) => {
    await cluster.client.put(key, START)
    await cluster.client.operate(key, [
      op.hlls.add('sketch', ['a', 'b', 'c', 1, 2, 3], { indexBits: 8 }),
      op.hlls.add('hashed', ['a', 'b', 'x'], { indexBits: 8, minHashBits: 12 }),
      op.hlls.add('wide', ['a', 'y', 'z'], { indexBits: 12 }),
    ])
  },
)

const BINS = ['blob', 'ones', 'empty', 'missing', 'text']
const OTHER_NAMES: Readonly<Record<string, string>> = {
  leftShift: 'lshift',
  rightShift: 'rshift',
  rightScan: 'rscan',
  setInt: 'set',
}
const pair = pairs(op.bits, bitwise, {})
const bits = Buffer.from('a5c3', 'hex')

const WRITES: [name: string, ...args: unknown[]][] = [
  ['resize', 2],
  ['resize', 9],
  ['resize', 0],
  ['insert', 0, bits],
  ['insert', 1, bits],
  ['insert', 12, bits],
  ['insert', -1, bits],
  ['remove', 0, 1],
  ['remove', 1, 3],
  ['remove', 4, 9],
  ['remove', 30, 1],
  ...['set', 'or', 'xor', 'and'].flatMap((name): [string, ...unknown[]][] => [
    [name, 0, 8, bits],
    [name, 3, 12, bits],
    [name, -8, 8, bits],
    [name, 60, 16, bits],
    [name, 0, 0, bits],
  ]),
  ['not', 0, 8],
  ['not', 5, 17],
  ['not', 60, 8],
  ['leftShift', 0, 16, 3],
  ['leftShift', 8, 30, 33],
  ['rightShift', 0, 16, 3],
  ['rightShift', 4, 44, 1],
  ['setInt', 0, 8, 127],
  ['setInt', 3, 17, 1000],
  ['setInt', 60, 8, 1],
]
const READS: [name: string, ...args: unknown[]][] = [
  ['get', 0, 8],
  ['get', 3, 13],
  ['get', -8, 8],
  ['get', 60, 8],
  ['rightScan', 0, 24, true],
  ['rightScan', 16, 8, false],
]
const FLAGS: [object, number][] = [
  [{}, 0],
  [{ exists: 'create' }, 1],
  [{ exists: 'updateOnly' }, 2],
  [{ exists: 'create', skipDenied: true }, 5],
  [{ exists: 'updateOnly', skipDenied: true }, 6],
  [{ partial: true }, 8],
  [{ skipDenied: true, partial: true }, 12],
]

function withFlags([ours, theirs]: Pair, writeFlags: number): Pair {
  return [ours, (theirs as unknown as Fluent).withPolicy({ writeFlags }) as unknown as Theirs]
}

describe('bits', () => {
  test.each(WRITES)('%s %j %j %j', async (name, ...args) => {
    const all: Pair[] = []
    for (const bin of BINS) {
      for (const [options, flags] of FLAGS) {
        all.push(withFlags(pair(name, bin, args, { options, theirName: OTHER_NAMES[name] ?? name }), flags))
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test.each(READS)('%s %j %j %j', async (name, ...args) => {
    const all: Pair[] = []
    for (const bin of BINS) all.push(pair(name, bin, args, { theirName: OTHER_NAMES[name] ?? name }))
    expect(await beside.differences(all)).toEqual([])
  })

  test('resize', async () => {
    const all: Pair[] = []
    const { FROM_FRONT, GROW_ONLY, SHRINK_ONLY } = Aerospike.bitwise.resizeFlags
    const forms = [
      [{ from: 'front' }, FROM_FRONT],
      [{ only: 'grow' }, GROW_ONLY],
      [{ only: 'shrink' }, SHRINK_ONLY],
      [{ from: 'front', only: 'grow' }, FROM_FRONT | GROW_ONLY],
    ] as const
    for (const size of [2, 9]) {
      for (const bin of BINS) {
        for (const [options, flags] of forms) {
          all.push([op.bits.resize(bin, size, options), Aerospike.bitwise.resize(bin, size, flags)])
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('sums and differences', async () => {
    const all: Pair[] = []
    const { overflow } = Aerospike.bitwise
    const actions = { fail: overflow.FAIL, saturate: overflow.SATURATE, wrap: overflow.WRAP } as const
    for (const name of ['add', 'subtract'] as const) {
      for (const action of ['fail', 'saturate', 'wrap'] as const) {
        for (const signed of [false, true]) {
          for (const args of [
            [0, 8, 3],
            [16, 8, 200],
            [3, 12, 100],
          ] as const) {
            for (const bin of ['blob', 'ones', 'missing']) {
              const [offset, size, value] = args
              const their = (bitwise[name] as Make)(bin, offset, size, value, signed).onOverflow(actions[action])
              all.push([
                op.bits[name](bin, offset, size, value, { signed, overflow: action }),
                their as unknown as Theirs,
              ])
            }
          }
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('integers', async () => {
    const all: Pair[] = []
    for (const bin of BINS) {
      for (const signed of [false, true]) {
        for (const [offset, size] of [
          [0, 8],
          [16, 8],
          [3, 29],
        ] as const) {
          all.push([op.bits.getInt(bin, offset, size, { signed }), Aerospike.bitwise.getInt(bin, offset, size, signed)])
        }
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('what the official client does not have: counts, and the first bit, where it asks for the last one', async () => {
    const key: Key = ['test', freshSet(), 'k']
    await cluster.client.put(key, START)
    const scans = [
      op.bits.leftScan('blob', 0, 16, true),
      op.bits.leftScan('blob', 16, 8, false),
      op.bits.leftScan('ones', 3, 8, true),
      op.bits.count('blob', 0, 48),
      op.bits.count('blob', 5, 20),
      op.bits.count('missing', 0, 8),
    ] as const
    expect((await cluster.client.operate(key, scans, { results: 'list' })).results).toEqual([7, -1, 0, 20, 11, null])
  })

  test('no operation is forgotten', () => {
    const known = new Set(
      [...WRITES, ...READS].map(([name]) => name).concat('add', 'subtract', 'getInt', 'leftScan', 'count'),
    )
    expect(Object.keys(op.bits).filter((name) => !known.has(name))).toEqual([])
    const mine = new Set(Object.keys(op.bits).map((name) => OTHER_NAMES[name] ?? name)).add('lscan')
    const theirNames = Object.keys(Aerospike.bitwise).filter((name) => typeof bitwise[name] === 'function')
    expect(theirNames.filter((name) => !mine.has(name))).toEqual([])
  })
})

/** Two sketches, as each client reads them. */
async function others(): Promise<[HyperLogLog[], Buffer[]]> {
  const key: Key = ['test', freshSet(), 'k']
  await cluster.client.operate(key, [
    op.hlls.add('a', ['a', 'q'], { indexBits: 8 }),
    op.hlls.add('b', ['b', 'q', 'r'], { indexBits: 8 }),
  ])
  const bins = (await cluster.client.get(key))?.bins as Record<string, HyperLogLog>
  const sketches = [bins['a'], bins['b']] as HyperLogLog[]
  const theirBins = (await official.get(beside.theirKey(key))).bins as Record<string, never>
  return [sketches, [theirBins['a'], theirBins['b']] as never]
}

describe('HyperLogLogs', () => {
  const SKETCHES = ['sketch', 'hashed', 'wide', 'missing', 'text']
  test('init and add', async () => {
    const all: Pair[] = []
    const flags = [
      [{}, 0],
      [{ exists: 'create' }, 1],
      [{ exists: 'updateOnly' }, 2],
      [{ exists: 'create', skipDenied: true }, 5],
      [{ exists: 'updateOnly', skipDenied: true }, 6],
    ] as const
    for (const bin of SKETCHES) {
      for (const [options, writeFlags] of flags) {
        for (const [indexBits, minHashBits] of [
          [10, undefined],
          [4, undefined],
          [8, 20],
        ] as const) {
          const sizes = minHashBits === undefined ? { indexBits } : { indexBits, minHashBits }
          const theirSizes = minHashBits === undefined ? [indexBits] : [indexBits, minHashBits]
          all.push([
            op.hlls.init(bin, { ...options, ...sizes }),
            hll['init']?.(bin, ...(theirSizes as [number])).withPolicy({ writeFlags }) as unknown as Theirs,
          ])
          all.push([
            op.hlls.add(bin, ['a', 'new', 7], { ...options, ...sizes }),
            hll['add']?.(bin, ['a', 'new', 7], ...(theirSizes as [number])).withPolicy({
              writeFlags,
            }) as unknown as Theirs,
          ])
        }
        all.push([
          op.hlls.add(bin, ['a', 'new', 7], options),
          hll['add']?.(bin, ['a', 'new', 7]).withPolicy({ writeFlags }) as unknown as Theirs,
        ])
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('unions', async () => {
    const all: Pair[] = []
    const [sketches, theirSketches] = await others()
    for (const bin of SKETCHES) {
      for (const [options, writeFlags] of [
        [{}, 0],
        [{ exists: 'create' }, 1],
        [{ exists: 'updateOnly', skipDenied: true }, 6],
        [{ allowFold: true }, 8],
      ] as const) {
        all.push([
          op.hlls.setUnion(bin, sketches, options),
          hll['setUnion']?.(bin, theirSketches).withPolicy({ writeFlags }) as unknown as Theirs,
        ])
      }
      for (const [mine, other] of [
        ['union', 'getUnion'],
        ['unionCount', 'getUnionCount'],
        ['intersectCount', 'getIntersectCount'],
        ['similarity', 'getSimilarity'],
      ] as const) {
        all.push([op.hlls[mine](bin, sketches), hll[other]?.(bin, theirSketches) as unknown as Theirs])
        const bytes = sketches.map((each) => each.bytes)
        all.push([op.hlls[mine](bin, bytes), hll[other]?.(bin, theirSketches) as unknown as Theirs])
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('counts, folds and descriptions', async () => {
    const all: Pair[] = []
    for (const bin of SKETCHES) {
      all.push([op.hlls.count(bin), Aerospike.hll.getCount(bin)])
      all.push([op.hlls.refreshCount(bin), Aerospike.hll.refreshCount(bin)])
      all.push([op.hlls.describe(bin), Aerospike.hll.describe(bin)])
      for (const indexBits of [4, 8, 14]) {
        all.push([op.hlls.fold(bin, indexBits), Aerospike.hll.fold(bin, indexBits)])
      }
    }
    expect(await beside.differences(all)).toEqual([])
  })

  test('no operation is forgotten', () => {
    const names: Readonly<Record<string, string>> = {
      count: 'getCount',
      union: 'getUnion',
      unionCount: 'getUnionCount',
      intersectCount: 'getIntersectCount',
      similarity: 'getSimilarity',
    }
    const mine = Object.keys(op.hlls).map((name) => names[name] ?? name)
    expect(mine.toSorted()).toEqual(
      Object.keys(Aerospike.hll)
        .filter((name) => typeof hll[name] === 'function')
        .toSorted(),
    )
  })
})
