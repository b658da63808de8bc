import type { ArrayOf, ElementOf, Layout, NumericKind } from '../kinds/kinds.js'
import type { KindOf, Schema, Shape } from '../kinds/literals.js'
import type { BytesColumn, StridedColumn, StridedSubarrayColumn, SubarrayColumn } from './column.js'

/** The column of a field in a layout. */
export type ColumnOf<F, L extends Layout> = F extends readonly [infer C, Shape]
  ? SubarrayColumnOf<KindOf<C>, L>
  : ScalarColumnOf<KindOf<F>, L>

type SubarrayColumnOf<K, L extends Layout> = K extends NumericKind
  ? L extends 'columns'
    ? SubarrayColumn<ArrayOf<K>>
    : StridedSubarrayColumn<ArrayOf<K>>
  : never

type ScalarColumnOf<K, L extends Layout> = K extends NumericKind
  ? L extends 'columns'
    ? ArrayOf<K>
    : StridedColumn<ElementOf<K>, ArrayOf<K>>
  : K extends 'S' | 'V'
    ? BytesColumn<K>
    : never

/** The columns of a batch, by field name. */
export type Columns<S extends Schema, L extends Layout> = { readonly [K in keyof S]: ColumnOf<S[K], L> }

/** An array of values, in which `null` and `undefined` stand for cells that are not there. */
type Values<T> = readonly (T | null | undefined)[]

type AnyNumberArray =
  Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

/** The values that a column of a field can be written from. */
export type ColumnInput<F> = F extends readonly [infer C, Shape] ? SubarrayInput<KindOf<C>> : ScalarInput<KindOf<F>>

type ScalarInput<K> = K extends 'S'
  ? Values<string | Uint8Array> | Uint8Array | BytesColumn
  : K extends 'V'
    ? Values<Uint8Array> | Uint8Array | BytesColumn
    : K extends 'i8' | 'u8'
      ? BigInt64Array | BigUint64Array | AnyNumberArray | StridedColumn<bigint> | Values<bigint | number>
      : K extends '?'
        ? Uint8Array | StridedColumn<number> | Values<boolean | number>
        : K extends NumericKind
          ? ArrayOf<K> | AnyNumberArray | StridedColumn<number> | Values<number>
          : never

type SubarrayInput<K> = K extends NumericKind
  ? ArrayOf<K> | SubarrayColumn<ArrayOf<K>, unknown> | Values<ArrayLike<unknown>>
  : never

/** The columns of a write, by field name. */
export type ColumnInputs<S extends Schema> = { readonly [K in keyof S]: ColumnInput<S[K]> }
