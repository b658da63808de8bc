import { type NumericArray, arrayOver } from './arrays.js'
import type { BytesColumn, StridedColumn, StridedSubarrayColumn, SubarrayColumn } from './column.js'
import { createBytes, createStrided, createSubarray, placeOf } from './column.js'
import { type DatetimeColumn, createDatetime } from './datetime.js'
import type { Memory } from './memory.js'
import { isViewKind } from '../kinds/code.js'
import type { BinaryColumn, ListColumn, TextColumn, ValueColumn } from './view-column.js'
import { createView } from './view-column.js'

/** Any column of a batch. */
export type AnyColumn =
  | NumericArray
  | BytesColumn
  | StridedColumn
  | SubarrayColumn
  | StridedSubarrayColumn
  | TextColumn
  | BinaryColumn
  | ListColumn
  | ValueColumn
  | DatetimeColumn

/** The column of field number `index`. */
export function createColumn(memory: Memory, index: number): AnyColumn {
  const place = placeOf(memory, index)
  const { kind, shape } = place.field
  if (isViewKind(kind)) return createView(place, kind)
  if (kind === 'M8') return createDatetime(place)
  if (kind === 'S' || kind === 'V') return createBytes(place)
  if (shape.length > 0) return createSubarray(place)
  if (memory.layout === 'rows') return createStrided(place)
  return arrayOver(kind, memory.buffer, place.offset, memory.length)
}
