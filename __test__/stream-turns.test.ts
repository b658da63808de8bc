// While streams are read, the threads that fill batches have long turns: whoever else wakes up goes first.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { testCluster } from './support/server.js'

const TASKS = '/proc/self/task'
const LONG = 20_000_000
const cluster = testCluster()
const schema = dtype({ n: 'i4' })
const options = { dtype: schema, batchRows: 100 }

/** What the system says of a thread, which may end at any time. */
function text(task: string, file: string): string {
  try {
    return readFileSync(`${TASKS}/${task}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Nanoseconds of a turn of a thread; `undefined` where the system does not say, or has turns of one length only. */
function turnsOf(task: string): number | undefined {
  const value = /^se\.slice\s*:\s*(\d+)$/m.exec(text(task, 'sched'))?.[1]
  return value === undefined ? undefined : Number(value)
}

/** Those of this thread, and of the threads of the runtime. */
const own = () => turnsOf(String(process.pid))
const workers = () =>
  readdirSync(TASKS)
    .filter((task) => text(task, 'comm') === 'aerostride\n')
    .map(turnsOf)
    .filter((turns) => turns !== undefined)

const all = (turns: number | undefined) => workers().map(() => turns)

beforeAll(async () => {
  const ids = Array.from({ length: 1000 }, (_, n) => n)
  await cluster.client.batchWrite(
    ids.map((n): [string, string, number] => ['test', 'turns', n]),
    { dtype: schema, columns: { n: ids } },
  )
})

describe.skipIf(!existsSync(TASKS) || own() === undefined)('turns of the threads that fill batches', () => {
  test('are long for as long as a stream is open, and as before afterwards', async () => {
    const before = own()
    expect(workers().length).toBeGreaterThan(0)
    expect(workers()).toEqual(all(before))
    let rows = 0
    for await (const batch of cluster.client.scan('test', 'turns', options)) {
      expect(workers()).toEqual(all(LONG))
      expect(own()).toBe(before)
      // A stream inside another one ends first.
      if (rows === 0) for await (const _ of cluster.client.scan('test', 'turns', options)) break
      expect(workers()).toEqual(all(LONG))
      rows += batch.length
    }
    expect(rows).toBe(1000)
    expect(workers()).toEqual(all(before))
  })

  test('are as before when a stream was left', async () => {
    const before = own()
    for await (const _ of cluster.client.scan('test', 'turns', options)) break
    expect(workers()).toEqual(all(before))
    const stream = cluster.client.scan('test', 'turns', options)
    await stream.close()
    expect(workers()).toEqual(all(before))
  })
})
