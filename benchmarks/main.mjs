// `npm run bench`: see benchmarks/README.md. Started by scripts/bench.mjs, which builds everything first.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { bold, dim, main, step } from '../scripts/terminal.mjs'
import { machine } from './lib/machine.mjs'
import { measure, measureBusy, measureDelay, measureHeap, measureMemory } from './lib/measure.mjs'
import { allPeers, startHeapPeer, startMemoryPeer, startPeer, writePeers } from './lib/peers.mjs'
import { record, table } from './lib/report.mjs'
import { recordsNeeded, scenarios, titleOf } from './lib/scenarios.mjs'
import { load, startServer } from './lib/server.mjs'
import { workloads } from './lib/workloads.mjs'

// From here on the memory of a read is worth a look.
const BIG = 100_000

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    peers: { type: 'string' },
    keys: { type: 'string' },
    json: { type: 'string' },
    against: { type: 'string' },
    pace: { type: 'string' },
    // Set by scripts/bench.mjs.
    binaries: { type: 'string' },
    interpreter: { type: 'string' },
  },
})

await main(async () => {
  console.log(dim(`${machine().cpu}, Node.js ${process.version}`))
  const binaries = JSON.parse(options.binaries)
  const peers = chosenPeers(binaries)
  const chosen = chosenScenarios()
  const [results, servers] = [[], []]
  for (const nodes of new Set(chosen.map((scenario) => scenario.nodes))) {
    const here = chosen.filter((scenario) => scenario.nodes === nodes)
    const run = await runOnServer(binaries, nodes, here, peers)
    results.push(...run.results)
    if (!servers.includes(run.server)) servers.push(run.server)
  }
  if (options.json !== undefined) {
    writeFileSync(
      options.json,
      `${JSON.stringify({ machine: machine(), server: servers.join('; '), results }, null, 2)}\n`,
    )
  }
})

/** Everything that runs against one server: load, then scenario by scenario. */
async function runOnServer(binaries, nodes, chosen, peers) {
  const server = await startServer(binaries.devserver, nodes, options.pace)
  const children = new Map()
  const results = []
  try {
    for (const [name, records] of Object.entries(recordsNeeded(chosen))) {
      await step(`Writing ${name}`, (report) => load(binaries.load, server.hosts, workloads[name], records, report))
    }
    for (const [name, peer] of Object.entries(peers)) children.set(name, startPeer(name, peer))
    for (const scenario of chosen) results.push(await runScenario(scenario, server.hosts, children, peers))
  } finally {
    await Promise.all([...children.values()].map((child) => child.end()))
    await server.stop()
  }
  return { results, server: server.what }
}

async function runScenario(scenario, hosts, children, peers) {
  const title = titleOf(scenario)
  const present = new Map([...children].filter(([name]) => scenario.peers?.includes(name) ?? !peers[name].single))
  const results = await step(title, async (report) => {
    const measured = await measure(scenario, present, { hosts, rounds: Number(options.rounds), report })
    if (scenario.concurrent === 1 && !scenario.writes)
      await addNodeFigures(scenario, measured, present, peers, { hosts, report })
    return measured
  })
  const [head, ...lines] = table(title, results, peers)
  console.log(`\n${bold(head)}\n${lines.join('\n')}\n`)
  return record(scenario, title, results, peers)
}

/** What only a Node.js process has: an event loop that can be blocked, and a JavaScript heap. */
async function addNodeFigures(scenario, results, children, peers, { hosts, report }) {
  const times = scenario.keys > 20_000 ? 5 : 40
  for (const [name, child] of children) {
    if (!peers[name].node) continue
    const result = results.get(name)
    report(`${name}: event loop`)
    result.delay = await measureDelay(child, times)
    report(`${name}: beside other work`)
    result.busy = await measureBusy(child, times)
    report(`${name}: heap`)
    result.heap = await withPeer(startHeapPeer(name, peers[name]), (peer) => measureHeap(peer, scenario, hosts))
    if (scenario.keys < BIG || process.platform !== 'linux') continue
    report(`${name}: memory`)
    result.memory = await withPeer(startMemoryPeer(name, peers[name]), (peer) => measureMemory(peer, scenario, hosts))
  }
}

async function withPeer(peer, work) {
  try {
    return await work(peer)
  } finally {
    await peer.end()
  }
}

function chosenPeers(binaries) {
  const every = options.write ? writePeers : allPeers(binaries, options.interpreter, options.against)
  if (options.peers === undefined) return every
  return Object.fromEntries(options.peers.split(',').map((name) => [name, every[name]]))
}

function chosenScenarios() {
  const chosen = options.write ? scenarios.write : options.full ? scenarios.full : scenarios.quick
  if (options.keys === undefined) return chosen
  const wanted = new Set(options.keys.split(',').map(Number))
  return chosen.filter(({ keys }) => wanted.has(keys))
}
