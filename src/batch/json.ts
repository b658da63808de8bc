import { cellJson } from '../columns/json.js'
import type { Memory } from '../columns/memory.js'
import { cellReader, rowReader } from '../columns/rows.js'
import type { Field } from '../kinds/kinds.js'

/**
 * Reads rows in the form in which JSON has them: 64-bit integers as text, which keeps all their digits, bytes as hex,
 * sub-arrays and lists as arrays, and dates as they write themselves.
 */
export function rowsAsJson(memory: Memory): Record<string, unknown>[] {
  const read = rowReader(memory, (index) => {
    const cell = cellReader(memory, index)
    const { kind } = memory.fields[index] as Field
    return (row) => cellJson(kind, cell(row))
  })
  return Array.from({ length: memory.length }, (_, row) => read(row))
}
