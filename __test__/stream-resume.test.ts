// A stream that another process goes on with: what the first one was given and what the second one is given are together
// the whole, and nothing is in both.
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ChildProcess } from 'node:child_process'
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
}, 60_000)
afterEach(() => cluster.server.setFaults([]))

/** A line of output per batch: the numbers in it, and where to go on behind it. The last line says how the stream ended. */
const PROGRAM = `
const { connect, dtype, between } = require('aerostride')
const { writeSync } = require('node:fs')
const [hosts, kind, after] = process.argv.slice(1)
const say = (line) => writeSync(1, JSON.stringify(line) + '\\n')
connect(hosts).then(async (client) => {
  const options = {
    dtype: dtype({ n: 'i4' }),
    batchRows: 50,
    ...(after === undefined ? {} : { after }),
    policy: { socketTimeout: 500, maxRetries: 1, sleepBetweenRetries: 1, maxConcurrentRequests: 2 },
  }
  const stream = kind === 'scan'
    ? client.scan('test', 'resumed', options)
    : client.query('test', 'resumed', { ...options, where: between('n', 0, 1e9) })
  try {
    for await (const { columns } of stream) say({ numbers: [...columns.n], cursor: stream.cursor })
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

/** What a process was given; a line that it was killed in the middle of never was. */
async function read(kind: string, after?: string, onOutput?: (child: ChildProcess) => void): Promise<Line[]> {
  const args = [cluster.hosts, kind, ...(after === undefined ? [] : [after])]
  const { stdout, stderr } = await runProgram(PROGRAM, args, onOutput)
  expect(stderr).toBe('')
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line !== '')
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
    // It is killed as soon as anything is heard of it. The pauses keep it from being at its end by then.
    cluster.server.setFaults(['on=scan skip=4 delay=3000'])
    const first = await read(kind, undefined, (child) => child.kill('SIGKILL'))
    expect(first.every(({ numbers }) => numbers !== undefined)).toBe(true)
    cluster.server.setFaults([])
    await expectRest(kind, first)
  })

  test('many times, a few batches each', async () => {
    const numbers: number[] = []
    let after: string | undefined
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
