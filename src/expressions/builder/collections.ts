import { operation, read } from '../build.js'
import type { Expression } from '../expression.js'
import type { Step } from '../node.js'
import { type ReadName, readRule } from '../reads.js'
import type { ExpressionType, Returns } from '../types.js'
import type { AnyOperand, Operand } from './operands.js'

/** What a read of a list can return. */
export type ListReturn = Exclude<Returns, 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap'>

/** What a read of a map can return. */
export type MapReturn = Returns

/** Where in a bin a read looks. */
export interface InContext {
  /** The way to the list or map inside; made by `ctx`. */
  readonly context?: readonly Step[] | undefined
}

/** Options of a read that selects one element. */
export interface OneOptions<R, A> extends InContext {
  /** What comes back. Default `'value'`. */
  readonly return?: R | undefined
  /** The type of the value, or of the key that is returned. */
  readonly as?: A | undefined
}

/** Options of a read that selects a range. */
export interface ManyOptions<R> extends InContext {
  /** What comes back. Default `'value'`: a list of the values. */
  readonly return?: R | undefined
  /** Everything but the range. Default false. */
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
  /** The way to the list or map inside; made by `ctx`. */
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

/** What a read is called with: its source, its arguments, and its options behind the last argument that it can have. */
function selection(name: ReadName) {
  const count = readRule(name).args.length
  return (source: unknown, ...rest: unknown[]): Expression<never> => {
    const {
      return: returns,
      as,
      inverted,
      context,
    } = (rest[count] ?? {}) as OneOptions<Returns, ExpressionType> & ManyOptions<Returns>
    return read(name, source, rest.slice(0, count), { returns, as, inverted, context })
  }
}

type Int = Operand<'int'>
type Map = Expression<'map'>
type One<Args extends readonly unknown[]> = ReadOne<'list', ListReturn, Args>
type Many<Args extends readonly unknown[]> = ReadMany<'list', ListReturn, Args>
type OneOfMap<Args extends readonly unknown[]> = ReadOne<'map', MapReturn, Args>
type ManyOfMap<Args extends readonly unknown[]> = ReadMany<'map', MapReturn, Args>

/** Reads of lists. The first argument is the list; indexes and ranks may be negative, counted from the end. */
export const lists = {
  /** How many elements it has. */
  size: selection('lists.size') as ReadSize<'list'>,
  /** The element at an index. */
  getByIndex: selection('lists.getByIndex') as One<[index: Int]>,
  /** The element at a rank: 0 is the smallest. */
  getByRank: selection('lists.getByRank') as One<[rank: Int]>,
  /** Elements from an index on, all or a number of them. */
  getByIndexRange: selection('lists.getByIndexRange') as Many<[index: Int, count?: Int]>,
  /** Elements from a rank on, all or a number of them. */
  getByRankRange: selection('lists.getByRankRange') as Many<[rank: Int, count?: Int]>,
  /** The elements that equal a value. */
  getByValue: selection('lists.getByValue') as Many<[value: AnyOperand]>,
  /** The elements that equal any of several values. */
  getByValueList: selection('lists.getByValueList') as Many<[values: Operand<'list'>]>,
  /** The elements from a value up to, and without, another; `exp.nil()` begins before all, no end is behind all. */
  getByValueRange: selection('lists.getByValueRange') as Many<[begin: AnyOperand, end?: AnyOperand]>,
  /** Elements from a rank on that is counted from a value. */
  getByValueRelativeRankRange: selection('lists.getByValueRelativeRankRange') as Many<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
} as const

/** Reads of maps. The first argument is the map; indexes follow the keys, ranks the values. */
export const maps = {
  /** How many elements it has. */
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
  /** Elements from an index on, all or a number of them. */
  getByIndexRange: selection('maps.getByIndexRange') as ManyOfMap<[index: Int, count?: Int]>,
  /** Elements from a rank on, all or a number of them. */
  getByRankRange: selection('maps.getByRankRange') as ManyOfMap<[rank: Int, count?: Int]>,
  /** The elements with a value. */
  getByValue: selection('maps.getByValue') as ManyOfMap<[value: AnyOperand]>,
  /** The elements whose keys are in a list. */
  getByKeyList: selection('maps.getByKeyList') as ManyOfMap<[keys: Operand<'list'>]>,
  /** The elements whose values are in a list. */
  getByValueList: selection('maps.getByValueList') as ManyOfMap<[values: Operand<'list'>]>,
  /** The elements from a key up to, and without, another; `exp.nil()` begins before all, no end is behind all. */
  getByKeyRange: selection('maps.getByKeyRange') as ManyOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** The elements from a value up to, and without, another. */
  getByValueRange: selection('maps.getByValueRange') as ManyOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** Elements from an index on that is counted from a key. */
  getByKeyRelativeIndexRange: selection('maps.getByKeyRelativeIndexRange') as ManyOfMap<
    [key: AnyOperand, index: Int, count?: Int]
  >,
  /** Elements from a rank on that is counted from a value. */
  getByValueRelativeRankRange: selection('maps.getByValueRelativeRankRange') as ManyOfMap<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
} as const

type Blob = Expression<'blob'>
type Hll = Expression<'hll'>

/** Reads of the bits of a blob. Offsets and sizes are bits; a negative offset counts from the end. */
export const bits = {
  /** Bits as a blob. */
  get: (blob: Blob, offset: Int, size: Int): Expression<'blob'> => read('bits.get', blob, [offset, size]),
  /** How many bits are set. */
  count: (blob: Blob, offset: Int, size: Int): Expression<'int'> => read('bits.count', blob, [offset, size]),
  /** The first bit with a value, counted from the offset; -1 if there is none. */
  leftScan: (blob: Blob, offset: Int, size: Int, value: Operand<'bool'>): Expression<'int'> =>
    read('bits.leftScan', blob, [offset, size, value]),
  /** The last bit with a value, counted from the offset; -1 if there is none. */
  rightScan: (blob: Blob, offset: Int, size: Int, value: Operand<'bool'>): Expression<'int'> =>
    read('bits.rightScan', blob, [offset, size, value]),
  /** Bits as an integer, most significant first. */
  getInt: (
    blob: Blob,
    offset: Int,
    size: Int,
    { signed = false }: { readonly signed?: boolean } = {},
  ): Expression<'int'> => read('bits.getInt', blob, [offset, size, signed ? 1 : 0]),
} as const

/** Reads of HyperLogLogs. */
export const hlls = {
  /** How many different values it has seen, estimated. */
  count: (hll: Hll): Expression<'int'> => read('hlls.count', hll, []),
  /** One that has seen what it and all in a list have seen. */
  union: (hll: Hll, others: Operand<'list'>): Expression<'hll'> => read('hlls.union', hll, [others]),
  /** How many different values any of them has seen, estimated. */
  unionCount: (hll: Hll, others: Operand<'list'>): Expression<'int'> => read('hlls.unionCount', hll, [others]),
  /** How many different values all of them have seen, estimated. */
  intersectCount: (hll: Hll, others: Operand<'list'>): Expression<'int'> => read('hlls.intersectCount', hll, [others]),
  /** How much of what any has seen all have seen, from 0 to 1, estimated. */
  similarity: (hll: Hll, others: Operand<'list'>): Expression<'float'> => read('hlls.similarity', hll, [others]),
  /** Its index bits and minhash bits, as a list of two. */
  describe: (hll: Hll): Expression<'list'> => read('hlls.describe', hll, []),
  /** 1 if it may have seen all values of a list, 0 if it has not. */
  mayContain: (hll: Hll, values: Operand<'list'>): Expression<'int'> => read('hlls.mayContain', hll, [values]),
} as const
