import { describe, expectTypeOf, test } from 'vitest'
import {
  type AnyValue,
  type Client,
  GeoJSON,
  type HyperLogLog,
  type InsideOperation,
  type Key,
  type MapKey,
  type ReadRecord,
  ctx,
  double,
  exp,
  op,
} from '../src/index.js'

declare const client: Client
const key: Key = ['test', 'set', 1]

describe('operations on the inside of bins', () => {
  test('what they result in has its type', async () => {
    const { results } = await client.operate(
      key,
      [
        op.lists.append('l', 1),
        op.lists.getByIndex('l', 0),
        op.lists.getByRankRange('l', 0, 2, { return: 'count' }),
        op.lists.removeByValue('l', 1),
        op.maps.getByKeyRange('m', 'a', 'b', { return: 'keyValue' }),
        op.maps.getByIndex('m', 0, { return: 'key' }),
        op.maps.getByValueList('m', [1], { return: 'exists', inverted: true }),
        op.bits.get('b', 0, 8),
        op.hlls.union('h', []),
        op.read('n'),
      ],
      { results: 'list' },
    )
    expectTypeOf(results).toEqualTypeOf<
      [
        number | null,
        unknown,
        number | null,
        null,
        [MapKey, unknown][] | null,
        MapKey | null,
        boolean | null,
        Uint8Array | null,
        HyperLogLog | null,
        unknown,
      ]
    >()
    expectTypeOf(client.operateSync(key, [op.lists.size('l')], { results: 'list' }).results).toEqualTypeOf<
      [number | null]
    >()
    const bigints = await client.operate(key, [op.lists.size('l')], { results: 'list', integers: 'bigint' })
    expectTypeOf(bigints.results).toEqualTypeOf<unknown[]>()
    expectTypeOf(await client.operate(key, [op.lists.size('l')])).toEqualTypeOf<ReadRecord>()
    expectTypeOf(op.lists.sort('l')).toEqualTypeOf<InsideOperation<null>>()
  })

  test('wrong ones do not compile', () => {
    // @ts-expect-error: an index is an integer
    op.lists.get('l', 'first')
    // @ts-expect-error: lists have no keys
    op.lists.getByIndex('l', 0, { return: 'key' })
    // @ts-expect-error: one element cannot be inverted
    op.maps.getByKey('m', 'a', { inverted: true })
    // @ts-expect-error: the crate sends no other increments of lists
    op.lists.increment('l', 0, double(1))
    // @ts-expect-error: an insert makes no ordered list
    op.lists.insert('l', 0, 1, { order: 'ordered' })
    // @ts-expect-error: nothing is no value
    op.lists.append('l', undefined)
    // @ts-expect-error: null cannot be set
    op.lists.set('l', 0, null)
    // @ts-expect-error: a list has no such order
    op.lists.setOrder('l', 'keyOrdered')
    // @ts-expect-error: a map has keys of three types
    op.maps.put('m', true, 1)
    // @ts-expect-error: a count goes in front of the options
    op.maps.getByIndexRange('m', 0, { return: 'count' })
    // @ts-expect-error: bits are of bytes
    op.bits.set('b', 0, 8, [1])
    // @ts-expect-error: sketches have no contexts
    op.hlls.count('h', { context: [] })
    // @ts-expect-error: a read makes nothing
    op.lists.size('l', { context: [ctx.mapKeyCreate('a')] })
    // @ts-expect-error: an expression makes nothing
    exp.lists.size(exp.map('m'), { context: [ctx.mapKeyCreate('a')] })
    // @ts-expect-error: a step is made by ctx
    op.lists.size('l', { context: ['a'] })
    op.lists.append('l', 1, { context: [ctx.mapKeyCreate('a'), ctx.listIndex(0)] })
    op.maps.put('m', 'a', { any: [new GeoJSON({ type: 'Point', coordinates: [0, 0] })] })
  })
})

test('GeoJSON and HyperLogLogs are values', () => {
  expectTypeOf<GeoJSON>().toExtend<AnyValue>()
  expectTypeOf<HyperLogLog>().toExtend<AnyValue>()
  // @ts-expect-error: GeoJSON has a type
  void new GeoJSON({ coordinates: [0, 0] })
})
