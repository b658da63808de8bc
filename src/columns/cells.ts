import { float16Library } from './float16.js'
import type { NumericKind } from '../kinds/kinds.js'

/** Reads the element of a row. */
export type ElementReader = (row: number) => number | bigint

/**
 * One closure per kind, chosen once per column: the loops over rows then test no types.
 *
 * A DataView reads at any address, so the same readers serve contiguous columns and packed records.
 */
const READERS: Record<NumericKind, (view: DataView, offset: number, stride: number) => ElementReader> = {
  i1: (view, offset, stride) => (row) => view.getInt8(offset + row * stride),
  i2: (view, offset, stride) => (row) => view.getInt16(offset + row * stride, true),
  i4: (view, offset, stride) => (row) => view.getInt32(offset + row * stride, true),
  i8: (view, offset, stride) => (row) => view.getBigInt64(offset + row * stride, true),
  u1: (view, offset, stride) => (row) => view.getUint8(offset + row * stride),
  u2: (view, offset, stride) => (row) => view.getUint16(offset + row * stride, true),
  u4: (view, offset, stride) => (row) => view.getUint32(offset + row * stride, true),
  u8: (view, offset, stride) => (row) => view.getBigUint64(offset + row * stride, true),
  f2: (view, offset, stride) => {
    const { getFloat16 } = float16Library()
    return (row) => getFloat16(view, offset + row * stride, true)
  },
  f4: (view, offset, stride) => (row) => view.getFloat32(offset + row * stride, true),
  f8: (view, offset, stride) => (row) => view.getFloat64(offset + row * stride, true),
  '?': (view, offset, stride) => (row) => view.getUint8(offset + row * stride),
}

/** The reader of a scalar numeric field: the element as its typed array would give it. */
export function elementReader(kind: NumericKind, view: DataView, offset: number, stride: number): ElementReader {
  return READERS[kind](view, offset, stride)
}

/** The reader of a `?` field as booleans, which is what a row object holds. */
export function booleanReader(view: DataView, offset: number, stride: number): (row: number) => boolean {
  return (row) => view.getUint8(offset + row * stride) !== 0
}
