import { isUtf8 } from 'node:buffer'
import { receivedParticle } from '../arguments/particle.js'
import type { AnyValue } from '../kinds/literals.js'

const [STRING, BLOB, HLL, GEOJSON] = [3, 4, 18, 23]
const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
/** Deeper lists and maps stay bytes. */
const MOST_DEPTH = 256

/** A number where it is exact, else a bigint. */
export function integerOf(value: bigint, bigints: boolean): number | bigint {
  return bigints || value > MOST_SAFE || value < -MOST_SAFE ? value : Number(value)
}

/** The bytes are no msgpack, or not such as lists and maps of a server are. */
class Malformed extends Error {}

/** An extension: the mark with which ordered lists and maps begin, and anything else that stands for no value. */
const MARK = undefined

/**
 * Reads the msgpack of lists and maps, in which text and bytes have their particle type in front.
 *
 * A strict reader refuses text that is not UTF-8 and keys that no server has; it gives `null` for a mark that is not at
 * the beginning, where a lenient one leaves it out.
 */
export class Unpacker {
  readonly #bytes: Buffer
  readonly #bigints: boolean
  readonly #isStrict: boolean
  #at = 0

  constructor(bytes: Buffer, bigints: boolean, isStrict: boolean) {
    this.#bytes = bytes
    this.#bigints = bigints
    this.#isStrict = isStrict
  }

  /** Whether everything was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The whole value of a list or map bin, which is one. No bytes at all are an empty one. */
  collection(isList: boolean): AnyValue {
    if (this.#bytes.length === 0) return isList ? [] : {}
    const head = this.#bytes[0] as number
    const fits = isList
      ? (head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd
      : (head & 0xf0) === 0x80 || head === 0xde || head === 0xdf
    if (!fits) throw new Malformed()
    return this.value(0) as AnyValue
  }

  /** The next value; `undefined` for a mark. */
  value(depth: number): AnyValue | undefined {
    if (depth > MOST_DEPTH) throw new Malformed()
    const head = this.#unsigned(1)
    if (head < 0x80) return this.#integer(head)
    if (head < 0x90) return this.#map(head & 0x0f, depth)
    if (head < 0xa0) return this.#list(head & 0x0f, depth)
    if (head < 0xc0) return this.#text(head & 0x1f)
    return head < 0xe0 ? this.#sized(head, depth) : this.#integer(head - 0x100)
  }

  /** A value whose size, or that of its length, its head says. */
  #sized(head: number, depth: number): AnyValue | undefined {
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
      case 0xc3:
        return head === 0xc3
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#text(this.#unsigned(1 << (head - 0xc4)))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (head - 0xd9)))
      case 0xca:
        return this.#bytes.readFloatBE(this.#skip(4))
      case 0xcb:
        return this.#bytes.readDoubleBE(this.#skip(8))
      case 0xdc:
        return this.#list(this.#unsigned(2), depth)
      case 0xdd:
        return this.#list(this.#unsigned(4), depth)
      case 0xde:
        return this.#map(this.#unsigned(2), depth)
      case 0xdf:
        return this.#map(this.#unsigned(4), depth)
      default:
        return this.#numberOrMark(head)
    }
  }

  #numberOrMark(head: number): AnyValue | undefined {
    if (head >= 0xcc && head <= 0xce) return this.#integer(this.#unsigned(1 << (head - 0xcc)))
    if (head >= 0xd0 && head <= 0xd2) {
      const size = 1 << (head - 0xd0)
      return this.#integer(this.#bytes.readIntBE(this.#skip(size), size))
    }
    // Servers have no integers over int64: what they send as unsigned they have stored as these bits.
    if (head === 0xcf || head === 0xd3) return integerOf(this.#bytes.readBigInt64BE(this.#skip(8)), this.#bigints)
    if (head >= 0xc7 && head <= 0xc9) return this.#mark(this.#unsigned(1 << (head - 0xc7)))
    if (head >= 0xd4 && head <= 0xd8) return this.#mark(1 << (head - 0xd4))
    throw new Malformed()
  }

  #integer(value: number): number | bigint {
    return this.#bigints ? BigInt(value) : value
  }

  #mark(size: number): undefined {
    this.#skip(1 + size)
    return MARK
  }

  #list(count: number, depth: number): AnyValue[] {
    const items: AnyValue[] = []
    for (let at = 0; at < count; at++) {
      const item = this.value(depth + 1)
      if (item !== MARK) items.push(item)
      else if (this.#isStrict && at > 0) items.push(null)
    }
    return items
  }

  #map(count: number, depth: number): AnyValue {
    const entries: [AnyValue, AnyValue][] = []
    for (let at = 0; at < count; at++) {
      const key = this.value(depth + 1)
      const item = this.value(depth + 1)
      if (this.#isStrict && at > 0 && key === MARK) entries.push([null, item ?? null])
      else if (key !== MARK && (this.#isStrict || item !== MARK)) entries.push([this.#key(key), item ?? null])
    }
    return mapOf(entries)
  }

  #key(key: AnyValue): AnyValue {
    const fits =
      key === null ||
      typeof key === 'string' ||
      typeof key === 'bigint' ||
      Number.isInteger(key) ||
      key instanceof Uint8Array
    if (this.#isStrict && !fits) throw new Malformed()
    return key
  }

  /** Text or bytes: what their first byte says. */
  #text(size: number): AnyValue {
    const bytes = this.#take(size)
    const type = bytes[0]
    if (this.#isStrict && size === 0) throw new Malformed()
    const rest = bytes.subarray(1)
    if (type === STRING) return this.#characters(rest)
    if (type === GEOJSON) return receivedParticle(this.#characters(rest))
    if (type === HLL) return receivedParticle(new Uint8Array(rest))
    if (type === BLOB || this.#isStrict || isOldType(type)) return new Uint8Array(rest)
    // Text without a type passes as it was written.
    return bytes.toString()
  }

  #characters(bytes: Buffer): string {
    if (this.#isStrict && !isUtf8(bytes)) throw new Malformed()
    return bytes.toString()
  }

  #unsigned(size: number): number {
    return this.#bytes.readUIntBE(this.#skip(size), size)
  }

  #take(size: number): Buffer {
    const start = this.#skip(size)
    return this.#bytes.subarray(start, start + size)
  }

  /** Steps over bytes, and says where they begin. */
  #skip(size: number): number {
    const start = this.#at
    if (size > this.#bytes.length - start) throw new Malformed()
    this.#at = start + size
    return start
  }
}

/** Types of bins that only old servers had. */
function isOldType(type: number | undefined): boolean {
  return type === 21 || (type !== undefined && type >= 5 && type <= 12)
}

/** A plain object where all keys are text, otherwise a `Map`; of equal keys the last one counts. */
function mapOf(entries: [AnyValue, AnyValue][]): AnyValue {
  if (!entries.every(([key]) => typeof key === 'string')) return new Map(entries)
  const object: Record<string, AnyValue> = {}
  for (const [key, value] of entries as [string, AnyValue][]) {
    if (key === '__proto__')
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
    else object[key] = value
  }
  return object
}
