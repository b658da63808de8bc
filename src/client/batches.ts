import type { Batch } from '../batch/batch.js'
import { type BatchApplyResult, batchApplyCall } from '../calls/apply.js'
import { type BatchExistsOptions, type BatchExistsResult, batchExistsCall } from '../calls/batch-exists.js'
import { type BatchOperations, batchOperateCall, batchRemoveCall } from '../calls/batch-operate.js'
import type {
  BatchApplyOptions,
  BatchOperateOptions,
  BatchOperateResult,
  BatchRemoveOptions,
} from '../calls/batch-work.js'
import {
  type BatchOptions,
  type BatchWriteOptions,
  type BatchWriteResult,
  type WritableRows,
  batchWriteCall,
} from '../calls/batch-write.js'
import { type BatchReadOptions, asksForColumns, batchReadCall } from '../calls/batch-read.js'
import type { Keys } from '../calls/plan-keys.js'
import { type KeyAndBins, type PutManyOptions, putManyCall } from '../calls/put-many.js'
import type { ReadRecord } from '../calls/record.js'
import { type RecordReadOptions, recordsReadCall } from '../calls/records-read.js'
import type { Udf } from '../calls/udfs.js'
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
  putMany(records: readonly KeyAndBins[], options?: PutManyOptions): Promise<BatchWriteResult> {
    return sessionOf(this).run((defaults) => putManyCall(records, options, defaults))
  }

  /** `putMany` that returns when it is done. */
  putManySync(records: readonly KeyAndBins[], options?: PutManyOptions): BatchWriteResult {
    return sessionOf(this).runSync((defaults) => putManyCall(records, options, defaults))
  }

  /** Which records exist, with their generations and ttls, and without their bins. */
  batchExists(keys: Keys, options?: BatchExistsOptions): Promise<BatchExistsResult> {
    return sessionOf(this).run((defaults) => batchExistsCall(keys, options, defaults))
  }

  /** `batchExists` that returns when it is done. */
  batchExistsSync(keys: Keys, options?: BatchExistsOptions): BatchExistsResult {
    return sessionOf(this).runSync((defaults) => batchExistsCall(keys, options, defaults))
  }

  /** Deletes records. A record that does not exist has result code 2. */
  batchRemove(keys: Keys, options?: BatchRemoveOptions): Promise<BatchWriteResult> {
    return sessionOf(this).run((defaults) => batchRemoveCall(keys, options, defaults))
  }

  /** `batchRemove` that returns when it is done. */
  batchRemoveSync(keys: Keys, options?: BatchRemoveOptions): BatchWriteResult {
    return sessionOf(this).runSync((defaults) => batchRemoveCall(keys, options, defaults))
  }

  /**
   * Runs operations on each of many records: the same on all of them, `[op.add('hits', 1), op.read('hits')]`, or with a list of
   * operations per key something else on each. Each record gets all of its operations or none.
   */
  batchOperate(keys: Keys, operations: BatchOperations, options?: BatchOperateOptions): Promise<BatchOperateResult> {
    return sessionOf(this).run((defaults) => batchOperateCall(keys, operations, options, defaults))
  }

  /** `batchOperate` that returns when it is done. */
  batchOperateSync(keys: Keys, operations: BatchOperations, options?: BatchOperateOptions): BatchOperateResult {
    return sessionOf(this).runSync((defaults) => batchOperateCall(keys, operations, options, defaults))
  }

  /** Applies a user-defined function to each of many records, or with a list of functions another one to each. */
  batchApply(keys: Keys, udf: Udf | readonly Udf[], options?: BatchApplyOptions): Promise<BatchApplyResult> {
    return sessionOf(this).run((defaults) => batchApplyCall(keys, udf, options, defaults))
  }

  /** `batchApply` that returns when it is done. */
  batchApplySync(keys: Keys, udf: Udf | readonly Udf[], options?: BatchApplyOptions): BatchApplyResult {
    return sessionOf(this).runSync((defaults) => batchApplyCall(keys, udf, options, defaults))
  }
}
