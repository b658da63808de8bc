import { Float16Array as Polyfill, getFloat16 } from '@petamoriken/float16'
import type { Float16Array } from '@petamoriken/float16'

type Float16ArrayConstructor = new (
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
) => Float16Array<ArrayBuffer>

/** The engine's own class where it has one (from Node 24): a real typed array is much faster than any imitation. */
const native = (globalThis as { Float16Array?: Float16ArrayConstructor }).Float16Array

/** The class behind `f2` columns. */
export const Float16: Float16ArrayConstructor = native ?? Polyfill

/** Reads one little-endian half from a view. */
export function readFloat16(view: DataView, at: number): number {
  return getFloat16(view, at, true)
}
