import { type Checks, boolean } from '../../arguments/options.js'
import { operation, read } from '../build.js'
import type { Expression } from '../expression.js'
import type { Step } from '../node.js'
import { type ReadName, readRule } from '../reads.js'
import type { ExpressionType, Returns } from '../types.js'
import type { AnyOperand, Operand } from './operands.js'
import { IN_CONTEXT, MANY, ONE, optionsOf } from './options.js'

/** What reading a list can return. */
export type ListReturn = Exclude<Returns, 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap'>

/** What reading a map can return. */
export type MapReturn = Returns

/** Options that name a nested list or map. */
export interface InContext {
  /** The steps to a nested list or map, made by `ctx`. */
  readonly context?: readonly Step[] | undefined
}

/** Options of a read that selects one element. */
export interface OneOptions<R, A> extends InContext {
  /** What is returned. Default `'value'`. */
  readonly return?: R | undefined
  /** The type of the value, or of the key that is returned. */
  readonly as?: A | undefined
}

/** Options of a read that selects a range. */
export interface ManyOptions<R> extends InContext {
  /** What is returned. Default `'value'`: a list of the values. */
  readonly return?: R | undefined
  /** Selects everything outside the range. Default false. */
  readonly inverted?: boolean | undefined
}

type AsMap = 'keyValue' | 'orderedMap' | 'unorderedMap'

/** The type of one element, or of what else is returned of it. */
export type OneResult<R, A extends ExpressionType> = R extends 'value' | 'key'
  ? A
  : R extends 'exists'
    ? 'bool'
    : R extends AsMap
      ? 'map'
      : 'int'

/** The type of what a range returns. */
export type ManyResult<R> = R extends 'count' ? 'int' : R extends 'exists' ? 'bool' : R extends AsMap ? 'map' : 'list'

/** Options that lead into a bin, which then may be a list or a map, whatever is inside. */
export interface Nested {
  /** The steps to a nested list or map, made by `ctx`. */
  readonly context: readonly [Step, ...Step[]]
}

/** A read that selects one element of a list or a map. */
export interface ReadOne<K extends 'list' | 'map', R extends Returns, Args extends readonly unknown[]> {
  <const O extends R = 'value' & R, const A extends ExpressionType = 'int'>(
    source: Expression<K>,
    ...args: [...Args, options?: OneOptions<O, A>]
  ): Expression<OneResult<O, A>>
  <const O extends R = 'value' & R, const A extends ExpressionType = 'int'>(
    source: Expression<'list' | 'map'>,
    ...args: [...Args, options: OneOptions<O, A> & Nested]
  ): Expression<OneResult<O, A>>
}

/** A read that selects elements of a list or a map. */
export interface ReadMany<K extends 'list' | 'map', R extends Returns, Args extends readonly unknown[]> {
  <const O extends R = 'value' & R>(
    source: Expression<K>,
    ...args: [...Args, options?: ManyOptions<O>]
  ): Expression<ManyResult<O>>
  <const O extends R = 'value' & R>(
    source: Expression<'list' | 'map'>,
    ...args: [...Args, options: ManyOptions<O> & Nested]
  ): Expression<ManyResult<O>>
}

/** A read of how many elements there are. */
export interface ReadSize<K extends 'list' | 'map'> {
  (source: Expression<K>, options?: InContext): Expression<'int'>
  (source: Expression<'list' | 'map'>, options: Nested): Expression<'int'>
}

type SelectionOptions = OneOptions<Returns, ExpressionType> & ManyOptions<Returns>

/** What a read is called with: its source, its arguments, and its options behind the last argument that it can have. */
function selection(name: ReadName) {
  const { args, gives } = readRule(name)
  const checks = gives === 'one' ? ONE : gives === 'many' ? MANY : IN_CONTEXT
  return (source: unknown, ...rest: unknown[]): Expression<never> => {
    const options = optionsOf<SelectionOptions>(name, rest[args.length], checks)
    const { return: returns, as, inverted, context } = options
    return read(name, source, rest.slice(0, args.length), { returns, as, inverted, context })
  }
}

type Int = Operand<'int'>
type Map = Expression<'map'>
type One<Args extends readonly unknown[]> = ReadOne<'list', ListReturn, Args>
type Many<Args extends readonly unknown[]> = ReadMany<'list', ListReturn, Args>
type OneOfMap<Args extends readonly unknown[]> = ReadOne<'map', MapReturn, Args>
type ManyOfMap<Args extends readonly unknown[]> = ReadMany<'map', MapReturn, Args>

/** Reads of lists. The first argument is the list. Negative indexes and ranks count from the end. */
export const lists = {
  /** The number of elements. */
  size: selection('lists.size') as ReadSize<'list'>,
  /** The element at an index. */
  getByIndex: selection('lists.getByIndex') as One<[index: Int]>,
  /** The element at a rank: 0 is the smallest. */
  getByRank: selection('lists.getByRank') as One<[rank: Int]>,
  /** The elements from an index on: all, or a number of them. */
  getByIndexRange: selection('lists.getByIndexRange') as Many<[index: Int, count?: Int]>,
  /** The elements from a rank on: all, or a number of them. */
  getByRankRange: selection('lists.getByRankRange') as Many<[rank: Int, count?: Int]>,
  /** The elements that equal a value. */
  getByValue: selection('lists.getByValue') as Many<[value: AnyOperand]>,
  /** The elements that equal any of several values. */
  getByValueList: selection('lists.getByValueList') as Many<[values: Operand<'list'>]>,
  /** The elements from a value up to another, which is excluded. `exp.nil()` as the start means from the first; no end means to the last. */
  getByValueRange: selection('lists.getByValueRange') as Many<[begin: AnyOperand, end?: AnyOperand]>,
  /** The elements from a rank on that is relative to a value. */
  getByValueRelativeRankRange: selection('lists.getByValueRelativeRankRange') as Many<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
} as const

/** Reads of maps. The first argument is the map. Indexes are in the order of the keys, ranks in the order of the values. */
export const maps = {
  /** The number of elements. */
  size: selection('maps.size') as ReadSize<'map'>,
  /** The keys. */
  keys: (map: Map): Expression<'list'> => operation('mapKeys', [map]),
  /** The values. */
  values: (map: Map): Expression<'list'> => operation('mapValues', [map]),
  /** The element under a key. */
  getByKey: selection('maps.getByKey') as OneOfMap<[key: AnyOperand]>,
  /** The element at an index. */
  getByIndex: selection('maps.getByIndex') as OneOfMap<[index: Int]>,
  /** The element at a rank: 0 has the smallest value. */
  getByRank: selection('maps.getByRank') as OneOfMap<[rank: Int]>,
  /** The elements from an index on: all, or a number of them. */
  getByIndexRange: selection('maps.getByIndexRange') as ManyOfMap<[index: Int, count?: Int]>,
  /** The elements from a rank on: all, or a number of them. */
  getByRankRange: selection('maps.getByRankRange') as ManyOfMap<[rank: Int, count?: Int]>,
  /** The elements with a value. */
  getByValue: selection('maps.getByValue') as ManyOfMap<[value: AnyOperand]>,
  /** The elements whose keys are in a list. */
  getByKeyList: selection('maps.getByKeyList') as ManyOfMap<[keys: Operand<'list'>]>,
  /** The elements whose values are in a list. */
  getByValueList: selection('maps.getByValueList') as ManyOfMap<[values: Operand<'list'>]>,
  /** The elements from a key up to another, which is excluded. `exp.nil()` as the start means from the first; no end means to the last. */
  getByKeyRange: selection('maps.getByKeyRange') as ManyOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** The elements from a value up to another, which is excluded. */
  getByValueRange: selection('maps.getByValueRange') as ManyOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** The elements from an index on that is relative to a key. */
  getByKeyRelativeIndexRange: selection('maps.getByKeyRelativeIndexRange') as ManyOfMap<
    [key: AnyOperand, index: Int, count?: Int]
  >,
  /** The elements from a rank on that is relative to a value. */
  getByValueRelativeRankRange: selection('maps.getByValueRelativeRankRange') as ManyOfMap<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
} as const

type Blob = Expression<'blob'>
type Hll = Expression<'hll'>

/** How bits are read as an integer. */
export interface BitIntOptions {
  /** Whether the bits are a signed number. Default false. */
  readonly signed?: boolean | undefined
}

const SIGNED: Checks<BitIntOptions> = { signed: boolean }

/** Reads of the bits of a blob. Offsets and sizes are bits; a negative offset counts from the end. */
export const bits = {
  /** A range of bits as a blob. */
  get: (blob: Blob, offset: Int, size: Int): Expression<'blob'> => read('bits.get', blob, [offset, size]),
  /** The number of bits that are set. */
  count: (blob: Blob, offset: Int, size: Int): Expression<'int'> => read('bits.count', blob, [offset, size]),
  /** The first bit with a value, counted from the offset; -1 if there is none. */
  leftScan: (blob: Blob, offset: Int, size: Int, value: Operand<'bool'>): Expression<'int'> =>
    read('bits.leftScan', blob, [offset, size, value]),
  /** The last bit with a value, counted from the offset; -1 if there is none. */
  rightScan: (blob: Blob, offset: Int, size: Int, value: Operand<'bool'>): Expression<'int'> =>
    read('bits.rightScan', blob, [offset, size, value]),
  /** A range of bits as an integer, most significant bit first. */
  getInt: (blob: Blob, offset: Int, size: Int, options?: BitIntOptions): Expression<'int'> => {
    const { signed = false } = optionsOf<BitIntOptions>('bits.getInt', options, SIGNED)
    return read('bits.getInt', blob, [offset, size, signed ? 1 : 0])
  },
} as const

/** Reads of HyperLogLogs. */
export const hlls = {
  /** The estimated number of distinct values. */
  count: (hll: Hll): Expression<'int'> => read('hlls.count', hll, []),
  /** The union of the sketch and those in a list. */
  union: (hll: Hll, others: Operand<'list'>): Expression<'hll'> => read('hlls.union', hll, [others]),
  /** The estimated number of distinct values in the union. */
  unionCount: (hll: Hll, others: Operand<'list'>): Expression<'int'> => read('hlls.unionCount', hll, [others]),
  /** The estimated number of distinct values in the intersection. */
  intersectCount: (hll: Hll, others: Operand<'list'>): Expression<'int'> => read('hlls.intersectCount', hll, [others]),
  /** The estimated Jaccard similarity, from 0 to 1. */
  similarity: (hll: Hll, others: Operand<'list'>): Expression<'float'> => read('hlls.similarity', hll, [others]),
  /** The numbers of index bits and minhash bits, as a list of two. */
  describe: (hll: Hll): Expression<'list'> => read('hlls.describe', hll, []),
  /** 1 if it may contain all values of a list, 0 if it does not. */
  mayContain: (hll: Hll, values: Operand<'list'>): Expression<'int'> => read('hlls.mayContain', hll, [values]),
} as const
