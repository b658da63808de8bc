import Aerospike from 'aerospike'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, double, dtype } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'
import { theirKey } from './support/their-key.js'

/** The official client, unchanged, against the embedded server; and the two clients against each other. */

const cluster = testCluster()
let official: Aerospike.Client

beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => {
  official.close()
})

/** A value of each kind that both clients know, as ours stores it and as theirs does. */
interface Both {
  ours: unknown
  theirs: unknown
}

const same = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Both> =>
  arbitrary.map((value) => ({ ours: value, theirs: value }))
const scalar: fc.Arbitrary<Both> = fc.oneof(
  same(fc.maxSafeInteger()),
  same(fc.bigInt(2n ** 53n, 2n ** 63n - 1n)),
  same(fc.bigInt(-(2n ** 63n), -(2n ** 53n))),
  fc.double({ noNaN: true }).map((value) => ({ ours: double(value), theirs: new Aerospike.Double(value) })),
  same(fc.boolean()),
  same(fc.string({ unit: 'grapheme', maxLength: 20 })),
  fc.uint8Array({ maxLength: 20 }).map((value) => ({ ours: value, theirs: Buffer.from(value) })),
)
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 5 })
/** Map keys of every kind; their client gives an object, so the texts of no two kinds may be alike. */
const mapKey: fc.Arbitrary<Both> = fc.oneof(
  same(name),
  same(fc.maxSafeInteger()),
  same(fc.bigInt(2n ** 53n, 2n ** 63n - 1n)),
  fc
    .uint8Array({ min: 65, max: 90, minLength: 1, maxLength: 5 })
    .map((key) => ({ ours: key, theirs: Buffer.from(key) })),
)
const { value } = fc.letrec<{ value: Both; list: Both; map: Both; keyed: Both }>((tie) => ({
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalar, tie('list'), tie('map'), tie('keyed')),
  list: fc
    .array(tie('value'), { maxLength: 4 })
    .map((items) => ({ ours: items.map((item) => item.ours), theirs: items.map((item) => item.theirs) })),
  map: fc.dictionary(name, tie('value'), { maxKeys: 4 }).map((entries) => split(entries)),
  keyed: fc
    .uniqueArray(fc.tuple(mapKey, tie('value')), { maxLength: 4, selector: ([key]) => keyText(key.ours) })
    .map((entries) => ({
      ours: new Map(entries.map(([key, each]) => [key.ours, each.ours])),
      theirs: new Map(entries.map(([key, each]) => [key.theirs, each.theirs])),
    })),
}))
const bins = fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 })

/** An object of both kinds of values as two objects. */
function split(entries: Record<string, Both>): Both {
  const take = (side: keyof Both): Record<string, unknown> =>
    Object.fromEntries(Object.entries(entries).map(([key, each]) => [key, each[side]]))
  return { ours: take('ours'), theirs: take('theirs') }
}

/** The property that their client makes of a map key. */
function keyText(key: unknown): string {
  return key instanceof Uint8Array ? Buffer.from(key).toString() : String(key)
}

/**
 * Values without what tells the two clients apart: theirs gives Buffers, and objects for all maps; -0 is written 0 as an Int
 * by both.
 */
function plain(of: unknown): unknown {
  if (of instanceof Map) return plain(Object.fromEntries([...of].map(([key, each]) => [keyText(key), each])))
  if (of instanceof Uint8Array) return { bytes: Buffer.from(of).toString('hex') }
  if (Array.isArray(of)) return of.map(plain)
  if (typeof of !== 'object' || of === null) return Object.is(of, -0) ? 0 : of
  return Object.fromEntries(Object.entries(of).map(([key, each]) => [key, plain(each)]))
}

describe('records', () => {
  const set = freshSet()
  let id = 0

  test('what we write, they read as we do', async () => {
    const property = fc.asyncProperty(bins, async (record) => {
      const key: Key = ['test', set, id++]
      await cluster.client.put(key, split(record).ours as Record<string, unknown>)
      const [our, their] = [await cluster.client.get(key), await official.get(theirKey(key))]
      expect(plain(our!.bins)).toEqual(plain(their.bins))
      expect(our!.gen).toBe(their.gen)
    })
    await expect(fc.assert(property, { numRuns: 200 })).resolves.toBeUndefined()
  })

  test('what they write, we read as they do', async () => {
    const property = fc.asyncProperty(bins, async (record) => {
      const key: Key = ['test', set, id++]
      await official.put(theirKey(key), split(record).theirs as Aerospike.AerospikeBins)
      const [our, their] = [await cluster.client.get(key), await official.get(theirKey(key))]
      expect(plain(our!.bins)).toEqual(plain(their.bins))
      const [batched] = await cluster.client.batchRead([key])
      expect(batched).toEqual(our)
    })
    await expect(fc.assert(property, { numRuns: 200 })).resolves.toBeUndefined()
  })

  test('both mean the same record by a key', async () => {
    const own = freshSet()
    const keys: Key[] = ['text', 'grüße', 0, -1, 2 ** 40, 2n ** 62n, -(2n ** 63n), Uint8Array.of(1, 2, 3)].map(
      (each) => ['test', own, each],
    )
    for (const [index, key] of keys.entries()) {
      await cluster.client.put(key, { index })
      expect((await official.get(theirKey(key))).bins).toEqual({ index })
    }
  })
})

test('a batch into columns is what their batch and a loop give', async () => {
  const set = freshSet()
  const keys = Array.from({ length: 1000 }, (_, index): Key => ['test', set, `sensor_${index}`])
  for (const [index, key] of keys.entries()) {
    if (index % 7 === 3) continue
    const status = index % 5 === 0 ? {} : { status: index % 256 }
    await official.put(
      theirKey(key),
      { temperature: new Aerospike.Double(index / 4), humidity: index, ...status },
      { ttl: 1000 },
    )
  }
  const batch = await cluster.client.batchRead(keys, {
    dtype: dtype({ temperature: 'f8', humidity: 'i4', status: 'u1' }),
  })
  const theirs = await official.batchRead(keys.map((key) => ({ key: theirKey(key), readAllBins: true })))
  theirs.forEach(({ status, record }, row) => {
    const {
      temperature = 0,
      humidity = 0,
      status: state = 0,
    } = (status === 0 ? record.bins : {}) as Record<string, number>
    expect(batch.at(row)).toEqual({ temperature, humidity, status: state })
    expect(batch.resultCodes[row]).toBe(status)
    expect(batch.meta.gen[row]).toBe(status === 0 ? record.gen : 0)
    expect(batch.meta.ttl[row]).toBeCloseTo(status === 0 ? record.ttl : 0, -2)
  })
})
