import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BatchOperateResult, type BatchWriteResult, type Key, double, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'
import { theirKey } from './support/their-key.js'

/** Batches that change records beside those of the official client: the same codes, and the same records afterwards. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const { operations, batchType } = Aerospike

const IDS = ['a', 'b', 'c', 'nobody'] as const
const START = { n: 1, text: 'x', list: [1, { deep: 2n ** 60n }], f: double(0.5) }

/** The same keys twice, in sets of their own; all but the last have a record. */
async function places(): Promise<[ours: Key[], theirs: Key[]]> {
  const [ours, theirs] = [freshSet(), freshSet()].map((set) => IDS.map((id): Key => ['test', set, id])) as [
    Key[],
    Key[],
  ]
  await cluster.client.putMany([...ours.slice(0, -1), ...theirs.slice(0, -1)].map((key) => [key, START] as const))
  return [ours, theirs]
}

/** What there is under the keys, as the official client reads it. */
async function stored(keys: readonly Key[]): Promise<unknown[]> {
  const read = await official.batchRead(keys.map((key) => ({ key: theirKey(key), readAllBins: true })))
  return read.map(({ status, record }) => ({ status, bins: record?.bins, gen: record?.gen }))
}

/** The codes of a batch of theirs; with failed rows it may reject, and the rows are with the error. */
async function theirRows(batch: Promise<unknown>): Promise<{ status: number; record?: { bins: unknown } }[]> {
  return (await batch.catch((error: { results?: unknown }) => error.results)) as never
}

const statuses = (rows: { status: number }[]): number[] => rows.map(({ status }) => status)

describe.each(doors)('through the %s door', (_, door) => {
  const call = (...args: [Parameters<typeof door>[1], ...unknown[]]): Promise<unknown> => door(cluster.client, ...args)

  test('batchRemove', async () => {
    const [ours, theirs] = await places()
    const removed = (await call('batchRemove', ours)) as BatchWriteResult
    expect([...removed.resultCodes]).toEqual(statuses(await theirRows(official.batchRemove(theirs.map(theirKey)))))
    expect(await stored(ours)).toEqual(await stored(theirs))
  })

  test('batchRemove of generations', async () => {
    const [ours, theirs] = await places()
    await cluster.client.add(ours[1]!, { n: 1 })
    await cluster.client.add(theirs[1]!, { n: 1 })
    const removed = (await call('batchRemove', ours, { generations: [1, 1, 1, 1] })) as BatchWriteResult
    const policy = new Aerospike.BatchRemovePolicy({ gen: Aerospike.policy.gen.EQ, generation: 1 })
    // Its batchRemove rejects as a whole where a row fails, and tells no codes.
    const removals = theirs.map((key) => ({ type: batchType.BATCH_REMOVE, key: theirKey(key), policy }))
    const their = await theirRows(official.batchWrite(removals))
    expect([...removed.resultCodes]).toEqual(statuses(their))
    expect(await stored(ours)).toEqual(await stored(theirs))
  })

  test('batchExists', async () => {
    const [ours] = await places()
    const { resultCodes, exists, gen } = (await call('batchExists', ours)) as Record<string, ArrayLike<number>>
    const their = await theirRows(official.batchExists(ours.map(theirKey)))
    expect(Array.from(resultCodes!)).toEqual(statuses(their))
    expect(Array.from(exists!)).toEqual(their.map(({ status }) => Number(status === 0)))
    expect(Array.from(gen!)).toEqual([1, 1, 1, 0])
  })

  test('batchOperate with the same operations for all keys', async () => {
    const [ours, theirs] = await places()
    const worked = (await call('batchOperate', ours, [
      op.add('n', 5),
      op.append('text', '!'),
      op.write('fresh', [1, 2]),
      op.read('n'),
      op.read('text'),
    ])) as BatchOperateResult
    const ops = [
      operations.incr('n', 5),
      operations.append('text', '!'),
      operations.write('fresh', [1, 2]),
      operations.read('n'),
      operations.read('text'),
    ]
    const their = await theirRows(
      official.batchWrite(theirs.map((key) => ({ type: batchType.BATCH_WRITE, key: theirKey(key), ops }))),
    )
    expect([...worked.resultCodes]).toEqual(statuses(their))
    expect(worked.records.map(({ bins }) => bins)).toEqual([
      ...IDS.slice(0, 3).map(() => ({ n: 6, text: 'x!' })),
      { n: 5, text: '!' },
    ])
    expect(await stored(ours)).toEqual(await stored(theirs))
  })

  test('batchOperate with other operations for each key: reads, writes, removals', async () => {
    const [ours, theirs] = await places()
    const worked = (await call('batchOperate', ours, [
      [op.read('n'), op.read('list')],
      [op.write('f', double(7)), op.touch()],
      [op.delete()],
      [op.read('n')],
    ])) as BatchOperateResult
    const [a, b, c, nobody] = theirs.map(theirKey)
    const their = await theirRows(
      official.batchWrite([
        { type: batchType.BATCH_READ, key: a, bins: ['n', 'list'] },
        {
          type: batchType.BATCH_WRITE,
          key: b,
          ops: [operations.write('f', new Aerospike.Double(7)), operations.touch(0)],
        },
        { type: batchType.BATCH_REMOVE, key: c },
        { type: batchType.BATCH_READ, key: nobody, bins: ['n'] },
      ] as never),
    )
    expect([...worked.resultCodes]).toEqual(statuses(their))
    expect(worked.records[0]!.bins).toEqual(their[0]!.record?.bins)
    expect(await stored(ours)).toEqual(await stored(theirs))
  })

  test('ttls and generations for each key', async () => {
    const [ours, theirs] = await places()
    const terms = { ttls: [1000, -1, 0, 2000], generations: [1, 2, 1, 0] }
    const worked = (await call('batchOperate', ours, [op.add('n', 1)], terms)) as BatchOperateResult
    // Its batches send generation 0, whatever the policy says; calls on one record send what they are given.
    const their = theirs.map(async (key, row) => {
      const meta = { ttl: terms.ttls[row]!, gen: terms.generations[row]! }
      const policy = new Aerospike.OperatePolicy({ gen: Aerospike.policy.gen.EQ })
      const operated = official.operate(theirKey(key), [operations.incr('n', 1)], meta as never, policy)
      return operated.then(
        () => 0,
        (error: { code: number }) => error.code,
      )
    })
    expect([...worked.resultCodes]).toEqual(await Promise.all(their))
    expect(worked.resultCodes[1]).toBe(3)
    expect(await stored(ours)).toEqual(await stored(theirs))
    const left = await cluster.client.batchExists(ours)
    expect(left.ttl[0]!).toBeCloseTo(1000, -2)
    expect(left.ttl[3]!).toBeCloseTo(2000, -2)
  })

  test('ttls and generations of putMany', async () => {
    const [ours] = await places()
    const rows = ours.map((key) => [key, { n: 9 }] as const)
    const written = (await call('putMany', rows, {
      ttls: [-1, 500, -1, -1],
      generations: [1, 1, 7, 0],
    })) as BatchWriteResult
    expect([...written.resultCodes]).toEqual([0, 0, 3, 0])
    const left = await cluster.client.batchExists(ours)
    expect(left.ttl[0]).toBe(0xffff_ffff)
    expect(left.ttl[1]!).toBeCloseTo(500, -2)
  })

  test('a filter of a batch', async () => {
    const [ours, theirs] = await places()
    await cluster.client.putMany([ours[0]!, theirs[0]!].map((key) => [key, { n: 50 }] as const))
    const removed = (await call('batchRemove', ours, { filter: '$.n > 10' })) as BatchWriteResult
    expect([...removed.resultCodes]).toEqual([0, 27, 27, 2])
    expect((await stored(ours)).slice(1)).toEqual((await stored(theirs)).slice(1))
  })

  test('more keys than a server takes in one request', async () => {
    const set = freshSet()
    const keys = Array.from({ length: 12_001 }, (__, id): Key => ['test', set, id])
    const worked = (await call('batchOperate', keys, [op.write('n', 1)])) as BatchOperateResult
    expect(worked.ok).toBe(keys.length)
    const removed = (await call('batchRemove', keys)) as BatchWriteResult
    expect(removed.ok).toBe(keys.length)
    expect((await cluster.client.batchExists(keys)).found).toBe(0)
  })
})

test('random batches of operations leave what single calls leave', async () => {
  const [ours, theirs] = await places()
  const kinds = [op.add('n', 3), op.append('text', 'z'), op.write('w', true), op.read('n'), op.delete(), op.touch()]
  // Every pair of kinds, one pair per key.
  const pairs = kinds.flatMap((first) => kinds.map((second) => [first, second]))
  const keys = pairs.map((_, row): Key => ['test', ours[0]![1], `pair ${row}`])
  const single = pairs.map((_, row): Key => ['test', theirs[0]![1], `pair ${row}`])
  await cluster.client.putMany([...keys, ...single].map((key) => [key, START] as const))
  const { records, resultCodes } = await cluster.client.batchOperate(keys, pairs)
  for (const [row, pair] of pairs.entries()) {
    const alone = await cluster.client
      .operate(single[row]!, pair)
      .catch((error: { resultCode: number }) => error.resultCode)
    const together = resultCodes[row] === 0 ? records[row]!.bins : resultCodes[row]
    expect(together, `${pair[0]!.op}, ${pair[1]!.op}`).toEqual(typeof alone === 'number' ? alone : alone.bins)
  }
  expect(await stored(keys)).toEqual(await stored(single))
})
