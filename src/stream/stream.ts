import { inspect } from 'node:util'
import type * as Arrow from 'apache-arrow'
import { AerostrideError, invalidArgument, translated, translatedAsync } from '../errors.js'
import { checkOptions } from '../arguments/options.js'
import { Batch } from '../batch/batch.js'
import type { NativeFilled } from '../binding/native.js'
import type { StreamWatch } from '../calls/observe-stream.js'
import {
  type Batches,
  type RecordBatchOptions,
  type SaveOptions,
  type SaveParquetOptions,
  type SaveStreamIPCOptions,
  type Saved,
  save,
} from '../files/save.js'
import { Collector, type ToBatchOptions, checkMaxBytes } from './collector.js'
import type { Source } from './pull.js'
import { Tables } from './tables.js'
import { disposable, notCloneable } from '../tags.js'

/** The progress of a stream. */
export interface StreamProgress {
  /** Rows delivered. */
  readonly rows: number
  /** Bytes received. */
  readonly bytes: number
  /** Partitions that were delivered completely. */
  readonly partitionsDone: number
  /** Number of partitions that the stream reads. */
  readonly partitions: number
}

/** A failed request of a stream; what can be retried is retried. */
export interface StreamFailure {
  /** The node, as `name host:port`; empty if no node was involved. */
  readonly node: string
  /** The result code of the server, or of the client (negative). */
  readonly code: number
  /** A description of the failure. */
  readonly message: string
  /** Number of partitions that were requested again. */
  readonly partitions: number
}

/** What streams of both doors share. */
abstract class StreamBase<T extends Batch | readonly unknown[]> {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a stream; pass on its cursor')
  protected readonly source: Source<T>
  protected readonly signal: AbortSignal | undefined
  protected readonly watch: () => StreamWatch | undefined

  constructor(source: Source<T>, signal: AbortSignal | undefined, watch: () => StreamWatch | undefined) {
    this.source = source
    this.signal = signal
    this.watch = watch
  }

  /**
   * Where another stream can continue, in another process or on another day: after everything that was delivered. A string that
   * is safe in JSON, URLs and file names.
   */
  get cursor(): string {
    return this.source.native.cursor()
  }

  /** Rows, bytes and partitions so far. */
  get progress(): StreamProgress {
    return this.source.native.progress()
  }

  /** The last hundred failed requests, including those whose retry succeeded. */
  get failures(): readonly StreamFailure[] {
    return this.source.native.failures()
  }

  /** @internal */
  [inspect.custom](): string {
    const { rows, partitionsDone, partitions } = this.progress
    return `${this.constructor.name}(${rows} rows, ${partitionsDone} of ${partitions} partitions)`
  }

  protected finish(filled: NativeFilled | null): T | undefined {
    return filled === null ? undefined : this.source.finish(filled)
  }

  /** An error knows where a further stream can go on, and those who observe hear of it. */
  protected failed(error: unknown, watch: StreamWatch | undefined): unknown {
    watch?.failed(error)
    if (error instanceof AerostrideError)
      Object.defineProperty(error, 'cursor', { value: this.cursor, configurable: true })
    return error
  }

  protected collector(options: ToBatchOptions | undefined): Joiner<T> {
    const checked = checkOptions<{ maxBytes?: number }>(options, 'options', {
      maxBytes: (value) => checkMaxBytes(value),
    })
    return new Joiner(this.source, checkMaxBytes(checked.maxBytes))
  }

  /** @internal */
  protected arrowMaker(method: string, options: unknown): Tables {
    return new Tables(method, options, () => this.emptyBatch(method))
  }

  /**
   * A batch without rows, of a stream that gives batches.
   *
   * @internal
   */
  emptyBatch(method: string): Batch {
    const empty = this.source.empty()
    if (empty instanceof Batch) return empty
    throw invalidArgument(
      `${method} needs a stream of columns, and this one is of records: give the scan or query a dtype; client.inferDtype(namespace, set) finds one`,
    )
  }

  /** Ends the stream: its connections are closed. What was delivered stays. Doing it again does nothing. */
  protected end(): void {
    this.source.native.close()
  }
}

/** Joins batches, or arrays of records. */
class Joiner<T extends Batch | readonly unknown[]> {
  readonly #source: Source<T>
  readonly #batches: Collector
  readonly #records: unknown[] = []

  constructor(source: Source<T>, most: number) {
    this.#source = source
    this.#batches = new Collector(most)
  }

  add(part: T): void {
    if (part instanceof Batch) this.#batches.add(part)
    else for (const record of part) this.#records.push(record)
  }

  join(): T {
    const empty = this.#source.empty()
    if (empty instanceof Batch) return this.#batches.join(() => empty) as T
    return this.#records as unknown as T
  }
}

/**
 * The records of a scan or query, batch by batch, in no particular order: `for await (const batch of stream)`.
 *
 * The first request is sent when the first batch is requested. A slow loop slows the reading down, and only a few batches are in
 * memory. Leaving the loop, in whatever way, closes the connections.
 */
export class Stream<T extends Batch | readonly unknown[]>
  extends StreamBase<T>
  implements AsyncIterable<T>, AsyncDisposable
{
  #pulling = false

  /** The batches. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const onAbort = (): void => this.end()
    const watch = this.watch()
    this.signal?.addEventListener('abort', onAbort, { once: true })
    let isRefused = false
    try {
      for (;;) {
        isRefused = this.#pulling
        const next = await this.#pull()
        if (next === undefined) return
        yield next
      }
    } catch (error) {
      throw this.failed(error, watch)
    } finally {
      this.signal?.removeEventListener('abort', onAbort)
      // The loop that waits for a batch goes on where another one was refused.
      if (!isRefused) this.end()
      watch?.ended(this.progress.rows)
    }
  }

  async #pull(): Promise<T | undefined> {
    this.signal?.throwIfAborted()
    if (this.#pulling) throw invalidArgument('the stream is being read by another loop already')
    this.#pulling = true
    try {
      this.source.lend()
      return this.finish(await translatedAsync(() => this.source.native.next().promise(), this.signal))
    } finally {
      this.#pulling = false
    }
  }

  /** Reads everything into one batch, or one array of records; a `RangeError` if that would exceed `maxBytes`. */
  async toBatch(options?: ToBatchOptions): Promise<T> {
    const all = this.collector(options)
    for await (const part of this) all.add(part)
    return all.join()
  }

  /**
   * The batches as record batches of `apache-arrow`, which have one schema. Like the other methods below it needs a stream of
   * columns, and is used in place of a loop over the stream.
   */
  recordBatches(options?: RecordBatchOptions): AsyncGenerator<Arrow.RecordBatch, void, undefined> {
    return this.#recordBatches(this.arrowMaker('recordBatches', options))
  }

  async *#recordBatches(maker: Tables): AsyncGenerator<Arrow.RecordBatch, void, undefined> {
    for await (const batch of this) yield maker.next(batch as Batch)
  }

  /**
   * Reads everything into one table of `apache-arrow`, whose record batches share the memory of the stream's batches; a
   * `RangeError` if that would exceed `maxBytes`.
   */
  async toArrow(options?: RecordBatchOptions & ToBatchOptions): Promise<Arrow.Table> {
    const tables = this.arrowMaker('toArrow', options)
    for await (const batch of this) tables.add(batch as Batch)
    return tables.join()
  }

  /**
   * Writes a file of Arrow, in the file format unless the options say otherwise. The memory stays bounded, as in all methods
   * that write files: each batch is written as it comes.
   *
   * A path that ends with a slash, or names a folder, gets files `part-00000.arrow` and so on. A file gets its name when it is
   * complete; until then it is called `.part-00000.arrow.tmp`. If the stream fails, the files can be read and have everything that
   * was delivered until then, and `cursor` of the error says where to go on. If nothing was delivered, or the disk is full, no
   * file is left.
   */
  saveIPC(path: string | URL, options?: SaveStreamIPCOptions): Promise<Saved> {
    return save('saveIPC', this.#saved('saveIPC'), path, options)
  }

  /**
   * Writes a file of Parquet, or files of a folder as `saveIPC` does. Needs the optional packages `parquet-wasm` and
   * `apache-arrow`.
   */
  saveParquet(path: string | URL, options?: SaveParquetOptions): Promise<Saved> {
    return save('saveParquet', this.#saved('saveParquet'), path, options)
  }

  /**
   * Writes CSV with a header, into a file or files of a folder. A cell without a value is empty, and empty text is `""`. A key of
   * text that could be an integer is in quotes.
   */
  saveCsv(path: string | URL, options?: SaveOptions): Promise<Saved> {
    return save('saveCsv', this.#saved('saveCsv'), path, options)
  }

  /**
   * Writes one JSON object per row, into a file or files of a folder. A cell without a value is no property. Keys that are integers
   * are numbers, with all their digits.
   */
  saveNdjson(path: string | URL, options?: SaveOptions): Promise<Saved> {
    return save('saveNdjson', this.#saved('saveNdjson'), path, options)
  }

  #saved(method: string): Batches {
    this.emptyBatch(method)
    return { batches: this as AsyncIterable<unknown> as AsyncIterable<Batch>, empty: () => this.emptyBatch(method) }
  }

  /** Ends the stream and closes its connections; a loop that waits for a batch rejects. Further calls do nothing. */
  async close(): Promise<void> {
    this.end()
  }

  /** Ends the stream at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }
}

disposable(Stream, 'asyncDispose')

/** The records of a scan or query, batch by batch, for scripts: every step blocks until its batch is there. */
export class SyncStream<T extends Batch | readonly unknown[]> extends StreamBase<T> implements Iterable<T>, Disposable {
  /** The batches. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    const watch = this.watch()
    try {
      for (;;) {
        this.signal?.throwIfAborted()
        this.source.lend()
        const next = this.finish(translated(() => this.source.native.next().wait()))
        if (next === undefined) return
        yield next
      }
    } catch (error) {
      throw this.failed(error, watch)
    } finally {
      this.end()
      watch?.ended(this.progress.rows)
    }
  }

  /** Reads everything into one batch, or one array of records; a `RangeError` if that would exceed `maxBytes`. */
  toBatch(options?: ToBatchOptions): T {
    const all = this.collector(options)
    for (const part of this) all.add(part)
    return all.join()
  }

  /** The batches as record batches of `apache-arrow`, which have one schema. It needs a stream of columns. */
  recordBatches(options?: RecordBatchOptions): Generator<Arrow.RecordBatch, void, undefined> {
    return this.#recordBatches(this.arrowMaker('recordBatches', options))
  }

  *#recordBatches(maker: Tables): Generator<Arrow.RecordBatch, void, undefined> {
    for (const batch of this) yield maker.next(batch as Batch)
  }

  /** Reads everything into one table of `apache-arrow`; a `RangeError` if that would exceed `maxBytes`. */
  toArrow(options?: RecordBatchOptions & ToBatchOptions): Arrow.Table {
    const tables = this.arrowMaker('toArrow', options)
    for (const batch of this) tables.add(batch as Batch)
    return tables.join()
  }

  /** Ends the stream and closes its connections. Further calls do nothing. */
  close(): void {
    this.end()
  }

  /** Ends the stream at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.end()
  }
}

disposable(SyncStream, 'dispose')
