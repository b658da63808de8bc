import { unlessAborted } from './abort.js'
import type { Batch } from './batch.js'
import { invalidArgument, translated, translatedAsync } from './errors.js'
import { given } from './given.js'
import { toNative } from './key-list.js'
import { type Key, type PackedKeys, packKey } from './keys.js'
import type { NativeClient, NativeRecord } from './native.js'
import { type Checks, checkOptions, isObject, list, text } from './options.js'
import {
  type CheckedReadPolicy,
  type CheckedWritePolicy,
  type ReadPolicy,
  type WritePolicy,
  readPolicy,
  writePolicy,
} from './policy.js'
import {
  type BatchPlan,
  type BatchReadOptions,
  type Keys,
  type RecordPlan,
  type RecordReadOptions,
  abortable,
  asksForColumns,
  finishBatch,
  planBatch,
  planRecords,
} from './read.js'
import { type ReadRecord, recordOf } from './record.js'
import type { Layout, Schema } from './schema.js'

/** The bins of a record to write. */
export type Bins = Readonly<Record<string, unknown>>

/** Options of `put`. */
export interface PutOptions {
  /** How the write behaves: timeouts, ttl, generation, what to do with a record that exists. */
  policy?: WritePolicy | undefined
}

/** Options of `get`. */
export interface GetOptions {
  /** How the read behaves. */
  policy?: ReadPolicy | undefined
  /** The bins to read. Default all. */
  bins?: readonly string[] | undefined
}

/** Policies for the calls that give none of their own; what a call gives goes before, option by option. */
export interface DefaultPolicies {
  read?: CheckedReadPolicy
  write?: CheckedWritePolicy
}

interface CheckedGet {
  policy?: CheckedReadPolicy
  bins?: string[]
}

const PUT_CHECKS: Checks<{ policy?: CheckedWritePolicy }> = { policy: writePolicy }
const GET_CHECKS: Checks<CheckedGet> = { policy: readPolicy, bins: list(text) }

// The constructor is private: a client is made by connect() and connectSync().
let createClient: (connected: NativeClient, defaults: DefaultPolicies) => Client

export { createClient }

/** A connection to a cluster. Made by {@link connect}; one per process is enough, and it can be used concurrently. */
export class Client implements AsyncDisposable {
  readonly #native: NativeClient
  readonly #defaults: DefaultPolicies

  static {
    createClient = (connected, defaults) => new Client(connected, defaults)
  }

  private constructor(connected: NativeClient, defaults: DefaultPolicies) {
    this.#native = connected
    this.#defaults = defaults
  }

  /** Reads records straight into columns: one buffer, laid out by the dtype, with a row per key in the order of the keys. */
  batchRead<S extends Schema, const L extends Layout = 'columns'>(
    keys: Keys,
    options: BatchReadOptions<S, L>,
  ): Promise<Batch<S, L>>
  /** Reads ordinary records, one object per key. */
  batchRead(keys: Keys, options?: RecordReadOptions): Promise<ReadRecord[]>
  async batchRead(keys: Keys, options?: BatchReadOptions | RecordReadOptions): Promise<Batch | ReadRecord[]> {
    return asksForColumns(options)
      ? this.#readBatch(this.#planBatch(keys, options))
      : this.#readRecords(this.#planRecords(keys, options))
  }

  /** `batchRead` that returns when it is done, for scripts and command-line tools: nothing else runs meanwhile. */
  batchReadSync<S extends Schema, const L extends Layout = 'columns'>(
    keys: Keys,
    options: BatchReadOptions<S, L>,
  ): Batch<S, L>
  /** Reads ordinary records, one object per key, and returns when it is done. */
  batchReadSync(keys: Keys, options?: RecordReadOptions): ReadRecord[]
  batchReadSync(keys: Keys, options?: BatchReadOptions | RecordReadOptions): Batch | ReadRecord[] {
    return asksForColumns(options)
      ? this.#readBatchSync(this.#planBatch(keys, options))
      : this.#readRecordsSync(this.#planRecords(keys, options))
  }

  /**
   * Writes bins to a record; the other bins of a record that exists stay as they are.
   *
   * An integer is stored as Int, any other number as Double, a bigint as Int, a boolean as Bool, a string as String, a
   * Uint8Array as Blob, arrays and plain objects as List and Map. `double(20)` forces a Double.
   */
  async put(key: Key, bins: Bins, options?: PutOptions): Promise<void> {
    const plan = this.#planPut(key, bins, options)
    await translatedAsync(() => this.#native.put(toNative(plan.keys), plan.bins, plan.policy))
  }

  /** `put` that returns when it is done. */
  putSync(key: Key, bins: Bins, options?: PutOptions): void {
    const plan = this.#planPut(key, bins, options)
    translated(() => this.#native.putSync(toNative(plan.keys), plan.bins, plan.policy))
  }

  /** Reads one record; `null` where there is none. */
  async get(key: Key, options?: GetOptions): Promise<ReadRecord | null> {
    const plan = this.#planGet(key, options)
    const get = () => this.#native.get(toNative(plan.keys), plan.bins, plan.policy)
    return foundRecord(plan.keys, await translatedAsync(get))
  }

  /** `get` that returns when it is done. */
  getSync(key: Key, options?: GetOptions): ReadRecord | null {
    const plan = this.#planGet(key, options)
    return foundRecord(
      plan.keys,
      translated(() => this.#native.getSync(toNative(plan.keys), plan.bins, plan.policy)),
    )
  }

  /** Closes all connections. Calls after it reject with a `ClosedError`, further calls of `close` do nothing. */
  async close(): Promise<void> {
    await translatedAsync(() => this.#native.close())
  }

  /** `close` that returns when it is done. */
  closeSync(): void {
    translated(() => this.#native.closeSync())
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #planBatch(keys: Keys, options: BatchReadOptions): BatchPlan {
    return planBatch(keys, options, this.#defaults.read ?? {})
  }

  #planRecords(keys: Keys, options: RecordReadOptions | undefined): RecordPlan {
    return planRecords(keys, options, this.#defaults.read ?? {})
  }

  #planPut(
    key: Key,
    bins: Bins,
    options: PutOptions | undefined,
  ): { keys: PackedKeys; bins: Record<string, unknown>; policy: CheckedWritePolicy } {
    const checked = checkOptions(options, 'options', PUT_CHECKS)
    if (!isObject(bins)) throw invalidArgument(`bins must be an object of bin names and values, not ${given(bins)}`)
    return { keys: packKey(key), bins, policy: { ...this.#defaults.write, ...checked.policy } }
  }

  #planGet(
    key: Key,
    options: GetOptions | undefined,
  ): { keys: PackedKeys; bins: string[] | null; policy: CheckedReadPolicy } {
    const checked = checkOptions(options, 'options', GET_CHECKS)
    return { keys: packKey(key), bins: checked.bins ?? null, policy: { ...this.#defaults.read, ...checked.policy } }
  }

  async #readBatch(plan: BatchPlan): Promise<Batch> {
    const { keys, dtype, memory, options, signal } = plan
    const read = () =>
      this.#native.batchRead(keys.native, dtype, new Uint8Array(memory.buffer, 0, memory.at.byteLength), options)
    return finishBatch(plan, await translatedAsync(() => abortable(plan, read), signal))
  }

  #readBatchSync(plan: BatchPlan): Batch {
    const { keys, dtype, memory, options } = plan
    const read = () =>
      this.#native.batchReadSync(keys.native, dtype, new Uint8Array(memory.buffer, 0, memory.at.byteLength), options)
    return finishBatch(plan, translated(read))
  }

  async #readRecords({ keys, bins, policy, signal }: RecordPlan): Promise<ReadRecord[]> {
    const read = () => this.#native.batchReadRecords(keys.native, bins, policy)
    const records = await translatedAsync(() => unlessAborted(signal, read), signal)
    return records.map((record, row) => recordOf(keys.source, row, record))
  }

  #readRecordsSync({ keys, bins, policy }: RecordPlan): ReadRecord[] {
    const records = translated(() => this.#native.batchReadRecordsSync(keys.native, bins, policy))
    return records.map((record, row) => recordOf(keys.source, row, record))
  }
}

function foundRecord(keys: PackedKeys, record: NativeRecord | null): ReadRecord | null {
  return record === null ? null : recordOf(keys, 0, record)
}
