import * as arrow from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch } from '../src/batch/batch.js'
import type { Key } from '../src/keys/key.js'
import type { Memory } from '../src/columns/memory.js'
import type { Field, Layout } from '../src/kinds/kinds.js'
import { batchOf, field, memoryOf, writeCell } from './support/layout.js'

/** A batch whose cells are given as bytes, and `null` where they are not valid. */
function filled(fields: Field[], rows: (Uint8Array | null)[][], layout: Layout = 'columns', align = false): Memory {
  const memory = memoryOf(fields, rows.length, layout, align)
  rows.forEach((cells, row) =>
    cells.forEach((cell, index) => {
      if (cell !== null) writeCell(memory, row, index, cell)
    }),
  )
  return memory
}

function setCodes(memory: Memory, codes: number[]): void {
  new Int32Array(memory.buffer, memory.at.resultCodes, memory.length).set(codes)
}

const NUMBERS = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']
const TYPE_NAMES = [
  'Int8',
  'Int16',
  'Int32',
  'Int64',
  'Uint8',
  'Uint16',
  'Uint32',
  'Uint64',
  'Float16',
  'Float32',
  'Float64',
]

/** The bytes that a column's values are in, whichever depth of lists they are at. */
function valuesOf(vector: arrow.Vector): ArrayBufferView {
  let data = vector.data[0] as arrow.Data
  while (data.children.length > 0) data = data.children[0] as arrow.Data
  return data.values as ArrayBufferView
}

describe('types', () => {
  test('numbers keep theirs, and the others have the ones that their readers expect', () => {
    const fields = [
      ...NUMBERS.map((code) => field(code, code)),
      field('flag', '?'),
      field('name', 'S5'),
      field('raw', 'V3'),
      field('vector', 'f4', [3]),
      field('matrix', 'i8', [2, 3]),
      field('bits', '?', [9]),
    ]
    const table = batchOf(memoryOf(fields, 2, 'columns')).toArrow()
    expect(table.schema.fields.map((each) => each.toString().replace(/^.*: /, ''))).toEqual([
      ...TYPE_NAMES,
      'Bool',
      'Utf8',
      'FixedSizeBinary[3]',
      'FixedSizeList[3]<Float32>',
      'FixedSizeList[2]<FixedSizeList[3]<Int64>>',
      'FixedSizeList[9]<Bool>',
    ])
    expect(table.schema.fields.every(({ nullable }) => nullable)).toBe(true)
    expect([table.numRows, table.batches.length]).toEqual([2, 1])
  })
})

describe('what is shared', () => {
  const fields = [...NUMBERS.map((code) => field(code, code)), field('raw', 'V3'), field('m', 'f2', [2, 3])]

  test('the columns are views of the batch’s buffer', () => {
    const memory = memoryOf(fields, 5, 'columns')
    const batch = batchOf(memory)
    const table = batch.toArrow({ gen: true, ttl: true, resultCode: true })
    for (const { name } of table.schema.fields) {
      expect(valuesOf(table.getChild(name)!).buffer).toBe(batch.buffer)
    }
    fields.forEach(({ name, itemsize, count }, index) => {
      const { byteOffset, byteLength } = valuesOf(table.getChild(name)!)
      expect([byteOffset, byteLength]).toEqual([memory.at.offsets[index], itemsize * count * 5])
    })
    expect(table.getChild('f8')!.toArray().buffer).toBe(batch.buffer)
  })

  test('a value written into the buffer is seen by the table', () => {
    const batch = batchOf(filled([field('x', 'f8')], [[new Uint8Array(8)]]))
    const table = batch.toArrow()
    new Float64Array(batch.buffer)[0] = 4.5
    expect(table.getChild('x')!.get(0)).toBe(4.5)
  })

  test('the rows layout has copies', () => {
    const batch = batchOf(memoryOf(fields, 5, 'rows'))
    const table = batch.toArrow()
    for (const { name } of fields) expect(valuesOf(table.getChild(name)!).buffer).not.toBe(batch.buffer)
  })

  test('a batch whose memory was given away has no table', () => {
    const batch = batchOf(memoryOf([field('x', 'f8')], 1, 'columns'))
    structuredClone(batch.buffer, { transfer: [batch.buffer] })
    expect(() => batch.toArrow()).toThrow(expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' }))
  })
})

describe('nulls', () => {
  test('are where valid is 0, counted, and without a bitmap where there are none', () => {
    const one = Uint8Array.of(1)
    const rows = Array.from({ length: 20 }, (_, row) => [row % 3 === 0 ? null : one, one])
    const table = batchOf(filled([field('some', 'u1'), field('all', 'u1')], rows)).toArrow()
    const [some, all] = [table.getChild('some')!, table.getChild('all')!]
    expect([some.nullCount, all.nullCount]).toEqual([7, 0])
    expect(some.toJSON()).toEqual(rows.map(([cell]) => (cell === null ? null : 1)))
    expect(all.data[0]!.nullBitmap?.length ?? 0).toBe(0)
  })
})

const codes = fc.constantFrom(...NUMBERS, '?', 'S1', 'S5', 'V4', 'V40')
const shapes = fc.oneof(
  fc.constant<number[]>([]),
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
)

const schemas = fc
  .array(fc.tuple(codes, shapes), { minLength: 1, maxLength: 6 })
  .map((list) => list.map(([code, shape], index) => field(`f${index}`, code, /^[SV]/.test(code) ? [] : shape)))

/** Any bytes are some value, but for booleans, and few random bytes are text. */
function cellsFor({ kind, itemsize, count, shape }: Field): fc.Arbitrary<Uint8Array> {
  const size = itemsize * count
  if (kind === '?' && shape.length === 0) return fc.constantFrom(Uint8Array.of(0), Uint8Array.of(1))
  const bytes = fc.uint8Array({ minLength: size, maxLength: size })
  return kind === 'S' ? fc.oneof(bytes, texts(size)) : bytes
}

function texts(size: number): fc.Arbitrary<Uint8Array> {
  return fc.string({ unit: 'grapheme', maxLength: size }).map((text) => {
    const cell = new Uint8Array(size)
    cell.set(Buffer.from(text).subarray(0, size))
    return cell
  })
}

const memories = fc
  .tuple(schemas, fc.constantFrom<Layout>('columns', 'rows'), fc.boolean(), fc.integer({ min: 0, max: 20 }))
  .chain(([fields, layout, align, length]) =>
    fc
      .array(fc.tuple(...fields.map((each) => fc.option(cellsFor(each)))), { minLength: length, maxLength: length })
      .map((rows) => filled(fields, rows, layout, align)),
  )

/** What Arrow gives for a cell, in the form in which a row of a batch has it. */
function plain(value: unknown): unknown {
  return value instanceof arrow.Vector ? Array.from(value, plain).flat() : value
}

function expected(batch: Batch, row: number, name: string, { kind, shape }: Field): unknown {
  if (batch.valid[name]![row] === 0) return null
  const cell = batch.at(row)[name]
  if (shape.length === 0) return cell
  return Array.from(cell as unknown as Iterable<unknown>, (each) => (kind === '?' ? each !== 0 : each))
}

function expectEqual(table: arrow.Table, batch: Batch, fields: readonly Field[]): void {
  for (const each of fields) {
    const column = table.getChild(each.name)!
    const wanted = Array.from({ length: batch.length }, (_, row) => expected(batch, row, each.name, each))
    expect(Array.from({ length: batch.length }, (_, row) => plain(column.get(row)))).toEqual(wanted)
    expect(column.nullCount).toBe(wanted.filter((value) => value === null).length)
  }
}

describe('any dtype, any bytes, either layout', () => {
  test('the table has what at() and valid have', () => {
    fc.assert(
      fc.property(memories, (memory) => {
        const batch = batchOf(memory)
        const table = batch.toArrow()
        expect(table.numRows).toBe(batch.length)
        expectEqual(table, batch, memory.fields)
      }),
      { numRuns: 300 },
    )
  })

  test('and so has the table that its IPC bytes are read back as', () => {
    fc.assert(
      fc.property(memories, fc.constantFrom<'stream' | 'file'>('stream', 'file'), (memory, format) => {
        const batch = batchOf(memory)
        const table = arrow.tableFromIPC(batch.toIPC({ format }))
        expectEqual(table, batch, memory.fields)
        expect(String(table.schema)).toBe(String(batch.toArrow().schema))
      }),
      { numRuns: 100 },
    )
  })
})

describe('text', () => {
  test.each(['columns', 'rows'] as const)('is UTF-8 whatever the cells hold, in the %s layout', (layout) => {
    const cells = ['c3', 'a9', 'ff61', 'c3a9c3', '61', ''].map((hex) => [
      Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(3)]).subarray(0, 3),
    ])
    const batch = batchOf(filled([field('s', 'S3')], cells, layout))
    const column = batch.toArrow().getChild('s')!
    expect([...column]).toEqual(['\ufffd', '\ufffd', '\ufffda', 'é', 'a', ''])
    expect([...column]).toEqual(batch.toObjects().map(({ s }) => s))
  })
})

describe('the other columns', () => {
  const memory = filled([field('x', 'u1')], [[Uint8Array.of(1)], [null], [Uint8Array.of(3)]])
  setCodes(memory, [0, 2, 0])
  new Uint32Array(memory.buffer, memory.at.gen).set([7, 0, 9])
  new Uint32Array(memory.buffer, memory.at.ttl).set([60, 0, 0xffff_ffff])

  test('are there when they are asked for, null where there is no record', () => {
    const table = batchOf(memory).toArrow({ key: true, gen: true, ttl: 'seconds', resultCode: true })
    expect(table.schema.names).toEqual(['x', 'key', 'gen', 'seconds', 'resultCode'])
    expect(table.toArray().map((row) => row.toJSON())).toEqual([
      { x: 1, key: 'k0', gen: 7, seconds: 60, resultCode: 0 },
      { x: null, key: 'k1', gen: null, seconds: null, resultCode: 2 },
      { x: 3, key: 'k2', gen: 9, seconds: 0xffff_ffff, resultCode: 0 },
    ])
    expect(batchOf(memory).toArrow({ key: false }).schema.names).toEqual(['x'])
  })

  test.each<[string, Key[2][], string, unknown[]]>([
    ['strings', ['a', 'ß', ''], 'Utf8', ['a', 'ß', '']],
    ['integers', [1, -5, 2n ** 62n], 'Int64', [1n, -5n, 2n ** 62n]],
    ['bytes', [Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)], 'Binary', [[1], [], [2, 3]]],
  ])('keys that are %s', (_, ids, type, values) => {
    const keys = ids.map((id): Key => ['test', 'demo', id])
    const column = batchOf(memory, keys).toArrow({ key: true }).getChild('key')!
    expect(String(column.type)).toBe(type)
    expect(Array.from(column, (value) => (value instanceof Uint8Array ? [...value] : value))).toEqual(values)
  })

  test('the field of keys that are digests says so, and no other', () => {
    const keys = [1, 2, 3].map((byte): Key => ['test', 'demo', { digest: new Uint8Array(20).fill(byte) }])
    const table = arrow.tableFromIPC(batchOf(memory, keys).toIPC({ key: 'id', gen: true }))
    expect(table.schema.fields.map(({ name, metadata }) => [name, [...metadata]])).toEqual([
      ['x', []],
      ['id', [['aerostride:keys', 'digest']]],
      ['gen', []],
    ])
    const bytes = batchOf(
      memory,
      [1, 2, 3].map((byte): Key => ['test', 'demo', Uint8Array.of(byte)]),
    )
    expect(bytes.toArrow({ key: true }).schema.fields.map(({ metadata }) => metadata.size)).toEqual([0, 0])
  })

  test('keys of no rows', () => {
    const table = batchOf(memoryOf([field('x', 'u1')], 0, 'columns')).toArrow({ key: true })
    expect([table.numRows, String(table.getChild('key')!.type)]).toEqual([0, 'Utf8'])
  })

  test('keys of several types are an error', () => {
    const keys = ['a', 1, 'b'].map((id): Key => ['test', 'demo', id])
    expect(() => batchOf(memory, keys).toArrow({ key: true })).toThrow('keys of several types, string or integer')
  })

  test('a name that a field has is an error, with the way out', () => {
    const batch = batchOf(memoryOf([field('key', 'u1'), field('a', 'u1')], 1, 'columns'))
    expect(() => batch.toArrow({ key: true })).toThrow("give another name, such as { key: 'record_key' }")
    expect(() => batch.toArrow({ gen: 'g', ttl: 'g' })).toThrow('options.ttl: there is a column "g" already')
    expect(batch.toArrow({ key: 'record_key' }).schema.names).toEqual(['key', 'a', 'record_key'])
  })
})

describe('options', () => {
  const batch = batchOf(memoryOf([field('x', 'u1')], 1, 'columns'))
  const wrong = (options: unknown) => () => batch.toIPC(options as never)

  test('are checked', () => {
    expect(wrong({ format: 'feather' })).toThrow(
      "options.format must be 'stream' or 'file', not the string \"feather\"",
    )
    expect(wrong({ keys: true })).toThrow('options has no option "keys"')
    expect(wrong({ gen: 1 })).toThrow('options.gen must be true, false or the name of the column, not the number 1')
    expect(wrong({ gen: '' })).toThrow('options.gen must not be empty')
    expect(wrong({ arrow: {} })).toThrow('options.arrow must be the module apache-arrow, not an object')
    expect(() => batch.toArrow({ format: 'file' } as never)).toThrow('options has no option "format"')
  })

  test('the table is made of the classes of the module that is given', () => {
    const table = batch.toArrow({ arrow })
    expect(Object.getPrototypeOf(table)).toBe(arrow.Table.prototype)
    expect(table.getChild('x')!.data[0]!.constructor).toBe(arrow.Data)
  })
})
