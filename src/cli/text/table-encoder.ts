import { type Batch, partsOf } from '../../batch/batch.js'
import type { Encoder, Pieces } from '../../files/encoder.js'
import { idText } from '../../files/text.js'
import type { PrimaryKey } from '../../keys/key.js'
import type { Field } from '../../kinds/kinds.js'
import { jsonText } from '../../text/json.js'
import { type TableLayout, tableLayout } from '../../text/table.js'

/** Rows that are looked at for the widths of the columns. Wider cells behind them stick out. */
const ROWS_FOR_WIDTHS = 10_000

/** What a table has besides the fields. */
export interface TableOptions {
  /** The title of the column of keys. */
  readonly key: string | undefined
  /** Whether it has result codes, which are all 0 in a scan. */
  readonly codes?: boolean
}

/** A table for people. */
export class TableEncoder implements Encoder {
  readonly #fields: readonly Field[]
  readonly #options: TableOptions
  #rows: string[][]
  #layout: TableLayout | undefined

  constructor(fields: readonly Field[], options: TableOptions) {
    this.#fields = fields
    this.#options = options
    const { key, codes = false } = options
    this.#rows = [[...(key === undefined ? [] : [key]), ...(codes ? ['code'] : []), ...fields.map(({ name }) => name)]]
  }

  rows(batch: Batch): Pieces {
    for (const row of this.#cells(batch)) this.#rows.push(row)
    return this.#rows.length < ROWS_FOR_WIDTHS && this.#layout === undefined ? [] : this.end()
  }

  end(): Pieces {
    const [first] = this.#rows
    if (first === undefined) return []
    const columns = first.map((_, column) => this.#rows.map((row) => row[column] ?? ''))
    this.#layout ??= tableLayout(columns)
    const lines = this.#layout(columns)
    this.#rows = []
    return [Buffer.from(lines.map((line) => `${line}\n`).join(''))]
  }

  *#cells(batch: Batch): Generator<string[]> {
    const { keys } = partsOf(batch)
    const { key, codes = false } = this.#options
    for (let row = 0; row < batch.length; row++) {
      const values = batch.at(row)
      const id = keys.idAt(row) as PrimaryKey | null
      const cells = this.#fields.map(({ name, shape, kind }) => {
        if ((batch.valid[name] as Uint8Array)[row] !== 1) return '-'
        // An array of bytes is numbers, and not the bytes of a V field.
        return cellText(
          shape.length > 0 || kind === 'list' ? Array.from(values[name] as ArrayLike<unknown>) : values[name],
        )
      })
      yield [
        ...(key === undefined ? [] : [id === null ? '-' : idText(id)]),
        ...(codes ? [String(batch.resultCodes[row])] : []),
        ...cells,
      ]
    }
  }
}

/** A cell as text: bytes as hex, dates as ISO 8601 has them, sub-arrays, lists and maps as JSON. */
function cellText(cell: unknown): string {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? 'NaT' : cell.toISOString()
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('hex')
  return typeof cell === 'string' ? cell : floatText(cell)
}

/** JSON has no NaN and no infinities; the number itself has names for them. */
function floatText(cell: unknown): string {
  return typeof cell === 'number' ? String(cell) : jsonText(cell)
}
