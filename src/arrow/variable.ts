import type { DataType, Utf8 } from 'apache-arrow'
import type { ArrowLibrary } from './library.js'
import { type Texts, offsetsOf } from './text.js'
import { contiguousCells } from '../columns/contiguous.js'
import { placeOf } from '../columns/column.js'
import { decodeParticle } from '../columns/particle.js'
import { Payloads, VIEW_BYTES } from '../columns/payload.js'
import { longBytes, repackCells } from '../columns/repack.js'
import type { Memory } from '../columns/memory.js'
import { jsonText } from '../text/json.js'

/** Views of a column as Arrow keeps them: its cells, and the blocks that they name. */
export interface ArrowViews {
  readonly views: Uint8Array<ArrayBuffer>
  readonly variadicBuffers: readonly Uint8Array[]
}

/** Up to this share of the blocks may belong to other columns when they are written as they are. */
const LARGEST_WASTE = 0.25

/**
 * The cells of a column as they are, with all blocks. A column that is `written` on its own takes only what is its own
 * along: every column would bring the blocks of all otherwise.
 */
export function viewsOf(memory: Memory, index: number, isWritten: boolean): ArrowViews {
  const views = contiguousCells(memory, index)
  const blocks = memory.blocks ?? []
  const cells = {
    kind: 'utf8',
    buffer: views.buffer,
    offset: views.byteOffset,
    stride: VIEW_BYTES,
    rows: memory.length,
  }
  const all = blocks.reduce((sum, block) => sum + block.length, 0)
  if (!isWritten || longBytes(cells, blocks) >= all * (1 - LARGEST_WASTE)) return { views, variadicBuffers: blocks }
  const own = new Uint8Array(views)
  return { views: own, variadicBuffers: repackCells({ ...cells, buffer: own.buffer, offset: 0 }, blocks) }
}

/** The values of a column one after the other, and where each begins. */
export function flatValues(memory: Memory, index: number): Texts {
  const payloads = new Payloads(placeOf(memory, index))
  const valueOffsets = offsetsOf(memory.length, (row) => payloads.size(row))
  const data = new Uint8Array(valueOffsets[memory.length] as number)
  for (let row = 0; row < memory.length; row++) data.set(payloads.bytes(row), valueOffsets[row])
  return { valueOffsets, data }
}

/** The values of an `any` column as JSON, one after the other; cells without a value are empty. */
export function jsonValues(memory: Memory, index: number): Texts {
  const payloads = new Payloads(placeOf(memory, index))
  const texts = Array.from({ length: memory.length }, (_, row) =>
    payloads.size(row) === 0
      ? Buffer.alloc(0)
      : Buffer.from(jsonText(decodeParticle(payloads.buffer(row), memory.bigints === true))),
  )
  return {
    valueOffsets: offsetsOf(memory.length, (row) => (texts[row] as Buffer).length),
    data: Buffer.concat(texts),
  }
}

/** Text as numbers of the values that there are, in the order in which they come. */
export interface Numbered {
  readonly numbers: Int32Array
  readonly values: readonly string[]
}

/** Numbers the values of a column of text; those of rows that are not `valid` are 0. */
export function numbered(length: number, valid: Uint8Array, textOf: (row: number) => string): Numbered {
  const byText = new Map<string, number>()
  const numbers = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    if (valid[row] === 0) continue
    const text = textOf(row)
    const number = byText.get(text) ?? byText.size
    if (number === byText.size) byText.set(text, number)
    numbers[row] = number
  }
  return { numbers, values: [...byText.keys()] }
}

/** The type and the data of a dictionary. */
export function dictionaryOf(arrow: ArrowLibrary, { values }: Numbered): { type: DataType; dictionary: unknown } {
  const { Dictionary, Int32, Utf8: Text, makeData, Vector, vectorFromArray } = arrow
  const empty = (): unknown =>
    new Vector([
      makeData({ type: new Text(), length: 0, nullCount: 0, valueOffsets: new Int32Array(1), data: new Uint8Array(0) }),
    ])
  const dictionary = values.length === 0 ? empty() : vectorFromArray([...values], new Text())
  return { type: new Dictionary<Utf8>(new Text(), new Int32()), dictionary }
}

/** Whether a copy of the library knows views: they are from version 21.1 on. */
export function knowsViews(arrow: ArrowLibrary): boolean {
  return typeof (arrow as { Utf8View?: unknown }).Utf8View === 'function'
}
