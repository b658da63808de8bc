import type { Float16Array } from '@petamoriken/float16'

export type { Float16Array }

/**
 * The kinds a field can have: numpy's names, `M8` for `datetime64`, and those whose cells have any length: `utf8`, `binary`,
 * `list` and `any`.
 */
export type Kind = NumericKind | 'S' | 'V' | 'M8' | ViewKind

/** The kinds whose cells have any length: what is longer than 12 bytes is in the batch's blocks. */
export type ViewKind = 'utf8' | 'binary' | 'list' | 'any'

/** What a `datetime64` counts since 1970. */
export type DatetimeUnit = 's' | 'ms' | 'us' | 'ns'

/** A field of a dtype with all its properties. */
export interface Field {
  /** The name of the field, which is the name of the bin. */
  readonly name: string
  /** The kind of its elements. */
  readonly kind: Kind
  /** The kind of the elements of a `list`. */
  readonly element?: NumericKind | undefined
  /** What an `M8` field counts. */
  readonly unit?: DatetimeUnit | undefined
  /** Bytes of one element; n for `S{n}` and `V{n}`, 16 where cells have any length. */
  readonly itemsize: number
  /** The dimensions of a sub-array; empty for a scalar. */
  readonly shape: readonly number[]
  /** Elements in a cell: the product of `shape`, 1 for a scalar. */
  readonly count: number
  /** numpy's name of the element type, such as `<f8` or `|S32`. */
  readonly descr: string
}

/** What each numeric kind is in JavaScript: one cell of a row, one element of a sub-array, and the typed array. */
export interface NumericKinds {
  i1: { cell: number; element: number; array: Int8Array<ArrayBuffer> }
  i2: { cell: number; element: number; array: Int16Array<ArrayBuffer> }
  i4: { cell: number; element: number; array: Int32Array<ArrayBuffer> }
  i8: { cell: bigint; element: bigint; array: BigInt64Array<ArrayBuffer> }
  u1: { cell: number; element: number; array: Uint8Array<ArrayBuffer> }
  u2: { cell: number; element: number; array: Uint16Array<ArrayBuffer> }
  u4: { cell: number; element: number; array: Uint32Array<ArrayBuffer> }
  u8: { cell: bigint; element: bigint; array: BigUint64Array<ArrayBuffer> }
  f2: { cell: number; element: number; array: Float16Array<ArrayBuffer> }
  f4: { cell: number; element: number; array: Float32Array<ArrayBuffer> }
  f8: { cell: number; element: number; array: Float64Array<ArrayBuffer> }
  '?': { cell: boolean; element: number; array: Uint8Array<ArrayBuffer> }
}

/** The kinds that have a typed array. */
export type NumericKind = keyof NumericKinds

/** The typed array behind a numeric kind. */
export type ArrayOf<K> = K extends NumericKind ? NumericKinds[K]['array'] : never

/** One element of the typed array behind a numeric kind. */
export type ElementOf<K> = K extends NumericKind ? NumericKinds[K]['element'] : never

/** Each column contiguous, or whole records one after the other. */
export type Layout = 'columns' | 'rows'
