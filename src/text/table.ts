import { visible } from './visible.js'
import { padEnd, padStart, widthOf } from './width.js'

const GAP = '  '
const NUMBER = /^(-|-?[\d.,]+(e[+-]?\d+)?n?|NaN|-?Infinity)?$/

/** Cells from the top down, the title first. */
export type TextColumn = readonly string[]

/** The width of a column: that of its widest cell. */
export function columnWidth(column: TextColumn): number {
  return column.reduce((widest, cell) => Math.max(widest, widthOf(visible(cell))), 0)
}

/** The width of a table of these columns. */
export function tableWidth(columns: readonly TextColumn[]): number {
  return columns.reduce((sum, column) => sum + columnWidth(column), GAP.length * Math.max(0, columns.length - 1))
}

/** Makes the lines of columns, without line ends. Whatever is in the cells, a row is a line, and a terminal shows it. */
export type TableLayout = (columns: readonly TextColumn[]) => string[]

/** How wide columns are, and on which side their cells stand: those of numbers on the right, or all. */
export function tableLayout(columns: readonly TextColumn[], align: 'numbers' | 'right' = 'numbers'): TableLayout {
  const pads = columns.map((column) => {
    const width = columnWidth(column)
    const pad = align === 'right' || column.slice(1).every((cell) => NUMBER.test(cell)) ? padStart : padEnd
    return (cell: string): string => pad(visible(cell), width)
  })
  return (more) =>
    (more[0] ?? []).map((_, line) =>
      more
        .map((column, index) => pads[index]?.(column[line] ?? '') ?? '')
        .join(GAP)
        .trimEnd(),
    )
}

/** The lines of a table, without line ends: columns of numbers stand on the right, the others on the left, or all on the right. */
export function tableLines(columns: readonly TextColumn[], align: 'numbers' | 'right' = 'numbers'): string[] {
  return tableLayout(columns, align)(columns)
}

/** A header and rows of cells as text. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, column) => [title, ...rows.map((row) => row[column] ?? '')])
  return tableLines(columns)
    .map((line) => `${line}\n`)
    .join('')
}
