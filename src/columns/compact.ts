import { type Memory, cellBytes } from './memory.js'
import type { Field } from '../kinds/kinds.js'

const BYTES_PER_NUMBER = 4
/** From here on one `set` per row is faster than a loop over its words. */
const LONG_ROW = 8

/** Copies the chosen rows, with their validity, generations, ttls and result codes, into fresh memory. */
export function copyRows(from: Memory, to: Memory, rows: Uint32Array): void {
  if (from.layout === 'rows') gather(from, to, 0, 0, from.at.itemsize, rows)
  from.fields.forEach((field, index) => copyField(from, to, field, index, rows))
  gather(from, to, from.at.gen, to.at.gen, BYTES_PER_NUMBER, rows)
  gather(from, to, from.at.ttl, to.at.ttl, BYTES_PER_NUMBER, rows)
  gather(from, to, from.at.resultCodes, to.at.resultCodes, BYTES_PER_NUMBER, rows)
}

function copyField(from: Memory, to: Memory, field: Field, index: number, rows: Uint32Array): void {
  if (from.layout === 'columns') {
    gather(from, to, from.at.offsets[index] as number, to.at.offsets[index] as number, cellBytes(field), rows)
  }
  gather(from, to, from.at.valid[index] as number, to.at.valid[index] as number, 1, rows)
}

type Words = Uint8Array | Uint16Array | Uint32Array

/** Copies pieces of `size` bytes, one per chosen row, to be contiguous. The widest word that fits the addresses is used. */
function gather(from: Memory, to: Memory, start: number, target: number, size: number, rows: Uint32Array): void {
  const word =
    [Uint32Array, Uint16Array].find(({ BYTES_PER_ELEMENT: bytes }) => (start | target | size) % bytes === 0) ??
    Uint8Array
  const perRow = size / word.BYTES_PER_ELEMENT
  const source = new word(from.buffer, start, from.length * perRow)
  const copy = new word(to.buffer, target, to.length * perRow)
  if (perRow === 1) gatherOne(source, copy, rows)
  else if (perRow < LONG_ROW) gatherShort(source, copy, perRow, rows)
  else gatherLong(source, copy, perRow, rows)
}

function gatherOne(source: Words, copy: Words, rows: Uint32Array): void {
  for (let row = 0; row < rows.length; row++) copy[row] = source[rows[row] as number] as number
}

function gatherShort(source: Words, copy: Words, perRow: number, rows: Uint32Array): void {
  let at = 0
  for (let row = 0; row < rows.length; row++) {
    const start = (rows[row] as number) * perRow
    for (let word = 0; word < perRow; word++) copy[at++] = source[start + word] as number
  }
}

function gatherLong(source: Words, copy: Words, perRow: number, rows: Uint32Array): void {
  for (let row = 0; row < rows.length; row++) {
    const start = (rows[row] as number) * perRow
    copy.set(source.subarray(start, start + perRow), row * perRow)
  }
}
