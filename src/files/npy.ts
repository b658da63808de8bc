import type { Batch } from '../batch/batch.js'
import { npyHeaderOf, npyRecords } from '../batch/npy.js'
import type { Encoder, Pieces } from './encoder.js'
import { sourceOf } from './source.js'

/** A `.npy` file. It begins with the number of rows, which is known at the end: its header is written again then. */
export class NpyEncoder implements Encoder {
  readonly #empty: () => Batch
  #isBegun = false
  #rows = 0

  constructor(empty: () => Batch) {
    this.#empty = empty
  }

  rows(batch: Batch): Pieces {
    const { memory } = sourceOf(batch)
    this.#rows += memory.length
    return [...this.#beginning(), npyRecords(memory)]
  }

  end(): Pieces {
    return this.#beginning()
  }

  get head(): Uint8Array {
    return npyHeaderOf(sourceOf(this.#empty()).memory, this.#rows)
  }

  #beginning(): Pieces {
    if (this.#isBegun) return []
    this.#isBegun = true
    return [npyHeaderOf(sourceOf(this.#empty()).memory, 0)]
  }
}
