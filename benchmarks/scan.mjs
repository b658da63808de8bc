// `npm run bench -- --scan`: a whole set, scanned by this package, by a program that only reads, by the crate and by npm
// aerospike. See benchmarks/README.md.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { bold, dim, main, step } from '../scripts/terminal.mjs'
import { machine } from './lib/machine.mjs'
import { load, startServer } from './lib/server.mjs'
import { median } from './lib/statistics.mjs'
import { expectedSum, workloads } from './lib/workloads.mjs'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const SET = 'sensors'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    records: { type: 'string', default: '1000000' },
    json: { type: 'string' },
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

await main(async () => {
  const binaries = JSON.parse(options.binaries)
  const records = Number(options.records)
  console.log(dim(`${machine().cpu}, Node.js ${process.version}`))
  const server = await startServer(binaries.devserver, 1)
  try {
    await step(`Writing ${records.toLocaleString('en')} records`, (report) =>
      load(binaries.load, server.hosts, workloads[SET], records, report),
    )
    const results = await step('Scanning', (report) => rounds(binaries, server.hosts, records, report))
    const peers = summary(results, records)
    print(peers, records)
    if (options.json !== undefined) {
      writeFileSync(options.json, `${JSON.stringify({ machine: machine(), records, results: peers }, null, 2)}\n`)
    }
  } finally {
    await server.stop()
  }
})

/** Every peer is a process of its own, connected before its time begins; they take turns. */
function peersOf({ scan }, hosts) {
  const drain = (connections) => ({ program: scan, args: ['drain', hosts, SET, String(connections)], silent: true })
  const node = (peer) => ({ program: process.execPath, args: [join(here, 'peers', 'scan.mjs'), peer, hosts, SET] })
  return {
    'drain, 1 connection': drain(1),
    'drain, 2 connections': drain(2),
    'drain, 4 connections': drain(4),
    aerostride: node('aerostride'),
    'the crate': { program: scan, args: ['crate', hosts, SET, '1'] },
    'npm aerospike': node('official'),
  }
}

async function rounds(binaries, hosts, records, report) {
  const peers = peersOf(binaries, hosts)
  const expected = expectedSum(workloads[SET], records)
  const results = Object.fromEntries(Object.keys(peers).map((name) => [name, []]))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, { program, args, silent }] of Object.entries(peers)) {
      // The slow ones have shown what they can do after a few rounds.
      if (round > 2 && (name === 'npm aerospike' || name === 'the crate')) continue
      report(`round ${round + 1}: ${name}`)
      const { stdout } = await run(program, args)
      const measured = JSON.parse(stdout)
      if (!silent && (measured.rows !== records || Math.abs(measured.sum - expected) > 1)) {
        throw new Error(
          `${name} has read ${measured.rows} rows with the sum ${measured.sum}, not ${records} with ${expected}`,
        )
      }
      results[name].push(measured)
    }
  }
  return results
}

/** Medians of each peer, and what only this package's process says of itself: the worst of all rounds, in ms and MiB. */
function summary(results, records) {
  const times = Object.entries(results).map(([title, measured]) => [title, median(measured.map(({ ms }) => ms))])
  const best = Math.min(...times.filter(([title]) => title.startsWith('drain')).map(([, ms]) => ms))
  return times.map(([title, ms]) => {
    const own = results[title].filter(({ delay }) => delay !== undefined)
    const worst = (name) => Math.max(...own.map((measured) => measured[name]))
    const costs =
      own.length === 0 ? {} : { delay: worst('delay'), rssMiB: worst('rssMiB'), batchMiB: worst('batchMiB') }
    return { title, median: ms, millionPerSecond: records / ms / 1000, ofDrain: ms / best, ...costs }
  })
}

function print(peers, records) {
  console.log(`\n${bold(`${records.toLocaleString('en')} records x 5 bins`)}`)
  for (const { title, median: ms, millionPerSecond, ofDrain } of peers) {
    const [time, rate] = [ms.toFixed(0).padStart(6), millionPerSecond.toFixed(2).padStart(5)]
    console.log(`  ${title.padEnd(22)} ${time} ms  ${rate} M records/s  ${ofDrain.toFixed(2)} x the drain`)
  }
  const { delay, rssMiB, batchMiB } = peers.find(({ title }) => title === 'aerostride')
  const costs = `timer at most ${delay.toFixed(1)} ms late, ${rssMiB.toFixed(1)} MiB more memory`
  console.log(dim(`  aerostride: ${costs}, batches of ${batchMiB.toFixed(1)} MiB\n`))
}
