import { InputError } from '../command.js'

/** A record of a CSV text and the line that it begins on. */
export interface CsvRecord {
  readonly cells: string[]
  readonly line: number
}

const SPECIAL = /[",\r\n]/

/** A cell as CSV writes it: in quotes where it has to be. */
export function csvCell(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Reads CSV: cells in quotes may hold commas, line ends and doubled quotes. Empty lines are skipped. */
export function* parseCsv(lines: Iterable<string>): Generator<CsvRecord> {
  let pending = ''
  let first = 0
  let line = 0
  for (const text of lines) {
    line++
    if (pending === '') first = line
    const whole = pending === '' ? text : `${pending}\n${text}`
    // An odd number of quotes leaves one open: the cell goes on in the next line.
    pending = countQuotes(whole) % 2 === 1 ? whole : ''
    if (pending === '' && whole !== '') yield { cells: splitRecord(whole, first), line: first }
  }
  if (pending !== '') throw new InputError(`line ${first}: a quote is not closed`)
}

function countQuotes(text: string): number {
  let quotes = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++
  return quotes
}

const CELL = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

function splitRecord(record: string, line: number): string[] {
  const cells: string[] = []
  CELL.lastIndex = 0
  for (;;) {
    const match = CELL.exec(record)
    if (match === null) throw new InputError(`line ${line}: a quote is within a cell and not doubled`)
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'))
    if (match[3] === '') return cells
  }
}
