import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Key, type PrimaryKey, dtype, keyList, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

const schema = dtype({ n: 'i4' })
const cluster = testCluster()

/** The digest as the protocol describes it. */
function digestOf(set: string, id: PrimaryKey): Uint8Array {
  const [type, bytes] =
    typeof id === 'string' ? [3, Buffer.from(id)] : typeof id === 'object' ? [4, id] : [1, int64(id)]
  const hash = createHash('ripemd160').update(set).update(Uint8Array.of(type))
  return new Uint8Array(hash.update(bytes as Uint8Array).digest())
}

function int64(id: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(id))
  return bytes
}

const ids: PrimaryKey[] = ['alice', '', 'é'.repeat(40), 7, -(2n ** 63n), Uint8Array.of(0xff, 0xfe)]

describe.each(doors)('a key by its digest, %s', (_, door) => {
  test('reaches the record of the user key in every call, and the other way round', async () => {
    const { client } = cluster
    const set = freshSet()
    for (const [n, id] of ids.entries()) {
      const whole: Key = ['test', set, id]
      const key: Key = ['test', set, { digest: digestOf(set, id) }]
      await door(client, 'put', whole, { n })
      expect(await door(client, 'get', key)).toMatchObject({ key, bins: { n }, gen: 1 })
      expect(await door(client, 'select', key, ['n'])).toMatchObject({ bins: { n } })
      expect(await door(client, 'exists', key)).toBe(true)
      await door(client, 'put', key, { n: n + 1 })
      await door(client, 'add', key, { n: 1 })
      await door(client, 'append', key, { t: 'a' })
      await door(client, 'prepend', key, { t: 'b' })
      await door(client, 'touch', key)
      expect(await door(client, 'operate', key, [op.add('n', 1), op.read('n')])).toMatchObject({ bins: { n: n + 3 } })
      expect(await door(client, 'get', whole)).toMatchObject({ bins: { n: n + 3, t: 'ba' }, gen: 7 })
      expect(await door(client, 'remove', key)).toBe(true)
      expect(await door(client, 'exists', whole)).toBe(false)
    }
  })

  test('mixes with others in batches, in lists and in what a batch finds', async () => {
    const { client } = cluster
    const set = freshSet()
    const byDigest: Key[] = ids.map((id) => ['test', set, { digest: digestOf(set, id) }])
    const written = await door(client, 'batchWrite', byDigest, {
      dtype: schema,
      columns: { n: Int32Array.from(ids, (__, n) => n) },
      policy: { sendKey: true },
    })
    expect(written).toMatchObject({ resultCodes: new Int32Array(ids.length) })
    const whole: Key[] = ids.map((id) => ['test', set, id])
    const mixed = [...whole, ...byDigest, ['test', freshSet(), 'other'] as Key]
    const batch = await client.batchRead(mixed, { dtype: schema })
    const numbers = ids.map((__, n) => n)
    expect([...batch.columns.n]).toEqual([...numbers, ...numbers, 0])
    expect([...batch.resultCodes]).toEqual([...mixed.slice(1).map(() => 0), 2])
    expect(batch.get({ digest: digestOf(set, 7) })).toEqual({ n: 3 })
    expect(batch.get(byDigest[4] as Key)).toEqual({ n: 4 })
    expect(batch.indexOf({ digest: new Uint8Array(20) })).toBe(-1)
    expect(batch.keys[ids.length]).toEqual(byDigest[0])
    const list = keyList('test', set, byDigest.map(([, , id]) => id) as { digest: Uint8Array }[])
    expect([...(await client.batchRead(list, { dtype: schema })).columns.n]).toEqual(numbers)
    const records = (await door(client, 'batchRead', list)) as { key: Key; bins: unknown }[]
    expect(records.map(({ key, bins }) => [key, bins])).toEqual(byDigest.map((key, n) => [key, { n }]))
    await door(
      client,
      'putMany',
      byDigest.map((key, n) => [key, { n: -n }]),
    )
    expect((await client.get(whole[5] as Key))?.bins).toEqual({ n: -5 })
  })
})

test('a digest that was printed names the record', async () => {
  const digest = digestOf('s', 'x')
  const batch = await cluster.client.batchRead([['test', 's', { digest }]], { dtype: schema })
  const { inspect } = await import('node:util')
  expect(inspect(batch)).toContain(`digest ${Buffer.from(digest).toString('hex')}`.slice(0, 20))
})
