import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ownValue } from '../../arguments/options.js'
import type { Client } from '../../client/client.js'
import type { Dtype } from '../../dtype/dtype.js'
import { isFolder } from '../../files/save.js'
import type { WritePolicy } from '../../policies/policy.js'
import type { BatchWriteResult } from '../../calls/batch-write.js'
import { type Command, EXIT, type Given, InputError, UsageError, count, oneOfWords, required } from '../command.js'
import { CONNECTION_FLAGS, withClientAsync } from './connection.js'
import { formatOfName } from '../export/target.js'
import type { ImportPlan, Part } from '../import/part.js'
import { tableParts } from '../import/table-rows.js'
import { textParts } from '../import/text-rows.js'
import { parseDtype } from '../text/dtype.js'
import { failedRows, reasonOf } from '../text/failed-rows.js'
import { KEY_TYPES } from '../text/keys.js'
import { Progress, thousands } from '../terminal/progress.js'
import { say } from '../terminal/say.js'
import { RECORD_FLAGS } from './record-flags.js'

const INPUT_FORMATS = ['csv', 'ndjson', 'arrow', 'parquet'] as const

type InputFormat = (typeof INPUT_FORMATS)[number]

const TTLS: Readonly<Record<string, number>> = { never: -1, keep: -2 }
const EXISTS = ['update', 'updateOnly', 'replace', 'replaceOnly', 'create'] as const

const FLAGS = {
  ...RECORD_FLAGS,
  'key-type': { ...RECORD_FLAGS['key-type'], help: 'string, int, hex or digest; default what the file has' },
  format: {
    type: 'string',
    short: 'f',
    value: 'FORMAT',
    help: 'csv, ndjson, arrow or parquet; default what the file name says, else ndjson',
  },
  ttl: { type: 'string', value: 'SECONDS', help: 'seconds to live; never, or keep what the record has' },
  exists: { type: 'string', value: 'WHAT', help: `what to do with records: ${EXISTS.join(', ')}` },
  'send-key': { type: 'boolean', help: 'store the keys with the records' },
  ...CONNECTION_FLAGS,
} as const

type WriteFlags = Given<typeof FLAGS>

/** `aerostride write` */
export const write: Command<typeof FLAGS> = {
  name: 'write',
  operands: '[PATH]',
  details:
    'Writes a record per row of a file: csv with a header, lines of JSON, Arrow or Parquet. PATH is a file, a folder\n' +
    'of such files, or - for standard input, which is the default.\n' +
    'Only the columns of --dtype are written, which Arrow and Parquet do not need; an empty or missing cell leaves\n' +
    'its bin as it is.\n' +
    `Exit code ${EXIT.rowsFailed} says that some rows could not be written.`,
  flags: FLAGS,
  examples: [
    "aerostride write -n test -s sensors -d 'temperature:f8,humidity:i4' sensors.csv",
    'aerostride write -n test -s sensors sensors.parquet',
    `echo '{"key":"sensor_1","temperature":20.5}' | aerostride write -n test -s sensors -d temperature:f8`,
  ],
  run(given, operands) {
    const plan = planOf(given, operands)
    return withClientAsync(given, async (client) => {
      const { rows, failed, reason } = await writeRows(client, plan)
      if (failed === 0) say(`${recordsText(rows)} written`)
      else say(failedRows(failed, rows, 'rows could not be written', reason))
      return failed > 0 ? EXIT.rowsFailed : 0
    })
  },
}

/** Everything that is known before the first row. */
interface WritePlan extends ImportPlan {
  readonly format: InputFormat
  readonly policy: WritePolicy
  readonly files: readonly string[]
}

function planOf(given: WriteFlags, operands: readonly string[]): WritePlan {
  const [path = '-', second] = operands
  if (second !== undefined) throw new UsageError(`one file at a time: ${JSON.stringify(second)} is one too many`)
  const wanted = oneOfWords(given.format, 'format', INPUT_FORMATS)
  const files = filesOf(path, wanted)
  const format = wanted ?? inputFormat(files[0]) ?? 'ndjson'
  const isTyped = format === 'arrow' || format === 'parquet'
  const fields = isTyped ? given.dtype : required(given.dtype, 'dtype', 'temperature:f8')
  return {
    namespace: required(given.namespace, 'namespace', 'test'),
    set: given.set ?? '',
    dtype: fields === undefined ? undefined : parseDtype(fields),
    keyColumn: given['key-column'] ?? 'key',
    keyType: oneOfWords(given['key-type'], 'key-type', KEY_TYPES),
    format,
    policy: policyOf(given),
    files,
  }
}

function inputFormat(path: string | undefined): InputFormat | undefined {
  const format = formatOfName(path)
  if (format === 'arrows') return 'arrow'
  return format === 'npy' ? undefined : format
}

/** A file, or the files of a folder that no program is still writing. None that could be meant is left out in silence. */
function filesOf(path: string, wanted: InputFormat | undefined): string[] {
  if (path === '-' || !isFolder(path)) return [path]
  const names = folderNames(path).filter((name) => {
    const format = /^[._]/.test(name) ? undefined : inputFormat(name)
    return format !== undefined && format === (wanted ?? format)
  })
  const [first, ...others] = names.toSorted()
  if (first === undefined) throw new InputError(`${path} has no file of ${wanted ?? 'a format that can be read'}`)
  const other = others.find((name) => inputFormat(name) !== inputFormat(first))
  if (other === undefined) return [first, ...others].map((name) => join(path, name))
  throw new UsageError(`${path} has files of several formats, such as ${first} and ${other}: choose one with --format`)
}

function folderNames(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    throw new InputError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function policyOf(given: WriteFlags): WritePolicy {
  const policy: WritePolicy = {}
  const exists = oneOfWords(given.exists, 'exists', EXISTS)
  if (exists !== undefined) policy.exists = exists
  if (given.ttl !== undefined) policy.ttl = ownValue(TTLS, given.ttl) ?? count(given.ttl, 'ttl', 1, 0)
  if (given['send-key'] === true) policy.sendKey = true
  return policy
}

/** How many rows there were, how many could not be written, and why the first of those could not. */
interface Written {
  readonly rows: number
  readonly failed: number
  readonly reason: string | undefined
}

async function writeRows(client: Client, plan: WritePlan): Promise<Written> {
  const progress = new Progress('writing')
  let [rows, failed] = [0, 0]
  let reason: string | undefined
  for (const [index, file] of plan.files.entries()) {
    try {
      for await (const part of partsOf(file, plan)) {
        const { ok, length, resultCodes, failures } = writePart(client, plan, part)
        reason ??= reasonOf(resultCodes, failures, (code) => code !== 0)
        rows += length
        failed += length - ok
        progress.at((index + part.part) / plan.files.length, rows)
      }
    } catch (error) {
      throw withPlace(error as Error, plan.files.length > 1 ? file : undefined, rows - failed)
    }
  }
  progress.end()
  return { rows, failed, reason }
}

/** Says which of several files an error is about, and how many records had been written by then. */
function withPlace(error: Error, file: string | undefined, written: number): Error {
  const place = file === undefined || error.message.startsWith(file) ? '' : `${file}: `
  const before = written === 0 ? '' : `; ${recordsText(written)} had been written by then`
  error.message = `${place}${error.message}${before}`
  return error
}

const recordsText = (many: number): string => `${thousands(many)} ${many === 1 ? 'record' : 'records'}`

function partsOf(file: string, plan: WritePlan): AsyncIterable<Part> | Iterable<Part> {
  const { format, dtype } = plan
  if (format === 'arrow' || format === 'parquet') return tableParts(file, format, plan)
  return textParts(file, format, { ...plan, dtype: dtype as Dtype })
}

function writePart(client: Client, { policy }: WritePlan, part: Part): BatchWriteResult {
  const { keys, dtype, columns } = part
  try {
    return client.batchWriteSync(keys, { ...(dtype && { dtype }), columns: columns as never, policy })
  } catch (error) {
    throw named(error as Error, part)
  }
}

/** Values, keys and columns that do not fit are known to the client by their place; the user knows the line. */
function named(error: Error, { columns, labelOf }: Part): Error {
  const { message } = error
  const [, keyRow, ofKey] = /^keys\[(\d+)\]\[2\](.*)$/s.exec(message) ?? []
  if (ofKey !== undefined) return new InputError(`${labelOf(Number(keyRow))}, the key${ofKey}`)
  const longestFirst = Object.keys(columns).toSorted((one, other) => other.length - one.length)
  for (const name of longestFirst) {
    const [before, behind] = message.split(`options.columns.${name}`, 2)
    if (before === undefined || behind === undefined) continue
    if (behind.startsWith(' ')) return new InputError(`column ${name}${behind}`)
    const [, row, rest] = /^\[(\d+)\](.*)$/s.exec(behind) ?? []
    if (rest === undefined) continue
    const label = labelOf(Number(row))
    const isOfCell = before === '' && rest.startsWith(' ')
    return new InputError(isOfCell ? `${label}, ${name}:${rest}` : `${label}: ${before}${name}${rest}`)
  }
  return error
}
