// A stream that another process goes on with: what the first one was given and what the second one is given are together
// the whole, and nothing is in both.
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { runProgram } from './support/process.js'
import { testCluster } from './support/server.js'

const RECORDS = 4000
const cluster = testCluster({ server: { nodes: 3, replicationFactor: 2 } })
const all = Array.from({ length: RECORDS }, (_, n) => n)

beforeAll(async () => {
  const { client } = cluster
  const keys = all.map((n): [string, string, number] => ['test', 'resumed', n])
  await client.batchWrite(keys, { dtype: dtype({ n: 'i4' }), columns: { n: all } })
  await client.createIndex('test', 'resumed', { name: 'resumed_n', bin: 'n', type: 'numeric' })
})
afterEach(() => cluster.server.setFaults([]))

/** A line of output per batch: the numbers in it, and where to go on behind it. The last line says how the stream ended. */
const PROGRAM = `
const { connect, dtype, between } = require('aerostride')
const { writeSync } = require('node:fs')
const [hosts, kind, after, batches] = process.argv.slice(1)
const say = (line) => writeSync(1, JSON.stringify(line) + '\\n')
connect(hosts).then(async (client) => {
  const options = {
    dtype: dtype({ n: 'i4' }),
    batchRows: 50,
    ...(after === '' ? {} : { after }),
    policy: { maxRetries: 1, sleepBetweenRetries: 1, maxConcurrentRequests: 2 },
  }
  const stream = kind === 'scan'
    ? client.scan('test', 'resumed', options)
    : client.query('test', 'resumed', { ...options, where: between('n', 0, 1e9) })
  let left = Number(batches)
  try {
    for await (const { columns } of stream) {
      say({ numbers: [...columns.n], cursor: stream.cursor })
      if (--left === 0) process.kill(process.pid, 'SIGKILL')
    }
    say({ ended: true, cursor: stream.cursor })
  } catch (error) {
    say({ code: error.code, cursor: error.cursor })
  }
  await client.close()
})`

interface Line {
  numbers?: number[]
  cursor: string
  ended?: boolean
  code?: string
}

/** What a process was given until its end, or until it kills itself after so many batches. */
async function read(kind: string, after = '', batches = 0): Promise<Line[]> {
  const { stdout, stderr, signal } = await runProgram(PROGRAM, [cluster.hosts, kind, after, String(batches)])
  expect([stderr, signal]).toEqual(['', batches > 0 ? 'SIGKILL' : null])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

const numbersIn = (lines: readonly Line[]): number[] => lines.flatMap(({ numbers }) => numbers ?? [])

async function expectRest(kind: string, first: readonly Line[]): Promise<void> {
  const numbers = numbersIn(first)
  expect(numbers.length).toBeGreaterThan(0)
  expect(numbers.length).toBeLessThan(RECORDS)
  const rest = await read(kind, first.at(-1)!.cursor)
  expect(rest.at(-1)).toMatchObject({ ended: true })
  expect([...numbers, ...numbersIn(rest)].toSorted((a, b) => a - b)).toEqual(all)
}

describe.each(['scan', 'query'])('a %s that another process goes on with', (kind) => {
  test('after it has failed, from the cursor of its error', async () => {
    // The first requests are answered, one of them in part; then nothing is any more.
    cluster.server.setFaults(['on=scan skip=5 abort=20', 'on=scan skip=9 close', 'on=scan skip=9 times=1 cut=300'])
    const first = await read(kind)
    expect(first.at(-1)).toMatchObject({ code: expect.stringMatching(/^ERR_AEROSTRIDE/) as string })
    cluster.server.setFaults([])
    await expectRest(kind, first)
  })

  test('after it was killed, from the cursor that it had saved last', async () => {
    const first = await read(kind, '', 7)
    expect(first).toHaveLength(7)
    await expectRest(kind, first)
  })

  test('many times, a few batches each', async () => {
    const numbers: number[] = []
    let after = ''
    for (let round = 0; ; round++) {
      expect(round).toBeLessThan(60)
      cluster.server.setFaults([`on=scan skip=${4 + (round % 3)} close`])
      const lines = await read(kind, after)
      numbers.push(...numbersIn(lines))
      const last = lines.at(-1)!
      if (last.ended === true) break
      after = last.cursor
    }
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all)
  })
})
