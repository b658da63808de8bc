import { BLOCK_AT, INLINE_AT, MOST_INLINE, OFFSET_AT, VIEW_BYTES } from './payload.js'
import type { Field } from '../kinds/kinds.js'

/** The cells of one column, one after the other. */
interface Cells {
  readonly field: Field
  readonly rows: number
  readonly buffer: ArrayBuffer
  readonly offset: number
}

const FIRST_BLOCK = 4096
const LARGEST_BLOCK = 8 << 20

/** Writes view cells, and what is longer than them into blocks that it adds to a list. */
export class BlockWriter {
  readonly #cells: Buffer
  readonly #mostInline: number
  readonly #blocks: Uint8Array[]
  #block = Buffer.alloc(0)
  #used = 0
  #nextSize = FIRST_BLOCK

  constructor({ field, rows, buffer, offset }: Cells, blocks: Uint8Array[]) {
    this.#cells = Buffer.from(buffer, offset, rows * VIEW_BYTES)
    this.#mostInline = field.kind === 'list' ? 0 : MOST_INLINE
    this.#blocks = blocks
  }

  /** The cell of a row. */
  bytes(row: number, value: Uint8Array): void {
    const [target, start] = this.#reserve(row, value.length)
    target.set(value, start)
    this.#prefix(row, target, start, value.length)
  }

  /** The cell of a row of text. */
  text(row: number, value: string): void {
    const size = Buffer.byteLength(value)
    const [target, start] = this.#reserve(row, size)
    target.write(value, start)
    this.#prefix(row, target, start, size)
  }

  /** Writes all of a cell but the bytes of the value: those go where it says. */
  #reserve(row: number, size: number): [target: Buffer, start: number] {
    const at = row * VIEW_BYTES
    this.#cells.writeInt32LE(size, at)
    if (size <= this.#mostInline) return [this.#cells, at + INLINE_AT]
    const start = this.#used
    if (start + size > this.#block.length) return this.#reserveInNext(row, size)
    this.#cells.writeInt32LE(this.#blocks.length - 1, at + BLOCK_AT)
    this.#cells.writeInt32LE(start, at + OFFSET_AT)
    this.#used = start + size
    return [this.#block, start]
  }

  #reserveInNext(row: number, size: number): [target: Buffer, start: number] {
    this.#block = Buffer.from(new ArrayBuffer(Math.max(size, this.#nextSize)))
    this.#nextSize = Math.min(LARGEST_BLOCK, this.#nextSize * 2)
    this.#used = 0
    this.#blocks.push(new Uint8Array(this.#block.buffer))
    return this.#reserve(row, size)
  }

  /** The first bytes of what is in a block stand in the cell, too. */
  #prefix(row: number, target: Buffer, start: number, size: number): void {
    if (target === this.#cells || this.#mostInline === 0) return
    target.copy(this.#cells, row * VIEW_BYTES + INLINE_AT, start, start + Math.min(size, BLOCK_AT - INLINE_AT))
  }
}
