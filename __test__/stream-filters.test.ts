import { beforeAll, describe, expect, test } from 'vitest'
import { ael, between, exp } from '../src/index.js'
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

  test('refuses what is no filter before anything is sent', () => {
    expect(() => cluster.client.scan('test', set, { filter: '$.n = 4' })).toThrow(/options\.filter, line 1, column 5/)
    expect(() => cluster.client.scan('test', set, { filter: '$.n + 1' })).toThrow(/expected a bool as a whole/)
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
