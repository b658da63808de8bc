import type * as Arrow from 'apache-arrow'
import type { NumericKind } from '../kinds/kinds.js'
import type { KindOf, Shape } from '../kinds/literals.js'

/** The Arrow type of each kind. */
interface ArrowKinds {
  i1: Arrow.Int8
  i2: Arrow.Int16
  i4: Arrow.Int32
  i8: Arrow.Int64
  u1: Arrow.Uint8
  u2: Arrow.Uint16
  u4: Arrow.Uint32
  u8: Arrow.Uint64
  f2: Arrow.Float16
  f4: Arrow.Float32
  f8: Arrow.Float64
  '?': Arrow.Bool
  S: Arrow.Utf8
  V: Arrow.FixedSizeBinary
  'M8[s]': Arrow.TimestampSecond
  'M8[ms]': Arrow.TimestampMillisecond
  'M8[us]': Arrow.TimestampMicrosecond
  'M8[ns]': Arrow.TimestampNanosecond
  any: Arrow.Utf8
}

/** What a copy of the library calls views of text and bytes; the older types where it has none. */
type ViewTypes = typeof Arrow extends {
  Utf8View: new () => infer T extends Arrow.DataType
  BinaryView: new () => infer B extends Arrow.DataType
}
  ? { utf8: T; binary: B }
  : PlainTypes

interface PlainTypes {
  utf8: Arrow.Utf8
  binary: Arrow.Binary
}

/** The type of text and bytes of any length, which an option decides. */
type VariableType<K extends keyof PlainTypes, O> = O extends { views: false } ? PlainTypes[K] : ViewTypes[K]

type ScalarType<K, O> = K extends keyof ArrowKinds
  ? ArrowKinds[K]
  : K extends keyof PlainTypes
    ? VariableType<K, O>
    : never

/** Whether an option makes a dictionary of a field. */
type IsDictionary<N, K, O> = K extends 'S' | 'utf8'
  ? O extends { dictionary: true }
    ? true
    : O extends { dictionary: readonly (infer D)[] }
      ? N extends D
        ? true
        : false
      : false
  : false

/** The Arrow type of a field: a sub-array is a fixed-size list, of lists where it has several dimensions. */
type ArrowTypeOf<N, F, O> = F extends readonly [infer C, null]
  ? Arrow.List<NumberType<KindOf<C>>>
  : F extends readonly [infer C, infer S extends Shape]
    ? ListsOf<NumberType<KindOf<C>>, S>
    : string extends F
      ? Arrow.DataType
      : IsDictionary<N, KindOf<F>, O> extends true
        ? Arrow.Dictionary<Arrow.Utf8, Arrow.Int32>
        : ScalarType<KindOf<F>, O>

type NumberType<K> = K extends NumericKind ? ArrowKinds[K] : never

type ListsOf<T extends Arrow.DataType, S> = S extends readonly []
  ? T
  : S extends readonly [unknown, ...infer Rest]
    ? Arrow.FixedSizeList<ListsOf<T, Rest>>
    : S extends number
      ? Arrow.FixedSizeList<T>
      : Arrow.FixedSizeList

/** The types of a table's columns, by field name. */
export type ArrowColumns<S, O = unknown> = {
  -readonly [K in keyof S]: ArrowTypeOf<K, S[K], O> extends infer T extends Arrow.DataType ? T : never
}

/** A table with columns of these types. */
export type ArrowTable<T extends Arrow.TypeMap> = Arrow.Table<T>

/** The columns that a table can have beside those of the dtype. */
interface ArrowExtras {
  key: Arrow.Utf8 | Arrow.Int64 | Arrow.Binary
  gen: Arrow.Uint32
  ttl: Arrow.Uint32
  resultCode: Arrow.Int32
}

type NameOfExtra<K, V> = V extends true ? K : V extends string ? V : never

/** The types of the columns that are added by options. */
export type ArrowExtraColumns<O> = {
  [K in keyof ArrowExtras as K extends keyof O ? NameOfExtra<K, O[K]> : never]: ArrowExtras[K]
}

/** Which columns a table gets in addition to the bins: `true` adds a column under this name, a string under another name. */
export interface ArrowOptions {
  /** The primary keys: strings, Int64 or bytes, whichever they are. */
  key?: boolean | string | undefined
  /** The generations; null for missing records. */
  gen?: boolean | string | undefined
  /** The remaining seconds to live, 0xFFFFFFFF for a record that never expires; null for missing records. */
  ttl?: boolean | string | undefined
  /** The result codes. */
  resultCode?: boolean | string | undefined
  /**
   * Utf8View and BinaryView for `utf8` and `binary` fields, which copy nothing; default true, if `apache-arrow` knows them
   * (from version 21.1 on). With false they are Utf8 and Binary, which are copies, for readers that do not know views.
   */
  views?: boolean | undefined
  /** The fields of text that become dictionaries, which are smaller where values repeat; `true` for all. Default none. */
  dictionary?: boolean | readonly string[] | undefined
  /**
   * The module `apache-arrow` whose classes the table is made of. Default what the program would load itself by `import` or
   * `require`, whichever it has loaded this package with; on Node.js before 20.19 and 22.12, and on Bun, always what `require` gives.
   * What one copy of that library has made, another may read and cannot always write.
   */
  arrow?: typeof Arrow | undefined
}

/** Options of `toIPC`. */
export interface IPCOptions extends ArrowOptions {
  /** The stream format, which is the default, or the file format (`.arrow`, Feather 2), which allows random access. */
  format?: 'stream' | 'file' | undefined
}

/** Options of `saveIPC`. */
export interface SaveIPCOptions extends ArrowOptions {
  /** The file format, which is the default, or the stream format. */
  format?: 'stream' | 'file' | undefined
}
