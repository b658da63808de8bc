import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Expression, type Key, type Operation, ael, connect, ctx, exp, op } from '../src/index.js'
import { type Recorder, record } from './support/recorder.js'
import { freshSet, testCluster } from './support/server.js'

/** All but the elements of an empty list, of which a real server of build 8.1.2 ends when it has to return them. */

const cluster = testCluster({ server: {} })
const key: Key = ['test', freshSet(), 'k']
let client: Client
let recorder: Recorder
beforeAll(async () => {
  recorder = await record(cluster.hosts)
  client = await connect(recorder.host)
})
afterAll(async () => {
  await client.close()
  await recorder.close()
})

const { maps } = op
const m = exp.map('m')
const inverted = true
const CODES = {
  key: 'KEY',
  value: 'VALUE',
  keyValue: 'KEY_VALUE',
  unorderedMap: 'UNORDERED_MAP',
  orderedMap: 'ORDERED_MAP',
} as const

const sent = async (operation: Operation): Promise<unknown> => {
  await recorder.taken()
  await client.operate(key, [operation])
  return (await recorder.taken()).map(({ operations }) => operations)
}

describe.each(['key', 'value', 'keyValue', 'unorderedMap', 'orderedMap'] as const)('that returns %s', (what) => {
  const returning = { return: what }
  const all = { inverted, return: what }

  test.each([
    [maps.getByKeyList('m', [], all), maps.getByIndexRange('m', 0, undefined, returning)],
    [maps.getByValueList('m', [], all), maps.getByIndexRange('m', 0, undefined, returning)],
    [maps.removeByKeyList('m', [], all), maps.removeByIndexRange('m', 0, undefined, returning)],
    [maps.removeByValueList('m', [], all), maps.removeByIndexRange('m', 0, undefined, returning)],
  ] as [Operation, Operation][])('%j is sent as a range of all', async (operation, range) => {
    await cluster.client.put(key, { m: { a: 1, b: 2 } })
    const { results } = await client.operate(key, [operation], { results: 'list' })
    await cluster.client.put(key, { m: { a: 1, b: 2 } })
    expect(results).toEqual((await client.operate(key, [range], { results: 'list' })).results)
    expect(Object.keys(results[0] as object)).toHaveLength(2)
    await cluster.client.put(key, { m: { a: 1, b: 2 } })
    expect(await sent(operation)).toEqual(await sent(range))
  })

  test.each<[Expression, Expression]>([
    [exp.maps.getByKeyList(m, [], all), exp.maps.getByIndexRange(m, 0, undefined, returning)],
    [exp.maps.getByValueList(m, [], all), exp.maps.getByIndexRange(m, 0, undefined, returning)],
    [
      ael(`maps.getByKeyList($.m, [], return: ${CODES[what]}, inverted: true)`),
      exp.maps.getByIndexRange(m, 0, undefined, returning),
    ],
  ])('an expression has the bytes of one of a range', (expression, range) => {
    expect(expression.toBytes()).toEqual(range.toBytes())
  })
})

test('inside of a map, and where the list is not empty or nothing has to be returned', async () => {
  await cluster.client.put(key, { m: { in: { a: 1, b: 2, c: 3 } } })
  const context = [ctx.mapKey('in')]
  const operations = [
    maps.getByKeyList('m', [], { inverted, context }),
    maps.getByKeyList('m', ['b'], { inverted, context }),
    maps.getByValueList('m', [], { context }),
    maps.getByValueList('m', [], { inverted, context, return: 'count' }),
    maps.removeByKeyList('m', [], { inverted, context }),
    maps.size('m', { context }),
  ]
  const { results } = await client.operate(key, operations, { results: 'list' })
  expect(results).toEqual([[1, 2, 3], [1, 3], [], 3, null, 0])
})
