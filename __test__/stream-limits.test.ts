// What a server lets streams wait for: threads that others have, and an index that is being built.
import { beforeAll, describe, expect, test } from 'vitest'
import { between, connect, dtype } from '../src/index.js'
import { testCluster } from './support/server.js'

const numbers = dtype({ n: 'i4' })
const RECORDS = 500
const all = Array.from({ length: RECORDS }, (_, n) => n)
const keys = all.map((n): [string, string, number] => ['test', 'limits', n])

describe('a server whose query threads are all taken', () => {
  // One scan has four threads.
  const cluster = testCluster({ server: { nodes: 1, queryThreadsLimit: 4 } })
  beforeAll(() => cluster.client.batchWrite(keys, { dtype: numbers, columns: { n: all } }))

  test('is asked again until there are some, by many scans at a time', async () => {
    const { client } = cluster
    // A slow scan keeps its threads for most of a second.
    const partitions = { begin: 0, count: 1024 }
    const slow = client.scan('test', 'limits', { dtype: numbers, partitions, recordsPerSecond: 200 }).toBatch()
    const scans = Array.from({ length: 6 }, () => client.scan('test', 'limits', { dtype: numbers }))
    const batches = await Promise.all(scans.map((scan) => scan.toBatch()))
    for (const { columns } of batches) expect([...columns.n].toSorted((a, b) => a - b)).toEqual(all)
    expect(scans.flatMap(({ failures }) => failures.map(({ code }) => code))).toContain(22)
    expect((await slow).length).toBeGreaterThan(50)
  })
})

describe('an index that is being built', () => {
  const cluster = testCluster({ server: { nodes: 1, indexBuilding: 400 } })
  beforeAll(() => cluster.client.batchWrite(keys, { dtype: numbers, columns: { n: all } }))

  test('is waited for by createIndex, and by queries of other clients', async () => {
    const { client } = cluster
    const creating = client.createIndex('test', 'limits', { name: 'limits_n', bin: 'n', type: 'numeric' })
    await expect.poll(async () => (await client.indexes('test')).length).toBe(1)
    expect(await client.indexes('test')).toMatchObject([{ name: 'limits_n', ready: false }])
    const other = await connect(cluster.hosts)
    const query = other.query('test', 'limits', { dtype: numbers, where: between('n', 0, 9) })
    expect([...(await query.toBatch()).columns.n].toSorted((a, b) => a - b)).toEqual(all.slice(0, 10))
    expect(query.failures.length).toBeGreaterThan(0)
    for (const { code } of query.failures) expect(code).toBe(203)
    await creating
    expect(await client.indexes('test')).toMatchObject([{ name: 'limits_n', ready: true }])
    await other.close()
  })
})
