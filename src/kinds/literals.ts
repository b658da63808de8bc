import type { Float16Array } from '@petamoriken/float16'
import type { BytesColumn, StridedColumn, StridedSubarrayColumn, SubarrayColumn } from '../columns/column.js'

export type { Float16Array }

/** The kinds a field can have, under numpy's names. */
export type Kind = 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | '?' | 'S' | 'V'

/** A field of a dtype, with everything spelled out. */
export interface Field {
  /** The field's name, which is the bin's. */
  readonly name: string
  /** What its elements are. */
  readonly kind: Kind
  /** Bytes of one element; n for `S{n}` and `V{n}`. */
  readonly itemsize: number
  /** The dimensions of a sub-array; empty for a scalar. */
  readonly shape: readonly number[]
  /** Elements in a cell: the product of `shape`, 1 for a scalar. */
  readonly count: number
  /** numpy's name of the element type, such as `<f8` or `|S32`. */
  readonly descr: string
}

/** What each numeric kind is in JavaScript: one cell of a row, one element of a sub-array, and the typed array. */
interface NumericKinds {
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

/** numpy's other names, long and short. */
interface Aliases
  extends
    Record<'int8' | 'b' | 'byte', 'i1'>,
    Record<'int16' | 'h' | 'short', 'i2'>,
    Record<'int32' | 'i' | 'intc', 'i4'>,
    Record<'int64' | 'q' | 'int' | 'longlong', 'i8'>,
    Record<'uint8' | 'B' | 'ubyte', 'u1'>,
    Record<'uint16' | 'H' | 'ushort', 'u2'>,
    Record<'uint32' | 'I' | 'uintc', 'u4'>,
    Record<'uint64' | 'Q' | 'uint' | 'ulonglong', 'u8'>,
    Record<'float16' | 'e' | 'half', 'f2'>,
    Record<'float32' | 'f' | 'single', 'f4'>,
    Record<'float64' | 'd' | 'double' | 'float', 'f8'>,
    Record<'bool' | 'bool_' | 'b1', '?'> {}

type PlainCode = NumericKind | keyof Aliases | `S${number}` | `V${number}`

/** How a field is written: `'f8'`, `'<i4'`, `'float32'`, `'S16'`, ... */
export type DtypeCode = PlainCode | `${'<' | '=' | '|'}${PlainCode}`

/** One dimension, or all of them. */
export type Shape = number | readonly number[]

/** A field of the object form: its code, or code and shape for a sub-array. */
export type FieldSpec = string | readonly [code: string, shape: Shape]

/** `{ temperature: 'f8', embedding: ['f4', 128] }` */
export type DtypeObject = Readonly<Record<string, FieldSpec>>

/** `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`, as numpy writes it. */
export type DtypeList = readonly (readonly [name: string, code: string, shape?: Shape])[]

/** What a schema says of every field: the object form, whichever form it was written in. */
export type Schema = DtypeObject

/** The schema that a literal stands for. */
export type SchemaOf<F> = F extends DtypeList
  ? ListSchema<F>
  : F extends DtypeObject
    ? { readonly [K in keyof F]: F[K] }
    : never

type ListSchema<F extends DtypeList> = {
  readonly [E in F[number] as E[0]]: E extends readonly [string, infer C extends string, infer S extends Shape]
    ? readonly [C, S]
    : E[1]
}

/** Gives each wrong code its reason in the place of its type, so that the compiler points at it. */
export type CheckedFields<F> = F extends DtypeList
  ? { readonly [I in keyof F]: CheckedEntry<F[I]> }
  : {
      readonly [K in keyof F]: F[K] extends readonly [infer C, infer S]
        ? readonly [CheckedCode<C>, S]
        : CheckedCode<F[K]>
    }

type CheckedEntry<E> = { readonly [P in keyof E]: P extends '1' ? CheckedCode<E[P]> : E[P] }

/** What the compiler names when a code is wrong. An object, as a literal in its place would make the whole schema `never`. */
interface NoSuchCode<C> {
  readonly noSuchDtypeCode: C
}

type CheckedCode<C> = C extends string ? (string extends C ? C : C extends DtypeCode ? C : NoSuchCode<C>) : C

type WithoutPrefix<C> = C extends `${'<' | '=' | '|'}${infer Plain}` ? Plain : C

/** The kind a code stands for; all of them where the code is only known when the program runs. */
export type KindOf<C> = string extends C
  ? Kind
  : WithoutPrefix<C> extends infer P
    ? P extends NumericKind
      ? P
      : P extends keyof Aliases
        ? Aliases[P]
        : P extends `S${number}`
          ? 'S'
          : P extends `V${number}`
            ? 'V'
            : never
    : never

/** One cell of a scalar field. */
type ScalarCell<K> = K extends NumericKind
  ? NumericKinds[K]['cell']
  : K extends 'S'
    ? string
    : K extends 'V'
      ? Uint8Array
      : never

/** The typed array behind a numeric kind. */
export type ArrayOf<K> = K extends NumericKind ? NumericKinds[K]['array'] : never

/** One element of the typed array behind a numeric kind. */
export type ElementOf<K> = K extends NumericKind ? NumericKinds[K]['element'] : never

/** One cell of a field: what a row object holds under its name. */
export type CellOf<F> = F extends readonly [infer C, Shape]
  ? ArrayOf<KindOf<C>>
  : string extends F
    ? AnyCell
    : ScalarCell<KindOf<F>>

type AnyCell = number | bigint | boolean | string | Uint8Array | ArrayOf<NumericKind>

/** A row as an object, with a property per field. */
export type Row<S extends Schema> = { [K in keyof S]: CellOf<S[K]> }

/** Each column contiguous, or whole records one after the other. */
export type Layout = 'columns' | 'rows'

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

/** What a column of a field can be written from. */
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
