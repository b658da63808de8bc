import type { RecordBatchWriter, Schema } from 'apache-arrow'
import type { RecordBatches } from '../arrow/batches.js'
import type { ArrowLibrary } from '../arrow/library.js'
import type { Batch } from '../batch/batch.js'
import type { Encoder, Pieces } from './encoder.js'
import { sourceOf } from './source.js'

/** How a file of Arrow begins and ends. */
export interface IpcOptions {
  readonly format: 'stream' | 'file'
  /** Whether the stream has its schema already. */
  readonly isResumed?: boolean
  /** A batch without rows, for a stream that has none. */
  readonly empty: () => Batch
}

/** Arrow's IPC format: a record batch per batch. A stream of it can be cut behind any of them and go on from there. */
export class IpcEncoder implements Encoder {
  readonly #arrow: ArrowLibrary
  readonly #batches: RecordBatches
  readonly #options: IpcOptions
  #writer: { readonly writer: RecordBatchWriter; readonly pieces: Uint8Array[] } | undefined

  constructor(arrow: ArrowLibrary, batches: RecordBatches, options: IpcOptions) {
    this.#arrow = arrow
    this.#batches = batches
    this.#options = options
  }

  rows(batch: Batch): Pieces {
    const recordBatch = this.#batches.next(sourceOf(batch))
    const { writer, pieces } = this.#begun(recordBatch.schema)
    writer.write(recordBatch)
    return pieces.splice(0)
  }

  end(): Pieces {
    const { writer, pieces } = this.#begun(undefined)
    writer.finish()
    return pieces.splice(0)
  }

  /** The writer, which has written the schema. */
  #begun(schema: Schema | undefined): { writer: RecordBatchWriter; pieces: Uint8Array[] } {
    if (this.#writer !== undefined) return this.#writer
    const pieces: Uint8Array[] = []
    const { AsyncByteQueue, RecordBatchStreamWriter, RecordBatchFileWriter } = this.#arrow
    // The library writes to a queue, which somebody else would empty. What it has written has to be known at once here.
    class Sink extends AsyncByteQueue<Uint8Array> {
      override write(bytes: Uint8Array): void {
        pieces.push(bytes)
      }
    }
    const isStream = this.#options.format === 'stream'
    const writer = isStream ? new RecordBatchStreamWriter() : new RecordBatchFileWriter()
    writer.reset(new Sink(), schema ?? this.#batches.schemaOf(sourceOf(this.#options.empty())))
    if (this.#options.isResumed === true) pieces.length = 0
    return (this.#writer = { writer, pieces })
  }
}
