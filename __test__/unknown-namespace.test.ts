// Whatever a call is, a namespace that the cluster does not have is refused with the same words and the server's code.
import { describe, expect, test } from 'vitest'
import { type Method, doors } from './support/doors.js'
import { dtype, equal } from '../src/index.js'
import { testCluster } from './support/server.js'

const cluster = testCluster({ server: { namespaces: ['test', 'bar'] } })

const of = (namespace: string): string => `namespace "${namespace}" is unknown; the cluster has: bar, test`
const key = ['nowhere', 's', 1]
const keys = [key, ['test', 's', 1], ['nothing', 's', 1], ['nowhere', 's', 2]]
const add = [{ op: 'add', bin: 'n', value: 1 }]
const udf = { module: 'm', function: 'f' }
const policy = { readTouchTtlPercent: 5 }

const calls: [Method, ...unknown[]][] = [
  ['put', key, { n: 1 }],
  ['get', key],
  ['get', key, { policy }],
  ['select', key, ['n']],
  ['exists', key],
  ['touch', key],
  ['remove', key],
  ['add', key, { n: 1 }],
  ['append', key, { n: 'a' }],
  ['operate', key, add],
  ['operate', key, [{ op: 'read', bin: 'n' }]],
  ['apply', key, udf],
  ['background', 'nowhere', 's', { operations: add }],
  ['background', 'nowhere', 's', { udf }],
  ['createIndex', 'nowhere', 's', { name: 'by_n', bin: 'n', type: 'numeric' }],
  ['inferDtype', 'nowhere', 's'],
]

const batches: [Method, (some: unknown[][]) => unknown[]][] = [
  ['batchRead', (some) => [some, { dtype: dtype({ n: 'i4' }) }]],
  ['batchExists', (some) => [some]],
  ['batchWrite', (some) => [some, { dtype: dtype({ n: 'i4' }), columns: { n: some.map(() => 1) } }]],
  ['putMany', (some) => [some.map((each) => [each, { n: 1 }])]],
  ['batchOperate', (some) => [some, add]],
  ['batchApply', (some) => [some, udf]],
  ['batchRemove', (some) => [some]],
]

describe.each(doors)('through the %s door', (_, door) => {
  test.each(calls)('%s %j', async (method, ...args) => {
    const refused = door(cluster.client, method, ...args)
    await expect(refused).rejects.toMatchObject({ name: 'ServerError', resultCode: 20, message: of('nowhere') })
  })

  test.each(batches)('%s fails their rows', async (method, argsOf) => {
    for (const some of [keys, keys.filter(([namespace]) => namespace !== 'test')]) {
      const result = (await door(cluster.client, method, ...argsOf(some))) as { failures: { node: string }[] }
      // Without what a node says of the other rows: the module is missing.
      const failures = result.failures.filter(({ node }) => node === '')
      const rows = (namespace: string) => some.flatMap(([name], row) => (name === namespace ? [row] : []))
      const failure = (namespace: string) => ({
        node: '',
        code: 20,
        message: of(namespace),
        rows: Uint32Array.from(rows(namespace)),
        inDoubt: false,
      })
      expect(failures).toHaveLength(2)
      expect(failures).toEqual(expect.arrayContaining([failure('nowhere'), failure('nothing')]))
    }
  })
})

test('scans and queries, before anything is asked', () => {
  const { client } = cluster
  expect(() => client.scan('nowhere', 's')).toThrow(of('nowhere'))
  expect(() => client.query('nowhere', 's', { where: equal('n', 1) })).toThrow(of('nowhere'))
})
