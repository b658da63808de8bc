import { BLOCK_AT, MOST_INLINE, OFFSET_AT } from './payload.js'
import { outOfRange } from '../errors.js'
import { type ViewCells, isView } from './views.js'
import type { Memory } from './memory.js'

/** Offsets in a block are 31 bits wide; smaller blocks are easier to find room for. */
const LARGEST_BLOCK = 0x2000_0000

/** The cells of all fields whose values may be in blocks. */
export function viewCellsOf({ fields, buffer, at, length }: Memory): ViewCells[] {
  return fields.flatMap((field, index) =>
    isView(field)
      ? [
          {
            kind: field.kind,
            buffer,
            offset: at.offsets[index] as number,
            stride: at.strides[index] as number,
            rows: length,
          },
        ]
      : [],
  )
}

/** Calls back with the address, block, offset and size of every cell whose value is in a block. */
function eachLong(
  { kind, buffer, offset, stride, rows }: ViewCells,
  blocks: readonly Uint8Array[],
  call: (view: DataView, at: number, value: Uint8Array) => void,
): void {
  const view = new DataView(buffer)
  const inline = kind === 'list' ? 0 : MOST_INLINE
  for (let row = 0, at = offset; row < rows; row++, at += stride) {
    const size = view.getInt32(at, true)
    if (size >= 0 && size <= inline) continue
    const [number, start] = [view.getInt32(at + BLOCK_AT, true), view.getInt32(at + OFFSET_AT, true)]
    const block = blocks[number]
    if (size < 0 || block === undefined || start < 0 || start + size > block.length)
      throw outOfRange(`row ${row} has a cell of ${size} bytes at ${start} of block ${number}, which is not there`)
    call(view, at, block.subarray(start, start + size))
  }
}

/** Refuses cells that are not within the blocks. */
export function checkViews(memory: Memory): void {
  for (const cells of viewCellsOf(memory)) eachLong(cells, memory.blocks ?? [], () => undefined)
}

/** Bytes of the values of cells that are in blocks. */
export function longBytes(cells: ViewCells, blocks: readonly Uint8Array[]): number {
  let bytes = 0
  eachLong(cells, blocks, (_, __, value) => {
    bytes += value.length
  })
  return bytes
}

/**
 * Copies the values of cells into blocks of their own, one after the other, and has the cells name those, whose numbers
 * begin at `first`. Lists stay where a typed array can be, as all of a column have elements of the same size.
 */
export function repackCells(cells: ViewCells, blocks: readonly Uint8Array[], first = 0): Uint8Array<ArrayBuffer>[] {
  const own: Uint8Array<ArrayBuffer>[] = []
  let left = longBytes(cells, blocks)
  let [block, end] = [new Uint8Array(0), 0]
  eachLong(cells, blocks, (view, at, value) => {
    let start = end
    if (own.length === 0 || start + value.length > block.length) {
      block = new Uint8Array(Math.max(value.length, Math.min(left, LARGEST_BLOCK)))
      own.push(block)
      start = 0
    }
    block.set(value, start)
    view.setInt32(at + BLOCK_AT, first + own.length - 1, true)
    view.setInt32(at + OFFSET_AT, start, true)
    end = start + value.length
    left -= value.length
  })
  return own
}
