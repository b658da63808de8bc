import { isObject } from '../arguments/options.js'

/** A column of an Arrow table, of whichever copy of `apache-arrow`: a vector. */
export interface ArrowVector<T = unknown> {
  /** Elements in the vector. */
  readonly length: number
  /** What the elements are. */
  readonly type: {
    /** The number of the type in Arrow's format. */
    readonly typeId: number
  }
  /** An element; `null` where there is none. */
  get(index: number): T | null
}

/** Numbers of Arrow's types. */
export const ARROW_TYPE = {
  Dictionary: -1,
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Date: 8,
  Timestamp: 10,
  List: 12,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  LargeBinary: 19,
  LargeUtf8: 20,
  LargeList: 21,
  BinaryView: 23,
  Utf8View: 24,
} as const

/** Under this name the field of a column of keys says that its bytes are digests, and not keys that are bytes. */
export const KEYS_METADATA = 'aerostride:keys'

/** Whether the value is a vector. It is told by its form: every copy of the library has classes of its own. */
export function isVector(value: unknown): value is ArrowVector {
  if (!isObject(value)) return false
  const { length, type, data, get } = value
  const hasType = isObject(type) && typeof type['typeId'] === 'number'
  return hasType && Array.isArray(data) && typeof length === 'number' && typeof get === 'function'
}

/** Whether the value is a vector of booleans. */
export function isBoolVector(value: unknown): value is ArrowVector<boolean> {
  return isVector(value) && value.type.typeId === ARROW_TYPE.Bool
}

/** A vector of booleans as bytes, 1 for true; null is false. */
export function bytesOfBools(vector: ArrowVector<boolean>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: vector.length }, (_, at) => (vector.get(at) === true ? 1 : 0))
}
