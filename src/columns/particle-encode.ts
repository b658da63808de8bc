import { native } from '../binding/native.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { PARTICLE } from './particle.js'
import { isGeoJSON, isHyperLogLog } from '../arguments/particle.js'
import { isBytes, isMap } from '../tags.js'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n
/** In front of the text: no flags, and no cells, which the server computes. */
const GEO_HEADER = Uint8Array.of(0, 0, 0)
/** As `put` has it. */
const MOST_DEPTH = 64

/** What `put` would store for a value, as the cell of an `any` field has it: the type of the bin, then its bytes. */
export function encodeParticle(value: unknown, name: string): Uint8Array {
  if (typeof value === 'string') return particle(PARTICLE.string, textOf(value, name))
  if (typeof value === 'boolean') return Uint8Array.of(PARTICLE.bool, value ? 1 : 0)
  if (isBytes(value)) return particle(PARTICLE.blob, value)
  if (isHyperLogLog(value)) return particle(PARTICLE.hll, value.bytes)
  if (isGeoJSON(value)) return particle(PARTICLE.geojson, Buffer.concat([GEO_HEADER, textOf(value.text, name)]))
  const number = numberOf(value, name)
  if (number !== undefined) {
    const cell = Buffer.alloc(9, typeof number === 'bigint' ? PARTICLE.int : PARTICLE.double)
    if (typeof number === 'bigint') cell.writeBigInt64BE(number, 1)
    else cell.writeDoubleBE(number, 1)
    return cell
  }
  const parts: Uint8Array[] = [Uint8Array.of(Array.isArray(value) ? PARTICLE.list : PARTICLE.map)]
  pack(value, name, 0, parts)
  return Buffer.concat(parts)
}

function particle(type: number, bytes: Uint8Array): Uint8Array {
  const cell = new Uint8Array(1 + bytes.length)
  cell[0] = type
  cell.set(bytes, 1)
  return cell
}

function textOf(text: string, name: string): Buffer {
  if (hasLoneSurrogate(text)) throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold`)
  return Buffer.from(text)
}

/** An Int as bigint, a Double as number: a safe integer is an Int, unless it was marked by `double()`. */
function numberOf(value: unknown, name: string): number | bigint | undefined {
  if (value instanceof native.NativeDouble) return value.value
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
  if (typeof value !== 'bigint') return undefined
  if (value >= INT64_MIN && value <= INT64_MAX) return value
  throw outOfRange(`${name} is a bigint outside int64, which is -2^63 to 2^63-1`)
}

/** A value inside a list or map as msgpack; text and bytes have their type in front. */
function pack(value: unknown, name: string, depth: number, parts: Uint8Array[]): void {
  if (depth > MOST_DEPTH) throw outOfRange(`${name} is nested deeper than ${MOST_DEPTH} levels, or in a cycle`)
  const number = numberOf(value, name)
  if (number !== undefined) parts.push(packedNumber(number))
  else if (value === null) parts.push(Uint8Array.of(0xc0))
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xc3 : 0xc2))
  else if (typeof value === 'string') parts.push(...packedBytes(PARTICLE.string, textOf(value, name)))
  else if (isBytes(value)) parts.push(...packedBytes(PARTICLE.blob, value))
  else if (isHyperLogLog(value)) parts.push(...packedBytes(PARTICLE.hll, value.bytes))
  else if (isGeoJSON(value)) parts.push(...packedBytes(PARTICLE.geojson, textOf(value.text, name)))
  else if (Array.isArray(value)) packList(value, name, depth, parts)
  else packMap(entriesOf(value, name), name, depth, parts)
}

function packList(list: readonly unknown[], name: string, depth: number, parts: Uint8Array[]): void {
  parts.push(count(list.length, 0x90, 15, [0xdc, 0xdd]))
  for (let at = 0; at < list.length; at++) pack(list[at], `${name}[${at}]`, depth + 1, parts)
}

function packMap(entries: readonly [unknown, unknown][], name: string, depth: number, parts: Uint8Array[]): void {
  parts.push(count(entries.length, 0x80, 15, [0xde, 0xdf]))
  for (const [key, value] of entries) {
    pack(key, `a key of ${name}`, depth + 1, parts)
    pack(value, `${name}.${typeof key === 'string' ? key : 'get(…)'}`, depth + 1, parts)
  }
}

function entriesOf(value: unknown, name: string): [unknown, unknown][] {
  if (isMap(value)) return Array.from(value, ([key, each]) => [checkedKey(key, name), each])
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined
  if (prototype === null || (prototype !== undefined && Object.getPrototypeOf(prototype) === null))
    return Object.entries(value as object)
  throw invalidArgument(
    `${name} is ${given(value)}, which cannot be stored; use a number, bigint, boolean, string, Uint8Array, array, plain object, Map or double(x)`,
  )
}

function checkedKey(key: unknown, name: string): unknown {
  if (typeof key === 'string' || typeof key === 'bigint' || isBytes(key)) return key
  if (typeof key === 'number' && Number.isSafeInteger(key) && !Object.is(key, -0)) return key
  throw invalidArgument(
    `${name} has ${given(key)} as a key, which no map can have; use strings, integers or Uint8Arrays`,
  )
}

function packedNumber(value: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(9)
  if (typeof value === 'number') {
    bytes[0] = 0xcb
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (value >= -32n && value <= 127n) return Uint8Array.of(Number(value) & 0xff)
  return value < 0n ? negative(Number(value), value, bytes) : positive(Number(value), value, bytes)
}

function positive(number: number, value: bigint, bytes: Buffer): Uint8Array {
  const [head, size] =
    number <= 0xff ? [0xcc, 1] : number <= 0xffff ? [0xcd, 2] : number <= 0xffff_ffff ? [0xce, 4] : [0xcf, 8]
  bytes[0] = head
  if (size === 8) bytes.writeBigUInt64BE(value, 1)
  else bytes.writeUIntBE(number, 1, size)
  return bytes.subarray(0, 1 + size)
}

function negative(number: number, value: bigint, bytes: Buffer): Uint8Array {
  const [head, size] =
    number >= -0x80 ? [0xd0, 1] : number >= -0x8000 ? [0xd1, 2] : number >= -0x8000_0000 ? [0xd2, 4] : [0xd3, 8]
  bytes[0] = head
  if (size === 8) bytes.writeBigInt64BE(value, 1)
  else bytes.writeIntBE(number, 1, size)
  return bytes.subarray(0, 1 + size)
}

/** Text and bytes as servers keep them: as a string of msgpack whose first byte is their type. */
function packedBytes(type: number, bytes: Uint8Array): Uint8Array[] {
  return [count(bytes.length + 1, 0xa0, 31, [0xda, 0xdb], 0xd9), Uint8Array.of(type), bytes]
}

/** The head of a value of so many parts: in one byte with a few of them, else with the number behind it. */
function count(length: number, short: number, most: number, [two, four]: [number, number], one?: number): Uint8Array {
  if (length <= most) return Uint8Array.of(short | length)
  if (one !== undefined && length <= 0xff) return Uint8Array.of(one, length)
  const isWide = length > 0xffff
  const head = Buffer.alloc(isWide ? 5 : 3, isWide ? four : two)
  head.writeUIntBE(length, 1, isWide ? 4 : 2)
  return head
}
