import type { NativeFilled } from '../binding/native.js'
import { type IdReader, idReader } from '../keys/ids.js'
import type { KeySource, PrimaryKey } from '../keys/key.js'

/** Particle type of a row without a user key. */
const NO_KEY = 0

/** The keys of a stream's batch. A record that was written without its key has `null` for it. */
export class StreamKeys implements KeySource {
  readonly length: number
  readonly groups: readonly string[]
  readonly #types: Uint8Array
  readonly #setOf: Uint32Array
  readonly #read: IdReader

  constructor(namespace: string, set: string, filled: NativeFilled) {
    this.length = filled.rows
    this.groups = filled.sets.length === 0 ? [namespace, set] : filled.sets.flatMap((name) => [namespace, name])
    this.#types = filled.keyTypes
    this.#setOf = filled.setOf
    this.#read = idReader({ types: filled.keyTypes, ends: filled.keyEnds, data: filled.keyBytes })
  }

  groupAt(row: number): number {
    return this.#setOf[row] ?? 0
  }

  idAt(row: number): PrimaryKey {
    const type = this.#types[row] ?? NO_KEY
    // The types of keys that were asked for have no null; those of a stream say that theirs may be.
    return type === NO_KEY ? (null as unknown as PrimaryKey) : this.#read(row)
  }
}

/** The keys of several batches, one after the other. */
export class JoinedKeys implements KeySource {
  readonly length: number
  readonly groups: readonly string[]
  readonly #sources: readonly KeySource[]
  readonly #ends: readonly number[]
  /** Per source the number of its first group among those of all. */
  readonly #firstGroups: readonly number[]

  constructor(sources: readonly KeySource[]) {
    this.#sources = sources
    const ends: number[] = []
    const firstGroups: number[] = []
    const groups: string[] = []
    let length = 0
    for (const source of sources) {
      firstGroups.push(groups.length / 2)
      groups.push(...source.groups)
      length += source.length
      ends.push(length)
    }
    this.length = length
    this.groups = groups
    this.#ends = ends
    this.#firstGroups = firstGroups
  }

  groupAt(row: number): number {
    const at = this.#sourceOf(row)
    return (this.#firstGroups[at] as number) + (this.#sources[at] as KeySource).groupAt(row - this.#begin(at))
  }

  idAt(row: number): PrimaryKey {
    const at = this.#sourceOf(row)
    return (this.#sources[at] as KeySource).idAt(row - this.#begin(at))
  }

  #begin(at: number): number {
    return at === 0 ? 0 : (this.#ends[at - 1] as number)
  }

  #sourceOf(row: number): number {
    let [low, high] = [0, this.#ends.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (row < (this.#ends[middle] as number)) high = middle
      else low = middle + 1
    }
    return low
  }
}
