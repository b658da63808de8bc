import { isAscii, isUtf8 } from 'node:buffer'
import { createBytes, placeOf, textEnd } from '../columns/column.js'
import { contiguousCells } from '../columns/contiguous.js'
import { outOfRange } from '../errors.js'
import type { Memory } from '../columns/memory.js'

/** Strings as Arrow keeps them: all of them in one piece of UTF-8, and where each begins. */
export interface Texts {
  readonly valueOffsets: Int32Array
  readonly data: Uint8Array
}

const MOST_BYTES = 0x7fff_ffff

/** The texts of an `S` field: its cells without their padding. */
export function textsOf(memory: Memory, index: number): Texts {
  const texts = trimmedCells(memory, index)
  return isEachUtf8(texts) ? texts : decodedCells(memory, index)
}

/** The bytes of the cells, which nearly always are the texts already. */
function trimmedCells(memory: Memory, index: number): Texts {
  const { itemsize } = placeOf(memory, index).field
  const cells = contiguousCells(memory, index)
  const valueOffsets = offsetsOf(memory.length, (row) => {
    const start = row * itemsize
    return textEnd(cells, start, start + itemsize) - start
  })
  const data = new Uint8Array(valueOffsets[memory.length] as number)
  for (let row = 0; row < memory.length; row++) {
    const [start, end] = [valueOffsets[row] as number, valueOffsets[row + 1] as number]
    data.set(cells.subarray(row * itemsize, row * itemsize + end - start), start)
  }
  return { valueOffsets, data }
}

/** Cells may hold any bytes, and readers of Arrow rely on UTF-8. Cells that are none only together are found too. */
function isEachUtf8({ valueOffsets, data }: Texts): boolean {
  if (isAscii(data)) return true
  for (let row = 1; row < valueOffsets.length; row++) {
    if (!isUtf8(data.subarray(valueOffsets[row - 1], valueOffsets[row]))) return false
  }
  return true
}

/** The texts as strings have them: what is no UTF-8 is U+FFFD. */
function decodedCells(memory: Memory, index: number): Texts {
  const column = createBytes(placeOf(memory, index))
  const texts = Array.from({ length: memory.length }, (_, row) => Buffer.from(column.string(row)))
  const valueOffsets = offsetsOf(memory.length, (row) => (texts[row] as Buffer).length)
  return { valueOffsets, data: Buffer.concat(texts) }
}

/** Where each of `length` values begins, and where the last one ends. */
export function offsetsOf(length: number, sizeOf: (row: number) => number): Int32Array {
  const offsets = new Int32Array(length + 1)
  let end = 0
  for (let row = 0; row < length; row++) {
    end += sizeOf(row)
    if (end > MOST_BYTES) throw outOfRange(`an Arrow column holds up to ${MOST_BYTES} bytes; read fewer keys`)
    offsets[row + 1] = end
  }
  return offsets
}
