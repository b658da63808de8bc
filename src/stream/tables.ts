import type { RecordBatch, Table } from 'apache-arrow'
import { RecordBatches } from '../arrow/batches.js'
import { type ArrowLibrary, loadArrow } from '../arrow/library.js'
import { STREAM_CHECKS } from '../arrow/table.js'
import { type Checks, checkOptions } from '../arguments/options.js'
import type { Batch } from '../batch/batch.js'
import { outOfRange } from '../errors.js'
import { bytesOf, sourceOf } from '../files/source.js'
import { checkMaxBytes } from './collector.js'

interface CheckedOptions {
  key?: boolean | string
  gen?: boolean | string
  ttl?: boolean | string
  views?: boolean
  arrow?: ArrowLibrary
  maxBytes?: number
}

const CHECKS: Checks<CheckedOptions> = { ...STREAM_CHECKS, maxBytes: (value) => checkMaxBytes(value) }

/** Makes record batches of the batches of a stream, and a table of all of them. */
export class Tables {
  readonly #arrow: ArrowLibrary
  readonly #batches: RecordBatches
  readonly #most: number
  readonly #empty: () => Batch
  readonly #all: RecordBatch[] = []
  #bytes = 0

  constructor(method: string, options: unknown, empty: () => Batch) {
    const { maxBytes, ...shape } = checkOptions<CheckedOptions>(options, 'options', CHECKS)
    // A stream that has no columns is refused before anything is loaded.
    empty()
    this.#arrow = shape.arrow ?? loadArrow(method)
    this.#batches = new RecordBatches(this.#arrow, shape)
    this.#most = checkMaxBytes(maxBytes)
    this.#empty = empty
  }

  /** A batch as a record batch. */
  next(batch: Batch): RecordBatch {
    return this.#batches.next(sourceOf(batch))
  }

  /** Takes a batch, or throws where all together would be too large. */
  add(batch: Batch): void {
    this.#bytes += bytesOf(batch)
    if (this.#bytes > this.#most) {
      throw outOfRange(
        `toArrow: the rows need more than ${this.#most} bytes (maxBytes); use recordBatches(), or allow more`,
      )
    }
    this.#all.push(this.next(batch))
  }

  /** One table of everything that was taken. */
  join(): Table {
    if (this.#all.length === 0) this.#all.push(this.next(this.#empty()))
    return new this.#arrow.Table(this.#all)
  }
}
