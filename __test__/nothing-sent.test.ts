import { beforeAll, describe, expect, test } from 'vitest'
import { AelError, type Key, between, dtype, op } from '../src/index.js'
import { type Door, doors } from './support/doors.js'
import { testCluster } from './support/server.js'

/** Text that is no expression is refused before anything is sent: the server counts the requests that it gets. */

const cluster = testCluster({ server: {} })
const requests = (): number => cluster.server.stats()!.faults

beforeAll(async () => {
  await cluster.client.put(['test', 'sent', 1], { n: 1 })
  // Rules that harm nobody: each request counts as a fault that has fired.
  cluster.server.setFaults(['read', 'write', 'batch', 'scan'].map((on) => `on=${on} delay=1`))
})

const key: Key = ['test', 'sent', 1]
const wrong = { filter: '$.n = 5' }
const schema = dtype({ n: 'i4' })

type Call = (door: Door, options: object) => unknown
const calls: Record<string, Call> = {
  get: (door, options) => door(cluster.client, 'get', key, options),
  select: (door, options) => door(cluster.client, 'select', key, ['n'], options),
  exists: (door, options) => door(cluster.client, 'exists', key, options),
  put: (door, options) => door(cluster.client, 'put', key, { n: 1 }, options),
  add: (door, options) => door(cluster.client, 'add', key, { n: 1 }, options),
  append: (door, options) => door(cluster.client, 'append', key, { s: 'x' }, options),
  prepend: (door, options) => door(cluster.client, 'prepend', key, { s: 'x' }, options),
  touch: (door, options) => door(cluster.client, 'touch', key, options),
  operate: (door, options) => door(cluster.client, 'operate', key, [op.read('n')], options),
  batchRead: (door, options) => door(cluster.client, 'batchRead', [key], options),
  'batchRead into columns': (door, options) => door(cluster.client, 'batchRead', [key], { dtype: schema, ...options }),
  putMany: (door, options) => door(cluster.client, 'putMany', [[key, { n: 1 }]], options),
  batchWrite: (door, options) =>
    door(cluster.client, 'batchWrite', [key], { dtype: schema, columns: { n: [1] }, ...options }),
  scan: (_, options) => cluster.client.scan('test', 'sent', options).toBatch(),
  scanSync: (_, options) => cluster.client.scanSync('test', 'sent', options).toBatch(),
  query: (_, options) => cluster.client.query('test', 'sent', { where: between('n', 0, 9), ...options }).toBatch(),
  batchExists: (door, options) => door(cluster.client, 'batchExists', [key], options),
  batchOperate: (door, options) => door(cluster.client, 'batchOperate', [key], [op.read('n')], options),
  batchApply: (door, options) => door(cluster.client, 'batchApply', [key], { module: 'm', function: 'f' }, options),
  apply: (door, options) => door(cluster.client, 'apply', key, { module: 'm', function: 'f' }, options),
  background: (door, options) =>
    door(cluster.client, 'background', 'test', 'sent', { operations: [op.add('n', 1)], ...options }),
  batchRemove: (door, options) => door(cluster.client, 'batchRemove', [key], options),
  remove: (door, options) => door(cluster.client, 'remove', key, options),
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each(Object.entries(calls))('%s', async (__, call) => {
    const before = requests()
    await expect((async () => call(door, wrong))()).rejects.toBeInstanceOf(AelError)
    expect(requests()).toBe(before)
    await (async () => call(door, {}))().catch(() => undefined)
    expect(requests()).toBeGreaterThan(before)
  })

  test.each([op.compute('x', '$.n +'), op.writeComputed('n', '$.n = 1')])('operate with %j', async (operation) => {
    const before = requests()
    const call = door(cluster.client, 'operate', key, [op.add('n', 1), operation])
    await expect(call).rejects.toBeInstanceOf(AelError)
    expect(requests()).toBe(before)
  })
})
