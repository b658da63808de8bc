import { boolean, type Check, type Checks, checkOptions, choice, integer } from '../arguments/options.js'
import type { Observed } from '../calls/observe.js'
import type { Session } from '../calls/session.js'
import { outOfRange } from '../errors.js'
import type { Filter } from '../expressions/filter.js'
import { quote } from '../arguments/given.js'
import { scan, scanSync, unwatched } from '../stream/open.js'
import type { StreamPolicy } from '../policies/policy.js'
import type { Partitions, RecordScanOptions } from '../stream/options.js'
import type { StreamRecord } from '../stream/record.js'
import { type InferredDtype, createInferred } from './inferred.js'
import { type Room, Tally } from './tally.js'

export type { InferredDtype }

/** Options of `inferDtype`. */
export interface InferOptions {
  /** Records to look at, at most; `Infinity` for all of them. Default 10000. */
  sample?: number | undefined
  /** How deep to look into lists and maps for places; 0 for the bins alone. Default 2. */
  depth?: number | undefined
  /**
   * Chooses the smallest types that hold what was seen, such as u1 for integers from 0 to 255. Default false: i8 and f8, which
   * hold every Int and Double.
   */
  compact?: boolean | undefined
  /** `'fixed'` makes `S{n}` of text, n being the longest that was seen. Default `'utf8'`: text of any length. */
  strings?: 'utf8' | 'fixed' | undefined
  /** `'fixed'` makes sub-arrays of lists that all have the same length. Default `'any'`: lists of any length. */
  lists?: 'any' | 'fixed' | undefined
  /** Only records that match: AEL text, an expression or its bytes. */
  filter?: Filter | undefined
  /** Only these partitions. Default all of them. */
  partitions?: Partitions | undefined
  /** How the scan behaves: timeouts, retries, replicas. */
  policy?: StreamPolicy | undefined
  /** Ends the scan. A blocking one looks at it only between batches. */
  signal?: AbortSignal | undefined
}

type ScanOptions = Pick<RecordScanOptions, 'filter' | 'partitions' | 'policy' | 'signal'>

interface CheckedOptions extends ScanOptions {
  sample?: number
  depth?: number
  compact?: boolean
  strings?: 'utf8' | 'fixed'
  lists?: 'any' | 'fixed'
}

/** How the message begins where there is nothing to look at. */
export const NO_RECORDS = 'set: no records were found'

const SAMPLE = 10_000
const DEPTH = 2
const MOST_DEPTH = 64

const sampleSize: Check<number> = (value, name) =>
  value === Infinity ? value : integer(1, Number.MAX_SAFE_INTEGER, 'records, or Infinity for all')(value, name)

/** The options of the scan are checked by the scan. */
const byScan: Check<never> = (value) => value as never

const CHECKS: Checks<CheckedOptions> = {
  sample: sampleSize,
  depth: integer(0, MOST_DEPTH),
  compact: boolean,
  strings: choice('utf8', 'fixed'),
  lists: choice('any', 'fixed'),
  filter: byScan,
  partitions: byScan,
  policy: byScan,
  signal: byScan,
}

/** Looks at a sample of a set, and says which dtype holds it. */
export async function inferDtype(
  session: Session,
  namespace: string,
  set: string,
  options: InferOptions | undefined,
): Promise<InferredDtype> {
  const survey = new Survey(set, options)
  return session.runLong(observed(namespace, set), async (client) => {
    const records = scan(unwatched(client), namespace, set, survey.scan)
    for await (const some of records) survey.add(some as StreamRecord[])
    return survey.result()
  })
}

/** The same for the blocking door. */
export function inferDtypeSync(
  session: Session,
  namespace: string,
  set: string,
  options: InferOptions | undefined,
): InferredDtype {
  const survey = new Survey(set, options)
  return session.runLongSync(observed(namespace, set), (client) => {
    const records = scanSync(unwatched(client), namespace, set, survey.scan)
    for (const some of records) survey.add(some as StreamRecord[])
    return survey.result()
  })
}

function observed(namespace: string, set: string): Observed<InferredDtype> {
  return { subject: { operation: 'inferDtype', namespace, set }, codes: () => [] }
}

/** A sample under way. */
class Survey {
  readonly scan: RecordScanOptions
  readonly #set: string
  readonly #options: CheckedOptions
  readonly #bins = new Map<string, { tally: Tally; room: Room }>()
  #records = 0

  constructor(set: string, options: unknown) {
    this.#set = set
    this.#options = checkOptions<CheckedOptions>(options, 'options', CHECKS)
    const { sample = SAMPLE, depth: _, compact: __, strings: ___, lists: ____, ...ofScans } = this.#options
    // As bigints, integers are told from floats.
    this.scan = { ...ofScans, keys: 'none', integers: 'bigint', ...(sample === Infinity ? {} : { maxRows: sample }) }
  }

  add(records: readonly StreamRecord[]): void {
    const { depth = DEPTH } = this.#options
    this.#records += records.length
    for (const { bins } of records) {
      for (const name in bins) {
        let seen = this.#bins.get(name)
        if (seen === undefined) this.#bins.set(name, (seen = { tally: new Tally(), room: { places: 0 } }))
        seen.tally.add(bins[name], depth, seen.room)
      }
    }
  }

  result(): InferredDtype {
    const { sample = SAMPLE, compact = false, strings = 'utf8', lists = 'any' } = this.#options
    if (this.#bins.size === 0) {
      throw outOfRange(`${NO_RECORDS} in ${quote(this.#set)}; a dtype is made of at least one`)
    }
    const bins = new Map(Array.from(this.#bins, ([name, { tally }]) => [name, tally]))
    const isWhole = this.#records < sample
    return createInferred({ records: this.#records, isWhole, bins }, { compact, strings, lists })
  }
}
