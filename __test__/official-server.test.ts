import Aerospike from 'aerospike'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer } from './support/server.js'

/** The official client, unchanged, against what the embedded server offers beyond reading and writing one record. */

const { exp, batchType } = Aerospike
const SET = 'official'
const users = [{ user: 'ada', password: 'a secret', roles: ['read-write', 'truncate', 'data-admin'] }]
const embedded = testServer({ users })
let client: Aerospike.Client

// Its own types disagree on whether a key that was just made has a digest.
const key = (id: number | string, set = SET): Aerospike.Key & { digest: Buffer } =>
  new Aerospike.Key('test', set, id) as Aerospike.Key & { digest: Buffer }

beforeAll(async () => {
  client = await Aerospike.connect({
    hosts: embedded.server.hosts.join(','),
    user: 'ada',
    password: 'a secret',
    log: { level: Aerospike.log.OFF },
  })
  for (let n = 0; n < 20; n++) await client.put(key(n), { n, name: `row ${n}` })
})
afterAll(async () => {
  client.close()
})

test('its login is refused with a wrong password', async () => {
  const wrong = {
    hosts: embedded.server.hosts.join(','),
    user: 'ada',
    password: 'wrong',
    log: { level: Aerospike.log.OFF },
  }
  await expect(Aerospike.connect(wrong)).rejects.toThrow(/connect|password/i)
})

test('a scan gives every record once', async () => {
  const found: number[] = []
  const stream = client.scan('test', SET).foreach()
  await new Promise((resolve, reject) => {
    stream.on('data', (record: { bins: { n: number } }) => found.push(record.bins.n))
    stream.on('error', reject)
    stream.on('end', resolve)
  })
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
})

test('a batch writes, reads and removes', async () => {
  const ops = Aerospike.operations
  const written = await client.batchWrite([
    { type: batchType.BATCH_WRITE, key: key('b1'), ops: [ops.write('a', 1), ops.write('b', 'x')] },
    { type: batchType.BATCH_WRITE, key: key('b2'), ops: [ops.write('a', 2)] },
  ])
  expect(written.map(({ status }) => status)).toEqual([0, 0])
  const read = await client.batchRead([
    { key: key('b1'), readAllBins: true },
    { key: key('nope'), readAllBins: true },
  ])
  expect(read.map(({ status }) => status)).toEqual([0, 2])
  expect(read[0]?.record.bins).toEqual({ a: 1, b: 'x' })
  const removed = await client.batchRemove([key('b1'), key('b2'), key('nope')])
  expect(removed.map(({ status }) => status)).toEqual([0, 0, 2])
})

test('operate changes and reads in one call', async () => {
  const ops = Aerospike.operations
  await client.put(key('op'), { count: 5, text: 'ab' })
  const { bins } = await client.operate(key('op'), [
    ops.incr('count', 3),
    ops.append('text', 'cd'),
    ops.read('count'),
    ops.read('text'),
  ])
  expect(bins).toEqual({ count: 8, text: 'abcd' })
})

test('a filter expression decides which records are read', async () => {
  const policy = new Aerospike.BatchPolicy({ filterExpression: exp.ge(exp.binInt('n'), exp.int(10)) })
  const keys = Array.from({ length: 20 }, (_, n) => ({ key: key(n), readAllBins: true }))
  const codes = (await client.batchRead(keys, policy)).map(({ status }) => status)
  const filteredOut = Aerospike.status.FILTERED_OUT
  expect(codes).toEqual(Array.from({ length: 20 }, (_, n) => (n >= 10 ? 0 : filteredOut)))
})

test('truncate empties the set', async () => {
  await client.put(key(1, 'emptied'), { a: 1 })
  await client.truncate('test', 'emptied', 0)
  await expect.poll(async () => client.exists(key(1, 'emptied'))).toBe(false)
})
