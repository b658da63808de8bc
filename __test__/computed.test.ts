import { beforeAll, describe, expect, test } from 'vitest'
import { type Key, dtype, equal, exp } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** Fields that are read from elsewhere than the bin of their name. */

const cluster = testCluster()
const set = freshSet()
const keys: Key[] = ['whole', 'other', 'bare', 'nobody'].map((id) => ['test', set, id])

beforeAll(() =>
  cluster.client.putMany([
    [
      keys[0]!,
      {
        celsius: 20.5,
        n: 7,
        list: [3, 1, 2],
        profile: { name: 'Ada', address: { city: 'Rome', zip: 184 }, score: 2.5 },
      },
    ],
    [keys[1]!, { celsius: 10, n: 'seven', list: ['x'], profile: [1, 2], vector: [1, 2, 3] }],
    [keys[2]!, { other: 1 }],
  ]),
)

const reading = dtype({
  fahrenheit: { type: 'f4', from: '$.celsius * 1.8 + 32.0' },
  warmth: { type: 'f8', from: 'celsius' },
  celsius: 'f8',
  'city where she lives': { type: 'S8', from: '$.profile.address.city' },
  zip: { type: 'i4', from: '$.profile.address.zip' },
  score: { type: 'f4', from: '$.profile.score' },
  first: { type: 'i4', from: '$.list.[0]' },
  largest: { type: 'i2', from: '$.list.[#-1]' },
  count: { type: 'u1', from: '$.list.count()' },
  vector: { type: ['i4', 3], from: '$.list.[0:]' },
  warm: { type: '?', from: exp.gt(exp.float('celsius'), 15) },
  n: 'i4',
  twice: { type: 'i4', from: '$.n * 2' },
})

/** What a field of the rows is, or null where nothing is there. */
const cells = (batch: Iterable<object> & { valid: Record<string, Uint8Array> }, field: string): unknown[] =>
  [...batch].map((row, index) => {
    const value = (row as Record<string, unknown>)[field]
    if (batch.valid[field]?.[index] !== 1) return null
    return ArrayBuffer.isView(value) ? [...(value as Int32Array)] : value
  })

const wanted: Record<keyof typeof reading.schema, unknown[]> = {
  fahrenheit: [Math.fround(20.5 * 1.8 + 32), null, null, null],
  warmth: [20.5, 10, null, null],
  celsius: [20.5, 10, null, null],
  'city where she lives': ['Rome', null, null, null],
  zip: [184, null, null, null],
  score: [2.5, null, null, null],
  first: [3, null, null, null],
  largest: [3, null, null, null],
  count: [3, 1, null, null],
  vector: [[3, 1, 2], null, null, null],
  warm: [true, null, null, null],
  n: [7, null, null, null],
  twice: [14, null, null, null],
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each(['columns', 'rows'] as const)('a batch has every field, in the %s layout', async (layout) => {
    const batch = (await door(cluster.client, 'batchRead', keys, { dtype: reading, layout })) as never
    expect(Object.fromEntries(reading.names.map((name) => [name, cells(batch, name)]))).toEqual(wanted)
    expect(batch).toMatchObject({ resultCodes: Int32Array.of(0, 0, 0, 2) })
  })

  test('chosen fields are read, and the others are missing', async () => {
    const batch = (await door(cluster.client, 'batchRead', keys, { dtype: reading, bins: ['zip', 'warmth'] })) as never
    expect(cells(batch, 'zip')).toEqual(wanted.zip)
    expect(cells(batch, 'warmth')).toEqual(wanted.warmth)
    expect(cells(batch, 'celsius')).toEqual([null, null, null, null])
  })
})

test('a value of another type is counted as a mismatch, at a place as in a bin', async () => {
  const places = dtype({ name: { type: 'i4', from: '$.profile.name' }, n: 'i4' })
  const batch = await cluster.client.batchRead(keys, { dtype: places })
  expect(batch.conversions).toMatchObject({ name: { mismatched: 1 }, n: { mismatched: 1 } })
})

test('text that reads the size of the record is not taken for the name of a bin', async () => {
  const fields = dtype({
    device: { type: 'i8', from: 'deviceSize()' },
    memory: { type: 'i8', from: ' memorySize ( ) * 1' },
    size: { type: 'i8', from: '$.recordSize()' },
  })
  const read = await cluster.client.batchRead([keys[0] as Key], { dtype: fields })
  expect(read.resultCodes[0]).toBe(0)
  expect(Object.values(read.valid).map((valid) => valid[0])).toEqual([1, 1, 1])
})

test('text that reads the key is not taken for the name of a bin', async () => {
  const ids: Key[] = [7, 'seven'].map((id) => ['test', `${set}-keys`, id])
  await cluster.client.putMany(
    ids.map((key) => [key, { n: 1 }]),
    { policy: { sendKey: true } },
  )
  const fields = dtype({
    number: { type: 'i8', from: 'key(type: INT)' },
    text: { type: 'utf8', from: ' key (type : STRING)' },
    last: { type: 'i4', from: 'key(type: INT) % 5' },
    isText: { type: '?', from: "regex(key(type: STRING), '^s')" },
    bin: { type: 'i4', from: "$.'key(type: INT)'" },
  })
  const read = await cluster.client.batchRead(ids, { dtype: fields })
  const found = Object.fromEntries(fields.names.map((name) => [name, cells(read, name)]))
  expect(found).toEqual({
    number: [7n, null],
    text: [null, 'seven'],
    last: [2, null],
    isText: [null, true],
    bin: [null, null],
  })
})

const place = (from: string) => dtype({ x: { type: 'any', from }, f: { type: 'f8', from } })

describe('a value at a place', () => {
  const id: Key = ['test', `${set}-any`, 1]
  const stored = [1, -5, 2n ** 62n, 2.5, 'a text', true, Uint8Array.of(1, 2), [1, [2]], { k: 1 }]

  beforeAll(() => cluster.client.put(id, { list: [...stored, null], map: { inner: Object.fromEntries(entries) } }))
  const entries = stored.map((value, index) => [`k${index}`, value] as const)

  test.each(stored.map((value, index) => [index, value]))(
    '%i comes as it is stored, from a list and a map',
    async (index, value) => {
      for (const from of [`$.list.[${index}]`, `$.list.[${index - 10}]`, `$.map.inner.k${index}`]) {
        const batch = await cluster.client.batchRead([id], { dtype: place(from) })
        expect(batch.columns.x.get(0)).toEqual(value)
        const isNumber = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
        expect([batch.valid.f[0], batch.conversions.f.mismatched]).toEqual(isNumber ? [1, 0] : [0, 1])
      }
    },
  )

  test.each([
    '$.list.[9]',
    '$.list.[10]',
    '$.list.[-11]',
    '$.map.inner.none',
    '$.map.none.k0',
    '$.list.k0',
    '$.nobin.k',
  ])('%s is missing', async (from) => {
    const batch = await cluster.client.batchRead([id], { dtype: place(from) })
    expect([batch.valid.x[0], batch.valid.f[0]]).toEqual([0, 0])
    expect(batch.conversions).toMatchObject({ x: { missing: 1, mismatched: 0 }, f: { missing: 1, mismatched: 0 } })
    expect(await cluster.client.scan('test', `${set}-any`, { dtype: place(from) }).toBatch()).toHaveLength(0)
  })
})

const streams: Record<string, (options: { dtype: typeof reading }) => unknown> = {
  scan: (options) => cluster.client.scan('test', set, { ...options, filter: '$.n.type() == 1' }).toBatch(),
  scanSync: (options) => cluster.client.scanSync('test', set, { ...options, filter: '$.n.type() == 1' }).toBatch(),
  query: (options) => cluster.client.query('test', set, { ...options, where: equal('n', 7) }).toBatch(),
  querySync: (options) => cluster.client.querySync('test', set, { ...options, where: equal('n', 7) }).toBatch(),
}

test.each(Object.entries(streams))('%s has the same cells', async (_, stream) => {
  await cluster.client.createIndex('test', set, { name: `${set}_n`, bin: 'n', type: 'numeric' })
  const batch = await stream({ dtype: reading })
  expect(Object.fromEntries(reading.names.map((name) => [name, cells(batch as never, name)[0]]))).toEqual(
    Object.fromEntries(Object.entries(wanted).map(([name, [first]]) => [name, first])),
  )
})

describe('what is wrong with a field', () => {
  test.each([
    [{ type: 'f4', from: '$.a = 1' }, /dtype field 0 "x": from, line 1, column 5: .*did you mean "=="/],
    [{ type: 'f4', from: 'a name of 16 bytes' }, /dtype field 0 "x": from: the bin .* at most 15 fit/],
    [{ type: 'f4', from: 5 }, /dtype field 0 "x": from must be AEL text or an expression, not the number 5/],
    [{ type: 'f4', from: Uint8Array.of(1) }, /from must be AEL text or an expression, not a Uint8Array/],
    [{ type: 'f4', from: '$.a.[!0]' }, /column 5: only a range or a list of values can be everything but itself/],
    [{ type: 'f4', from: '$.a.{!#-1}' }, /column 5: only a range or a list of values can be everything but itself/],
    [{ type: 'f9', from: 'a' }, /dtype field 0 "x": "f9" is not a dtype code/],
    [{ type: 'f4', from: 'a', shape: 3 }, /dtype field 0 "x" has type, from and fill, and no "shape"/],
    [{ from: 'a' }, /dtype field 0 "x".*code/],
  ])('%j', (field, message) => {
    expect(() => dtype({ x: field } as never)).toThrow(message)
  })

  test('it is not written', async () => {
    const computed = dtype({ f: { type: 'f4', from: 'a' } })
    const write = cluster.client.batchWrite([keys[0]!], { dtype: computed, columns: { f: [1] } })
    await expect(write).rejects.toThrow(/read from elsewhere/)
  })
})
