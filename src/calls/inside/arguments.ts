import { boolean, type Check, integer } from '../../arguments/options.js'
import { given } from '../../arguments/given.js'
import { type Double, isDouble } from '../../arguments/double.js'
import { isGeoJSON, isHyperLogLog } from '../../arguments/particle.js'
import { invalidArgument, outOfRange } from '../../errors.js'
import { isBytes, isMap } from '../../tags.js'
import { checkBytes, checkMapKey, checkValue, isMapKey } from '../values.js'

/** A value that can be in a list or a map: everything but undefined, functions and symbols. */
export type StoredValue = null | boolean | number | bigint | string | object

/** What can be added to a number inside a map. */
export type MapAddend = number | bigint | Double

/** An argument of an operation on the inside of a bin. */
export interface Argument {
  /** The name of the argument in messages. */
  readonly name: string
  readonly check: Check<unknown>
  /** Whether it can be left out; it then is not sent. */
  readonly isOptional?: true
  /** What is sent where it is left out. */
  readonly fallback?: unknown
}

const LARGEST = 2n ** 63n - 1n

/** An integer of 64 bits. */
export const int64: Check<number | bigint> = (value, name) => {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    throw invalidArgument(`${name} must be an integer, not ${given(value)}`)
  }
  const fits = typeof value === 'number' ? Number.isSafeInteger(value) : value >= -LARGEST - 1n && value <= LARGEST
  if (!fits) throw outOfRange(`${name} must be a safe integer, or a bigint of 64 bits, not ${given(value)}`)
  return Object.is(value, -0) ? 0 : value
}

const stored: Check<unknown> = (value, name) => {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') {
    throw invalidArgument(`${name} must be a value that a record can hold, not ${given(value)}`)
  }
  checkValue(value, name)
  return value
}

const notNull: Check<unknown> = (value, name) => {
  if (value === null) {
    throw invalidArgument(`${name} must not be null; op.lists.insert inserts null, and op.lists.remove what was there`)
  }
  return stored(value, name)
}

const mapKey: Check<unknown> = (value, name) => {
  if (!isMapKey(value))
    throw invalidArgument(`${name} must be a string, a safe integer, a bigint or a Uint8Array, not ${given(value)}`)
  checkMapKey(value, name)
  return value
}

/** A key that a range begins with, or null for the first. */
const keyOrNull: Check<unknown> = (value, name) => (value === null ? value : mapKey(value, name))

const several =
  (check: Check<unknown>, least: 0 | 1): Check<unknown[]> =>
  (value, name) => {
    if (!Array.isArray(value)) throw invalidArgument(`${name} must be an array, not ${given(value)}`)
    if (value.length < least) throw outOfRange(`${name} must have at least one value`)
    return Array.from(value, (each, index) => check(each, `${name}[${index}]`))
  }

const entries: Check<unknown> = (value, name) => {
  const isOne = typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value)
  if (!isOne || isDouble(value) || isGeoJSON(value) || isHyperLogLog(value))
    throw invalidArgument(`${name} must be an object or a Map, not ${given(value)}`)
  checkValue(value, name)
  const size = isMap(value) ? value.size : Object.keys(value).length
  if (size === 0) throw outOfRange(`${name} must have at least one entry`)
  return value
}

const addend: Check<unknown> = (value, name) => {
  if (typeof value === 'number' || isDouble(value)) return value
  if (typeof value === 'bigint') return int64(value, name)
  throw invalidArgument(`${name} must be a number, a bigint or double(x), not ${given(value)}`)
}

const bytes: Check<unknown> = (value, name) => {
  if (!isBytes(value)) throw invalidArgument(`${name} must be a Uint8Array, not ${given(value)}`)
  checkBytes(value, name)
  return value
}

/** Sketches, as values or as their bytes. */
const sketch: Check<unknown> = (value, name) => {
  if (isHyperLogLog(value)) return bytes(value.bytes, name)
  if (isBytes(value)) return bytes(value, name)
  throw invalidArgument(`${name} must be a HyperLogLog or its bytes, not ${given(value)}`)
}

const argument =
  (check: Check<unknown>, more: Pick<Argument, 'isOptional' | 'fallback'> = {}) =>
  (name: string): Argument => ({ name, check, ...more })

/** The kinds of arguments, by what they are called. */
export const takes = {
  int: argument(int64),
  intIfAny: argument(int64, { isOptional: true }),
  bool: argument(boolean),
  value: argument(stored),
  valueIfAny: argument(stored, { isOptional: true }),
  notNull: argument(notNull),
  values: argument(several(stored, 0)),
  someValues: argument(several(stored, 1)),
  key: argument(mapKey),
  keyOrNull: argument(keyOrNull),
  keyIfAny: argument(keyOrNull, { isOptional: true }),
  keys: argument(several(mapKey, 0)),
  entries: argument(entries),
  increment: argument(int64, { fallback: 1 }),
  addend: argument(addend, { fallback: 1 }),
  bytes: argument(bytes),
  sketches: argument(several(sketch, 0)),
  indexBits: argument(integer(4, 16)),
} as const
