// `npm run bench -- --text`: text of any length beside text of a fixed size. See benchmarks/README.md.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { connect, dtype, keyList } from 'aerostride'
import { bold, dim, main, step } from '../scripts/terminal.mjs'
import { startServer } from './lib/server.mjs'
import { median } from './lib/statistics.mjs'

const SET = 'text'
const BINS = ['name', 'street', 'city', 'note', 'tag']
const CODES = ['S40', 'utf8']
const [SHORTEST, LONGEST] = [5, 40]
const MIB = 2 ** 20

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    keys: { type: 'string', default: '10000' },
    reads: { type: 'string', default: '20' },
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

/** The text of bin `b` of record `n`: from 5 to 40 bytes, every length as often. */
function textOf(n, b) {
  const length = SHORTEST + ((n * 7 + b * 11) % (LONGEST - SHORTEST + 1))
  return `${n}:${b} `.padEnd(length, 'abcdefghij').slice(0, length)
}

/** All bins of record `n`. */
const textsOf = (n) => Object.fromEntries(BINS.map((bin, b) => [bin, textOf(n, b)]))

await main(async () => {
  const { devserver } = JSON.parse(options.binaries)
  const [keys, rounds, reads] = [Number(options.keys), Number(options.rounds), Number(options.reads)]
  console.log(dim(`${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}`))
  const server = await startServer(devserver, 1)
  const client = await connect(server.hosts)
  try {
    const bytes = await step(`Writing ${keys.toLocaleString('en')} records`, () => write(client, keys))
    const results = await step('Reading', (report) => measure(client, keys, rounds, reads, report))
    print(results, keys, bytes)
  } finally {
    await client.close()
    await server.stop()
  }
})

/** Writes the records, and says how many bytes of text they have. */
async function write(client, keys) {
  const records = Array.from({ length: keys }, (_, n) => [['test', SET, n], textsOf(n)])
  for (let from = 0; from < keys; from += 5000) await client.putMany(records.slice(from, from + 5000))
  return records.reduce((sum, [, texts]) => sum + Object.values(texts).reduce((all, text) => all + text.length, 0), 0)
}

/** The kinds take turns, and each turn is a number of reads: a noisy minute is everybody's. */
async function measure(client, keys, rounds, reads, report) {
  const ids = Int32Array.from({ length: keys }, (_, n) => n)
  const list = keyList('test', SET, ids)
  const types = CODES.map((code) => dtype(Object.fromEntries(BINS.map((bin) => [bin, code]))))
  const results = Object.fromEntries(CODES.map((code) => [code, { cpu: [], ms: [], memory: 0 }]))
  for (let round = -2; round < rounds; round++) {
    report(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    for (const [index, code] of CODES.entries()) {
      const measured = await turn(client, list, types[index], reads)
      check(measured.batch, code, keys)
      if (round < 0) continue
      results[code].cpu.push(measured.cpu)
      results[code].ms.push(measured.ms)
      results[code].memory = memoryOf(measured.batch)
    }
  }
  return results
}

async function turn(client, list, type, reads) {
  const [cpu, begin] = [process.cpuUsage(), performance.now()]
  let batch
  for (let read = 0; read < reads; read++) batch = await client.batchRead(list, { dtype: type })
  const ms = (performance.now() - begin) / reads
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1000 / reads, ms, batch }
}

/** The cells and what they speak of; not what every batch has, such as codes and generations. */
function memoryOf(batch) {
  const cells = batch.length * BINS.length * (batch.blocks.length > 0 ? 16 : LONGEST)
  return cells + batch.blocks.reduce((sum, block) => sum + block.buffer.byteLength, 0)
}

/** A client that reads nothing is fast. */
function check(batch, code, keys) {
  for (const [b, bin] of BINS.entries()) {
    const column = batch.columns[bin]
    for (let n = 0; n < keys; n += 97) {
      const text = code === 'S40' ? column.string(n) : column.get(n)
      if (text !== textOf(n, b)) throw new Error(`row ${n} of ${bin} as ${code} is ${text}, not ${textOf(n, b)}`)
    }
  }
}

function print(results, keys, bytes) {
  const [fixed, views] = CODES.map((code) => results[code])
  const bound = bytes + keys * BINS.length * 16
  console.log(`\n${bold(`${keys.toLocaleString('en')} keys x 5 texts of ${SHORTEST} to ${LONGEST} bytes`)}`)
  for (const [code, { cpu, ms, memory }] of Object.entries(results)) {
    const figures = `time ${median(ms).toFixed(2)} ms  client CPU ${median(cpu).toFixed(2)} ms`
    console.log(`  ${code.padEnd(6)} ${figures}  memory ${(memory / MIB).toFixed(2)} MiB`)
  }
  console.log(`  utf8 takes ${(median(views.ms) / median(fixed.ms)).toFixed(2)} x the time of S40`)
  console.log(`  utf8 takes ${(views.memory / bound).toFixed(2)} x the memory of the text and 16 bytes a cell\n`)
}
