import { type Key, type KeySource, keyAt } from '../keys/key.js'
import type { NativeRecord } from '../binding/native.js'

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

/** A record with its key. */
export function recordOf(source: KeySource, row: number, { bins, gen, ttl, resultCode }: NativeRecord): ReadRecord {
  return { key: keyAt(source, row), bins, gen, ttl, resultCode }
}
