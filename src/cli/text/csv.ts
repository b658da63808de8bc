import { randomUUID } from 'node:crypto'
import { CsvError, parse } from 'csv-parse/sync'
import { InputError } from '../command.js'
import { checkUtf8 } from '../terminal/input.js'

/** A record of a CSV text and the line that it begins on. */
export interface CsvRecord {
  readonly cells: string[]
  readonly line: number
  /** The cells that are text because of their quotes: `""` would be a bin that is not there, and `"5"` the integer. */
  readonly quoted?: ReadonlySet<number>
}

const QUOTE = 0x22
const LINE_END = 0x0a
/** An open quote takes in everything behind it. No record of a server is as long as this. */
const LONGEST_RECORD = 16 << 20

/**
 * Reads CSV in UTF-8, with or without a byte order mark: cells in quotes may hold commas, line ends, which stay as they
 * are, and doubled quotes. Empty lines are skipped. A record may have fewer cells than the first one, and not more.
 */
export function* parseCsv(blocks: Iterable<Buffer>): Generator<CsvRecord> {
  const reader = new Reader()
  for (const records of wholeRecords(blocks)) {
    checkUtf8(records, reader.line)
    yield* reader.read(withMarks(records))
  }
}

/** The text, cut where a record ends: at a line end with an even number of quotes in front of it. */
function* wholeRecords(blocks: Iterable<Buffer>): Generator<Buffer> {
  let pieces: Buffer[] = []
  let length = 0
  let open = false
  for (const block of blocks) {
    let end = 0
    for (let at = 0; at < block.length; at++) {
      if (block[at] === QUOTE) open = !open
      else if (block[at] === LINE_END && !open) end = at + 1
    }
    if (end > 0) {
      yield Buffer.concat([...pieces, block.subarray(0, end)])
      pieces = []
      length = 0
    }
    pieces.push(block.subarray(end))
    length += block.length - end
    if (length <= LONGEST_RECORD) continue
    if (!open) throw new InputError(`a line has more than ${LONGEST_RECORD} bytes`)
    // With an odd number of quotes the parser refuses it, and knows the line.
    break
  }
  yield Buffer.concat(pieces)
}

const OPTIONS = {
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
}

/** Begins a cell that was in quotes while a text is parsed, and no other. The parser itself takes six times as long to tell. */
const QUOTED = `quoted ${randomUUID()}`
const MARK = Buffer.from(QUOTED)
const COMMA = 0x2c
const RETURN = 0x0d
const MINUS = 0x2d
const [ZERO, NINE] = [0x30, 0x39]

/** The text with a mark in place of the quotes around each cell that is `""` or has digits only. */
function withMarks(text: Buffer): Buffer {
  if (!text.includes(QUOTE)) return text
  const pieces: Buffer[] = []
  let [end, open] = [0, false]
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== QUOTE) continue
    const close = open ? -1 : closeOfDigits(text, at)
    if (close < 0) {
      open = !open
      continue
    }
    pieces.push(text.subarray(end, at), MARK, text.subarray(at + 1, close))
    at = close
    end = close + 1
  }
  return Buffer.concat([...pieces, text.subarray(end)])
}

/** Where the second quote of a cell is that has nothing but digits, or nothing, in quotes; negative for any other cell. */
function closeOfDigits(text: Buffer, open: number): number {
  const before = text[open - 1]
  if (before !== undefined && before !== COMMA && before !== LINE_END) return -1
  let at = text[open + 1] === MINUS ? open + 2 : open + 1
  while (isDigit(text[at])) at++
  const behind = text[at + 1]
  const isWhole = behind === undefined || behind === COMMA || behind === LINE_END || behind === RETURN
  return text[at] === QUOTE && isWhole ? at : -1
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE

/** Takes the marks out of a record, and says where they were. */
function quotedOf(cells: string[]): ReadonlySet<number> | undefined {
  let places: Set<number> | undefined
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at] as string
    if (!cell.startsWith(QUOTED)) continue
    cells[at] = cell.slice(QUOTED.length)
    ;(places ??= new Set()).add(at)
  }
  return places
}

/** Parses part after part of a text and knows the line. */
class Reader {
  #line = 1
  #columns: number | undefined

  /** The line that comes next. */
  get line(): number {
    return this.#line
  }

  /** The records of a part, which ends where a record ends. */
  read(text: Buffer): Generator<CsvRecord> {
    const options = { ...OPTIONS, bom: this.#line === 1 }
    try {
      return this.#counted(parse(text, options))
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      const before = Number(error['records'] ?? 0)
      return this.#upTo(error, before === 0 ? [] : parse(text, { ...options, to: before }))
    }
  }

  /** What is in front of a mistake is fine, and says which line it is in. */
  *#upTo(error: CsvError, rows: string[][]): Generator<CsvRecord> {
    yield* this.#counted(rows)
    throw new InputError(`line ${this.#line}: ${explain(error)}`)
  }

  *#counted(rows: string[][]): Generator<CsvRecord> {
    for (const cells of rows) {
      const line = this.#line
      const quoted = quotedOf(cells)
      this.#line += 1 + sum(cells, lineEnds)
      if (cells.length === 1 && cells[0] === '' && quoted === undefined) continue
      this.#columns ??= cells.length
      if (cells.length > this.#columns) {
        throw new InputError(`line ${line}: ${cells.length} cells, more than the ${this.#columns} of the first line`)
      }
      yield quoted === undefined ? { cells, line } : { cells, line, quoted }
    }
  }
}

function explain({ code }: CsvError): string {
  return code === 'CSV_QUOTE_NOT_CLOSED' ? 'a quote is not closed' : 'a quote is within a cell and not doubled'
}

function lineEnds(cell: string): number {
  let ends = 0
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) ends++
  return ends
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  let total = 0
  for (const value of values) total += of(value)
  return total
}
