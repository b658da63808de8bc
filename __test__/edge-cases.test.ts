import { describe, expect, test } from 'vitest'
import { type Key, double, dtype, keyList } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

/** Writes records and returns their keys. */
async function write(records: Record<string, unknown>[]): Promise<Key[]> {
  const set = freshSet()
  const keys = records.map((_, index): Key => ['test', set, index])
  await Promise.all(records.map((bins, index) => cluster.client.put(keys[index]!, bins)))
  return keys
}

describe.each(['columns', 'rows'] as const)('in the %s layout', (layout) => {
  test('a UTF-8 string cut inside a character', async () => {
    const keys = await write([{ s: 'aé' }, { s: 'ab€' }, { s: 'x🌍' }, { s: 'abc' }, { s: 'abcd' }])
    const { columns, conversions } = await cluster.client.batchRead(keys, { dtype: dtype({ s: 'S2' }), layout })
    expect(columns.s.toArray()).toEqual(['a', 'ab', 'x', 'ab', 'ab'])
    expect(Buffer.from(columns.s.bytes(0)).toString('hex')).toBe('61c3')
    expect(conversions.s.lossy).toBe(5)
  })

  test('a blob longer, shorter and as long as its field', async () => {
    const keys = await write([
      { b: Uint8Array.of(1, 2, 3, 4, 5) },
      { b: Uint8Array.of(1, 2) },
      { b: Uint8Array.of(1, 2, 3, 4) },
    ])
    const schema = dtype({ b: 'V4' })
    const batch = await cluster.client.batchRead(keys, { dtype: schema, layout })
    expect([...batch.columns.b].map((cell) => [...cell])).toEqual([
      [1, 2, 3, 4],
      [1, 2, 0, 0],
      [1, 2, 3, 4],
    ])
    expect(batch.conversions.b).toEqual({ missing: 0, lossy: 1, mismatched: 0 })
    const arrays = await cluster.client.batchRead(keys, { dtype: dtype({ b: ['u2', 2] }), layout })
    expect([...arrays.columns.b].map((cell) => [...cell])).toEqual([
      [513, 1027],
      [513, 0],
      [513, 1027],
    ])
    expect(arrays.conversions.b).toEqual({ missing: 0, lossy: 2, mismatched: 0 })
  })

  test('the limits of int64 in every integer field', async () => {
    const keys = await write([{ n: MAX }, { n: MIN }])
    for (const [code, expected, lossy] of [
      ['i1', [-1, 0], 2],
      ['i2', [-1, 0], 2],
      ['i4', [-1, 0], 2],
      ['i8', [MAX, MIN], 0],
      ['u1', [255, 0], 2],
      ['u2', [65_535, 0], 2],
      ['u4', [0xffff_ffff, 0], 2],
      ['u8', [MAX, 2n ** 63n], 1],
    ] as const) {
      const batch = await cluster.client.batchRead(keys, { dtype: dtype({ n: code }), layout })
      expect([code, ...batch.columns.n]).toEqual([code, ...expected])
      expect([code, batch.conversions.n.lossy]).toEqual([code, lossy])
    }
  })

  test('NaN and infinities', async () => {
    const keys = await write([Number.NaN, Infinity, -Infinity].map((x) => ({ x: double(x) })))
    for (const code of ['f2', 'f4', 'f8'] as const) {
      const batch = await cluster.client.batchRead(keys, { dtype: dtype({ x: code }), layout })
      expect([...batch.columns.x]).toEqual([Number.NaN, Infinity, -Infinity])
      expect(batch.conversions.x).toEqual({ missing: 0, lossy: 0, mismatched: 0 })
    }
    const integers = await cluster.client.batchRead(keys, { dtype: dtype({ x: 'i8' }), layout })
    expect([...integers.columns.x]).toEqual([0n, 0n, 0n])
    expect([...integers.valid.x]).toEqual([0, 0, 0])
    expect(integers.conversions.x.mismatched).toBe(3)
  })

  test('empty strings, blobs and lists are there, unlike missing ones', async () => {
    const keys = await write([{ s: '', b: new Uint8Array(), l: [] }, { other: 1 }])
    const batch = await cluster.client.batchRead(keys, { dtype: dtype({ s: 'S4', b: 'V4', l: ['f4', 1] }), layout })
    expect([batch.columns.s.toArray(), [...batch.columns.b.get(0)]]).toEqual([
      ['', ''],
      [0, 0, 0, 0],
    ])
    expect([[...batch.valid.s], [...batch.valid.b], [...batch.valid.l]]).toEqual([
      [1, 0],
      [1, 0],
      [0, 0],
    ])
    expect(batch.conversions).toEqual({
      s: { missing: 1, lossy: 0, mismatched: 0 },
      b: { missing: 1, lossy: 0, mismatched: 0 },
      l: { missing: 1, lossy: 0, mismatched: 1, mismatchedTypes: { List: 1 } },
    })
  })

  test('a bin name of 15 bytes, also of fewer characters', async () => {
    const keys = await write([{ abcdefghijklmno: 1, ééééééé: 2 }])
    const batch = await cluster.client.batchRead(keys, {
      dtype: dtype({ abcdefghijklmno: 'i4', ééééééé: 'i4' }),
      layout,
    })
    expect(batch.at(0)).toEqual({ abcdefghijklmno: 1, ééééééé: 2 })
  })

  test('a blob of nearly 1 MiB', async () => {
    const size = 2 ** 20 - 1024
    const blob = Uint8Array.from({ length: size }, (_, index) => index * 7)
    const keys = await write([{ b: blob }])
    const batch = await cluster.client.batchRead([...keys, ...keys], {
      dtype: dtype([['b', `V${size}`]] as const),
      layout,
    })
    expect(Buffer.from(batch.columns.b.bytes(0)).equals(blob)).toBe(true)
    expect(Buffer.from(batch.columns.b.bytes(1)).equals(blob)).toBe(true)
  })

  test('vectors of 4,096 x f4, as blobs and as lists', async () => {
    const vector = Float32Array.from({ length: 4096 }, (_, index) => Math.sin(index))
    const keys = await write([{ v: new Uint8Array(vector.buffer) }, { v: Array.from(vector, double) }, { v: [1] }])
    const batch = await cluster.client.batchRead(keys, { dtype: dtype({ v: ['f4', 4096] }), layout })
    expect(batch.columns.v.row(0)).toEqual(vector)
    expect(batch.columns.v.row(1)).toEqual(vector)
    expect(batch.conversions.v).toEqual({ missing: 0, lossy: 0, mismatched: 1, mismatchedTypes: { List: 1 } })
  })

  test('a dtype of 1,000 fields', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `field_${index}`)
    const keys = await write(
      [0, 1].map((row) => Object.fromEntries(names.map((name, index) => [name, index * 2 + row]))),
    )
    const batch = await cluster.client.batchRead(keys, {
      dtype: dtype(names.map((name, index) => [name, index % 2 === 0 ? 'i4' : 'f8'] as const)),
      layout,
    })
    expect(Object.values(batch.at(1))).toEqual(names.map((_, index) => index * 2 + 1))
    expect(batch.conversions['field_999']).toEqual({ missing: 0, lossy: 0, mismatched: 0 })
  })

  test('batches of 0, 1 and 100,000 keys', async () => {
    const keys = await write(Array.from({ length: 100 }, (_, n) => ({ n })))
    const schema = dtype({ n: 'i4' })
    expect((await cluster.client.batchRead([], { dtype: schema, layout })).length).toBe(0)
    expect((await cluster.client.batchRead(keys.slice(7, 8), { dtype: schema, layout })).at(0)).toEqual({ n: 7 })
    const many = keyList(
      'test',
      keys[0]![1],
      Int32Array.from({ length: 100_000 }, (_, index) => index % 101),
    )
    const batch = await cluster.client.batchRead(many, { dtype: schema, layout })
    const values = layout === 'columns' ? (batch.columns.n as unknown as Int32Array) : Int32Array.from(batch.columns.n)
    expect(values.every((value, row) => value === (row % 101 === 100 ? 0 : row % 101))).toBe(true)
    expect(batch.resultCodes.every((code, row) => code === (row % 101 === 100 ? 2 : 0))).toBe(true)
  })
})
