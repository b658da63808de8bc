// One client that reads the same keys as several dtypes in turns, for what is compared within one process.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { connect, keyList } from 'aerostride'
import { bold, dim, step } from '../../scripts/terminal.mjs'
import { startServer } from './server.mjs'
import { median } from './statistics.mjs'

const NAMESPACE = 'test'

/**
 * Writes `record(n)` under each key, then reads all of them with each of `options` in turns. Gives per name its median time
 * and client CPU of a read in ms, and its last batch; `check(name, batch)` is asked about every turn: a client that reads
 * nothing is fast.
 */
export async function compareReads({ set, options, record, check }) {
  const { binaries, keys, rounds, reads, pace } = given()
  console.log(dim(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}`))
  const server = await startServer(binaries.devserver, 1, pace)
  const client = await connect(server.hosts)
  try {
    const count = keys.toLocaleString('en')
    await step(`Writing ${count} records`, () => write(client, set, keys, record))
    const ids = Int32Array.from({ length: keys }, (_, n) => n)
    const read = { client, list: keyList(NAMESPACE, set, ids), reads }
    const results = await step('Reading', (report) => takeTurns(read, options, rounds, check, report))
    return { keys, results, server: server.what }
  } finally {
    await client.close()
    await server.stop()
  }
}

/** The heading of a table. */
export function printHead({ keys, server }, what) {
  console.log(`\n${bold(`${keys.toLocaleString('en')} keys x ${what}`)}  ${server}`)
}

function given() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '25' },
      keys: { type: 'string', default: '10000' },
      reads: { type: 'string', default: '20' },
      pace: { type: 'string' },
      binaries: { type: 'string' },
      interpreter: { type: 'string' },
    },
  })
  const [keys, rounds, reads] = [Number(values.keys), Number(values.rounds), Number(values.reads)]
  return { binaries: JSON.parse(values.binaries), keys, rounds, reads, pace: values.pace }
}

async function write(client, set, keys, record) {
  const records = Array.from({ length: keys }, (_, n) => [[NAMESPACE, set, n], record(n)])
  for (let from = 0; from < keys; from += 5000) await client.putMany(records.slice(from, from + 5000))
}

/** Each turn is a number of reads: a noisy minute is everybody's. */
async function takeTurns(read, options, rounds, check, report) {
  const turns = Object.fromEntries(Object.keys(options).map((name) => [name, []]))
  for (let round = -2; round < rounds; round++) {
    report(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    for (const [name, chosen] of Object.entries(options)) {
      const turn = await measure(read, chosen)
      check(name, turn.batch)
      if (round >= 0) turns[name].push(turn)
    }
  }
  return Object.fromEntries(Object.entries(turns).map(([name, of]) => [name, summary(of)]))
}

async function measure({ client, list, reads }, options) {
  const [cpu, begin] = [process.cpuUsage(), performance.now()]
  let batch
  for (let read = 0; read < reads; read++) batch = await client.batchRead(list, options)
  const ms = (performance.now() - begin) / reads
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1000 / reads, ms, batch }
}

function summary(turns) {
  return { cpu: median(turns.map(({ cpu }) => cpu)), ms: median(turns.map(({ ms }) => ms)), batch: turns.at(-1).batch }
}
