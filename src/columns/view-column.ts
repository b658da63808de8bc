import { type NumericArray, arrayOver } from './arrays.js'
import { type Place, PlacedColumn } from './column.js'
import { decodeParticle } from './particle.js'
import { Payloads } from './payload.js'
import type { NumericKind, ViewKind } from '../kinds/kinds.js'
import type { AnyValue } from '../kinds/literals.js'

// Columns are made by this package only: their constructors are private, and this reaches them.
const creators = {} as Record<ViewKind, (place: Place) => ViewColumn<unknown>>

/** The column of a field whose cells have any length. */
export function createView(place: Place, kind: ViewKind): TextColumn | BinaryColumn | ListColumn | ValueColumn {
  return creators[kind](place) as TextColumn | BinaryColumn | ListColumn | ValueColumn
}

/** The common base of columns whose cells have any length. Values are made when they are asked for. */
abstract class ViewColumn<T> extends PlacedColumn<T> {
  /** @internal */
  protected readonly payloads: Payloads

  /** @internal */
  protected constructor(place: Place) {
    super(place)
    this.payloads = new Payloads(place)
  }

  /** All values, each as `get(row)` gives it. */
  toArray(): T[] {
    return Array.from(this)
  }
}

/** A column of `utf8`: text of any length. */
export class TextColumn extends ViewColumn<string> {
  static {
    creators.utf8 = (place) => new TextColumn(place)
  }

  private constructor(place: Place) {
    super(place)
  }

  /** The text of a row; empty where there is none. */
  override get(row: number): string {
    this.checkRow(row)
    return this.payloads.text(row)
  }

  /** The UTF-8 of a row: a view, no copy. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    this.checkRow(row)
    return this.payloads.bytes(row)
  }
}

/** A column of `binary`: bytes of any length. */
export class BinaryColumn extends ViewColumn<Uint8Array<ArrayBuffer>> {
  static {
    creators.binary = (place) => new BinaryColumn(place)
  }

  private constructor(place: Place) {
    super(place)
  }

  /** The bytes of a row: a view, no copy. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    this.checkRow(row)
    return this.payloads.bytes(row)
  }

  /** The same as `bytes(row)`. */
  override get(row: number): Uint8Array<ArrayBuffer> {
    return this.bytes(row)
  }
}

/** A column of lists: every cell is a typed array of its own length. */
export class ListColumn<A extends NumericArray = NumericArray> extends ViewColumn<A> {
  /** The kind of the elements: `'f4'`, ... */
  readonly element: NumericKind

  static {
    creators.list = (place) => new ListColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.element = place.field.element as NumericKind
  }

  /** The elements of a row: a view, no copy. */
  row(row: number): A {
    this.checkRow(row)
    const bytes = this.payloads.bytes(row)
    return elementsOf(this.element, bytes) as A
  }

  /** The same as `row(row)`. */
  override get(row: number): A {
    return this.row(row)
  }
}

/** The typed array over bytes; a copy where they begin at an address that no such array can have. */
export function elementsOf(element: NumericKind, bytes: Uint8Array<ArrayBuffer>): NumericArray {
  const size = element === '?' ? 1 : Number(element[1])
  const { buffer, byteOffset } = byteAligned(bytes, size)
  return arrayOver(element, buffer, byteOffset, Math.floor(bytes.length / size))
}

function byteAligned(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
}

/** The memory of a typed array as bytes. */
export function elementBytes({ buffer, byteOffset, byteLength }: NumericArray): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** A column of `any`: bins as they are stored, which are decoded when they are asked for. */
export class ValueColumn extends ViewColumn<AnyValue> {
  readonly #bigints: boolean

  static {
    creators.any = (place) => new ValueColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.#bigints = place.memory.bigints === true
  }

  /** The value of a row, as a read without a dtype gives it; `null` where there is none. */
  override get(row: number): AnyValue {
    this.checkRow(row)
    return decodeParticle(this.payloads.buffer(row), this.#bigints)
  }

  /** What the server has stored for a row, without a copy: the type of the bin in one byte, then its bytes. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    this.checkRow(row)
    return this.payloads.bytes(row)
  }
}
