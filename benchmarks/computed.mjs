// `npm run bench -- --computed`: fields that are read from elsewhere beside the bin itself. See benchmarks/README.md.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { connect, double, dtype, exp, keyList } from 'aerostride'
import { bold, dim, main, step } from '../scripts/terminal.mjs'
import { startServer } from './lib/server.mjs'
import { median } from './lib/statistics.mjs'

const SET = 'computed'

const figure = (values) => median(values).toFixed(2).padStart(6)

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    keys: { type: 'string', default: '10000' },
    reads: { type: 'string', default: '20' },
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

/** A place that is read as one type: what is there of another type is missing, and not a mismatch. */
const score = exp.maps.getByKey(exp.map('profile'), 'score', { as: 'float' })

/** One field each, so that nothing else is paid for; `of` is what its time is compared with. */
const FIELDS = {
  'a bin, f8': { field: 'f8', sum: (n) => n / 2 },
  'another bin, f8': { field: { type: 'f8', from: 'value' }, sum: (n) => n / 2, of: 'a bin, f8' },
  'computed, f8': { field: { type: 'f8', from: '$.value * 1.8 + 32.0' }, sum: (n) => n * 0.9 + 32, of: 'a bin, f8' },
  'nested, f8': { field: { type: 'f8', from: '$.profile.score' }, sum: (n) => n / 2, of: 'a bin, f8' },
  'nested, one type': { field: { type: 'f8', from: score }, sum: (n) => n / 2, of: 'a bin, f8' },
  'a bin, i4': { field: 'i4', sum: (n) => n },
  'computed, i4': { field: { type: 'i4', from: '$.count * 2' }, sum: (n) => n * 2, of: 'a bin, i4' },
  'nested, i4': { field: { type: 'i4', from: '$.profile.level' }, sum: (n) => n, of: 'a bin, i4' },
}

/** The bin of a plain field, and the one that computed fields of its type read. */
const binOf = (name) => (name.endsWith('i4') ? 'count' : 'value')

function dtypeOf(name) {
  const { field } = FIELDS[name]
  return dtype({ [typeof field === 'string' ? binOf(name) : 'x']: field })
}

await main(async () => {
  const { devserver } = JSON.parse(options.binaries)
  const [keys, rounds, reads] = [Number(options.keys), Number(options.rounds), Number(options.reads)]
  console.log(dim(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}`))
  const server = await startServer(devserver, 1)
  const client = await connect(server.hosts)
  try {
    await step(`Writing ${keys.toLocaleString('en')} records`, () => write(client, keys))
    const results = await step('Reading', (report) => measure(client, keys, rounds, reads, report))
    print(results, keys)
  } finally {
    await client.close()
    await server.stop()
  }
})

async function write(client, keys) {
  const records = Array.from({ length: keys }, (_, n) => [
    ['test', SET, n],
    { value: double(n / 2), count: n, profile: { score: double(n / 2), level: n } },
  ])
  for (let from = 0; from < keys; from += 5000) await client.putMany(records.slice(from, from + 5000))
}

/** The fields take turns, and each turn is a number of reads: a noisy minute is everybody's. */
async function measure(client, keys, rounds, reads, report) {
  const list = keyList(
    'test',
    SET,
    Int32Array.from({ length: keys }, (_, n) => n),
  )
  const types = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, dtypeOf(name)]))
  const results = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, { cpu: [], ms: [] }]))
  for (let round = -2; round < rounds; round++) {
    report(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    for (const [name, type] of Object.entries(types)) {
      const measured = await turn(client, list, type, reads, FIELDS[name].sum, keys)
      if (round < 0) continue
      results[name].cpu.push(measured.cpu)
      results[name].ms.push(measured.ms)
    }
  }
  return results
}

async function turn(client, list, type, reads, sumOf, keys) {
  const [cpu, begin] = [process.cpuUsage(), performance.now()]
  let batch
  for (let read = 0; read < reads; read++) batch = await client.batchRead(list, { dtype: type })
  const ms = (performance.now() - begin) / reads
  const { user, system } = process.cpuUsage(cpu)
  check(batch, type, sumOf, keys)
  return { cpu: (user + system) / 1000 / reads, ms }
}

/** A client that reads nothing is fast. */
function check(batch, type, sumOf, keys) {
  const sum = batch.columns[type.names[0]].reduce((total, value) => total + value, 0)
  const expected = (sumOf(keys - 1) + sumOf(0)) * (keys / 2)
  if (Math.abs(sum - expected) > 1e-6 * expected) throw new Error(`${type.names[0]} adds up to ${sum}, not ${expected}`)
}

function print(results, keys) {
  console.log(`\n${bold(`${keys.toLocaleString('en')} keys x 1 field`)}`)
  for (const [name, { cpu, ms }] of Object.entries(results)) {
    const { of } = FIELDS[name]
    const beside = of === undefined ? '' : `  ${(median(cpu) / median(results[of].cpu)).toFixed(2)} x ${of}`
    console.log(`  ${name.padEnd(18)} client CPU ${figure(cpu)} ms  time ${figure(ms)} ms${beside}`)
  }
  console.log('')
}
