import type { RecordBatch } from 'apache-arrow'
import { isTextVector, textsOfVector } from '../../arrow/read-texts.js'
import { type ArrowVector, ARROW_TYPE, isVector } from '../../arrow/vector.js'
import { type ReadBatch, arrowBatches, parquetBatches } from '../../files/read-tables.js'
import type { Key, PrimaryKey } from '../../keys/key.js'
import { InputError, UsageError } from '../command.js'
import { valueOfAnyText } from '../text/cells.js'
import { type KeyType, parseKey } from '../text/keys.js'
import { type ImportPlan, type Part, ROWS_AT_ONCE } from './part.js'

/** The rows of a file of Arrow or Parquet. */
export async function* tableParts(path: string, format: 'arrow' | 'parquet', plan: ImportPlan): AsyncGenerator<Part> {
  if (format === 'parquet' && path === '-') {
    throw new UsageError('Parquet ends with what is in it, so that it is read from a file and not from standard input')
  }
  let before = 0
  for await (const { batch, part } of readable(batchesOf(path, format), path, format)) {
    for (let at = 0; at < batch.numRows; at += ROWS_AT_ONCE) {
      const some = batch.slice(at, Math.min(at + ROWS_AT_ONCE, batch.numRows))
      yield partOf(some, plan, before + at, part)
    }
    before += batch.numRows
  }
}

function batchesOf(path: string, format: 'arrow' | 'parquet'): AsyncGenerator<ReadBatch> {
  const method = `--format ${format}`
  return format === 'arrow' ? arrowBatches(path, method) : parquetBatches(path, method)
}

/** What the libraries throw about a file says nothing about which one it is. */
async function* readable(batches: AsyncGenerator<ReadBatch>, path: string, format: string): AsyncGenerator<ReadBatch> {
  try {
    yield* batches
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('ERR_AEROSTRIDE') === true) throw error
    const reason = code ?? `it is not ${format}, or not all of it: ${message}`
    throw new InputError(`${path === '-' ? 'standard input' : path} cannot be read (${reason})`)
  }
}

function partOf(batch: RecordBatch, plan: ImportPlan, before: number, part: number): Part {
  const { keyColumn, dtype } = plan
  const names = batch.schema.fields.map(({ name }) => name)
  const keyVector = columnOf(batch, keyColumn, names)
  const wanted = dtype?.names ?? names.filter((name) => name !== keyColumn)
  const columns = Object.fromEntries(wanted.map((name) => [name, columnOf(batch, name, names)]))
  for (const field of dtype?.fields ?? []) {
    const column = columns[field.name] as ArrowVector
    if (field.kind === 'any' && isTextVector(column)) columns[field.name] = valuesOfTexts(column)
  }
  const labelOf = (row: number): string => `row ${before + row}`
  const typed = dtype === undefined ? withoutNulls(columns) : columns
  return { keys: keysOf(keyVector, plan, labelOf), dtype, columns: typed, labelOf, part }
}

function columnOf(batch: RecordBatch, name: string, names: readonly string[]): ArrowVector | unknown[] {
  const vector = batch.getChild(name)
  if (isVector(vector)) return vector
  throw new InputError(`there is no column ${JSON.stringify(name)}; there are ${names.join(', ')}`)
}

/** Values of any type are JSON in files of tables. */
function valuesOfTexts(column: ArrowVector<string>): unknown[] {
  return textsOfVector(column).map((text) => (text === null ? null : valueOfAnyText(text)))
}

/** A column of nulls alone has no type, and nothing to write. */
function withoutNulls(columns: Record<string, unknown>): Record<string, unknown> {
  const typed = Object.entries(columns).filter(([, column]) => (column as ArrowVector).type.typeId !== ARROW_TYPE.Null)
  return Object.fromEntries(typed)
}

function keysOf(vector: ArrowVector | unknown[], plan: ImportPlan, labelOf: (row: number) => string): Key[] {
  const { namespace, set, keyType } = plan
  const texts = isTextVector(vector) ? textsOfVector(vector) : undefined
  return Array.from({ length: vector.length }, (_, row): Key => {
    const value = texts === undefined ? (vector as ArrowVector).get(row) : texts[row]
    return [namespace, set, keyOf(value, keyType, labelOf(row))]
  })
}

/** A key is what its column holds, unless the command says otherwise. */
function keyOf(value: unknown, keyType: KeyType | undefined, label: string): PrimaryKey {
  if (typeof value === 'string') return keyType === undefined ? value : parseKey(value, keyType, label)
  if (typeof value === 'number' || typeof value === 'bigint') return keyType === 'string' ? String(value) : value
  if (value instanceof Uint8Array) {
    return keyType === 'digest' ? parseKey(Buffer.from(value).toString('hex'), keyType, label) : Buffer.from(value)
  }
  throw new InputError(`${label} has no key`)
}
