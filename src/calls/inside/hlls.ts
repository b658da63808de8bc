import type { HyperLogLog } from '../../arguments/particle.js'
import type { StoredValue } from './arguments.js'
import { builder } from './operation.js'
import type { HllInitOptions, HllWriteOptions } from './options.js'
import type { Makes, Plain } from './selections.js'

type Others = [others: readonly (HyperLogLog | Uint8Array)[]]

/** Operations on HyperLogLogs, which estimate how many distinct values there are. */
export const hlls = {
  /** Makes an empty sketch, or empties it. */
  init: builder('hlls.init') as Makes<null, HllInitOptions>,
  /** Adds values; with `indexBits` to a sketch that need not exist. Results in how many values changed it. */
  add: builder('hlls.add') as Makes<number, HllInitOptions, [values: readonly StoredValue[]]>,
  /** Adds other sketches. */
  setUnion: builder('hlls.setUnion') as Makes<null, HllWriteOptions, Others>,
  /** Computes the count that is stored anew. Results in the count. */
  refreshCount: builder('hlls.refreshCount') as Plain<number>,
  /** Reduces the number of index bits. */
  fold: builder('hlls.fold') as Plain<null, [indexBits: number]>,
  /** The estimated number of distinct values. */
  count: builder('hlls.count') as Plain<number>,
  /** The union of the sketch and others. */
  union: builder('hlls.union') as Plain<HyperLogLog, Others>,
  /** The estimated number of distinct values in the union. */
  unionCount: builder('hlls.unionCount') as Plain<number, Others>,
  /** The estimated number of distinct values in the intersection. */
  intersectCount: builder('hlls.intersectCount') as Plain<number, Others>,
  /** The estimated Jaccard similarity, from 0 to 1. */
  similarity: builder('hlls.similarity') as Plain<number, Others>,
  /** The numbers of index bits and minhash bits. */
  describe: builder('hlls.describe') as Plain<[indexBits: number, minHashBits: number]>,
} as const
