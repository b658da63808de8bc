import type { StoredValue } from './arguments.js'
import { builder, ordering } from './operation.js'
import type {
  ListAppendItemsOptions,
  ListAppendOptions,
  ListCreateOptions,
  ListIncrementOptions,
  ListInsertItemsOptions,
  ListInsertOptions,
  ListOrder,
  ListOrderOptions,
  ReadInsideOptions,
  SortOptions,
  WriteInsideOptions,
} from './options.js'
import type { GetMany, GetOne, Int, ListReturns, Makes, RemoveMany, RemoveOne } from './selections.js'

type Values = readonly StoredValue[]
type GetOneOf<Args extends readonly unknown[]> = GetOne<ListReturns, Args>
type GetManyOf<Args extends readonly unknown[]> = GetMany<ListReturns, Args>
type RemoveOneOf<Args extends readonly unknown[]> = RemoveOne<ListReturns, Args>
type RemoveManyOf<Args extends readonly unknown[]> = RemoveMany<ListReturns, Args>

/** Operations on lists. Negative indexes and ranks count from the end. */
export const lists = {
  /** Makes a list where there is none, and gives it an order. */
  create: builder('lists.create') as Makes<null, ListCreateOptions>,
  /** Gives the list an order. */
  setOrder: ((bin, order, options) => builder('lists.setOrder')(bin, ordering(order, options))) as (
    bin: string,
    order: ListOrder,
    options?: ListOrderOptions,
  ) => ReturnType<Makes<null, never>>,
  /** Appends a value. Results in the size of the list. */
  append: builder('lists.append') as Makes<number, ListAppendOptions, [value: StoredValue]>,
  /** Appends values. Results in the size of the list. */
  appendItems: builder('lists.appendItems') as Makes<number, ListAppendItemsOptions, [values: Values]>,
  /** Inserts a value. Results in the size of the list. */
  insert: builder('lists.insert') as Makes<number, ListInsertOptions, [index: Int, value: StoredValue]>,
  /** Inserts values. Results in the size of the list. */
  insertItems: builder('lists.insertItems') as Makes<number, ListInsertItemsOptions, [index: Int, values: Values]>,
  /** Replaces the value at an index. */
  set: builder('lists.set') as Makes<null, ListInsertOptions, [index: Int, value: NonNullable<StoredValue>]>,
  /** Adds an integer to the one at an index. Results in the sum. */
  increment: builder('lists.increment') as Makes<number, ListIncrementOptions, [index: Int, by?: Int]>,
  /** Removes the value at an index. Results in the value. */
  pop: builder('lists.pop') as Makes<unknown, WriteInsideOptions, [index: Int]>,
  /** Removes the values from an index on: all, or a number of them. Results in the values. */
  popRange: builder('lists.popRange') as Makes<unknown[], WriteInsideOptions, [index: Int, count?: Int]>,
  /** Removes the value at an index. Results in how many were removed. */
  remove: builder('lists.remove') as Makes<number, WriteInsideOptions, [index: Int]>,
  /** Removes the values from an index on: all, or a number of them. Results in how many were removed. */
  removeRange: builder('lists.removeRange') as Makes<number, WriteInsideOptions, [index: Int, count?: Int]>,
  /** Removes everything outside a range. Results in how many were removed. */
  trim: builder('lists.trim') as Makes<number, WriteInsideOptions, [index: Int, count: Int]>,
  /** Removes everything. */
  clear: builder('lists.clear') as Makes<null, WriteInsideOptions>,
  /** Sorts once; later values are appended all the same. */
  sort: builder('lists.sort') as Makes<null, SortOptions>,
  /** The number of values. */
  size: builder('lists.size') as Makes<number, ReadInsideOptions>,
  /** The value at an index; behind the end the call fails with code 26. */
  get: builder('lists.get') as Makes<unknown, ReadInsideOptions, [index: Int]>,
  /** The values from an index on: all, or a number of them. */
  getRange: builder('lists.getRange') as Makes<unknown[], ReadInsideOptions, [index: Int, count?: Int]>,
  /** The value at an index. */
  getByIndex: builder('lists.getByIndex') as GetOneOf<[index: Int]>,
  /** The value at a rank: 0 is the smallest. */
  getByRank: builder('lists.getByRank') as GetOneOf<[rank: Int]>,
  /** The values that equal a value. */
  getByValue: builder('lists.getByValue') as GetManyOf<[value: StoredValue]>,
  /** The values that equal any of several. */
  getByValueList: builder('lists.getByValueList') as GetManyOf<[values: Values]>,
  /** The values from an index on: all, or a number of them. */
  getByIndexRange: builder('lists.getByIndexRange') as GetManyOf<[index: Int, count?: Int]>,
  /** The values from one up to another, which is excluded. Null as the begin is the first; no end is the last. */
  getByValueRange: builder('lists.getByValueRange') as GetManyOf<[begin: StoredValue, end?: StoredValue]>,
  /** The values from a rank on: all, or a number of them. */
  getByRankRange: builder('lists.getByRankRange') as GetManyOf<[rank: Int, count?: Int]>,
  /** The values from a rank on that is relative to a value. */
  getByValueRelativeRankRange: builder('lists.getByValueRelativeRankRange') as GetManyOf<
    [value: StoredValue, rank: Int, count?: Int]
  >,
  /** Removes the value at an index. */
  removeByIndex: builder('lists.removeByIndex') as RemoveOneOf<[index: Int]>,
  /** Removes the value at a rank: 0 is the smallest. */
  removeByRank: builder('lists.removeByRank') as RemoveOneOf<[rank: Int]>,
  /** Removes the values that equal a value. */
  removeByValue: builder('lists.removeByValue') as RemoveManyOf<[value: StoredValue]>,
  /** Removes the values that equal any of several. */
  removeByValueList: builder('lists.removeByValueList') as RemoveManyOf<[values: Values]>,
  /** Removes the values from an index on: all, or a number of them. */
  removeByIndexRange: builder('lists.removeByIndexRange') as RemoveManyOf<[index: Int, count?: Int]>,
  /** Removes the values from one up to another, which is excluded. Null as the begin is the first; no end is the last. */
  removeByValueRange: builder('lists.removeByValueRange') as RemoveManyOf<[begin: StoredValue, end?: StoredValue]>,
  /** Removes the values from a rank on: all, or a number of them. */
  removeByRankRange: builder('lists.removeByRankRange') as RemoveManyOf<[rank: Int, count?: Int]>,
  /** Removes the values from a rank on that is relative to a value. */
  removeByValueRelativeRankRange: builder('lists.removeByValueRelativeRankRange') as RemoveManyOf<
    [value: StoredValue, rank: Int, count?: Int]
  >,
} as const
