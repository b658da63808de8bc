import type * as Arrow from 'apache-arrow'
import { Int32, Table, vectorFromArray } from 'apache-arrow'
import { assertType, describe, expectTypeOf, test } from 'vitest'
import {
  type AnyValue,
  type BackgroundJob,
  type Batch,
  type BatchOperateResult,
  type BatchWriteResult,
  type BinaryColumn,
  type BytesColumn,
  type Client,
  type Dtype,
  type InferredDtype,
  type DatetimeColumn,
  type FoundKey,
  type Key,
  type ListColumn,
  type PrimaryKey,
  type ReadRecord,
  type Records,
  type Row,
  type RowOf,
  type Schema,
  type StridedColumn,
  type SubarrayColumn,
  type TextColumn,
  type Transaction,
  type ValueColumn,
  concat,
  dtype,
  keyList,
  loadNpy,
  loadNpySync,
  op,
} from '../src/index.js'

declare const client: Client

// prettier-ignore
const every = dtype({
  i1: 'i1', i2: 'i2', i4: 'i4', i8: 'i8',
  u1: 'u1', u2: 'u2', u4: 'u4', u8: 'u8',
  f2: 'f2', f4: 'f4', f8: 'f8',
  flag: '?', name: 'S16', raw: 'V4',
  v: ['f4', 128], m: ['f8', [2, 3]], big: ['i8', 2], flags: ['?', 3],
})

describe('the row of a schema', () => {
  test('each kind has its type', () => {
    expectTypeOf<Row<typeof every.schema>>().branded.toEqualTypeOf<{
      readonly i1: number
      readonly i2: number
      readonly i4: number
      readonly i8: bigint
      readonly u1: number
      readonly u2: number
      readonly u4: number
      readonly u8: bigint
      readonly f2: number
      readonly f4: number
      readonly f8: number
      readonly flag: boolean
      readonly name: string
      readonly raw: Uint8Array
      readonly v: Float32Array<ArrayBuffer>
      readonly m: Float64Array<ArrayBuffer>
      readonly big: BigInt64Array<ArrayBuffer>
      readonly flags: Uint8Array<ArrayBuffer>
    }>()
  })

  test('aliases and prefixes stand for their kinds', () => {
    const of = dtype({ a: '<i8', b: '=f4', c: '|S3', d: 'int64', e: 'bool', f: '<float32', g: ['uint16', 2] })
    expectTypeOf<Row<typeof of.schema>>().branded.toEqualTypeOf<{
      readonly a: bigint
      readonly b: number
      readonly c: string
      readonly d: bigint
      readonly e: boolean
      readonly f: number
      readonly g: Uint16Array<ArrayBuffer>
    }>()
  })

  test('the list form means the same as the object form', () => {
    const list = dtype([
      ['a', 'f8'],
      ['b', 'f4', [128]],
      ['c', 'S8'],
      ['d', 'i8', 2],
    ])
    expectTypeOf<RowOf<typeof list>>().branded.toEqualTypeOf<{
      readonly a: number
      readonly b: Float32Array<ArrayBuffer>
      readonly c: string
      readonly d: BigInt64Array<ArrayBuffer>
    }>()
  })

  test('a schema that is known only when the program runs', () => {
    const of = dtype(JSON.parse('{}') as Record<string, string>)
    assertType<Row<typeof of.schema>>({ a: 1, b: 2n, c: 'x', d: true, e: Uint8Array.of(1) })
  })
})

const anyLength = dtype({
  name: 'utf8',
  raw: 'binary',
  scores: ['f4', null],
  ids: ['i8', null],
  at: 'datetime64[ms]',
  exactly: '<M8[ns]',
  profile: 'any',
})

describe('cells of any length, and dates', () => {
  test('rows', () => {
    expectTypeOf<RowOf<typeof anyLength>>().branded.toEqualTypeOf<{
      readonly name: string
      readonly raw: Uint8Array
      readonly scores: Float32Array<ArrayBuffer>
      readonly ids: BigInt64Array<ArrayBuffer>
      readonly at: Date
      readonly exactly: bigint
      readonly profile: AnyValue
    }>()
  })

  test('aliases, and the list form with and without details', () => {
    const of = dtype([
      ['a', 'str'],
      ['b', 'T'],
      ['c', 'bytes'],
      ['d', 'f8', null],
      ['e', { type: 'utf8', from: '$.profile.city' }],
      ['f', { type: ['i4', null], from: 'other' }],
      ['g', { type: 'f4', fill: Number.NaN }],
      ['h', 'datetime64[s]'],
      ['i', 'datetime64[us]'],
    ])
    expectTypeOf<RowOf<typeof of>>().branded.toEqualTypeOf<{
      readonly a: string
      readonly b: string
      readonly c: Uint8Array
      readonly d: Float64Array<ArrayBuffer>
      readonly e: string
      readonly f: Int32Array<ArrayBuffer>
      readonly g: number
      readonly h: Date
      readonly i: bigint
    }>()
  })

  test('columns', () => {
    const { columns } = client.batchReadSync([], { dtype: anyLength })
    expectTypeOf(columns.name).toEqualTypeOf<TextColumn>()
    expectTypeOf(columns.raw).toEqualTypeOf<BinaryColumn>()
    expectTypeOf(columns.scores).toEqualTypeOf<ListColumn<Float32Array<ArrayBuffer>>>()
    expectTypeOf(columns.scores.row(0)).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(columns.at).toEqualTypeOf<DatetimeColumn<Date, BigInt64Array<ArrayBuffer>>>()
    expectTypeOf(columns.exactly.get(0)).toEqualTypeOf<bigint>()
    expectTypeOf(columns.profile).toEqualTypeOf<ValueColumn>()
    const rows = client.batchReadSync([], { dtype: anyLength, layout: 'rows' })
    expectTypeOf(rows.columns.at.data).toEqualTypeOf<undefined>()
    assertType<Batch>(rows)
  })

  test('Arrow types, with the options that change them', async () => {
    const batch = await client.batchRead([], { dtype: anyLength })
    const table = batch.toArrow()
    expectTypeOf(table.getChild('name')).toEqualTypeOf<Arrow.Vector<Arrow.Utf8View> | null>()
    expectTypeOf(table.getChild('raw')).toEqualTypeOf<Arrow.Vector<Arrow.BinaryView> | null>()
    expectTypeOf(table.getChild('scores')).toEqualTypeOf<Arrow.Vector<Arrow.List<Arrow.Float32>> | null>()
    expectTypeOf(table.getChild('at')).toEqualTypeOf<Arrow.Vector<Arrow.TimestampMillisecond> | null>()
    expectTypeOf(table.getChild('profile')).toEqualTypeOf<Arrow.Vector<Arrow.Utf8> | null>()
    expectTypeOf(batch.toArrow({ views: false }).getChild('name')).toEqualTypeOf<Arrow.Vector<Arrow.Utf8> | null>()
    expectTypeOf(batch.toArrow({ dictionary: ['name'] }).getChild('name')).toEqualTypeOf<Arrow.Vector<
      Arrow.Dictionary<Arrow.Utf8, Arrow.Int32>
    > | null>()
  })

  test('what is written into them, and what fills cells without a value', async () => {
    await client.batchWrite([], {
      dtype: anyLength,
      columns: {
        name: ['a', null, Uint8Array.of(97)],
        raw: [Uint8Array.of(1)],
        scores: [[1, 2], Float32Array.of(3)],
        ids: [[1n], [2]],
        at: [new Date(), 5n, null],
        exactly: BigInt64Array.of(1n),
        profile: [{ a: 1 }, 2, 'x', null],
      },
    })
    await client.batchRead([], { dtype: dtype({ a: 'f4', b: 'i4' }), fill: { a: Number.NaN } })
    // @ts-expect-error: no such field
    await client.batchRead([], { dtype: dtype({ a: 'f4', b: 'i4' }), fill: { c: 1 } })
    // @ts-expect-error: a string column takes no numbers
    await client.batchWrite([], { dtype: dtype({ a: 'utf8' }), columns: { a: [1] } })
  })

  test('codes that do not compile', () => {
    // @ts-expect-error: no such unit
    dtype({ a: 'datetime64[h]' })
    // @ts-expect-error: a unit is needed
    dtype({ a: 'M8' })
    // @ts-expect-error: no such code
    dtype({ a: { type: 'text', from: 'b' } })
    // @ts-expect-error: no such code
    dtype([['a', { type: 'text', from: 'b' }]])
    // @ts-expect-error: no lists of text
    dtype({ a: ['utf8', null] })
  })
})

describe('codes that do not compile', () => {
  test('in the object form', () => {
    // @ts-expect-error: UTF-32 text is not supported
    dtype({ a: 'U10' })
    // @ts-expect-error: no such width
    dtype({ a: 'f8', b: 'f16' })
    // @ts-expect-error: big-endian is not supported
    dtype({ a: ['>f4', 3] })
    // @ts-expect-error: a code is a string
    dtype({ a: 5 })
    // @ts-expect-error: a shape is made of numbers
    dtype({ a: ['f4', 'x'] })
  })

  test('in the list form', () => {
    // @ts-expect-error: no such code
    dtype([['a', 'O']])
    dtype([
      ['a', 'f8'],
      // @ts-expect-error: no such code
      ['b', 'complex64', 3],
    ])
    // @ts-expect-error: a name is a string
    dtype([[5, 'f8']])
  })
})

describe('streams', () => {
  test('of columns have batches whose records may have been written without their key', async () => {
    const batch = await client.scan('test', 'demo', { dtype: every, layout: 'rows' }).toBatch()
    expectTypeOf(batch).toEqualTypeOf<Batch<typeof every.schema, 'rows'>>()
    expectTypeOf(batch.keys[0]![2]).toEqualTypeOf<PrimaryKey | null>()
    // @ts-expect-error: a key without its primary key cannot be read
    void client.batchRead(batch.keys)
    for (const each of client.scanSync('test', 'demo', { dtype: every })) {
      expectTypeOf(concat([each]).where([true]).keys).toEqualTypeOf<readonly FoundKey[]>()
    }
  })
})

describe('batches', () => {
  test('columns of the columns layout', async () => {
    const batch = await client.batchRead([['test', 'demo', 1]], { dtype: every })
    expectTypeOf(batch).toEqualTypeOf<Batch<typeof every.schema, 'columns', Key>>()
    expectTypeOf(batch).toExtend<Batch<typeof every.schema>>()
    expectTypeOf(batch.keys).toEqualTypeOf<readonly Key[]>()
    expectTypeOf(batch.ok().take([0]).slice(0).keys).toEqualTypeOf<readonly Key[]>()
    expectTypeOf(batch.columns.f8).toEqualTypeOf<Float64Array<ArrayBuffer>>()
    expectTypeOf(batch.columns.i8).toEqualTypeOf<BigInt64Array<ArrayBuffer>>()
    expectTypeOf(batch.columns.flag).toEqualTypeOf<Uint8Array<ArrayBuffer>>()
    expectTypeOf(batch.columns.name).toEqualTypeOf<BytesColumn<'S'>>()
    expectTypeOf(batch.columns.raw.get(0)).toEqualTypeOf<Uint8Array>()
    expectTypeOf(batch.columns.v).toEqualTypeOf<SubarrayColumn<Float32Array<ArrayBuffer>>>()
    expectTypeOf(batch.columns.v.data).toEqualTypeOf<Float32Array<ArrayBuffer>>()
    expectTypeOf(batch.records).toEqualTypeOf<undefined>()
    expectTypeOf(batch.valid.f8).toEqualTypeOf<Uint8Array<ArrayBuffer>>()
  })

  test('columns of the rows layout', () => {
    const batch = client.batchReadSync([], { dtype: every, layout: 'rows' })
    expectTypeOf(batch.columns.f8).toEqualTypeOf<StridedColumn<number, Float64Array<ArrayBuffer>>>()
    expectTypeOf(batch.columns.i8.get(0)).toEqualTypeOf<bigint>()
    expectTypeOf(batch.columns.name).toEqualTypeOf<BytesColumn<'S'>>()
    expectTypeOf(batch.columns.v.data).toEqualTypeOf<undefined>()
    expectTypeOf(batch.records.offsets.f8).toEqualTypeOf<number>()
  })

  test('rows, masks and derived batches', async () => {
    const batch = await client.batchRead(keyList('test', 'demo', ['a']), { dtype: every })
    expectTypeOf(batch.at(0).i8).toEqualTypeOf<bigint>()
    expectTypeOf(batch.get('a')).toEqualTypeOf<Row<typeof every.schema> | undefined>()
    expectTypeOf(batch.where((row) => row.f8 > 20 && row.flag)).toEqualTypeOf<typeof batch>()
    expectTypeOf([...batch][0]!.name).toEqualTypeOf<string>()
    assertType<Batch>(batch)
    await client.batchRead([], { dtype: every, into: batch })
    await client.batchRead([], { dtype: dtype({ a: 'f8' }), layout: 'rows', into: batch })
  })

  test('Arrow tables have a column type per field, and one per column that is asked for', async () => {
    const batch = await client.batchRead([], { dtype: every })
    const table = batch.toArrow()
    expectTypeOf(table.getChild('f8')).toEqualTypeOf<Arrow.Vector<Arrow.Float64> | null>()
    expectTypeOf(table.getChild('i8')!.get(0)).toEqualTypeOf<bigint | null>()
    expectTypeOf(table.getChild('flag')!.get(0)).toEqualTypeOf<boolean | null>()
    expectTypeOf(table.getChild('name')!.get(0)).toEqualTypeOf<string | null>()
    expectTypeOf(table.getChild('v')).toEqualTypeOf<Arrow.Vector<Arrow.FixedSizeList<Arrow.Float32>> | null>()
    expectTypeOf(
      batch.toArrow({ gen: true, ttl: 'seconds', key: false }).getChild('seconds'),
    ).toEqualTypeOf<Arrow.Vector<Arrow.Uint32> | null>()
    // @ts-expect-error: no such column
    table.getChild('gen')
    // @ts-expect-error: not asked for
    batch.toArrow({ gen: false }).getChild('gen')
    // @ts-expect-error: no such format
    batch.toIPC({ format: 'feather' })
    assertType<Uint8Array>(batch.toIPC({ format: 'file', key: true }))
  })

  test('wrong names do not compile', async () => {
    const batch = await client.batchRead([], { dtype: every })
    // @ts-expect-error: no such field
    void batch.columns.temperature
    // @ts-expect-error: no such field
    void batch.at(0).temperature
    // @ts-expect-error: no such field
    void batch.valid.temperature
    // @ts-expect-error: no such field
    void batch.conversions.temperature
    // @ts-expect-error: no such bin
    await client.batchRead([], { dtype: every, bins: ['temperature'] })
    // @ts-expect-error: a bigint is no number
    assertType<number>(batch.at(0).i8)
    // @ts-expect-error: a string column has no numbers
    assertType<Float64Array>(batch.columns.name)
  })

  test('wrong options do not compile', async () => {
    // @ts-expect-error: no such layout
    await client.batchRead([], { dtype: every, layout: 'diagonal' })
    // @ts-expect-error: no such policy
    await client.batchRead([], { dtype: every, policy: { timeout: 5 } })
    // @ts-expect-error: a key has three parts
    await client.batchRead([['test', 'demo']], { dtype: every })
    // @ts-expect-error: keys are no booleans
    await client.batchRead([['test', 'demo', true]], { dtype: every })
  })

  test('without a dtype records come back', async () => {
    expectTypeOf(await client.batchRead([['test', 'demo', 1]])).toEqualTypeOf<ReadRecord[]>()
    expectTypeOf(client.batchReadSync([], { bins: ['a'] })).toEqualTypeOf<ReadRecord[]>()
  })
})

describe('batches of selected and joined rows, and of files', () => {
  const rows = dtype({ a: 'i8', v: ['f4', 2] })
  const batch = {} as Batch<typeof rows.schema, 'columns'>

  test('keep their types', () => {
    expectTypeOf(batch.take([1, 2n])).toEqualTypeOf(batch)
    expectTypeOf(batch.take(vectorFromArray([1], new Int32()))).toEqualTypeOf(batch)
    expectTypeOf(batch.where(vectorFromArray([true]))).toEqualTypeOf(batch)
    expectTypeOf(batch.slice(-1)).toEqualTypeOf(batch)
    expectTypeOf(concat([batch, batch])).toEqualTypeOf(batch)
  })

  test('have the type of the dtype that a file has to have', () => {
    expectTypeOf(loadNpySync('x.npy', { dtype: rows })).toEqualTypeOf(batch)
    expectTypeOf(loadNpySync('x.npy', { dtype: rows, layout: 'rows' }).records).toEqualTypeOf<
      Records<typeof rows.schema>
    >()
    expectTypeOf(loadNpy(new Uint8Array(1))).resolves.toEqualTypeOf<Batch<Schema, 'columns'>>()
  })

  test('refuse what does not fit', () => {
    // @ts-expect-error: a mask is no text
    batch.where(vectorFromArray(['a']))
    // @ts-expect-error: there is no such field
    batch.toNpy('b')
  })
})

describe('what was inferred, and tables that are written', () => {
  test('a dtype that was inferred reads rows of any fields', () => {
    expectTypeOf(client.inferDtype('test', 'sensors')).resolves.toEqualTypeOf<InferredDtype>()
    expectTypeOf(client.inferDtypeSync('test', 'sensors', { sample: Infinity }).dtype).toEqualTypeOf<Dtype>()
    expectTypeOf(client.scanSync('test', 's', { dtype: {} as Dtype }).toBatch()).toEqualTypeOf<
      Batch<Schema, 'columns'>
    >()
  })

  test('tables, record batches and vectors are written', () => {
    const table = new Table({ a: vectorFromArray([1], new Int32()) })
    void client.batchWrite([], table, { policy: { ttl: 5 } })
    void client.batchWrite([], table.batches[0]!)
    void client.batchWrite([], { columns: table })
    void client.batchWrite([], { columns: { a: table.getChild('a')!, b: [1] }, dtype: dtype({ a: 'i4', b: 'f8' }) })
    // @ts-expect-error: a dtype has one column per field
    void client.batchWrite([], { columns: { a: table.getChild('a')! }, dtype: dtype({ a: 'i4', b: 'f8' }) })
    // @ts-expect-error: there is no such option
    void client.inferDtype('test', 'sensors', { samples: 5 })
  })
})

test('batches that change records, functions and jobs', () => {
  const keys: Key[] = []
  expectTypeOf(client.batchOperate(keys, [op.add('n', 1)])).resolves.toEqualTypeOf<BatchOperateResult>()
  expectTypeOf(client.batchOperateSync(keys, [[op.read('n')], [op.delete()]])).toEqualTypeOf<BatchOperateResult>()
  expectTypeOf(client.batchRemove(keys, { generations: new Uint32Array(1) })).resolves.toEqualTypeOf<BatchWriteResult>()
  expectTypeOf(client.transaction()).toEqualTypeOf<Transaction>()
  expectTypeOf(
    client.background('test', 's', { udf: { module: 'm', function: 'f' } }),
  ).resolves.toEqualTypeOf<BackgroundJob>()
  // @ts-expect-error a transaction has no columns
  void client.batchWrite(keys, { columns: {}, transaction: client.transaction() })
  // @ts-expect-error a removal has no ttl of its own
  void client.batchRemove(keys, { ttls: [1] })
  // @ts-expect-error the privilege does not exist
  void client.roles.create('analyst', { privileges: ['reed'] })
  // @ts-expect-error a function has a name
  void client.apply(['test', 's', 1], { module: 'm' })
})
