import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, test } from 'vitest'
import { Batch, type Key, dtype, equal, exp, keyList } from '../src/index.js'
import { root } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

/** Batches where JavaScript copies objects: as JSON, cloned, spread, compared, in another thread. */

const cluster = testCluster()
const set = freshSet()
const keys: Key[] = [
  ['test', set, 'a'],
  ['test', set, 7],
  ['test', `${set}_`, Uint8Array.of(1, 2)],
  ['test', set, 'nobody'],
]
const schema = dtype({ big: 'i8', id: 'i4', text: 'S8', bytes: 'V3', on: '?', m: ['f4', [2]], ids: ['i8', 2] })
const row = {
  big: 2n ** 60n,
  id: 5,
  text: 'Grüße',
  bytes: Uint8Array.of(1, 2, 255),
  on: true,
  m: [0.5, 1.5],
  ids: [1n, 2n ** 60n],
}
const rowJson = {
  big: '1152921504606846976',
  id: 5,
  text: 'Grüße',
  bytes: '0102ff',
  on: true,
  m: [0.5, 1.5],
  ids: ['1', '1152921504606846976'],
}
const noneJson = { big: '0', id: 0, text: '', bytes: '000000', on: false, m: [0, 0], ids: ['0', '0'] }

beforeAll(async () => {
  const there = keys.slice(0, 3)
  const columns = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, there.map(() => value)]))
  await cluster.client.batchWrite(there, { dtype: schema, columns: columns as never })
})

const inDataCloneError = (text: string): unknown =>
  expect.objectContaining({ name: 'DataCloneError', message: expect.stringContaining(text) })

describe.each(['columns', 'rows'] as const)('in the %s layout', (layout) => {
  const read = (): Promise<Batch<typeof schema.schema>> => cluster.client.batchRead(keys, { dtype: schema, layout })

  test('JSON has the rows, and the columns', async () => {
    const batch = await read()
    expect(JSON.parse(JSON.stringify(batch))).toEqual([rowJson, rowJson, rowJson, noneJson])
    for (const name of ['text', 'bytes', 'm', 'ids'] as const) {
      expect(JSON.parse(JSON.stringify(batch.columns[name]))).toEqual([
        ...Array.from({ length: 3 }, () => rowJson[name]),
        noneJson[name],
      ])
    }
  })

  test('a clone is refused, by name', async () => {
    const batch = await read()
    expect(() => structuredClone(batch)).toThrow(
      inDataCloneError('a batch; take it elsewhere with batch.detach() and Batch.from()'),
    )
    expect(() => structuredClone(batch.columns.text)).toThrow(inDataCloneError('clone what its toArray() gives'))
    expect(() => structuredClone(cluster.client)).toThrow(inDataCloneError('a client; connect where it is needed'))
    expect(() => structuredClone(keyList('test', set, ['a']))).toThrow(inDataCloneError('a KeyList'))
    expect(() => structuredClone({ dtype: dtype({ a: 'i4' }) })).toThrow(inDataCloneError('a dtype; make one'))
    expect(() => structuredClone({ filter: exp.exists('a') })).toThrow(
      inDataCloneError('an expression; clone its text'),
    )
    expect(() => structuredClone({ where: equal('a', 1) })).toThrow(inDataCloneError('a condition of a query'))
    const stream = cluster.client.scan('test', set)
    expect(() => structuredClone(stream)).toThrow(inDataCloneError('a stream; pass on its cursor'))
  })

  test('spread, it has all its parts', async () => {
    const batch = await read()
    const { columns, valid, meta, resultCodes, keys: of, conversions, length, failures } = Object.assign({}, batch)
    expect({ columns, valid, meta, resultCodes, keys: of, conversions, length, failures }).toEqual({
      columns: batch.columns,
      valid: batch.valid,
      meta: batch.meta,
      resultCodes: batch.resultCodes,
      keys: batch.keys,
      conversions: batch.conversions,
      length: 4,
      failures: [],
    })
    expect(columns.text.get(0)).toBe('Grüße')
  })

  test('batches of other rows are not equal', async () => {
    const batch = await read()
    assert.deepEqual(batch, await read())
    expect(batch).toEqual(await read())
    const other = await read()
    other.meta.gen[0] = 99
    assert.throws(() => assert.deepEqual(batch, other))
  })

  test('counts and views are plain objects', async () => {
    const { conversions, meta, valid, records } = await read()
    const none = { missing: 0, lossy: 0, mismatched: 0 }
    expect(conversions).toStrictEqual({ big: none, id: none, text: none, bytes: none, on: none, m: none, ids: none })
    expect([conversions, meta, valid].map(Object.getPrototypeOf)).toEqual([
      Object.prototype,
      Object.prototype,
      Object.prototype,
    ])
    expect(records === undefined ? undefined : Object.getPrototypeOf(records.offsets)).toBe(
      layout === 'rows' ? Object.prototype : undefined,
    )
  })

  test('detached, it goes to another thread and back without a copy', async () => {
    const batch = (await read()).where([true, true, true, false])
    const expected = JSON.parse(JSON.stringify(batch)) as unknown
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads')
       const { Batch } = require(${JSON.stringify(join(root, 'dist', 'index.js'))})
       parentPort.once('message', (parts) => {
         const batch = Batch.from(parts)
         const seen = [batch.toJSON(), batch.keys, batch.get(7).id, batch.conversions, [...batch.resultCodes]]
         batch.meta.gen[0] = 42
         const back = batch.detach()
         parentPort.postMessage({ seen, back }, back.transfer)
       })`,
      { eval: true },
    )
    const { buffer } = batch
    const parts = batch.detach()
    expect(buffer.byteLength).toBe(0)
    expect(() => batch.at(0)).toThrow(expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' }))
    const bytes = parts.buffer.byteLength
    worker.postMessage(parts, parts.transfer)
    expect(parts.buffer.byteLength).toBe(0)
    const [{ seen, back }] = (await once(worker, 'message')) as [{ seen: unknown[]; back: typeof parts }]
    await worker.terminate()
    expect(seen).toEqual([expected, keys.slice(0, 3), 5, Batch.from(back).conversions, [0, 0, 0]])
    const returned = Batch.from(back)
    expect([returned.buffer.byteLength, returned.meta.gen[0], returned.layout]).toEqual([bytes, 42, layout])
    expect(returned.at(1)).toMatchObject({ big: 2n ** 60n, text: 'Grüße' })
    expect(returned.where([false, true, true]).keys).toEqual(keys.slice(1, 3))
    // What has come back can be written, and read into.
    expect((await cluster.client.batchWrite(keys.slice(0, 3), returned)).ok).toBe(3)
    expect((await cluster.client.batchRead(keys.slice(0, 3), { dtype: schema, layout, into: returned })).length).toBe(3)
  })
})

test('integer keys of a list, and no keys at all, can be detached', async () => {
  const list = keyList('test', set, new Int32Array([7, 8]))
  const batch = await cluster.client.batchRead(list, { dtype: dtype({ id: 'i4' }) })
  expect(Batch.from(batch.detach()).keys).toEqual([
    ['test', set, 7],
    ['test', set, 8],
  ])
  const none = await cluster.client.batchRead([], { dtype: dtype({ id: 'i4' }) })
  expect([...Batch.from(none.detach())]).toEqual([])
})

test.each<[string, object, string]>([
  ['no buffer', { buffer: {} }, 'parts.buffer must be an ArrayBuffer, not an object'],
  [
    'too small a buffer',
    { buffer: new ArrayBuffer(8) },
    /^parts\.buffer has 8 bytes, and 2 rows need \d+; it may/ as never,
  ],
  ['no length', { length: -1 }, 'parts.length must be an integer from 0 to 4294967295, not the number -1'],
  [
    'too large a length',
    { length: 2 ** 40 },
    'parts.length must be an integer from 0 to 4294967295, not the number 1099511627776',
  ],
  ['another layout', { layout: 'c' }, `parts.layout must be 'columns' or 'rows', not the string "c"`],
  ['no fields', { fields: 5 }, 'parts.fields must be an array, not the number 5'],
  [
    'a field of another kind',
    { fields: [{ name: 'id' }] },
    'parts.fields[0] must be a field of a dtype, not an object',
  ],
  ['no keys', { keys: null }, 'parts.keys must be the keys of a detached batch, not null'],
  ['keys of fewer rows', { length: 1 }, 'parts.keys are not the keys of 1 rows'],
  ['no counts', { conversions: [1] }, 'parts.conversions must be an array of 3 counts, not an array of 1'],
  ['no failures', { failures: [{}] }, 'parts.failures[0] must be a failure of a batch, not an object'],
])('parts with %s are refused', async (_, change, message) => {
  const read = await cluster.client.batchRead(keys.slice(0, 2), { dtype: dtype({ id: 'i4' }) })
  const parts = read.detach()
  expect(() => Batch.from({ ...parts, ...change })).toThrow(message)
  expect(() => Batch.from(5 as never)).toThrow('parts must be what batch.detach() gives, not the number 5')
})

test.each<[string, object]>([
  ['a group that is not there', { groupOf: new Uint32Array([0, 9]) }],
  ['ends beyond the bytes', { ends: new Uint32Array([1, 900]) }],
  ['ends that go back', { ends: new Uint32Array([1, 0]) }],
  ['half a group', { groups: ['test'] }],
  ['types of other rows', { types: new Uint8Array(3) }],
])('keys with %s are refused', async (_, change) => {
  const two: Key[] = [
    ['test', set, 'a'],
    ['test', set, 'b'],
  ]
  const parts = (await cluster.client.batchRead(two, { dtype: dtype({ id: 'i4' }) })).detach()
  const broken = { ...parts, keys: { ...parts.keys, ...change } }
  expect(() => Batch.from(broken)).toThrow('parts.keys are not the keys of 2 rows')
})
