import type { Batch } from '../../batch/batch.js'
import type { Key } from '../../keys/key.js'
import type { ReadRecord } from '../../calls/record.js'
import type { Field } from '../../kinds/kinds.js'
import { csvCell } from './csv.js'
import { jsonText } from '../../text/json.js'
import { keyText } from './keys.js'
import { tableText } from '../../text/table.js'

/** What `read` can write. */
export const FORMATS = ['table', 'csv', 'ndjson', 'npy'] as const

/** Makes text of batches as they come. */
export interface Formatter {
  /** The text of some more rows. */
  rows(batch: Batch): string
  /** The text that is left at the end. */
  end(): string
}

/** A batch row by row: the key, and the cells that are there. */
function* rowsOf(batch: Batch, fields: readonly Field[]): Generator<{ key: string; code: number; cells: unknown[] }> {
  for (let row = 0; row < batch.length; row++) {
    const values = batch.at(row)
    const cells = fields.map(({ name, shape, kind }) => {
      if ((batch.valid[name] as Uint8Array)[row] !== 1) return undefined
      // An array of bytes is numbers, and not the bytes of a V field.
      return shape.length > 0 || kind === 'list' ? Array.from(values[name] as ArrayLike<unknown>) : values[name]
    })
    yield { key: keyText(batch.keys[row] as Key), code: batch.resultCodes[row] as number, cells }
  }
}

/** Columns of a width of their own need all rows, so the table comes at the end. */
export class TableFormatter implements Formatter {
  readonly #fields: readonly Field[]
  readonly #rows: string[][] = []

  constructor(fields: readonly Field[]) {
    this.#fields = fields
  }

  rows(batch: Batch): string {
    for (const { key, code, cells } of rowsOf(batch, this.#fields))
      this.#rows.push([key, String(code), ...cells.map(cellText)])
    return ''
  }

  end(): string {
    return tableText(['key', 'code', ...this.#fields.map(({ name }) => name)], this.#rows)
  }
}

/** RFC 4180; a cell that is not there is empty. */
export class CsvFormatter implements Formatter {
  readonly #fields: readonly Field[]
  #header: string

  constructor(keyColumn: string, fields: readonly Field[]) {
    this.#fields = fields
    this.#header = `${[keyColumn, ...fields.map(({ name }) => name)].map(csvCell).join(',')}\n`
  }

  rows(batch: Batch): string {
    let text = this.#header
    this.#header = ''
    for (const { key, cells } of rowsOf(batch, this.#fields)) {
      text += `${[key, ...cells.map((cell) => (cell === undefined ? '' : cellText(cell)))].map(csvCell).join(',')}\n`
    }
    return text
  }

  end(): string {
    return this.#header
  }
}

/** One JSON object per line; a cell that is not there is no property. */
export class NdjsonFormatter implements Formatter {
  readonly #keyColumn: string
  readonly #fields: readonly Field[]

  constructor(keyColumn: string, fields: readonly Field[]) {
    this.#keyColumn = keyColumn
    this.#fields = fields
  }

  rows(batch: Batch): string {
    let text = ''
    for (const { key, cells } of rowsOf(batch, this.#fields)) {
      const there = this.#fields
        .map(({ name }, at) => [name, cells[at]] as const)
        .filter(([, cell]) => cell !== undefined)
      text += `${jsonText({ [this.#keyColumn]: key, ...Object.fromEntries(there) })}\n`
    }
    return text
  }

  end(): string {
    return ''
  }
}

/** Ordinary records, one JSON object per line. */
export function recordLines(records: readonly ReadRecord[]): string {
  return records
    .map(
      ({ key, bins, gen, ttl, resultCode }) => `${jsonText({ key: keyText(key), code: resultCode, gen, ttl, bins })}\n`,
    )
    .join('')
}

/** A cell as text: bytes as hex, dates as ISO 8601 has them, sub-arrays, lists and maps as JSON. */
function cellText(cell: unknown): string {
  if (cell === undefined) return '-'
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? 'NaT' : cell.toISOString()
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex')
  return typeof cell === 'string' ? cell : floatText(cell)
}

/** JSON has no NaN and no infinities; the number itself has names for them. */
function floatText(cell: unknown): string {
  return typeof cell === 'number' ? String(cell) : jsonText(cell)
}
