// What a server lets streams wait for: threads that others have, and an index that is being built.
import { describe, expect, test } from 'vitest'
import { type Client, between, connect, dtype } from '../src/index.js'
import { testCluster } from './support/server.js'

const numbers = dtype({ n: 'i4' })
const RECORDS = 500
const all = Array.from({ length: RECORDS }, (_, n) => n)
const keys = all.map((n): [string, string, number] => ['test', 'limits', n])

const write = (client: Client) => client.batchWrite(keys, { dtype: numbers, columns: { n: all } })
const query = (client: Client) =>
  client.query('test', 'limits', { dtype: numbers, where: between('n', 0, 9), policy: { maxRetries: 1000 } })

describe('a server whose query threads are all taken', () => {
  // One scan has four threads.
  const cluster = testCluster({ server: { queryThreadsLimit: 4 }, prepare: write })

  test('is asked again until there are some, by many scans at a time', async () => {
    const { client } = cluster
    const codes = new Set<number>()
    // Scans that come one after the other are not refused, and on a busy machine they may.
    while (codes.size === 0) {
      // A slow scan keeps its threads for most of a second.
      const partitions = { begin: 0, count: 1024 }
      const slow = client.scan('test', 'limits', { dtype: numbers, partitions, recordsPerSecond: 200 }).toBatch()
      const scans = Array.from({ length: 6 }, () => client.scan('test', 'limits', { dtype: numbers }))
      for (const { columns } of await Promise.all(scans.map((scan) => scan.toBatch()))) {
        expect([...columns.n].toSorted((a, b) => a - b)).toEqual(all)
      }
      expect((await slow).length).toBeGreaterThan(50)
      for (const { code } of scans.flatMap(({ failures }) => failures)) codes.add(code)
    }
    expect([...codes]).toEqual([22])
  })
})

describe('an index that is being built', () => {
  const index = { name: 'limits_n', bin: 'n', type: 'numeric' } as const
  const patient = testCluster({ server: { indexBuilding: 3_600_000 }, prepare: write })
  const cluster = testCluster({ server: { indexBuilding: 400 }, prepare: write })

  test('is not ready, and queries of it ask again', async () => {
    const { client } = patient
    const controller = new AbortController()
    const creating = client.createIndex('test', 'limits', index, { signal: controller.signal })
    await expect.poll(() => client.indexes('test')).toMatchObject([{ name: 'limits_n', ready: false }])
    const asking = query(client)
    const answer = asking.toBatch()
    await expect.poll(() => asking.failures.length).toBeGreaterThan(1)
    for (const { code } of asking.failures) expect(code).toBe(203)
    await Promise.all([expect(answer).rejects.toThrow(/closed|abort/), asking.close()])
    controller.abort()
    await expect(creating).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('is waited for by createIndex, and by queries of other clients', async () => {
    const { client } = cluster
    const creating = client.createIndex('test', 'limits', index)
    await expect.poll(() => client.indexes('test')).toMatchObject([{ name: 'limits_n' }])
    await using other = await connect(cluster.hosts)
    const { columns } = await query(other).toBatch()
    expect([...columns.n].toSorted((a, b) => a - b)).toEqual(all.slice(0, 10))
    await creating
    expect(await client.indexes('test')).toMatchObject([{ name: 'limits_n', ready: true }])
  })
})
