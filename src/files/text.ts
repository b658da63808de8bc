import { type Batch, partsOf } from '../batch/batch.js'
import { checkPresent } from '../columns/memory.js'
import { isDigestKey } from '../keys/ids.js'
import type { KeySource, PrimaryKey } from '../keys/key.js'
import type { Field } from '../kinds/kinds.js'
import { type CellText, csvCell, csvCells, csvText, jsonCells } from './cells.js'
import type { Encoder, ExtraColumns, Pieces } from './encoder.js'

/** A primary key as text: bytes and digests as hex. */
export function idText(id: PrimaryKey): string {
  if (typeof id === 'string') return id
  if (isDigestKey(id)) return Buffer.from(id.digest).toString('hex')
  return id instanceof Uint8Array ? Buffer.from(id).toString('hex') : String(id)
}

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/

/** Whether a text is that of an integer that a key can be. */
export function isIntegerText(text: string): boolean {
  return INTEGER.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/** A primary key in CSV: text that could be an integer is in quotes, and an integer is not. */
function csvKey(id: PrimaryKey): string {
  const text = idText(id)
  return isInteger(id) || !isIntegerText(text) ? csvText(text) : `"${text}"`
}

/** A primary key in JSON. */
export const jsonKey = (id: PrimaryKey): string => (isInteger(id) ? idText(id) : JSON.stringify(idText(id)))

const isInteger = (id: PrimaryKey): id is number | bigint => typeof id === 'number' || typeof id === 'bigint'

/** A column of a file of text: nothing where a row has no value. */
interface Column {
  readonly name: string
  readonly cell: (row: number) => string | undefined
}

/** The columns of a batch in the order in which files have them: the key, the fields, and what else was asked for. */
function columnsOf(
  batch: Batch,
  { key, gen, ttl }: ExtraColumns,
  keyText: (id: PrimaryKey) => string,
  cells: (memory: ReturnType<typeof partsOf>['memory'], index: number) => CellText,
): Column[] {
  const { memory, keys } = partsOf(batch)
  checkPresent(memory)
  const columns: Column[] = key === undefined ? [] : [{ name: key, cell: keyCells(keys, keyText) }]
  memory.fields.forEach(({ name }, index) => {
    const valid = batch.valid[name] as Uint8Array
    const read = cells(memory, index)
    columns.push({ name, cell: (row) => (valid[row] === 1 ? read(row) : undefined) })
  })
  const { meta, resultCodes } = batch
  const ofRecord = (values: Uint32Array) => (row: number) => (resultCodes[row] === 0 ? String(values[row]) : undefined)
  if (gen !== undefined) columns.push({ name: gen, cell: ofRecord(meta.gen) })
  if (ttl !== undefined) columns.push({ name: ttl, cell: ofRecord(meta.ttl) })
  return columns
}

function keyCells(keys: KeySource, keyText: (id: PrimaryKey) => string): (row: number) => string | undefined {
  return (row) => {
    const id = keys.idAt(row) as PrimaryKey | null
    return id === null ? undefined : keyText(id)
  }
}

/** What the files of text share: where they go on, and who writes the rows. */
export interface TextOptions extends ExtraColumns {
  /** Whether the file has its beginning already. */
  readonly isResumed?: boolean
}

/** Lines that become bytes at once: their text stays small, and goes before the next is made. */
const LINES_AT_ONCE = 1024

/** The lines of all rows as bytes. */
function linesOf(length: number, lineOf: (row: number) => string): Pieces {
  const pieces: Buffer[] = []
  for (let begin = 0; begin < length; begin += LINES_AT_ONCE) {
    const lines: string[] = []
    for (let row = begin; row < Math.min(begin + LINES_AT_ONCE, length); row++) lines.push(lineOf(row))
    pieces.push(Buffer.from(`${lines.join('\n')}\n`))
  }
  return pieces
}

/** RFC 4180 with a header; a cell without anything is a bin that is not there, and `""` is empty text. */
export class CsvEncoder implements Encoder {
  readonly #options: TextOptions
  #header: string

  constructor(fields: readonly Field[], options: TextOptions) {
    this.#options = options
    const { key, gen, ttl } = options
    const names = [key, ...fields.map(({ name }) => name), gen, ttl].filter((name) => name !== undefined)
    this.#header = options.isResumed === true ? '' : `${names.map(csvCell).join(',')}\n`
  }

  rows(batch: Batch): Pieces {
    const columns = columnsOf(batch, this.#options, csvKey, csvCells)
    const header = this.#header
    this.#header = ''
    const cells = columns.map(() => '')
    const lines = linesOf(batch.length, (row) => {
      for (let at = 0; at < columns.length; at++) cells[at] = columns[at]?.cell(row) ?? ''
      return cells.join(',')
    })
    return [Buffer.from(header), ...lines]
  }

  end(): Pieces {
    const text = this.#header
    this.#header = ''
    return [Buffer.from(text)]
  }
}

/** One JSON object per line; a cell that is not there is no property. */
export class NdjsonEncoder implements Encoder {
  readonly #options: TextOptions

  constructor(options: TextOptions) {
    this.#options = options
  }

  rows(batch: Batch): Pieces {
    const columns = columnsOf(batch, this.#options, jsonKey, jsonCells)
    const names = columns.map(({ name }) => `${JSON.stringify(name)}:`)
    const properties: string[] = []
    return linesOf(batch.length, (row) => {
      let count = 0
      for (let at = 0; at < columns.length; at++) {
        const cell = columns[at]?.cell(row)
        if (cell !== undefined) properties[count++] = `${names[at]}${cell}`
      }
      properties.length = count
      return `{${properties.join(',')}}`
    })
  }

  end(): Pieces {
    return []
  }
}
