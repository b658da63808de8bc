import { isViewKind } from '../kinds/code.js'
import type { Field } from '../kinds/kinds.js'

/** Up to so many bytes are in the cell itself. */
const MOST_INLINE = 12
const BLOCK_AT = 8

/** Whether the cells of a field are views: text, bytes, lists of any length, anything. */
export function isView({ kind }: Pick<Field, 'kind'>): boolean {
  return isViewKind(kind)
}

/** The view cells of one field: where the first is, and how many follow each other at which distance. */
export interface ViewCells {
  readonly kind: string
  readonly buffer: ArrayBuffer
  readonly offset: number
  readonly stride: number
  readonly rows: number
}

/** Adds `blocks` to the number of the block of every cell that has one. The elements of a list are always in a block. */
export function moveViews({ kind, buffer, offset, stride, rows }: ViewCells, blocks: number): void {
  const view = new DataView(buffer)
  const inline = kind.startsWith('list') ? 0 : MOST_INLINE
  for (let row = 0, at = offset; row < rows; row++, at += stride) {
    if (view.getInt32(at, true) <= inline) continue
    view.setInt32(at + BLOCK_AT, view.getInt32(at + BLOCK_AT, true) + blocks, true)
  }
}
