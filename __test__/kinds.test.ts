import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { copyOf } from '../src/binding/realm.js'
import { Batch, type Key, type ValueColumn, double, dtype } from '../src/index.js'
import { createColumn } from '../src/columns/create.js'
import { jsonText } from '../src/text/json.js'
import { doors } from './support/doors.js'
import { field, filledMemory } from './support/layout.js'
import { root } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

/** Columns of any length and of dates, from the client to the server and back. */

const cluster = testCluster()
/** Scans give the keys of records that were written with them. */
const withKeys = { sendKey: true }

const keysOf = (set: string, rows: number): Key[] => Array.from({ length: rows }, (_, row) => ['test', set, row])

/** A code with values that it holds exactly, and what a row then has. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.nat(2000).map((size) => 'ß'.repeat(size)),
)
const blobs = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.nat(2000).map((size) => new Uint8Array(size).fill(size)),
)
const anything = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value)),
    fc.boolean(),
    texts,
    blobs,
    fc.bigInt(2n ** 60n, 2n ** 62n),
  ),
  inner: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('map'), fc.constant(null)),
  list: fc.array(tie('inner'), { maxLength: 4 }),
  map: fc.dictionary(fc.string({ maxLength: 4 }), tie('inner'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(tie('leaf'), tie('list'), tie('map')),
}))
const dates = fc.bigInt(-8_640_000_000_000n, 8_640_000_000_000n)

type Kind = {
  type: string | [string, null]
  values: fc.Arbitrary<unknown>
  row: (value: unknown) => unknown
  empty: unknown
}
const list = (code: string, element: fc.Arbitrary<unknown>, make: (of: never) => unknown): Kind => ({
  type: [code, null],
  values: fc.array(element, { maxLength: 20 }),
  row: (value) => make(value as never),
  empty: make([] as never),
})
const same = (value: unknown): unknown => value
const kinds: Kind[] = [
  { type: 'utf8', values: texts, row: same, empty: '' },
  { type: 'binary', values: blobs, row: same, empty: new Uint8Array(0) },
  { type: 'any', values: anything.value, row: same, empty: null },
  { type: 'datetime64[s]', values: dates, row: (value) => new Date(Number(value) * 1000), empty: new Date(0) },
  { type: 'datetime64[ms]', values: dates.map((value) => new Date(Number(value))), row: same, empty: new Date(0) },
  { type: 'M8[us]', values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), row: same, empty: 0n },
  { type: 'datetime64[ns]', values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), row: same, empty: 0n },
  list('i1', fc.integer({ min: -128, max: 127 }), (of) => Int8Array.from(of)),
  list('u4', fc.nat(0xffff_ffff), (of) => Uint32Array.from(of)),
  list('i8', fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (of) => BigInt64Array.from(of)),
  list('f4', fc.float({ noNaN: true }), (of) => Float32Array.from(of)),
  list('f8', fc.double(), (of) => Float64Array.from(of)),
  list('?', fc.boolean(), (of) => Uint8Array.from(of, Number)),
]

const scenario = fc.nat(10).chain((rows) =>
  fc.array(
    fc
      .constantFrom(...kinds)
      .chain((kind) =>
        fc
          .array(fc.option(kind.values, { freq: 6 }), { minLength: rows + 1, maxLength: rows + 1 })
          .map((values) => ({ kind, values })),
      ),
    { minLength: 1, maxLength: 6 },
  ),
)

describe.each([
  ['columns', false],
  ['rows', false],
  ['rows', true],
] as const)('written and read back identical: %s, align %s', (layout, align) => {
  test('random schemas and values, from values, a batch and its columns', async () => {
    const property = fc.asyncProperty(scenario, async (columns) => {
      const schema = dtype(columns.map(({ kind }, at) => [`f${at}`, ...[kind.type].flat()] as [string, string, null]))
      const rows = columns[0]!.values.length
      const keys = keysOf(freshSet(), rows)
      const input = Object.fromEntries(columns.map(({ values }, at) => [`f${at}`, values]))
      await cluster.client.batchWrite(keys, { dtype: schema, columns: input as never })
      const wanted = keys.map((_, row) =>
        Object.fromEntries(
          columns.map(({ kind, values }, at) => [`f${at}`, values[row] === null ? kind.empty : kind.row(values[row])]),
        ),
      )
      const valid = Object.fromEntries(
        columns.map(({ values }, at) => [`f${at}`, Uint8Array.from(values, (value) => (value === null ? 0 : 1))]),
      )
      const check = async (of: Key[]): Promise<Batch> => {
        const batch = await cluster.client.batchRead(of, { dtype: schema, layout, align })
        expect(batch.toObjects()).toStrictEqual(wanted)
        expect({ ...batch.valid }).toEqual(valid)
        return batch
      }
      const batch = await check(keys)
      const copies = keysOf(freshSet(), rows)
      await cluster.client.batchWrite(copies, batch)
      await check(copies)
      const again = keysOf(freshSet(), rows)
      await cluster.client.batchWrite(again, { dtype: schema, columns: batch.columns as never, valid: batch.valid })
      await check(again)
    })
    await expect(fc.assert(property, { numRuns: 60 })).resolves.toBeUndefined()
  })
})

test('booleans of lists are read as those of bins, and written as booleans', async () => {
  const set = freshSet()
  const keys = keysOf(set, 4)
  await cluster.client.putMany(keys.map((key, row) => [key, { v: [[true, false], [1, false], [], [true, 'x']][row] }]))
  const fields = dtype({
    v: ['?', null],
    pair: { type: ['?', 2], from: 'v' },
    bytes: { type: ['u1', null], from: 'v' },
    floats: { type: ['f4', 2], from: 'v' },
  })
  const batch = await cluster.client.batchRead(keys, { dtype: fields })
  expect(batch.at(0)).toEqual({
    v: Uint8Array.of(1, 0),
    pair: Uint8Array.of(1, 0),
    bytes: Uint8Array.of(1, 0),
    floats: Float32Array.of(1, 0),
  })
  expect([batch.at(1).v, batch.at(2).v, [...batch.valid.v]]).toEqual([
    Uint8Array.of(1, 0),
    new Uint8Array(0),
    [1, 1, 1, 0],
  ])
  expect(batch.conversions.v).toEqual({ missing: 0, lossy: 0, mismatched: 1, mismatchedTypes: { List: 1 } })
  await cluster.client.batchWrite([keys[3]!], { dtype: dtype({ v: ['?', null] }), columns: { v: [[true, false]] } })
  expect((await cluster.client.get(keys[3]!))?.bins).toEqual({ v: [true, false] })
})

interface Capture {
  name: string
  read: [type: number, hex: string] | null
}

describe('every recorded value of a real server', () => {
  const captures = (
    JSON.parse(readFileSync(join(root, 'fixtures/captures/complex-values.json'), 'utf8')) as { entries: Capture[] }
  ).entries.filter(({ read }) => read !== null)
  // Bytes of Java are refused by the binding, as they are by `put`.
  const stored = captures.filter(({ read }) => read![0] !== 7)
  const set = freshSet()
  const keys = stored.map(({ name }): Key => ['test', set, name])
  const schema = dtype({ v: 'any' })

  beforeAll(async () => {
    const cells = stored.map(({ read }) => Buffer.concat([Uint8Array.of(read![0]), Buffer.from(read![1], 'hex')]))
    const memory = filledMemory([field('v', 'binary')], [cells], 'columns')
    const v = createColumn({ ...memory, fields: [field('v', 'any')] }, 0) as ValueColumn
    await cluster.client.batchWrite(keys, { dtype: schema, columns: { v }, policy: withKeys })
  })

  test('there are many of them', () => expect(keys.length).toBeGreaterThan(60))

  test.each(['columns', 'rows'] as const)('is what a read of the record gives, and its text: %s', async (layout) => {
    const { client } = cluster
    const batch = await client.batchRead(keys, { dtype: schema, layout })
    const records = await client.batchRead(keys)
    for (const [row, key] of keys.entries()) {
      const value = batch.at(row).v
      expect({ key, value }).toStrictEqual({ key, value: (await client.get(key))?.bins?.['v'] })
      expect({ key, value }).toStrictEqual({ key, value: records[row]?.bins?.['v'] })
      expect(jsonText(value)).toBe(jsonText(records[row]?.bins?.['v']))
    }
    const all = batch.toArrow().getChild('v')!
    expect(keys.map((_, row) => all.get(row))).toEqual(records.map(({ bins }) => jsonText(bins?.['v'])))
  })

  test('and so is what hardly any client writes', async () => {
    const lists = [
      '92a16101', // text without its type
      '93a161a203ff01', // and beside it text that is not UTF-8, which makes a batch read it in another way
      '91a203ff',
      '91a3030102',
      '91a20561', // a type that only old servers had
      '92ca3f80000001',
    ].map((hex) => Buffer.from(`14${hex}`, 'hex'))
    const odd = lists.map((_, row): Key => ['test', freshSet(), row])
    const memory = filledMemory([field('v', 'binary')], [lists], 'columns')
    const v = createColumn({ ...memory, fields: [field('v', 'any')] }, 0) as ValueColumn
    expect(await cluster.client.batchWrite(odd, { dtype: schema, columns: { v } })).toMatchObject({ ok: odd.length })
    const batch = await cluster.client.batchRead(odd, { dtype: schema })
    for (const [row, key] of odd.entries()) {
      const { v: value } = batch.at(row)
      expect({ row, value }).toStrictEqual({ row, value: (await cluster.client.get(key))?.bins?.['v'] })
    }
  })

  test('and in a scan', async () => {
    const scanned = await cluster.client.scan('test', set, { dtype: schema, batchRows: 7 }).toBatch()
    const batch = await cluster.client.batchRead(keys, { dtype: schema })
    expect(scanned.length).toBe(keys.length)
    for (const [, , id] of keys) expect(scanned.get(id)).toStrictEqual(batch.get(id))
  })

  test('with all integers as bigints, where that is asked for', async () => {
    const key: Key = ['test', freshSet(), 1]
    await cluster.client.put(key, { v: [1, { a: 2 }, 2.5] })
    const options = { dtype: schema, integers: 'bigint' } as const
    expect((await cluster.client.batchRead([key], options)).at(0).v).toStrictEqual([1n, { a: 2n }, 2.5])
    const [scanned] = await cluster.client.scan('test', key[1], options).toBatch()
    expect(scanned!.v).toStrictEqual([1n, { a: 2n }, 2.5])
  })

  test('lists nested as deep as records are read, and deeper', async () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
    const key: Key = ['test', freshSet(), 1]
    await cluster.client.put(key, { v: nested(60) })
    expect((await cluster.client.batchRead([key], { dtype: schema })).at(0).v).toStrictEqual(nested(60))
  })
})

describe.each(doors)('through the %s door', (_, door) => {
  const set = freshSet()
  const keys: Key[] = ['whole', 'other', 'bare', 'nobody'].map((id) => ['test', set, id])
  const profile = {
    city: 'a city with a very long name',
    photo: Uint8Array.of(1, 2, 3),
    scores: [1, 2.5, 3],
    born: 1_000_000,
    address: { zip: 184, lines: ['a', 'b'] },
  }
  beforeAll(() =>
    cluster.client.putMany(
      [
        [
          keys[0]!,
          {
            profile,
            list: [
              [1, 2, 3],
              ['x', 'y'],
            ],
            at: 5000,
          },
        ],
        [keys[1]!, { profile: { city: 7, scores: ['x'], address: 'none' }, list: [] }],
        [keys[2]!, { other: 1 }],
      ],
      { policy: withKeys },
    ),
  )

  const places = dtype([
    ['city', { type: 'utf8', from: '$.profile.city' }],
    ['photo', { type: 'binary', from: '$.profile.photo' }],
    ['scores', { type: ['f4', null], from: '$.profile.scores' }],
    ['first', { type: ['i2', null], from: '$.list.[0]' }],
    ['born', { type: 'datetime64[ms]', from: '$.profile.born' }],
    ['address', { type: 'any', from: '$.profile.address' }],
    ['again', { type: 'datetime64[s]', from: 'at' }],
    ['later', { type: 'datetime64[ms]', from: '$.at + 1000' }],
    ['name', { type: 'utf8', from: '$.profile.city' }],
    ['at', 'i8'],
  ])
  const whole = {
    city: profile.city,
    photo: profile.photo,
    scores: Float32Array.of(1, 2.5, 3),
    first: Int16Array.of(1, 2, 3),
    born: new Date(1_000_000),
    address: profile.address,
    again: new Date(5_000_000),
    later: new Date(6000),
    name: profile.city,
    at: 5000n,
  }

  test.each(['columns', 'rows'] as const)('fields from places, in the list form: %s', async (layout) => {
    const batch = (await door(cluster.client, 'batchRead', keys, { dtype: places, layout })) as Batch
    expect(batch.at(0)).toStrictEqual(whole)
    expect(places.names.map((name) => batch.valid[name]![1])).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    expect(batch.at(1)['address']).toBe('none')
    expect(batch.conversions['city']).toEqual({ missing: 1, lossy: 0, mismatched: 1, mismatchedTypes: { Int: 1 } })
    expect(batch.conversions['scores']).toEqual({ missing: 1, lossy: 0, mismatched: 1, mismatchedTypes: { List: 1 } })
    expect([...batch.resultCodes]).toEqual([0, 0, 0, 2])
  })

  test('and in a scan', async () => {
    const batch = await cluster.client.scan('test', set, { dtype: places }).toBatch()
    expect(batch.get('whole')).toStrictEqual(whole)
  })

  test('what is written that the column cannot be', async () => {
    const write = door(cluster.client, 'batchWrite', [keys[2]!], {
      dtype: dtype({ text: 'utf8' }),
      columns: { text: [Uint8Array.of(0xff)] },
    })
    await expect(write).rejects.toThrow(/text.*row 0|row 0.*text/)
  })
})

const textOf = (row: number): string => `${row} `.repeat(row % 40)

describe('memory', () => {
  const set = freshSet()
  const keys = keysOf(set, 300)
  const schema = dtype({ text: 'utf8', list: ['f8', null], n: 'i4' })
  beforeAll(() =>
    cluster.client.putMany(
      keys.map((key, row) => [key, { text: textOf(row), list: [double(row), row / 2], n: row }]),
      { policy: withKeys },
    ),
  )

  test('a scan in small batches is together what one batch is', async () => {
    const one = await cluster.client.batchRead(keys, { dtype: schema })
    const batches: Batch[] = []
    for await (const batch of cluster.client.scan('test', set, { dtype: schema, batchRows: 17 })) batches.push(batch)
    expect(batches.length).toBeGreaterThan(10)
    const joined = await cluster.client.scan('test', set, { dtype: schema, batchRows: 17 }).toBatch()
    for (const [, , id] of keys) expect(joined.get(id)).toStrictEqual(one.get(id))
    for (const batch of batches) for (const [, , id] of batch.keys) expect(batch.get(id!)).toStrictEqual(one.get(id!))
  })

  test('the limit of a batch of everything counts the blocks', async () => {
    const joined = await cluster.client.scan('test', set, { dtype: schema }).toBatch()
    const blocks = joined.blocks.reduce((sum, block) => sum + block.length, 0)
    expect(blocks).toBeGreaterThan(5000)
    const most = joined.buffer.byteLength + blocks - 1
    await expect(cluster.client.scan('test', set, { dtype: schema }).toBatch({ maxBytes: most })).rejects.toThrow(
      /maxBytes/,
    )
  })

  test('into takes the buffer, and the columns of the old batch are gone', async () => {
    const old = await cluster.client.batchRead(keys, { dtype: schema })
    const { text, list: lists } = old.columns
    expect(text.get(39)).toBe(textOf(39))
    const fresh = await cluster.client.batchRead(keys, { dtype: schema, into: old })
    expect(fresh.columns.text.get(39)).toBe(textOf(39))
    expect(() => text.get(39)).toThrow(expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' }))
    expect(() => lists.row(39)).toThrow(expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' }))
  })

  test('nothing is copied of bytes and lists, and a text is made when it is asked for', async () => {
    const batch = await cluster.client.batchRead(keys, { dtype: schema })
    const row = batch.columns.list.row(5)
    expect(batch.blocks.some(({ buffer }) => buffer === row.buffer)).toBe(true)
    expect(batch.columns.list.row(5)).toEqual(Float64Array.of(5, 2.5))
    const bytes = batch.columns.text.bytes(39)
    bytes[0] = 0x41
    expect(batch.columns.text.get(39)[0]).toBe('A')
  })

  test('a batch goes to another thread and back, with what it needs of its blocks', async () => {
    const whole = await cluster.client.batchRead(keys, { dtype: schema })
    const batch = whole.where((row) => row.n % 3 === 0)
    const expected = batch.toObjects()
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads')
       const { Batch } = require(${JSON.stringify(join(root, 'dist', 'index.js'))})
       parentPort.once('message', (parts) => {
         const batch = Batch.from(parts)
         const seen = batch.toObjects()
         const back = batch.detach()
         parentPort.postMessage({ seen, back }, back.transfer)
       })`,
      { eval: true },
    )
    const parts = batch.detach()
    worker.postMessage(parts, parts.transfer)
    expect(parts.blocks.every((block) => block.length === 0)).toBe(true)
    const [{ seen, back }] = (await once(worker, 'message')) as [{ seen: unknown[]; back: typeof parts }]
    await worker.terminate()
    // A message has the classes of the main realm, which is another one in `vmThreads`.
    expect(copyOf(seen)).toStrictEqual(expected)
    const returned = Batch.from(back)
    expect(returned.toObjects()).toStrictEqual(expected)
    expect(returned.columns.text.get(13)).toBe(textOf(39))
    expect(returned.columns.list.row(1)).toEqual(Float64Array.of(3, 1.5))
    // The batch that it was taken from still has its own.
    expect(whole.columns.text.get(39)).toBe(textOf(39))
  })
})

describe('what cells without a value hold', () => {
  const missing: Key[] = [['test', freshSet(), 'nobody']]
  const schema = dtype({
    f: { type: 'f4', fill: Number.NaN },
    i: 'i4',
    v: { type: ['u1', 3], fill: [1, 2, 3] },
    s: { type: 'S3', fill: 'xy' },
    at: { type: 'datetime64[ms]', fill: new Date(5) },
    nat: { type: 'datetime64[s]', fill: 'NaT' },
    big: { type: 'u8', fill: 2n ** 64n - 1n },
  })

  test('is said by the field, and by the read before it; scans and columns have it too', async () => {
    const batch = await cluster.client.batchRead(missing, { dtype: schema, fill: { i: -1, v: 9 } })
    expect(batch.at(0)).toStrictEqual({
      f: Number.NaN,
      i: -1,
      v: Uint8Array.of(9, 9, 9),
      s: 'xy',
      at: new Date(5),
      nat: new Date(Number.NaN),
      big: 2n ** 64n - 1n,
    })
    expect(Object.values(batch.valid).every(([valid]) => valid === 0)).toBe(true)
    const plain = await cluster.client.batchRead(missing, { dtype: schema })
    expect([plain.at(0).i, plain.at(0).v]).toStrictEqual([0, Uint8Array.of(1, 2, 3)])
    const set = freshSet()
    await cluster.client.put(['test', set, 1], { i: 7 })
    const scanned = await cluster.client.scan('test', set, { dtype: schema, fill: { s: 'z' } }).toBatch()
    expect(scanned.at(0)).toMatchObject({ f: Number.NaN, i: 7, s: 'z' })
  })

  test.each([
    [{ i: Number.NaN }, /^options.fill.i must be an integer from .* for i4, not the number NaN$/],
    [{ i: '1' }, /^options.fill.i must be an integer, not the string "1"$/],
    [{ f: 1e300 }, /^options.fill.f is too large for f4: the number 1e\+300$/],
    [{ v: [1, 2] }, /^options.fill.v has 2 values, and u1\[3\] needs 3, or one for all of them$/],
    [{ v: [1, 2, 300] }, /^options.fill.v\[2\] must be an integer from 0 to 255 for u1/],
    [{ s: 'long' }, /^options.fill.s has 4 bytes, at most 3 fit into S3$/],
    [{ at: 'today' }, /^options.fill.at must be a Date, or a count of ms/],
    [{ x: 1 }, /^options.fill: the dtype has no field "x"; it has f, i, v, s, at, nat or big$/],
    [5, /^options.fill must be an object, not the number 5$/],
  ])('%o is refused', async (fill, message) => {
    await expect(cluster.client.batchRead(missing, { dtype: schema, fill: fill as never })).rejects.toThrow(message)
    expect(() => cluster.client.scan('test', 'any', { dtype: schema, fill: fill as never })).toThrow(message)
  })

  test('a dtype says which of its fields has a wrong one', () => {
    expect(() => dtype({ a: 'i4', b: { type: 'u1', fill: -1 } })).toThrow(
      /^dtype field 1 "b": fill must be an integer from 0 to 255 for u1, not the number -1$/,
    )
    expect(() => dtype({ a: { type: 'utf8', fill: 'x' } })).toThrow(
      'dtype field 0 "a": fill: a cell of utf8 without a value is always empty; `valid` tells them apart',
    )
  })
})
