import { inspect } from 'node:util'
import { AerostrideError, invalidArgument, translated, translatedAsync } from '../errors.js'
import { checkOptions } from '../arguments/options.js'
import { Batch } from '../batch/batch.js'
import type { NativeFilled } from '../binding/native.js'
import { Collector, type ToBatchOptions, checkMaxBytes } from './collector.js'
import type { Source } from './pull.js'
import { disposable } from '../tags.js'

/** How far a stream has come. */
export interface StreamProgress {
  /** Rows delivered. */
  readonly rows: number
  /** Bytes received. */
  readonly bytes: number
  /** Partitions of which everything was delivered. */
  readonly partitionsDone: number
  /** Partitions of the stream. */
  readonly partitions: number
}

/** A request of a stream that failed. What could be asked for again was. */
export interface StreamFailure {
  /** The node, as `name host:port`; empty where none was involved. */
  readonly node: string
  /** The result code of the server, or of the client (negative). */
  readonly code: number
  /** A description of the failure. */
  readonly message: string
  /** How many partitions were asked for again. */
  readonly partitions: number
}

/** What streams of both doors share. */
abstract class StreamBase<T extends Batch | readonly unknown[]> {
  protected readonly source: Source<T>
  protected readonly signal: AbortSignal | undefined

  constructor(source: Source<T>, signal: AbortSignal | undefined) {
    this.source = source
    this.signal = signal
  }

  /**
   * Where another stream can go on, in another process and on another day: behind everything that was delivered. A text
   * that is safe in JSON, URLs and file names.
   */
  get cursor(): string {
    return this.source.native.cursor()
  }

  /** How far the stream has come. */
  get progress(): StreamProgress {
    return this.source.native.progress()
  }

  /** The requests that failed so far, those included that were made good; the last hundred of them. */
  get failures(): readonly StreamFailure[] {
    return this.source.native.failures()
  }

  /** The text for `console.log`. */
  [inspect.custom](): string {
    const { rows, partitionsDone, partitions } = this.progress
    return `${this.constructor.name}(${rows} rows, ${partitionsDone} of ${partitions} partitions)`
  }

  protected finish(filled: NativeFilled | null): T | undefined {
    return filled === null ? undefined : this.source.finish(filled)
  }

  /** An error knows where a further stream can go on. */
  protected failed(error: unknown): unknown {
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
 * The records of a scan or query, batch by batch, in no order: `for await (const batch of stream)`.
 *
 * Nothing is asked of the server before the first batch is. A slow loop slows the reading down, and memory stays that of a
 * few batches. Leaving the loop, in whatever way, closes the connections.
 */
export class Stream<T extends Batch | readonly unknown[]>
  extends StreamBase<T>
  implements AsyncIterable<T>, AsyncDisposable
{
  #pulling = false

  /** The batches. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const onAbort = (): void => this.end()
    this.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      for (;;) {
        const next = await this.#pull()
        if (next === undefined) return
        yield next
      }
    } catch (error) {
      throw this.failed(error)
    } finally {
      this.signal?.removeEventListener('abort', onAbort)
      this.end()
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

  /** Everything in one batch, or one array of records; a `RangeError` where that would be over `maxBytes`. */
  async toBatch(options?: ToBatchOptions): Promise<T> {
    const all = this.collector(options)
    for await (const part of this) all.add(part)
    return all.join()
  }

  /** Ends the stream and closes its connections; a loop that waits for a batch rejects. Doing it again does nothing. */
  async close(): Promise<void> {
    this.end()
  }

  /** Ends the stream at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }
}

disposable(Stream, 'asyncDispose')

/** The records of a scan or query, batch by batch, for scripts: every step returns when its batch is there. */
export class SyncStream<T extends Batch | readonly unknown[]> extends StreamBase<T> implements Iterable<T>, Disposable {
  /** The batches. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    try {
      for (;;) {
        this.signal?.throwIfAborted()
        this.source.lend()
        const next = this.finish(translated(() => this.source.native.next().wait()))
        if (next === undefined) return
        yield next
      }
    } catch (error) {
      throw this.failed(error)
    } finally {
      this.end()
    }
  }

  /** Everything in one batch, or one array of records; a `RangeError` where that would be over `maxBytes`. */
  toBatch(options?: ToBatchOptions): T {
    const all = this.collector(options)
    for (const part of this) all.add(part)
    return all.join()
  }

  /** Ends the stream and closes its connections. Doing it again does nothing. */
  close(): void {
    this.end()
  }

  /** Ends the stream at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.end()
  }
}

disposable(SyncStream, 'dispose')
