import type { RecordBatch, Schema } from 'apache-arrow'
import type { ArrowLibrary } from './library.js'
import { type KeyKind, kindOfKeys } from './build.js'
import { type CheckedOptions, type TableSource, tableOf } from './table.js'

/** How the batches of a stream become record batches. */
export interface BatchesOptions extends Omit<CheckedOptions, 'dictionary' | 'resultCode'> {
  /** Whether they are to be written, and not only to be looked at. */
  readonly isWritten?: boolean
  /** Whether they go to Parquet. */
  readonly isParquet?: boolean
  /** What the keys are, where an earlier part of the stream has said so. */
  readonly keyKind?: KeyKind | undefined
}

/** Makes record batches of one schema of the batches of a stream. The first batch that has a key says what keys are. */
export class RecordBatches {
  readonly #arrow: ArrowLibrary
  readonly #options: BatchesOptions
  #keyKind: KeyKind | undefined

  constructor(arrow: ArrowLibrary, options: BatchesOptions) {
    this.#arrow = arrow
    this.#options = options
    this.#keyKind = options.keyKind
  }

  /** What the keys are so far. A column of keys has a type from the first batch on: text where that had no key at all. */
  get keyKind(): KeyKind | undefined {
    return this.#keyKind
  }

  /** The batch with the schema of all. */
  next(source: TableSource): RecordBatch {
    const { key } = this.#options
    if (key !== undefined && key !== false) this.#keyKind ??= keyKindOf(source)
    const { isWritten = false, isParquet = false } = this.#options
    const [batch] = tableOf(this.#arrow, source, this.#options, {
      isWritten,
      isParquet,
      keyKind: this.#keyKind,
    }).batches
    return batch as RecordBatch
  }

  /** The schema of a batch that has no rows. */
  schemaOf(source: TableSource): Schema {
    return this.next(source).schema
  }
}

function keyKindOf({ keys }: TableSource): KeyKind {
  function* ids() {
    for (let row = 0; row < keys.length; row++) yield keys.idAt(row)
  }
  return kindOfKeys(ids()) ?? 'string'
}
