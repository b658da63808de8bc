import type { Batch } from '../batch/batch.js'
import {
  type BatchOptions,
  type BatchWriteOptions,
  type BatchWriteResult,
  type WritableRows,
  batchWriteCall,
} from '../calls/batch-write.js'
import { type BatchReadOptions, asksForColumns, batchReadCall } from '../calls/batch-read.js'
import type { Keys } from '../calls/plan-keys.js'
import { type KeyAndBins, putManyCall } from '../calls/put-many.js'
import type { ReadRecord } from '../calls/record.js'
import { type RecordReadOptions, recordsReadCall } from '../calls/records-read.js'
import type { Key } from '../keys/key.js'
import type { Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { Connected, sessionOf } from './connected.js'

/** The methods of a client on many keys at once. */
export abstract class BatchMethods extends Connected {
  /** Reads records straight into columns: one buffer, laid out by the dtype, with a row per key in the order of the keys. */
  batchRead<S extends Schema, const L extends Layout = 'columns'>(
    keys: Keys,
    options: BatchReadOptions<S, L>,
  ): Promise<Batch<S, L, Key>>
  /** Reads ordinary records, one object per key. */
  batchRead(keys: Keys, options?: RecordReadOptions): Promise<ReadRecord[]>
  batchRead(keys: Keys, options?: BatchReadOptions | RecordReadOptions): Promise<Batch | ReadRecord[]> {
    return asksForColumns(options)
      ? sessionOf(this).run((defaults) => batchReadCall(keys, options, defaults))
      : sessionOf(this).run((defaults) => recordsReadCall(keys, options, defaults))
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
      ? sessionOf(this).runSync((defaults) => batchReadCall(keys, options, defaults))
      : sessionOf(this).runSync((defaults) => recordsReadCall(keys, options, defaults))
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
    return sessionOf(this).run((defaults) => batchWriteCall(keys, from, options, defaults))
  }

  /** `batchWrite` that returns when it is done. */
  batchWriteSync<S extends Schema>(keys: Keys, options: BatchWriteOptions<S>): BatchWriteResult
  /** Writes the rows of a batch or of an Arrow table, and returns when it is done. */
  batchWriteSync(keys: Keys, rows: WritableRows, options?: BatchOptions): BatchWriteResult
  batchWriteSync(keys: Keys, from: BatchWriteOptions | WritableRows, options?: BatchOptions): BatchWriteResult {
    return sessionOf(this).runSync((defaults) => batchWriteCall(keys, from, options, defaults))
  }

  /**
   * Writes records of any shape in one batch: `putMany([[key, bins], ...])`. A row that fails does not fail the others: its
   * code says why. `batchWrite` is faster where all records have the same bins.
   */
  putMany(records: readonly KeyAndBins[], options?: BatchOptions): Promise<BatchWriteResult> {
    return sessionOf(this).run((defaults) => putManyCall(records, options, defaults))
  }

  /** `putMany` that returns when it is done. */
  putManySync(records: readonly KeyAndBins[], options?: BatchOptions): BatchWriteResult {
    return sessionOf(this).runSync((defaults) => putManyCall(records, options, defaults))
  }
}
