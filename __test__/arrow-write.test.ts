import * as arrow from 'apache-arrow'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, type Key, dtype } from '../src/index.js'
import { findFramesPython, framesPython } from './support/numpy.js'
import { outputOf } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const keysOf = (rows: number): Key[] => {
  const set = freshSet()
  return Array.from({ length: rows }, (_, row): Key => ['test', set, row])
}

/** Writes a vector as the bin `b` of a record per element, and gives the bins as ordinary records have them. */
async function written(vector: arrow.Vector): Promise<unknown[]> {
  const keys = keysOf(vector.length)
  const result = await cluster.client.batchWrite(keys, new arrow.Table({ b: vector, row: rowNumbers(vector.length) }))
  expect(result.ok).toBe(vector.length)
  return (await cluster.client.batchRead(keys, { bins: ['b'] })).map(({ bins }) => bins?.['b'])
}

const rowNumbers = (rows: number): arrow.Vector =>
  arrow.vectorFromArray(Int32Array.from({ length: rows }, (_, row) => row))
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const list = (type: arrow.DataType): arrow.List => new arrow.List(new arrow.Field('item', type, true))
const fixedList = (size: number, type: arrow.DataType): arrow.FixedSizeList =>
  new arrow.FixedSizeList(size, new arrow.Field('item', type, true))
const big = 2n ** 60n + 1n

describe('text that begins with U+FEFF, which a reader of a file would drop', () => {
  const texts = ['\uFEFF', '\uFEFFkey', null, 'a', '\uFEFF'.repeat(9), '']
  const bins = texts.map((text) => text ?? undefined)
  const [utf8, large] = [new arrow.Utf8(), new arrow.LargeUtf8()]

  test.each<[string, arrow.Vector, unknown[]]>([
    ['Utf8', arrow.vectorFromArray(texts, utf8), bins],
    ['LargeUtf8', arrow.vectorFromArray(texts, large), bins],
    ['a dictionary', arrow.vectorFromArray(texts, new arrow.Dictionary(utf8, new arrow.Int8())), bins],
    ['a slice', arrow.vectorFromArray(texts, utf8).slice(1, 5), bins.slice(1, 5)],
    [
      'several parts',
      arrow.vectorFromArray(texts, utf8).concat(arrow.vectorFromArray(['\uFEFFz'], utf8)),
      [...bins, '\uFEFFz'],
    ],
  ])('%s', async (_, vector, expected) => {
    expect(await written(vector)).toEqual(expected)
  })

  test.each([true, false])('of a batch, with views %s, and a slice of it', async (isViews) => {
    const keys = keysOf(texts.length)
    const text = dtype({ b: 'utf8', row: 'i4' })
    const columns = { b: [...texts.slice(0, 4), 'x'.repeat(20), '\uFEFF'.repeat(9)], row: texts.map((_, row) => row) }
    await cluster.client.batchWrite(keys, { dtype: text, columns })
    const batch = await cluster.client.batchRead(keys, { dtype: text })
    const copies = keysOf(4)
    await cluster.client.batchWrite(copies, batch.toArrow({ views: isViews }).slice(2))
    const copied = await cluster.client.batchRead(copies, { dtype: text })
    expect(copied.columns.b.toArray()).toEqual(batch.columns.b.toArray().slice(2))
    expect(copied.valid.b).toEqual(Uint8Array.of(0, 1, 1, 1))
  })
})

describe('a vector of', () => {
  test.each<[name: string, vector: arrow.Vector, bins: unknown[]]>([
    ['Int8', arrow.vectorFromArray([1, null, -128], new arrow.Int8()), [1, undefined, -128]],
    ['Uint16', arrow.vectorFromArray([1, 65_535], new arrow.Uint16()), [1, 65_535]],
    ['Int64', arrow.vectorFromArray([big, null, -5n], new arrow.Int64()), [big, undefined, -5]],
    ['Uint64', arrow.vectorFromArray([5n, null], new arrow.Uint64()), [5, undefined]],
    ['Float16', arrow.vectorFromArray([0.5, null, -2], new arrow.Float16()), [0.5, undefined, -2]],
    ['Float32', arrow.vectorFromArray([0.5, null], new arrow.Float32()), [0.5, undefined]],
    ['Float64', arrow.vectorFromArray([0.1, Number.NaN, null], new arrow.Float64()), [0.1, Number.NaN, undefined]],
    ['Bool', arrow.vectorFromArray([true, null, false], new arrow.Bool()), [true, undefined, false]],
    ['Utf8', arrow.vectorFromArray(['', 'Grüße', null], new arrow.Utf8()), ['', 'Grüße', undefined]],
    ['LargeUtf8', arrow.vectorFromArray(['a'.repeat(100), null], new arrow.LargeUtf8()), ['a'.repeat(100), undefined]],
    ['a dictionary of text', arrow.vectorFromArray(['b', 'a', null, 'b']), ['b', 'a', undefined, 'b']],
    [
      'a dictionary of integers',
      arrow.vectorFromArray([7, 9, 7], new arrow.Dictionary(new arrow.Int32(), new arrow.Int8())),
      [7, 9, 7],
    ],
    [
      'Binary',
      arrow.vectorFromArray([bytes(), bytes(1, 2), null], new arrow.Binary()),
      [bytes(), bytes(1, 2), undefined],
    ],
    ['LargeBinary', arrow.vectorFromArray([bytes(3)], new arrow.LargeBinary()), [bytes(3)]],
    [
      'FixedSizeBinary',
      arrow.vectorFromArray([bytes(1, 2), null], new arrow.FixedSizeBinary(2)),
      [bytes(1, 2), undefined],
    ],
    [
      'Timestamp of seconds',
      arrow.vectorFromArray([new Date(5000), null], new arrow.TimestampSecond()),
      [5, undefined],
    ],
    ['Timestamp of milliseconds', arrow.vectorFromArray([new Date(5)], new arrow.TimestampMillisecond()), [5]],
    [
      'Timestamp of microseconds',
      arrow.vectorFromArray([new Date(5), null], new arrow.TimestampMicrosecond()),
      [5000, undefined],
    ],
    ['Timestamp of nanoseconds', arrow.vectorFromArray([new Date(-1)], new arrow.TimestampNanosecond()), [-1_000_000]],
    ['Date of days', arrow.vectorFromArray([new Date(86_400_000), null], new arrow.DateDay()), [86_400_000, undefined]],
    ['Date of milliseconds', arrow.vectorFromArray([new Date(86_400_000)], new arrow.DateMillisecond()), [86_400_000]],
    [
      'List of Float64',
      arrow.vectorFromArray([[0.5, 1.5], [], null], list(new arrow.Float64())),
      [[0.5, 1.5], [], undefined],
    ],
    ['List of Int64', arrow.vectorFromArray([[big], [2n, 3n]], list(new arrow.Int64())), [[big], [2, 3]]],
    ['List of Float16', arrow.vectorFromArray([[0.5]], list(new arrow.Float16())), [[0.5]]],
  ])('%s', async (_, vector, bins) => {
    expect(await written(vector)).toEqual(bins)
    // The same in two parts.
    const half = Math.ceil(vector.length / 2)
    expect(await written(vector.slice(0, half).concat(vector.slice(half)))).toEqual(bins)
  })

  test('FixedSizeList is a sub-array', async () => {
    const vector = arrow.vectorFromArray(
      [
        [
          [1, 2],
          [3, 4],
        ],
        null,
      ],
      fixedList(2, fixedList(2, new arrow.Int16())),
    )
    const keys = keysOf(2)
    await cluster.client.batchWrite(keys, {
      columns: { v: vector, n: Int8Array.of(1, 2) },
      dtype: dtype({ v: ['i2', [2, 2]], n: 'i1' }),
    })
    const batch = await cluster.client.batchRead(keys, { dtype: dtype({ v: ['i2', [2, 2]] }) })
    expect(batch.at(0).v).toEqual(Int16Array.of(1, 2, 3, 4))
    expect([...batch.valid.v]).toEqual([1, 0])
  })
})

describe('what is written', () => {
  const table = new arrow.Table({
    n: arrow.vectorFromArray([1, 2, 3], new arrow.Int32()),
    t: arrow.vectorFromArray([0.5, null, 1.5], new arrow.Float64()),
  })

  test('is the same from a table, a record batch, and vectors by name, with a dtype and without', async () => {
    const n = table.getChild('n')
    const t = table.getChild('t')
    const own = dtype({ n: 'i4', t: 'f8' })
    const sources: ((keys: Key[]) => Promise<unknown>)[] = [
      (keys) => cluster.client.batchWrite(keys, table),
      (keys) => cluster.client.batchWrite(keys, table.batches[0]!),
      (keys) => cluster.client.batchWrite(keys, { columns: table }),
      (keys) => cluster.client.batchWrite(keys, { columns: table, dtype: own }),
      (keys) => cluster.client.batchWrite(keys, { columns: { n: n!, t: t! } }),
      (keys) => cluster.client.batchWrite(keys, { columns: { n: n!, t: [0.5, null, 1.5] }, dtype: own }),
      async (keys) => cluster.client.batchWriteSync(keys, table, { policy: { sendKey: true } }),
    ]
    for (const write of sources) {
      const keys = keysOf(3)
      expect(await write(keys)).toMatchObject({ ok: 3 })
      const batch = await cluster.client.batchRead(keys, { dtype: own })
      expect(batch.toObjects()).toEqual([
        { n: 1, t: 0.5 },
        { n: 2, t: 0 },
        { n: 3, t: 1.5 },
      ])
      expect([...batch.valid.t]).toEqual([1, 0, 1])
    }
  })

  test('is converted as values are, where a dtype says another type', async () => {
    const keys = keysOf(3)
    await cluster.client.batchWrite(keys, { columns: { n: table.getChild('n')! }, dtype: dtype({ n: 'i8' }) })
    expect((await cluster.client.batchRead(keys, { dtype: dtype({ n: 'u1' }) })).columns.n).toEqual(bytes(1, 2, 3))
    const call = cluster.client.batchWrite(keys, {
      columns: { n: table.getChild('t')! as never },
      dtype: dtype({ n: 'i4' }),
    })
    await expect(call).rejects.toThrow(
      'options.columns.n[0] must be an integer from -2147483648 to 2147483647 for i4, not the number 0.5',
    )
  })

  test('keeps what a null would remove, and follows the option valid', async () => {
    const keys = keysOf(3)
    await cluster.client.batchWrite(keys, { dtype: dtype({ t: 'f8' }), columns: { t: [7, 8, 9] } })
    await cluster.client.batchWrite(keys, {
      columns: table,
      valid: { t: [false, true, true], n: Uint8Array.of(1, 0, 1) },
    })
    const records = await cluster.client.batchRead(keys)
    expect(records.map(({ bins }) => bins)).toEqual([{ t: 7, n: 1 }, { t: 8 }, { t: 1.5, n: 3 }])
  })

  test('is read back as the table that it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            n: fc.option(fc.integer()),
            f: fc.option(fc.double()),
            s: fc.option(fc.string({ maxLength: 30 })),
            raw: fc.option(fc.uint8Array({ maxLength: 30 })),
            v: fc.option(fc.array(fc.double(), { maxLength: 4 })),
          }),
          { minLength: 1, maxLength: 10 },
        ),
        async (rows) => {
          const vectors = new arrow.Table({
            row: rowNumbers(rows.length),
            n: arrow.vectorFromArray(
              rows.map(({ n }) => n),
              new arrow.Int32(),
            ),
            f: arrow.vectorFromArray(
              rows.map(({ f }) => f),
              new arrow.Float64(),
            ),
            s: arrow.vectorFromArray(
              rows.map(({ s }) => s),
              new arrow.Utf8(),
            ),
            raw: arrow.vectorFromArray(
              rows.map(({ raw }) => raw),
              new arrow.Binary(),
            ),
            v: arrow.vectorFromArray(
              rows.map(({ v }) => v),
              list(new arrow.Float64()),
            ),
          })
          const keys = keysOf(rows.length)
          await cluster.client.batchWrite(keys, vectors)
          const records = await cluster.client.batchRead(keys)
          const there = rows.map((row, at) => ({
            row: at,
            ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
          }))
          expect(records.map(({ bins }) => bins)).toEqual(there)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('what is refused', () => {
  const struct = arrow.vectorFromArray([{ a: 1 }])
  const one = arrow.vectorFromArray([1], new arrow.Int32())
  const keys = keysOf(1)
  test.each<[name: string, from: unknown, message: string | RegExp]>([
    [
      'a type that is no column',
      { columns: { s: struct } },
      /^options\.columns\.s is a vector of Struct<\{.*\}>, which no bin can hold as a column; use numbers, booleans/,
    ],
    ['a type that is no column, in a table', new arrow.Table({ s: struct }), /^table\.s is a vector of Struct/],
    [
      'lists of text',
      { columns: { s: arrow.vectorFromArray([['a']], list(new arrow.Utf8())) } },
      /^options\.columns\.s is a vector of List<Utf8>/,
    ],
    [
      'a list with null in it',
      { columns: { s: arrow.vectorFromArray([[1, null]], list(new arrow.Float64())) } },
      'options.columns.s[0][1] is null, and lists of numbers have no such elements',
    ],
    [
      'too few rows',
      new arrow.Table({ a: arrow.vectorFromArray([1, 2], new arrow.Int32()) }),
      'table.a has 2 values, and 1 keys need 1',
    ],
    [
      'no dtype, and columns that are not of Arrow',
      { columns: { a: one, b: [1] } },
      'options.dtype must be what dtype() returns, not undefined: options.columns.b is no Arrow vector, which would say its type',
    ],
    ['no columns', { columns: {} }, 'options.columns has no column to write'],
    [
      'nulls alone',
      { columns: new arrow.Table({ a: arrow.vectorFromArray([null], new arrow.Null()) }) },
      'options.columns has no column to write',
    ],
    ['too long a name', new arrow.Table({ temperature_indoors: one }), /"temperature_indoors": the name has 19 bytes/],
    [
      'two columns of a name',
      { schema: { fields: [{ name: 'a' }, { name: 'a' }] }, numRows: 1, getChildAt: () => one },
      'table has two columns "a", and a record has one such bin',
    ],
  ])('%s', async (_, from, message) => {
    await expect(cluster.client.batchWrite(keys, from as Batch)).rejects.toThrow(message)
    expect(() => cluster.client.batchWriteSync(keys, from as Batch)).toThrow(message)
  })
})

const python = findFramesPython()

/** Writes tables of all types that can be columns in both of Arrow's formats, and what is in them as text. */
const MAKE = `
import datetime, json, os, sys
import pyarrow as pa
from pyarrow import ipc

folder = sys.argv[1]
utc = datetime.timezone.utc
times = [datetime.datetime(2026, 11, 26, 1, 2, 3, 456000, utc), None, datetime.datetime(1969, 12, 31, 23, 59, 58, 0, utc), datetime.datetime(1970, 1, 1, tzinfo=utc)]
columns = {}
for size in (8, 16, 32, 64):
    columns['i%d' % size] = pa.array([-2 ** (size - 1), None, 0, 2 ** (size - 1) - 1], getattr(pa, 'int%d' % size)())
    columns['u%d' % size] = pa.array([0, None, 1, 2 ** min(size, 63) - 1], getattr(pa, 'uint%d' % size)())
columns['f16'] = pa.array([0.5, None, -2.0, 65504.0], pa.float16())
columns['f32'] = pa.array([0.5, None, -0.0, float('inf')], pa.float32())
columns['f64'] = pa.array([0.1, None, 1e300, float('-inf')], pa.float64())
columns['bool'] = pa.array([True, None, False, True])
texts = ['', None, 'Grüße, 温度', 'x' * 40]
columns['text'] = pa.array(texts, pa.string())
columns['large'] = pa.array(texts, pa.large_string())
columns['dict'] = pa.array(['a', None, 'b', 'a']).dictionary_encode()
raw = [b'', None, bytes(range(40)), b'\\x00']
columns['raw'] = pa.array(raw, pa.binary())
columns['largeraw'] = pa.array(raw, pa.large_binary())
columns['fixed'] = pa.array([b'ab', None, b'cd', b'\\x00\\x00'], pa.binary(2))
for unit in ('s', 'ms', 'us', 'ns'):
    columns['t' + unit] = pa.array(times, pa.timestamp('us', 'UTC')).cast(pa.timestamp(unit, 'UTC'), safe=False)
columns['date'] = pa.array([datetime.date(2026, 11, 26), None, datetime.date(1969, 12, 31), datetime.date(1970, 1, 1)])
columns['list'] = pa.array([[0.5, -1.0], None, [], [3.0] * 9], pa.list_(pa.float32()))
columns['ints'] = pa.array([[1, 2 ** 62], None, [], [-5]], pa.list_(pa.int64()))

def plain(value, type):
    if value is None: return None
    if pa.types.is_timestamp(type) or pa.types.is_date(type): raise TypeError
    if isinstance(value, list): return [plain(each, type.value_type) for each in value]
    if isinstance(value, bytes): return value.hex()
    if isinstance(value, bool) or isinstance(value, str): return value
    return repr(float(value)) if isinstance(value, float) else str(value)

wanted = {}
for name, array in columns.items():
    if pa.types.is_timestamp(array.type): wanted[name] = [None if each is None else str(each) for each in array.cast(pa.int64()).to_pylist()]
    elif name == 'date': wanted[name] = [None if each is None else str(each * 86400000) for each in array.cast(pa.int32()).to_pylist()]
    else: wanted[name] = [plain(each, array.type) for each in array.to_pylist()]
json.dump(wanted, open(os.path.join(folder, 'wanted.json'), 'w'))
table = pa.table(columns)
with ipc.new_stream(os.path.join(folder, 'stream.arrow'), table.schema) as out: out.write_table(table, max_chunksize=3)
with ipc.new_file(os.path.join(folder, 'file.arrow'), table.schema) as out: out.write_table(table)
`

/** A bin as the program above writes it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'number') return pythonFloat(value)
  return typeof value === 'bigint' ? String(value) : value
}

/** `repr` of a float in Python. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

describe.skipIf(python === undefined)('a table that pyarrow has written', () => {
  test('is stored as it is, from either format', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aerostride-arrow-write-'))
    outputOf(framesPython(python!), ['-c', MAKE, folder])
    const wanted = JSON.parse(await readFile(join(folder, 'wanted.json'), 'utf8')) as Record<string, unknown[]>
    for (const name of ['stream.arrow', 'file.arrow']) {
      const table = arrow.tableFromIPC(await readFile(join(folder, name)))
      const keys = keysOf(table.numRows)
      expect(await cluster.client.batchWrite(keys, table)).toMatchObject({
        ok: 3,
        resultCodes: Int32Array.of(0, -2, 0, 0),
      })
      const records = await cluster.client.batchRead(keys, { integers: 'bigint' })
      const stored = Object.keys(wanted).map((column) => [column, records.map(({ bins }) => plain(bins?.[column]))])
      expect(Object.fromEntries(stored)).toEqual(wanted)
    }
    await rm(folder, { recursive: true })
  }, 300_000)
})
