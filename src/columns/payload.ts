import type { Place } from './column.js'
import { outOfRange } from '../errors.js'

/** Bytes of a view cell, which is Arrow's BinaryView. */
export const VIEW_BYTES = 16
/** Up to here the value is in the cell itself, but for lists. */
export const MOST_INLINE = 12
/** Where in a cell the value begins that is short, and where number of block and offset are of one that is not. */
export const INLINE_AT = 4
export const BLOCK_AT = 8
export const OFFSET_AT = 12

const EMPTY = new ArrayBuffer(0)

/** Reads the values of view cells in place: from the cell, or from the block that it names. */
export class Payloads {
  readonly #cells: Buffer
  readonly #view: DataView
  readonly #offset: number
  readonly #stride: number
  readonly #mostInline: number
  readonly #blocks: readonly Buffer[]

  constructor({ memory, field, offset, stride }: Place) {
    this.#cells = Buffer.from(memory.buffer)
    this.#view = new DataView(memory.buffer)
    this.#offset = offset
    this.#stride = stride
    this.#mostInline = field.kind === 'list' ? 0 : MOST_INLINE
    this.#blocks = (memory.blocks ?? []).map((block) => Buffer.from(block.buffer, block.byteOffset, block.length))
  }

  /** Bytes of a value. */
  size(row: number): number {
    return this.#view.getInt32(this.#offset + row * this.#stride, true)
  }

  /** The bytes of a value: a view, no copy. */
  bytes(row: number): Uint8Array<ArrayBuffer> {
    const { buffer, start, size } = this.#place(row)
    return new Uint8Array(buffer, start, size)
  }

  /** The same as `bytes`, as what has the methods of `Buffer`. */
  buffer(row: number): Buffer {
    const { buffer, start, size } = this.#place(row)
    return Buffer.from(buffer, start, size)
  }

  /** A value as text. */
  text(row: number): string {
    const at = this.#offset + row * this.#stride
    const size = this.#view.getInt32(at, true)
    if (size <= this.#mostInline) return shortText(this.#cells, at + INLINE_AT, size)
    const start = this.#view.getInt32(at + OFFSET_AT, true)
    return this.#block(this.#view.getInt32(at + BLOCK_AT, true)).toString('utf8', start, start + size)
  }

  #place(row: number): { buffer: ArrayBuffer; start: number; size: number } {
    const at = this.#offset + row * this.#stride
    const size = this.#view.getInt32(at, true)
    if (size === 0) return { buffer: EMPTY, start: 0, size }
    if (size <= this.#mostInline) return { buffer: this.#view.buffer as ArrayBuffer, start: at + INLINE_AT, size }
    const block = this.#block(this.#view.getInt32(at + BLOCK_AT, true))
    const start = block.byteOffset + this.#view.getInt32(at + OFFSET_AT, true)
    return { buffer: block.buffer as ArrayBuffer, start, size }
  }

  #block(number: number): Buffer {
    const block = this.#blocks[number]
    if (block === undefined)
      throw outOfRange(`a cell is in block ${number}, and the batch has ${this.#blocks.length} blocks`)
    return block
  }
}

/** Asking the engine to decode costs more than a loop over a few ASCII characters. */
function shortText(bytes: Buffer, start: number, size: number): string {
  let text = ''
  for (let at = start; at < start + size; at++) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return bytes.toString('utf8', start, start + size)
    text += String.fromCharCode(byte)
  }
  return text
}
