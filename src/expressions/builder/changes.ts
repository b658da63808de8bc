import { type Checks, boolean, choice } from '../../arguments/options.js'
import { outOfRange } from '../../errors.js'
import { read } from '../build.js'
import type { Expression } from '../expression.js'
import { type ReadName, readRule } from '../reads.js'
import type { InContext, Nested } from './collections.js'
import type { AnyOperand, Operand } from './operands.js'
import { IN_CONTEXT, REMOVED, optionsOf } from './options.js'

/** Options of a removal of what a range selects. */
export interface RemovedOptions extends InContext {
  /** Removes everything outside the range instead. Default false. */
  readonly inverted?: boolean | undefined
}

/** A change of a list or a map: the whole with the change. With a context it changes what is inside of a list or map. */
export interface ContainerChange<K extends 'list' | 'map', Args extends readonly unknown[], O = InContext> {
  (source: Expression<K>, ...args: [...Args, options?: O]): Expression<K>
  <C extends 'list' | 'map'>(source: Expression<C>, ...args: [...Args, options: O & Nested]): Expression<C>
}

/** How a list is sorted. */
export interface SortedOptions extends InContext {
  /** From the largest to the smallest. Default false. */
  readonly descending?: boolean | undefined
  /** Keeps one of equal elements; not together with `descending`. Default false. */
  readonly dropDuplicates?: boolean | undefined
}

/** A list in the order of its elements. */
export interface SortedList {
  (source: Expression<'list'>, options?: SortedOptions): Expression<'list'>
  <C extends 'list' | 'map'>(source: Expression<C>, options: SortedOptions & Nested): Expression<C>
}

/** What a change is called with: its source, its arguments, and its options behind the last argument that it can have. */
function change(name: ReadName, checks: Partial<Checks<RemovedOptions>> = IN_CONTEXT) {
  const count = readRule(name).args.length
  return (source: unknown, ...rest: unknown[]): Expression<never> => {
    const { inverted, context } = optionsOf<RemovedOptions>(name, rest[count], checks)
    return read(name, source, rest.slice(0, count), { inverted, context })
  }
}

/** The same for what takes out several elements. */
const removal = (name: ReadName): ReturnType<typeof change> => change(name, REMOVED)

type Int = Operand<'int'>
type OfList<Args extends readonly unknown[]> = ContainerChange<'list', Args>
type OutOfList<Args extends readonly unknown[]> = ContainerChange<'list', Args, RemovedOptions>
type OfMap<Args extends readonly unknown[]> = ContainerChange<'map', Args>
type OutOfMap<Args extends readonly unknown[]> = ContainerChange<'map', Args, RemovedOptions>

const SORTED: Checks<SortedOptions> = { ...IN_CONTEXT, descending: boolean, dropDuplicates: boolean }

/** Changes of lists: each gives the whole list. */
export const listChanges = {
  /** With a value behind the last element; in an ordered list at its place. */
  append: change('lists.append') as OfList<[value: AnyOperand]>,
  /** With several values behind the last element. */
  appendItems: change('lists.appendItems') as OfList<[values: Operand<'list'>]>,
  /** With a value at an index, and the elements from there on behind it. */
  insert: change('lists.insert') as OfList<[index: Int, value: AnyOperand]>,
  /** With several values at an index. */
  insertItems: change('lists.insertItems') as OfList<[index: Int, values: Operand<'list'>]>,
  /** With another value at an index. */
  set: change('lists.set') as OfList<[index: Int, value: AnyOperand]>,
  /** Without elements. */
  clear: change('lists.clear') as OfList<[]>,
  /** With a number added to the one at an index. Default 1. */
  increment: change('lists.increment') as OfList<[index: Int, by?: AnyOperand]>,
  /** Without the element at an index. */
  removeByIndex: change('lists.removeByIndex') as OfList<[index: Int]>,
  /** Without the element at a rank. */
  removeByRank: change('lists.removeByRank') as OfList<[rank: Int]>,
  /** Without the elements that equal a value. */
  removeByValue: removal('lists.removeByValue') as OutOfList<[value: AnyOperand]>,
  /** Without the elements that equal any of several values. */
  removeByValueList: removal('lists.removeByValueList') as OutOfList<[values: Operand<'list'>]>,
  /** Without the elements from an index on: all, or a number of them. */
  removeByIndexRange: removal('lists.removeByIndexRange') as OutOfList<[index: Int, count?: Int]>,
  /** Without the elements from a value up to another, which is excluded. */
  removeByValueRange: removal('lists.removeByValueRange') as OutOfList<[begin: AnyOperand, end?: AnyOperand]>,
  /** Without the elements from a rank on: all, or a number of them. */
  removeByRankRange: removal('lists.removeByRankRange') as OutOfList<[rank: Int, count?: Int]>,
  /** Without the elements from a rank on that is relative to a value. */
  removeByValueRelativeRankRange: removal('lists.removeByValueRelativeRankRange') as OutOfList<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
  /** In the order of its elements. */
  sort: ((source: unknown, options?: SortedOptions) => {
    const {
      descending = false,
      dropDuplicates = false,
      context,
    } = optionsOf<SortedOptions>('lists.sort', options, SORTED)
    if (descending && dropDuplicates) {
      throw outOfRange('lists.sort: options.descending and options.dropDuplicates exclude each other on every server')
    }
    return read('lists.sort', source, [descending ? 1 : dropDuplicates ? 2 : 0], { context })
  }) as SortedList,
} as const

/** Changes of maps: each gives the whole map. */
export const mapChanges = {
  /** With a value under a key. */
  put: change('maps.put') as OfMap<[key: AnyOperand, value: AnyOperand]>,
  /** With the pairs of another map. */
  putItems: change('maps.putItems') as OfMap<[pairs: Operand<'map'>]>,
  /** With a number added to the one under a key. */
  increment: change('maps.increment') as OfMap<[key: AnyOperand, by: AnyOperand]>,
  /** Without elements. */
  clear: change('maps.clear') as OfMap<[]>,
  /** Without the element under a key. */
  removeByKey: change('maps.removeByKey') as OfMap<[key: AnyOperand]>,
  /** Without the element at an index. */
  removeByIndex: change('maps.removeByIndex') as OfMap<[index: Int]>,
  /** Without the element at a rank. */
  removeByRank: change('maps.removeByRank') as OfMap<[rank: Int]>,
  /** Without the elements whose keys are in a list. */
  removeByKeyList: removal('maps.removeByKeyList') as OutOfMap<[keys: Operand<'list'>]>,
  /** Without the elements with a value. */
  removeByValue: removal('maps.removeByValue') as OutOfMap<[value: AnyOperand]>,
  /** Without the elements whose values are in a list. */
  removeByValueList: removal('maps.removeByValueList') as OutOfMap<[values: Operand<'list'>]>,
  /** Without the elements from a key up to another, which is excluded. */
  removeByKeyRange: removal('maps.removeByKeyRange') as OutOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** Without the elements from an index on: all, or a number of them. */
  removeByIndexRange: removal('maps.removeByIndexRange') as OutOfMap<[index: Int, count?: Int]>,
  /** Without the elements from a value up to another, which is excluded. */
  removeByValueRange: removal('maps.removeByValueRange') as OutOfMap<[begin: AnyOperand, end?: AnyOperand]>,
  /** Without the elements from a rank on: all, or a number of them. */
  removeByRankRange: removal('maps.removeByRankRange') as OutOfMap<[rank: Int, count?: Int]>,
  /** Without the elements from an index on that is relative to a key. */
  removeByKeyRelativeIndexRange: removal('maps.removeByKeyRelativeIndexRange') as OutOfMap<
    [key: AnyOperand, index: Int, count?: Int]
  >,
  /** Without the elements from a rank on that is relative to a value. */
  removeByValueRelativeRankRange: removal('maps.removeByValueRelativeRankRange') as OutOfMap<
    [value: AnyOperand, rank: Int, count?: Int]
  >,
} as const

type Blob = Expression<'blob'>
type Bits = Operand<'blob'>

/** How a blob gets another size. */
export interface ResizedOptions {
  /** Grows and shrinks at the beginning instead of at the end. Default false. */
  readonly fromFront?: boolean | undefined
  /** Only grows, or only shrinks. */
  readonly only?: 'grow' | 'shrink' | undefined
}

/** How bits are added to. */
export interface BitSumOptions {
  /** Whether the bits are a signed number. Default false. */
  readonly signed?: boolean | undefined
  /** What becomes of a sum that does not fit: unknown (`'fail'`, the default), the nearest number, or its lowest bits. */
  readonly overflow?: 'fail' | 'saturate' | 'wrap' | undefined
}

const RESIZED: Checks<ResizedOptions> = { fromFront: boolean, only: choice('grow', 'shrink') }
const SUM: Checks<BitSumOptions> = { signed: boolean, overflow: choice('fail', 'saturate', 'wrap') }

const OVERFLOWS = { fail: 0, saturate: 2, wrap: 4 } as const

function sumFlags(name: ReadName, options: BitSumOptions | undefined): number {
  const { signed = false, overflow = 'fail' } = optionsOf<BitSumOptions>(name, options, SUM)
  return OVERFLOWS[overflow] | (signed ? 1 : 0)
}

/** Changes of the bits of a blob: each gives the whole blob. */
export const bitChanges = {
  /** With another number of bytes. */
  resize: (blob: Blob, bytes: Int, options?: ResizedOptions): Expression<'blob'> => {
    const { fromFront = false, only } = optionsOf<ResizedOptions>('bits.resize', options, RESIZED)
    const direction = only === 'grow' ? 2 : only === 'shrink' ? 4 : 0
    return read('bits.resize', blob, [bytes, 0, (fromFront ? 1 : 0) | direction])
  },
  /** With bytes at an offset in bytes. */
  insert: (blob: Blob, offset: Int, value: Bits): Expression<'blob'> => read('bits.insert', blob, [offset, value]),
  /** Without some bytes from an offset in bytes on. */
  remove: (blob: Blob, offset: Int, size: Int): Expression<'blob'> => read('bits.remove', blob, [offset, size]),
  /** With other bits in a range. */
  set: (blob: Blob, offset: Int, size: Int, value: Bits): Expression<'blob'> =>
    read('bits.set', blob, [offset, size, value]),
  /** With each bit of a range that is set there or in the value. */
  or: (blob: Blob, offset: Int, size: Int, value: Bits): Expression<'blob'> =>
    read('bits.or', blob, [offset, size, value]),
  /** With each bit of a range that is set either there or in the value. */
  xor: (blob: Blob, offset: Int, size: Int, value: Bits): Expression<'blob'> =>
    read('bits.xor', blob, [offset, size, value]),
  /** With each bit of a range that is set both there and in the value. */
  and: (blob: Blob, offset: Int, size: Int, value: Bits): Expression<'blob'> =>
    read('bits.and', blob, [offset, size, value]),
  /** With the bits of a range inverted. */
  not: (blob: Blob, offset: Int, size: Int): Expression<'blob'> => read('bits.not', blob, [offset, size]),
  /** With the bits of a range moved to the left. */
  leftShift: (blob: Blob, offset: Int, size: Int, by: Int): Expression<'blob'> =>
    read('bits.leftShift', blob, [offset, size, by]),
  /** With the bits of a range moved to the right. */
  rightShift: (blob: Blob, offset: Int, size: Int, by: Int): Expression<'blob'> =>
    read('bits.rightShift', blob, [offset, size, by]),
  /** With a number added to the one that a range of at most 64 bits is. */
  add: (blob: Blob, offset: Int, size: Int, by: Int, options?: BitSumOptions): Expression<'blob'> =>
    read('bits.add', blob, [offset, size, by, 0, sumFlags('bits.add', options)]),
  /** With a number subtracted from the one that a range of at most 64 bits is. */
  subtract: (blob: Blob, offset: Int, size: Int, by: Int, options?: BitSumOptions): Expression<'blob'> =>
    read('bits.subtract', blob, [offset, size, by, 0, sumFlags('bits.subtract', options)]),
  /** With a number in a range of at most 64 bits. */
  setInt: (blob: Blob, offset: Int, size: Int, value: Int): Expression<'blob'> =>
    read('bits.setInt', blob, [offset, size, value]),
} as const

/** Changes of HyperLogLogs: each gives the whole sketch. */
export const hllChanges = {
  /** With several values counted as well. */
  add: (hll: Expression<'hll'>, values: Operand<'list'>): Expression<'hll'> => read('hlls.add', hll, [values]),
} as const
