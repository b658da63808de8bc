import { extname } from 'node:path'
import type { Client } from '../../client/client.js'
import type { Dtype } from '../../dtype/dtype.js'
import type { Key } from '../../keys/key.js'
import type { WritePolicy } from '../../policies/policy.js'
import type { BatchWriteResult } from '../../calls/batch-write.js'
import { valueOfJson, valueOfText } from '../text/cells.js'
import { type Command, EXIT, type Given, InputError, UsageError, count, oneOfWords, required } from '../command.js'
import { CONNECTION_FLAGS, withClient } from './connection.js'
import { parseCsv } from '../text/csv.js'
import { parseDtype } from '../text/dtype.js'
import { failedRows, reasonOf } from '../text/failed-rows.js'
import { TextInput } from '../terminal/input.js'
import { parseJson } from '../text/json.js'
import { KEY_TYPES, type KeyType, parseKey } from '../text/keys.js'
import { Progress, thousands } from '../terminal/progress.js'
import { RECORD_FLAGS } from './record-flags.js'

const ROWS_AT_ONCE = 10_000
const INPUT_FORMATS = ['csv', 'ndjson'] as const
const EXISTS = ['update', 'updateOnly', 'replace', 'replaceOnly', 'create'] as const

const FLAGS = {
  ...RECORD_FLAGS,
  format: { type: 'string', short: 'f', value: 'FORMAT', help: 'csv or ndjson; default what the file name says' },
  ttl: { type: 'string', value: 'SECONDS', help: 'seconds to live; never, or keep what the record has' },
  exists: { type: 'string', value: 'WHAT', help: `what to do with records: ${EXISTS.join(', ')}` },
  'send-key': { type: 'boolean', help: 'store the keys with the records' },
  ...CONNECTION_FLAGS,
} as const

type WriteFlags = Given<typeof FLAGS>

/** `aerostride write` */
export const write: Command<typeof FLAGS> = {
  name: 'write',
  summary: 'write records from csv or ndjson',
  operands: '[FILE]',
  details:
    'Writes a record per row of a csv file with a header, or per line of JSON; without FILE from standard input.\n' +
    'Only the columns of --dtype are written; an empty or missing cell leaves its bin as it is.\n' +
    `Exit code ${EXIT.rowsFailed} says that some rows could not be written.`,
  flags: FLAGS,
  examples: [
    "aerostride write -n test -s sensors -d 'temperature:f8,humidity:i4' sensors.csv",
    `echo '{"key":"sensor_1","temperature":20.5}' | aerostride write -n test -s sensors -d temperature:f8`,
  ],
  run(given, operands) {
    const plan = planOf(given, operands)
    return withClient(given, (client) => {
      const { rows, failed, reason } = writeRows(client, plan)
      if (failed === 0) process.stderr.write(`${thousands(rows)} ${rows === 1 ? 'record' : 'records'} written\n`)
      else process.stderr.write(failedRows(failed, rows, 'rows could not be written', reason))
      return failed > 0 ? EXIT.rowsFailed : 0
    })
  },
}

/** Everything that is known before the first row. */
interface WritePlan {
  readonly namespace: string
  readonly set: string
  readonly dtype: Dtype
  readonly keyColumn: string
  readonly keyType: KeyType
  readonly format: (typeof INPUT_FORMATS)[number]
  readonly policy: WritePolicy
  readonly input: TextInput
}

function planOf(given: WriteFlags, operands: readonly string[]): WritePlan {
  const [file = '-', second] = operands
  if (second !== undefined) throw new UsageError(`one file at a time: ${JSON.stringify(second)} is one too many`)
  return {
    namespace: required(given.namespace, 'namespace', 'test'),
    set: given.set ?? '',
    dtype: parseDtype(required(given.dtype, 'dtype', 'temperature:f8')),
    keyColumn: given['key-column'] ?? 'key',
    keyType: oneOfWords(given['key-type'], 'key-type', KEY_TYPES) ?? 'string',
    format: oneOfWords(given.format, 'format', INPUT_FORMATS) ?? (extname(file) === '.csv' ? 'csv' : 'ndjson'),
    policy: policyOf(given),
    input: new TextInput(file),
  }
}

function policyOf(given: WriteFlags): WritePolicy {
  const policy: WritePolicy = {}
  const exists = oneOfWords(given.exists, 'exists', EXISTS)
  if (exists !== undefined) policy.exists = exists
  if (given.ttl !== undefined) policy.ttl = { never: -1, keep: -2 }[given.ttl] ?? count(given.ttl, 'ttl', 1, 0)
  if (given['send-key'] === true) policy.sendKey = true
  return policy
}

/** Rows on their way: keys, the lines they come from, and a list of values per field. */
interface Part {
  readonly keys: Key[]
  readonly lines: number[]
  readonly columns: unknown[][]
}

const emptyPart = ({ dtype }: WritePlan): Part => ({ keys: [], lines: [], columns: dtype.fields.map(() => []) })

/** How many rows there were, how many could not be written, and why the first of those could not. */
interface Written {
  readonly rows: number
  readonly failed: number
  readonly reason: string | undefined
}

function writeRows(client: Client, plan: WritePlan): Written {
  const progress = new Progress('writing')
  let rows = 0
  let failed = 0
  let reason: string | undefined
  for (const part of partsOf(plan)) {
    const { ok, length, resultCodes, failures } = writePart(client, plan, part)
    reason ??= reasonOf(resultCodes, failures, (code) => code !== 0)
    rows += length
    failed += length - ok
    progress.at(plan.input.size === 0 ? 0 : plan.input.read / plan.input.size, rows)
  }
  progress.end()
  return { rows, failed, reason }
}

function writePart(client: Client, { dtype, policy }: WritePlan, part: Part): BatchWriteResult {
  const columns = Object.fromEntries(dtype.names.map((name, index) => [name, part.columns[index]]))
  try {
    return client.batchWriteSync(part.keys, { dtype, columns: columns as never, policy })
  } catch (error) {
    throw named(error as Error, part.lines)
  }
}

/** A value that does not fit is known to the client by its row; the user knows the line. */
function named(error: Error, lines: readonly number[]): Error {
  const match = /^options\.columns\.(.*?)\[(\d+)\](.*)$/s.exec(error.message)
  return match === null ? error : new InputError(`line ${lines[Number(match[2])]}, ${match[1]}:${match[3]}`)
}

function* partsOf(plan: WritePlan): Generator<Part> {
  let part = emptyPart(plan)
  for (const row of plan.format === 'csv' ? csvRows(plan) : jsonRows(plan)) {
    part.keys.push([plan.namespace, plan.set, row.key])
    part.lines.push(row.line)
    row.values.forEach((value, index) => part.columns[index]?.push(value))
    if (part.keys.length === ROWS_AT_ONCE) {
      yield part
      part = emptyPart(plan)
    }
  }
  if (part.keys.length > 0) yield part
}

interface InputRow {
  readonly key: Key[2]
  readonly line: number
  readonly values: unknown[]
}

function* csvRows({ input, dtype, keyColumn, keyType }: WritePlan): Generator<InputRow> {
  let places: number[] | undefined
  for (const { cells, line } of parseCsv(input.blocks())) {
    if (places === undefined) {
      places = [keyColumn, ...dtype.names].map((name) => columnOf(cells, name, line))
      continue
    }
    const [keyAt = 0, ...fieldsAt] = places
    yield {
      key: parseKey(cells[keyAt] ?? '', keyType, `line ${line}`),
      line,
      values: dtype.fields.map((field, index) => valueOfText(cells[fieldsAt[index] as number] ?? '', { field, line })),
    }
  }
}

function columnOf(header: readonly string[], name: string, line: number): number {
  const at = header.indexOf(name)
  if (at >= 0) return at
  throw new InputError(`line ${line}: there is no column ${JSON.stringify(name)}; there are ${header.join(', ')}`)
}

function* jsonRows({ input, dtype, keyColumn, keyType }: WritePlan): Generator<InputRow> {
  let line = 0
  for (const text of input.lines()) {
    line++
    if (text.trim() === '') continue
    const row = objectOf(text, line)
    const key = row[keyColumn]
    if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint') {
      throw new InputError(`line ${line}: ${JSON.stringify(keyColumn)} must be the key, as text or an integer`)
    }
    yield {
      key: parseKey(String(key), keyType, `line ${line}`),
      line,
      values: dtype.fields.map((field) => valueOfJson(row[field.name], { field, line })),
    }
  }
}

function objectOf(text: string, line: number): Record<string, unknown> {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    throw new InputError(`line ${line} is not JSON`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InputError(`line ${line} is not a JSON object`)
}
