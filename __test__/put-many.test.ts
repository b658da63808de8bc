import type Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDevServer } from '../src/devserver/index.js'
import { type BatchWriteResult, type Client, type Key, connect, double } from '../src/index.js'
import { doors } from './support/doors.js'
import { hasOfficial, loadOfficial } from './support/official.js'
import { freshSet, testCluster } from './support/server.js'

/** Writing many records of any shape at once. */

const cluster = testCluster()
const SHAPES = [
  { n: 1, text: 'a' },
  { f: double(2), list: [1, [2]] },
  { map: new Map([[1, Uint8Array.of(1, 2)]]), yes: true },
]

describe.each(doors)('through the %s door', (_, door) => {
  const many = (records: unknown, options?: object, client: Client = cluster.client): Promise<BatchWriteResult> =>
    door(client, 'putMany', records, options) as Promise<BatchWriteResult>

  test('every row is what put would have written', async () => {
    const set = freshSet()
    const records = Array.from({ length: 300 }, (__, row): [Key, object] => [
      ['test', row % 2 === 0 ? set : `${set}_odd`, row % 3 === 0 ? row : `key ${row}`],
      SHAPES[row % SHAPES.length]!,
    ])
    const result = await many(records)
    expect(result).toMatchObject({ length: 300, ok: 300, failures: [] })
    expect(result.resultCodes).toEqual(new Int32Array(300))
    expect(result.gen).toEqual(new Uint32Array(300).fill(1))
    const read = await cluster.client.batchRead(records.map(([key]) => key))
    expect(read.map(({ bins }) => bins)).toEqual(records.map(([, bins]) => JSON_LIKE.get(bins)))
  })

  test('a row that fails fails alone', async () => {
    const set = freshSet()
    await cluster.client.put(['test', set, 1], { old: 1 })
    const rows = [1, 2, 3].map((id) => [['test', set, id], { n: id }])
    const result = await many([...rows, [['nowhere', set, 4], { n: 4 }]], { policy: { exists: 'create', ttl: 1000 } })
    expect([...result.resultCodes]).toEqual([5, 0, 0, 20])
    expect([...result.gen]).toEqual([0, 1, 1, 0])
    expect(result.ok).toBe(2)
    expect(result.failures).toMatchObject([
      { code: 20, message: expect.stringContaining('nowhere'), rows: Uint32Array.of(3) },
    ])
    expect(await cluster.client.get(['test', set, 1])).toMatchObject({ bins: { old: 1 } })
    expect((await cluster.client.get(['test', set, 2]))!.ttl).toBeCloseTo(1000, -2)
  })

  test('of one record, and of none', async () => {
    const key: Key = ['test', freshSet(), 1]
    expect(await many([[key, { n: 1 }]])).toMatchObject({ length: 1, ok: 1 })
    expect(await cluster.client.get(key)).toMatchObject({ bins: { n: 1 } })
    expect(await many([])).toMatchObject({ length: 0, ok: 0, failures: [] })
    const nowhere = await many([[['nowhere', 's', 1], { n: 1 }]])
    expect([...nowhere.resultCodes]).toEqual([20])
  })

  test('null removes a bin, and sendKey stores the key', async () => {
    const key: Key = ['test', freshSet(), 'named']
    await many([[key, { a: 1, b: 2 }]], { policy: { sendKey: true } })
    await many([[key, { a: null }]])
    expect(await cluster.client.get(key)).toMatchObject({ bins: { b: 2 }, gen: 2 })
  })

  test.each<[string, unknown, string]>([
    ['no array', {}, 'records must be an array of [key, bins], not an object'],
    ['a record without bins', [[['test', 's', 1]]], 'records[0] must be [key, bins], not an array of 1'],
    [
      'a wrong key',
      [
        [['test', 's', 1], { a: 1 }],
        [['test', 's'], { a: 1 }],
      ],
      'records[1][0] must be [namespace, set',
    ],
    ['a wrong primary key', [[['test', 's', 0.5], { a: 1 }]], 'records[0][0][2]: the number 0.5 is not an integer'],
    ['no bins', [[['test', 's', 1], {}]], 'records[0][1] must have at least one bin'],
    ['a wrong value', [[['test', 's', 1], { a: [new Date(0)] }]], 'records[0][1].a[0] is a Date'],
    ['too big a value', [[['test', 's', 1], { a: 2n ** 63n }]], 'records[0][1].a is a bigint outside int64'],
  ])('%s is refused', async (__, records, message) => {
    await expect(many(records)).rejects.toMatchObject({ message: expect.stringContaining(message) })
  })

  test('generations belong to single records', async () => {
    const policy = { generation: 1, generationPolicy: 'eq' }
    await expect(many([[['test', 's', 1], { a: 1 }]], { policy })).rejects.toThrow(
      'policy.generationPolicy does not fit a batch write',
    )
  })

  test('one request to each node', async () => {
    await using server = await startDevServer({ nodes: 2 })
    const client = await connect(server.hosts)
    const records = Array.from({ length: 500 }, (__, row) => [['test', 'many', row], { n: row }])
    server.setFaults(['on=batch delay=1'])
    expect(await many(records, {}, client)).toMatchObject({ ok: 500 })
    expect(server.stats()!.faults).toBe(2)
    await client.close()
  })

  test('rows of a node that does not answer, and no others, have no answer', async () => {
    await using server = await startDevServer({ nodes: 2, replicationFactor: 1, failureDetection: 60_000 })
    const client = await connect(server.hosts)
    const records = Array.from({ length: 100 }, (__, row) => [['test', 'many', row], { n: row }])
    await server.freezeNode(1)
    const result = await many(records, { policy: { totalTimeout: 3000 } }, client)
    expect(result.ok).toBeGreaterThan(10)
    expect(result.ok).toBeLessThan(90)
    const late = [...result.resultCodes.keys()].filter((row) => result.resultCodes[row] !== 0)
    expect(new Set(late.map((row) => result.resultCodes[row]))).toEqual(new Set([9]))
    expect(result.failures).toMatchObject([
      { node: expect.stringContaining('B2'), code: 9, rows: Uint32Array.from(late) },
    ])
    await client.close()
  })
})

/** What the shapes read back as. */
const JSON_LIKE = new Map<object, object>([
  [SHAPES[0]!, { n: 1, text: 'a' }],
  [SHAPES[1]!, { f: 2, list: [1, [2]] }],
  [SHAPES[2]!, { map: new Map([[1, Uint8Array.of(1, 2)]]), yes: true }],
])

describe.skipIf(!hasOfficial)('beside the official client', () => {
  let theirs: typeof Aerospike
  let official: Aerospike.Client
  beforeAll(async () => {
    theirs = await loadOfficial()
    official = await theirs.connect({ hosts: cluster.hosts, log: { level: theirs.log.OFF } })
  })
  afterAll(() => official.close())

  test('its batchRead gives what putMany wrote', async () => {
    const set = freshSet()
    const ids = Array.from({ length: 100 }, (_, id) => id)
    await cluster.client.putMany(ids.map((id) => [['test', set, id], { n: id, t: `t${id}`, l: [id, `${id}`] }]))
    const read = await official.batchRead(
      ids.map((id) => ({ key: new theirs.Key('test', set, id), readAllBins: true })),
    )
    expect(read.map(({ record }) => record.bins)).toEqual(ids.map((id) => ({ n: id, t: `t${id}`, l: [id, `${id}`] })))
  })
})
