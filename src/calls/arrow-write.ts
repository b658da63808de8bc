import { type ArrowTableLike, columnsOfTable, isTable, typeOfVector, valuesOfVector } from '../arrow/input.js'
import { isVector } from '../arrow/vector.js'
import { applyMask, fillColumn, validOf } from '../columns/fill.js'
import type { Memory } from '../columns/memory.js'
import { type Dtype, dtype } from '../dtype/dtype.js'
import { invalidArgument } from '../errors.js'

/** Whether `batchWrite` is given an Arrow table in place of its options. */
export const isArrowTable: (value: unknown) => value is ArrowTableLike = isTable

/** The columns of a write by name: those of a table, or what an object has. */
export function columnsByName(columns: unknown, name: string): Record<string, unknown> {
  return isTable(columns) ? columnsOfTable(columns, name) : (columns as Record<string, unknown>)
}

/** The dtype that Arrow's types say: every column has to be a vector. */
export function dtypeOfColumns(columns: Record<string, unknown>, name: string): Dtype {
  const fields = Object.entries(columns).map(([column, vector]) => {
    if (!isVector(vector)) {
      throw invalidArgument(
        `options.dtype must be what dtype() returns, not undefined: ${name}.${column} is no Arrow vector, which would say its type`,
      )
    }
    const type = typeOfVector(vector, `${name}.${column}`)
    return typeof type === 'string' ? [column, type] : [column, ...type]
  })
  if (fields.length === 0) throw invalidArgument(`${name} has no column to write`)
  return dtype(fields as [])
}

/** Fills column number `index` from values of any form, an Arrow vector among them. */
export function fillFrom(memory: Memory, index: number, column: unknown, name: string): void {
  if (!isVector(column)) return fillColumn(memory, index, column, name)
  const { values, valid } = valuesOfVector(column, name)
  fillColumn(memory, index, values, name)
  if (valid !== undefined) applyMask(validOf(memory, index), valid, name)
}
