import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { isDouble } from '../arguments/double.js'
import { isGeoJSON, isHyperLogLog } from '../arguments/particle.js'
import type { ConstantItem } from './node.js'
import { isBytes, isMap } from '../tags.js'
import { type AnyType, type ExpressionType, typeName } from './types.js'

const SMALLEST = -(2n ** 63n)
const LARGEST = 2n ** 63n - 1n
/** Deeper lists and maps are refused, which also ends cycles. */
const MOST_DEPTH = 64

/** A value of JavaScript as a constant; `name` is how the caller knows it. A number is an int where it is an integer. */
export function constantOf(value: unknown, name: string, depth = 0): ConstantItem {
  switch (typeof value) {
    case 'boolean':
      return { type: 'bool', value }
    case 'bigint':
      return intOf(value, name)
    case 'number':
      return Number.isInteger(value) && !Object.is(value, -0) ? intOf(value, name) : floatOf(value, name)
    case 'string':
      return { type: 'string', value: checkText(value, name) }
    case 'object':
      if (value === null) return { type: 'nil' }
      if (depth > MOST_DEPTH) throw outOfRange(`${name} is nested more than ${MOST_DEPTH} deep`)
      return collectionOf(value, name, depth)
    default:
      throw invalidArgument(`${name} must be a value that a record can hold, not ${given(value)}`)
  }
}

/** A value of JavaScript as a constant of one type. */
export function constantOfType(value: unknown, type: AnyType, name: string): ConstantItem {
  if (type === 'float' && typeof value === 'number') return floatOf(value, name)
  if (type === 'geo' && typeof value === 'string') return { type: 'geo', value: checkText(value, name) }
  if (type === 'int' && Object.is(value, -0)) return intOf(0, name)
  const item = constantOf(value, name)
  if (type !== 'any' && item.type !== type) throw misfit(value, type, name)
  return item
}

function misfit(value: unknown, type: ExpressionType, name: string): TypeError {
  const fraction = type === 'int' && typeof value === 'number' ? '; a fraction compares only with a float' : ''
  return invalidArgument(`${name} must be ${typeName(type)}, not ${given(value)}${fraction}`)
}

/** An int constant. */
export function intOf(value: number | bigint, name: string): ConstantItem {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw outOfRange(`${name} is ${value}, which a number does not hold exactly; use a bigint`)
  }
  const int = BigInt(value)
  if (int < SMALLEST || int > LARGEST) throw outOfRange(`${name} is ${int}, which does not fit 64 bits`)
  return { type: 'int', value: int }
}

/** A float constant. */
export function floatOf(value: number, name: string): ConstantItem {
  if (Number.isNaN(value)) throw outOfRange(`${name} is NaN, which nothing equals`)
  return { type: 'float', value }
}

/** Text that UTF-8 can hold. */
export function checkText(value: string, name: string): string {
  if (hasLoneSurrogate(value)) throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold`)
  return value
}

function collectionOf(value: object, name: string, depth: number): ConstantItem {
  if (isDouble(value)) return floatOf(value.value, name)
  if (isGeoJSON(value)) return { type: 'geo', value: value.text }
  if (isHyperLogLog(value)) return { type: 'hll', value: Uint8Array.from(value.bytes) }
  if (isBytes(value)) return { type: 'blob', value: Uint8Array.from(value) }
  if (Array.isArray(value)) {
    const items = value.map((each, index) => constantOf(each, `${name}[${index}]`, depth + 1))
    return { type: 'list', value: items }
  }
  return mapOf(entriesOf(value, name), name, depth)
}

function entriesOf(value: object, name: string): readonly (readonly [unknown, unknown])[] {
  if (isMap(value)) return [...value]
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidArgument(`${name} is ${given(value)}, which no record can hold`)
  }
  return Object.entries(value)
}

function mapOf(entries: readonly (readonly [unknown, unknown])[], name: string, depth: number): ConstantItem {
  const pairs = entries.map(
    ([key, item]) =>
      [constantOf(key, `a key of ${name}`), constantOf(item, `${name}.${String(key)}`, depth + 1)] as const,
  )
  return mapItem(pairs, name)
}

/** A map constant of pairs in any order. */
export function mapItem(pairs: readonly (readonly [ConstantItem, ConstantItem])[], name: string): ConstantItem {
  const wrong = pairs.find(([key]) => !KEY_ORDER.includes(key.type))
  if (wrong !== undefined) {
    throw invalidArgument(`${name} has ${typeName(wrong[0].type)} as a key; keys are ints, strings and blobs`)
  }
  const value = pairs.toSorted(([a], [b]) => compareKeys(a, b))
  const twice = value.findIndex(([key], index) => index > 0 && compareKeys(value[index - 1]?.[0] ?? key, key) === 0)
  if (twice >= 0) throw outOfRange(`${name} has a key twice`)
  return { type: 'map', value }
}

/** The server's order: ints, then strings, then blobs, each among its own. */
const KEY_ORDER: readonly ExpressionType[] = ['int', 'string', 'blob']

function compareKeys(a: ConstantItem, b: ConstantItem): number {
  if (a.type === 'int' && b.type === 'int') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
  if (a.type !== b.type) return KEY_ORDER.indexOf(a.type) - KEY_ORDER.indexOf(b.type)
  return Buffer.compare(keyBytes(a), keyBytes(b))
}

function keyBytes(key: ConstantItem): Uint8Array {
  return key.type === 'string' ? Buffer.from(key.value) : (key as { value: Uint8Array }).value
}
