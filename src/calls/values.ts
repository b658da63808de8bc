import { isDouble } from '../arguments/double.js'
import { isGeoJSON, isHyperLogLog } from '../arguments/particle.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { checkBinName } from '../arguments/bin-name.js'
import { given, hasLoneSurrogate, quote } from '../arguments/given.js'
import { type Check, isObject, list } from '../arguments/options.js'
import { isExpression } from '../expressions/expression.js'
import { isArrayBuffer, isBytes, isDate, isDetached, isMap, isSet } from '../tags.js'

/** Deeper values are refused by the binding, which also ends cycles. */
const MOST_DEPTH = 64

/** The bins of a record to write. */
export type Bins = Readonly<Record<string, unknown>>

/** Checks a list of bins to read; `name` is how the caller knows it. */
export const binNames: Check<string[]> = list((bin, name) => {
  checkBinName(bin, name)
  return bin
})

/** The names of bins that an object has. What is no such object may have none, as a Map, or others, as an array of bytes. */
export function namesOfBins(bins: unknown, name: string): string[] {
  const names = isObject(bins) && !ArrayBuffer.isView(bins) ? Object.keys(bins) : []
  if (names.length > 0 || (isObject(bins) && isPlain(bins))) return names
  throw invalidArgument(`${name} must be an object of bin names and values, not ${given(bins)}`)
}

/** Checks the bins of a record: their names, and that there is at least one; `name` is how the caller knows them. */
export function checkBins(bins: unknown, name: string): asserts bins is Record<string, unknown> {
  const record = bins as Record<string, unknown>
  const names = namesOfBins(bins, name)
  if (names.length === 0) throw invalidArgument(`${name} must have at least one bin; touch() writes none`)
  for (const bin of names) {
    checkBinName(bin, name)
    checkValue(record[bin], `${name}.${bin}`)
  }
}

/**
 * Refuses objects that have no counterpart in a record. Without this a Date, a Set or a Float32Array would be stored as
 * the map of its enumerable properties, which is usually an empty one.
 */
export function checkValue(value: unknown, name: string, depth = 0): void {
  if (typeof value === 'string') checkText(value, name)
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return
  if (isBytes(value)) return checkBytes(value, name)
  if (isDouble(value) || isGeoJSON(value)) return
  if (isHyperLogLog(value)) return checkBytes(value.bytes, name)
  if (Array.isArray(value)) value.forEach((item, index) => checkValue(item, `${name}[${index}]`, depth + 1))
  else if (isMap(value)) checkMap(value, name, depth)
  else checkObject(value, name, depth)
}

function checkMap(map: ReadonlyMap<unknown, unknown>, name: string, depth: number): void {
  for (const [key, item] of map) {
    checkMapKey(key, name)
    checkValue(item, `${name}.get(${keyText(key)})`, depth + 1)
  }
}

function checkObject(value: object, name: string, depth: number): void {
  if (!isPlain(value)) throw invalidArgument(`${name} is ${given(value)}, which cannot be stored; ${remedyFor(value)}`)
  for (const [key, item] of Object.entries(value)) {
    checkText(key, `a key of ${name}`)
    checkValue(item, `${name}.${key}`, depth + 1)
  }
}

/** Refuses bytes that have gone, as they would be stored as none. */
export function checkBytes(bytes: Uint8Array, name: string): void {
  if (isDetached(bytes)) throw outOfRange(`${name}: the memory of these bytes was given away`)
}

/** Refuses text that would be stored as another one. */
export function checkText(text: string, name: string): void {
  if (hasLoneSurrogate(text)) throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold: ${quote(text)}`)
}

/** The server has maps by integers, strings and bytes, and refuses any other key. */
export function checkMapKey(key: unknown, name: string): asserts key is string | number | bigint | Uint8Array {
  if (typeof key === 'string') checkText(key, `a key of ${name}`)
  if (isBytes(key)) checkBytes(key, `a key of ${name}`)
  if (isMapKey(key)) return
  throw invalidArgument(
    `${name} has ${given(key)} as a key, which no map can have; use strings, integers or Uint8Arrays`,
  )
}

/** Whether the value can be the key of a map. */
export function isMapKey(key: unknown): key is string | number | bigint | Uint8Array {
  if (typeof key === 'string' || typeof key === 'bigint' || isBytes(key)) return true
  return typeof key === 'number' && Number.isSafeInteger(key) && !Object.is(key, -0)
}

function keyText(key: string | number | bigint | Uint8Array): string {
  return isBytes(key) ? 'bytes' : typeof key === 'string' ? quote(key) : String(key)
}

/** Whether an object is a literal, of this realm or another, or has no prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function remedyFor(value: object): string {
  if (isDate(value)) return 'use its getTime()'
  if (isSet(value)) return 'use an array'
  if (ArrayBuffer.isView(value)) return 'use an array for a list, or a Uint8Array over its buffer for bytes'
  if (isArrayBuffer(value)) return 'use a Uint8Array over it'
  if (isExpression(value)) return 'op.writeComputed() writes what it results in'
  return 'use a plain object, a Map, an array, a Uint8Array, a number, a bigint, a string, a boolean, double(x), a GeoJSON or a HyperLogLog'
}
