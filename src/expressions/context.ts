import { constantOf } from './constant.js'
import type { Step } from './node.js'
import type { Item, MapKey } from './types.js'

/** One step into a list or a map. Made by {@link ctx}. */
export type ContextStep = Step

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
} as const
