// What is measured: a workload, a number of keys, a number of nodes, a number of batches at the same time.
import { workloads } from './workloads.mjs'

const scenario = (workload, keys, more = {}) => ({ workload, keys, nodes: 1, concurrent: 1, ...more })
// The official clients and the crate need gigabytes for a million records.
const ours = ['floor', 'keyList', 'tuples', 'otherKeyList', 'otherTuples']

const quick = [100, 1000, 10_000].map((keys) => scenario('sensors', keys))

const full = [
  ...[1, 10, 100, 1000, 10_000, 100_000].map((keys) => scenario('sensors', keys)),
  scenario('sensors', 1, { single: true, peers: ['get', 'otherGet', 'keyList', 'crateGet'] }),
  scenario('sensors', 1_000_000, { peers: ours }),
  ...[100, 1000, 10_000].map((keys) => scenario('wide', keys)),
  scenario('strings', 10_000),
  scenario('vectors', 5000),
  scenario('embeddings', 1000),
  scenario('sensors', 1000, { concurrent: 32 }),
  ...[100, 1000, 10_000].map((keys) => scenario('sensors', keys, { nodes: 3 })),
]

const write = [100, 1000, 10_000].map((keys) => scenario('sensors', keys, { writes: true }))

/** The three sizes that matter most, or everything; and writes, which are apart. */
export const scenarios = { quick, full, write }

export function titleOf({ workload, keys, nodes, concurrent, writes, single }) {
  const parts = [`${keys.toLocaleString('en')} ${keys === 1 ? 'key' : 'keys'} x ${workloads[workload].title}`]
  if (concurrent > 1) parts.push(`${concurrent} batches at once`)
  if (writes) parts.push('written')
  if (single) parts.push('by itself')
  if (nodes > 1) parts.push(`${nodes} nodes`)
  return parts.join(', ')
}

/** How many records each workload needs. */
export function recordsNeeded(chosen) {
  const records = {}
  for (const { workload, keys } of chosen.filter(({ writes }) => !writes))
    records[workload] = Math.max(records[workload] ?? 0, keys)
  return records
}
