import type { NativeLayout } from '../binding/native.js'
import type { Memory } from '../columns/memory.js'
import type { ArrowVector } from '../arrow/vector.js'
import type { KeySource } from '../keys/key.js'
import type { IntegerArray } from '../keys/key-list.js'
import type { Row, Schema } from '../kinds/literals.js'
import type { Failure } from './failure.js'

/** What happened to the values of one field, counted over the successful rows. */
export interface Conversions {
  /** Rows whose record does not have this bin. */
  missing: number
  /** Values that were wrapped, rounded to another value, truncated or padded. */
  lossy: number
  /** Values of a type that the field cannot hold. */
  mismatched: number
  /** Which types of bins those had, and how many of each: `{ String: 2, Map: 1 }`. Absent if nothing is mismatched. */
  mismatchedTypes?: Readonly<Record<string, number>>
}

/** How many bins of a type did not fit a field, which is named by its number. */
export interface Mismatch {
  readonly field: number
  readonly type: string
  readonly count: number
}

/** The metadata of each record: generation and ttl. */
export interface Meta {
  /** How often the record was written. */
  readonly gen: Uint32Array<ArrayBuffer>
  /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
  readonly ttl: Uint32Array<ArrayBuffer>
}

/** Which rows to keep: 1 or `true` for each of them, or a function that is called for each row. */
export type Mask<S extends Schema = Schema> =
  Uint8Array | readonly boolean[] | ArrowVector<boolean> | ((row: Row<S>, index: number) => boolean)

/** Which rows to take, by their positions; an Arrow vector of Bool marks them instead. */
export type Indices =
  | readonly (number | bigint)[]
  | IntegerArray
  | Float64Array
  | ArrowVector<number>
  | ArrowVector<bigint>
  | ArrowVector<boolean>

/** The records of a batch in the rows layout: numpy's own, one after the other from byte 0 of `buffer`. */
export interface Records<S extends Schema = Schema> {
  /** The buffer of the whole batch; the records are its beginning. */
  readonly buffer: ArrayBuffer
  /** The records alone. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Bytes from one record to the next. */
  readonly itemsize: number
  /** Where each field begins within a record. */
  readonly offsets: { readonly [K in keyof S]: number }
}

/** What a batch is made of. */
export interface BatchParts {
  readonly memory: Memory
  readonly keys: KeySource
  /** missing, lossy, mismatched of each field in turn. */
  readonly conversions: readonly number[]
  /** What types of bins were mismatched; those that were. */
  readonly mismatches?: readonly Mismatch[]
  readonly failures: readonly Failure[]
  /** The layout of another number of rows. */
  readonly layoutFor: (rows: number) => NativeLayout
  /** 20 bytes per row, where they were asked for. */
  readonly digests?: Uint8Array<ArrayBuffer>
  /** Takes the memory of a batch that is no longer needed. */
  readonly reuse?: (buffer: ArrayBuffer) => void
}
