import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Key, connect, dtype } from '../src/index.js'
import { type Method, doors } from './support/doors.js'
import { type Recorder, type SentMessage, record } from './support/recorder.js'
import { testCluster } from './support/server.js'

/** Options of which the embedded server shows no effect: what is sent with them is what the official client sends. */

const cluster = testCluster({ server: {} })
let official: Aerospike.Client
let client: Client
let recorder: Recorder
beforeAll(async () => {
  recorder = await record(cluster.hosts)
  client = await connect(recorder.host)
  official = await Aerospike.connect({ hosts: recorder.host, connTimeoutMs: 10_000, log: { level: Aerospike.log.OFF } })
  await client.put(key, { n: 1 })
})
afterAll(async () => {
  official.close()
  await client.close()
  await recorder.close()
})

const key: Key = ['test', 'sent', 'a']
const theirKey = new Aerospike.Key('test', 'sent', 'a') as Aerospike.Key & Aerospike.KeyOptions
const ttls = (messages: SentMessage[]): number[] => messages.map(({ ttl }) => ttl)

/** The ttl of the first row of a batch, which stands behind its index, digest, flags and info1 to info3. */
function touchOf([message]: SentMessage[]): number | undefined {
  const rows = Buffer.from(message!.fields[41]!, 'hex').subarray(5)
  const TTL = 8
  return (rows[24]! & TTL) === 0 ? undefined : rows.readUInt32BE(28)
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each([80, 100, 1, 0, -1])('readTouchTtlPercent %d of a get', async (readTouchTtlPercent) => {
    await recorder.taken()
    await door(client, 'get', key, { policy: { readTouchTtlPercent } })
    const sent = await recorder.taken()
    await official.get(theirKey, new Aerospike.ReadPolicy({ readTouchTtlPercent }))
    const theirs = await recorder.taken()
    expect(ttls(sent)).toEqual(ttls(theirs))
    expect(ttls(sent)).toEqual([readTouchTtlPercent >>> 0])
  })

  test.each<[Method, unknown[], object]>([
    ['get', [key], {}],
    ['get', [key], { filter: '$.n == 1' }],
    ['get', [key], { policy: { readModeAp: 'all', totalTimeout: 700 } }],
    ['select', [key, ['n', 'm']], {}],
    ['select', [key, []], {}],
    ['exists', [key], {}],
  ])('%s is sent as the Rust client sends it: %j %j', async (method, args, options) => {
    const sent = async (policy: object): Promise<SentMessage[]> => {
      const given = { ...options, policy: { ...(options as { policy?: object }).policy, ...policy } }
      await recorder.taken()
      await door(client, method, ...args, given)
      return recorder.taken()
    }
    // Reads that renew a ttl go through the Rust client.
    const theirs = await sent({ readTouchTtlPercent: -1 })
    expect(theirs).toHaveLength(1)
    expect(await sent({})).toEqual(theirs.map((message) => ({ ...message, ttl: 0 })))
  })

  test('readTouchTtlPercent of batches, with and without columns', async () => {
    const keys: Key[] = [key, ['test', 'sent', 'b']]
    for (const options of [{}, { dtype: dtype({ n: 'i4' }) }]) {
      await recorder.taken()
      await door(client, 'batchRead', keys, { ...options, policy: { readTouchTtlPercent: 80 } })
      expect(touchOf(await recorder.taken())).toBe(80)
      await door(client, 'batchRead', keys, { ...options, policy: { readTouchTtlPercent: -1 } })
      expect(touchOf(await recorder.taken())).toBe(0xffff_ffff)
    }
  })

  test.each([101, -2, 0.5])('readTouchTtlPercent %d is refused', async (readTouchTtlPercent) => {
    await expect(door(client, 'get', key, { policy: { readTouchTtlPercent } })).rejects.toThrow(
      'options.policy.readTouchTtlPercent must be an integer from -1 to 100',
    )
  })
})

test('scans take no readTouchTtlPercent', () => {
  const policy = { readTouchTtlPercent: 50 } as never
  expect(() => client.scan('test', 'sent', { policy })).toThrow('has no option "readTouchTtlPercent" in scans')
})

test('an idle connection is closed after idleTimeout, and connections are opened in advance', async () => {
  const before = cluster.server.stats()!.connections
  const own = await connect({ hosts: cluster.hosts, minConnsPerNode: 5, idleTimeout: 60_000, tendInterval: 250 })
  await expect.poll(() => cluster.server.stats()!.connections, { interval: 5 }).toBeGreaterThanOrEqual(before + 5)
  await own.close()
  const brief = await connect({ hosts: cluster.hosts, idleTimeout: 1, tendInterval: 250 })
  await brief.batchRead([key], { dtype: dtype({ n: 'i4' }) })
  await expect.poll(() => brief.stats().nodes[0]!.idle, { interval: 5 }).toBe(0)
  await brief.close()
})

test.each<[object, string]>([
  [{ tendInterval: 100 }, 'options.tendInterval must be an integer from 250'],
  [{ idleTimeout: 0 }, 'options.idleTimeout must be an integer from 1'],
  [{ minConnsPerNode: -1 }, 'options.minConnsPerNode must be an integer from 0'],
])('%j is refused', async (options, message) => {
  await expect(connect({ hosts: cluster.hosts, ...options })).rejects.toThrow(message)
})
