import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Expression, type Key, ctx, dtype, exp, op } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

/** Paths: their bytes, which `crates/core/tests/core/expressions.rs` builds with the aerospike crate, and what they give. */

const cluster = testCluster()
const key: Key = ['test', freshSet(), 'shop']
const shop = {
  bike: { color: 'red', price: 19.95 },
  book: [
    { n: 1, price: 8.95, title: 'A' },
    { n: 2, price: 12.99, title: 'B' },
    { isbn: 'x', n: 3, price: 8.99, title: 'C' },
  ],
  n: 5,
}

beforeAll(() => cluster.client.put(key, { store: shop, list: [1, 5, 3, 'x'] }))

const { element, paths } = exp
const store = exp.map('store')
const books = ctx.mapKey('book')
const price = exp.maps.getByKey(element.value('map'), 'price', { as: 'float' })
const cheap = ctx.filter(exp.lt(price, 10))

/** Expressions by the names of their bytes in the fixture, and what they give of the record. */
const forms: Record<string, [Expression, unknown]> = {
  values: [paths.select(store, [books, ctx.all(), ctx.mapKey('price')]), [8.95, 12.99, 8.99]],
  filtered: [paths.select(store, [books, cheap, ctx.mapKey('title')]), ['A', 'C']],
  tree: [
    paths.select(store, [books, cheap, ctx.mapKeys(['n', 'title'])], { return: 'tree' }),
    {
      book: [
        { n: 1, title: 'A' },
        { n: 3, title: 'C' },
      ],
    },
  ],
  keys: [paths.select(store, [ctx.filter(exp.eq(element.key(), 'n'))], { return: 'keys', lenient: true }), ['n']],
  entries: [
    paths.select(store, [books, ctx.listIndex(0), ctx.mapKey('n'), ctx.and(exp.gt(element.value('int'), 0))], {
      return: 'entries',
    }),
    ['n', 1],
  ],
  indexes: [paths.select(exp.list('list'), [ctx.filter(exp.gt(element.index(), 1))]), [3, 'x']],
  modified: [
    paths.select(paths.modify(store, [books, ctx.all(), ctx.mapKey('n')], exp.mul(element.value('int'), 10)), [
      books,
      ctx.all(),
      ctx.mapKey('n'),
    ]),
    [10, 20, 30],
  ],
  lenient: [
    paths.modify(exp.list('list'), [ctx.all()], exp.add(element.value('int'), 1), { lenient: true }),
    [2, 6, 4, 'x'],
  ],
  removed: [paths.remove(exp.list('list'), [ctx.filter(exp.gt(element.value('int'), 2))], { lenient: true }), [1, 'x']],
}

interface Recorded {
  readonly forms: Readonly<Record<string, string>>
}
const recorded = JSON.parse(
  readFileSync(join(process.cwd(), 'fixtures/captures/path-expressions.json'), 'utf8'),
) as Recorded

describe.each(Object.entries(forms))('%s', (name, [expression, given]) => {
  test('it has the bytes that the crate builds', () => {
    expect(Buffer.from(expression.toBytes()).toString('hex')).toBe(recorded.forms[name])
  })

  test('its text reads back', () => {
    expect(exp.parse(String(expression)).toBytes()).toEqual(expression.toBytes())
  })

  test('the server gives it', async () => {
    const { bins } = await cluster.client.operate(key, [op.compute('it', expression)])
    expect(bins).toEqual({ it: given })
  })
})

test('a field may be what a path gives', async () => {
  const prices = dtype({ prices: { type: ['f8', 3], from: forms['values']![0] } })
  const batch = await cluster.client.batchRead([key], { dtype: prices })
  expect([...batch.at(0).prices]).toEqual([8.95, 12.99, 8.99])
})

describe('what is wrong with a path', () => {
  test.each([
    [() => paths.select(exp.int('i') as never, [ctx.all()]), /source must be an expression of a list or a map/],
    [() => paths.select(store, []), /steps must be an array of what ctx makes/],
    [() => paths.select(store, [ctx.all(), ctx.and(exp.boolValue(true))]), /and\(\) narrows a step/],
    [() => paths.select(store, Array.from({ length: 65 }, ctx.all)), /at most 64 steps, not 65/],
    [
      () => paths.select(store, [ctx.all()], { return: 'leaves' as never }),
      /options.return must be 'tree', 'values', 'keys' or 'entries', not the string "leaves"/,
    ],
    [() => ctx.filter(exp.int('i') as never), /filter must be a bool, not an int/],
    [() => paths.modify(store, [ctx.all()], exp.variable('x', 'int')), /the variable x is not known inside of a path/],
    [() => exp.parse('paths.select($.m)'), /expected paths.select\(\$\.bin, steps: \[…\]\)/],
    [() => exp.parse("paths.select($.m.{}, steps: [all(), key('a')])"), /line 1, column 37: expected a step such as/],
    [() => exp.parse('let(x = 1) then (paths.remove($.m.{}, steps: [filter(${x} == 1)]))'), /no variable x here/],
  ])('%s', (build, message) => {
    expect(build).toThrow(message)
  })
})
