import { beforeAll, describe, expect, test } from 'vitest'
import { type Expression, type Key, ctx, exp, op } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

/** Expressions that give a list, map, blob or sketch with a change: what the server makes of them, and their text. */

const cluster = testCluster()
const key: Key = ['test', freshSet(), 1]
const record = { l: [3, 1, 2, 1], m: { a: 1, b: 2, c: 3 }, n: { in: [1, 2] }, b: Uint8Array.of(1, 2, 0xff) }

beforeAll(() => cluster.client.put(key, record))

const { lists, maps, bits, hlls } = exp
const { sort: inOrder } = lists
const [l, m, b] = [exp.list('l'), exp.map('m'), exp.blob('b')]
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const cases: [Expression, unknown][] = [
  [lists.append(l, 9), [3, 1, 2, 1, 9]],
  [lists.append(l, exp.listValue([9])), [3, 1, 2, 1, [9]]],
  [lists.appendItems(l, [8, 9]), [3, 1, 2, 1, 8, 9]],
  [lists.insert(l, 1, 'x'), [3, 'x', 1, 2, 1]],
  [lists.insertItems(l, -1, [7, 8]), [3, 1, 2, 7, 8, 1]],
  [lists.set(l, 0, 5), [5, 1, 2, 1]],
  [lists.clear(l), []],
  [lists.increment(l, 2), [3, 1, 3, 1]],
  [lists.increment(l, 2, 10), [3, 1, 12, 1]],
  [inOrder(l), [1, 1, 2, 3]],
  [inOrder(l, { descending: true }), [3, 2, 1, 1]],
  [inOrder(l, { dropDuplicates: true }), [1, 2, 3]],
  [lists.removeByIndex(l, 0), [1, 2, 1]],
  [lists.removeByRank(l, -1), [1, 2, 1]],
  [lists.removeByValue(l, 1), [3, 2]],
  [lists.removeByValue(l, 1, { inverted: true }), [1, 1]],
  [lists.removeByValueList(l, [3, 2]), [1, 1]],
  [lists.removeByIndexRange(l, 1, 2), [3, 1]],
  [lists.removeByIndexRange(l, 1), [3]],
  [lists.removeByValueRange(l, 2, 9), [1, 1]],
  [lists.removeByRankRange(l, 2), [1, 1]],
  [lists.removeByValueRelativeRankRange(l, 2, 0, 1), [3, 1, 1]],
  [maps.put(m, 'd', 4), { a: 1, b: 2, c: 3, d: 4 }],
  [maps.putItems(m, { a: 9, e: 5 }), { a: 9, b: 2, c: 3, e: 5 }],
  [maps.increment(m, 'a', 10), { a: 11, b: 2, c: 3 }],
  [maps.clear(m), {}],
  [maps.removeByKey(m, 'b'), { a: 1, c: 3 }],
  [maps.removeByIndex(m, 0), { b: 2, c: 3 }],
  [maps.removeByRank(m, -1), { a: 1, b: 2 }],
  [maps.removeByKeyList(m, ['a', 'c']), { b: 2 }],
  [maps.removeByKeyList(m, ['a'], { inverted: true }), { a: 1 }],
  [maps.removeByValue(m, 2), { a: 1, c: 3 }],
  [maps.removeByValueList(m, [1, 2]), { c: 3 }],
  [maps.removeByKeyRange(m, 'b'), { a: 1 }],
  [maps.removeByIndexRange(m, 1), { a: 1 }],
  [maps.removeByValueRange(m, 2, 3), { a: 1, c: 3 }],
  [maps.removeByRankRange(m, 0, 2), { c: 3 }],
  [maps.removeByKeyRelativeIndexRange(m, 'b', 0, 1), { a: 1, c: 3 }],
  [maps.removeByValueRelativeRankRange(m, 2, 1), { a: 1, b: 2 }],
  [lists.append(exp.map('n'), 3, { context: [ctx.mapKey('in')] }), { in: [1, 2, 3] }],
  [lists.size(lists.append(l, 9)), 5],
  [bits.resize(b, 4), bytes(1, 2, 0xff, 0)],
  [bits.resize(b, 4, { fromFront: true }), bytes(0, 1, 2, 0xff)],
  [bits.insert(b, 1, bytes(7)), bytes(1, 7, 2, 0xff)],
  [bits.remove(b, 0, 1), bytes(2, 0xff)],
  [bits.set(b, 8, 8, bytes(5)), bytes(1, 5, 0xff)],
  [bits.or(b, 0, 8, bytes(0x80)), bytes(0x81, 2, 0xff)],
  [bits.xor(b, 16, 8, bytes(0x0f)), bytes(1, 2, 0xf0)],
  [bits.and(b, 16, 8, bytes(0x0f)), bytes(1, 2, 0x0f)],
  [bits.not(b, 0, 8), bytes(0xfe, 2, 0xff)],
  [bits.leftShift(b, 0, 8, 3), bytes(8, 2, 0xff)],
  [bits.rightShift(b, 16, 8, 4), bytes(1, 2, 0x0f)],
  [bits.add(b, 8, 8, 5), bytes(1, 7, 0xff)],
  [bits.add(b, 16, 8, 2, { overflow: 'wrap' }), bytes(1, 2, 1)],
  [bits.add(b, 16, 8, 2, { overflow: 'saturate' }), bytes(1, 2, 0xff)],
  [bits.subtract(b, 8, 8, 1), bytes(1, 1, 0xff)],
  [bits.setInt(b, 0, 16, 0x0304), bytes(3, 4, 0xff)],
]

describe.each(cases.map(([expression, given]) => [String(expression), expression, given] as const))(
  '%s',
  (text, expression, given) => {
    test('the server gives it', async () => {
      const { bins } = await cluster.client.operate(key, [op.compute('it', expression)])
      expect(bins).toEqual({ it: given })
    })

    test('its text reads back', () => {
      expect(exp.parse(text).toBytes()).toEqual(expression.toBytes())
    })
  },
)

test('a list is sorted in one way', () => {
  expect(() => inOrder(l, { descending: true, dropDuplicates: true })).toThrow(/exclude each other/)
})

test('nothing of it is written', async () => {
  expect((await cluster.client.get(key))?.bins).toEqual(record)
})

test('a sum that does not fit is unknown', async () => {
  const sum = exp.eq(bits.add(b, 16, 8, 2), bytes(1, 2, 1))
  await expect(cluster.client.operate(key, [op.compute('it', sum)])).rejects.toThrow(/not applicable/)
})

test('values are added to a sketch', () => {
  const more = hlls.count(hlls.add(exp.hll('h'), ['x', 'y']))
  expect(Buffer.from(more.toBytes()).toString('hex')).toBe('957f02029132957f09429201927e92a20378a20379935109a168')
})
