import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { madePart, markdownTable } from './support/made.js'
import { root } from './support/process.js'

/** The figures of docs/exporting.md are those in benchmarks/results. `AEROSTRIDE_UPDATE_DOCS=1` writes them anew. */

interface Results {
  machine: { date: string; cpu: string; memory: string; node: string }
  records: number
  results: { title: string; rowsPerSecond: number; peakMiB?: number; bytes?: number }[]
}

const TITLES: Record<string, string> = {
  drain: 'the drain, 2 connections',
  scan: 'the scan alone',
  csv: '`saveCsv`',
  ndjson: '`saveNdjson`',
  arrow: '`saveIPC`',
  arrows: "`saveIPC`, `format: 'stream'`",
  parquet: '`saveParquet`',
}

const { machine, records, results } = JSON.parse(
  readFileSync(join(root, 'benchmarks/results/export.json'), 'utf8'),
) as Results

test('memory and rates', () => {
  const rows = results.map(({ title, rowsPerSecond, peakMiB, bytes }) => [
    TITLES[title]!,
    (rowsPerSecond / 1e6).toFixed(2),
    peakMiB === undefined ? '' : peakMiB.toFixed(0),
    bytes === undefined || bytes === 0 ? '' : (bytes / 1e6).toFixed(0),
  ])
  const table = markdownTable(['', 'million rows per second', 'most memory, MiB', 'size, MB'], rows)
  const where = `Measured on ${machine.date} on ${machine.cpu}, ${machine.memory}, Node.js ${machine.node.slice(1)}.`
  const text = `${table}\n${where}\n`
  expect(madePart('docs/exporting.md', 'export', text)).toBe(text)
})

test('a million records in at most 256 MiB', () => {
  expect(records).toBe(1_000_000)
  for (const { title, peakMiB = 0 } of results) expect([title, peakMiB <= 256]).toEqual([title, true])
})
