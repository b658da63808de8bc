import type { Batch } from '../../batch/batch.js'
import type { Failure } from '../../batch/failure.js'
import type { Client } from '../../client/client.js'
import type { Dtype } from '../../dtype/dtype.js'
import type { Key } from '../../keys/key.js'
import type { OnLoss } from '../../calls/batch-read.js'
import { type Command, EXIT, type Given, UsageError, oneOfWords, required } from '../command.js'
import type { Encoder } from '../../files/encoder.js'
import { encodersOf } from '../../files/formats.js'
import type { Output } from '../../files/output.js'
import { FileSink } from '../../files/sink.js'
import { arrowFormat, formatOfName, openFile, withPath } from '../export/target.js'
import { TextInput } from '../terminal/input.js'
import { Progress } from '../terminal/progress.js'
import { say } from '../terminal/say.js'
import { DescribeEncoder } from '../text/describe.js'
import { parseDtype } from '../text/dtype.js'
import { failedRows, reasonOf } from '../text/failed-rows.js'
import { KEY_TYPES, parseKey } from '../text/keys.js'
import { recordLines } from '../text/record-lines.js'
import { TableEncoder } from '../text/table-encoder.js'
import { CONNECTION_FLAGS, withClientAsync } from './connection.js'
import { FORMATS, RECORD_FLAGS, WHERE_FLAG, filterOfWhere } from './record-flags.js'

const ROWS_AT_ONCE = 10_000
const NOT_FOUND = 2
const FILTERED_OUT = 27

const FLAGS = {
  ...RECORD_FLAGS,
  keys: {
    type: 'string',
    short: 'k',
    value: 'FILE',
    help: 'a file with more keys, one per line; - for standard input',
  },
  format: {
    type: 'string',
    short: 'f',
    value: 'FORMAT',
    help: 'table, csv, ndjson, npy, arrow or parquet; default what the file name says, else table',
  },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'where to write to; default standard output' },
  ...WHERE_FLAG,
  describe: { type: 'boolean', help: 'print count, mean, std, min, quartiles and max per column instead' },
  'on-loss': { type: 'string', value: 'WHAT', help: 'for values that do not fit: allow (default), null or throw' },
  ...CONNECTION_FLAGS,
} as const

type ReadFlags = Given<typeof FLAGS>

/** `aerostride read` */
export const read: Command<typeof FLAGS> = {
  name: 'read',
  operands: '[KEY...]',
  details:
    'Reads the records of keys; the key - stands for those of standard input, one per line.\n' +
    'With --dtype their bins become columns; without it whole records are printed as JSON.\n' +
    `Exit code ${EXIT.rowsFailed} says that some keys could not be read; a record that does not exist does not count.`,
  flags: FLAGS,
  examples: [
    "aerostride read -n test -s sensors -d 'temperature:f8,humidity:i4' sensor_1 sensor_2",
    "aerostride read -n test -s sensors -d 'temperature:f8' --keys ids.txt --describe",
    "aerostride read -n test -s sensors -d 'temperature:f8' --keys ids.txt --where '$.humidity < 60'",
    "aerostride read -n test -s items -d 'embedding:f4[128]' --keys ids.txt -o items.npy",
  ],
  run(given, operands) {
    const keys = keysOf(given, operands)
    const dtype = given.dtype === undefined ? undefined : parseDtype(given.dtype)
    const filter = filterOfWhere(given.where)
    checkCombination(given, dtype)
    return withClientAsync(given, async (client) => {
      const output = await openFile(given.output)
      const reading = { given, keys, filter, output }
      try {
        const counts = await (dtype === undefined ? readRecords(client, reading) : readColumns(client, dtype, reading))
        return report(counts, keys.length)
      } catch (error) {
        await output.discard().catch(() => {})
        throw withPath(error, given.output)
      }
    })
  },
}

function keysOf(given: ReadFlags, operands: readonly string[]): Key[] {
  const namespace = required(given.namespace, 'namespace', 'test')
  const type = oneOfWords(given['key-type'], 'key-type', KEY_TYPES) ?? 'string'
  const key = (text: string, label: string): Key => [namespace, given.set ?? '', parseKey(text, type, label)]
  if ([...operands, given.keys].filter((text) => text === '-').length > 1) {
    throw new UsageError('- is standard input, which can be read once')
  }
  const linesOf = (file: string): Key[] =>
    [...new TextInput(file).lines()].filter((line) => line !== '').map((line) => key(line, file))
  const keys = operands.flatMap((text) => (text === '-' ? linesOf('-') : [key(text, 'arguments')]))
  if (given.keys !== undefined) for (const each of linesOf(given.keys)) keys.push(each)
  if (keys.length > 0) return keys
  throw new UsageError('no keys: give them as arguments, with --keys FILE, or - for standard input')
}

const onLossOf = (given: ReadFlags): OnLoss =>
  oneOfWords(given['on-loss'], 'on-loss', ['allow', 'null', 'throw']) ?? 'allow'

type ReadFormat = (typeof FORMATS)[number]

/** What is asked for, or what the name of the file says. */
function formatOf(given: ReadFlags): ReadFormat {
  const named = formatOfName(given.output)
  return oneOfWords(given.format, 'format', FORMATS) ?? (named === 'arrows' ? 'arrow' : named) ?? 'table'
}

function checkCombination(given: ReadFlags, dtype: Dtype | undefined): void {
  const format = formatOf(given)
  onLossOf(given)
  const isPlain = (given.format === undefined && format === 'table') || format === 'ndjson'
  if (dtype === undefined && (given.describe === true || !isPlain)) {
    throw new UsageError(
      `--${given.describe === true ? 'describe' : 'format'} needs --dtype, such as --dtype temperature:f8`,
    )
  }
  if (['npy', 'arrow', 'parquet'].includes(format) && given.output === undefined && process.stdout.isTTY) {
    throw new UsageError(`--format ${format} writes bytes, which are nothing for a terminal: add --output FILE`)
  }
  const key = given['key-column'] ?? 'key'
  if (dtype?.names.includes(key) === true && ['csv', 'ndjson', 'arrow', 'parquet'].includes(format)) {
    throw new UsageError(`there is a bin "${key}"; give the column of the keys another name with --key-column`)
  }
}

/** How many keys had no record, and how many could not be read. */
interface Counts {
  missing: number
  failed: number
  /** Why the first of them could not. */
  reason?: string | undefined
}

const isFailure = (code: number): boolean => code !== 0 && code !== NOT_FOUND && code !== FILTERED_OUT

function note(counts: Counts, codes: Iterable<number>, failures: readonly Failure[] = []): void {
  counts.reason ??= reasonOf(codes, failures, isFailure)
  for (const code of codes) {
    if (code === NOT_FOUND) counts.missing++
    else if (isFailure(code)) counts.failed++
  }
}

function report({ missing, failed, reason }: Counts, keys: number): number {
  if (missing > 0) say(`aerostride: ${missing} of ${keys} keys have no record`)
  if (failed > 0) say(failedRows(failed, keys, 'keys could not be read', reason))
  return failed > 0 ? EXIT.rowsFailed : 0
}

/** What is read, and where it goes. */
interface Reading {
  readonly given: ReadFlags
  readonly keys: Key[]
  readonly filter: Uint8Array | undefined
  readonly output: Output
}

async function readRecords(client: Client, { keys, filter, output }: Reading): Promise<Counts> {
  const counts: Counts = { missing: 0, failed: 0 }
  await inParts(keys, async (part) => {
    const records = client.batchReadSync(part, { filter })
    note(
      counts,
      records.map(({ resultCode }) => resultCode),
    )
    const lines = recordLines(records.filter(({ resultCode }) => resultCode !== FILTERED_OUT))
    await output.write([Buffer.from(lines)])
  })
  await output.close(true)
  return counts
}

async function readColumns(client: Client, dtype: Dtype, reading: Reading): Promise<Counts> {
  const { given, keys, filter, output } = reading
  const counts: Counts = { missing: 0, failed: 0 }
  const onLoss = onLossOf(given)
  const batchOf = (part: Key[]): Batch => {
    const batch = client.batchReadSync(part, { dtype, onLoss, filter })
    note(counts, batch.resultCodes, batch.failures)
    if (!batch.resultCodes.includes(FILTERED_OUT)) return batch
    return batch.where(Uint8Array.from(batch.resultCodes, (code) => Number(code !== FILTERED_OUT)))
  }
  if (formatOf(given) === 'npy' && given.output === undefined) {
    // The file begins with the number of rows, and a pipe is written once.
    await output.write([batchOf(keys).toNpy()])
    return counts
  }
  const empty = (): Batch => client.batchReadSync([], { dtype })
  const sink = new FileSink(encoderOf(given, dtype, empty), output)
  await inParts(keys, (part) => sink.write(batchOf(part)))
  await sink.end()
  return counts
}

function encoderOf(given: ReadFlags, dtype: Dtype, empty: () => Batch): Encoder {
  const { fields } = dtype
  if (given.describe === true) return new DescribeEncoder(dtype)
  const format = formatOf(given)
  if (format === 'table') return new TableEncoder(fields, { key: 'key', codes: true })
  const key = given['key-column'] ?? 'key'
  const extras = format === 'npy' ? {} : { key }
  const method = `--format ${format}`
  return encodersOf(arrowFormat(format, given.output), { fields, empty, extras, method, views: false }).next()
}

/** Reads part by part, so that there is something to see and the memory stays small. */
async function inParts(keys: Key[], work: (part: Key[]) => Promise<void>): Promise<void> {
  const progress = new Progress('reading')
  for (let at = 0; at < keys.length; at += ROWS_AT_ONCE) {
    await work(keys.slice(at, at + ROWS_AT_ONCE))
    progress.at((at + ROWS_AT_ONCE) / keys.length, Math.min(at + ROWS_AT_ONCE, keys.length))
  }
  progress.end()
}
