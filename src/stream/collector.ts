import { outOfRange } from '../errors.js'
import { integer } from '../arguments/options.js'
import { type Batch, createBatch, partsOf } from '../batch/batch.js'
import { joinedParts } from '../batch/concat.js'
import type { BatchParts } from '../batch/parts.js'
import { totalBytes } from '../columns/memory.js'

const GIB = 0x4000_0000

/** Options of `toBatch`. */
export interface ToBatchOptions {
  /** Maximum size of the batch in bytes; a larger one is a `RangeError`. Default 1 GiB. */
  maxBytes?: number | undefined
}

/** Checks the limit of a batch that takes everything. */
export function checkMaxBytes(value: unknown): number {
  return value === undefined ? GIB : integer(1, Number.MAX_SAFE_INTEGER, 'bytes')(value, 'options.maxBytes')
}

/** Takes the batches of a stream to make one of them. */
export class Collector {
  readonly #most: number
  readonly #parts: BatchParts[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a batch, or throws where all together would be too large. */
  add(batch: Batch): void {
    const parts = partsOf(batch)
    this.#bytes += totalBytes(parts.memory)
    if (this.#bytes > this.#most) {
      throw outOfRange(
        `toBatch: the rows need more than ${this.#most} bytes (maxBytes); read them batch by batch, or allow more`,
      )
    }
    this.#parts.push(parts)
  }

  /** One batch of everything that was taken; `empty` makes the one without rows. */
  join(empty: () => Batch): Batch {
    const [first] = this.#parts
    if (first === undefined) return empty()
    return createBatch(this.#parts.length === 1 ? first : joinedParts(this.#parts))
  }
}
