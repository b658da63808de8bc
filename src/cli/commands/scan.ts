import type { Batch } from '../../batch/batch.js'
import type { Client } from '../../client/client.js'
import { type Dtype, dtype } from '../../dtype/dtype.js'
import { encodersOf } from '../../files/formats.js'
import { temporaryName } from '../../files/output.js'
import { FileSink, type Sink } from '../../files/sink.js'
import { codeOf } from '../../kinds/code.js'
import type { Stream } from '../../stream/stream.js'
import type { Where } from '../../stream/where.js'
import { type Command, type Given, InputError, UsageError, count, oneOfWords, required } from '../command.js'
import { CONNECTION_FLAGS, withClientAsync } from './connection.js'
import { inferredDtype } from '../export/infer.js'
import { Losses } from '../export/losses.js'
import { type Checkpoint, type Outcome, runExport } from '../export/run.js'
import { Stop } from '../export/stop.js'
import { type Job, type State, type StoredField, checkSameJob, readState, writeState } from '../export/state.js'
import {
  StandardOutput,
  type Target,
  arrowFormat,
  checkResumable,
  formatOfName,
  isFolderTarget,
  openTarget,
  prepare,
  withPath,
} from '../export/target.js'
import { DescribeEncoder } from '../text/describe.js'
import { parseDtype } from '../text/dtype.js'
import { TableEncoder } from '../text/table-encoder.js'
import { parseIndex } from '../text/index-condition.js'
import { thousands } from '../terminal/progress.js'
import { say } from '../terminal/say.js'
import { FORMATS, RECORD_FLAGS, WHERE_FLAG, filterOfWhere } from './record-flags.js'

const { namespace, set } = RECORD_FLAGS
const KEYS = ['user', 'digest', 'none'] as const
const SAVE_EVERY = 200_000
const ROWS_PER_FILE = 1_000_000

const FLAGS = {
  namespace,
  set: { ...set, help: 'the set; default all records of the namespace' },
  dtype: { ...RECORD_FLAGS.dtype, help: 'bins and their types; default what a sample of the set holds' },
  ...WHERE_FLAG,
  index: {
    type: 'string',
    value: 'COND',
    help: "only what a secondary index finds: 'age=20..30', 'city=Rome', 'list:tags=red'",
  },
  shard: { type: 'string', value: 'I/N', help: 'share I, from 0, of N that together are the whole' },
  limit: { type: 'string', short: 'l', value: 'N', help: 'end after so many rows' },
  keys: { type: 'string', value: 'WHAT', help: 'user (default, where they are stored), digest or none' },
  'key-column': { ...RECORD_FLAGS['key-column'], help: 'what the column of the keys is called; default key' },
  format: {
    type: 'string',
    short: 'f',
    value: 'FORMAT',
    help: 'table, csv, ndjson, npy, arrow or parquet; default what the file name says, else table',
  },
  output: { type: 'string', short: 'o', value: 'PATH', help: 'a file, or a folder for several: it ends with /' },
  'rows-per-file': { type: 'string', value: 'N', help: 'rows after which a file of a folder ends; default 1000000' },
  resume: { type: 'string', value: 'FILE', help: 'keep in FILE how far it is, and go on from there' },
  'save-every': { type: 'string', value: 'N', help: 'rows after which FILE is written again; default 200000' },
  describe: { type: 'boolean', help: 'print count, mean, std, min, quartiles and max per column instead' },
  'on-loss': { type: 'string', value: 'WHAT', help: 'for values that do not fit: allow (default), null or throw' },
  'batch-rows': {
    type: 'string',
    value: 'N',
    help: 'rows at once in memory; default 32768, fewer where they are large',
  },
  'records-per-second': { type: 'string', value: 'N', help: 'at most so many records from each node' },
  ...CONNECTION_FLAGS,
} as const

type ScanFlags = Given<typeof FLAGS>

/** `aerostride scan` */
export const scan: Command<typeof FLAGS> = {
  name: 'scan',
  operands: '',
  details:
    'Reads all records of a set, in no order, with little memory however many there are.\n' +
    'Ctrl-C ends it with a file that can be read. With --resume the same command goes on where it ended,\n' +
    'after Ctrl-C, a failed connection or a crash, and the output has every record once.',
  flags: FLAGS,
  examples: [
    'aerostride scan -n test -s sensors --limit 10',
    'aerostride scan -n test -s sensors -o sensors.parquet',
    "aerostride scan -n test -s sensors -d 'temperature:f8,site:utf8' --where '$.temperature > 30' -o warm.csv",
    'aerostride scan -n test -s sensors -f parquet -o sensors/ --shard 0/4 --resume shard-0.state',
    "aerostride scan -n test -s people --index 'age=20..30' -f ndjson | head",
  ],
  async run(given) {
    const plan = planOf(given)
    const state = given.resume === undefined ? undefined : await stateOf(given.resume, plan.job)
    if (state?.isDone === true) {
      say(`${rowsText(state.position.rows)} exported already; remove ${given.resume} to begin again`)
      return 0
    }
    const stop = new Stop()
    try {
      return await withClientAsync(given, (client) => new Run(plan, state, client, stop).run())
    } catch (error) {
      // Before the first row there is nothing to say.
      if (stop.signal.aborted && (error as Error).name === 'AbortError') return stop.exitCode
      throw error
    } finally {
      stop.release()
    }
  },
}

/** Everything that is known before connecting. */
interface Plan {
  readonly given: ScanFlags
  readonly namespace: string
  readonly set: string
  readonly dtype: Dtype | undefined
  readonly filter: Uint8Array | undefined
  readonly where: Where | undefined
  readonly shard: readonly [number, number] | undefined
  readonly limit: number | undefined
  readonly keys: (typeof KEYS)[number]
  readonly onLoss: 'allow' | 'null' | 'throw'
  readonly batchRows: number | undefined
  readonly recordsPerSecond: number | undefined
  /** Where the rows go; nothing for a table or a description. */
  readonly target: Target | undefined
  readonly saveEvery: number
  readonly job: Job
}

function planOf(given: ScanFlags): Plan {
  const place = { namespace: required(given.namespace, 'namespace', 'test'), set: given.set ?? '' }
  const shard = shardOf(given.shard)
  const target = targetOf(given, shard)
  if (given.resume !== undefined) {
    if (target === undefined) throw new UsageError('--resume is for files: add --output, such as --output sensors.csv')
    checkResumable(target)
  }
  const limit = given.limit === undefined ? undefined : count(given.limit, 'limit', 1, 1)
  const keys = oneOfWords(given.keys, 'keys', KEYS) ?? 'user'
  const perSecond = given['records-per-second']
  const saveEvery = count(given['save-every'], 'save-every', 1, SAVE_EVERY)
  return {
    ...place,
    given,
    shard,
    target,
    limit,
    keys,
    dtype: given.dtype === undefined ? undefined : parseDtype(given.dtype),
    filter: filterOfWhere(given.where),
    where: given.index === undefined ? undefined : parseIndex(given.index),
    onLoss: oneOfWords(given['on-loss'], 'on-loss', ['allow', 'null', 'throw']) ?? 'allow',
    batchRows: given['batch-rows'] === undefined ? undefined : count(given['batch-rows'], 'batch-rows', 1, 1),
    recordsPerSecond: perSecond === undefined ? undefined : count(perSecond, 'records-per-second', 1, 1),
    // Every file of a folder that is complete is worth a new state.
    saveEvery: target !== undefined && isFolderTarget(target) ? 1 : saveEvery,
    job: jobOf(given, place, target),
  }
}

/** What has to be the same when an export goes on. */
function jobOf(given: ScanFlags, place: { namespace: string; set: string }, target: Target | undefined): Job {
  const { dtype: fields, where, index, shard, limit, keys, output } = given
  const rest = { keys, 'key-column': given['key-column'], 'on-loss': given['on-loss'], format: target?.format }
  return { ...place, dtype: fields, where, index, shard, limit, ...rest, output }
}

function targetOf(given: ScanFlags, shard: readonly [number, number] | undefined): Target | undefined {
  const { output: path } = given
  const named = formatOfName(path)
  const format = oneOfWords(given.format, 'format', FORMATS) ?? (named === 'arrows' ? 'arrow' : named) ?? 'table'
  if (given.describe === true || format === 'table') {
    if (path === undefined || given.describe !== true) return tableTarget(path, given.format)
    throw new UsageError('--describe prints, and writes no file: leave --output out')
  }
  if (path === undefined && format === 'npy') {
    throw new UsageError(
      '--format npy needs --output: the file begins with the number of rows, which is known at the end',
    )
  }
  if (path === undefined && process.stdout.isTTY && format !== 'csv' && format !== 'ndjson') {
    throw new UsageError(`--format ${format} writes bytes, which are nothing for a terminal: add --output PATH`)
  }
  const prefix = shard === undefined ? 'part' : `shard-${shard[0]}-of-${shard[1]}`
  const rowsPerFile = count(given['rows-per-file'], 'rows-per-file', 1, ROWS_PER_FILE)
  return { format: arrowFormat(format, path), path, prefix, rowsPerFile }
}

function tableTarget(path: string | undefined, format: string | undefined): undefined {
  if (path === undefined) return undefined
  if (format !== undefined) {
    throw new UsageError('--format table prints, and writes no file: leave --output out, or choose another format')
  }
  throw new UsageError(
    `--output ${path}: the name says no format; name a file .csv, .ndjson, .npy, .arrow or .parquet, or add --format`,
  )
}

function shardOf(text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined
  const [, i, n] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number)
  if (i !== undefined && n !== undefined && i < n && n <= 4096) return [i, n]
  throw new UsageError(
    `--shard must be I/N with I from 0 to N - 1 and N up to 4096, such as 0/4, not ${JSON.stringify(text)}`,
  )
}

async function stateOf(path: string, job: Job): Promise<State | undefined> {
  const state = await readState(path)
  if (state !== undefined) checkSameJob(state, job, path)
  return state
}

/** One run of an export, which may go on with an earlier one. */
class Run {
  readonly #plan: Plan
  readonly #state: State | undefined
  readonly #client: Client
  readonly #stop: Stop
  readonly #started = performance.now()

  constructor(plan: Plan, state: State | undefined, client: Client, stop: Stop) {
    this.#plan = plan
    this.#state = state
    this.#client = client
    this.#stop = stop
  }

  async run(): Promise<number> {
    const fields = await this.#dtype()
    const before = this.#state?.position.rows ?? 0
    const losses = new Losses(fields.names, this.#plan.target === undefined ? 'none' : this.#plan.keys)
    const stream = this.#open(fields, before)
    const { sink, checkpoint } = await this.#output(fields, stream)
    const { limit, saveEvery } = this.#plan
    const onBatch = (batch: Batch): void => losses.add(batch)
    const { signal } = this.#stop
    const job = { stream, sink, before, limit, onBatch, checkpoint, saveEvery, signal }
    const outcome = await runExport(job).catch((error) => {
      throw this.#withAdvice(error, 0)
    })
    if (outcome.failure !== undefined) throw this.#withAdvice(outcome.failure, outcome.rows)
    return this.#report(outcome, losses)
  }

  async #dtype(): Promise<Dtype> {
    if (this.#plan.dtype !== undefined) return this.#plan.dtype
    if (this.#state !== undefined) return dtype(this.#state.dtype as [])
    const { namespace: ns, set: name, filter } = this.#plan
    return inferredDtype(this.#client, ns, name, { filter, signal: this.#stop.signal })
  }

  #open(fields: Dtype, before: number): Stream<Batch> {
    const {
      namespace: ns,
      set: name,
      filter,
      where,
      shard,
      limit,
      keys,
      onLoss,
      batchRows,
      recordsPerSecond,
    } = this.#plan
    const options = {
      dtype: fields,
      filter,
      keys,
      onLoss,
      batchRows,
      recordsPerSecond,
      partitions: shard === undefined ? undefined : { shard },
      maxRows: limit === undefined ? undefined : Math.max(1, limit - before),
      after: this.#state?.cursor,
      signal: this.#stop.signal,
    }
    return where === undefined
      ? this.#client.scan(ns, name, options)
      : this.#client.query(ns, name, { ...options, where })
  }

  async #output(fields: Dtype, stream: Stream<Batch>): Promise<{ sink: Sink; checkpoint: Checkpoint | undefined }> {
    const { target, keys, given } = this.#plan
    const key = keys === 'none' ? undefined : (given['key-column'] ?? 'key')
    if (target === undefined) {
      const encoder = given.describe === true ? new DescribeEncoder(fields) : new TableEncoder(fields.fields, { key })
      return { sink: new FileSink(encoder, new StandardOutput()), checkpoint: undefined }
    }
    if (key !== undefined && fields.names.includes(key)) {
      throw new UsageError(
        `there is a bin "${key}"; give the column of the keys another name with --key-column, or --keys none`,
      )
    }
    const position = this.#state?.position ?? { rows: 0 }
    const encoders = encodersOf(target.format, {
      fields: fields.fields,
      empty: () => stream.emptyBatch('scan'),
      extras: key === undefined ? {} : { key },
      method: `--format ${target.format === 'arrows' ? 'arrow' : target.format}`,
      views: false,
      isResumed: (position.length ?? 0) > 0,
      keyKind: this.#state?.keyKind,
    })
    const stored = storedFields(fields)
    const save = async (at: State['position'], isDone: boolean): Promise<void> => {
      const { keyKind } = encoders
      const cursor = at.rows === 0 && !isDone ? {} : { cursor: stream.cursor }
      const state = { job: this.#plan.job, dtype: stored, ...cursor, position: at, ...(keyKind && { keyKind }), isDone }
      await writeState(given.resume as string, { version: 1, ...state })
    }
    if (this.#state === undefined) {
      await prepare(target)
      // From now on the files in the folder are known to be of this export.
      if (given.resume !== undefined) await save(position, false)
    }
    if (given.resume === undefined)
      return { sink: await openTarget(target, encoders, undefined), checkpoint: undefined }
    return { sink: await openTarget(target, encoders, position), checkpoint: save }
  }

  #report({ position, rows, isStopped }: Outcome, losses: Losses): number {
    const { target, given } = this.#plan
    const seconds = (performance.now() - this.#started) / 1000
    for (const line of losses.lines(isText(target))) say(`aerostride: ${line}`)
    if (isStopped) {
      const isThere = target?.path !== undefined && (position.rows > 0 || given.resume !== undefined)
      const where = isThere ? `, which are in ${target.path}` : ''
      const next = given.resume === undefined ? '' : '; the same command goes on from there'
      say(`aerostride: stopped after ${rowsText(position.rows)}${where}${next}`)
      return this.#stop.exitCode
    }
    if (target?.path !== undefined) {
      const all = position.rows === rows ? '' : `, ${rowsText(position.rows)} in all`
      const rate = thousands(rows / Math.max(seconds, 0.001))
      say(`${rowsText(rows)} in ${seconds.toFixed(1)} s, ${rate}/s${all}, to ${target.path}`)
    }
    return 0
  }

  /** Who can go on is told so, and who cannot where the rows are. */
  #withAdvice(error: unknown, rows: number): unknown {
    const { target, given } = this.#plan
    const { code, message, cursor } = error as NodeJS.ErrnoException & { cursor?: string }
    const named = withPath(error, target?.path)
    if (named !== error || code === 'EPIPE') return named
    if (given.resume !== undefined) {
      return cursor === undefined ? error : new InputError(`${message}; the same command goes on from there`)
    }
    if (rows === 0 || target?.path === undefined) return error
    const place = isFolderTarget(target) ? target.path : temporaryName(target.path)
    return new InputError(`${message}; the ${rowsText(rows)} until then are in ${place}`)
  }
}

const isText = (target: Target | undefined): boolean => target?.format === 'csv' || target?.format === 'ndjson'

function storedFields({ fields }: Dtype): StoredField[] {
  return fields.map(({ name, shape, ...field }) => {
    if (field.kind === 'list') return [name, field.element as string, null]
    const code = codeOf({ ...field, shape: [] })
    return shape.length === 0 ? [name, code] : [name, code, shape]
  })
}

const rowsText = (rows: number): string => `${thousands(rows)} ${rows === 1 ? 'row' : 'rows'}`
