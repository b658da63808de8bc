import { createBytes, placeOf } from '../columns/column.js'
import { elementReader } from '../columns/cells.js'
import type { Memory } from '../columns/memory.js'
import { cellReader } from '../columns/rows.js'
import type { DatetimeUnit } from '../kinds/kinds.js'
import { finiteText, jsonText } from '../text/json.js'

/** The text of the cell of a row. */
export type CellText = (row: number) => string

/** How a format writes what its cells hold. */
interface Style {
  readonly text: (value: string) => string
  /** The text of numbers and dates that are fine as they are. */
  readonly plain: (text: string) => string
  /** Numbers that JSON does not have: `NaN` and the infinities. */
  readonly special: (text: string) => string
  /** JSON: lists and maps. */
  readonly json: (text: string) => string
  readonly any: (value: unknown) => string
}

const SPECIAL = /[",\r\n]/

/** A cell as CSV writes it: in quotes where it has to be. */
export function csvCell(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Empty text is in quotes: a cell without anything is a bin, or a key, that is not there. */
export const csvText = (text: string): string => (text === '' ? '""' : csvCell(text))

const CSV: Style = {
  text: csvText,
  plain: (text) => text,
  special: (text) => text,
  json: csvCell,
  any: (value) => csvText(typeof value === 'string' ? anyText(value) : jsonText(value)),
}

const JSON_STYLE: Style = {
  text: JSON.stringify,
  plain: (text) => text,
  special: (text) => `"${text}"`,
  json: (text) => text,
  any: jsonText,
}

/** A text among values of any type: in JSON's quotes where it would be read as something else. */
function anyText(text: string): string {
  try {
    JSON.parse(text)
  } catch (error) {
    // What is nested too deep to be read may be JSON.
    if (error instanceof SyntaxError) return text
  }
  return JSON.stringify(text)
}

/** Chooses how the cells of a column are written, once for all of its rows. */
export function csvCells(memory: Memory, index: number): CellText {
  return cellsOf(memory, index, CSV)
}

/** The same for values of JSON. */
export function jsonCells(memory: Memory, index: number): CellText {
  return cellsOf(memory, index, JSON_STYLE)
}

function cellsOf(memory: Memory, index: number, style: Style): CellText {
  const place = placeOf(memory, index)
  const { kind, shape, unit } = place.field
  if (shape.length > 0 || kind === 'list') return listCells(memory, index, style)
  if (kind === 'V' || kind === 'binary') {
    const read = cellReader(memory, index) as (row: number) => Uint8Array
    return (row) => hexOf(style, read(row))
  }
  if (kind === 'M8') return instantCells(memory, index, style, unit as DatetimeUnit)
  if (kind === 'S') {
    const column = createBytes(place)
    return (row) => style.text(column.string(row))
  }
  const read = cellReader(memory, index)
  if (kind === 'utf8') return (row) => style.text(read(row) as string)
  if (kind === 'any') return (row) => style.any(read(row))
  if (kind === '?') return (row) => String(read(row))
  return (row) => numberText(read(row) as number | bigint, style)
}

/** No bytes, in CSV, would be a bin that is not there. */
function hexOf(style: Style, { buffer, byteOffset, length }: Uint8Array): string {
  return style.text(Buffer.from(buffer, byteOffset, length).toString('hex'))
}

function numberText(value: number | bigint, style: Style): string {
  if (typeof value === 'bigint') return String(value)
  return Number.isFinite(value) ? finiteText(value) : style.special(String(value))
}

function listCells(memory: Memory, index: number, { json }: Style): CellText {
  const read = cellReader(memory, index) as (row: number) => ArrayLike<number | bigint>
  return (row) => {
    const list = read(row)
    let text = '['
    for (let at = 0; at < list.length; at++) {
      text += `${at === 0 ? '' : ','}${numberText(list[at] as number | bigint, JSON_STYLE)}`
    }
    return json(`${text}]`)
  }
}

/** Dates as ISO 8601 has them; counts where those are of less than a millisecond, or beyond what dates can be. */
function instantCells(memory: Memory, index: number, style: Style, unit: DatetimeUnit): CellText {
  const { offset, stride } = placeOf(memory, index)
  const ticks = elementReader('i8', new DataView(memory.buffer), offset, stride) as (row: number) => bigint
  if (unit === 'us' || unit === 'ns') return (row) => style.plain(String(ticks(row)))
  const milliseconds = unit === 's' ? 1000 : 1
  return (row) => {
    const date = new Date(Number(ticks(row)) * milliseconds)
    return Number.isNaN(date.getTime()) ? style.plain(String(ticks(row))) : style.text(date.toISOString())
  }
}
