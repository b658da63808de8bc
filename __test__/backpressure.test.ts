// Many batches at once: so many run, so many wait, and one more is an error that says what to do.
import { describe, expect, test } from 'vitest'
import { type AerostrideError, type Client, type Key, connect, dtype, keyList } from '../src/index.js'
import { testCluster } from './support/server.js'

const schema = dtype({ n: 'i4' })
const KEYS: Key[] = Array.from({ length: 20 }, (_, n) => ['test', 'pressure', n])
const keys = keyList(
  'test',
  'pressure',
  KEYS.map((_, n) => n),
)
const CALLS = 3000

const cluster = testCluster({
  server: {},
  connect: { maxConnsPerNode: 4, maxRunningBatches: 4, maxQueuedBatches: 1000 },
  prepare: async (client) => {
    for (const [n, key] of KEYS.entries()) await client.put(key, { n })
  },
})

/** Starts many batches, hears of every one that is refused, and gives what has become of all in the end. */
async function flood(of: Client, whenRefused: () => void): Promise<PromiseSettledResult<number[]>[]> {
  const calls = Array.from({ length: CALLS }, () =>
    of.batchRead(keys, { dtype: schema, policy: { totalTimeout: 0, socketTimeout: 0 } }).then(
      ({ columns }) => [...columns.n],
      (error: unknown) => {
        whenRefused()
        throw error
      },
    ),
  )
  return Promise.allSettled(calls)
}

const isRefused = (call: PromiseSettledResult<unknown>): call is PromiseRejectedResult => call.status === 'rejected'

describe(`${CALLS} batches at once`, () => {
  test('as many as may run and wait are answered, the others refused at once', async () => {
    const places = 4 + 1000
    await cluster.server.freezeNode(0)
    // No place becomes free before all others were refused.
    let refusals = 0
    const settled = await flood(cluster.client, () => {
      refusals += 1
      if (refusals === CALLS - places) void cluster.server.thawNode(0)
    })
    const refused = settled.filter(isRefused)
    expect(refused).toHaveLength(CALLS - places)
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ name: 'AerostrideError', code: 'ERR_AEROSTRIDE_OVERLOADED' })
      expect((reason as AerostrideError).message).toContain('1000 batches are waiting already (maxQueuedBatches)')
    }
    const whole = KEYS.map((_, n) => n)
    const answered = settled.flatMap((call) => (isRefused(call) ? [] : [call.value]))
    for (const read of answered) expect(read).toEqual(whole)
    expect(await cluster.client.batchRead(keys, { dtype: schema })).toMatchObject({ length: 20 })
  })

  test('never more connections than maxConnsPerNode, besides those that look after the cluster', () => {
    expect(cluster.server.stats()!.connections).toBeLessThanOrEqual(4 + 4)
    expect(cluster.client.stats().nodes).toMatchObject([{ inUse: 0 }])
  })

  test('the default limits take them all', async () => {
    const roomy = await connect(cluster.server.hosts)
    const settled = await flood(roomy, () => {})
    expect(settled.filter(isRefused)).toEqual([])
    await roomy.close()
  })

  test('closing ends those that run and those that wait', async () => {
    const closed = await connect({ hosts: cluster.server.hosts, maxRunningBatches: 2 })
    await cluster.server.freezeNode(0)
    const flooded = flood(closed, () => {})
    await closed.close()
    const settled = await flooded
    await cluster.server.thawNode(0)
    expect(settled.filter(isRefused)).toHaveLength(CALLS)
    for (const call of settled) expect(call).toMatchObject({ reason: { name: 'ClosedError' } })
  })
})
