// Streams that end in the middle, in every way in which they can: nothing is left behind.
import { beforeAll, describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { runProgram } from './support/process.js'
import { testCluster } from './support/server.js'

const RECORDS = 6000
const cluster = testCluster({ server: { nodes: 2 } })
const wide = dtype({ n: 'i4', v: ['f4', 16] })

beforeAll(async () => {
  const ids = Array.from({ length: RECORDS }, (_, n) => n)
  const keys = ids.map((n): [string, string, number] => ['test', 'ends', n])
  await cluster.client.batchWrite(keys, {
    dtype: wide,
    columns: { n: ids, v: ids.map((n) => Array.from({ length: 16 }, (_, axis) => n + axis)) },
  })
})

/** How often a stream is ended in each way; CONTRIBUTING.md has the command for many more. */
const SHORT = 20
const ROUNDS = Number(process.env['AEROSTRIDE_STREAM_ROUNDS'] ?? SHORT)

interface Held {
  rss: number
  descriptors: number
}

/** What every program begins with: `left` is what a process holds once nothing of a client is under way. */
const START = `
const { connect, connectSync, dtype } = require('aerostride')
const { readdirSync } = require('node:fs')
const hosts = process.argv[1]
const rounds = Number(process.argv[2])
const schema = dtype({ n: 'i4', v: ['f4', 16] })
const options = { dtype: schema, batchRows: 64, policy: { maxConcurrentRequests: 2 } }
const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
const idle = async (client) => {
  for (;;) {
    if (client.stats().nodes.every(({ inUse }) => inUse === 0)) return
    await turn()
  }
}
const held = () => {
  global.gc()
  return {
    rss: process.memoryUsage().rss,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
  }
}
/** Runs the rounds, and says what the process held when half of them were done, and what it holds now. */
const measure = async (round) => {
  let early
  for (let number = 0; number < rounds; number++) {
    await round(number)
    if (number === Math.floor(rounds / 2)) early = held()
  }
  return { early, late: held() }
}
const withClient = async (round) => {
  const client = await connect(hosts)
  const measured = await measure(async (number) => {
    await round(client, number)
    await idle(client)
  })
  const rows = (await client.scan('test', 'ends', options).toBatch()).length
  await client.close()
  console.log(JSON.stringify({ ...measured, rows }))
}
`

/** Every way of ending a stream, as a program. A round reads a few batches, so that all connections are busy. */
const WAYS: Record<string, string> = {
  break: `withClient(async (client, number) => {
    let left = number % 4
    for await (const _ of client.scan('test', 'ends', options)) if (left-- === 0) break
  })`,
  'break out of a blocking loop': `withClient(async (client, number) => {
    let left = number % 4
    for (const _ of client.scanSync('test', 'ends', options)) if (left-- === 0) break
  })`,
  abort: `withClient(async (client, number) => {
    const controller = new AbortController()
    let left = number % 4
    try {
      for await (const _ of client.scan('test', 'ends', { ...options, signal: controller.signal })) {
        // Between batches, and while the next one is waited for.
        if (left-- > 0) continue
        if (number % 2) controller.abort()
        else setImmediate(() => controller.abort())
      }
    } catch (error) {
      if (error.name !== 'AbortError') throw error
    }
  })`,
  throw: `withClient(async (client, number) => {
    let left = number % 4
    try {
      for await (const _ of client.scan('test', 'ends', options)) if (left-- === 0) throw new Error('mine')
    } catch (error) {
      if (error.message !== 'mine') throw error
    }
  })`,
  'close() of the stream': `withClient(async (client, number) => {
    const stream = client.scan('test', 'ends', options)
    let left = number % 4
    try {
      for await (const _ of stream) if (left-- === 0) await stream.close()
    } catch (error) {
      if (error.name !== 'AbortError') throw error
    }
  })`,
  'the garbage collector': `withClient(async (client) => {
    await client.scan('test', 'ends', options)[Symbol.asyncIterator]().next()
    while (client.stats().nodes.some(({ inUse }) => inUse > 0)) {
      global.gc()
      await turn()
    }
  })`,
  'close() of the client': `(async () => {
    const measured = await measure(async (number) => {
      const client = await connect(hosts)
      let left = number % 4
      try {
        for await (const _ of client.scan('test', 'ends', options)) if (left-- === 0) await client.close()
      } catch (error) {
        if (error.name !== 'ClosedError') throw error
      }
    })
    const client = await connect(hosts)
    const rows = (await client.scan('test', 'ends', options).toBatch()).length
    await client.close()
    console.log(JSON.stringify({ ...measured, rows }))
  })()`,
  'worker.terminate()': `
    const { Worker } = require('node:worker_threads')
    const { once } = require('node:events')
    const body = \`
      const { connect, dtype } = require('aerostride')
      const { parentPort, workerData } = require('node:worker_threads')
      connect(workerData).then(async (client) => {
        const options = { dtype: dtype({ n: 'i4', v: ['f4', 16] }), batchRows: 64 }
        for (;;) for await (const _ of client.scan('test', 'ends', options)) parentPort.postMessage('reading')
      })\`
    const streaming = async () => {
      const worker = new Worker(body, { eval: true, workerData: hosts })
      await once(worker, 'message')
      await worker.terminate()
    }
    measure(streaming).then(async (measured) => {
      const client = await connect(hosts)
      const rows = (await client.scan('test', 'ends', options).toBatch()).length
      await client.close()
      console.log(JSON.stringify({ ...measured, rows }))
    })`,
}

describe(`streams that end in the middle, ${ROUNDS} times`, () => {
  test.each(Object.keys(WAYS))(
    'by %s leave nothing behind',
    async (way) => {
      const program = `require('node:v8').setFlagsFromString('--expose-gc')
        global.gc = require('node:vm').runInNewContext('gc')
        ${START}${WAYS[way]}`
      const { stdout, ...ended } = await runProgram(program, [cluster.hosts, String(ROUNDS)])
      expect(ended).toEqual({ code: 0, signal: null, stderr: '' })
      const { early, late, rows } = JSON.parse(stdout) as { early: Held; late: Held; rows: number }
      expect(rows).toBe(RECORDS)
      if (ROUNDS > SHORT) console.log(way, early, late)
      // Sockets of the last round may still be closing.
      expect(late.descriptors).toBeLessThanOrEqual(early.descriptors + 12)
      // A round lends some 40 kB. What stayed of a round's thread or client would be a multiple of it.
      expect(late.rss - early.rss).toBeLessThan(24e6 + (ROUNDS / 2) * 0.2e6)
      // Nobody reads, so that the server has no more connections than the client of this file.
      await expect.poll(() => cluster.server.stats()!.connections).toBeLessThanOrEqual(12)
    },
    120_000 + ROUNDS * 1000,
  )

  test(
    'by process.exit() end the process',
    async () => {
      const program = `${START}
        connect(hosts).then(async (client) => {
          let left = rounds % 4
          for await (const _ of client.scan('test', 'ends', options)) {
            if (left-- > 0) continue
            // Before the next batch is asked for, or while it is waited for.
            if (rounds % 2) setImmediate(() => process.exit(7))
            else process.exit(7)
          }
        })`
      for (let round = 0; round < ROUNDS; round += 4) {
        const four = [0, 1, 2, 3].map((number) => runProgram(program, [cluster.hosts, String(round + number)]))
        for (const ended of await Promise.all(four)) {
          expect(ended).toEqual({ code: 7, signal: null, stdout: '', stderr: '' })
        }
      }
      await expect.poll(() => cluster.server.stats()!.connections).toBeLessThanOrEqual(12)
    },
    120_000 + ROUNDS * 1000,
  )
})
