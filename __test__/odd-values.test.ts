import { describe, expect, test } from 'vitest'
import { type Key, dtype, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

/** Names that are awkward in one language or another. */
const names = ['a\0b', '\0', '__proto__', 'constructor', '', '\u{1f600}', '"\\\n']

describe.each(doors)('values that are awkward somewhere, %s', (_, door) => {
  test('are read as they were written, alone and in a batch', async () => {
    const { client } = cluster
    const set = freshSet()
    const key: Key = ['test', set, 'odd']
    // With a number for a key there, this is a Map, whatever its other keys are.
    const map = new Map<string | number, unknown>([[1, 'one'], ...names.map((name) => [name, name] as const)])
    const inner = Object.defineProperty({ 'a\0b': { '\0': 1 } }, '__proto__', { value: 2, enumerable: true })
    const bins = { map, inner, text: 'a\0b', list: ['\0', Number.NaN, -0] }
    await door(client, 'put', key, bins)
    await door(client, 'put', ['test', set, 'even'], { n: 1 })
    const found = (await door(client, 'get', key)) as { bins: typeof bins }
    expect(found.bins).toStrictEqual(bins)
    expect(Object.keys(found.bins.inner).toSorted()).toEqual(['__proto__', 'a\0b'])
    expect(await door(client, 'select', key, ['inner'])).toMatchObject({ bins: { inner } })
    expect(await door(client, 'operate', key, [op.read('map'), op.read('inner')])).toMatchObject({
      bins: { map, inner },
    })
    const keys: Key[] = [['test', set, 'even'], key, ['test', set, 'nowhere']]
    const records = (await door(client, 'batchRead', keys)) as { bins: unknown; resultCode: number }[]
    expect(records.map(({ resultCode }) => resultCode)).toEqual([0, 0, 2])
    expect(records[0]?.bins).toEqual({ n: 1 })
    expect(records[1]?.bins).toStrictEqual(bins)
  })

  test('records of many shapes, whose bins have awkward names', async () => {
    const { client } = cluster
    const set = freshSet()
    const odd = ['__proto__', 'constructor', '12', '0', 'key', 'toString']
    const shapes = Array.from({ length: 20 }, (_shape, n) => [...odd.slice(n % 6), `own${n}`, ...odd.slice(0, n % 6)])
    shapes.push(
      Array.from({ length: 300 }, (_bin, n) => `bin${n}`),
      ['n'],
    )
    const written = shapes.map((bins, n) => {
      const record = Object.fromEntries(bins.map((name, bin) => [name, n * 1000 + bin]))
      return [['test', set, n] as Key, record] as const
    })
    await door(client, 'putMany', written)
    for (const round of [0, 1]) {
      for (const [key, bins] of written) {
        const found = (await door(client, 'get', key)) as Record<string, Record<string, unknown>>
        expect({ round, ...found }).toStrictEqual({ round, key, bins, gen: 1, ttl: 0xffffffff, resultCode: 0 })
        expect(Object.keys(found)).toEqual(['key', 'bins', 'gen', 'ttl', 'resultCode'])
        expect(Object.getOwnPropertyDescriptors(found['bins'])).toEqual(Object.getOwnPropertyDescriptors(bins))
        found['bins']!['n'] = 'changed'
      }
    }
  })

  test('columns and fills whose names every object inherits', async () => {
    const { client } = cluster
    const odd = ['__proto__', 'constructor', 'toString', 'valueOf']
    const schema = dtype(odd.map((name) => [name, 'i4'] as const))
    const keys: Key[] = [['test', freshSet(), 1]]
    const columns = Object.fromEntries(odd.map((name, n) => [name, [n]]))
    await door(client, 'batchWrite', keys, { dtype: schema, columns })
    const read = async (options: object): Promise<unknown> => {
      const batch = (await door(client, 'batchRead', keys, { dtype: schema, ...options })) as Iterable<object>
      return Array.from(batch, (row) => Object.entries(row))
    }
    expect(await read({})).toEqual([odd.map((name, n) => [name, n])])
    expect(await read({ bins: ['toString'], fill: { valueOf: 9 } })).toEqual([
      odd.map((name, n) => [name, name === 'valueOf' ? 9 : name === 'toString' ? n : 0]),
    ])
    const incomplete = door(client, 'batchWrite', keys, { dtype: schema, columns: { valueOf: [1], toString: [1] } })
    await expect(incomplete).rejects.toThrow('options.columns.__proto__ is missing')
  })

  test('a name with a NUL is refused for a bin, by name', async () => {
    const { client } = cluster
    const key: Key = ['test', freshSet(), 1]
    const columns = { 'a\0': Int32Array.of(1) }
    const refused = {
      code: 'ERR_AEROSTRIDE_OUT_OF_RANGE',
      message: expect.stringMatching(/the bin "a\\u0000" has a NUL/),
    }
    await expect(door(client, 'put', key, { 'a\0': 1 })).rejects.toMatchObject(refused)
    await expect(door(client, 'putMany', [[key, { 'a\0': 1 }]])).rejects.toMatchObject(refused)
    await expect(door(client, 'operate', key, [op.write('a\0', 1)])).rejects.toMatchObject(refused)
    const written = door(client, 'batchWrite', [key], { dtype: dtype({ 'a\0': 'i4' }), columns })
    await expect(written).rejects.toMatchObject(refused)
  })
})

describe.each(doors)('a value that is nested deeper than any stack, %s', (_, door) => {
  const own = testCluster({ server: {} })

  test('is given as its bytes, and ends nothing', async () => {
    const { client, server } = own
    const key: Key = ['test', freshSet(), 'deep']
    // The server stores bytes, and answers that they are a list.
    const deep = new Uint8Array(100_000).fill(0x91)
    deep[deep.length - 1] = 1
    await client.put(key, { deep, n: 1 })
    server.setFaults(['on=read particle=20', 'on=batch particle=20', 'on=scan particle=20'])
    const bins = { deep, n: 1 }
    expect(await door(client, 'get', key)).toMatchObject({ bins })
    expect(await door(client, 'select', key, ['deep'])).toMatchObject({ bins: { deep } })
    expect(await door(client, 'operate', key, [op.read('deep')])).toMatchObject({ bins: { deep } })
    expect(await door(client, 'batchRead', [key])).toMatchObject([{ bins, resultCode: 0 }])
    expect(await client.scan('test', key[1]).toBatch()).toMatchObject([{ bins }])
    const filter = '$.n == 1'
    expect(await door(client, 'get', key, { filter })).toMatchObject({ bins })
    // One that renews the ttl is read by the crate. A record that a filter has let through there is not asked for again, as it
    // may have changed.
    const filtered = door(client, 'get', key, { filter, policy: { readTouchTtlPercent: -1 } })
    await expect(filtered).rejects.toThrow('the value of the bin "deep" is nested deeper than 256 levels')
    server.setFaults([])
  })
})

const proxied = (): unknown[] => new Proxy([1, new Proxy(['a'], {}), new Proxy({ b: [2] }, {})], {})

describe.each(doors)('values that are not what they look like, %s', (_, door) => {
  test('an array behind a proxy is a list', async () => {
    const { client } = cluster
    const key: Key = ['test', freshSet(), 'proxied']
    const list = [1, ['a'], { b: [2] }]
    await door(client, 'put', key, { list: proxied(), map: new Map([[1, proxied()]]) })
    expect(await door(client, 'get', key)).toMatchObject({ bins: { list, map: new Map([[1, list]]) } })
    await door(client, 'putMany', [[key, { list: proxied() }]])
    await door(client, 'operate', key, [op.write('other', proxied())])
    await door(client, 'batchWrite', [key], { dtype: dtype({ column: 'any' }), columns: { column: [proxied()] } })
    expect(await door(client, 'select', key, ['list', 'other', 'column'])).toMatchObject({
      bins: { list, other: list, column: list },
    })
  })

  test('what an object inherits is not written', async () => {
    const { client } = cluster
    const key: Key = ['test', freshSet(), 'heir']
    const heir = Object.assign(Object.create({ inherited: 1, save: () => {} }) as object, { own: 2 })
    await door(client, 'put', key, heir)
    await door(client, 'putMany', [[key, heir]])
    expect(await door(client, 'get', key)).toMatchObject({ bins: { own: 2 } })
    const found = (await door(client, 'get', key)) as { bins: object }
    expect(Object.keys(found.bins)).toEqual(['own'])
  })
})

test('what all objects inherit is not written', async () => {
  const { client } = cluster
  const key: Key = ['test', freshSet(), 'polluted']
  const { prototype } = Object as unknown as { prototype: Record<string, unknown> }
  prototype['polluted'] = 1
  try {
    await client.put(key, { map: { own: 2 } })
  } finally {
    delete prototype['polluted']
  }
  expect((await client.get(key))?.bins).toStrictEqual({ map: { own: 2 } })
})
