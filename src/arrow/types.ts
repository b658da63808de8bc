import type * as Arrow from 'apache-arrow'
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
}

/** The Arrow type of a field: a sub-array is a fixed-size list, of lists where it has several dimensions. */
type ArrowTypeOf<F> = F extends readonly [infer C, infer S extends Shape]
  ? ListsOf<ArrowKinds[KindOf<C>], S>
  : string extends F
    ? Arrow.DataType
    : ArrowKinds[KindOf<F>]

type ListsOf<T extends Arrow.DataType, S> = S extends readonly []
  ? T
  : S extends readonly [unknown, ...infer Rest]
    ? Arrow.FixedSizeList<ListsOf<T, Rest>>
    : S extends number
      ? Arrow.FixedSizeList<T>
      : Arrow.FixedSizeList

/** The types of a table's columns, by field name. */
export type ArrowColumns<S> = {
  -readonly [K in keyof S]: ArrowTypeOf<S[K]> extends infer T extends Arrow.DataType ? T : never
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
