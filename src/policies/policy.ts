import { invalidArgument, outOfRange } from '../errors.js'
import { given, oneOf, quote } from '../arguments/given.js'
import { boolean, type Check, type Checks, checkOptions, choice, integer, isObject } from '../arguments/options.js'
import type { NativeReadPolicy, NativeWritePolicy } from '../binding/native.js'
import { isBytes } from '../tags.js'

const MAX_MS = 0x7fff_ffff
/** Ten years of 365 days: the server refuses more. */
const MAX_TTL = 315_360_000
const MAX_U32 = 0xffff_ffff
const MAX_KEYS_PER_REQUEST = 5000
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** How a read behaves: timeouts, retries, replicas. */
export interface ReadPolicy {
  /** Milliseconds for the whole call, over all attempts; 0 for no limit. Default 10000. */
  totalTimeout?: number | undefined
  /** Milliseconds without a byte from a node before its request fails; 0 for no limit. Default 5000. */
  socketTimeout?: number | undefined
  /** How often rows without an answer are sent again. Default 2. */
  maxRetries?: number | undefined
  /** Milliseconds before the second attempt; batches double them for every further one, up to a second. Default 10. */
  sleepBetweenRetries?: number | undefined
  /**
   * Which copy of a record is asked: the master first and then the replicas, only the master, any, or first the one on a rack
   * of `rackIds`. Default `'sequence'`.
   */
  replica?: 'sequence' | 'master' | 'random' | 'preferRack' | undefined
  /** How many copies an availability-mode namespace consults. Default `'one'`. */
  readModeAp?: 'one' | 'all' | undefined
  /** How strict a strong-consistency namespace reads. Default `'session'`. */
  readModeSc?: 'session' | 'linearize' | 'allowReplica' | 'allowUnavailable' | undefined
  /** Lets the server answer from the thread that received the request if the data is in memory. Default true. */
  allowInline?: boolean | undefined
  /** The same for data on flash. Default false. */
  allowInlineSSD?: boolean | undefined
  /** Maximum number of keys in one request, at most 5000. The default is tuned by benchmark. */
  maxKeysPerRequest?: number | undefined
  /** Maximum number of requests in flight to one node. The default is tuned by benchmark. */
  maxConcurrentRequests?: number | undefined
  /**
   * Renews the ttl of a record that is read when less than this percentage of it is left, from 1 to 100; -1 never, 0 as the
   * server is set. Default 0.
   */
  readTouchTtlPercent?: number | undefined
  /** A packed filter expression, as bytes or base64. Rows that it rejects have result code 27. */
  filterExpression?: Uint8Array | string | undefined
}

/** How a scan or query behaves. */
export interface StreamPolicy {
  /** Milliseconds for the whole stream; 0, the default, for no limit. */
  totalTimeout?: number | undefined
  /**
   * Milliseconds without a byte from a node before its request is sent again; 0 for no limit. Default 30000. With a filter that
   * rejects nearly everything a node sends nothing for a long time: allow what a node needs for a few hundred partitions.
   */
  socketTimeout?: number | undefined
  /** How often a partition is requested again without a row in between. Default 10. */
  maxRetries?: number | undefined
  /** Milliseconds before the second attempt, doubled for every further one, up to a second. Default 10. */
  sleepBetweenRetries?: number | undefined
  /** Which copy is asked. Default `'sequence'`: the master first, and the replicas if it does not answer. */
  replica?: ReadPolicy['replica']
  /** Connections to one node. Default 3, and 1 from four nodes on, with `maxRows` and with `recordsPerSecond`. */
  maxConcurrentRequests?: number | undefined
  /** A packed filter expression, as bytes or base64. */
  filterExpression?: Uint8Array | string | undefined
}

/** How a write behaves. */
export interface WritePolicy {
  /** Milliseconds for the whole call, over all attempts. Default 1000; 10000 for writes of many records. */
  totalTimeout?: number | undefined
  /** Milliseconds without a byte from the node before an attempt fails. Default 30000; 5000 for writes of many records. */
  socketTimeout?: number | undefined
  /** How often a failed attempt is repeated. Default 0: a write is never repeated unless you ask for it. */
  maxRetries?: number | undefined
  /** Seconds until the record expires, at most ten years; -1 never, -2 keeps the record's own, 0 the namespace's default. */
  ttl?: number | undefined
  /** The generation that `generationPolicy` compares with. */
  generation?: number | undefined
  /** Writes always, only if the generation is equal, or only if the given one is greater. Default `'none'`. */
  generationPolicy?: 'none' | 'eq' | 'gt' | undefined
  /** What to do with a record that exists or does not. Default `'update'`. */
  exists?: 'update' | 'updateOnly' | 'replace' | 'replaceOnly' | 'create' | undefined
  /** Stores the primary key with the record. Default false. */
  sendKey?: boolean | undefined
  /** Leaves a tombstone when the record is deleted (Enterprise). Default false. */
  durableDelete?: boolean | undefined
  /** Answers when all replicas have the write, or already when the master has. Default `'all'`. */
  commitLevel?: 'all' | 'master' | undefined
  /** A packed filter expression, as bytes or base64. A record that it rejects is not written, and has result code 27. */
  filterExpression?: Uint8Array | string | undefined
}

/** A read policy as the binding takes it: what can be left out is left out, and the filter is bytes. */
export type CheckedReadPolicy = Omit<NativeReadPolicy, 'bigints' | 'transaction'>

/** A write policy as the binding takes it. */
export type CheckedWritePolicy = Omit<NativeWritePolicy, 'bigints' | 'transaction'>

const milliseconds = integer(0, MAX_MS, 'milliseconds')

/** Base64 is checked strictly: `Buffer.from` skips what it does not know, and half a filter is another filter. */
const filterExpression: Check<Uint8Array> = (value, name) => {
  if (isBytes(value)) return value
  if (typeof value !== 'string') throw invalidArgument(`${name} must be a Uint8Array or base64, not ${given(value)}`)
  if (!BASE64.test(value) || value.length % 4 !== 0) throw outOfRange(`${name} is not base64: ${given(value)}`)
  return Buffer.from(value, 'base64')
}

/** What every policy has. */
const CALL_CHECKS = {
  totalTimeout: milliseconds,
  socketTimeout: milliseconds,
  maxRetries: integer(0, MAX_MS),
  filterExpression,
}

const READ_CHECKS: Checks<CheckedReadPolicy> = {
  ...CALL_CHECKS,
  sleepBetweenRetries: milliseconds,
  replica: choice('sequence', 'master', 'random', 'preferRack'),
  readModeAp: choice('one', 'all'),
  readModeSc: choice('session', 'linearize', 'allowReplica', 'allowUnavailable'),
  allowInline: boolean,
  allowInlineSSD: boolean,
  maxKeysPerRequest: integer(1, MAX_KEYS_PER_REQUEST),
  maxConcurrentRequests: integer(1, 1024),
  readTouchTtlPercent: integer(-1, 100, 'percent; -1 never, 0 as the server is set'),
}

/** What scans and queries take of it. */
const STREAM_CHECKS: Checks<Pick<CheckedReadPolicy, keyof StreamPolicy>> = {
  ...CALL_CHECKS,
  sleepBetweenRetries: READ_CHECKS.sleepBetweenRetries,
  replica: READ_CHECKS.replica,
  maxConcurrentRequests: READ_CHECKS.maxConcurrentRequests,
}

const WRITE_CHECKS: Checks<CheckedWritePolicy> = {
  ...CALL_CHECKS,
  ttl: integer(-2, MAX_TTL, 'seconds, at most ten years; -1 never, -2 keep, 0 the default of the namespace'),
  generation: integer(0, MAX_U32),
  generationPolicy: choice('none', 'eq', 'gt'),
  exists: choice('update', 'updateOnly', 'replace', 'replaceOnly', 'create'),
  sendKey: boolean,
  durableDelete: boolean,
  commitLevel: choice('all', 'master'),
}

/** Checks a read policy; `name` is how the caller knows the argument. */
export const readPolicy: Check<CheckedReadPolicy> = (value, name) => checkOptions(value, name, READ_CHECKS)

/** Checks the policy of a scan or query; `name` is how the caller knows the argument. */
export const streamPolicy: Check<CheckedReadPolicy> = (value, name) => {
  const keys = isObject(value) ? Object.keys(value) : []
  const foreign = keys.find((key) => Object.hasOwn(READ_CHECKS, key) && !Object.hasOwn(STREAM_CHECKS, key))
  if (foreign !== undefined) {
    throw invalidArgument(
      `${name} has no option ${quote(foreign)} in scans and queries; it takes ${oneOf(Object.keys(STREAM_CHECKS))}`,
    )
  }
  return checkOptions(value, name, STREAM_CHECKS)
}

/** Checks a write policy; `name` is how the caller knows the argument. */
export const writePolicy: Check<CheckedWritePolicy> = (value, name) => checkOptions(value, name, WRITE_CHECKS)

/** Which integers of a record are bigints: only those that a number cannot hold exactly, or all. */
export type Integers = 'number' | 'bigint'

/** Checks the option `integers` into what the native side takes. */
export const integersOption: Check<boolean> = (value, name) => choice('number', 'bigint')(value, name) === 'bigint'

/** A policy with the option `integers` in it. */
export function withIntegers<P extends object>(policy: P, bigints: boolean | undefined): P & { bigints?: boolean } {
  return bigints === true ? { ...policy, bigints } : policy
}
