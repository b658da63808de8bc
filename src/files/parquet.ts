import type { RecordBatch } from 'apache-arrow'
import type { RecordBatches } from '../arrow/batches.js'
import type { ArrowLibrary } from '../arrow/library.js'
import type { Batch } from '../batch/batch.js'
import type { Encoder, Pieces } from './encoder.js'
import { streamOf } from './ipc.js'
import type { ParquetLibrary, WasmBatch, WriterProperties } from './parquet-library.js'
import { bytesOf, sourceOf } from './source.js'

/** How the pages of Parquet are compressed. */
export type Compression = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4'

/** All of them. */
export const COMPRESSIONS: readonly Compression[] = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4']

const CODECS: Record<Compression, string> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  brotli: 'BROTLI',
  zstd: 'ZSTD',
  lz4: 'LZ4_RAW',
}

/** Rows of a row group, unless rows are large: readers skip whole groups, and read several of them at once. */
const GROUP_ROWS = 65_536
/** A row group has about so many bytes in memory at most. */
const GROUP_BYTES = 16 * 1024 * 1024
const FEWEST_ROWS = 1024
/** Batches differ in size, and memory for the largest is enough for all. */
const SPARE = 1.25

/** How a file of Parquet is written. */
export interface ParquetSettings {
  readonly compression?: Compression
  readonly rowGroupRows?: number
  /** A batch without rows, for a stream that has none. */
  readonly empty: () => Batch
}

/** Parquet. The library keeps the pages of a row group, compressed, and gives them when the group is full. */
export class ParquetEncoder implements Encoder {
  readonly #arrow: ArrowLibrary
  readonly #parquet: ParquetLibrary
  readonly #batches: RecordBatches
  readonly #settings: ParquetSettings
  #file: Transform | undefined
  #scratch = new Uint8Array(0)

  constructor(arrow: ArrowLibrary, parquet: ParquetLibrary, batches: RecordBatches, settings: ParquetSettings) {
    this.#arrow = arrow
    this.#parquet = parquet
    this.#batches = batches
    this.#settings = settings
  }

  async rows(batch: Batch): Promise<Pieces> {
    if (batch.length === 0) return []
    return this.recordBatch(this.#batches.next(sourceOf(batch)), this.#groupRows(batch))
  }

  /** The same of a record batch; `groupRows` are the rows of a row group, and count for the first one. */
  recordBatch(batch: RecordBatch, groupRows: number): Promise<Pieces> {
    this.#file ??= new Transform(this.#parquet, this.#properties(groupRows))
    return this.#file.push(this.#inWasm(batch))
  }

  async end(): Promise<Pieces> {
    if (this.#file !== undefined) return this.#file.end()
    const empty = this.#settings.empty()
    const bytes = this.#bytesOf(this.#batches.next(sourceOf(empty)))
    return [this.#parquet.writeParquet(this.#parquet.Table.fromIPCStream(bytes), this.#properties(GROUP_ROWS))]
  }

  abort(): void {
    this.#file?.abort()
  }

  /** The first batch says how large rows are. */
  #groupRows(first: Batch): number {
    const fitting = Math.floor(GROUP_BYTES / Math.max(1, bytesOf(first) / first.length))
    return this.#settings.rowGroupRows ?? Math.max(FEWEST_ROWS, Math.min(GROUP_ROWS, fitting))
  }

  #properties(groupRows: number): WriterProperties {
    const { compression = 'snappy' } = this.#settings
    const codec = this.#parquet.Compression[CODECS[compression]] as number
    const builder = new this.#parquet.WriterPropertiesBuilder()
    return builder.setCompression(codec).setMaxRowGroupSize(groupRows).setCreatedBy('aerostride').build()
  }

  #inWasm(batch: RecordBatch): WasmBatch {
    const table = this.#parquet.Table.fromIPCStream(this.#bytesOf(batch))
    const [inWasm] = table.recordBatches()
    table.free()
    return inWasm as WasmBatch
  }

  /** The bytes of a batch, in memory that the next one has too: the library copies them. */
  #bytesOf(batch: RecordBatch): Uint8Array {
    const pieces = streamOf(this.#arrow, batch)
    const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(Math.ceil(length * SPARE))
    let at = 0
    for (const piece of pieces) {
      this.#scratch.set(piece, at)
      at += piece.byteLength
    }
    return this.#scratch.subarray(0, length)
  }
}

/** The library's stream from record batches to a file, driven from outside: batches go in one by one, and bytes come out. */
class Transform {
  readonly #done: Promise<void>
  #pieces: Uint8Array[] = []
  #input: ReadableStreamDefaultController<WasmBatch> | undefined
  /** Resolves when the library wants another batch. */
  #wanted: Promise<void>
  #want: () => void = () => {}

  constructor(parquet: ParquetLibrary, properties: WriterProperties) {
    this.#wanted = this.#nextWant()
    const batches = new ReadableStream<WasmBatch>(
      {
        start: (controller) => {
          this.#input = controller
        },
        pull: () => this.#want(),
      },
      { highWaterMark: 0 },
    )
    this.#done = this.#collect(parquet.transformParquetStream(batches, properties))
    // It is awaited with the next batch, and a failure before that is none that nobody handles.
    this.#done.catch(() => {})
  }

  #nextWant(): Promise<void> {
    return new Promise((resolve) => {
      this.#want = resolve
    })
  }

  async #collect(file: Promise<ReadableStream<Uint8Array>>): Promise<void> {
    const reader = (await file).getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      this.#pieces.push(value)
    }
  }

  /** Takes a batch when the library wants it, and gives what the library has written before. */
  async push(batch: WasmBatch): Promise<Pieces> {
    await Promise.race([this.#wanted, this.#done])
    this.#wanted = this.#nextWant()
    this.#input?.enqueue(batch)
    // It is written when the next one is wanted, and the memory of ours can go then.
    await Promise.race([this.#wanted, this.#done])
    return this.#pieces.splice(0)
  }

  /** Ends the library's part; nobody wants the file. */
  abort(): void {
    this.#input?.error(new Error('the file was given up'))
  }

  async end(): Promise<Pieces> {
    await Promise.race([this.#wanted, this.#done])
    this.#input?.close()
    await this.#done
    return this.#pieces.splice(0)
  }
}
