import type { Memory } from '../../src/columns/memory.js'
import type { NativeLayout } from '../../src/binding/native.js'
import type { Field, Kind, Layout } from '../../src/kinds/kinds.js'

/** A second, simple statement of how a buffer is laid out, for tests that need no binding and for comparison with it. */

const REGION = 64

/** A field from its short code: `f8`, `S5`, and a shape. */
export function field(name: string, code: string, shape: number[] = []): Field {
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
    const alignment = align && each.kind !== 'S' && each.kind !== 'V' ? each.itemsize : 1
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
  return { buffer: new ArrayBuffer(at.byteLength), length, fields, layout, align, at }
}

/** Writes the bytes of a cell and marks it valid. */
export function writeCell(memory: Memory, row: number, index: number, bytes: Uint8Array): void {
  const { offsets, strides, valid } = memory.at
  new Uint8Array(memory.buffer).set(bytes, (offsets[index] as number) + row * (strides[index] as number))
  new Uint8Array(memory.buffer)[(valid[index] as number) + row] = 1
}
