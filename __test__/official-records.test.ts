import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, type WritePolicy, double, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'
import { type TheirKey, theirKey } from './support/their-key.js'

/** Single-record calls beside those of the official client: the same calls leave the same records. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

/** What there is under a key, as the official client reads it. */
async function stored(key: Key): Promise<unknown> {
  const found = await official.get(theirKey(key)).catch((error: { code: number }) => error.code)
  return typeof found === 'number' ? found : { bins: found.bins, gen: found.gen }
}

const operations = Aerospike.operations
const START = { n: 1, text: 'b', list: [1, { deep: [2n ** 60n] }], empty: '', none: [] }

/** The options of a write that asks for a generation. */
const policy = (generation: number, generationPolicy: 'eq' | 'gt'): object => ({
  policy: { generation, generationPolicy },
})

describe.each(doors)('through the %s door', (_, door) => {
  const call = (...args: [Parameters<typeof door>[1], ...unknown[]]): Promise<unknown> => door(cluster.client, ...args)

  test.each<[string, (key: Key) => Promise<unknown>, (key: TheirKey) => Promise<unknown>]>([
    ['add', (key) => call('add', key, { n: 5, fresh: 1 }), (key) => official.incr(key, { n: 5, fresh: 1 })],
    ['append', (key) => call('append', key, { text: 'c' }), (key) => official.append(key, { text: 'c' })],
    ['prepend', (key) => call('prepend', key, { text: 'a' }), (key) => official.prepend(key, { text: 'a' })],
    ['remove', (key) => call('remove', key), (key) => official.remove(key)],
    ['touch', (key) => call('touch', key), (key) => official.operate(key, [operations.touch(0)])],
    ['put of null', (key) => call('put', key, { n: null }), (key) => official.put(key, { n: null } as never)],
    [
      'operate',
      (key) => call('operate', key, [op.add('n', 2), op.write('b', true), op.append('text', '!'), op.touch()]),
      (key) =>
        official.operate(key, [
          operations.incr('n', 2),
          operations.write('b', true),
          operations.append('text', '!'),
          operations.touch(0),
        ]),
    ],
  ])('%s', async (__, ours, theirs) => {
    const set = freshSet()
    const [our, their]: [Key, Key] = [
      ['test', set, 'ours'],
      ['test', set, 'theirs'],
    ]
    await cluster.client.put(our, START)
    await cluster.client.put(their, START)
    await ours(our)
    await theirs(theirKey(their))
    expect(await stored(our)).toEqual(await stored(their))
  })

  test('operate reads what theirs reads', async () => {
    const key: Key = ['test', freshSet(), 'k']
    await cluster.client.put(key, START)
    const ours = await call('operate', key, [op.read('n'), op.read('list'), op.read('nothing')])
    const theirs = await official.operate(theirKey(key), [
      operations.read('n'),
      operations.read('list'),
      operations.read('nothing'),
    ])
    expect(ours).toMatchObject({ bins: theirs.bins })
    const written = await call('operate', key, [op.add('n', 1), op.read('n')])
    const theirsWritten = await official.operate(theirKey(key), [operations.incr('n', 1), operations.read('n')])
    expect(written).toMatchObject({ bins: { n: 2 } })
    expect(theirsWritten.bins).toEqual({ n: 3 })
  })

  /** What a put with a policy does to a record that is there, or is not. */
  const exists = Aerospike.policy.exists
  test.each<[string, WritePolicy, Record<string, unknown>]>([
    ['update', { exists: 'update' }, { exists: exists.IGNORE }],
    ['updateOnly', { exists: 'updateOnly' }, { exists: exists.UPDATE }],
    ['replace', { exists: 'replace' }, { exists: exists.CREATE_OR_REPLACE }],
    ['replaceOnly', { exists: 'replaceOnly' }, { exists: exists.REPLACE }],
    ['create', { exists: 'create' }, { exists: exists.CREATE }],
    ['commitLevel', { commitLevel: 'master' }, { commitLevel: Aerospike.policy.commitLevel.MASTER }],
    ['sendKey', { sendKey: true }, { key: Aerospike.policy.key.SEND }],
  ])('the policy %s', async (__, ours, theirs) => {
    const set = freshSet()
    for (const there of [true, false]) {
      const [our, their]: [Key, Key] = [
        ['test', set, `ours ${there}`],
        ['test', set, `theirs ${there}`],
      ]
      if (there) await Promise.all([cluster.client.put(our, START), cluster.client.put(their, START)])
      const codes = await Promise.all([
        call('put', our, { a: 1 }, { policy: ours }).then(
          () => 0,
          (error: { resultCode: number }) => error.resultCode,
        ),
        official.put(theirKey(their), { a: 1 }, {}, new Aerospike.WritePolicy(theirs as never)).then(
          () => 0,
          (error: { code: number }) => error.code,
        ),
      ])
      expect(codes[0]).toBe(codes[1])
      expect(await stored(our)).toEqual(await stored(their))
    }
  })

  test('generations: written where they are as expected, and refused where not', async () => {
    const key: Key = ['test', freshSet(), 'k']
    await call('put', key, { n: 1 })
    await call('put', key, { n: 2 }, policy(1, 'eq'))
    await expect(call('put', key, { n: 3 }, policy(1, 'eq'))).rejects.toMatchObject({ resultCode: 3 })
    await expect(call('put', key, { n: 3 }, policy(2, 'gt'))).rejects.toMatchObject({ resultCode: 3 })
    await call('put', key, { n: 4 }, policy(3, 'gt'))
    await expect(call('remove', key, policy(9, 'eq'))).rejects.toMatchObject({ resultCode: 3 })
    expect(await stored(key)).toEqual({ bins: { n: 4 }, gen: 3 })
  })

  test('ttl: seconds, never, kept', async () => {
    const key: Key = ['test', freshSet(), 'k']
    const left = async (): Promise<number> => (await official.get(theirKey(key))).ttl
    await call('put', key, { n: double(1) }, { policy: { ttl: 1000 } })
    expect(await left()).toBeCloseTo(1000, -2)
    await call('put', key, { n: double(2) }, { policy: { ttl: -2 } })
    expect(await left()).toBeCloseTo(1000, -2)
    await call('touch', key, { policy: { ttl: 5000 } })
    expect(await left()).toBeCloseTo(5000, -2)
    await call('put', key, { n: double(3) }, { policy: { ttl: -1 } })
    expect(await left()).toBe(Aerospike.ttl.NEVER_EXPIRE)
  })
})
