import type { ArrayOf, DatetimeUnit, ElementOf, Layout, NumericKind } from '../kinds/kinds.js'
import type { AnyValue, DatetimeCell, KindOf, Schema, Shape } from '../kinds/literals.js'
import type { BytesColumn, StridedColumn, StridedSubarrayColumn, SubarrayColumn } from './column.js'
import type { DatetimeColumn } from './datetime.js'
import type { BinaryColumn, ListColumn, TextColumn, ValueColumn } from './view-column.js'

/** The column of a field in a layout. */
export type ColumnOf<F, L extends Layout> = F extends readonly [infer C, Shape | null]
  ? F extends readonly [unknown, null]
    ? ListColumnOf<KindOf<C>>
    : F extends readonly [unknown, Shape]
      ? SubarrayColumnOf<KindOf<C>, L>
      : ListColumnOf<KindOf<C>> | SubarrayColumnOf<KindOf<C>, L>
  : ScalarColumnOf<KindOf<F>, L>

type ListColumnOf<K> = K extends NumericKind ? ListColumn<ArrayOf<K>> : never

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
    : VariableColumnOf<K> | DatetimeColumnOf<K, L>

type VariableColumnOf<K> = K extends 'utf8'
  ? TextColumn
  : K extends 'binary'
    ? BinaryColumn
    : K extends 'any'
      ? ValueColumn
      : never

type DatetimeColumnOf<K, L extends Layout> = K extends `M8[${DatetimeUnit}]`
  ? DatetimeColumn<DatetimeCell<K>, L extends 'columns' ? BigInt64Array<ArrayBuffer> : undefined>
  : never

/** The columns of a batch, by field name. */
export type Columns<S extends Schema, L extends Layout> = { readonly [K in keyof S]: ColumnOf<S[K], L> }

/** An array of values, in which `null` and `undefined` stand for cells that are not there. */
type Values<T> = readonly (T | null | undefined)[]

type AnyNumberArray =
  Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array

/** The values that a column of a field can be written from. */
export type ColumnInput<F> = F extends readonly [infer C, Shape | null]
  ? F extends readonly [unknown, null]
    ? ListInput<KindOf<C>>
    : F extends readonly [unknown, Shape]
      ? SubarrayInput<KindOf<C>>
      : ListInput<KindOf<C>> | SubarrayInput<KindOf<C>>
  : ScalarInput<KindOf<F>>

type ListInput<K> = K extends NumericKind ? Values<ArrayLike<unknown>> | ListColumn<ArrayOf<K>> : never

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
          : VariableInput<K>

type VariableInput<K> = K extends 'utf8'
  ? Values<string | Uint8Array> | TextColumn | BinaryColumn
  : K extends 'binary'
    ? Values<Uint8Array> | BinaryColumn | TextColumn
    : K extends 'any'
      ? Values<AnyValue | object> | ValueColumn
      : K extends `M8[${DatetimeUnit}]`
        ? Values<Date | bigint | number> | BigInt64Array | DatetimeColumn
        : never

type SubarrayInput<K> = K extends NumericKind
  ? ArrayOf<K> | SubarrayColumn<ArrayOf<K>, unknown> | Values<ArrayLike<unknown>>
  : never

/** The columns of a write, by field name. */
export type ColumnInputs<S extends Schema> = { readonly [K in keyof S]: ColumnInput<S[K]> }
