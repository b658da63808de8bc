// While streams are read, the thread of the event loop has short turns: it goes first when it wakes up.
import { existsSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { testCluster } from './support/server.js'

const FILE = '/proc/thread-self/sched'
const SHORT = 100_000
const cluster = testCluster()
const schema = dtype({ n: 'i4' })
const options = { dtype: schema, batchRows: 100 }

/** Nanoseconds of a turn of this thread; `undefined` where the system does not say, or has turns of one length only. */
function turns(): number | undefined {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  const value = /^se\.slice\s*:\s*(\d+)$/m.exec(text)?.[1]
  return value === undefined ? undefined : Number(value)
}

beforeAll(async () => {
  const ids = Array.from({ length: 1000 }, (_, n) => n)
  await cluster.client.batchWrite(
    ids.map((n): [string, string, number] => ['test', 'turns', n]),
    { dtype: schema, columns: { n: ids } },
  )
})

describe.skipIf(turns() === undefined)('turns of the thread of the event loop', () => {
  test('are short for as long as a stream is open, and as before afterwards', async () => {
    const before = turns()
    expect(before).toBeGreaterThan(SHORT)
    let rows = 0
    for await (const batch of cluster.client.scan('test', 'turns', options)) {
      expect(turns()).toBe(SHORT)
      // A stream inside another one ends first.
      if (rows === 0) for await (const _ of cluster.client.scan('test', 'turns', options)) break
      expect(turns()).toBe(SHORT)
      rows += batch.length
    }
    expect(rows).toBe(1000)
    expect(turns()).toBe(before)
  })

  test('are as before when a stream was left', async () => {
    const before = turns()
    for await (const _ of cluster.client.scan('test', 'turns', options)) break
    expect(turns()).toBe(before)
    const stream = cluster.client.scan('test', 'turns', options)
    await stream.close()
    expect(turns()).toBe(before)
  })
})
