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
import { median, quantile } from './lib/statistics.mjs'
import { expectedSum, workloads } from './lib/workloads.mjs'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const SET = 'sensors'
/** Milliseconds from which on a timer of 1 ms counts as late. */
const LATE = 2

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    records: { type: 'string', default: '1000000' },
    json: { type: 'string' },
    pace: { type: 'string' },
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

await main(async () => {
  const binaries = JSON.parse(options.binaries)
  const records = Number(options.records)
  console.log(dim(`${machine().cpu}, Node.js ${process.version}`))
  const server = await startServer(binaries.devserver, 1, options.pace)
  console.log(dim(server.what))
  try {
    await step(`Writing ${records.toLocaleString('en')} records`, (report) =>
      load(binaries.load, server.hosts, workloads[SET], records, report),
    )
    const results = await step('Scanning', (report) => rounds(binaries, server.hosts, records, report))
    const { idle: idling, ...scans } = results
    const [peers, idle] = [summary(scans, records), delaysOf(idling)]
    print(peers, idle, records)
    if (options.json !== undefined) {
      writeFileSync(
        options.json,
        `${JSON.stringify({ machine: machine(), server: server.what, records, results: peers, idle }, null, 2)}\n`,
      )
    }
  } finally {
    await server.stop()
  }
})

/** Every peer is a process of its own, connected before its time begins; they take turns. */
function peersOf({ scan }, hosts) {
  const drainArgs = (connections) => ['drain', hosts, SET, String(connections)]
  const drain = (connections) => ({ program: scan, args: drainArgs(connections), silent: true })
  const node = (peer, ...more) => ({
    program: process.execPath,
    args: [join(here, 'peers', 'scan.mjs'), peer, hosts, SET, ...more],
  })
  return {
    'drain, 1 connection': drain(1),
    'drain, 2 connections': drain(2),
    'drain, 4 connections': drain(4),
    'drain of all bins, 2 connections': { program: scan, args: ['drain-all', hosts, SET, '2'], silent: true },
    aerostride: node('aerostride'),
    'aerostride, batches released': node('aerostride', 'release'),
    // What the machine does to a timer of a process that does nothing else, while somebody only reads.
    idle: {
      program: process.execPath,
      args: [join(here, 'peers', 'scan.mjs'), 'idle', scan, ...drainArgs(4)],
      silent: true,
    },
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

/** Medians of each peer; of this package's process also its CPU time, its delays and, as the worst of all rounds, memory. */
function summary(results, records) {
  const times = Object.entries(results).map(([title, measured]) => [title, median(measured.map(({ ms }) => ms))])
  const best = Math.min(...times.filter(([title]) => title.startsWith('drain,')).map(([, ms]) => ms))
  return times.map(([title, ms]) => {
    const figures = { title, median: ms, millionPerSecond: records / ms / 1000, ofDrain: ms / best }
    return title.startsWith('aerostride') ? { ...figures, ...costsOf(results[title]) } : figures
  })
}

function costsOf(measured) {
  const each = (name) => measured.map((one) => one[name])
  const cpu = (kind) => median(each('cpu').map((time) => time[kind]))
  return {
    cpu: { user: cpu('user'), system: cpu('system') },
    ...delaysOf(measured),
    rssMiB: Math.max(...each('rssMiB')),
    batchMiB: Math.max(...each('batchMiB')),
  }
}

/** Of all ticks of the timer in all rounds; the median of the rounds' maxima depends less on how many rounds there were. */
function delaysOf(measured) {
  const delays = measured.flatMap((one) => one.delays)
  const share = delays.filter((delay) => delay >= LATE).length / delays.length
  const waited = measured.map(({ waits }) => waits.reduce((sum, wait) => sum + wait, 0))
  return {
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    delay: quantile(delays, 1),
    medianDelay: median(measured.map((one) => Math.max(...one.delays))),
    lateShare: share,
    waited: median(waited),
  }
}

function late({ p50, p99, medianDelay, delay, lateShare, waited }) {
  const [half, most, all] = [p50, p99, delay].map((ms) => ms.toFixed(1))
  return (
    `late by ${half} ms (p50), ${most} ms (p99), ${all} ms (maximum; median of the rounds' maxima ${medianDelay.toFixed(1)} ms); ` +
    `${(lateShare * 100).toFixed(1)} % of the ticks by ${LATE} ms or more; waited ${waited.toFixed(0)} ms for a processor`
  )
}

function print(peers, idle, records) {
  console.log(`\n${bold(`${records.toLocaleString('en')} records x 5 bins`)}`)
  for (const { title, median: ms, millionPerSecond, ofDrain } of peers) {
    const [time, rate] = [ms.toFixed(0).padStart(6), millionPerSecond.toFixed(2).padStart(5)]
    console.log(`  ${title.padEnd(32)} ${time} ms  ${rate} M records/s  ${ofDrain.toFixed(2)} x the drain`)
  }
  for (const ours of peers.filter(({ title }) => title.startsWith('aerostride'))) {
    const { title, cpu, rssMiB, batchMiB } = ours
    const memory = `${rssMiB.toFixed(1)} MiB more memory, batches of ${batchMiB.toFixed(1)} MiB`
    console.log(dim(`  ${title}: CPU ${cpu.user.toFixed(0)} ms user, ${cpu.system.toFixed(0)} ms system; ${memory}`))
    console.log(dim(`    a timer of 1 ms: ${late(ours)}`))
  }
  console.log(dim(`  in an idle process beside a drain: ${late(idle)}\n`))
}
