import { typedNode } from './build.js'
import { constantOf } from './constant.js'
import type { Expression } from './expression.js'
import type { PathStep, Step } from './node.js'
import type { Item, MapKey } from './types.js'

/** One step into a list or a map. Made by {@link ctx}. */
export type ContextStep = Step

/** A step of a path, which may lead to any number of elements. Made by {@link ctx}; every step into one element is one too. */
export type PathContextStep = PathStep

const step = (by: Step['by'], value: unknown): ContextStep => Object.freeze({ by, at: constantOf(value, 'value') })

/** The steps to a list or map inside a bin: `[ctx.mapKey('profile'), ctx.listIndex(0)]`. */
export const ctx = {
  /** The element at an index of a list; -1 is the last. */
  listIndex: (index: number): ContextStep => step('listIndex', index),
  /** The element at a rank of a list; 0 is the smallest, -1 the largest. */
  listRank: (rank: number): ContextStep => step('listRank', rank),
  /** The first element of a list with a value. */
  listValue: (value: Item): ContextStep => step('listValue', value),
  /** The element at an index of a map, in the order of its keys. */
  mapIndex: (index: number): ContextStep => step('mapIndex', index),
  /** The element at a rank of a map, in the order of its values. */
  mapRank: (rank: number): ContextStep => step('mapRank', rank),
  /** The element of a map under a key. */
  mapKey: (key: MapKey): ContextStep => step('mapKey', key),
  /** The first element of a map with a value. */
  mapValue: (value: Item): ContextStep => step('mapValue', value),
  /** Every element of a list or map. Only in paths, as are the following ones. */
  all: (): PathContextStep => Object.freeze({ by: 'all' }),
  /** The elements of a list or map that pass a filter, which sees them as `exp.element`. */
  filter: (filter: Expression<'bool'>): PathContextStep =>
    Object.freeze({ by: 'filter', filter: typedNode(filter, 'bool', 'filter') }),
  /** The elements of a map under several keys. */
  mapKeys: (keys: readonly MapKey[]): PathContextStep => Object.freeze({ by: 'mapKeys', at: constantOf(keys, 'keys') }),
  /** Of what the step before it leads to, the elements that pass a filter. */
  and: (filter: Expression<'bool'>): PathContextStep =>
    Object.freeze({ by: 'and', filter: typedNode(filter, 'bool', 'filter') }),
} as const
