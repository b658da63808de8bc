import { isBareName, printString } from '../expressions/print-text.js'
import { isGeoJSON, isHyperLogLog } from '../arguments/particle.js'
import { isBytes, isMap } from '../tags.js'

/** The types of values, as the server has them. GeoJSON counts as String and HLL as Blob: columns hold its text or bytes. */
export type ValueType = 'Int' | 'Double' | 'Bool' | 'String' | 'Blob' | 'List' | 'Map' | 'Nil'

/** What a decoder puts where bytes are no UTF-8. */
const REPLACEMENT = '\ufffd'
/** A map may have as many keys as there are records: beyond this many places of a bin no more are looked at. */
const MOST_PLACES = 256

/** What was seen of the values in one place: a bin, or a place in its lists and maps. */
export class Tally {
  readonly types = new Map<ValueType, number>()
  /** The smallest and largest Int. */
  ints: { low: bigint; high: bigint } | undefined
  /** The smallest and largest Double; NaN is neither. */
  doubles: { low: number; high: number } | undefined
  /** Whether every Double is one of 32 bits. */
  areSingles = true
  /** Bytes of the longest text or bytes. */
  longest: number | undefined
  /** Whether some text ends with NUL, which cells of a fixed size do not keep. */
  endsWithNul = false
  /** Whether some text may not be UTF-8. */
  isReplaced = false
  /** Whether some text may be GeoJSON. */
  isBraced = false
  /** Elements of the shortest and longest list or map. */
  sizes: { low: number; high: number } | undefined
  /** The elements of lists. */
  elements: Tally | undefined
  /** The values of maps, by their keys as a path has them. */
  readonly values = new Map<string, Tally>()

  /** How many values there are. */
  get count(): number {
    let sum = 0
    for (const count of this.types.values()) sum += count
    return sum
  }

  /** Takes a value; of maps and lists in it, down to `depth` of them. */
  add(value: unknown, depth: number, room: Room): void {
    if (typeof value === 'bigint') this.#int(value)
    else if (typeof value === 'number') this.#double(value)
    else if (typeof value === 'boolean') this.#note('Bool')
    else if (typeof value === 'string') this.#text(value)
    else if (isBytes(value)) this.#bytes(value.length)
    else if (isGeoJSON(value)) this.#text(value.text)
    else if (isHyperLogLog(value)) this.#bytes(value.bytes.length)
    else if (Array.isArray(value)) this.#list(value, depth, room)
    else if (value === null || value === undefined) this.#note('Nil')
    else this.#map(value, depth, room)
  }

  #note(type: ValueType): void {
    this.types.set(type, (this.types.get(type) ?? 0) + 1)
  }

  #int(value: bigint): void {
    this.#note('Int')
    const ints = (this.ints ??= { low: value, high: value })
    if (value < ints.low) ints.low = value
    if (value > ints.high) ints.high = value
  }

  #double(value: number): void {
    this.#note('Double')
    if (this.areSingles && !Object.is(Math.fround(value), value)) this.areSingles = false
    if (Number.isNaN(value)) return
    const doubles = (this.doubles ??= { low: value, high: value })
    if (value < doubles.low) doubles.low = value
    if (value > doubles.high) doubles.high = value
  }

  #text(text: string): void {
    this.#note('String')
    this.longest = Math.max(this.longest ?? 0, Buffer.byteLength(text))
    if (text.endsWith('\0')) this.endsWithNul = true
    if (text.startsWith('{')) this.isBraced = true
    if (text.includes(REPLACEMENT)) this.isReplaced = true
  }

  #bytes(length: number): void {
    this.#note('Blob')
    this.longest = Math.max(this.longest ?? 0, length)
  }

  #list(list: readonly unknown[], depth: number, room: Room): void {
    this.#note('List')
    this.#size(list.length)
    // What the elements are decides on the column, whatever the depth.
    const elements = (this.elements ??= new Tally())
    for (const element of list) elements.add(element, depth - 1, room)
  }

  #map(map: object, depth: number, room: Room): void {
    this.#note('Map')
    const entries: Iterable<[unknown, unknown]> = isMap(map) ? map : Object.entries(map)
    let size = 0
    for (const [key, value] of entries) {
      size++
      if (depth > 0) this.#place(keyText(key), room)?.add(value, depth - 1, room)
    }
    this.#size(size)
  }

  #place(key: string, room: Room): Tally | undefined {
    const known = this.values.get(key)
    if (known !== undefined || room.places >= MOST_PLACES) return known
    room.places++
    const fresh = new Tally()
    this.values.set(key, fresh)
    return fresh
  }

  #size(size: number): void {
    const sizes = (this.sizes ??= { low: size, high: size })
    sizes.low = Math.min(sizes.low, size)
    sizes.high = Math.max(sizes.high, size)
  }
}

/** How many places of a bin are looked at already. */
export interface Room {
  places: number
}

/** A key as a path has it: bare, in quotes, or as a number; bytes in hex. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return isBareName(key) ? key : printString(key)
  return isBytes(key) ? `X'${Buffer.from(key).toString('hex')}'` : String(key)
}
