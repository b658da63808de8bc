import type { Addend, Operation, Piece } from '../calls/operations.js'
import { type ApplyOptions, applyCall } from '../calls/apply.js'
import type { BinValue, ReadRecord } from '../calls/record.js'
import {
  type GetOptions,
  type OperateOptions,
  type OperatedRecord,
  type ResultsOf,
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
import { type Transaction, type TransactionOptions, createTransaction } from '../calls/transaction.js'
import type { Udf } from '../calls/udfs.js'
import type { Bins } from '../calls/values.js'
import type { Key } from '../keys/key.js'
import { BatchMethods } from './batches.js'
import { sessionOf } from './connected.js'

/** The methods of a client on one record. */
export abstract class RecordMethods extends BatchMethods {
  /**
   * Writes bins to a record. The other bins of an existing record do not change.
   *
   * An integer is stored as Int, any other number as Double, a bigint as Int, a boolean as Bool, a string as String, a
   * Uint8Array as Blob, an array as List, a plain object or a `Map` as Map, `null` removes the bin. `double(20)` forces a
   * Double. A `Map` may have integers and bytes as keys too; a map with any such key is read as a `Map`, others as objects.
   */
  put(key: Key, bins: Bins, options?: WriteOptions): Promise<void> {
    return sessionOf(this).run((defaults) => putCall(key, bins, options, defaults))
  }

  /** `put` that returns when it is done. */
  putSync(key: Key, bins: Bins, options?: WriteOptions): void {
    return sessionOf(this).runSync((defaults) => putCall(key, bins, options, defaults))
  }

  /** Reads one record; `null` if it does not exist. */
  get(key: Key, options?: GetOptions): Promise<ReadRecord | null> {
    return sessionOf(this).run((defaults) => getCall(key, options, defaults))
  }

  /** `get` that returns when it is done. */
  getSync(key: Key, options?: GetOptions): ReadRecord | null {
    return sessionOf(this).runSync((defaults) => getCall(key, options, defaults))
  }

  /** Reads some bins of one record; `null` if it does not exist. With an empty list of bins, generation and ttl only. */
  select(key: Key, bins: readonly string[], options?: SelectOptions): Promise<ReadRecord | null> {
    return sessionOf(this).run((defaults) => selectCall(key, bins, options, defaults))
  }

  /** `select` that returns when it is done. */
  selectSync(key: Key, bins: readonly string[], options?: SelectOptions): ReadRecord | null {
    return sessionOf(this).runSync((defaults) => selectCall(key, bins, options, defaults))
  }

  /** Whether a record exists. */
  exists(key: Key, options?: ReadOptions): Promise<boolean> {
    return sessionOf(this).run((defaults) => existsCall(key, options, defaults))
  }

  /** `exists` that returns when it is done. */
  existsSync(key: Key, options?: ReadOptions): boolean {
    return sessionOf(this).runSync((defaults) => existsCall(key, options, defaults))
  }

  /** Renews the ttl of a record, to `policy.ttl` if given. Increases its generation by one. */
  touch(key: Key, options?: WriteOptions): Promise<void> {
    return sessionOf(this).run((defaults) => touchCall(key, options, defaults))
  }

  /** `touch` that returns when it is done. */
  touchSync(key: Key, options?: WriteOptions): void {
    return sessionOf(this).runSync((defaults) => touchCall(key, options, defaults))
  }

  /** Deletes a record. Returns whether it existed. */
  remove(key: Key, options?: WriteOptions): Promise<boolean> {
    return sessionOf(this).run((defaults) => removeCall(key, options, defaults))
  }

  /** `remove` that returns when it is done. */
  removeSync(key: Key, options?: WriteOptions): boolean {
    return sessionOf(this).runSync((defaults) => removeCall(key, options, defaults))
  }

  /** Adds to the numbers in bins; a missing bin counts as 0. */
  add(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): Promise<void> {
    return sessionOf(this).run((defaults) => eachBinCall('add', key, bins, options, defaults))
  }

  /** `add` that returns when it is done. */
  addSync(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): void {
    return sessionOf(this).runSync((defaults) => eachBinCall('add', key, bins, options, defaults))
  }

  /** Appends text or bytes to the values of bins. */
  append(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void> {
    return sessionOf(this).run((defaults) => eachBinCall('append', key, bins, options, defaults))
  }

  /** `append` that returns when it is done. */
  appendSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void {
    return sessionOf(this).runSync((defaults) => eachBinCall('append', key, bins, options, defaults))
  }

  /** Prepends text or bytes to the values of bins. */
  prepend(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void> {
    return sessionOf(this).run((defaults) => eachBinCall('prepend', key, bins, options, defaults))
  }

  /** `prepend` that returns when it is done. */
  prependSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void {
    return sessionOf(this).runSync((defaults) => eachBinCall('prepend', key, bins, options, defaults))
  }

  /**
   * Runs operations on one record in their order, all or none of them: `[op.add('hits', 1), op.read('hits')]`.
   * Resolves with the bins that were read; of a bin that was read several times, with the last value. With
   * `results: 'list'` the record has the result of every operation, in their order.
   */
  operate<const O extends readonly Operation[]>(
    key: Key,
    operations: O,
    options: OperateOptions & { results: 'list'; integers?: undefined },
  ): Promise<OperatedRecord<ResultsOf<O>>>
  operate(
    key: Key,
    operations: readonly Operation[],
    options: OperateOptions & { results: 'list' },
  ): Promise<OperatedRecord>
  operate(key: Key, operations: readonly Operation[], options?: OperateOptions): Promise<ReadRecord>
  operate(key: Key, operations: readonly Operation[], options?: OperateOptions): Promise<ReadRecord> {
    return sessionOf(this).run((defaults) => operateCall(key, operations, options, defaults))
  }

  /** `operate` that returns when it is done. */
  operateSync<const O extends readonly Operation[]>(
    key: Key,
    operations: O,
    options: OperateOptions & { results: 'list'; integers?: undefined },
  ): OperatedRecord<ResultsOf<O>>
  operateSync(key: Key, operations: readonly Operation[], options: OperateOptions & { results: 'list' }): OperatedRecord
  operateSync(key: Key, operations: readonly Operation[], options?: OperateOptions): ReadRecord
  operateSync(key: Key, operations: readonly Operation[], options?: OperateOptions): ReadRecord {
    return sessionOf(this).runSync((defaults) => operateCall(key, operations, options, defaults))
  }

  /**
   * Applies a user-defined function of the server to one record, and resolves with what it returns:
   * `client.apply(key, { module: 'counters', function: 'increment', args: ['hits', 1] })`.
   */
  apply(key: Key, udf: Udf, options?: ApplyOptions): Promise<BinValue> {
    return sessionOf(this).run((defaults) => applyCall(key, udf, options, defaults))
  }

  /** `apply` that returns when it is done. */
  applySync(key: Key, udf: Udf, options?: ApplyOptions): BinValue {
    return sessionOf(this).runSync((defaults) => applyCall(key, udf, options, defaults))
  }

  /**
   * Begins a transaction, which calls join with their option `transaction`. Nothing is sent before the first of them. The
   * namespace must have strong consistency (Enterprise).
   */
  transaction(options?: TransactionOptions): Transaction {
    return createTransaction(sessionOf(this), options)
  }
}
