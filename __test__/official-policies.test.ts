import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, type ReadPolicy, type WritePolicy, double } from '../src/index.js'
import { type Door, doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'
import { type TheirKey, theirKey } from './support/their-key.js'

/**
 * Every policy of writes and reads beside that of the official client, on a record that is there and on one that is not:
 * each call through ours and through theirs, and what is left read by both.
 */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const { policy: their } = Aerospike

/** A value of every kind, the limits of int64, nested and empty ones. */
const VALUES: Record<string, [ours: unknown, theirs: unknown]> = {
  zero: [0, 0],
  small: [-1, -1],
  most: [2n ** 63n - 1n, 2n ** 63n - 1n],
  least: [-(2n ** 63n), -(2n ** 63n)],
  safe: [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  unsafe: [2n ** 53n, 2n ** 53n],
  fraction: [0.1, 0.1],
  whole: [double(20), new Aerospike.Double(20)],
  tiny: [5e-324, 5e-324],
  huge: [1.7976931348623157e308, 1.7976931348623157e308],
  yes: [true, true],
  no: [false, false],
  text: ['grüße 🚲', 'grüße 🚲'],
  'no text': ['', ''],
  bytes: [Uint8Array.of(0, 255), Buffer.from([0, 255])],
  'no bytes': [new Uint8Array(), Buffer.alloc(0)],
  list: [
    [1, 'a', [2n ** 60n, [null, true]], { b: [0.5] }],
    [1, 'a', [2n ** 60n, [null, true]], { b: [0.5] }],
  ],
  'no list': [[], []],
  map: [
    { a: 1, b: { c: [1, {}] } },
    { a: 1, b: { c: [1, {}] } },
  ],
  'no map': [{}, {}],
}

/** Without what tells the clients apart: theirs gives Buffers. */
function plain(of: unknown): unknown {
  if (of instanceof Uint8Array) return { bytes: Buffer.from(of).toString('hex') }
  if (Array.isArray(of)) return of.map(plain)
  if (typeof of !== 'object' || of === null) return of
  return Object.fromEntries(Object.entries(of).map(([name, each]) => [name, plain(each)]))
}

async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: { resultCode?: number; code: number }) => error.resultCode ?? error.code,
  )
}

/** What there is under a key, and that both clients read the same. */
async function stored(key: Key): Promise<unknown> {
  const ours = await cluster.client.get(key)
  const theirs = await official.get(theirKey(key)).catch((error: { code: number }) => error.code)
  if (ours === null) return { missing: theirs }
  const { bins, gen, ttl } = theirs as Aerospike.AerospikeRecord
  expect(plain(ours.bins)).toEqual(plain(bins))
  expect(ours.gen).toBe(gen)
  expect(ours.ttl === 0xffff_ffff ? Aerospike.ttl.NEVER_EXPIRE : ours.ttl).toBeCloseTo(ttl, -2)
  return { bins: plain(bins), gen, ttl: ttl > 0xff_ffff ? 'never' : Math.round(ttl / 100) }
}

describe.each(doors)('values, through the %s door', (_, door) => {
  test.each(Object.entries(VALUES))('%s', async (__, [ours, theirs]) => {
    const set = freshSet()
    const [our, other]: Key[] = [
      ['test', set, 'ours'],
      ['test', set, 'theirs'],
    ]
    await door(cluster.client, 'put', our, { v: ours, list: [ours], map: { in: ours } })
    await official.put(theirKey(other!), { v: theirs, list: [theirs], map: { in: theirs } } as Aerospike.AerospikeBins)
    expect(await stored(our!)).toEqual(await stored(other!))
    const [byGet, byBatch] = [
      await door(cluster.client, 'get', other),
      await door(cluster.client, 'batchRead', [other]),
    ]
    expect(byBatch).toEqual([byGet])
  })
})

type WriteMethod = 'put' | 'touch' | 'remove' | 'add' | 'append' | 'prepend' | 'operate' | 'putMany'
const { operations } = Aerospike

/** How either client makes a call: ours with a policy, theirs with one and with the metadata that goes beside it. */
const writes: Record<
  WriteMethod,
  [ours: unknown[], theirs: (key: TheirKey, meta: object, policy: object) => Promise<unknown>]
> = {
  put: [[{ a: 1 }], (key, meta, policy) => official.put(key, { a: 1 }, meta, new Aerospike.WritePolicy(policy))],
  touch: [[], (key, meta, policy) => operate(key, [operations.touch(ttlOf(meta))], meta, policy)],
  remove: [[], (key, _, policy) => official.remove(key, new Aerospike.RemovePolicy(policy))],
  add: [[{ n: 1 }], (key, meta, policy) => official.incr(key, { n: 1 }, meta, new Aerospike.OperatePolicy(policy))],
  append: [
    [{ t: '!' }],
    (key, meta, policy) => official.append(key, { t: '!' }, meta, new Aerospike.OperatePolicy(policy)),
  ],
  prepend: [
    [{ t: '!' }],
    (key, meta, policy) => official.prepend(key, { t: '!' }, meta, new Aerospike.OperatePolicy(policy)),
  ],
  operate: [
    [[{ op: 'write', bin: 'a', value: 1 }]],
    (key, meta, policy) => operate(key, [operations.write('a', 1)], meta, policy),
  ],
  putMany: [
    [{ a: 1 }],
    async (key, meta, policy) => {
      const request = { type: Aerospike.batchType.BATCH_WRITE, key, ops: [operations.write('a', 1)] }
      const row = new Aerospike.BatchWritePolicy({ ...policy, ...meta })
      const [done] = await official.batchWrite([{ ...request, policy: row }] as never)
      if (done!.status !== 0) throw Object.assign(new Error('row'), { code: done!.status })
    },
  ],
}

function ttlOf(meta: object): number {
  return 'ttl' in meta ? (meta.ttl as number) : 0
}

function operate(key: TheirKey, ops: Aerospike.operations.Operation[], meta: object, policy: object): Promise<unknown> {
  return official.operate(key, ops, meta, new Aerospike.OperatePolicy(policy))
}

const START = { n: 1, t: 'x' }

/** The policy of ours, their metadata, their policy, and the methods that have it in both clients. */
const policies: Record<string, [WritePolicy, meta: object, policy: object, WriteMethod[]]> = {
  none: [{}, {}, {}, ['put', 'touch', 'remove', 'add', 'append', 'prepend', 'operate', 'putMany']],
  'exists update': [{ exists: 'update' }, {}, { exists: their.exists.IGNORE }, ['put', 'operate', 'putMany']],
  'exists updateOnly': [{ exists: 'updateOnly' }, {}, { exists: their.exists.UPDATE }, ['put', 'operate', 'putMany']],
  'exists replace': [{ exists: 'replace' }, {}, { exists: their.exists.CREATE_OR_REPLACE }, ['put', 'putMany']],
  'exists replaceOnly': [{ exists: 'replaceOnly' }, {}, { exists: their.exists.REPLACE }, ['put', 'putMany']],
  'exists create': [{ exists: 'create' }, {}, { exists: their.exists.CREATE }, ['put', 'operate', 'putMany']],
  'generation equal, as it is': [
    { generation: 1, generationPolicy: 'eq' },
    { gen: 1 },
    { gen: their.gen.EQ, generation: 1 },
    ['put', 'operate', 'remove', 'add', 'append'],
  ],
  'generation equal, as it is not': [
    { generation: 5, generationPolicy: 'eq' },
    { gen: 5 },
    { gen: their.gen.EQ, generation: 5 },
    ['put', 'operate', 'remove', 'add', 'append'],
  ],
  'generation greater, as it is': [
    { generation: 5, generationPolicy: 'gt' },
    { gen: 5 },
    { gen: their.gen.GT, generation: 5 },
    ['put', 'operate', 'remove', 'add'],
  ],
  'generation greater, as it is not': [
    { generation: 1, generationPolicy: 'gt' },
    { gen: 1 },
    { gen: their.gen.GT, generation: 1 },
    ['put', 'operate', 'remove', 'add'],
  ],
  'a generation that nobody looks at': [
    { generation: 5, generationPolicy: 'none' },
    { gen: 5 },
    { gen: their.gen.IGNORE, generation: 5 },
    ['put', 'operate', 'remove'],
  ],
  'ttl of some time': [{ ttl: 1000 }, { ttl: 1000 }, {}, ['put', 'touch', 'add', 'operate', 'putMany']],
  'ttl of ever': [{ ttl: -1 }, { ttl: -1 }, {}, ['put', 'touch', 'operate', 'putMany']],
  'ttl as it was': [{ ttl: -2 }, { ttl: -2 }, {}, ['put', 'add', 'operate', 'putMany']],
  'ttl of the namespace': [{ ttl: 0 }, { ttl: 0 }, {}, ['put', 'operate', 'putMany']],
  sendKey: [{ sendKey: true }, {}, { key: their.key.SEND }, ['put', 'add', 'operate', 'putMany']],
  'commitLevel all': [
    { commitLevel: 'all' },
    {},
    { commitLevel: their.commitLevel.ALL },
    ['put', 'remove', 'operate', 'putMany'],
  ],
  'commitLevel master': [
    { commitLevel: 'master' },
    {},
    { commitLevel: their.commitLevel.MASTER },
    ['put', 'remove', 'operate', 'putMany'],
  ],
  durableDelete: [{ durableDelete: true }, {}, { durableDelete: true }, ['put', 'remove', 'operate', 'putMany']],
}

const table = Object.entries(policies).flatMap(([name, [ours, meta, theirs, methods]]) =>
  methods.map((method) => [`${method} with ${name}`, method, ours, meta, theirs] as const),
)

describe.each(doors)('policies of writes, through the %s door', (_, door) => {
  test.each(table)('%s', async (__, method, ours, meta, theirs) => {
    const set = freshSet()
    for (const there of [true, false]) {
      const [our, other] = [`ours ${there}`, `theirs ${there}`].map((id): Key => ['test', set, id]) as [Key, Key]
      const before = { policy: { ttl: 5000 } }
      if (there)
        await cluster.client.putMany(
          [our, other].map((key) => [key, START] as const),
          before,
        )
      const [args, call] = writes[method]
      const codes = [
        await codeOf(oursOf(door, method, our, args, ours)),
        await codeOf(call(theirKey(other), meta, theirs)),
      ]
      expect(codes[0]).toBe(method === 'remove' && !there && codes[1] === 2 ? 0 : codes[1])
      expect(await stored(our)).toEqual(await stored(other))
      expect(await hasKey(our)).toBe(await hasKey(other))
    }
  })
})

/** A call of ours; a row that failed is an error here as in theirs. */
async function oursOf(
  door: Door,
  method: WriteMethod,
  key: Key,
  args: unknown[],
  policy: WritePolicy,
): Promise<unknown> {
  if (method !== 'putMany') return door(cluster.client, method, key, ...args, { policy })
  const result = await door(cluster.client, 'putMany', [[key, args[0]]], { policy })
  const [code] = (result as { resultCodes: Int32Array }).resultCodes
  if (code !== 0) throw Object.assign(new Error('row'), { code })
  return result
}

/** Whether the server has stored the user's key: a scan gives it. */
async function hasKey([namespace, set, id]: Key): Promise<boolean> {
  const records = await official.scan(namespace, set).results()
  return records.some(({ key }) => key.key === id)
}

describe.each(doors)('policies of reads, through the %s door', (_, door) => {
  test.each<[string, ReadPolicy, object]>([
    ['replica master', { replica: 'master' }, { replica: their.replica.MASTER }],
    ['replica sequence', { replica: 'sequence' }, { replica: their.replica.SEQUENCE }],
    ['replica random', { replica: 'random' }, { replica: their.replica.ANY }],
    ['readModeAp one', { readModeAp: 'one' }, { readModeAP: their.readModeAP.ONE }],
    ['readModeAp all', { readModeAp: 'all' }, { readModeAP: their.readModeAP.ALL }],
    ['readModeSc session', { readModeSc: 'session' }, { readModeSC: their.readModeSC.SESSION }],
    ['readModeSc allowReplica', { readModeSc: 'allowReplica' }, { readModeSC: their.readModeSC.ALLOW_REPLICA }],
    [
      'readModeSc allowUnavailable',
      { readModeSc: 'allowUnavailable' },
      { readModeSC: their.readModeSC.ALLOW_UNAVAILABLE },
    ],
    ['timeouts and retries', { totalTimeout: 60_000, socketTimeout: 30_000, maxRetries: 1 }, { totalTimeout: 60_000 }],
  ])('%s', async (__, policy, theirs) => {
    const set = freshSet()
    const [key, missing]: Key[] = [
      ['test', set, 'here'],
      ['test', set, 'not'],
    ]
    await cluster.client.put(key!, START)
    const read = await official.get(theirKey(key!), new Aerospike.ReadPolicy(theirs))
    expect(await door(cluster.client, 'get', key, { policy })).toMatchObject({ bins: read.bins, gen: read.gen })
    expect(await door(cluster.client, 'select', key, ['n'], { policy })).toMatchObject({ bins: { n: 1 } })
    expect(await door(cluster.client, 'exists', key, { policy })).toBe(true)
    expect(await door(cluster.client, 'get', missing, { policy })).toBeNull()
    const batch = await official.batchRead(
      [key, missing].map((each) => ({ key: theirKey(each!), readAllBins: true })),
      new Aerospike.BatchPolicy(theirs),
    )
    const ours = (await door(cluster.client, 'batchRead', [key, missing], { policy })) as { resultCode: number }[]
    expect(ours.map(({ resultCode }) => resultCode)).toEqual(batch.map(({ status }) => status))
  })

  test('readModeSc linearize, which the Community Edition refuses', async () => {
    const key: Key = ['test', freshSet(), 'here']
    await cluster.client.put(key, START)
    const theirs = { readModeSC: their.readModeSC.LINEARIZE }
    const policy = { readModeSc: 'linearize' }
    expect(await codeOf(official.get(theirKey(key), new Aerospike.ReadPolicy(theirs)))).toBe(25)
    // The crate linearizes reads of strongly consistent namespaces only, and this is none.
    expect(await door(cluster.client, 'get', key, { policy })).toMatchObject({ bins: START })
    expect(await door(cluster.client, 'batchRead', [key], { policy })).toMatchObject([{ resultCode: 0 }])
  })
})
