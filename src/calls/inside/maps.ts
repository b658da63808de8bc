import type { MapOrder } from '../../expressions/context.js'
import type { MapKey } from '../../expressions/types.js'
import type { MapAddend, StoredValue } from './arguments.js'
import { builder, ordering } from './operation.js'
import type {
  MapCreateOptions,
  MapIncrementOptions,
  MapOrderOptions,
  MapPutItemsOptions,
  MapPutOptions,
  ReadInsideOptions,
  WriteInsideOptions,
} from './options.js'
import type { GetMany, GetOne, Int, Makes, MapReturns, RemoveMany, RemoveOne } from './selections.js'

type Keys = readonly MapKey[]
type Values = readonly StoredValue[]
type Entries = ReadonlyMap<MapKey, StoredValue> | Readonly<Record<string, StoredValue>>
type KeyBound = MapKey | null
type GetOneOf<Args extends readonly unknown[]> = GetOne<MapReturns, Args>
type GetManyOf<Args extends readonly unknown[]> = GetMany<MapReturns, Args>
type RemoveOneOf<Args extends readonly unknown[]> = RemoveOne<MapReturns, Args>
type RemoveManyOf<Args extends readonly unknown[]> = RemoveMany<MapReturns, Args>

/** Operations on maps. Indexes are in the order of the keys, ranks in the order of the values; negative ones count from the end. */
export const maps = {
  /** Makes a map where there is none, and gives it an order. */
  create: builder('maps.create') as Makes<null, MapCreateOptions>,
  /** Gives the map an order. */
  setOrder: ((bin, order, options) => builder('maps.setOrder')(bin, ordering(order, options))) as (
    bin: string,
    order: MapOrder,
    options?: MapOrderOptions,
  ) => ReturnType<Makes<null, never>>,
  /** Writes a value under a key. Results in the size of the map. */
  put: builder('maps.put') as Makes<number, MapPutOptions, [key: MapKey, value: StoredValue]>,
  /** Writes the entries of an object or a Map. Results in the size of the map. */
  putItems: builder('maps.putItems') as Makes<number, MapPutItemsOptions, [entries: Entries]>,
  /** Adds to the number under a key; without one, to 0. Results in the sum. */
  increment: builder('maps.increment') as Makes<number, MapIncrementOptions, [key: MapKey, by?: MapAddend]>,
  /** Subtracts from the number under a key; without one, from 0. Results in the difference. */
  decrement: builder('maps.decrement') as Makes<number, MapIncrementOptions, [key: MapKey, by?: MapAddend]>,
  /** Removes everything. */
  clear: builder('maps.clear') as Makes<null, WriteInsideOptions>,
  /** The number of entries. */
  size: builder('maps.size') as Makes<number, ReadInsideOptions>,
  /** The entry under a key. */
  getByKey: builder('maps.getByKey') as GetOneOf<[key: MapKey]>,
  /** The entry at an index. */
  getByIndex: builder('maps.getByIndex') as GetOneOf<[index: Int]>,
  /** The entry at a rank: 0 has the smallest value. */
  getByRank: builder('maps.getByRank') as GetOneOf<[rank: Int]>,
  /** The entries under keys. */
  getByKeyList: builder('maps.getByKeyList') as GetManyOf<[keys: Keys]>,
  /** The entries from a key up to another, which is excluded. Null as the begin is the first; no end is the last. */
  getByKeyRange: builder('maps.getByKeyRange') as GetManyOf<[begin: KeyBound, end?: KeyBound]>,
  /** The entries from an index on that is relative to a key. */
  getByKeyRelativeIndexRange: builder('maps.getByKeyRelativeIndexRange') as GetManyOf<
    [key: MapKey, index: Int, count?: Int]
  >,
  /** The entries with a value. */
  getByValue: builder('maps.getByValue') as GetManyOf<[value: StoredValue]>,
  /** The entries with any of several values. */
  getByValueList: builder('maps.getByValueList') as GetManyOf<[values: Values]>,
  /** The entries from a value up to another, which is excluded. Null as the begin is the first; no end is the last. */
  getByValueRange: builder('maps.getByValueRange') as GetManyOf<[begin: StoredValue, end?: StoredValue]>,
  /** The entries from a rank on that is relative to a value. */
  getByValueRelativeRankRange: builder('maps.getByValueRelativeRankRange') as GetManyOf<
    [value: StoredValue, rank: Int, count?: Int]
  >,
  /** The entries from an index on: all, or a number of them. */
  getByIndexRange: builder('maps.getByIndexRange') as GetManyOf<[index: Int, count?: Int]>,
  /** The entries from a rank on: all, or a number of them. */
  getByRankRange: builder('maps.getByRankRange') as GetManyOf<[rank: Int, count?: Int]>,
  /** Removes the entry under a key. */
  removeByKey: builder('maps.removeByKey') as RemoveOneOf<[key: MapKey]>,
  /** Removes the entry at an index. */
  removeByIndex: builder('maps.removeByIndex') as RemoveOneOf<[index: Int]>,
  /** Removes the entry at a rank: 0 has the smallest value. */
  removeByRank: builder('maps.removeByRank') as RemoveOneOf<[rank: Int]>,
  /** Removes the entries under keys. */
  removeByKeyList: builder('maps.removeByKeyList') as RemoveManyOf<[keys: Keys]>,
  /** Removes the entries from a key up to another, which is excluded. Null as the begin is the first; no end is the last. */
  removeByKeyRange: builder('maps.removeByKeyRange') as RemoveManyOf<[begin: KeyBound, end?: KeyBound]>,
  /** Removes the entries from an index on that is relative to a key. */
  removeByKeyRelativeIndexRange: builder('maps.removeByKeyRelativeIndexRange') as RemoveManyOf<
    [key: MapKey, index: Int, count?: Int]
  >,
  /** Removes the entries with a value. */
  removeByValue: builder('maps.removeByValue') as RemoveManyOf<[value: StoredValue]>,
  /** Removes the entries with any of several values. */
  removeByValueList: builder('maps.removeByValueList') as RemoveManyOf<[values: Values]>,
  /** Removes the entries from a value up to another, which is excluded. Null as the begin is the first; no end is the last. */
  removeByValueRange: builder('maps.removeByValueRange') as RemoveManyOf<[begin: StoredValue, end?: StoredValue]>,
  /** Removes the entries from a rank on that is relative to a value. */
  removeByValueRelativeRankRange: builder('maps.removeByValueRelativeRankRange') as RemoveManyOf<
    [value: StoredValue, rank: Int, count?: Int]
  >,
  /** Removes the entries from an index on: all, or a number of them. */
  removeByIndexRange: builder('maps.removeByIndexRange') as RemoveManyOf<[index: Int, count?: Int]>,
  /** Removes the entries from a rank on: all, or a number of them. */
  removeByRankRange: builder('maps.removeByRankRange') as RemoveManyOf<[rank: Int, count?: Int]>,
} as const
