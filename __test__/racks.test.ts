import type Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDevServer } from '../src/devserver/index.js'
import { type Batch, type Client, type ConnectOptions, type Key, connect, dtype } from '../src/index.js'
import { hasOfficial, loadOfficial } from './support/official.js'
import { doors } from './support/doors.js'
import { testCluster } from './support/server.js'

/** Rack awareness: reads go to the copies on the client's own racks, as long as there are any. */

const schema = dtype({ n: 'i4' })
const KEYS = Array.from({ length: 400 }, (_, n): Key => ['test', 'racks', n])
const policy = { replica: 'preferRack', totalTimeout: 60_000 } as const

/** Nodes 0 and 1 are in rack 1, nodes 2 and 3 in rack 2; every record has a copy in both. */
const cluster = testCluster({
  server: { nodes: 4, racks: [1, 1, 2, 2] },
  connect: { rackIds: [2] },
  prepare: (client) => client.putMany(KEYS.map((key, n) => [key, { n }])),
})
let plain: Client
beforeAll(async () => {
  plain = await connect(cluster.hosts)
})
afterAll(() => plain.close())

/** How many requests of a kind a rack's nodes get while the calls run. */
async function requestsTo(rack: 1 | 2, on: 'read' | 'batch', calls: () => Promise<unknown>): Promise<number> {
  const nodes = rack === 1 ? [0, 1] : [2, 3]
  cluster.server.setFaults(nodes.map((node) => ({ on, node, delay: 0 })))
  await calls()
  const { faults } = cluster.server.stats()!
  cluster.server.setFaults([])
  return faults
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each<[string, 'read' | 'batch', (client: Client, options: object) => Promise<unknown>]>([
    [
      'get',
      'read',
      async (client, options) => {
        for (const [n, key] of KEYS.slice(0, 40).entries()) {
          expect(await door(client, 'get', key, options)).toMatchObject({ bins: { n } })
        }
      },
    ],
    [
      'exists',
      'read',
      async (client, options) => {
        for (const key of KEYS.slice(0, 40)) expect(await door(client, 'exists', key, options)).toBe(true)
      },
    ],
    [
      'batchRead of records',
      'batch',
      async (client, options) => {
        const read = (await door(client, 'batchRead', KEYS, options)) as { bins: unknown }[]
        expect(read.map(({ bins }) => bins)).toEqual(KEYS.map((__, n) => ({ n })))
      },
    ],
    [
      'batchRead into columns',
      'batch',
      async (client, options) => {
        const batch = (await door(client, 'batchRead', KEYS, { ...options, dtype: schema })) as Batch
        expect([...(batch.columns['n'] as Int32Array)]).toEqual(KEYS.map((__, n) => n))
      },
    ],
  ])('%s', async (__, on, read) => {
    expect(await requestsTo(1, on, () => read(cluster.client, { policy }))).toBe(0)
    expect(await requestsTo(2, on, () => read(cluster.client, { policy }))).toBeGreaterThan(0)
    // Masters are on both racks.
    expect(await requestsTo(1, on, () => read(cluster.client, { policy: { replica: 'master' } }))).toBeGreaterThan(0)
  })

  test.each([
    ['get', [KEYS[0]], {}],
    ['exists', [KEYS[0]], {}],
    ['batchRead', [KEYS], {}],
    ['batchRead', [KEYS], { dtype: schema }],
  ] as const)('%s of a client without racks is refused', async (method, args, options) => {
    await expect(door(plain, method, ...args, { ...options, policy })).rejects.toMatchObject({
      name: 'TypeError',
      message: "policy.replica is 'preferRack', and the client knows no racks; connect with rackIds",
    })
  })
})

test('the first rack that has a copy counts', async () => {
  const client = await connect({ hosts: cluster.hosts, rackIds: [9, 1, 2], policies: { read: policy } })
  const read = (): Promise<unknown> => client.batchRead(KEYS, { dtype: schema })
  expect(await requestsTo(2, 'batch', read)).toBe(0)
  expect(await requestsTo(1, 'batch', read)).toBeGreaterThan(0)
  await client.close()
})

test('reads of a rack whose nodes are silent go to the other rack', async () => {
  await using silent = await startDevServer({ nodes: 4, racks: [1, 1, 2, 2], failureDetection: 60_000 })
  const client = await connect({ hosts: silent.hosts, rackIds: [2] })
  await client.putMany(KEYS.map((key, n) => [key, { n }]))
  // Nodes that answer may be slower than that on a busy machine, and are asked again.
  const patient = { ...policy, socketTimeout: 150, maxRetries: 1000 }
  await silent.freezeNode(2)
  await silent.freezeNode(3)
  const batch = await client.batchRead(KEYS, { dtype: schema, policy: patient })
  expect(batch.ok().length).toBe(KEYS.length)
  await client.close()
})

test('a server without racks is read as with the replica sequence', async () => {
  await using community = await startDevServer({ nodes: 2 })
  const client = await connect({ hosts: community.hosts, rackIds: [1], policies: { read: policy } })
  await client.putMany(KEYS.map((key, n) => [key, { n }]))
  expect((await client.batchRead(KEYS, { dtype: schema })).ok().length).toBe(KEYS.length)
  expect(await client.get(KEYS[3]!)).toMatchObject({ bins: { n: 3 } })
  expect(Object.values(await client.info('rack-ids'))).toEqual([
    { 'rack-ids': 'ERROR:25:enterprise only' },
    { 'rack-ids': 'ERROR:25:enterprise only' },
  ])
  await client.close()
})

test.each<[string, (hosts: string) => ConnectOptions]>([
  ['an option', (hosts) => ({ hosts, rackIds: [2] })],
  ['a URL', (hosts) => ({ hosts: `aerospike://${hosts}/?rackIds=2,7` })],
])('racks by %s', async (_, options) => {
  const client = await connect(options(cluster.hosts))
  expect(await requestsTo(1, 'batch', () => client.batchRead(KEYS, { policy, dtype: schema }))).toBe(0)
  // Reads without a dtype go by the map of the aerospike crate, which learns the racks soon after it has connected.
  const elsewhere = (): Promise<number> => requestsTo(1, 'batch', () => client.batchRead(KEYS, { policy }))
  await expect.poll(elsewhere).toBe(0)
  await client.close()
})

test.each([
  [[-1], 'options.rackIds[0] must be an integer from 0'],
  [2, 'options.rackIds must be an array'],
])('rackIds of %j are refused', async (rackIds, message) => {
  await expect(connect({ hosts: cluster.hosts, rackIds: rackIds as number[] })).rejects.toThrow(message)
})

test('what the server says of its racks', async () => {
  const replies = await cluster.client.info(['rack-ids', 'racks:'])
  const ids = Object.fromEntries(Object.entries(replies).map(([node, reply]) => [node, reply['rack-ids']]))
  const [one, two] = ['test:1;bar:1', 'test:2;bar:2']
  expect(ids).toEqual({ B1: one, B2: one, B3: two, B4: two })
  const racks = 'rack_1=B1,B2:rack_2=B3,B4'
  expect(new Set(Object.values(replies).map((reply) => reply['racks:']))).toEqual(
    new Set([`ns=test:${racks};ns=bar:${racks}`]),
  )
})

test.skipIf(!hasOfficial)('the official client prefers the same nodes', async () => {
  const they = await loadOfficial()
  const config = { hosts: cluster.hosts, rackAware: true, rackId: 2, log: { level: they.log.OFF } }
  const official = await they.connect(config as Aerospike.ConfigOptions)
  const theirs = new they.ReadPolicy({ replica: they.policy.replica.PREFER_RACK })
  const read = async (): Promise<void> => {
    for (const [namespace, set, n] of KEYS.slice(0, 40)) {
      const theirKey = new they.Key(namespace, set, n as number) as Aerospike.Key & Aerospike.KeyOptions
      expect((await official.get(theirKey, theirs)).bins).toEqual({ n })
    }
  }
  expect(await requestsTo(1, 'read', read)).toBe(0)
  expect(await requestsTo(2, 'read', read)).toBe(40)
  official.close()
})
