import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, ConversionError, type Key, type OnLoss, dtype, keyList } from '../src/index.js'
import type { Memory } from '../src/columns/memory.js'
import type { Field, Layout } from '../src/kinds/kinds.js'
import { field, layOut } from './support/layout.js'
import { type Bin, type Cell, convert, settle, toPut } from './support/oracle.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

const INT64 = 2n ** 63n
const edges = [
  0n,
  1n,
  -1n,
  127n,
  128n,
  255n,
  256n,
  32_767n,
  65_504n,
  65_520n,
  2n ** 24n + 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n + 1n,
  INT64 - 1n,
  -INT64,
]
const doubles = [
  0,
  -0,
  0.5,
  -1.5,
  65_504,
  65_519.9,
  65_520,
  3.4e38,
  3.5e38,
  2.98e-8,
  1e-45,
  5e-324,
  2 ** 63,
  -(2 ** 63),
  2 ** 53,
  1e300,
  Number.NaN,
  Infinity,
  -Infinity,
]

const int: fc.Arbitrary<Bin> = fc
  .oneof(fc.constantFrom(...edges), fc.bigInt(-300n, 300n), fc.bigInt(-INT64, INT64 - 1n))
  .map((value) => ({ type: 'int', value }))
const float: fc.Arbitrary<Bin> = fc
  .oneof(
    fc.constantFrom(...doubles),
    fc.double({ min: -70_000, max: 70_000, noNaN: true }),
    fc.integer({ min: -300, max: 300 }),
    fc.double({ noNaN: true }),
  )
  .map((value) => ({ type: 'double', value }))
const bool: fc.Arbitrary<Bin> = fc.boolean().map((value) => ({ type: 'bool', value }))
const text: fc.Arbitrary<Bin> = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((value) => ({ type: 'string', value }))
const blob: fc.Arbitrary<Bin> = fc.uint8Array({ maxLength: 24 }).map((value) => ({ type: 'blob', value }))
const map: fc.Arbitrary<Bin> = fc.constant({ type: 'map', value: { a: { type: 'int', value: 1n } } })

const number = fc.oneof({ weight: 6, arbitrary: int }, { weight: 3, arbitrary: float })

/** A list that has a chance to fit the shape: flat, nested, of another length, or with something else among the numbers. */
function listFor(shape: readonly number[]): fc.Arbitrary<Bin> {
  const count = shape.reduce((product, dimension) => product * dimension, 1)
  const flat = fc.array(number, { minLength: count, maxLength: count })
  const any = fc.array(fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: fc.oneof(bool, text) }), {
    maxLength: count + 1,
  })
  return fc
    .oneof(
      flat,
      any,
      flat.map((items) => nested(items, shape)),
    )
    .map((value) => ({ type: 'list', value }))
}

function nested(items: Bin[], shape: readonly number[]): Bin[] {
  const [length = 0, ...inner] = shape
  if (inner.length === 0) return items
  const size = items.length / length
  return Array.from({ length }, (_, part) => ({
    type: 'list',
    value: nested(items.slice(part * size, (part + 1) * size), inner),
  }))
}

interface Column {
  field: Field
  cells: (Bin | undefined)[]
}

const scalarCode = fc.constantFrom(
  'i1',
  'i2',
  'i4',
  'i8',
  'u1',
  'u2',
  'u4',
  'u8',
  'f2',
  'f4',
  'f8',
  '?',
  'S1',
  'S5',
  'V1',
  'V9',
)
const arrayCode = fc.constantFrom('i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', '?')
const arrayShape = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 1 }),
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 3 }),
)

function column(rows: number): fc.Arbitrary<Column> {
  const any = fc.oneof(int, float, bool, text, blob, map)
  const scalar = fc.record({
    field: scalarCode.map((code) => field('', code)),
    cells: fc.array(fc.option(any, { nil: undefined, freq: 8 }), { minLength: rows, maxLength: rows }),
  })
  const array = fc.tuple(arrayCode, arrayShape).chain(([code, shape]) =>
    fc.record({
      field: fc.constant(field('', code, shape)),
      cells: fc.array(
        fc.option(fc.oneof({ weight: 4, arbitrary: listFor(shape) }, { weight: 1, arbitrary: any }), {
          nil: undefined,
          freq: 8,
        }),
        {
          minLength: rows,
          maxLength: rows,
        },
      ),
    }),
  )
  return fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: array })
}

/** Fields with the bins of every row, some of them absent. */
const table = fc.integer({ min: 1, max: 12 }).chain((rows) =>
  fc.array(column(rows), { minLength: 1, maxLength: 8 }).map((columns) => ({
    rows,
    columns: columns.map(({ field: of, cells }, index) => ({ field: { ...of, name: `bin_${index}` }, cells })),
  })),
)

async function write(set: string, rows: number, columns: Column[]): Promise<Key[]> {
  const keys = Array.from({ length: rows }, (_, row): Key => ['test', set, row])
  await Promise.all(
    keys.map((key, row) => {
      // A bin beside the schema: a record needs one, and bins that are not asked for are skipped.
      const bins: Record<string, unknown> = { other: 'x' }
      for (const { field: of, cells } of columns) if (cells[row] !== undefined) bins[of.name] = toPut(cells[row])
      return cluster.client.put(key, bins)
    }),
  )
  return keys
}

function schemaOf(columns: Column[]) {
  return dtype(
    columns.map(
      ({ field: { name, kind, itemsize, shape } }) =>
        [name, kind === 'S' || kind === 'V' ? `${kind}${itemsize}` : kind, shape] as const,
    ),
  )
}

/** The cells of a column as the buffer has them. */
function cellBytes(memory: Memory, index: number, row: number): Uint8Array {
  const { itemsize, count } = memory.fields[index]!
  return new Uint8Array(memory.buffer, memory.at.offsets[index]! + row * memory.at.strides[index]!, itemsize * count)
}

function memoryOf(batch: Batch, fields: Field[], align: boolean): Memory {
  const { buffer, length, layout } = batch
  return { buffer, length, fields, layout, align, at: layOut(fields, length, layout, align) }
}

function expectCells(batch: Batch, columns: Column[], onLoss: OnLoss, align: boolean): void {
  const memory = memoryOf(
    batch,
    columns.map((each) => each.field),
    align,
  )
  columns.forEach(({ field: of, cells }, index) => {
    const counts = { missing: 0, lossy: 0, mismatched: 0 }
    cells.forEach((bin, row) => {
      const cell = bin === undefined ? undefined : convert(of, bin)
      const expected =
        cell === undefined ? { bytes: new Uint8Array(of.itemsize * of.count), valid: 0 } : settle(cell, onLoss)
      const found = { bytes: Uint8Array.from(cellBytes(memory, index, row)), valid: batch.valid[of.name]![row] }
      expect({ bin, code: of.descr, ...found }).toEqual({
        bin,
        code: of.descr,
        bytes: Uint8Array.from(expected.bytes),
        valid: expected.valid,
      })
      if (cell === undefined) counts.missing++
      else if (cell.outcome !== 'exact') counts[cell.outcome]++
    })
    expect({ [of.descr]: batch.conversions[of.name] }).toEqual({ [of.descr]: counts })
  })
}

/** The first cell in row order, then field order, that did not survive. */
function firstLoss(
  rows: number,
  columns: Column[],
): { row: number; field: string; reason: Cell['outcome'] } | undefined {
  for (let row = 0; row < rows; row++) {
    for (const { field: of, cells } of columns) {
      const bin = cells[row]
      const outcome = bin === undefined ? 'exact' : convert(of, bin).outcome
      if (outcome !== 'exact') return { row, field: of.name, reason: outcome }
    }
  }
  return undefined
}

async function expectThrow(keys: Key[], columns: Column[], layout: Layout, align: boolean): Promise<void> {
  const loss = firstLoss(keys.length, columns)
  const read = cluster.client.batchRead(keys, { dtype: schemaOf(columns), layout, align, onLoss: 'throw' })
  if (loss === undefined) {
    expectCells(await read, columns, 'throw', align)
    return
  }
  const error: unknown = await read.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConversionError)
  expect(error).toMatchObject({ ...loss, key: keys[loss.row] })
  expectCells((error as ConversionError).batch, columns, 'throw', align)
}

const layouts = [
  ['columns', false],
  ['rows', false],
  ['rows', true],
] as const

describe('conversions', () => {
  test('any schema, records and layout: cell for cell as the table says', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, columns }) => {
        const keys = await write(freshSet(), rows, columns)
        const schema = schemaOf(columns)
        for (const [layout, align] of layouts) {
          for (const onLoss of ['allow', 'null'] as const) {
            const batch = await cluster.client.batchRead(keys, { dtype: schema, layout, align, onLoss })
            expect([...batch.resultCodes]).toEqual(keys.map(() => 0))
            expectCells(batch, columns, onLoss, align)
          }
          await expectThrow(keys, columns, layout, align)
        }
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  test('the error of onLoss: throw says where, what and what else to do', async () => {
    const set = freshSet()
    await cluster.client.put(['test', set, 'a'], { n: 5, s: 'x' })
    await cluster.client.put(['test', set, 'b'], { n: 300, s: 'x' })
    await cluster.client.put(['test', set, 'c'], { n: 'text', s: 'x' })
    const keys = keyList('test', set, ['a', 'b', 'c'])
    const read = cluster.client.batchRead(keys, { dtype: dtype({ n: 'u1' }), onLoss: 'throw' })
    const error = (await read.catch((thrown: unknown) => thrown)) as ConversionError
    expect(error).toMatchObject({
      name: 'ConversionError',
      code: 'ERR_AEROSTRIDE_CONVERSION',
      row: 1,
      key: ['test', set, 'b'],
      field: 'n',
      binType: 'Int',
      value: '300',
      reason: 'lossy',
      message: `row 1, key [test, ${set}, b], bin "n": the Int 300 does not fit without loss into u1; use another dtype, or onLoss 'allow' or 'null'`,
    })
    expect([...(error.batch.columns['n'] as unknown as Uint8Array)]).toEqual([5, 44, 0])
    const mismatch = cluster.client.batchRead([['test', set, 'c']], { dtype: dtype({ n: 'f4' }), onLoss: 'throw' })
    await expect(mismatch).rejects.toThrow(
      `row 0, key [test, ${set}, c], bin "n": the String "text" (4 bytes) cannot become f4; use another dtype, or onLoss 'allow' or 'null'`,
    )
  })
})
