// `npm run bench -- --export`: a whole set into a file of every format, beside the scan alone and a program that only reads.
// See benchmarks/README.md.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { bold, dim, main, step } from '../scripts/terminal.mjs'
import { writeExported } from './lib/exported.mjs'
import { machine } from './lib/machine.mjs'
import { startServer } from './lib/server.mjs'
import { median } from './lib/statistics.mjs'

const run = promisify(execFile)
const here = fileURLToPath(new URL('.', import.meta.url))
const SET = 'exported'
const FORMATS = ['scan', 'csv', 'ndjson', 'arrow', 'arrows', 'parquet']

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    records: { type: 'string', default: '1000000' },
    json: { type: 'string' },
    keep: { type: 'string' },
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

await main(async () => {
  const binaries = JSON.parse(options.binaries)
  const records = Number(options.records)
  console.log(dim(`${machine().cpu}, Node.js ${process.version}`))
  const server = await startServer(binaries.devserver, 1)
  const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'aerostride-export-'))
  try {
    await step(`Writing ${records.toLocaleString('en')} records`, (report) =>
      writeExported(server.hosts, SET, records, report),
    )
    const results = await step('Exporting', (report) => rounds(binaries, server.hosts, { records, folder, report }))
    print(results, records)
    if (options.json !== undefined) {
      writeFileSync(options.json, `${JSON.stringify({ machine: machine(), records, results }, null, 2)}\n`)
    }
  } finally {
    if (options.keep === undefined) rmSync(folder, { recursive: true })
    await server.stop()
  }
})

/** Everything in turn, each in a process of its own; medians of the times, and the most memory of all rounds. */
async function rounds(binaries, hosts, { records, folder, report }) {
  const measured = Object.fromEntries(['drain', ...FORMATS].map((name) => [name, []]))
  for (let round = 0; round < Number(options.rounds); round++) {
    report(`round ${round + 1}: drain`)
    const { stdout } = await run(binaries.scan, ['drain', hosts, SET, '2'])
    measured.drain.push(JSON.parse(stdout))
    for (const format of FORMATS) {
      report(`round ${round + 1}: ${format}`)
      const path = join(folder, `x.${format}`)
      const one = await run(process.execPath, [join(here, 'peers', 'export.mjs'), format, hosts, SET, path])
      const result = JSON.parse(one.stdout)
      if (result.rows !== records) throw new Error(`${format} has ${result.rows} rows, not ${records}`)
      measured[format].push(result)
    }
  }
  return Object.entries(measured).map(([title, all]) => summary(title, all, records))
}

function summary(title, all, records) {
  const ms = median(all.map((each) => each.ms))
  const cost =
    title === 'drain'
      ? {}
      : {
          cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
          bytes: all[0].bytes,
          peakMiB: Math.max(...all.map(({ peakMiB }) => peakMiB)),
        }
  return { title, median: ms, rowsPerSecond: (records / ms) * 1000, ...cost }
}

function print(results, records) {
  console.log(`\n${bold(`${records.toLocaleString('en')} records x 8 bins`)}`)
  for (const { title, median: ms, rowsPerSecond, peakMiB, bytes } of results) {
    const rate = `${(rowsPerSecond / 1e6).toFixed(2)} M rows/s`
    const cost =
      peakMiB === undefined ? '' : `  ${peakMiB.toFixed(0).padStart(4)} MiB at most  ${(bytes / 1e6).toFixed(0)} MB`
    console.log(`  ${title.padEnd(10)} ${ms.toFixed(0).padStart(6)} ms  ${rate}${cost}`)
  }
}
