import { type Batch, createBatch } from '../../src/batch/batch.js'
import { fillColumn } from '../../src/columns/fill.js'
import type { Key } from '../../src/keys/key.js'
import { packKeys } from '../../src/keys/packed.js'
import type { Memory } from '../../src/columns/memory.js'
import type { NativeLayout } from '../../src/binding/native.js'
import type { DatetimeUnit, Field, Kind, Layout, NumericKind } from '../../src/kinds/kinds.js'

/** A second, simple statement of how a buffer is laid out, for tests that need no binding and for comparison with it. */

const REGION = 64

/** A field from its short code: `f8`, `S5`, and a shape; `utf8`, `f4[]`, `datetime64[ms]`. */
export function field(name: string, code: string, shape: number[] = []): Field {
  const scalar = { name, shape: [], count: 1 }
  const view = { ...scalar, itemsize: 16, descr: '|V16' }
  if (code === 'utf8' || code === 'binary' || code === 'any') return { ...view, kind: code }
  if (code.endsWith('[]')) return { ...view, kind: 'list', element: code.slice(0, -2) as NumericKind }
  const unit = /^datetime64\[(.*)\]$/.exec(code)?.[1] as DatetimeUnit | undefined
  if (unit !== undefined) return { ...scalar, kind: 'M8', itemsize: 8, descr: `<M8[${unit}]`, unit }
  const kind = (/^[SV]/.test(code) ? code[0] : code) as Kind
  const itemsize = kind === 'S' || kind === 'V' ? Number(code.slice(1)) : kind === '?' ? 1 : Number(kind[1])
  const count = shape.reduce((product, dimension) => product * dimension, 1)
  return { name, kind, itemsize, shape, count, descr: descrOf(kind, itemsize) }
}

function descrOf(kind: Kind, itemsize: number): string {
  if (kind === 'S' || kind === 'V') return `|${kind}${itemsize}`
  if (kind === '?') return '|b1'
  return `${itemsize === 1 ? '|' : '<'}${kind}`
}

/** Where everything is: values, then the masks, then generations, ttls and result codes, each region 64-byte aligned. */
export function layOut(fields: readonly Field[], rows: number, layout: Layout, align: boolean): NativeLayout {
  let end = 0
  const region = (bytes: number): number => {
    const start = end
    end = Math.ceil((start + bytes) / REGION) * REGION
    return start
  }
  const record = recordOf(fields, layout === 'rows' && align)
  const start = layout === 'rows' ? region(record.itemsize * rows) : 0
  const offsets = fields.map((each, index) =>
    layout === 'rows' ? start + (record.offsets[index] as number) : region(each.itemsize * each.count * rows),
  )
  const strides = fields.map((each) => (layout === 'rows' ? record.itemsize : each.itemsize * each.count))
  const valid = fields.map(() => region(rows))
  const [gen, ttl, resultCodes] = [region(4 * rows), region(4 * rows), region(4 * rows)] as const
  return { byteLength: end, itemsize: record.itemsize, offsets, strides, valid, gen, ttl, resultCodes }
}

/** One record as a C compiler lays it out, or packed. */
export function recordOf(fields: readonly Field[], align: boolean): { itemsize: number; offsets: number[] } {
  let end = 0
  let widest = 1
  const offsets = fields.map((each) => {
    const alignment = align && each.kind !== 'S' && each.kind !== 'V' ? Math.min(each.itemsize, 8) : 1
    widest = Math.max(widest, alignment)
    const offset = Math.ceil(end / alignment) * alignment
    end = offset + each.itemsize * each.count
    return offset
  })
  return { itemsize: Math.ceil(end / widest) * widest, offsets }
}

/** Fresh memory for a number of rows. */
export function memoryOf(fields: Field[], length: number, layout: Layout, align = false): Memory {
  const at = layOut(fields, length, layout, align)
  return { buffer: new ArrayBuffer(at.byteLength), length, fields, layout, align, at, blocks: [] }
}

/** Memory in either layout of columns of values, as a write takes them: `null` is a cell without a value. */
export function filledMemory(fields: Field[], columns: readonly unknown[][], layout: Layout, align = false): Memory {
  const source = memoryOf(fields, columns[0]?.length ?? 0, 'columns')
  columns.forEach((values, index) => fillColumn(source, index, values, fields[index]!.name))
  if (layout === 'columns') return source
  const memory: Memory = { ...memoryOf(fields, source.length, layout, align), blocks: source.blocks! }
  fields.forEach((each, index) => {
    const size = each.itemsize * each.count
    const valid = new Uint8Array(source.buffer, source.at.valid[index], source.length)
    for (let row = 0; row < source.length; row++) {
      const start = source.at.offsets[index]! + row * size
      if (valid[row] === 1) writeCell(memory, row, index, new Uint8Array(source.buffer, start, size))
    }
  })
  return memory
}

/** Writes the bytes of a cell and marks it valid. */
export function writeCell(memory: Memory, row: number, index: number, bytes: Uint8Array): void {
  const { offsets, strides, valid } = memory.at
  new Uint8Array(memory.buffer).set(bytes, (offsets[index] as number) + row * (strides[index] as number))
  new Uint8Array(memory.buffer)[(valid[index] as number) + row] = 1
}

/** A batch of that memory whose conversions are all 0. */
export function batchOf(memory: Memory, keys = demoKeys(memory.length)): Batch {
  return createBatch({
    memory,
    keys: packKeys(keys),
    conversions: memory.fields.flatMap(() => [0, 0, 0]),
    failures: [],
    layoutFor: (rows) => layOut(memory.fields, rows, memory.layout, memory.align),
  })
}

function demoKeys(length: number): Key[] {
  return Array.from({ length }, (_, row): Key => ['test', 'demo', `k${row}`])
}
