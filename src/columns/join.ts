import { type Memory, allocate, cellBytes } from './memory.js'
import type { NativeLayout } from '../binding/native.js'
import { isView, moveViews } from './views.js'

const NUMBER_BYTES = 4

/** The rows of several memories, one after the other, in one buffer laid out by `layoutFor`. */
export function joinMemories(parts: readonly Memory[], layoutFor: (rows: number) => NativeLayout): Memory {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const at = layoutFor(length)
  const { fields, layout, align, bigints = false } = parts[0] as Memory
  const blocks = parts.flatMap((part) => part.blocks ?? [])
  const memory: Memory = { buffer: allocate(at.byteLength), length, fields, layout, align, at, blocks, bigints }
  let [row, block] = [0, 0]
  for (const part of parts) {
    copyRegions(memory, part, row)
    if (block > 0) shiftViews(memory, row, part.length, block)
    row += part.length
    block += part.blocks?.length ?? 0
  }
  return memory
}

/** Copies all rows of one memory behind those before them, region by region. */
function copyRegions(to: Memory, from: Memory, row: number): void {
  const copy = (target: number, source: number, size: number): void => {
    new Uint8Array(to.buffer).set(new Uint8Array(from.buffer, source, size * from.length), target + row * size)
  }
  if (to.layout === 'rows') copy(0, 0, to.at.itemsize)
  to.fields.forEach((field, index) => {
    if (to.layout === 'columns') {
      copy(to.at.offsets[index] as number, from.at.offsets[index] as number, cellBytes(field))
    }
    copy(to.at.valid[index] as number, from.at.valid[index] as number, 1)
  })
  copy(to.at.gen, from.at.gen, NUMBER_BYTES)
  copy(to.at.ttl, from.at.ttl, NUMBER_BYTES)
  copy(to.at.resultCodes, from.at.resultCodes, NUMBER_BYTES)
}

/** The cells of `rows` rows from `row` on name blocks that come behind `blocks` others now. */
function shiftViews(memory: Memory, row: number, rows: number, blocks: number): void {
  const { buffer, at } = memory
  memory.fields.forEach((field, index) => {
    if (!isView(field)) return
    const [offset, stride] = [at.offsets[index] as number, at.strides[index] as number]
    moveViews({ kind: field.kind, buffer, offset: offset + row * stride, stride, rows }, blocks)
  })
}
