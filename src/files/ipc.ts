import type { RecordBatch, RecordBatchWriter, Schema } from 'apache-arrow'
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
  #writer: Begun | undefined

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
  #begun(schema: Schema | undefined): Begun {
    if (this.#writer !== undefined) return this.#writer
    const first = schema ?? this.#batches.schemaOf(sourceOf(this.#options.empty()))
    this.#writer = begun(this.#arrow, this.#options.format, first)
    if (this.#options.isResumed === true) this.#writer.pieces.length = 0
    return this.#writer
  }
}

/** A writer of the library that has begun, and the bytes that it has written. */
interface Begun {
  readonly writer: RecordBatchWriter
  readonly pieces: Uint8Array[]
}

function begun(arrow: ArrowLibrary, format: 'stream' | 'file', schema: Schema): Begun {
  const pieces: Uint8Array[] = []
  // The library writes to a queue, which somebody else would empty. What it has written has to be known at once here.
  class Sink extends arrow.AsyncByteQueue {
    override write(bytes: Uint8Array): void {
      pieces.push(bytes)
    }
  }
  const writer = format === 'stream' ? new arrow.RecordBatchStreamWriter() : new arrow.RecordBatchFileWriter()
  writer.reset(new Sink(), schema)
  return { writer, pieces }
}

/** A record batch as a stream of its own. The pieces are those of the batch where it has them: nothing is joined. */
export function streamOf(arrow: ArrowLibrary, batch: RecordBatch): Pieces {
  const { writer, pieces } = begun(arrow, 'stream', batch.schema)
  writer.write(batch)
  writer.finish()
  return pieces
}
