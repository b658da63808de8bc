import { type Key, type KeySource, keyAt } from '../keys/key.js'
import { SUCCESS } from './codes.js'
import type { NativeFound, NativeParts, NativeRecord } from '../binding/native.js'

/** Where a record has no key yet. */
const NO_KEY: Key = ['', '', '']

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
export function foundRecord(key: Key, found: NativeFound): ReadRecord {
  if (Array.isArray(found)) {
    const [bins, gen, ttl] = found as NativeParts
    return { key, bins, gen, ttl, resultCode: SUCCESS }
  }
  const record = found as { key: Key } & ReadRecord
  record.key = key
  return record
}

/** Makes the function that makes records of these bins, without their key. */
export function recordShape(names: readonly string[]): (gen: number, ttl: number, ...values: unknown[]) => ReadRecord {
  // Defined, not assigned: a bin may be called `__proto__`. A copy has it as its own, so that it can be assigned there.
  const empty: Record<string, BinValue> = {}
  const property = { value: null, enumerable: true, configurable: true, writable: true }
  for (const name of names) Object.defineProperty(empty, name, property)
  return (gen, ttl, ...values) => {
    const bins = { ...empty }
    for (let i = 0; i < names.length; i++) bins[names[i] as string] = values[i]
    return { key: NO_KEY, bins, gen, ttl, resultCode: SUCCESS }
  }
}
