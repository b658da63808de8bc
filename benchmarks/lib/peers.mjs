// Who is compared. The floor first: it is what the others are measured against.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.mjs'

const here = fileURLToPath(new URL('../peers', import.meta.url))
const program = (name) => resolve(here, name)
const nodePeer = (file, ...args) => ({ command: process.execPath, args: [program(file), ...args], node: true })

/**
 * Every peer that can run here; `binaries` are the compiled programs, `python` the interpreter of a venv or nothing,
 * `against` another checkout of this package, built, whose code takes turns with this one's.
 */
export function allPeers(binaries, python, against) {
  const peers = {
    floor: { title: 'floor (replies read, not decoded)', command: binaries.floor, args: [] },
    keyList: { title: 'aerostride, key list', ...nodePeer('aerostride.mjs', 'keyList') },
    tuples: { title: 'aerostride, key tuples', ...nodePeer('aerostride.mjs', 'tuples') },
    crate: { title: 'Rust crate aerospike, batch', command: binaries.crate, args: [] },
    official: { title: 'npm aerospike, batchRead + loop', ...nodePeer('official.mjs') },
    // One record, without a batch.
    get: { title: 'aerostride, get', single: true, ...nodePeer('aerostride.mjs', 'get') },
    crateGet: { title: 'Rust crate aerospike, get', single: true, command: binaries.crate, args: ['get'] },
  }
  if (against !== undefined) {
    const file = resolve(against, 'benchmarks', 'peers', 'aerostride.mjs')
    peers.otherKeyList = { title: 'the other checkout, key list', ...nodePeer(file, 'keyList') }
    peers.otherGet = { title: 'the other checkout, get', single: true, ...nodePeer(file, 'get') }
    peers.otherTuples = { title: 'the other checkout, key tuples', ...nodePeer(file, 'tuples') }
  }
  if (python !== undefined) {
    peers.aerospikePy = {
      title: 'aerospike-py, async + to_numpy',
      command: python,
      args: [program('python/aerospike_py_peer.py')],
    }
    peers.officialPython = {
      title: 'Python client, batch_read + loop',
      command: python,
      args: [program('python/official_python_peer.py')],
    }
  }
  return peers
}

/** Who writes. */
export const writePeers = {
  columns: { title: 'aerostride, batchWrite of columns', ...nodePeer('write.mjs', 'columns') },
  objects: { title: 'aerostride, putMany of objects', ...nodePeer('write.mjs', 'objects') },
  officialWrite: { title: 'npm aerospike, batchWrite', ...nodePeer('write.mjs', 'official') },
}

export function startPeer(name, { command, args }) {
  return new Child(name, command, args)
}

/** The same peer, fresh, able to collect its garbage when it is told to. */
export function startMemoryPeer(name, { command, args }) {
  return new Child(`${name}, memory`, command, ['--expose-gc', ...args])
}

/**
 * The same peer with a young generation so large that one read collects nothing: what it leaves on the heap can then
 * be counted. Only for that: such a heap would flatter the timings of whoever makes garbage.
 */
export function startHeapPeer(name, { command, args }) {
  const flags = ['--expose-gc', '--min-semi-space-size=1024', '--max-semi-space-size=1024']
  return new Child(`${name}, heap`, command, [...flags, ...args])
}
