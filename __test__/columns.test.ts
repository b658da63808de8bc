import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BytesColumn, StridedColumn, SubarrayColumn } from '../src/columns/column.js'
import { createColumn } from '../src/columns/create.js'
import { transfer } from '../src/columns/memory.js'
import type { Field } from '../src/kinds/kinds.js'
import { field, memoryOf, writeCell } from './support/layout.js'

function bytesColumn<K extends 'S' | 'V'>(
  code: string,
  cells: Uint8Array[],
  layout: 'columns' | 'rows' = 'columns',
): BytesColumn<K> {
  const memory = memoryOf([field('pad', 'u1'), field('b', code)], cells.length, layout)
  cells.forEach((cell, row) => writeCell(memory, row, 1, cell))
  return createColumn(memory, 1) as unknown as BytesColumn<K>
}

/** What a cell of n bytes holds of a text: the whole characters that fit. */
function fitting(text: string, bytes: number): string {
  let fits = ''
  for (const char of text) {
    if (Buffer.byteLength(fits + char) > bytes) break
    fits += char
  }
  return fits
}

describe.each(['columns', 'rows'] as const)('bytes in the %s layout', (layout) => {
  test('strings lose their padding, bytes keep it', () => {
    const column = bytesColumn<'S'>('S6', [Buffer.from('héllo'), Buffer.from(''), Buffer.from('ab')], layout)
    expect([...column]).toEqual(['héllo', '', 'ab'])
    expect(column.toArray()).toEqual(['héllo', '', 'ab'])
    expect(Buffer.from(column.bytes(2)).toString('hex')).toBe('616200000000')
    expect([column.at(-1), column.at(3), column.at(-4), column.get(0)]).toEqual(['ab', undefined, undefined, 'héllo'])
    expect([column.length, column.itemsize]).toEqual([3, 6])
  })

  test('V cells are views of all their bytes', () => {
    const column = bytesColumn<'V'>('V3', [Uint8Array.of(1, 0, 0), Uint8Array.of(4, 5, 6)], layout)
    expect(column.toArray()).toEqual([Uint8Array.of(1, 0, 0), Uint8Array.of(4, 5, 6)])
    column.get(0)[2] = 7
    expect(column.bytes(0)).toEqual(Uint8Array.of(1, 0, 7))
  })

  test('a character that was cut is dropped, whatever its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.integer({ min: 1, max: 12 }), (text, size) => {
        fc.pre(!text.includes('\0'))
        const column = bytesColumn<'S'>(`S${size}`, [Buffer.from(text).subarray(0, size)], layout)
        expect(column.get(0)).toBe(fitting(text, size))
      }),
    )
  })

  test('bytes that are no UTF-8 are shown as such, and are not taken for a cut character', () => {
    const texts = [
      [0x61, 0x62, 0xff],
      [0x80, 0x80, 0x80],
      [0x61, 0xc3, 0x00],
      [0xc3, 0xa9, 0xc0],
    ].map((cell) => Uint8Array.from(cell))
    expect(bytesColumn<'S'>('S3', texts, layout).toArray()).toEqual([
      'ab\ufffd',
      '\ufffd\ufffd\ufffd',
      'a\ufffd',
      'é\ufffd',
    ])
  })
})

describe('columns of the rows layout', () => {
  const fields: Field[] = [field('odd', 'u1'), field('x', 'f8'), field('n', 'i8'), field('flag', '?'), field('h', 'f2')]

  function memory() {
    const of = memoryOf(fields, 3, 'rows')
    ;[1.5, -0, Number.NaN].forEach((value, row) => writeCell(of, row, 1, new Uint8Array(Float64Array.of(value).buffer)))
    ;[1n, -(2n ** 63n), 7n].forEach((value, row) =>
      writeCell(of, row, 2, new Uint8Array(BigInt64Array.of(value).buffer)),
    )
    writeCell(of, 1, 3, Uint8Array.of(1))
    writeCell(of, 2, 4, Uint8Array.of(0x00, 0x3c))
    return of
  }

  test('give their values one by one, and as the array of the columns layout', () => {
    const x = createColumn(memory(), 1) as StridedColumn<number, Float64Array>
    expect([...x]).toEqual([1.5, -0, Number.NaN])
    expect(x.toArray()).toEqual(Float64Array.of(1.5, -0, Number.NaN))
    expect([x.get(0), x.at(-3), x.at(3), x.length, x.stride]).toEqual([1.5, 1.5, undefined, 3, 20])
    const others = [2, 3, 4].map((index) => createColumn(memory(), index) as StridedColumn)
    expect(others.map((column) => [...column])).toEqual([
      [1n, -(2n ** 63n), 7n],
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(others[0]!.toArray()).toBeInstanceOf(BigInt64Array)
    expect(others[1]!.toArray()).toBeInstanceOf(Uint8Array)
  })

  test.each([3, -1, 1.5, Number.NaN, '0'])('get(%s) is a RangeError', (row) => {
    const column = createColumn(memory(), 1) as StridedColumn
    expect(() => column.get(row as number)).toThrow(RangeError)
    expect(() => column.get(row as number)).toThrow(
      /^row must be an integer within the batch, not .*; rows are 0 to 2$/,
    )
  })
})

describe('sub-arrays', () => {
  const cells = [
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12],
  ].map((cell) => Float32Array.from(cell))

  function column(
    layout: 'columns' | 'rows',
    align = false,
    before: Field[] = [field('pad', 'u1')],
  ): SubarrayColumn<Float32Array<ArrayBuffer>> {
    const memory = memoryOf([...before, field('m', 'f4', [2, 3])], 2, layout, align)
    cells.forEach((cell, row) => writeCell(memory, row, before.length, new Uint8Array(cell.buffer)))
    return createColumn(memory, before.length) as SubarrayColumn<Float32Array<ArrayBuffer>>
  }

  test.each([
    ['columns', false],
    ['rows', false],
    ['rows', true],
  ] as const)('%s, align %s: rows, all rows, flat', (layout, align) => {
    const m = column(layout, align)
    expect(m.shape).toEqual([2, 3])
    expect(m.row(1)).toEqual(cells[1])
    expect([...m]).toEqual(cells)
    expect(m.toArray()).toEqual(cells)
    expect(m.flatten()).toEqual(Float32Array.from({ length: 12 }, (_, index) => index + 1))
    expect(m.at(-1)).toEqual(cells[1])
    expect(() => m.row(2)).toThrow(RangeError)
  })

  test('a row is a view where the address allows it', () => {
    for (const m of [column('columns'), column('rows', true), column('rows', false, [])]) {
      m.row(1)[0] = 100
      expect(m.row(1)[0]).toBe(100)
    }
    const packed = column('rows')
    packed.row(1)[0] = 100
    expect(packed.row(1)[0]).toBe(7)
  })

  test('data is the whole contiguous column, which packed records do not have', () => {
    const m = column('columns')
    m.data[11] = 100
    expect(m.row(1)[5]).toBe(100)
    expect(column('rows').data).toBeUndefined()
  })
})

test('a column whose memory was moved says so', () => {
  const fields = [field('s', 'S4'), field('v', 'f4', [2]), field('x', 'f8')]
  const memory = memoryOf(fields, 1, 'rows', true)
  const columns = fields.map((_, index) => createColumn(memory, index) as BytesColumn)
  transfer(memory.buffer)
  for (const column of columns) {
    expect(() => column.get(0)).toThrow(/the memory of this batch was given away/)
    expect(() => column.toArray()).toThrow(/the memory of this batch was given away/)
  }
})
