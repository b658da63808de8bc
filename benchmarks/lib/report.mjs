// The results as a table for people, and as data for charts.
import { median, quantile } from './statistics.mjs'

const columns = [
  ['median ms', ({ ms }) => number(median(ms))],
  ['p90 ms', ({ ms }) => number(quantile(ms, 0.9))],
  ['x floor', ({ ms }, { floor }) => ratio(median(ms), floor && median(floor.ms))],
  ['x ours', ({ ms }, { keyList, columns: ours = keyList }) => ratio(median(ms), ours && median(ours.ms))],
  ['CPU ms', ({ cpu }) => number(cpu)],
  ['loop ms', ({ delay }) => number(delay && Math.max(...delay.reading))],
  ['idle ms', ({ delay }) => number(delay && Math.max(...delay.idle))],
  ['busy ms', ({ busy }) => number(busy?.ms)],
  ['work kept', ({ busy }) => (busy === undefined ? '' : `${Math.round(busy.workKept * 100)} %`)],
  ['JS heap', ({ heap }) => bytes(heap)],
  ['RSS', ({ memory }) => bytes(memory?.growth)],
  ['of it result', ({ memory }) => bytes(memory?.result)],
]

/** One table: a line per peer. */
export function table(title, results, peers) {
  const all = Object.fromEntries(results)
  const lines = [[title, ...columns.map(([name]) => name)]]
  for (const [name, result] of results) {
    const label = result.connections ? `${peers[name].title}, ${connections(result.connections)}` : peers[name].title
    lines.push([label, ...columns.map(([, cell]) => cell(result, all))])
  }
  const used = lines[0].map((_, i) => i === 0 || lines.slice(1).some((line) => line[i] !== ''))
  for (const [i, line] of lines.entries()) lines[i] = line.filter((_, column) => used[column])
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  return lines.map((line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[i]))).join('  '),
  )
}

/** What is kept of a scenario: medians and ratios, not every sample. */
export function record(scenario, title, results, peers) {
  const entries = [...results].map(([name, { ms, cpu, connections: lanes, delay, heap, busy, memory }]) => ({
    peer: name,
    title: peers[name].title,
    samples: ms.length,
    median: rounded(median(ms)),
    p10: rounded(quantile(ms, 0.1)),
    p90: rounded(quantile(ms, 0.9)),
    cpu: cpu === undefined ? undefined : rounded(cpu),
    connections: lanes,
    longestDelay: delay === undefined ? undefined : rounded(Math.max(...delay.reading)),
    medianDelay: delay === undefined ? undefined : rounded(median(delay.reading)),
    idleDelay: delay === undefined ? undefined : rounded(Math.max(...delay.idle)),
    heap: heap === undefined ? undefined : Math.round(heap),
    busy,
    memory,
  }))
  return { title, ...scenario, results: entries }
}

const connections = (count) => `${count} ${count === 1 ? 'connection' : 'connections'}`
const rounded = (value) => Number(value.toPrecision(4))

function number(value) {
  if (value === undefined || Number.isNaN(value)) return ''
  if (value < 10) return value.toFixed(2)
  return value < 100 ? value.toFixed(1) : value.toFixed(0)
}

const ratio = (value, base) => (base === undefined ? '' : (value / base).toFixed(2))

function bytes(value) {
  if (value === undefined) return ''
  if (value < 10_240) return `${Math.round(value)} B`
  return value < 10 * 1024 * 1024 ? `${Math.round(value / 1024)} KiB` : `${Math.round(value / 1024 / 1024)} MiB`
}
