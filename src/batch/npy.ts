import { type Memory, cellBytes } from '../columns/memory.js'
import { checkFixedSize, npyHeader, tuple } from '../columns/npy.js'
import type { Field } from '../kinds/kinds.js'

/** Up to here a loop over bytes beats making a view per cell. */
const SHORT_CELL = 32

/**
 * A `.npy` file that `numpy.load` reads as a structured array.
 *
 * Records are written packed, but for aligned records, which keep their padding, as `numpy.save` does it.
 */
export function npyFile(memory: Memory): Uint8Array<ArrayBuffer> {
  const header = npyHeaderOf(memory, memory.length)
  const file = new Uint8Array(header.length + recordBytes(memory) * memory.length)
  file.set(header)
  writeRecords(memory, file.subarray(header.length))
  return file
}

/** The beginning of a file of `rows` records such as these. However many they are, it has as many bytes. */
export function npyHeaderOf(memory: Memory, rows: number): Uint8Array {
  checkFixedSize(memory.fields)
  return npyHeader(descr(memory), [rows])
}

/** The records as a file has them behind its header. */
export function npyRecords(memory: Memory): Uint8Array<ArrayBuffer> {
  const records = new Uint8Array(recordBytes(memory) * memory.length)
  writeRecords(memory, records)
  return records
}

function writeRecords(memory: Memory, records: Uint8Array): void {
  if (memory.layout === 'rows') records.set(new Uint8Array(memory.buffer, 0, records.length))
  else interleave(memory, records, recordBytes(memory))
}

function recordBytes(memory: Memory): number {
  if (memory.layout === 'rows') return memory.at.itemsize
  return memory.fields.reduce((sum, field) => sum + cellBytes(field), 0)
}

/** Writes contiguous columns as packed records. */
function interleave(memory: Memory, records: Uint8Array, itemsize: number): void {
  let offset = 0
  memory.fields.forEach((field, index) => {
    const size = cellBytes(field)
    const column = new Uint8Array(memory.buffer, memory.at.offsets[index], size * memory.length)
    if (size <= SHORT_CELL) spreadShort(column, records, size, offset, itemsize)
    else spreadLong(column, records, size, offset, itemsize)
    offset += size
  })
}

function spreadShort(column: Uint8Array, records: Uint8Array, size: number, offset: number, itemsize: number): void {
  for (let from = 0, to = offset; from < column.length; to += itemsize) {
    for (let byte = 0; byte < size; byte++) records[to + byte] = column[from++] as number
  }
}

function spreadLong(column: Uint8Array, records: Uint8Array, size: number, offset: number, itemsize: number): void {
  for (let from = 0, to = offset; from < column.length; from += size, to += itemsize) {
    records.set(column.subarray(from, from + size), to)
  }
}

/** numpy's `dtype.descr`: a list of tuples, with unnamed voids where aligned records have holes. */
function descr(memory: Memory): string {
  const entries: string[] = []
  let end = 0
  memory.fields.forEach((field, index) => {
    if (memory.layout === 'rows') pushHole(entries, (memory.at.offsets[index] as number) - end)
    entries.push(`(${pythonString(field.name)}, '${field.descr}'${shapeSuffix(field)})`)
    end = memory.layout === 'rows' ? (memory.at.offsets[index] as number) + cellBytes(field) : 0
  })
  if (memory.layout === 'rows') pushHole(entries, memory.at.itemsize - end)
  return `[${entries.join(', ')}]`
}

function pushHole(entries: string[], bytes: number): void {
  if (bytes > 0) entries.push(`('', '|V${bytes}')`)
}

function shapeSuffix({ shape }: Field): string {
  return shape.length === 0 ? '' : `, ${tuple(shape)}`
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A string as Python's `repr` writes it: what numpy puts into the header, and parses again. */
function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll(/[\\\p{C}\p{Z}']/gu, (char) => escapeCharacter(char, quote))
  return quote + escaped + quote
}

function escapeCharacter(char: string, quote: string): string {
  if (char === ' ') return char
  if (char === "'") return quote === "'" ? "\\'" : char
  return ESCAPES[char] ?? escapeCode(char.codePointAt(0) as number)
}

function escapeCode(code: number): string {
  const hex = code.toString(16)
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
