import type { ArrayOf, DatetimeUnit, NumericKind, NumericKinds } from './kinds.js'

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
    Record<'bool' | 'bool_' | 'b1', '?'>,
    Record<'str' | 'T', 'utf8'>,
    Record<'bytes', 'binary'> {}

/** The kinds of codes, where those of dates have their unit. */
type CodeKind = NumericKind | 'S' | 'V' | 'utf8' | 'binary' | 'any' | `M8[${DatetimeUnit}]`

type PlainCode =
  | NumericKind
  | keyof Aliases
  | `S${number}`
  | `V${number}`
  | 'utf8'
  | 'binary'
  | 'any'
  | `${'M8' | 'datetime64'}[${DatetimeUnit}]`

/** How a field is written: `'f8'`, `'<i4'`, `'float32'`, `'S16'`, `'utf8'`, `'datetime64[ms]'`, ... */
export type DtypeCode = PlainCode | `${'<' | '=' | '|'}${PlainCode}`

/** One dimension, or all of them. */
export type Shape = number | readonly number[]

/** What a field becomes: its code, or code and shape for a sub-array; the shape `null` is a list of any length. */
export type FieldType = string | readonly [code: string, shape: Shape | null]

/** A field about which more than its type is said. */
export interface FieldDetails {
  /** What it becomes. */
  readonly type: FieldType
  /**
   * Where it is read from, if not from the bin of its name: a bin by its name, a place in a bin such as
   * `'$.profile.address.city'`, or what the server computes, as AEL text or an expression: `'$.temperature * 1.8 + 32.0'`.
   */
  readonly from?: string | object | undefined
  /** What a cell without a value holds. Default 0, or empty. */
  readonly fill?: FillValue | undefined
}

/**
 * What a cell without a value can hold: a value of the field; one number for all elements of a sub-array, or an array of
 * them; `'NaT'` of a `datetime64`. Cells of any length are empty.
 */
export type FillValue = number | bigint | boolean | string | Date | Uint8Array | ArrayLike<number | bigint | boolean>

/** A field of the object form: what it becomes, or with its details. */
export type FieldSpec = FieldType | FieldDetails

/** `{ temperature: 'f8', embedding: ['f4', 128] }` */
export type DtypeObject = Readonly<Record<string, FieldSpec>>

/** `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`, as numpy writes it; or with the details of a field. */
export type DtypeList = readonly (
  readonly [name: string, code: string, shape?: Shape | null] | readonly [name: string, details: FieldDetails]
)[]

/** What a schema says of every field, whichever form it was written in. */
export type Schema = Readonly<Record<string, FieldType>>

/** The schema that a literal stands for. */
export type SchemaOf<F> = F extends DtypeList
  ? ListSchema<F>
  : F extends DtypeObject
    ? {
        readonly [K in keyof F]: F[K] extends Typed<infer T extends FieldType> ? T : Exclude<F[K], FieldDetails>
      }
    : never

interface Typed<T> {
  /** The code, with a shape where the field has one. */
  readonly type: T
}

type ListSchema<F extends DtypeList> = {
  readonly [E in F[number] as E[0]]: E extends readonly [string, infer C extends string, infer S extends Shape | null]
    ? readonly [C, S]
    : E extends readonly [string, Typed<infer T extends FieldType>]
      ? T
      : Exclude<E[1], FieldDetails>
}

/** Replaces the type of each wrong code with the reason, so that the compiler points at it. */
export type CheckedFields<F> = F extends DtypeList
  ? { readonly [I in keyof F]: CheckedEntry<F[I]> }
  : {
      readonly [K in keyof F]: F[K] extends { readonly type: unknown } ? CheckedDetails<F[K]> : CheckedType<F[K]>
    }

type CheckedDetails<D> = { readonly [P in keyof D]: P extends 'type' ? CheckedType<D[P]> : D[P] }

type CheckedType<T> = T extends readonly [infer C, infer S] ? readonly [CheckedElement<C>, S] : CheckedCode<T>

type CheckedEntry<E> = {
  readonly [P in keyof E]: P extends '1'
    ? E[P] extends { readonly type: unknown }
      ? CheckedDetails<E[P]>
      : CheckedCode<E[P]>
    : E[P]
}

/** The reason that the compiler shows for a wrong code. It is an object because a literal would make the whole schema `never`. */
interface NoSuchCode<C> {
  readonly noSuchDtypeCode: C
}

type CheckedCode<C> = C extends string ? (string extends C ? C : C extends DtypeCode ? C : NoSuchCode<C>) : C

/** The elements of sub-arrays and lists are numbers. */
type CheckedElement<C> = C extends string
  ? string extends C
    ? C
    : [KindOf<C>] extends [never]
      ? NoSuchCode<C>
      : KindOf<C> extends NumericKind
        ? C
        : NoSuchElement<C>
  : C

/** The reason that the compiler shows for an element that is no number. */
interface NoSuchElement<C> {
  readonly noArraysOf: C
}

type WithoutPrefix<C> = C extends `${'<' | '=' | '|'}${infer Plain}` ? Plain : C

/** The kind of a code, of dates with the unit; all kinds if the code is only known at run time. */
export type KindOf<C> = string extends C
  ? CodeKind
  : WithoutPrefix<C> extends infer P
    ? P extends NumericKind | 'utf8' | 'binary' | 'any'
      ? P
      : P extends keyof Aliases
        ? Aliases[P]
        : P extends `S${number}`
          ? 'S'
          : P extends `V${number}`
            ? 'V'
            : P extends `${'M8' | 'datetime64'}[${infer U extends DatetimeUnit}]`
              ? `M8[${U}]`
              : never
    : never

/** One cell of a scalar field. */
type ScalarCell<K> = K extends NumericKind
  ? NumericKinds[K]['cell']
  : K extends 'S' | 'utf8'
    ? string
    : K extends 'V' | 'binary'
      ? Uint8Array
      : K extends `M8[${DatetimeUnit}]`
        ? DatetimeCell<K>
        : K extends 'any'
          ? AnyValue
          : never

/** GeoJSON, as records have it: the class `GeoJSON`. */
export interface StoredGeoJSON {
  /** The text, as it is stored. */
  readonly text: string
  /** The parsed text. */
  toJSON(): object
}

/** A HyperLogLog, as records have it: the class `HyperLogLog`. */
export interface StoredHyperLogLog {
  /** The bytes of the sketch. */
  readonly bytes: Uint8Array
  /** The bytes in hex. */
  toJSON(): string
}

/** What a bin can hold, as a read without a dtype gives it. Maps with other keys than strings are `Map`s. */
export type AnyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | StoredGeoJSON
  | StoredHyperLogLog
  | readonly AnyValue[]
  | ReadonlyMap<AnyValue, AnyValue>
  | { readonly [key: string]: AnyValue }

/** One cell of a `datetime64`: what a `Date` counts is one, smaller parts of a second are not. */
export type DatetimeCell<K> = K extends 'M8[s]' | 'M8[ms]' ? Date : K extends 'M8[us]' | 'M8[ns]' ? bigint : never

/** One cell of a field: what a row object holds under its name. */
export type CellOf<F> = F extends readonly [infer C, Shape | null]
  ? ArrayOf<KindOf<C>>
  : string extends F
    ? AnyCell
    : ScalarCell<KindOf<F>>

type AnyCell = number | bigint | boolean | string | Date | Uint8Array | ArrayOf<NumericKind> | object | null

/** A row as an object, with a property per field. */
export type Row<S extends Schema> = { [K in keyof S]: CellOf<S[K]> }
