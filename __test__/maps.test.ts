import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { type Key, double, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** A JavaScript `Map` in a bin: any keys that the server has, any depth, in its own order. */

const cluster = testCluster()
const key = (): Key => ['test', freshSet(), 'k']

describe.each(doors)('through the %s door', (_, door) => {
  test.each<[string, Map<unknown, unknown>, unknown?]>([
    [
      'integer keys',
      new Map([
        [3, 'c'],
        [1, 'a'],
        [-2, 'b'],
      ]),
    ],
    [
      'keys of int64',
      new Map<unknown, unknown>([
        [2n ** 63n - 1n, 1],
        [-(2n ** 63n), 2],
      ]),
    ],
    [
      'keys of bytes',
      new Map([
        [Uint8Array.of(2, 0), 1],
        [Uint8Array.of(), 2],
      ]),
    ],
    [
      'keys of all kinds',
      new Map<unknown, unknown>([
        ['z', 1],
        [7, 2],
        [Uint8Array.of(1), 3],
        ['a', 4],
      ]),
    ],
    [
      'maps and lists in maps',
      new Map<unknown, unknown>([
        [1, new Map([[2, [new Map([[3, null]]), { x: double(1.5).value }]]])],
        [2, true],
      ]),
    ],
    [
      'string keys, which come back as an object',
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      { b: 1, a: 2 },
    ],
    ['an empty one, too', new Map(), {}],
    ['a bigint for a number', new Map([[5n, 5n]]), new Map([[5, 5]])],
  ])('%s', async (__, map, expected = map) => {
    const at = key()
    await door(cluster.client, 'put', at, { map, list: [map] })
    const bins = { map: expected, list: [expected] }
    const read = (await door(cluster.client, 'get', at)) as { bins: typeof bins }
    expect(read.bins).toEqual(bins)
    await door(cluster.client, 'operate', at, [op.write('again', map)])
    expect(await door(cluster.client, 'batchRead', [at])).toMatchObject([{ bins: { ...bins, again: expected } }])
  })

  test('objects come in the order of their keys, as servers store them', async () => {
    const at = key()
    const names = Array.from({ length: 100 }, (__, index) => `k${(index * 37) % 100}`)
    await door(cluster.client, 'put', at, { o: Object.fromEntries(names.map((name) => [name, name])) })
    const read = (await door(cluster.client, 'get', at)) as { bins: { o: object } }
    expect(Object.keys(read.bins.o)).toEqual(names.toSorted())
  })

  test('a Map of another realm', async () => {
    const at = key()
    await door(cluster.client, 'put', at, { map: runInNewContext('new Map([[1, new Map([[2, { a: 1 }]])]])') })
    expect(await door(cluster.client, 'get', at)).toMatchObject({
      bins: { map: new Map([[1, new Map([[2, { a: 1 }]])]]) },
    })
  })

  test.each<[string, unknown, string, string]>([
    [
      'a fraction',
      new Map([[1.5, 1]]),
      'TypeError',
      'bins.m has the number 1.5 as a key, which no map can have; use strings',
    ],
    ['null', new Map([[null, 1]]), 'TypeError', 'bins.m has null as a key'],
    ['a boolean', new Map([[true, 1]]), 'TypeError', 'bins.m has true as a key'],
    ['too big an integer', new Map([[2n ** 64n, 1]]), 'RangeError', 'a key of bins.m is a bigint outside int64'],
    ['a Date within', new Map([['a', new Map([[1, new Date(0)]])]]), 'TypeError', 'bins.m.get("a").get(1) is a Date'],
    ['undefined within', new Map([[1, undefined]]), 'TypeError', 'bins.m.get(1) is of type undefined'],
    ['a cycle', cyclic(), 'RangeError', 'is nested deeper than 64 levels, or in a cycle'],
  ])('%s is refused', async (__, m, name, message) => {
    await expect(door(cluster.client, 'put', key(), { m })).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    })
  })
})

function cyclic(): Map<string, unknown> {
  const map = new Map<string, unknown>()
  return map.set('self', map)
}
