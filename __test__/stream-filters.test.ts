import { beforeAll, describe, expect, test } from 'vitest'
import { type Batch, ael, between, dtype, exp } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

/** Filters of scans and queries, and indexes on what is computed. */

const cluster = testCluster()
const set = freshSet()
const numbers = [1, 2, 3, 4, 5, 6]

beforeAll(() => cluster.client.putMany(numbers.map((n) => [['test', set, n], { n }])))

const found = (records: readonly { bins: Record<string, unknown> | null }[]): number[] =>
  records.map(({ bins }) => Number(bins?.['n'])).toSorted((a, b) => a - b)

describe('a scan', () => {
  test.each([
    ['AEL text', '$.n > 4'],
    ['an expression', exp.gt(exp.int('n'), 4)],
    ['text with values', ael`$.n > ${4}`],
    ['bytes', exp.parse('$.n > 4').toBytes()],
  ])('is filtered by %s', async (_, filter) => {
    expect(found(await cluster.client.scan('test', set, { filter }).toBatch())).toEqual([5, 6])
    expect(found(cluster.client.scanSync('test', set, { filter }).toBatch())).toEqual([5, 6])
  })
})

describe('a scan and a query, as promises and blocking', () => {
  const columns = { dtype: dtype({ n: 'i4' }) }
  const where = between('n', 1, 6)
  beforeAll(() => cluster.client.createIndex('test', set, { name: `${set}_n`, bin: 'n', type: 'numeric' }))

  const calls: Record<string, (options: object) => Promise<unknown>> = {
    scan: async (options) => cluster.client.scan('test', set, options).toBatch(),
    scanSync: async (options) => cluster.client.scanSync('test', set, options).toBatch(),
    query: async (options) => cluster.client.query('test', set, { where, ...options }).toBatch(),
    querySync: async (options) => cluster.client.querySync('test', set, { where, ...options }).toBatch(),
  }

  test.each(Object.entries(calls))('%s leaves out what the filter rejects', async (_, call) => {
    const filter = '$.n > 4'
    expect(found((await call({ filter })) as never)).toEqual([5, 6])
    const batch = (await call({ filter, ...columns })) as Batch
    expect(batch).toMatchObject({ length: 2, failures: [] })
    expect([...batch.resultCodes]).toEqual([0, 0])
    expect(await call({ filter: '$.n > 6', ...columns })).toMatchObject({ length: 0, failures: [] })
    const policy = { filterExpression: exp.parse(filter).toBytes() }
    expect(found((await call({ policy })) as never)).toEqual([5, 6])
  })

  test.each(Object.entries(calls))('%s sends nothing with what is no filter', async (_, call) => {
    await expect(call({ filter: '$.n = 4' })).rejects.toThrow(/options\.filter, line 1, column 5/)
    await expect(call({ filter: '$.n + 1' })).rejects.toThrow(/expected a bool as a whole/)
    await expect(call({ filter: 4 })).rejects.toThrow(/options\.filter must be AEL text/)
  })
})

test('an index on what is computed is made and queried by the same text', async () => {
  const { client } = cluster
  const expression = '$.n + 1000'
  await client.createIndex('test', set, { name: `${set}_later`, type: 'numeric', expression })
  const where = between({ expression }, 1002, 1004)
  expect(found(await client.query('test', set, { where }).toBatch())).toEqual([2, 3, 4])
  expect(found(await client.query('test', set, { where, filter: '$.n > 2' }).toBatch())).toEqual([3, 4])
})
