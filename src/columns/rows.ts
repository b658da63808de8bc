import { booleanReader, elementReader } from './cells.js'
import { createBytes, createSubarray, placeOf } from './column.js'
import { instantOf } from './datetime.js'
import { isViewKind } from '../kinds/code.js'
import type { DatetimeUnit } from '../kinds/kinds.js'
import { type Memory, checkPresent } from './memory.js'
import { createView } from './view-column.js'

/** Reads one row as an object with a property per field. */
export type RowReader = (row: number) => Record<string, unknown>

/** Makes the reader of a field's cells, by the field's number. */
type CellReaderOf = (index: number) => (row: number) => unknown

/** Chooses a reader per field once; a row is then a loop over names and readers, and all rows have the same shape. */
export function rowReader(memory: Memory, readerOf: CellReaderOf = (index) => cellReader(memory, index)): RowReader {
  const names = memory.fields.map((field) => field.name)
  const readers = memory.fields.map((_, index) => readerOf(index))
  const assign = names.includes('__proto__') ? defineCell : setCell
  return (row) => {
    // It may be given away between two rows, by the loop that asks for them.
    checkPresent(memory)
    const cells: Record<string, unknown> = {}
    for (let field = 0; field < names.length; field++) {
      assign(cells, names[field] as string, (readers[field] as (row: number) => unknown)(row))
    }
    return cells
  }
}

function setCell(cells: Record<string, unknown>, name: string, value: unknown): void {
  cells[name] = value
}

/** A bin may be called `__proto__`, and assigning that name would replace the prototype. */
function defineCell(cells: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(cells, name, { value, enumerable: true, configurable: true, writable: true })
}

/** The reader of the cells of field number `index`. */
export function cellReader(memory: Memory, index: number): (row: number) => unknown {
  const place = placeOf(memory, index)
  const { kind, shape, unit } = place.field
  if (isViewKind(kind)) {
    const column = createView(place, kind)
    return (row) => column.get(row)
  }
  if (kind === 'M8') {
    const ticks = elementReader('i8', new DataView(memory.buffer), place.offset, place.stride)
    return (row) => instantOf(ticks(row) as bigint, unit as DatetimeUnit)
  }
  if (kind === 'S' || kind === 'V') {
    const column = createBytes(place)
    return (row) => column.get(row)
  }
  if (shape.length > 0) {
    const column = createSubarray(place)
    return (row) => column.row(row)
  }
  const view = new DataView(memory.buffer)
  if (kind === '?') return booleanReader(view, place.offset, place.stride)
  return elementReader(kind, view, place.offset, place.stride)
}

/** An object with a property per field, made of whatever `valueOf` returns for the field's number. */
export function byField<T>(memory: Memory, valueOf: (index: number) => T): Record<string, T> {
  const values: Record<string, T> = {}
  memory.fields.forEach(({ name }, index) => defineCell(values, name, valueOf(index)))
  return values
}
