import { type Key, type KeySource, keyAt } from '../keys/key.js'
import { SUCCESS } from './codes.js'
import type { NativeFound, NativeRecord } from '../binding/native.js'

/** A value that a bin can hold. Integers outside the safe range, and only those, are `bigint`. */
export type BinValue = unknown

/** An ordinary record: an object, and its bins as JavaScript values. */
export interface ReadRecord {
  /** The key that was asked for. */
  readonly key: Key
  /** The bins, or `null` if the record was not found or not read. */
  readonly bins: Record<string, BinValue> | null
  /** How often the record was written. */
  readonly gen: number
  /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
  readonly ttl: number
  /** 0 for success, 2 for a record that does not exist, negative for codes of the client. */
  readonly resultCode: number
}

/** The record of a row, with its key. */
export function recordOf(source: KeySource, row: number, record: NativeRecord): ReadRecord {
  return readRecord(keyAt(source, row), record)
}

/** A record with its key. */
export function readRecord(key: Key, { bins, gen, ttl, resultCode }: NativeRecord): ReadRecord {
  return { key, bins, gen, ttl, resultCode }
}

/** A record that was read by itself, with its key. */
export function foundRecord(key: Key, [bins, gen, ttl]: NativeFound): ReadRecord {
  return { key, bins, gen, ttl, resultCode: SUCCESS }
}
