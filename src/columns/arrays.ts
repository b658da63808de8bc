import { float16Class } from './float16.js'
import type { ArrayOf, NumericKind } from '../kinds/kinds.js'

/** Any of the typed arrays that a column can be. */
export type NumericArray = ArrayOf<NumericKind>

type ArrayConstructor = new (buffer: ArrayBuffer, byteOffset: number, length: number) => NumericArray

const CLASSES: Record<NumericKind, ArrayConstructor> = {
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  get f2() {
    return float16Class()
  },
  f4: Float32Array,
  f8: Float64Array,
  '?': Uint8Array,
}

/** A typed array of a kind over bytes that are already there. */
export function arrayOver(kind: NumericKind, buffer: ArrayBuffer, byteOffset: number, length: number): NumericArray {
  return new CLASSES[kind](buffer, byteOffset, length)
}
