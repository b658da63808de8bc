import { codeOf } from '../kinds/code.js'
import type { Memory } from '../columns/memory.js'
import { cellReader } from '../columns/rows.js'
import type { Field } from '../kinds/kinds.js'
import { isBytes, isDate, isMap } from '../tags.js'
import { jsonText } from '../text/json.js'
import { tableLines, tableWidth } from '../text/table.js'
import { cutTo } from '../text/width.js'

const LINE = 100
const ROWS = 5
const CELL = 24
const GAP = '  '

/** What the printed form of a batch needs to know beside its memory. */
export interface BatchSummary {
  readonly memory: Memory
  readonly resultCodes: Int32Array
  keyText(row: number): string
}

/** A heading with the counts, then the first rows as a table, as many fields of them as a line holds. */
export function inspectBatch(summary: BatchSummary): string {
  const { memory, resultCodes } = summary
  const ok = resultCodes.reduce((count, code) => count + (code === 0 ? 1 : 0), 0)
  const heading = `Batch(${plural(memory.length, 'row')}, ${ok} ok, ${memory.layout} layout, ${plural(memory.fields.length, 'field')})`
  const table = tableOf(summary, Math.min(memory.length, ROWS))
  const rest = memory.length - ROWS
  return [heading, ...table, ...(rest > 0 ? [`${GAP}… ${rest} more`] : [])].join('\n')
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function tableOf(summary: BatchSummary, rows: number): string[] {
  const { fields } = summary.memory
  const lead = [keyColumn(summary, rows), codeColumn(summary, rows)]
  const columns: string[][] = []
  for (let index = 0; index < fields.length; index++) {
    const column = fieldColumn(summary.memory, index, rows)
    if (columns.length > 0 && GAP.length + tableWidth([...lead, ...columns, column]) > LINE) break
    columns.push(column)
  }
  const hidden = fields.length - columns.length
  const lines = tableLines([...lead, ...columns], 'right').map((line) => GAP + line)
  return hidden > 0 ? [`${lines[0]}${GAP}… ${plural(hidden, 'more field')}`, ...lines.slice(1)] : lines
}

function keyColumn(summary: BatchSummary, rows: number): string[] {
  return ['key', ...Array.from({ length: rows }, (_, row) => cutTo(summary.keyText(row), CELL))]
}

function codeColumn(summary: BatchSummary, rows: number): string[] {
  return ['code', ...Array.from({ length: rows }, (_, row) => String(summary.resultCodes[row]))]
}

function fieldColumn(memory: Memory, index: number, rows: number): string[] {
  const field = memory.fields[index] as Field
  const valid = new Uint8Array(memory.buffer, memory.at.valid[index], memory.length)
  const read = cellReader(memory, index)
  const cells = Array.from({ length: rows }, (_, row) => (valid[row] === 1 ? cellText(read(row)) : '-'))
  return [`${field.name}:${codeOf(field)}`, ...cells]
}

/**
 * Cells that were not there are shown as `-`, strings in quotes, bytes in hex, sub-arrays and lists by their first elements,
 * dates as ISO text and the lists and maps of `any` as JSON.
 */
function cellText(value: unknown): string {
  if (typeof value === 'string') return cutTo(JSON.stringify(value.slice(0, CELL + 1)), CELL)
  if (typeof value === 'bigint') return `${value}n`
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'NaT' : value.toISOString()
  if (isBytes(value)) return cutTo(Buffer.from(value.subarray(0, CELL)).toString('hex'), CELL)
  if (Array.isArray(value) || isPlainOrMap(value)) return cutTo(jsonText(value), CELL)
  return isArrayLike(value)
    ? cutTo(`[${Array.from({ length: Math.min(value.length, CELL) }, (_, at) => String(value[at])).join(', ')}]`, CELL)
    : String(value)
}

function isPlainOrMap(value: unknown): boolean {
  return (
    isMap(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  )
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value
}
