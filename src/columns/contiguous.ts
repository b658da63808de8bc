import { type Memory, cellBytes } from './memory.js'
import type { Field } from '../kinds/kinds.js'

/** Up to here a loop over bytes beats making a view per cell. */
const SHORT_CELL = 32

/** The cells of field number `index` one after the other: a view in the columns layout, a copy in the rows layout. */
export function contiguousCells(memory: Memory, index: number): Uint8Array<ArrayBuffer> {
  const size = cellBytes(memory.fields[index] as Field)
  const offset = memory.at.offsets[index] as number
  if (memory.layout === 'columns') return new Uint8Array(memory.buffer, offset, size * memory.length)
  const cells = new Uint8Array(size * memory.length)
  const records = new Uint8Array(memory.buffer)
  const gather = size <= SHORT_CELL ? gatherShort : gatherLong
  gather(records, cells, size, offset, memory.at.strides[index] as number)
  return cells
}

function gatherShort(records: Uint8Array, cells: Uint8Array, size: number, offset: number, stride: number): void {
  for (let from = offset, to = 0; to < cells.length; from += stride) {
    for (let byte = 0; byte < size; byte++) cells[to++] = records[from + byte] as number
  }
}

function gatherLong(records: Uint8Array, cells: Uint8Array, size: number, offset: number, stride: number): void {
  for (let from = offset, to = 0; to < cells.length; from += stride, to += size) {
    cells.set(records.subarray(from, from + size), to)
  }
}
