import type { MapKey, Returns } from '../../expressions/types.js'
import type { InsideOperation } from './operation.js'
import type { ReadInsideOptions, WriteInsideOptions } from './options.js'

/** An integer as an argument: a safe integer, or a bigint of 64 bits. */
export type Int = number | bigint

/** What an operation on a list can return of the elements that it selects; `'none'` is nothing. */
export type ListReturns = Exclude<Returns, 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap'> | 'none'

/** What an operation on a map can return of the elements that it selects; `'none'` is nothing. */
export type MapReturns = Returns | 'none'

/** What is returned. */
interface Returning<R> {
  /** What is returned. Default `'value'`, and `'none'` of what is removed. */
  readonly return?: R | undefined
}

/** What several elements can be selected with. */
interface Inverting {
  /** Selects everything outside. Default false. */
  readonly inverted?: boolean | undefined
}

/** Options of an operation that reads one element. */
export interface GetOneOptions<R> extends ReadInsideOptions, Returning<R> {}

/** Options of an operation that reads several elements. */
export interface GetManyOptions<R> extends ReadInsideOptions, Returning<R>, Inverting {}

/** Options of an operation that removes one element. */
export interface RemoveOneOptions<R> extends WriteInsideOptions, Returning<R> {}

/** Options of an operation that removes several elements. */
export interface RemoveManyOptions<R> extends WriteInsideOptions, Returning<R>, Inverting {}

/** What is returned whichever way elements are selected, and else `Other`. */
type Returned<R, Other> = R extends 'none'
  ? null
  : R extends 'exists'
    ? boolean
    : R extends 'count'
      ? number
      : R extends 'keyValue'
        ? [MapKey, unknown][]
        : R extends 'orderedMap' | 'unorderedMap'
          ? object
          : Other

/** The type of what is returned of one element. */
export type InsideOne<R> = Returned<R, R extends 'value' ? unknown : R extends 'key' ? MapKey : number>

/** The type of what is returned of several elements. */
export type InsideMany<R> = Returned<R, R extends 'value' ? unknown[] : R extends 'key' ? MapKey[] : number[]>

/** Makes an operation that reads one element. */
export interface GetOne<All, Args extends readonly unknown[]> {
  <const R extends All = 'value' & All>(
    bin: string,
    ...args: [...Args, options?: GetOneOptions<R>]
  ): InsideOperation<InsideOne<R>>
}

/** Makes an operation that reads several elements. */
export interface GetMany<All, Args extends readonly unknown[]> {
  <const R extends All = 'value' & All>(
    bin: string,
    ...args: [...Args, options?: GetManyOptions<R>]
  ): InsideOperation<InsideMany<R>>
}

/** Makes an operation that removes one element. */
export interface RemoveOne<All, Args extends readonly unknown[]> {
  <const R extends All = 'none' & All>(
    bin: string,
    ...args: [...Args, options?: RemoveOneOptions<R>]
  ): InsideOperation<InsideOne<R>>
}

/** Makes an operation that removes several elements. */
export interface RemoveMany<All, Args extends readonly unknown[]> {
  <const R extends All = 'none' & All>(
    bin: string,
    ...args: [...Args, options?: RemoveManyOptions<R>]
  ): InsideOperation<InsideMany<R>>
}

/** Makes an operation with arguments and no options that results in something of one type. */
export type Plain<R, Args extends readonly unknown[] = []> = (bin: string, ...args: Args) => InsideOperation<R>

/** Makes an operation with arguments and options that results in something of one type. */
export type Makes<R, O, Args extends readonly unknown[] = []> = (
  bin: string,
  ...args: [...Args, options?: O]
) => InsideOperation<R>
