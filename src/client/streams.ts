import type { Batch } from '../batch/batch.js'
import type { Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { type InferOptions, type InferredDtype, inferDtype, inferDtypeSync } from '../schema/infer.js'
import {
  type BackgroundJob,
  type BackgroundNamespaceOptions,
  type BackgroundOptions,
  backgroundCall,
} from '../stream/background.js'
import { type Rows, query, querySync, scan, scanSync } from '../stream/open.js'
import type { ColumnScanOptions, RecordScanOptions, ScanOptions, WhereOption } from '../stream/options.js'
import type { StreamRecord } from '../stream/record.js'
import type { Stream, SyncStream } from '../stream/stream.js'
import { sessionOf } from './connected.js'
import { RecordMethods } from './records.js'

/** The methods of a client on whole sets, and on what a secondary index has. */
export abstract class StreamMethods extends RecordMethods {
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
    return scan(sessionOf(this), namespace, set, options)
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
    return scanSync(sessionOf(this), namespace, set, options)
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
    return query(sessionOf(this), namespace, set, options)
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
    return querySync(sessionOf(this), namespace, set, options)
  }

  /** Samples a set: which dtype holds its records, and what was seen of each bin. A `RangeError` where it has no record. */
  inferDtype(namespace: string, set: string, options?: InferOptions): Promise<InferredDtype> {
    return inferDtype(sessionOf(this), namespace, set, options)
  }

  /** `inferDtype` that returns when it is done. */
  inferDtypeSync(namespace: string, set: string, options?: InferOptions): InferredDtype {
    return inferDtypeSync(sessionOf(this), namespace, set, options)
  }

  /**
   * Begins a job that the nodes do by themselves, on all records of a set or on those that an index has: operations that write,
   * or a function. `await (await client.background('test', 'sensors', { operations: [op.add('n', 1)] })).wait()`.
   */
  background(namespace: string, set: string, options: BackgroundOptions): Promise<BackgroundJob>
  /** Begins a job on the records of a namespace, whatever their sets: `background('test', { wholeNamespace: true, operations })`. */
  background(namespace: string, options: BackgroundNamespaceOptions): Promise<BackgroundJob>
  background(
    namespace: string,
    set: string | BackgroundNamespaceOptions,
    options?: BackgroundOptions,
  ): Promise<BackgroundJob> {
    const session = sessionOf(this)
    return session.run((defaults) => backgroundCall(session, namespace, set, options, defaults))
  }

  /** `background` that returns when the job has begun. */
  backgroundSync(namespace: string, set: string, options: BackgroundOptions): BackgroundJob
  /** `background` of a namespace that returns when the job has begun. */
  backgroundSync(namespace: string, options: BackgroundNamespaceOptions): BackgroundJob
  backgroundSync(
    namespace: string,
    set: string | BackgroundNamespaceOptions,
    options?: BackgroundOptions,
  ): BackgroundJob {
    const session = sessionOf(this)
    return session.runSync((defaults) => backgroundCall(session, namespace, set, options, defaults))
  }
}
