import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { madePart, markdownTable } from './support/made.js'
import { root } from './support/process.js'

/** The figures of docs/performance.md are those in benchmarks/results. `AEROSTRIDE_UPDATE_DOCS=1` writes them anew. */

const PAGE = 'docs/performance.md'

interface PeerResult {
  peer: string
  title: string
  median: number
  cpu?: number
  longestDelay?: number
  idleDelay?: number
  heap?: number
}

interface Results {
  machine: { date: string; cpu: string; memory: string; system: string; node: string }
  results: { title: string; keys: number; results: PeerResult[] }[]
}

const read = (name: string): Results =>
  JSON.parse(readFileSync(join(root, 'benchmarks/results', `${name}.json`), 'utf8')) as Results

interface ScanResults {
  results: ({
    title: string
    median: number
    millionPerSecond: number
    ofDrain: number
    cpu?: { user: number; system: number }
    rssMiB?: number
    batchMiB?: number
  } & Partial<Delays>)[]
  /** Of a process that does nothing, beside a program that only reads. */
  idle: Delays
}

/** How late a timer of 1 ms was, over all rounds. */
interface Delays {
  p50: number
  p99: number
  delay: number
  /** Which part of its ticks was late by 2 ms or more. */
  lateShare: number
  /** For how long its thread could have run while others did, per scan. */
  waited: number
}

const quick = read('quick')
const full = read('full')
const scans = ['scan', 'scan-paced'].map(
  (name) => JSON.parse(readFileSync(join(root, `benchmarks/results/${name}.json`), 'utf8')) as ScanResults,
) as [ScanResults, ScanResults]

/** As many digits as mean something. */
const ms = (value: number | undefined): string => (value === undefined ? '' : String(Number(value.toPrecision(2))))

const medianOf = (peers: readonly PeerResult[], name: string): string =>
  ms(peers.find(({ peer }) => peer === name)?.median)

test('the machine', () => {
  const { date, cpu, memory, system, node } = quick.machine
  const text = `Measured on ${date} on ${cpu}, ${memory}, ${system}, Node.js ${node.slice(1)}, the embedded server on the same machine.\n`
  expect(madePart(PAGE, 'machine', text)).toBe(text)
})

test('all clients', () => {
  const peers = quick.results[0]!.results
  const head = ['', ...quick.results.map(({ keys }) => `${keys.toLocaleString('en')} keys`)]
  const rows = peers.map(({ peer, title }) => [title, ...quick.results.map(({ results }) => medianOf(results, peer))])
  const table = markdownTable(head, rows)
  expect(madePart(PAGE, 'clients', table)).toBe(table)
})

test('what a read costs', () => {
  const { results } = quick.results.find(({ keys }) => keys === 10_000)!
  const rows = results
    .filter(({ cpu }) => cpu !== undefined)
    .map(({ title, cpu, longestDelay, idleDelay, heap }) => [
      title,
      ms(cpu),
      longestDelay === undefined ? '' : `${ms(longestDelay)} (${ms(idleDelay)})`,
      heap === undefined ? '' : `${Math.round(heap / 1024).toLocaleString('en')} KiB`,
    ])
  const table = markdownTable(['', 'CPU, ms', 'timer late by, ms', 'JavaScript heap'], rows)
  expect(madePart(PAGE, 'costs', table)).toBe(table)
})

test('other shapes', () => {
  const peers = ['floor', 'keyList', 'tuples', 'crate']
  const titles = peers.map((name) => full.results[0]!.results.find(({ peer }) => peer === name)!.title)
  const rows = full.results.map(({ title, results }) => [title, ...peers.map((name) => medianOf(results, name))])
  const table = markdownTable(['', ...titles], rows)
  expect(madePart(PAGE, 'shapes', table)).toBe(table)
})

function timesOf({ results }: ScanResults, title: string): string[] {
  const { median, ofDrain } = results.find((result) => result.title === title)!
  return [ms(median), ms(ofDrain)]
}

test('scans', () => {
  const [bare, paced] = scans
  const rows = bare.results.map(({ title }) => [title, ...timesOf(bare, title), ...timesOf(paced, title)])
  const head = ['', 'embedded server, ms', 'x the drain', 'pace of a real server, ms', 'x the drain']
  const table = markdownTable(head, rows)
  expect(madePart(PAGE, 'scans', table)).toBe(table)
})

test('what a scan costs', () => {
  const text = ['embedded server', 'pace of a real server'].map((server, at) => {
    const { results } = scans[at]!
    const ours = results.find(({ title }) => title === 'aerostride')!
    const { cpu, rssMiB, batchMiB } = ours
    const took = `${ms(cpu!.user + cpu!.system)} ms of CPU and ${ms(rssMiB)} MiB more memory, in batches of ${ms(batchMiB)} MiB`
    return `* ${server}: ${took}\n`
  })
  expect(madePart(PAGE, 'scan costs', text.join(''))).toBe(text.join(''))
})

const delays = ({ p50, p99, delay, lateShare, waited }: Delays): string[] =>
  [p50, p99, delay, lateShare * 100, waited].map(ms)

test('how late timers are during a scan', () => {
  const rows = ['embedded server', 'pace of a real server'].flatMap((server, at) => {
    const { results, idle } = scans[at]!
    const ours = results.find(({ title }) => title === 'aerostride')! as Delays
    return [
      [`${server}, during the scan`, ...delays(ours)],
      [`${server}, idle process beside a drain`, ...delays(idle)],
    ]
  })
  const head = [
    'timer of 1 ms, late by',
    'p50, ms',
    'p99, ms',
    'maximum, ms',
    '2 ms or more, %',
    'waited for a processor, ms',
  ]
  const table = markdownTable(head, rows)
  expect(madePart(PAGE, 'scan delays', table)).toBe(table)
})
