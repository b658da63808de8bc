import type { BatchWriteResult } from '../../calls/batch-write.js'
import type { Client } from '../../client/client.js'
import { startDevServer } from '../../devserver/index.js'
import { dtype } from '../../dtype/dtype.js'
import { keyList } from '../../keys/key-list.js'
import { type Command, InputError, UsageError, count } from '../command.js'
import { CONNECTION_FLAGS, withClient } from './connection.js'
import { Progress, thousands } from '../terminal/progress.js'
import { reasonOf } from '../text/failed-rows.js'
import { tableText } from '../../text/table.js'

const SET = 'aerostride_bench'
/** Keys of a batch: more do not fit into one buffer. */
const MOST_ROWS = 10_000_000
const SCHEMA = dtype({ temperature: 'f8', humidity: 'f8', pressure: 'f4', status: 'i4', id: 'i8' })

const FLAGS = {
  rows: { type: 'string', value: 'N', help: 'keys per batch; default 10000' },
  rounds: { type: 'string', value: 'N', help: 'how often each is measured; default 20' },
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    help: 'the namespace to write to and read from; default test',
  },
  ...CONNECTION_FLAGS,
} as const

/** `aerostride bench` */
export const bench: Command<typeof FLAGS> = {
  name: 'bench',
  operands: '',
  details:
    `Writes records of 5 bins into the set ${SET}, reads them back as columns and as objects, and removes them.\n` +
    'Without --hosts and $AEROSTRIDE_HOSTS it runs against an embedded server of its own.',
  flags: FLAGS,
  examples: ['aerostride bench', 'aerostride bench --hosts 10.0.0.5:3000 --rows 5000 --rounds 50'],
  async run(given) {
    const rows = count(given.rows, 'rows', 1, 10_000)
    if (rows > MOST_ROWS) throw new UsageError(`--rows must be a whole number from 1 to ${MOST_ROWS}, not ${rows}`)
    const rounds = count(given.rounds, 'rounds', 1, 20)
    const namespace = given.namespace ?? 'test'
    const own = given.hosts === undefined && (process.env['AEROSTRIDE_HOSTS'] ?? '') === ''
    const server = own ? await startDevServer({ namespaces: [namespace] }) : undefined
    try {
      const hosts = server === undefined ? {} : { hosts: server.hosts.join(',') }
      withClient({ ...given, ...hosts }, (client) => measureAll(client, { namespace, rows, rounds }))
    } finally {
      await server?.stop()
    }
  },
}

interface Settings {
  readonly namespace: string
  readonly rows: number
  readonly rounds: number
}

function measureAll(client: Client, { namespace, rows, rounds }: Settings): void {
  const keys = keyList(
    namespace,
    SET,
    Int32Array.from({ length: rows }, (_, row) => row),
  )
  const columns = columnsOf(rows)
  const tuples = Array.from({ length: rows }, (_, row): [string, string, number] => [namespace, SET, row])
  const works: [string, () => unknown][] = [
    ['write columns', () => checkWritten(client.batchWriteSync(keys, { dtype: SCHEMA, columns }))],
    ['read columns', () => client.batchReadSync(keys, { dtype: SCHEMA })],
    ['read objects', () => client.batchReadSync(tuples)],
  ]
  try {
    const results = works.map(([name, work]) => [name, ...times(name, work, { rows, rounds })])
    process.stdout.write(tableText([`${thousands(rows)} x 5 bins`, 'median ms', 'p99 ms', 'rows/s'], results))
  } catch (error) {
    // The rest of what was written is not worth another message.
    try {
      client.batchRemoveSync(keys)
    } catch {}
    throw error
  }
  // Only what was written: the set may have been there before.
  client.batchRemoveSync(keys)
}

/** Reads of records that are not there are no measure of anything. */
function checkWritten({ ok, length, resultCodes, failures }: BatchWriteResult): void {
  if (ok === length) return
  const reason = reasonOf(resultCodes, failures, (code) => code !== 0)
  throw new InputError(`${length - ok} of ${length} records could not be written: ${reason}`)
}

function columnsOf(rows: number) {
  const values = Float64Array.from({ length: rows }, (_, row) => 20 + (row % 100) / 8)
  const whole = Int32Array.from({ length: rows }, (_, row) => row)
  return {
    temperature: values,
    humidity: values,
    pressure: Float32Array.from(values),
    status: whole,
    id: BigInt64Array.from(whole, BigInt),
  }
}

/** The first round opens connections and is not counted. */
function times(name: string, work: () => unknown, { rows, rounds }: Omit<Settings, 'namespace'>): string[] {
  const progress = new Progress(name)
  work()
  const measured = Array.from({ length: rounds }, (_, round) => {
    const started = performance.now()
    work()
    progress.at((round + 1) / rounds, (round + 1) * rows)
    return performance.now() - started
  }).toSorted((a, b) => a - b)
  progress.end()
  const at = (part: number): number => measured[Math.min(rounds - 1, Math.floor(rounds * part))] as number
  return [at(0.5).toFixed(2), at(0.99).toFixed(2), thousands((rows / at(0.5)) * 1000)]
}
