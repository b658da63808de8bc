import {
  type InfoOptions,
  type InfoReplies,
  type TruncateNamespaceOptions,
  type TruncateOptions,
  infoCall,
  truncateCall,
} from '../calls/admin.js'
import type { Batch } from '../batch/batch.js'
import type { Key } from '../keys/key.js'
import type { Addend, Operation, Piece } from '../calls/operations.js'
import { type KeyAndBins, putManyCall } from '../calls/put-many.js'
import { type BatchReadOptions, asksForColumns, batchReadCall } from '../calls/batch-read.js'
import type { Keys } from '../calls/plan-keys.js'
import { type RecordReadOptions, recordsReadCall } from '../calls/records-read.js'
import type { ReadRecord } from '../calls/record.js'
import {
  type GetOptions,
  type OperateOptions,
  type ReadOptions,
  type SelectOptions,
  type WriteOptions,
  eachBinCall,
  existsCall,
  getCall,
  operateCall,
  putCall,
  removeCall,
  selectCall,
  touchCall,
} from '../calls/records.js'
import type { Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import {
  type IndexCallOptions,
  type IndexInfo,
  type IndexOptions,
  createIndexCall,
  dropIndexCall,
  indexesCall,
} from '../stream/indexes.js'
import { type Rows, query, querySync, scan, scanSync } from '../stream/open.js'
import type { ColumnScanOptions, RecordScanOptions, ScanOptions, WhereOption } from '../stream/options.js'
import type { StreamRecord } from '../stream/record.js'
import type { Stream, SyncStream } from '../stream/stream.js'
import { type InferOptions, type InferredDtype, inferDtype, inferDtypeSync } from '../schema/infer.js'
import type { Session } from '../calls/session.js'
import { type ClientStats, statsOf } from './stats.js'
import type { Bins } from '../calls/values.js'
import {
  type BatchOptions,
  type BatchWriteOptions,
  type BatchWriteResult,
  type WritableRows,
  batchWriteCall,
} from '../calls/batch-write.js'
import { disposable, notCloneable } from '../tags.js'

// The constructor is private: a client is made by connect() and connectSync().
let createClient: (session: Session) => Client

export { createClient }

/**
 * A connection to a cluster. Made by {@link connect}; one per process is enough, and it can be used concurrently.
 *
 * Every method has a twin whose name ends in `Sync` that returns when it is done, for scripts and command-line tools:
 * nothing else runs meanwhile. Arguments, results and errors are the same.
 */
export class Client implements AsyncDisposable {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a client; connect where it is needed')
  readonly #session: Session

  static {
    createClient = (session) => new Client(session)
  }

  private constructor(session: Session) {
    this.#session = session
  }

  /** Reads records straight into columns: one buffer, laid out by the dtype, with a row per key in the order of the keys. */
  batchRead<S extends Schema, const L extends Layout = 'columns'>(
    keys: Keys,
    options: BatchReadOptions<S, L>,
  ): Promise<Batch<S, L, Key>>
  /** Reads ordinary records, one object per key. */
  batchRead(keys: Keys, options?: RecordReadOptions): Promise<ReadRecord[]>
  batchRead(keys: Keys, options?: BatchReadOptions | RecordReadOptions): Promise<Batch | ReadRecord[]> {
    return asksForColumns(options)
      ? this.#session.run((defaults) => batchReadCall(keys, options, defaults))
      : this.#session.run((defaults) => recordsReadCall(keys, options, defaults))
  }

  /** `batchRead` that returns when it is done. */
  batchReadSync<S extends Schema, const L extends Layout = 'columns'>(
    keys: Keys,
    options: BatchReadOptions<S, L>,
  ): Batch<S, L, Key>
  /** Reads ordinary records, one object per key. Returns when it is done. */
  batchReadSync(keys: Keys, options?: RecordReadOptions): ReadRecord[]
  batchReadSync(keys: Keys, options?: BatchReadOptions | RecordReadOptions): Batch | ReadRecord[] {
    return asksForColumns(options)
      ? this.#session.runSync((defaults) => batchReadCall(keys, options, defaults))
      : this.#session.runSync((defaults) => recordsReadCall(keys, options, defaults))
  }

  /**
   * Writes columns straight into records, without an object per record: the bins of `keys[i]` are what row `i` has. What is
   * written with a dtype reads back identical with it: floats are stored as Double, integers as Int, sub-arrays as Blob.
   * A cell that is not valid is not written, and the record keeps what it has there.
   */
  batchWrite<S extends Schema>(keys: Keys, options: BatchWriteOptions<S>): Promise<BatchWriteResult>
  /** Writes the rows of a batch or of an Arrow table: `keys[i]` gets row `i`. Cells that are not valid are not written. */
  batchWrite(keys: Keys, rows: WritableRows, options?: BatchOptions): Promise<BatchWriteResult>
  batchWrite(keys: Keys, from: BatchWriteOptions | WritableRows, options?: BatchOptions): Promise<BatchWriteResult> {
    return this.#session.run((defaults) => batchWriteCall(keys, from, options, defaults))
  }

  /** `batchWrite` that returns when it is done. */
  batchWriteSync<S extends Schema>(keys: Keys, options: BatchWriteOptions<S>): BatchWriteResult
  /** Writes the rows of a batch or of an Arrow table, and returns when it is done. */
  batchWriteSync(keys: Keys, rows: WritableRows, options?: BatchOptions): BatchWriteResult
  batchWriteSync(keys: Keys, from: BatchWriteOptions | WritableRows, options?: BatchOptions): BatchWriteResult {
    return this.#session.runSync((defaults) => batchWriteCall(keys, from, options, defaults))
  }

  /**
   * Writes bins to a record. The other bins of an existing record do not change.
   *
   * An integer is stored as Int, any other number as Double, a bigint as Int, a boolean as Bool, a string as String, a
   * Uint8Array as Blob, an array as List, a plain object or a `Map` as Map, `null` removes the bin. `double(20)` forces a
   * Double. A `Map` may have integers and bytes as keys too; a map with any such key is read as a `Map`, others as objects.
   */
  put(key: Key, bins: Bins, options?: WriteOptions): Promise<void> {
    return this.#session.run((defaults) => putCall(key, bins, options, defaults))
  }

  /** `put` that returns when it is done. */
  putSync(key: Key, bins: Bins, options?: WriteOptions): void {
    return this.#session.runSync((defaults) => putCall(key, bins, options, defaults))
  }

  /**
   * Writes records of any shape in one batch: `putMany([[key, bins], ...])`. A row that fails does not fail the others: its
   * code says why. `batchWrite` is faster where all records have the same bins.
   */
  putMany(records: readonly KeyAndBins[], options?: BatchOptions): Promise<BatchWriteResult> {
    return this.#session.run((defaults) => putManyCall(records, options, defaults))
  }

  /** `putMany` that returns when it is done. */
  putManySync(records: readonly KeyAndBins[], options?: BatchOptions): BatchWriteResult {
    return this.#session.runSync((defaults) => putManyCall(records, options, defaults))
  }

  /** Reads one record; `null` if it does not exist. */
  get(key: Key, options?: GetOptions): Promise<ReadRecord | null> {
    return this.#session.run((defaults) => getCall(key, options, defaults))
  }

  /** `get` that returns when it is done. */
  getSync(key: Key, options?: GetOptions): ReadRecord | null {
    return this.#session.runSync((defaults) => getCall(key, options, defaults))
  }

  /** Reads some bins of one record; `null` if it does not exist. With an empty list of bins, generation and ttl only. */
  select(key: Key, bins: readonly string[], options?: SelectOptions): Promise<ReadRecord | null> {
    return this.#session.run((defaults) => selectCall(key, bins, options, defaults))
  }

  /** `select` that returns when it is done. */
  selectSync(key: Key, bins: readonly string[], options?: SelectOptions): ReadRecord | null {
    return this.#session.runSync((defaults) => selectCall(key, bins, options, defaults))
  }

  /** Whether a record exists. */
  exists(key: Key, options?: ReadOptions): Promise<boolean> {
    return this.#session.run((defaults) => existsCall(key, options, defaults))
  }

  /** `exists` that returns when it is done. */
  existsSync(key: Key, options?: ReadOptions): boolean {
    return this.#session.runSync((defaults) => existsCall(key, options, defaults))
  }

  /** Renews the ttl of a record, to `policy.ttl` if given. Increases its generation by one. */
  touch(key: Key, options?: WriteOptions): Promise<void> {
    return this.#session.run((defaults) => touchCall(key, options, defaults))
  }

  /** `touch` that returns when it is done. */
  touchSync(key: Key, options?: WriteOptions): void {
    return this.#session.runSync((defaults) => touchCall(key, options, defaults))
  }

  /** Deletes a record. Returns whether it existed. */
  remove(key: Key, options?: WriteOptions): Promise<boolean> {
    return this.#session.run((defaults) => removeCall(key, options, defaults))
  }

  /** `remove` that returns when it is done. */
  removeSync(key: Key, options?: WriteOptions): boolean {
    return this.#session.runSync((defaults) => removeCall(key, options, defaults))
  }

  /** Adds to the numbers in bins; a missing bin counts as 0. */
  add(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): Promise<void> {
    return this.#session.run((defaults) => eachBinCall('add', key, bins, options, defaults))
  }

  /** `add` that returns when it is done. */
  addSync(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): void {
    return this.#session.runSync((defaults) => eachBinCall('add', key, bins, options, defaults))
  }

  /** Appends text or bytes to the values of bins. */
  append(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void> {
    return this.#session.run((defaults) => eachBinCall('append', key, bins, options, defaults))
  }

  /** `append` that returns when it is done. */
  appendSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void {
    return this.#session.runSync((defaults) => eachBinCall('append', key, bins, options, defaults))
  }

  /** Prepends text or bytes to the values of bins. */
  prepend(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void> {
    return this.#session.run((defaults) => eachBinCall('prepend', key, bins, options, defaults))
  }

  /** `prepend` that returns when it is done. */
  prependSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void {
    return this.#session.runSync((defaults) => eachBinCall('prepend', key, bins, options, defaults))
  }

  /**
   * Runs operations on one record in their order, all or none of them: `[op.add('hits', 1), op.read('hits')]`.
   * Resolves with the bins that were read; of a bin that was read several times, with the last value.
   */
  operate(key: Key, operations: readonly Operation[], options?: OperateOptions): Promise<ReadRecord> {
    return this.#session.run((defaults) => operateCall(key, operations, options, defaults))
  }

  /** `operate` that returns when it is done. */
  operateSync(key: Key, operations: readonly Operation[], options?: OperateOptions): ReadRecord {
    return this.#session.runSync((defaults) => operateCall(key, operations, options, defaults))
  }

  /**
   * Reads all records of a set, or with `''` of the namespace, batch by batch into columns. The first request is sent when the
   * first batch is requested.
   *
   * ```ts
   * for await (const batch of client.scan('test', 'sensors', { dtype: sensor })) console.log(batch.length)
   * ```
   */
  scan<S extends Schema, const L extends Layout = 'columns'>(
    namespace: string,
    set: string,
    options: ColumnScanOptions<S, L>,
  ): Stream<Batch<S, L>>
  /** Reads all records of a set, or with `''` of the namespace, as arrays of ordinary records. */
  scan(namespace: string, set: string, options?: RecordScanOptions): Stream<StreamRecord[]>
  scan(namespace: string, set: string, options?: ScanOptions): Stream<Rows> {
    return scan(this.#session, namespace, set, options)
  }

  /** `scan` whose every step returns when its batch is there. */
  scanSync<S extends Schema, const L extends Layout = 'columns'>(
    namespace: string,
    set: string,
    options: ColumnScanOptions<S, L>,
  ): SyncStream<Batch<S, L>>
  /** Reads all records of a set as arrays of ordinary records, and returns when each is there. */
  scanSync(namespace: string, set: string, options?: RecordScanOptions): SyncStream<StreamRecord[]>
  scanSync(namespace: string, set: string, options?: ScanOptions): SyncStream<Rows> {
    return scanSync(this.#session, namespace, set, options)
  }

  /**
   * Reads the records that a secondary index has for a value or a range, batch by batch into columns:
   * `client.query('test', 'sensors', { where: between('temperature', 20, 30), dtype: sensor })`.
   */
  query<S extends Schema, const L extends Layout = 'columns'>(
    namespace: string,
    set: string,
    options: ColumnScanOptions<S, L> & WhereOption,
  ): Stream<Batch<S, L>>
  /** Reads the records that a secondary index has for a value or a range, as arrays of ordinary records. */
  query(namespace: string, set: string, options: RecordScanOptions & WhereOption): Stream<StreamRecord[]>
  query(namespace: string, set: string, options: ScanOptions & WhereOption): Stream<Rows> {
    return query(this.#session, namespace, set, options)
  }

  /** `query` whose every step returns when its batch is there. */
  querySync<S extends Schema, const L extends Layout = 'columns'>(
    namespace: string,
    set: string,
    options: ColumnScanOptions<S, L> & WhereOption,
  ): SyncStream<Batch<S, L>>
  /** Reads the records that a secondary index has for a value or a range, and returns when each array is there. */
  querySync(namespace: string, set: string, options: RecordScanOptions & WhereOption): SyncStream<StreamRecord[]>
  querySync(namespace: string, set: string, options: ScanOptions & WhereOption): SyncStream<Rows> {
    return querySync(this.#session, namespace, set, options)
  }

  /** Samples a set: which dtype holds its records, and what was seen of each bin. A `RangeError` where it has no record. */
  inferDtype(namespace: string, set: string, options?: InferOptions): Promise<InferredDtype> {
    return inferDtype(this.#session, namespace, set, options)
  }

  /** `inferDtype` that returns when it is done. */
  inferDtypeSync(namespace: string, set: string, options?: InferOptions): InferredDtype {
    return inferDtypeSync(this.#session, namespace, set, options)
  }

  /**
   * Creates a secondary index, and resolves when every node has built it. If an index of the same name and definition exists,
   * nothing changes. The same definition under another name is an error, because the server would rename that index.
   */
  createIndex(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): Promise<void> {
    return this.#session.run(() => createIndexCall(namespace, set, index, options))
  }

  /** `createIndex` that returns when it is done. */
  createIndexSync(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): void {
    return this.#session.runSync(() => createIndexCall(namespace, set, index, options))
  }

  /** Drops a secondary index. Returns whether it existed. */
  dropIndex(namespace: string, name: string, options?: IndexCallOptions): Promise<boolean> {
    return this.#session.run(() => dropIndexCall(namespace, name, options))
  }

  /** `dropIndex` that returns when it is done. */
  dropIndexSync(namespace: string, name: string, options?: IndexCallOptions): boolean {
    return this.#session.runSync(() => dropIndexCall(namespace, name, options))
  }

  /** Lists the secondary indexes of a namespace, or of all namespaces. */
  indexes(namespace?: string, options?: IndexCallOptions): Promise<IndexInfo[]> {
    return this.#session.run(() => indexesCall(namespace, options))
  }

  /** `indexes` that returns when it is done. */
  indexesSync(namespace?: string, options?: IndexCallOptions): IndexInfo[] {
    return this.#session.runSync(() => indexesCall(namespace, options))
  }

  /** Requests info values, such as `build` or `namespaces`, from all nodes or from one. */
  info(names: string | readonly string[], options?: InfoOptions): Promise<InfoReplies> {
    return this.#session.run(() => infoCall(names, options))
  }

  /** `info` that returns when it is done. */
  infoSync(names: string | readonly string[], options?: InfoOptions): InfoReplies {
    return this.#session.runSync(() => infoCall(names, options))
  }

  /** Deletes all records of a set, or those that were last written before a time, where one is given. */
  truncate(namespace: string, set: string, options?: TruncateOptions): Promise<void>
  /** Deletes all records of a namespace: `truncate('test', { wholeNamespace: true })`. */
  truncate(namespace: string, options: TruncateNamespaceOptions): Promise<void>
  truncate(namespace: string, set: string | TruncateNamespaceOptions, options?: TruncateOptions): Promise<void> {
    return this.#session.run(() => truncateCall(namespace, set, options))
  }

  /** `truncate` that returns when it is done. */
  truncateSync(namespace: string, set: string, options?: TruncateOptions): void
  /** `truncate` of a namespace that returns when it is done. */
  truncateSync(namespace: string, options: TruncateNamespaceOptions): void
  truncateSync(namespace: string, set: string | TruncateNamespaceOptions, options?: TruncateOptions): void {
    return this.#session.runSync(() => truncateCall(namespace, set, options))
  }

  /** Totals of the columnar batches since the client was connected: rows, bytes, failures, times, connections. */
  stats(): ClientStats {
    return statsOf(this.#session.stats())
  }

  /** Closes all connections. Calls after it reject with a `ClosedError`, further calls of `close` do nothing. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  /** `close` that returns when it is done. */
  closeSync(): void {
    this.#session.closeSync()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

disposable(Client, 'asyncDispose')
