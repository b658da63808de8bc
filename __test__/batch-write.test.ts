import type Aerospike from 'aerospike'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Batch, type Key, double, dtype, keyList } from '../src/index.js'
import type { BatchWriteResult, Dtype } from '../src/index.js'
import { doors } from './support/doors.js'
import { hasOfficial, loadOfficial } from './support/official.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

const keysOf = (set: string, rows: number): Key[] => Array.from({ length: rows }, (_, row) => ['test', set, row])

/** A column as it is given, and each of its cells as bytes. */
interface Column {
  readonly input: unknown
  readonly cells: readonly Uint8Array[]
}

const CLASSES = {
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const

type Code = keyof typeof CLASSES

const elements = {
  i1: fc.integer({ min: -128, max: 127 }),
  i2: fc.integer({ min: -32_768, max: 32_767 }),
  i4: fc.integer(),
  i8: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  u1: fc.nat(255),
  u2: fc.nat(65_535),
  u4: fc.nat(0xffff_ffff),
  u8: fc.bigInt(0n, 2n ** 64n - 1n),
  f4: fc.float(),
  f8: fc.double(),
} as const

/** A field with a column for it, both of random kind: its code and shape, and a function from rows to columns. */
interface AnyField {
  readonly code: string
  readonly shape: number[]
  readonly column: (rows: number) => fc.Arbitrary<Column>
}

const numeric = fc
  .record({
    code: fc.constantFrom(...(Object.keys(CLASSES) as Code[])),
    shape: fc.oneof(
      fc.constant<number[]>([]),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
    ),
    plain: fc.boolean(),
  })
  .map(({ code, shape, plain }): AnyField => {
    const count = shape.reduce((product, dimension) => product * dimension, 1)
    const column = (rows: number): fc.Arbitrary<Column> =>
      fc.array<number | bigint>(elements[code], { minLength: rows * count, maxLength: rows * count }).map((values) => {
        const array = (CLASSES[code] as { from(values: unknown): ArrayLike<number | bigint> }).from(
          values,
        ) as Float64Array
        const bytes = new Uint8Array(array.buffer)
        const cellBytes = bytes.length / rows
        const cells = Array.from({ length: rows }, (_, row) => bytes.subarray(row * cellBytes, (row + 1) * cellBytes))
        const perRow = Array.from({ length: rows }, (_, row) => values.slice(row * count, (row + 1) * count))
        return { input: plain ? (shape.length === 0 ? values : perRow) : array, cells }
      })
    return { code, shape, column }
  })
const bool = fc.boolean().map((plain): AnyField => ({
  code: '?',
  shape: [],
  column: (rows) =>
    fc.array(fc.boolean(), { minLength: rows, maxLength: rows }).map((values) => ({
      input: plain ? values : Uint8Array.from(values, Number),
      cells: values.map((value) => Uint8Array.of(Number(value))),
    })),
}))
const bytes = fc
  .record({ kind: fc.constantFrom('S', 'V'), size: fc.integer({ min: 1, max: 20 }) })
  .map(({ kind, size }): AnyField => ({
    code: `${kind}${size}`,
    shape: [],
    column: (rows) =>
      fc
        .array(fc.uint8Array({ maxLength: size }), { minLength: rows, maxLength: rows })
        .map((input) => ({ input, cells: input.map((each) => padded(each, size)) })),
  }))

function padded(cell: Uint8Array, size: number): Uint8Array {
  const all = new Uint8Array(size)
  all.set(cell)
  return all
}

const scenario = fc
  .record({
    fields: fc.array(fc.oneof(numeric, bool, bytes), { minLength: 1, maxLength: 6 }),
    rows: fc.integer({ min: 1, max: 12 }),
  })
  .chain(({ fields, rows }) =>
    fc.record({
      fields: fc.constant(fields),
      rows: fc.constant(rows),
      columns: fc.tuple(...fields.map(({ column }) => column(rows))),
      valid: fc.tuple(...fields.map(() => fc.array(fc.boolean(), { minLength: rows, maxLength: rows }))),
    }),
  )

/** The bytes of every cell of a batch, and whether it is valid. */
function cellsOf(batch: Batch, names: readonly string[]): [bytes: string, valid: number][][] {
  return names.map((name) =>
    Array.from({ length: batch.length }, (_, row) => [cellHex(batch.columns[name], row), batch.valid[name]![row]!]),
  )
}

function cellHex(column: unknown, row: number): string {
  if (hasBytes(column)) return Buffer.from(column.bytes(row)).toString('hex')
  const cell = hasRows(column) ? column.row(row) : typedCell(column, row)
  return Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength).toString('hex')
}

function typedCell(column: unknown, row: number): Uint8Array {
  const array = ArrayBuffer.isView(column) ? column : (column as { toArray(): NodeJS.TypedArray }).toArray()
  return (array as Uint8Array).subarray(row, row + 1)
}

const hasBytes = (column: unknown): column is { bytes(row: number): Uint8Array } =>
  typeof (column as { bytes?: unknown }).bytes === 'function'
const hasRows = (column: unknown): column is { row(row: number): Uint8Array } =>
  typeof (column as { row?: unknown }).row === 'function'

describe.each(['columns', 'rows'] as const)(
  'what is written with a dtype reads back identical with it: %s',
  (layout) => {
    test('random schemas and values, some cells left out', async () => {
      const property = fc.asyncProperty(scenario, async ({ fields, rows, columns, valid }) => {
        const names = fields.map((_, index) => `f${index}`)
        const schema: Dtype = dtype(
          fields.map(({ code, shape }, index) => [names[index]!, code, shape] as [string, string, number[]]),
        )
        const byName = <T>(values: readonly T[]): Record<string, T> =>
          Object.fromEntries(values.map((value, index) => [names[index]!, value]))
        const set = freshSet()
        const keys = keysOf(set, rows)
        const written = await cluster.client.batchWrite(keys, {
          dtype: schema,
          columns: byName(columns.map(({ input }) => input)) as never,
          valid: byName(valid),
        })
        const hasCell = keys.map((_, row) => valid.some((mask) => mask[row]))
        expect([...written.resultCodes]).toEqual(hasCell.map((has) => (has ? 0 : -2)))
        expect([...written.gen]).toEqual(hasCell.map(Number))
        expect(written.ok).toBe(hasCell.filter(Boolean).length)

        const batch = await cluster.client.batchRead(keys, { dtype: schema, layout })
        const expected = columns.map(({ cells }, index) =>
          cells.map((cell, row) => {
            const there = valid[index]![row]! ? 1 : 0
            return [Buffer.from(there ? cell : new Uint8Array(cell.length)).toString('hex'), there]
          }),
        )
        expect(cellsOf(batch, names)).toEqual(expected)

        // The batch itself is a source too, and so are its columns.
        const copies = keysOf(freshSet(), rows)
        await cluster.client.batchWrite(copies, batch)
        expect(cellsOf(await cluster.client.batchRead(copies, { dtype: schema, layout }), names)).toEqual(expected)
        const again = keysOf(freshSet(), rows)
        await cluster.client.batchWrite(again, { dtype: schema, columns: batch.columns, valid: batch.valid })
        expect(cellsOf(await cluster.client.batchRead(again, { dtype: schema, layout }), names)).toEqual(expected)
      })
      await expect(fc.assert(property, { numRuns: 100 })).resolves.toBeUndefined()
    })
  },
)

describe.skipIf(!hasOfficial)('the official client reads what a person expects', () => {
  let theirs: typeof Aerospike
  let official: Aerospike.Client
  /** Their types do not agree with each other where optional properties are exact. */
  const theirKey = (set: string, id: number): Aerospike.Key & Aerospike.KeyOptions =>
    new theirs.Key('test', set, id) as Aerospike.Key & Aerospike.KeyOptions
  beforeAll(async () => {
    theirs = await loadOfficial()
    official = await theirs.connect({ hosts: cluster.hosts, log: { level: theirs.log.OFF } })
  })
  afterAll(() => official.close())

  test('every kind of field', async () => {
    const set = freshSet()
    const schema = dtype({ i: 'i2', n: 'i8', u: 'u1', f: 'f4', d: 'f8', b: '?', s: 'S8', v: 'V4', e: ['f4', 2] })
    await cluster.client.batchWrite(keysOf(set, 2), {
      dtype: schema,
      columns: {
        i: [-5, 7],
        n: [2n ** 62n, -1],
        u: Uint8Array.of(200, 0),
        f: [0.5, 1],
        d: Float64Array.of(20, -0.1),
        b: [true, false],
        s: ['Grüße', ''],
        v: [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(9)],
        e: Float32Array.of(1, 2, 3, 4),
      },
      policy: { ttl: 1000, sendKey: true },
    })
    const read = async (row: number): Promise<Aerospike.AerospikeRecord> => official.get(theirKey(set, row))
    const first = await read(0)
    expect(first.bins).toEqual({
      i: -5,
      n: 2n ** 62n,
      u: 200,
      f: 0.5,
      d: 20,
      b: true,
      s: 'Grüße',
      v: Buffer.of(1, 2, 3, 4),
      e: Buffer.from(Float32Array.of(1, 2).buffer),
    })
    expect(first.ttl).toBeCloseTo(1000, -2)
    expect((await read(1)).bins).toMatchObject({ i: 7, n: -1, d: -0.1, b: false, s: '', v: Buffer.of(9, 0, 0, 0) })
    // Whole numbers of a float field are Doubles: adding a half to an Int would be refused.
    await official.operate(theirKey(set, 0), [theirs.operations.incr('d', new theirs.Double(0.5) as never)])
    expect((await read(0)).bins['d']).toBe(20.5)
  })
})

describe.each(doors)('through the %s door', (_, door) => {
  const sensor = dtype({ temperature: 'f8', name: 'S4', embedding: ['f4', 2] })
  const write = async (keys: unknown, ...args: unknown[]): Promise<BatchWriteResult> =>
    (await door(cluster.client, 'batchWrite', keys, ...args)) as BatchWriteResult

  test('cells that are null are left out, and records keep what they have', async () => {
    const keys = keysOf(freshSet(), 3)
    await cluster.client.put(keys[1]!, { temperature: double(1), other: 'kept' })
    const { resultCodes, gen, ok, failures, length } = await write(keys, {
      dtype: sensor,
      columns: { temperature: [20, undefined, null], name: ['a', 'b', null], embedding: [[1, 2], null, null] },
    })
    expect({ length, ok }).toEqual({ length: 3, ok: 2 })
    expect(failures).toMatchObject([{ code: -2, rows: Uint32Array.of(2) }])
    expect([...resultCodes]).toEqual([0, 0, -2])
    expect([...gen]).toEqual([1, 2, 0])
    expect((await cluster.client.get(keys[1]!))!.bins).toEqual({ temperature: 1, name: 'b', other: 'kept' })
    expect(await cluster.client.exists(keys[2]!)).toBe(false)
  })

  test('packed keys, policies, rows that fail', async () => {
    const set = freshSet()
    const keys = keyList('test', set, ['a', 'b', 'c'])
    await cluster.client.put(['test', set, 'b'], { temperature: double(1) })
    const result = await write(keys, {
      dtype: dtype({ temperature: 'f8' }),
      columns: { temperature: [1, 2, 3] },
      policy: { exists: 'create' },
    })
    expect([...result.resultCodes]).toEqual([0, 5, 0])
    expect(result.ok).toBe(2)
    const mixed = await write(
      [
        ['test', set, 'x'],
        ['nowhere', set, 'x'],
      ] as Key[],
      {
        dtype: dtype({ temperature: 'f8' }),
        columns: { temperature: [1, 2] },
      },
    )
    expect([...mixed.resultCodes]).toEqual([0, 20])
    expect(mixed.failures[0]).toMatchObject({ code: 20, rows: Uint32Array.of(1) })
  })

  test('no keys, and a signal that was aborted', async () => {
    expect(await write([], { dtype: sensor, columns: { temperature: [], name: [], embedding: [] } })).toMatchObject({
      length: 0,
      ok: 0,
    })
    const reason = new Error('not now')
    const columns = { temperature: [1], name: ['a'], embedding: [[1, 2]] }
    await expect(write(keysOf('s', 1), { dtype: sensor, columns, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
  })

  const good = {
    temperature: [1, 2],
    name: ['a', 'b'],
    embedding: [
      [1, 2],
      [3, 4],
    ],
  }
  test.each([
    ['no dtype', { columns: good }, 'options.dtype must be what dtype() returns, not undefined'],
    ['no columns', { dtype: sensor }, 'options.columns must be an object with a column per field, not undefined'],
    [
      'a column too few',
      { columns: { temperature: [1, 2] } },
      'options.columns.name is missing: every field has a column',
    ],
    [
      'a column too many',
      { columns: { ...good, x: [1, 2] } },
      'options.columns: the dtype has no field "x"; it has temperature, name or embedding',
    ],
    [
      'too few values',
      { columns: { ...good, temperature: [1] } },
      'options.columns.temperature has 1 values, and 2 keys need 2',
    ],
    [
      'too few flat values',
      { columns: { ...good, embedding: new Float32Array(3) } },
      'options.columns.embedding has 3 values, and 2 keys of f4[2] need 4',
    ],
    [
      'a short sub-array',
      { columns: { ...good, embedding: [[1, 2], [3]] } },
      'options.columns.embedding[1] has 1 values, and f4[2] needs 2',
    ],
    [
      'no column',
      { columns: { ...good, temperature: 5 } },
      'options.columns.temperature must be a typed array or an array of 2 values for f8, not the number 5',
    ],
    [
      'a text for a number',
      { columns: { ...good, temperature: [1, '2'] } },
      'options.columns.temperature[1] must be a number, not the string "2"',
    ],
    [
      'a flat array of another class',
      { columns: { ...good, embedding: new Float64Array(4) } },
      'options.columns.embedding must be a flat Float32Array or an array, not a Float64Array',
    ],
    [
      'a number for a text',
      { columns: { ...good, name: ['a', 5] } },
      'options.columns.name[1] must be a string or a Uint8Array for S4, not the number 5',
    ],
    [
      'too long a text',
      { columns: { ...good, name: ['a', 'Grüße'] } },
      'options.columns.name[1] has 7 bytes, at most 4 fit into S4',
    ],
    [
      'half a character',
      { columns: { ...good, name: ['a', '\ud800'] } },
      'options.columns.name[1] has a lone surrogate, which UTF-8 cannot hold',
    ],
    [
      'too large a number',
      {
        columns: {
          ...good,
          embedding: [
            [1, 2],
            [3, 1e39],
          ],
        },
      },
      'options.columns.embedding[1][1] is too large for f4: the number 1e+39',
    ],
    ['a mask for no field', { columns: good, valid: { x: [1, 1] } }, 'options.valid: the dtype has no field "x"'],
    [
      'a short mask',
      { columns: good, valid: { name: [true] } },
      'options.valid.name has 1 elements, and there are 2 keys',
    ],
    [
      'no mask',
      { columns: good, valid: { name: 1 } },
      'options.valid.name must be a Uint8Array or an array of booleans, not the number 1',
    ],
    [
      'generations',
      { columns: good, policy: { generation: 1, generationPolicy: 'eq' } },
      'policy.generationPolicy does not fit a batch write',
    ],
  ])('%s is refused', async (__, options, message) => {
    const all =
      'columns' in options && !message.includes('options.dtype must') ? { dtype: sensor, ...options } : options
    await expect(write(keysOf('s', 2), all)).rejects.toThrow(message)
  })

  test.each([
    ['i1', 128, 'column[0] must be an integer from -128 to 127 for i1, not the number 128'],
    ['u1', -1, 'column[0] must be an integer from 0 to 255 for u1, not the number -1'],
    ['i4', 0.5, 'column[0] must be an integer from -2147483648 to 2147483647 for i4, not the number 0.5'],
    ['i8', 2 ** 53, 'column[0] must be a bigint or a safe integer for i8, not the number 9007199254740992'],
    ['u8', -1n, 'column[0] must be from 0 to 18446744073709551615 for u8, not the bigint -1n'],
    ['f8', 1n, 'column[0] must be a number, not the bigint 1n'],
    ['f2', 70_000, 'column[0] is too large for f2: the number 70000'],
    ['?', 2, 'column[0] must be true, false, 1 or 0, not the number 2'],
    ['V2', 'ab', 'column[0] must be a Uint8Array for V2, not the string "ab"'],
  ])('a value that does not fit %s is refused', async (code, value, message) => {
    const writing = write(keysOf('s', 1), { dtype: dtype({ column: code }) as Dtype, columns: { column: [value] } })
    await expect(writing).rejects.toThrow(`options.columns.${message}`)
  })

  test('another number of keys than rows in the batch', async () => {
    const batch = await cluster.client.batchRead(keysOf('s', 2), { dtype: sensor })
    await expect(write(keysOf('s', 3), batch)).rejects.toThrow('the batch has 2 rows, and there are 3 keys')
    await expect(write(keysOf('s', 2), batch, { dtype: sensor })).rejects.toThrow('options has no option "dtype"')
  })
})
