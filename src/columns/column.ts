import { type NumericArray, arrayOver } from './arrays.js'
import { notCloneable } from '../tags.js'
import { elementReader } from './cells.js'
import { cellJson } from './json.js'
import { outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { type Memory, cellBytes, checkPresent } from './memory.js'
import { npyOfColumn } from './npy.js'
import type { Field, Kind, NumericKind } from '../kinds/kinds.js'

/** Where the cells of one field are. */
export interface Place {
  readonly memory: Memory
  readonly index: number
  readonly field: Field
  readonly offset: number
  readonly stride: number
}

/** The place of field number `index`. */
export function placeOf(memory: Memory, index: number): Place {
  return {
    memory,
    index,
    field: memory.fields[index] as Field,
    offset: memory.at.offsets[index] as number,
    stride: memory.at.strides[index] as number,
  }
}

// Columns are made by this package only: their constructors are private, and these reach them.
let createBytes: (place: Place) => BytesColumn
let createStrided: (place: Place) => StridedColumn
let createSubarray: (place: Place) => SubarrayColumn

export { createBytes, createStrided, createSubarray }

/** The common base of the columns that are not typed arrays. */
export abstract class PlacedColumn<T> implements Iterable<T> {
  /** Rows in the column. */
  readonly length: number
  readonly #memory: Memory
  readonly #fieldKind: Kind
  readonly #index: number

  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a column of a batch; clone what its toArray() gives')

  /** @internal */
  protected constructor(place: Place) {
    this.length = place.memory.length
    this.#memory = place.memory
    this.#fieldKind = place.field.kind
    this.#index = place.index
  }

  /** The value of a row. Throws a `RangeError` for a row that does not exist. */
  abstract get(row: number): T

  /** The value of a row, counted from the end if `row` is negative; `undefined` for a row that does not exist, as in arrays. */
  at(row: number): T | undefined {
    // As `at` of arrays has it, but for what is no number at all.
    const whole = typeof row === 'number' ? Math.trunc(row) || 0 : 0
    const index = whole < 0 ? whole + this.length : whole
    return index >= 0 && index < this.length ? this.get(index) : undefined
  }

  /** The values of all rows, in order. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let row = 0; row < this.length; row++) yield this.get(row)
  }

  /** What `JSON.stringify` writes: integers of 64 bits as text, dates as ISO text, bytes as hex, sub-arrays and lists as arrays. */
  toJSON(): unknown[] {
    return Array.from(this, (cell) => cellJson(this.#fieldKind, cell))
  }

  /**
   * The column as a `.npy` file that `numpy.load` reads as an ordinary array: one dimension, and those of a sub-array
   * behind it. Of a column that is a typed array, `batch.toNpy(name)` gives the same.
   */
  toNpy(): Uint8Array<ArrayBuffer> {
    checkPresent(this.#memory)
    return npyOfColumn(this.#memory, this.#index)
  }

  protected checkRow(row: number): void {
    if (!Number.isInteger(row) || row < 0 || row >= this.length) throw noSuchRow(row, this.length)
    checkPresent(this.#memory)
  }
}

/** The error for a row outside a column or batch of `length` rows. */
export function noSuchRow(row: unknown, length: number, name = 'row'): RangeError {
  const fits = length === 0 ? 'there are no rows' : `rows are 0 to ${length - 1}`
  return outOfRange(`${name} must be an integer within the batch, not ${given(row)}; ${fits}`)
}

/** A column of `S` (strings) or `V` (bytes), in either layout. */
export class BytesColumn<K extends 'S' | 'V' = 'S' | 'V'> extends PlacedColumn<K extends 'S' ? string : Uint8Array> {
  /** Bytes in a cell: the n of `S{n}`. */
  readonly itemsize: number
  readonly #kind: K
  readonly #bytes: Buffer
  readonly #offset: number
  readonly #stride: number

  static {
    createBytes = (place) => new BytesColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.itemsize = place.field.itemsize
    this.#kind = place.field.kind as K
    this.#bytes = Buffer.from(place.memory.buffer)
    this.#offset = place.offset
    this.#stride = place.stride
  }

  /** All bytes of a cell, including its padding zeros, as a view. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    this.checkRow(row)
    const start = this.#offset + row * this.#stride
    return new Uint8Array(this.#bytes.buffer as ArrayBuffer, start, this.itemsize)
  }

  /** A cell as text, without its padding zeros and without a last character that was truncated. */
  string(row: number): string {
    this.checkRow(row)
    const start = this.#offset + row * this.#stride
    return this.#bytes.toString('utf8', start, textEnd(this.#bytes, start, start + this.itemsize))
  }

  /** `string(row)` of an `S` column, `bytes(row)` of a `V` column. */
  override get(row: number): K extends 'S' ? string : Uint8Array {
    return (this.#kind === 'S' ? this.string(row) : this.bytes(row)) as K extends 'S' ? string : Uint8Array
  }

  /** All values: strings of an `S` column, views of a `V` column. */
  toArray(): (K extends 'S' ? string : Uint8Array)[] {
    return Array.from(this)
  }
}

/** Where the text of a cell ends: before its padding, or before the character that did not fit whole. */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end > start && bytes[end - 1] !== 0) return wholeCharacters(bytes, start, end)
  let text = end
  while (text > start && bytes[text - 1] === 0) text--
  return text
}

const CONTINUATION_MASK = 0xc0
const CONTINUATION = 0x80
const LONGEST_CHARACTER = 4

/** Only the last three bytes can belong to a character that goes on after the cell. */
function wholeCharacters(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && at > end - LONGEST_CHARACTER; at--) {
    const byte = bytes[at] as number
    if ((byte & CONTINUATION_MASK) !== CONTINUATION) return at + characterBytes(byte) > end ? at : end
  }
  return end
}

/** How many bytes a character has that begins with this one; 1 for a byte that begins none. */
function characterBytes(first: number): number {
  if (first >= 0xf0 && first <= 0xf4) return 4
  if (first >= 0xe0 && first < 0xf0) return 3
  return first >= 0xc2 && first < 0xe0 ? 2 : 1
}

/** A scalar column of the rows layout, where the values of a field are not next to each other. */
export class StridedColumn<T = number | bigint, A = NumericArray> extends PlacedColumn<T> {
  /** Bytes from one value to the next: the size of a record. */
  readonly stride: number
  readonly #kind: NumericKind
  readonly #itemsize: number
  readonly #read: (row: number) => T

  static {
    createStrided = (place) => new StridedColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.stride = place.stride
    this.#kind = place.field.kind as NumericKind
    this.#itemsize = place.field.itemsize
    const view = new DataView(place.memory.buffer)
    this.#read = elementReader(this.#kind, view, place.offset, place.stride) as (row: number) => T
  }

  override get(row: number): T {
    this.checkRow(row)
    return this.#read(row)
  }

  /** A contiguous copy: the typed array that the columns layout would have given. */
  toArray(): A {
    const array = arrayOver(this.#kind, new ArrayBuffer(this.length * this.#itemsize), 0, this.length)
    if (this.length > 0) this.checkRow(0)
    for (let row = 0; row < this.length; row++) (array as { [row: number]: unknown })[row] = this.#read(row)
    return array as A
  }
}

/** A column of sub-arrays: every cell is a typed array of the same shape. */
export class SubarrayColumn<A extends NumericArray = NumericArray, D = A> extends PlacedColumn<A> {
  /** The dimensions of a cell: `[128]`, `[2, 3]`. */
  readonly shape: readonly number[]
  readonly #place: Place
  readonly #kind: NumericKind

  static {
    createSubarray = (place) => new SubarrayColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.shape = place.field.shape
    this.#place = place
    this.#kind = place.field.kind as NumericKind
  }

  /** All cells flat, one after the other: a view, no copy. The rows layout has no such array: see `flatten()`. */
  get data(): D {
    const { memory, field, offset } = this.#place
    if (memory.layout === 'rows') return undefined as D
    if (this.length > 0) this.checkRow(0)
    return arrayOver(this.#kind, memory.buffer, offset, this.length * field.count) as D
  }

  /**
   * The cell of a row, flat in C order: a view, no copy, but for packed records, where the cell may start at an address
   * that no typed array can (use `align: true` or the columns layout to have views always).
   */
  row(row: number): A {
    this.checkRow(row)
    const { memory, field, offset, stride } = this.#place
    const start = offset + row * stride
    if (start % field.itemsize === 0) return arrayOver(this.#kind, memory.buffer, start, field.count) as A
    return arrayOver(this.#kind, memory.buffer.slice(start, start + cellBytes(field)), 0, field.count) as A
  }

  /** The same as `row(row)`. */
  override get(row: number): A {
    return this.row(row)
  }

  /** All cells flat in a typed array of their own, from either layout. */
  flatten(): A {
    const { memory, field, offset, stride } = this.#place
    const size = cellBytes(field)
    const flat = new Uint8Array(this.length * size)
    if (this.length > 0) this.checkRow(0)
    for (let row = 0; row < this.length; row++) {
      flat.set(new Uint8Array(memory.buffer, offset + row * stride, size), row * size)
    }
    return arrayOver(this.#kind, flat.buffer, 0, this.length * field.count) as A
  }

  /** The cells of all rows, each as `row(row)` gives it. */
  toArray(): A[] {
    return Array.from(this)
  }
}

/** A column of sub-arrays in the rows layout: it has no flat `data`. */
export type StridedSubarrayColumn<A extends NumericArray = NumericArray> = SubarrayColumn<A, undefined>
