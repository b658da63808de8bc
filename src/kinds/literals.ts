import type { ArrayOf, Kind, NumericKind, NumericKinds } from './kinds.js'

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

/** What a field becomes: its code, or code and shape for a sub-array. */
export type FieldType = string | readonly [code: string, shape: Shape]

/** A field that is read from elsewhere than the bin of its name. */
export interface FieldFrom {
  /** What it becomes. */
  readonly type: FieldType
  /**
   * A bin by its name, a place in a bin such as `'$.profile.address.city'`, or what the server computes, as AEL text or an
   * expression: `'$.temperature * 1.8 + 32.0'`.
   */
  readonly from: string | object
}

/** A field of the object form: what it becomes, and where it is read from, if not from the bin of its name. */
export type FieldSpec = FieldType | FieldFrom

/** `{ temperature: 'f8', embedding: ['f4', 128] }` */
export type DtypeObject = Readonly<Record<string, FieldSpec>>

/** `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`, as numpy writes it. */
export type DtypeList = readonly (readonly [name: string, code: string, shape?: Shape])[]

/** What a schema says of every field, whichever form it was written in. */
export type Schema = Readonly<Record<string, FieldType>>

/** The schema that a literal stands for. */
export type SchemaOf<F> = F extends DtypeList
  ? ListSchema<F>
  : F extends DtypeObject
    ? {
        readonly [K in keyof F]: F[K] extends Typed<infer T extends FieldType> ? T : Exclude<F[K], FieldFrom>
      }
    : never

interface Typed<T> {
  /** The code, with a shape where the field has one. */
  readonly type: T
}

type ListSchema<F extends DtypeList> = {
  readonly [E in F[number] as E[0]]: E extends readonly [string, infer C extends string, infer S extends Shape]
    ? readonly [C, S]
    : E[1]
}

/** Replaces the type of each wrong code with the reason, so that the compiler points at it. */
export type CheckedFields<F> = F extends DtypeList
  ? { readonly [I in keyof F]: CheckedEntry<F[I]> }
  : {
      readonly [K in keyof F]: F[K] extends { readonly type: infer T; readonly from: infer From }
        ? { readonly type: CheckedType<T>; readonly from: From }
        : CheckedType<F[K]>
    }

type CheckedType<T> = T extends readonly [infer C, infer S] ? readonly [CheckedCode<C>, S] : CheckedCode<T>

type CheckedEntry<E> = { readonly [P in keyof E]: P extends '1' ? CheckedCode<E[P]> : E[P] }

/** The reason that the compiler shows for a wrong code. It is an object because a literal would make the whole schema `never`. */
interface NoSuchCode<C> {
  readonly noSuchDtypeCode: C
}

type CheckedCode<C> = C extends string ? (string extends C ? C : C extends DtypeCode ? C : NoSuchCode<C>) : C

type WithoutPrefix<C> = C extends `${'<' | '=' | '|'}${infer Plain}` ? Plain : C

/** The kind of a code; all kinds if the code is only known at run time. */
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

/** One cell of a field: what a row object holds under its name. */
export type CellOf<F> = F extends readonly [infer C, Shape]
  ? ArrayOf<KindOf<C>>
  : string extends F
    ? AnyCell
    : ScalarCell<KindOf<F>>

type AnyCell = number | bigint | boolean | string | Uint8Array | ArrayOf<NumericKind>

/** A row as an object, with a property per field. */
export type Row<S extends Schema> = { [K in keyof S]: CellOf<S[K]> }
