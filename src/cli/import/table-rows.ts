import type { RecordBatch } from 'apache-arrow'
import { isTextVector, textsOfVector } from '../../arrow/read-texts.js'
import { type ArrowVector, ARROW_TYPE, KEYS_METADATA, isVector } from '../../arrow/vector.js'
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
    for (;;) {
      const { value, done } = await unlessPanic(batches.next())
      if (done === true) return
      yield value
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('ERR_AEROSTRIDE') === true) throw error
    const reason = code ?? reasonOf(error, message, format)
    throw new InputError(`${path === '-' ? 'standard input' : path} cannot be read (${reason})`)
  }
}

function reasonOf(error: unknown, message: string, format: string): string {
  if (isPanic(error)) return 'it holds what parquet-wasm does not know, or is damaged'
  if (/compress/i.test(message)) return "its buffers are compressed; write it with compression='uncompressed'"
  return `it is not ${format}, or not all of it: ${message}`
}

/** Whether it is an error of WebAssembly, whose class has no type without that of browsers. */
const isPanic = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError'

/** Where a library in WebAssembly panics, its promise stays open, and the error is one that nobody catches. */
async function unlessPanic<T>(promise: Promise<T>): Promise<T> {
  const over = new AbortController()
  const panic = new Promise<never>((_, reject) => {
    const listener = (error: unknown): void => {
      if (!isPanic(error)) throw error
      reject(error)
    }
    process.on('uncaughtException', listener)
    over.signal.addEventListener('abort', () => process.off('uncaughtException', listener))
  })
  try {
    return await Promise.race([promise, panic])
  } finally {
    over.abort()
  }
}

function partOf(batch: RecordBatch, plan: ImportPlan, before: number, part: number): Part {
  const { keyColumn, dtype } = plan
  const names = batch.schema.fields.map(({ name }) => name)
  const keyVector = keysColumnOf(batch, keyColumn, names)
  const wanted = dtype?.names ?? names.filter((name) => name !== keyColumn)
  const columns: Record<string, ArrowVector | unknown[]> = Object.fromEntries(
    wanted.map((name) => [name, columnOf(batch, name, names)]),
  )
  const labelOf = (row: number): string => `row ${before + row}`
  for (const { name, kind } of dtype?.fields ?? []) {
    const column = columns[name]
    if (kind === 'any' && isTextVector(column)) {
      columns[name] = valuesOfTexts(column, (row) => `${labelOf(row)}, ${name}`)
    }
  }
  const typed = dtype === undefined ? withoutNulls(columns) : columns
  if (Object.keys(typed).length === 0) throw new InputError('there is no column beside the key that has values')
  const keyType = keyTypeOf(batch, plan)
  return { keys: keysOf(keyVector, { ...plan, keyType }, labelOf), dtype, columns: typed, labelOf, part }
}

function columnOf(batch: RecordBatch, name: string, names: readonly string[]): ArrowVector {
  const vector = batch.getChild(name)
  if (names.indexOf(name) !== names.lastIndexOf(name)) {
    throw new InputError(`there are two columns ${JSON.stringify(name)}`)
  }
  if (isVector(vector)) return vector
  throw new InputError(`there is no column ${JSON.stringify(name)}; there are ${names.join(', ')}`)
}

/** What a key can be: integers, which may have become floats on their way, text and bytes. */
const KEYS: ReadonlySet<number> = new Set([
  ARROW_TYPE.Int,
  ARROW_TYPE.Float,
  ARROW_TYPE.Utf8,
  ARROW_TYPE.LargeUtf8,
  ARROW_TYPE.Utf8View,
  ARROW_TYPE.Binary,
  ARROW_TYPE.LargeBinary,
  ARROW_TYPE.BinaryView,
  ARROW_TYPE.FixedSizeBinary,
  // A row says that it has no key.
  ARROW_TYPE.Null,
])

function keysColumnOf(batch: RecordBatch, name: string, names: readonly string[]): ArrowVector {
  const vector = columnOf(batch, name, names)
  const { typeId, dictionary } = vector.type as { typeId: number; dictionary?: { typeId: number } }
  if (KEYS.has(dictionary?.typeId ?? typeId)) return vector
  const type = (vector.type as { toString(): string }).toString()
  throw new InputError(`the column ${JSON.stringify(name)} is of ${type}; keys are text, integers or bytes`)
}

/** Values of any type are JSON in files of tables. */
function valuesOfTexts(column: ArrowVector<string>, labelOf: (row: number) => string): unknown[] {
  return textsOfVector(column).map((text, row) => (text === null ? null : valueOfAnyText(text, () => labelOf(row))))
}

/** A column of nulls alone has no type, and nothing to write. */
function withoutNulls(columns: Record<string, unknown>): Record<string, unknown> {
  const typed = Object.entries(columns).filter(([, column]) => (column as ArrowVector).type.typeId !== ARROW_TYPE.Null)
  return Object.fromEntries(typed)
}

function keysOf(vector: ArrowVector, plan: ImportPlan, labelOf: (row: number) => string): Key[] {
  const { namespace, set, keyType } = plan
  const texts = isTextVector(vector) ? textsOfVector(vector) : undefined
  return Array.from({ length: vector.length }, (_, row): Key => {
    const value = texts === undefined ? vector.get(row) : texts[row]
    return [namespace, set, keyOf(value, keyType, labelOf(row))]
  })
}

/** How keys are read: as the command says, or a file that was exported with digests. */
function keyTypeOf({ schema }: RecordBatch, { keyColumn, keyType }: ImportPlan): KeyType | undefined {
  const field = schema.fields.find(({ name }) => name === keyColumn)
  if (field?.metadata.get(KEYS_METADATA) !== 'digest') return keyType
  if (keyType === undefined || keyType === 'digest') return 'digest'
  throw new InputError(
    `--key-type ${keyType}: the file says that its column ${JSON.stringify(keyColumn)} has digests; leave --key-type out`,
  )
}

/** A key is what its column holds, unless the command says otherwise. */
function keyOf(value: unknown, keyType: KeyType | undefined, label: string): PrimaryKey {
  if (typeof value === 'string') return keyType === undefined ? value : parseKey(value, keyType, label)
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (keyType === 'string') return String(value)
    if (keyType === undefined || keyType === 'int') return value
    throw new InputError(`${label}: --key-type ${keyType} is for text and bytes, and the key is ${value}`)
  }
  if (value instanceof Uint8Array) {
    if (keyType === 'digest') return parseKey(Buffer.from(value).toString('hex'), keyType, label)
    if (keyType === undefined || keyType === 'hex') return Buffer.from(value)
    const hex = Buffer.from(value).toString('hex')
    throw new InputError(
      `${label}: --key-type ${keyType} is for text and integers, and the key is bytes, ${hex} in hex`,
    )
  }
  throw new InputError(`${label} has no key`)
}
