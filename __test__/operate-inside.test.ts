import { describe, expect, test } from 'vitest'
import { type Key, type Operation, ctx, double, exp, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** What `operate` returns of operations on the inside of bins, and what it refuses before anything is sent. */

const cluster = testCluster()
const keyOf = (id: string): Key => ['test', freshSet(), id]

describe.each(doors)('through the %s door', (_, door) => {
  const call = (key: Key, operations: unknown, options?: unknown): Promise<{ bins: object; results: unknown[] }> =>
    door(cluster.client, 'operate', key, operations, options) as never

  test('one result of each operation, in their order, and the last one of each bin', async () => {
    const key = keyOf('k')
    await cluster.client.put(key, { n: 0 })
    const operations = [
      op.lists.appendItems('l', [3, 1, 2]),
      op.touch(),
      op.maps.put('m', 'a', 1),
      op.lists.getByRank('l', 0),
      op.add('n', 5),
      op.lists.clear('l'),
      op.read('n'),
      op.compute('twice', '$.n * 2'),
      op.lists.size('l'),
      op.read('nothing'),
    ]
    const { bins, results } = await call(key, operations, { results: 'list' })
    expect(results).toEqual([3, null, 1, 1, null, null, 5, 10, 0, null])
    expect(bins).toEqual({ l: 0, m: 1, n: 5, twice: 10 })
    const again = await call(key, [op.lists.append('l', [7]), op.lists.get('l', 0)])
    expect(again).toMatchObject({ bins: { l: [7] } })
    expect('results' in again).toBe(false)
  })

  test('a list that is the only answer to its bin is no list of answers', async () => {
    const key = keyOf('k')
    await cluster.client.put(key, { l: [[1], [2]] })
    expect(await call(key, [op.lists.getRange('l', 0), op.maps.size('none')])).toMatchObject({
      bins: { l: [[1], [2]] },
    })
    expect(await call(key, [op.lists.clear('none'), op.lists.getRange('l', 0)])).toMatchObject({
      bins: { l: [[1], [2]] },
    })
  })

  test('integers as bigints', async () => {
    const { results } = await call(keyOf('k'), [op.lists.append('l', 2n ** 60n), op.lists.get('l', 0)], {
      results: 'list',
      integers: 'bigint',
    })
    expect(results).toEqual([1n, 2n ** 60n])
  })

  test('objects without a prototype, which nothing converts', async () => {
    const value: object = Object.assign(Object.create(null) as object, { a: 1 })
    const operations = [op.lists.append('l', value), op.maps.put('m', 'k', value), op.lists.get('l', 0)]
    expect((await call(keyOf('k'), operations, { results: 'list' })).results).toEqual([1, 1, { a: 1 }])
  })

  test('all or none', async () => {
    const key = keyOf('k')
    await cluster.client.put(key, { l: [1], text: 'x' })
    const failing = call(key, [op.lists.append('l', 2), op.lists.append('text', 1)])
    await expect(failing).rejects.toMatchObject({ resultCode: 12 })
    expect((await cluster.client.get(key))?.bins).toEqual({ l: [1], text: 'x' })
  })
})

test('pairs keep the order of ranks, where an object would sort numbers first', async () => {
  const key = keyOf('k')
  const { results } = await cluster.client.operate(
    key,
    [
      op.maps.putItems('m', new Map([['10', 3], ['9', 1], ['b', 2]])), // prettier-ignore
      op.maps.getByRankRange('m', 0, undefined, { return: 'keyValue' }),
      op.maps.getByRank('m', -1, { return: 'keyValue' }),
      op.maps.getByKeyList('m', ['b', '9'], { return: 'orderedMap' }),
    ],
    { results: 'list' },
  )
  const pairs = [['9', 1], ['b', 2], ['10', 3]] // prettier-ignore
  expect(results).toEqual([3, pairs, [['10', 3]], { 9: 1, b: 2 }])
})

test('nothing of a context that makes something is left out', async () => {
  const key = keyOf('k')
  await cluster.client.operate(key, [
    op.lists.append('m', 1, { context: [ctx.mapKeyCreate('a'), ctx.listIndexCreate(2, { pad: true })] }),
    op.maps.put('m', 'x', 1, { context: [ctx.mapKeyCreate('b', { order: 'keyOrdered' })] }),
    op.lists.create('m', { order: 'ordered', context: [ctx.mapKey('c')] }),
    op.lists.appendItems('m', [3, 1, 2], { context: [ctx.mapKey('c')] }),
  ])
  expect((await cluster.client.get(key))?.bins).toEqual({ m: { a: [null, null, [1]], b: { x: 1 }, c: [1, 2, 3] } })
})

test.each([undefined, 'unordered', 'ordered'] as const)(
  'a list is padded behind its end and not in front of it, %s',
  async (order) => {
    const key = keyOf('k')
    const append = (index: number, list: string) =>
      cluster.client.operate(key, [
        op.lists.append(list, 1, { context: [ctx.listIndexCreate(index, { pad: true, order })] }),
      ])
    await cluster.client.put(key, { empty: [], one: [[]], nothing: 1 })
    for (const [index, list] of [
      [-2, 'empty'],
      [-3, 'one'],
      [-2, 'none'],
      [-(2 ** 40), 'one'],
    ] as const) {
      // prettier-ignore
      await expect(append(index, list)).rejects.toMatchObject({ resultCode: 26 })
    }
    await append(-1, 'empty')
    await append(-1, 'one')
    expect((await cluster.client.get(key))?.bins).toEqual({ empty: [[1]], one: [[1]], nothing: 1 })
  },
)

test('persisted indexes are those of bins, and records with them read as others', async () => {
  const key = keyOf('k')
  await cluster.client.operate(key, [
    op.lists.create('l', { order: 'ordered', persistIndex: true }),
    op.lists.appendItems('l', [3, 1, 2]),
    op.maps.create('m', { order: 'keyOrdered', persistIndex: true }),
    op.maps.put('m', 'b', [2], { order: 'keyOrdered', persistIndex: true }),
    op.maps.create('m', { order: 'keyOrdered', persistIndex: true, context: [ctx.mapKey('inner')] }),
  ])
  expect((await cluster.client.get(key))?.bins).toEqual({ l: [1, 2, 3], m: { b: [2], inner: {} } })
})

describe('what is refused before anything is sent', () => {
  const wrong: [string, unknown, string | RegExp][] = [
    ['an index', op.lists.get('l', 'x' as never), 'operations[0].index must be an integer, not the string "x"'],
    [
      'a fraction',
      op.lists.get('l', 1.5),
      'operations[0].index must be a safe integer, or a bigint of 64 bits, not the number 1.5',
    ],
    ['a large bigint', op.lists.getByRank('l', 2n ** 63n), /operations\[0\]\.rank must be a safe integer/],
    [
      'a count that is missing',
      op.lists.trim('l', 1, undefined as never),
      'operations[0].count must be an integer, not undefined',
    ],
    [
      'no value',
      op.lists.append('l', undefined as never),
      'operations[0].value must be a value that a record can hold, not undefined',
    ],
    ['a date', op.lists.append('l', new Date(0)), /operations\[0\]\.value is a Date, which cannot be stored/],
    ['null in set', op.lists.set('l', 0, null as never), /operations\[0\]\.value must not be null/],
    ['no values', op.lists.appendItems('l', []), 'operations[0].values must have at least one value'],
    [
      'values that are none',
      op.lists.appendItems('l', 5 as never),
      'operations[0].values must be an array, not the number 5',
    ],
    ['a Double', op.lists.increment('l', 0, double(1) as never), /operations\[0\]\.by must be an integer/],
    [
      'an option',
      op.lists.append('l', 1, { uniqe: true } as never),
      /operations\[0\]\.options has no option "uniqe"; did you mean unique\?/,
    ],
    ['an option of others', op.lists.insert('l', 0, 1, { order: 'ordered' } as never), /no option "order"/],
    [
      'an order',
      op.lists.setOrder('l', 'sorted' as never),
      "operations[0].options.order must be 'unordered' or 'ordered', not the string \"sorted\"",
    ],
    [
      'options that are null',
      op.lists.setOrder('l', 'ordered', null as never),
      'operations[0].options must be an object, not null',
    ],
    ['no order', op.maps.setOrder('m', undefined as never), /operations\[0\]\.options\.order must be .*, not null/],
    [
      'what is returned',
      op.lists.getByIndex('l', 0, { return: 'key' as never }),
      /operations\[0\]\.options\.return must be 'none', /,
    ],
    ['inverting one', op.lists.getByIndex('l', 0, { inverted: true } as never), /no option "inverted"/],
    [
      'a context',
      op.lists.size('l', { context: ['a'] as never }),
      /operations\[0\]\.options\.context\[0\] must be a step such as ctx/,
    ],
    [
      'a context that is none',
      op.lists.size('l', { context: 'a' as never }),
      /context must be an array of what ctx makes/,
    ],
    ['a key', op.maps.put('m', 1.5, 1), /operations\[0\]\.key must be a string, a safe integer.*not the number 1.5/],
    ['entries', op.maps.putItems('m', [1] as never), /operations\[0\]\.entries must be an object or a Map/],
    ['no entries', op.maps.putItems('m', {}), 'operations[0].entries must have at least one entry'],
    ['an addend', op.maps.increment('m', 'a', 'b' as never), /operations\[0\]\.by must be a number/],
    ['bytes', op.bits.set('b', 0, 8, [1] as never), 'operations[0].value must be a Uint8Array, not an array of 1'],
    ['a bit', op.bits.leftScan('b', 0, 8, 1 as never), 'operations[0].value must be true or false, not the number 1'],
    [
      'index bits',
      op.hlls.init('h', { indexBits: 3 }),
      /operations\[0\]\.options\.indexBits must be an integer from 4 to 16/,
    ],
    ['a sketch', op.hlls.union('h', ['x'] as never), /operations\[0\]\.others\[0\] must be a HyperLogLog or its bytes/],
    ['an expression', op.lists.append('l', exp.int('n')), /operations\[0\]\.value is an Expression/],
    ['a bin', op.lists.size('a_name_too_long_'), /operations\[0\]\.bin/],
    [
      'an operation',
      { op: 'lists.frobnicate', bin: 'l', args: [] },
      /operations\[0\] must be an operation such as op\.read/,
    ],
    ['no arguments', { op: 'lists.append', bin: 'l' }, 'operations[0].args must be an array, not undefined'],
  ]
  test.each(wrong)('%s', async (_, operation, message) => {
    const refused = cluster.client.operate(keyOf('k'), [operation as Operation])
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_ARGUMENT|OUT_OF_RANGE/) as string,
    })
  })

  test('all bins beside parts of them', async () => {
    const both = cluster.client.operate(keyOf('k'), [op.readAll(), op.lists.size('l')])
    await expect(both).rejects.toThrow('operations[1] is about the inside of a bin beside operations[0], op.readAll()')
    for (const [operation, message] of [
      [op.readAll(), 'op.readAll(), has no single result'],
      [op.header(), 'op.header(), has no result'],
    ] as const) {
      await expect(cluster.client.operate(keyOf('k'), [operation], { results: 'list' })).rejects.toThrow(message)
    }
  })
})
