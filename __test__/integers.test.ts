import { beforeAll, describe, expect, test } from 'vitest'
import { type Key, op } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const key: Key = ['test', freshSet(), 'k']
const bins = { small: 5, big: 2n ** 62n, list: [1, [-(2n ** 60n)]], map: { n: 7 }, half: 0.5 }
const asNumbers = { small: 5, big: 2n ** 62n, list: [1, [-(2n ** 60n)]], map: { n: 7 }, half: 0.5 }
const asBigints = { small: 5n, big: 2n ** 62n, list: [1n, [-(2n ** 60n)]], map: { n: 7n }, half: 0.5 }

beforeAll(async () => {
  await cluster.client.put(key, bins)
})

describe('integers outside the safe range are bigints; with integers: bigint all are', () => {
  test('get', async () => {
    expect((await cluster.client.get(key))?.bins).toEqual(asNumbers)
    expect((await cluster.client.get(key, { integers: 'bigint' }))?.bins).toEqual(asBigints)
    expect(cluster.client.getSync(key, { integers: 'bigint' })?.bins).toEqual(asBigints)
  })

  test('select', async () => {
    expect((await cluster.client.select(key, ['small'], { integers: 'bigint' }))?.bins).toEqual({ small: 5n })
    expect(cluster.client.selectSync(key, ['small'], { integers: 'number' })?.bins).toEqual({ small: 5 })
  })

  test('batchRead without a dtype', async () => {
    expect((await cluster.client.batchRead([key]))[0]?.bins).toEqual(asNumbers)
    expect((await cluster.client.batchRead([key], { integers: 'bigint' }))[0]?.bins).toEqual(asBigints)
    expect(cluster.client.batchReadSync([key], { integers: 'bigint' })[0]?.bins).toEqual(asBigints)
  })

  test('operate', async () => {
    const read = [op.read('small')]
    expect((await cluster.client.operate(key, read, { integers: 'bigint' })).bins).toEqual({ small: 5n })
    expect(cluster.client.operateSync(key, read).bins).toEqual({ small: 5 })
  })

  test('any other word is refused', async () => {
    // @ts-expect-error only two words fit
    await expect(cluster.client.get(key, { integers: 'all' })).rejects.toThrow(
      /options\.integers must be 'number' or 'bigint'/,
    )
  })
})
