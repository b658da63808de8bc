import { inspect } from 'node:util'
import { type Dtype, dtype } from '../dtype/dtype.js'
import { isBareName, printString } from '../expressions/print-text.js'
import { normalInteger } from '../keys/ids.js'
import { type ChosenType, type Rules, typeFor } from './choose.js'
import { type LiteralField, dtypeLiteral } from './literal.js'
import type { Tally } from './tally.js'

/** What was seen of the values in a bin, or at a place in its lists and maps. */
export interface SeenValues {
  /**
   * How many values there are of each type: Int, Double, Bool, String (and GeoJSON), Blob (and HLL), List and Map. Lists and
   * maps can have Nil too.
   */
  readonly types: Readonly<Record<string, number>>
  /** Share of the records that have no value here, from 0 to 1; elements of lists have none. */
  readonly missing?: number
  /** The smallest number. */
  readonly smallest?: number | bigint
  /** The largest number. */
  readonly largest?: number | bigint
  /** Bytes of the longest text or blob. */
  readonly longest?: number
  /** Elements of the longest list or map. */
  readonly elements?: number
  /** What a field has to be to hold all of these values without a loss. */
  readonly type: ChosenType
}

/** What was seen of a bin. */
export interface SeenBin extends SeenValues {
  /** Places in its lists and maps, by their paths: `'$.profile.city'`, and `'$.tags.[*]'` for the elements of a list. */
  readonly places: Readonly<Record<string, SeenValues>>
}

/** A sample of a set, and what it says of its bins. */
export interface Sample {
  /** Records that were looked at. */
  readonly records: number
  /** Whether those were all. */
  readonly isWhole: boolean
  readonly bins: ReadonlyMap<string, Tally>
}

// The constructor is private: it is made by inferDtype().
let createInferred: (sample: Sample, rules: Rules) => InferredDtype

export { createInferred }

/** A dtype that was made from a sample of records, and what was seen in them. Printed, it is the dtype as code to paste. */
export class InferredDtype {
  /** The dtype, with a field per bin, ready for `scan`, `query` and `batchRead`. */
  readonly dtype: Dtype
  /** Records that were looked at. */
  readonly records: number
  /**
   * Whether those were all records that there are, of those that `filter` and `partitions` leave. Then no bin of a scan with
   * the dtype is mismatched or loses anything. Of a sample this holds for its records; others may have what was not seen,
   * which `batch.conversions` counts.
   */
  readonly isWhole: boolean
  /** What was seen, by bin, in the order of their names. */
  readonly bins: Readonly<Record<string, SeenBin>>
  readonly #types: readonly LiteralField[]

  static {
    createInferred = (sample, rules) => new InferredDtype(sample, rules)
  }

  private constructor({ records, isWhole, bins }: Sample, rules: Rules) {
    const names = [...bins.keys()].toSorted()
    const seen = names.map((name): [string, SeenBin] => {
      const tally = bins.get(name) as Tally
      return [name, { ...seenValues(tally, rules, records), places: placesOf(name, tally, rules, records) }]
    })
    this.records = records
    this.isWhole = isWhole
    this.bins = Object.fromEntries(seen)
    // An object has names such as '1' first; fields stay in their order.
    this.#types = seen.map(([name, { type }]) => [name, type])
    this.dtype = dtype(
      this.#types.map(([name, type]) => (typeof type === 'string' ? [name, type] : [name, ...type])) as [],
    )
  }

  /** The dtype as code: `dtype({ temperature: 'f8' })`. */
  toString(): string {
    return dtypeLiteral(this.#types)
  }

  /** @internal */
  [inspect.custom](): string {
    return this.toString()
  }
}

function seenValues(tally: Tally, rules: Rules, records: number | undefined): SeenValues {
  const { types, longest, sizes } = tally
  const [smallest, largest] = rangeOf(tally)
  return {
    types: Object.fromEntries([...types].toSorted(([x, a], [y, b]) => b - a || (x < y ? -1 : 1))),
    ...(records === undefined ? {} : { missing: 1 - tally.count / records }),
    ...(smallest === undefined ? {} : { smallest }),
    ...(largest === undefined ? {} : { largest }),
    ...(longest === undefined ? {} : { longest }),
    ...(sizes === undefined ? {} : { elements: sizes.high }),
    type: typeFor(tally, rules),
  }
}

function rangeOf({ ints, doubles }: Tally): [low: number | bigint | undefined, high: number | bigint | undefined] {
  const numbers = [ints?.low, doubles?.low, ints?.high, doubles?.high].filter((each) => each !== undefined)
  // Integers and floats compare exactly, whichever stands on the left.
  const sorted = numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(normalInteger)
  return [sorted[0], sorted.at(-1)]
}

/** All places of a bin by their paths. */
function placesOf(bin: string, tally: Tally, rules: Rules, records: number): Record<string, SeenValues> {
  const places: [string, SeenValues][] = []
  const visit = (path: string, at: Tally, each: number | undefined): void => {
    for (const [key, inner] of [...at.values].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      places.push([`${path}.${key}`, seenValues(inner, rules, each)])
      visit(`${path}.${key}`, inner, each)
    }
    if (at.elements === undefined || at.elements.count === 0) return
    places.push([`${path}.[*]`, seenValues(at.elements, rules, undefined)])
    visit(`${path}.[*]`, at.elements, undefined)
  }
  visit(`$.${isBareName(bin) ? bin : printString(bin)}`, tally, records)
  return Object.fromEntries(places)
}
