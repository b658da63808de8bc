const GAP = '  '

/** Rows of cells as lines, every column as wide as its widest cell; numbers stand on the right. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), title.length),
  )
  const numeric = header.map((_, column) =>
    rows.every((row) => /^(-|-?[\d.,]+(e[+-]?\d+)?n?|NaN|-?Infinity)?$/.test(row[column] ?? '')),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number
        return numeric[column] === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join(GAP)
      .trimEnd()
  return [header, ...rows].map((cells) => `${line(cells)}\n`).join('')
}
