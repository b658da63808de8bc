import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, ConversionError, type Key, type OnLoss, type ValueColumn, dtype, keyList } from '../src/index.js'
import { createColumn } from '../src/columns/create.js'
import type { Memory } from '../src/columns/memory.js'
import { codeOf } from '../src/kinds/code.js'
import type { Field, Layout } from '../src/kinds/kinds.js'
import { field, filledMemory, layOut } from './support/layout.js'
import { type Bin, type Cell, TYPE_NAMES, convert, isVariable, settle, toPut, toValue } from './support/oracle.js'
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
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.integer({ min: 1, max: 300 }).map((size) => 'é'.repeat(size)),
  )
  .map((value) => ({ type: 'string', value }))
const blob: fc.Arbitrary<Bin> = fc.uint8Array({ maxLength: 24 }).map((value) => ({ type: 'blob', value }))
const map: fc.Arbitrary<Bin> = fc.constant({ type: 'map', value: { a: { type: 'int', value: 1n } } })

/** As a server has stored it: `HLL.init` with 4 bits. */
const hll: fc.Arbitrary<Bin> = fc.constant({
  type: 'hll',
  value: Uint8Array.from([0, 4, ...Array.from({ length: 21 }, () => 0)]),
})
const geojson: fc.Arbitrary<Bin> = fc
  .integer({ min: -90, max: 90 })
  .map((at) => ({ type: 'geojson', value: `{"type":"Point","coordinates":[${at}.0,1.5]}` }))

const number = fc.oneof({ weight: 6, arbitrary: int }, { weight: 3, arbitrary: float }, { weight: 1, arbitrary: bool })

/** A list that has a chance to fit the shape: flat, nested, of another length, or with something else among the numbers. */
function listFor(shape: readonly number[]): fc.Arbitrary<Bin> {
  const count = shape.reduce((product, dimension) => product * dimension, 1)
  const flat = fc.array(number, { minLength: count, maxLength: count })
  const any = fc.array(fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: text }), {
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

const variableCode = fc.oneof(
  fc.constantFrom('utf8', 'binary', 'any'),
  arrayCode.map((code) => `${code}[]`),
)
const dateCode = fc.constantFrom('s', 'ms', 'us', 'ns').map((unit) => `datetime64[${unit}]`)

function column(rows: number): fc.Arbitrary<Column> {
  const any = fc.oneof(int, float, bool, text, blob, map, hll, geojson, listFor([3]))
  const scalar = fc.record({
    field: fc.oneof(scalarCode, scalarCode, variableCode, dateCode).map((code) => field('', code)),
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
      for (const { field: of, cells } of columns) {
        const bin = cells[row]
        if (bin !== undefined && !isRaw(bin)) bins[of.name] = toPut(bin)
      }
      return cluster.client.put(key, bins)
    }),
  )
  for (const { field: of, cells } of columns) if (cells.some(isRaw)) await writeRaw(keys, of.name, cells)
  return keys
}

/** Whether `put` has no value that is stored as such a bin. */
const isRaw = (bin: Bin | undefined): bin is Bin & { type: 'hll' | 'geojson' } =>
  bin?.type === 'hll' || bin?.type === 'geojson'

/** Writes bins as servers store them. */
async function writeRaw(keys: Key[], name: string, cells: (Bin | undefined)[]): Promise<void> {
  const particles = cells.map((bin) => {
    if (!isRaw(bin)) return new Uint8Array(0)
    const header = bin.type === 'hll' ? [18] : [23, 0, 0, 0]
    return Buffer.concat([Uint8Array.from(header), Buffer.from(bin.value as string)])
  })
  // The cells of bytes, which are looked at as those of anything.
  const memory = filledMemory([field('bytes', 'binary')], [particles], 'columns')
  const values = createColumn({ ...memory, fields: [field(name, 'any')] }, 0) as ValueColumn
  const valid = Uint8Array.from(cells, (bin) => (isRaw(bin) ? 1 : 0))
  const written = await cluster.client.batchWrite(keys, {
    dtype: dtype([[name, 'any']]),
    columns: { [name]: values },
    valid: { [name]: valid },
  })
  expect([...written.resultCodes]).toEqual(cells.map((bin) => (isRaw(bin) ? 0 : -2)))
}

/** What cells without a value hold: half of the fields say it themselves, and the reads say it of the others. */
function blankOf({ kind }: Field): unknown {
  if (kind === 'M8') return 'NaT'
  if (kind === 'S') return 'x'
  if (kind === 'V') return Uint8Array.of(9)
  return kind.startsWith('f') ? Number.NaN : 1
}

function blankBytes(of: Field, isFilled: boolean): Uint8Array {
  const { kind, itemsize, count } = of
  if (isVariable(of)) return new Uint8Array(0)
  const cell = new Uint8Array(itemsize * count)
  if (!isFilled) return cell
  if (kind === 'S' || kind === 'V') return cell.fill(kind === 'S' ? 0x78 : 9, 0, 1)
  if (kind === 'M8') return cell.fill(0x80, 7, 8)
  const element = convert(
    { ...of, shape: [], count: 1 },
    kind.startsWith('f') ? { type: 'double', value: Number.NaN } : { type: 'int', value: 1n },
  )
  return Buffer.concat(Array.from({ length: count }, () => element.bytes))
}

function schemaOf(columns: Column[], isFilled: boolean) {
  return dtype(
    columns.map(({ field: of }, index) => {
      const code = of.kind === 'list' ? of.element! : codeOf({ ...of, shape: [] })
      const type = [code, of.kind === 'list' ? null : of.shape] as const
      const fill = isFilled && index % 2 === 0 && !isVariable(of) ? { fill: blankOf(of) as number } : {}
      return [of.name, { type, ...fill }] as const
    }),
  )
}

function fillOf(columns: Column[]): Record<string, unknown> {
  const others = columns.filter(({ field: of }, index) => index % 2 === 1 && !isVariable(of))
  return Object.fromEntries(others.map(({ field: of }) => [of.name, blankOf(of)]))
}

/** The cells of a column as the buffer has them; the values where they have any length. */
function cellBytes(batch: Batch, memory: Memory, index: number, row: number): Uint8Array {
  const of = memory.fields[index]!
  if (of.kind === 'any') return new Uint8Array(0)
  if (isVariable(of)) {
    const cells = batch.columns[of.name] as unknown as { bytes?(at: number): Uint8Array; row(at: number): Uint8Array }
    const value = cells.bytes?.(row) ?? cells.row(row)
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  const { itemsize, count } = memory.fields[index]!
  return new Uint8Array(memory.buffer, memory.at.offsets[index]! + row * memory.at.strides[index]!, itemsize * count)
}

function memoryOf(batch: Batch, fields: Field[], align: boolean): Memory {
  const { buffer, length, layout } = batch
  return { buffer, length, fields, layout, align, at: layOut(fields, length, layout, align) }
}

function expectCells(batch: Batch, columns: Column[], onLoss: OnLoss, align: boolean, isFilled: boolean): void {
  const memory = memoryOf(
    batch,
    columns.map((each) => each.field),
    align,
  )
  columns.forEach(({ field: of, cells }, index) => {
    const counts = { missing: 0, lossy: 0, mismatched: 0 }
    const types: Record<string, number> = {}
    const blank = blankBytes(of, isFilled)
    cells.forEach((bin, row) => {
      const cell = bin === undefined ? undefined : convert(of, bin)
      const expected = cell === undefined ? { bytes: blank, valid: 0 } : settle(cell, onLoss, blank)
      const found = { bytes: Uint8Array.from(cellBytes(batch, memory, index, row)), valid: batch.valid[of.name]![row] }
      expect({ bin, code: of.descr, ...found }).toEqual({
        bin,
        code: of.descr,
        bytes: Uint8Array.from(expected.bytes),
        valid: expected.valid,
      })
      const any = of.kind === 'any' ? batch.at(row)[of.name] : null
      expect(any).toStrictEqual(of.kind === 'any' && bin !== undefined ? toValue(bin) : null)
      if (cell === undefined) counts.missing++
      else if (cell.outcome !== 'exact') counts[cell.outcome]++
      if (cell?.outcome === 'mismatched') types[TYPE_NAMES[bin!.type]] = 1 + (types[TYPE_NAMES[bin!.type]] ?? 0)
    })
    const mismatched = counts.mismatched === 0 ? {} : { mismatchedTypes: types }
    expect({ [of.descr]: batch.conversions[of.name] }).toEqual({ [of.descr]: { ...counts, ...mismatched } })
    // The record of the last key does not exist.
    const last = {
      bytes: Uint8Array.from(cellBytes(batch, memory, index, cells.length)),
      valid: batch.valid[of.name]![cells.length],
    }
    expect(last).toEqual({ bytes: Uint8Array.from(blank), valid: 0 })
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
  const loss = firstLoss(keys.length - 1, columns)
  const read = cluster.client.batchRead(keys, { dtype: schemaOf(columns, false), layout, align, onLoss: 'throw' })
  if (loss === undefined) {
    expectCells(await read, columns, 'throw', align, false)
    return
  }
  const error: unknown = await read.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConversionError)
  expect(error).toMatchObject({ ...loss, key: keys[loss.row] })
  expectCells((error as ConversionError).batch, columns, 'throw', align, false)
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
        const set = freshSet()
        const written = await write(set, rows, columns)
        const keys: Key[] = [...written, ['test', set, 'nobody']]
        for (const [layout, align] of layouts) {
          for (const [onLoss, isFilled] of [
            ['allow', false],
            ['null', true],
          ] as const) {
            const fill = isFilled ? { fill: fillOf(columns) as never } : {}
            const options = { dtype: schemaOf(columns, isFilled), layout, align, onLoss, ...fill }
            const batch = await cluster.client.batchRead(keys, options)
            expect([...batch.resultCodes]).toEqual([...written.map(() => 0), 2])
            expectCells(batch, columns, onLoss, align, isFilled)
          }
          await expectThrow(keys, columns, layout, align)
        }
      }),
      { numRuns: 200 },
    )
  })

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
