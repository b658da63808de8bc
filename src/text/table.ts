import { padEnd, padStart, widthOf } from './width.js'

const GAP = '  '
const NUMBER = /^(-|-?[\d.,]+(e[+-]?\d+)?n?|NaN|-?Infinity)?$/

/** Cells from the top down, the title first. */
export type TextColumn = readonly string[]

/** The width of a column: that of its widest cell. */
export function columnWidth(column: TextColumn): number {
  return column.reduce((widest, cell) => Math.max(widest, widthOf(cell)), 0)
}

/** The width of a table of these columns. */
export function tableWidth(columns: readonly TextColumn[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column), GAP.length * Math.max(0, columns.length - 1))
}

/** The lines of a table, without line ends: columns of numbers stand on the right, the others on the left, or all on the right. */
export function tableLines(columns: readonly TextColumn[], align: 'numbers' | 'right' = 'numbers'): string[] {
  const pads = columns.map((column) => {
    const width = columnWidth(column)
    const pad = align === 'right' || column.slice(1).every((cell) => NUMBER.test(cell)) ? padStart : padEnd
    return (cell: string): string => pad(cell, width)
  })
  return (columns[0] ?? []).map((_, line) =>
    columns
      .map((column, index) => pads[index]?.(column[line] ?? '') ?? '')
      .join(GAP)
      .trimEnd(),
  )
}

/** A header and rows of cells as text. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, column) => [title, ...rows.map((row) => row[column] ?? '')])
  return tableLines(columns)
    .map((line) => `${line}\n`)
    .join('')
}
