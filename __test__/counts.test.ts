import { describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** The most bins and operations that a server takes: what does not fit is refused, and nothing is sent. */

const cluster = testCluster()
const MOST = 32_768

const bins = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, bin) => [`b${bin}`, bin]))

describe.each(doors)('through the %s door', (_, door) => {
  test('a row of putMany with more bins than a request can count damages no other row', async () => {
    const set = freshSet()
    const records = [1, 2, 3].map((id) => [['test', set, id], id === 2 ? bins(MOST + 11) : { n: id }])
    await expect(door(cluster.client, 'putMany', records)).rejects.toThrow(
      'records[1][1] has 32779 bins; at most 32768 fit in one request',
    )
    const read = await cluster.client.batchRead([1, 2, 3].map((id) => ['test', set, id] as const))
    expect(read.map(({ resultCode }) => resultCode)).toEqual([2, 2, 2])
  })

  test('put and operate say the same of theirs', async () => {
    const key = ['test', freshSet(), 1]
    await expect(door(cluster.client, 'put', key, bins(MOST + 1))).rejects.toThrow('bins has 32769 bins')
    const operations = Array.from({ length: MOST + 1 }, () => ({ op: 'read', bin: 'n' }))
    await expect(door(cluster.client, 'operate', key, operations)).rejects.toThrow(
      'operations has 32769 operations; at most 32768 fit in one request',
    )
  })

  test('a read that names more bins than a request can count is refused, and one that names as many is not', async () => {
    const set = freshSet()
    await cluster.client.put(['test', set, 1], { b1: 1, b32767: 2 })
    const names = Object.keys(bins(MOST + 2))
    for (const [method, key] of [
      ['batchRead', [['test', set, 1]]],
      ['get', ['test', set, 1]],
    ] as const) {
      await expect(door(cluster.client, method, key, { bins: names })).rejects.toThrow(
        'bins has 32770 bins; at most 32768 fit in one request',
      )
    }
    const read = await door(cluster.client, 'batchRead', [['test', set, 1]], { bins: names.slice(0, MOST) })
    expect(read).toMatchObject([{ bins: { b1: 1, b32767: 2 } }])
    // A server answers a scan that names more with nothing at all.
    const scanned = cluster.client.scan('test', set, { bins: names }).toBatch()
    await expect(scanned).rejects.toThrow('32770 operations do not fit in one request; at most 32768 do')
    expect((await cluster.client.scan('test', set, { bins: names.slice(0, MOST) }).toBatch()).length).toBe(1)
  })
})

test('a dtype has as many fields as a request can count', () => {
  const fields = Object.keys(bins(MOST + 1)).map((name) => [name, 'u1'] as const)
  expect(() => dtype(fields)).toThrow('a request can name 32768 bins')
})
