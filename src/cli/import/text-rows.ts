import { ownValue } from '../../arguments/options.js'
import type { Dtype } from '../../dtype/dtype.js'
import type { Key } from '../../keys/key.js'
import { isIntegerText } from '../../files/text.js'
import { InputError } from '../command.js'
import { TextInput } from '../terminal/input.js'
import { valueOfEmptyText, valueOfJson, valueOfText } from '../text/cells.js'
import { parseCsv } from '../text/csv.js'
import { ImpossibleValue, parseJson } from '../text/json.js'
import { parseKey } from '../text/keys.js'
import { type ImportPlan, type Part, ROWS_AT_ONCE } from './part.js'

/** A plan whose columns are known. */
type TextPlan = ImportPlan & { readonly dtype: Dtype }

/** The rows of a file of CSV or of lines of JSON. */
export function* textParts(path: string, format: 'csv' | 'ndjson', plan: TextPlan): Generator<Part> {
  const input = new TextInput(path)
  const { namespace, set, dtype } = plan
  let rows = new Rows(dtype)
  const part = (): number => (input.size === 0 ? 0 : input.read / input.size)
  for (const row of format === 'csv' ? csvRows(input, plan) : jsonRows(input, plan)) {
    rows.add([namespace, set, row.key], row)
    if (rows.keys.length < ROWS_AT_ONCE) continue
    yield rows.part(part())
    rows = new Rows(dtype)
  }
  if (rows.keys.length > 0) yield rows.part(part())
}

interface InputRow {
  readonly key: Key[2]
  readonly line: number
  readonly values: unknown[]
}

/** Rows that are collected: keys, the lines they come from, and a list of values per field. */
class Rows {
  readonly keys: Key[] = []
  readonly #dtype: Dtype
  readonly #lines: number[] = []
  readonly #columns: unknown[][]

  constructor(dtype: Dtype) {
    this.#dtype = dtype
    this.#columns = dtype.fields.map(() => [])
  }

  add(key: Key, { line, values }: InputRow): void {
    this.keys.push(key)
    this.#lines.push(line)
    values.forEach((value, index) => this.#columns[index]?.push(value))
  }

  part(part: number): Part {
    const [lines, dtype] = [this.#lines, this.#dtype]
    const columns = Object.fromEntries(dtype.names.map((name, index) => [name, this.#columns[index]]))
    return { keys: this.keys, dtype, columns, labelOf: (row) => `line ${lines[row]}`, part }
  }
}

function* csvRows(input: TextInput, { dtype, keyColumn, keyType }: TextPlan): Generator<InputRow> {
  let places: number[] | undefined
  for (const { cells, line, quoted } of parseCsv(input.blocks())) {
    if (places === undefined) {
      places = [keyColumn, ...dtype.names].map((name) => columnOf(cells, name, line))
      continue
    }
    const [keyAt = 0, ...fieldsAt] = places
    const key = cells[keyAt] ?? ''
    const isText = quoted?.has(keyAt) === true
    if (key === '' && !isText) {
      throw new InputError(`line ${line} has no ${JSON.stringify(keyColumn)}; the key that is empty text is ""`)
    }
    yield {
      key: parseKey(key, keyType ?? (!isText && isIntegerText(key) ? 'int' : 'string'), `line ${line}`),
      line,
      values: dtype.fields.map((field, index) => {
        const at = fieldsAt[index] as number
        const [cell = '', place] = [cells[at], { field, line }]
        return cell === '' && quoted?.has(at) === true ? valueOfEmptyText(place) : valueOfText(cell, place)
      }),
    }
  }
}

function columnOf(header: readonly string[], name: string, line: number): number {
  const at = header.indexOf(name)
  if (at !== header.lastIndexOf(name)) {
    throw new InputError(`line ${line}: there are two columns ${JSON.stringify(name)}`)
  }
  if (at >= 0) return at
  if (header.some((cell) => cell.includes('\r'))) {
    throw new InputError(`line ${line} has line ends that are \\r alone; lines end with \\n or \\r\\n`)
  }
  throw new InputError(`line ${line}: there is no column ${JSON.stringify(name)}; there are ${header.join(', ')}`)
}

function* jsonRows(input: TextInput, { dtype, keyColumn, keyType }: TextPlan): Generator<InputRow> {
  let line = 0
  for (const text of input.lines()) {
    line++
    if (text.trim() === '') continue
    const row = objectOf(text, line)
    const key = ownValue(row, keyColumn)
    if (typeof key !== 'string' && typeof key !== 'bigint' && !Number.isSafeInteger(key)) {
      throw new InputError(`line ${line}: ${JSON.stringify(keyColumn)} must be the key, as text or an integer`)
    }
    yield {
      key: parseKey(String(key), keyType ?? (typeof key === 'string' ? 'string' : 'int'), `line ${line}`),
      line,
      values: dtype.fields.map((field) => valueOfJson(ownValue(row, field.name), { field, line })),
    }
  }
}

function objectOf(text: string, line: number): Record<string, unknown> {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    if (error instanceof ImpossibleValue) throw new InputError(`line ${line}: ${error.message}`)
    throw new InputError(`line ${line} is not JSON`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InputError(`line ${line} is not a JSON object`)
}
