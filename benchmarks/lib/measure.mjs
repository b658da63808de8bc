// One scenario: every peer prepared, then rounds in which they take turns, so that a noisy minute is everybody's.
import { median } from './statistics.mjs'
import { expectedSum, workloads } from './workloads.mjs'

// One turn of a peer: long enough to be worth the switch, short enough for many rounds.
const TURN_MS = 60
const MOST_READS_PER_TURN = 200

/** Gives, per peer, `{ ms, cpu, connections }`: all timings, the CPU time per read, and the floor's best variant. */
export async function measure(scenario, peers, { hosts, rounds, report }) {
  const { keys, concurrent } = scenario
  const workload = workloads[scenario.workload]
  const turns = new Map()
  for (const [name, child] of peers) {
    report(`${name}: warming up`)
    await child.ask({ do: 'prepare', hosts, workload, keys, concurrent })
    turns.set(name, await turnLength(child, concurrent))
  }
  const raw = new Map([...peers.keys()].map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of rotated([...peers.keys()], round)) {
      report(`round ${round + 1} of ${rounds}: ${name}`)
      const reply = await peers.get(name).ask({ do: 'read', times: turns.get(name), concurrent })
      checkSum(name, reply, workload, keys)
      raw.get(name).push({ ...reply, reads: turns.get(name) * concurrent })
    }
  }
  return new Map([...raw].map(([name, replies]) => [name, summary(replies)]))
}

/** The longest event-loop delay of each read, beside the machine's own. */
export async function measureDelay(child, times) {
  return child.ask({ do: 'probe', times })
}

/** Bytes left on the JavaScript heap per read, once everything is compiled. */
export async function measureHeap(child, scenario, hosts) {
  const workload = workloads[scenario.workload]
  await child.ask({ do: 'prepare', hosts, workload, keys: scenario.keys })
  // Few enough that even a peer that makes an object per value does not fill the young generation.
  const times = Math.min(100, Math.max(1, Math.round(1_000_000 / (scenario.keys * workload.bins.length))))
  await child.ask({ do: 'read', times: Math.max(3, times) })
  const { heap } = await child.ask({ do: 'heap', times })
  return Math.max(0, heap)
}

/** How long reads take beside other JavaScript work, and how much of that is still done. */
export async function measureBusy(child, times) {
  const { ms, workKept } = await child.ask({ do: 'busy', times })
  return { ms: median(ms), workKept }
}

/** How far one read makes a fresh process grow. */
export async function measureMemory(child, scenario, hosts) {
  await child.ask({ do: 'prepare', hosts, workload: workloads[scenario.workload], keys: scenario.keys })
  return child.ask({ do: 'memory' })
}

/** Reads until warm, then as many as fit into a turn. */
async function turnLength(child, concurrent) {
  await child.ask({ do: 'read', times: 3, concurrent })
  const reply = await child.ask({ do: 'read', times: 3, concurrent })
  const typical = median(reply.variants === undefined ? reply.ms : Object.values(reply.variants).flat())
  return Math.min(MOST_READS_PER_TURN, Math.max(1, Math.round(TURN_MS / typical)))
}

/** A peer that reads nothing is fast: the values have to be the ones that were written. */
function checkSum(name, reply, workload, keys) {
  if (reply.sum === undefined) return
  const expected = expectedSum(workload, keys)
  if (Math.abs(reply.sum - expected) > 1e-6 * Math.max(1, expected)) {
    throw new Error(`${name} has read ${reply.sum} where ${expected} was written`)
  }
}

const rotated = (names, by) => names.map((_, i) => names[(i + by) % names.length])

function summary(replies) {
  if (replies[0].variants !== undefined) return bestVariant(replies)
  const reads = replies.reduce((total, reply) => total + reply.reads, 0)
  const cpu = replies.reduce((total, reply) => total + reply.cpu, 0)
  return { ms: replies.flatMap((reply) => reply.ms), cpu: cpu / reads }
}

/** The floor runs on one to eight connections; what counts is the number that is fastest. */
function bestVariant(replies) {
  const variants = Object.keys(replies[0].variants).map((connections) => ({
    connections: Number(connections),
    ms: replies.flatMap((reply) => reply.variants[connections]),
  }))
  return variants.reduce((best, variant) => (median(variant.ms) < median(best.ms) ? variant : best))
}
