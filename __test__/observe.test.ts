import { tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type CallEvent, type Client, type Key, connect, dtype, equal, op } from '../src/index.js'
import { type Method, administration, doors } from './support/doors.js'
import { runProgram } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const schema = dtype({ n: 'i4' })
const VALUE = 'only the record knows'
const KEY = 'only its reader knows'

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

/** Everything that a tracing channel publishes until the test ends, each with the event as it was then. */
function heard(operation: string): [name: string, event: CallEvent][] {
  const channel = tracingChannel<string, CallEvent>(`aerostride:${operation}`)
  const events: [string, CallEvent][] = []
  const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const
  const note = Object.fromEntries(
    names.map((name) => [name, (event: unknown) => events.push([name, { ...(event as CallEvent) }])]),
  )
  channel.subscribe(note as never)
  undo.push(() => channel.unsubscribe(note as never))
  return events
}

describe('tracing channels', () => {
  test('a batch, from its start to its end', async () => {
    const set = freshSet()
    const keys: Key[] = [1, 2, 3].map((id) => ['test', set, id])
    await cluster.client.put(keys[0]!, { n: 1, text: VALUE })
    const events = heard('batchRead')
    await cluster.client.batchRead(keys, { dtype: schema })
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    const subject = { operation: 'batchRead', namespace: 'test', set, rows: 3 }
    expect(events[0]![1]).toEqual(subject)
    const end = events.at(-1)![1]
    expect(end).toMatchObject({ ...subject, codes: { 0: 1, 2: 2 }, durationMs: expect.any(Number) })
    expect(inspect(events, { depth: 9 })).not.toContain(VALUE)
  })

  test('calls that a subscriber begins before the call that it hears of', async () => {
    const set = freshSet()
    const keys: Key[] = ['a', 'b'].map((id) => ['test', set, id])
    await Promise.all(keys.map((key, n) => cluster.client.put(key, { n })))
    const channel = tracingChannel<string, CallEvent>('aerostride:batchRead')
    const inside: Promise<unknown>[] = []
    const start = (): void => {
      channel.start.unsubscribe(start)
      inside.push(cluster.client.batchRead([keys[1]!], { dtype: schema }).then(({ columns }) => [...columns.n]))
      inside.push(cluster.client.get(keys[1]!).then((record) => record?.bins))
    }
    channel.start.subscribe(start)
    const batch = await cluster.client.batchRead([keys[0]!], { dtype: schema })
    expect([[...batch.columns.n], batch.keys, ...(await Promise.all(inside))]).toEqual([[0], [keys[0]], [1], { n: 1 }])
  })

  test('a blocking call', async () => {
    const events = heard('get')
    cluster.client.getSync(['test', 'demo', 'nobody'])
    expect(events.map(([name]) => name)).toEqual(['start', 'end'])
    expect(events[1]![1]).toMatchObject({ codes: { 2: 1 }, rows: 1 })
  })

  test('keys of several sets have no one set', async () => {
    const events = heard('batchRead')
    await cluster.client.batchRead([
      ['test', 'a', 1],
      ['test', 'b', 1],
    ])
    expect(events[0]![1]).toEqual({ operation: 'batchRead', rows: 2 })
  })

  test('an error is the one that the caller gets', async () => {
    const events = heard('touch')
    const error: unknown = await cluster.client.touch(['test', 'demo', 'nobody']).catch((thrown: unknown) => thrown)
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(events.at(-1)![1].error).toBe(error)
    expect(events.at(-1)![1].codes).toBeUndefined()
  })

  /** What ends the client, and what a server without users and without Lua refuses; see the end of this block. */
  type Refused = 'close' | 'apply' | 'batchApply' | `users.${string}` | `roles.${string}`
  const key: Key = ['test', 'observed', KEY]
  const calls: Record<Exclude<Method, Refused>, unknown[]> = {
    put: [key, { text: VALUE, n: 1 }],
    putMany: [[[key, { text: VALUE, n: 1 }]]],
    get: [key],
    select: [key, ['text']],
    exists: [key],
    touch: [key],
    add: [key, { n: 1 }],
    append: [key, { text: VALUE }],
    prepend: [key, { text: VALUE }],
    operate: [key, [op.append('text', VALUE), op.read('text')]],
    batchRead: [[key], { dtype: dtype({ text: 'S40' }) }],
    batchWrite: [[key], { dtype: dtype({ text: 'S40' }), columns: { text: [VALUE] } }],
    inferDtype: ['test', 'observed'],
    remove: [key],
    batchExists: [[key]],
    batchOperate: [[key], [op.append('text', VALUE), op.read('text')]],
    batchRemove: [[key]],
    ping: [],
    background: ['test', 'observed', { operations: [op.write('text', VALUE)] }],
    'udfs.register': [Buffer.from(`function f() return '${VALUE}' end`), { name: 'observed.lua' }],
    'udfs.list': [],
    'udfs.remove': ['observed.lua'],
    info: ['build'],
    truncate: ['test', 'observed'],
    createIndex: ['test', 'observed', { name: 'observed', bin: 'n', type: 'numeric' }],
    indexes: ['test'],
    dropIndex: ['test', 'observed'],
  }
  test.each(doors)('every method has a channel that tells no key and no value, %s', async (_, door) => {
    for (const [method, args] of Object.entries(calls) as [Exclude<Method, Refused>, unknown[]][]) {
      const events = heard(method)
      await door(cluster.client, method, ...args)
      expect(events[0]?.[1]).toMatchObject({ operation: method })
      expect(events.at(-1)?.[1]).toMatchObject({ operation: method, durationMs: expect.any(Number) })
      const said = inspect(events, { depth: 9 })
      expect(said).not.toContain(VALUE)
      expect(said).not.toContain(KEY)
    }
  })

  const refused: Record<Exclude<Extract<Method, Refused>, 'close'>, unknown[]> = {
    apply: [key, { module: 'none', function: 'f', args: [VALUE] }],
    batchApply: [[key], { module: 'none', function: 'f', args: [VALUE] }],
    ...administration(VALUE),
  }
  test.each(doors)('so has what the server refuses, which tells no password either, %s', async (_, door) => {
    for (const [method, args] of Object.entries(refused) as [Exclude<Method, 'close'>, unknown[]][]) {
      const events = heard(method)
      await door(cluster.client, method, ...args).catch(() => {})
      expect(events.at(-1)?.[1]).toMatchObject({ operation: method, durationMs: expect.any(Number) })
      expect(inspect(events, { depth: 9 })).not.toContain(VALUE)
    }
  })

  test.each(doors)('a conversion error is quoted to the caller and to nobody else, %s', async (_, door) => {
    const set = freshSet()
    await cluster.client.put(['test', set, KEY], { text: VALUE })
    const logged: CallEvent[] = []
    const client = await connect({ hosts: cluster.hosts, logger: (event) => logged.push(event) })
    const traced = heard('batchRead')
    const strict = { dtype: dtype({ text: 'i4' }), onLoss: 'throw' }
    const error: unknown = await door(client, 'batchRead', [['test', set, KEY]], strict).catch((e: unknown) => e)
    expect(error).toMatchObject({ name: 'ConversionError', batch: expect.anything() })
    for (const events of [logged, traced]) {
      expect(inspect(events, { depth: 9 })).toContain('ERR_AEROSTRIDE_CONVERSION')
      expect(inspect(events, { depth: 9 })).not.toContain(VALUE)
      expect(inspect(events, { depth: 9 })).not.toContain(KEY)
    }
    await client.close()
  })

  test('wrong arguments are no call', async () => {
    const events = heard('put')
    await expect(cluster.client.put(['test', 'demo', 0.5], { n: 1 })).rejects.toThrow(RangeError)
    expect(events).toEqual([])
  })

  test('connecting', async () => {
    const events = heard('connect')
    await (await connect({ hosts: cluster.hosts, user: undefined })).close()
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(events[0]![1]).toEqual({ operation: 'connect' })
  })
})

describe('streams', () => {
  const set = freshSet()
  beforeAll(async () => {
    const keys = Array.from({ length: 60 }, (_, n): Key => ['test', set, n])
    await cluster.client.batchWrite(keys, { dtype: schema, columns: { n: keys.map((_, n) => n) } })
  })
  const options = { dtype: schema, batchRows: 10 }

  test('from their start to their end, with the rows that they have delivered', async () => {
    const events = heard('scan')
    await cluster.client.scan('test', set, options).toBatch()
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(events[0]![1]).toEqual({ operation: 'scan', namespace: 'test', set })
    const end = { operation: 'scan', namespace: 'test', set, rows: 60, codes: { 0: 60 } }
    expect(events.at(-1)![1]).toEqual({ ...end, durationMs: expect.any(Number) as number })
  })

  test('that are left, blocking ones too', () => {
    const events = heard('scan')
    for (const _ of cluster.client.scanSync('test', set, options)) break
    expect(events.map(([name]) => name)).toEqual(['start', 'end'])
    expect(events[1]![1]).toMatchObject({ rows: 10, codes: { 0: 10 } })
    expect(events[1]![1].error).toBeUndefined()
  })

  test('that fail, with the error that the caller gets', async () => {
    const [events, logged] = [heard('query'), [] as CallEvent[]]
    const client = await connect({ hosts: cluster.hosts, logger: (event) => logged.push(event) })
    const query = client.query('test', set, { ...options, where: equal('nothing', 1) })
    const error: unknown = await query.toBatch().catch((thrown: unknown) => thrown)
    expect(events.map(([name]) => name)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    expect(events.at(-1)![1]).toMatchObject({ operation: 'query', rows: 0, error })
    expect(events.at(-1)![1].codes).toBeUndefined()
    expect(logged.map(({ operation, rows }) => [operation, rows])).toEqual([
      ['connect', undefined],
      ['query', 0],
    ])
    await client.close()
  })
})

describe.each(doors)('a logger, through the %s door', (_, door) => {
  let client: Client
  const events: CallEvent[] = []
  beforeAll(async () => {
    client = await connect({ hosts: cluster.hosts, logger: (event) => events.push(event) })
    undo.push(() => void client.close())
  })

  test('hears of every call at its end, and of no value', async () => {
    const key: Key = ['test', freshSet(), 1]
    await door(client, 'put', key, { text: VALUE })
    await door(client, 'batchWrite', [key], { dtype: schema, columns: { n: [1] } })
    await door(client, 'add', key, { text: 1 }).catch(() => {})
    expect(events.map(({ operation, codes }) => [operation, codes])).toEqual([
      ['connect', {}],
      ['put', { 0: 1 }],
      ['batchWrite', { 0: 1 }],
      ['add', undefined],
    ])
    expect(events[3]!.error).toMatchObject({ name: 'ServerError', resultCode: 12 })
    expect(inspect(events, { depth: 9 })).not.toContain(VALUE)
  })
})

/** A program that puts, reads and fails to touch. */
const program = (connecting: string): string => `
  const { connect, dtype } = require('aerostride')
  connect(${connecting}).then(async (client) => {
    await client.put(['test', 'observed', 1], { n: 1, text: '${VALUE}' })
    await client.batchRead([['test', 'observed', 1], ['test', 'observed', 2]], { dtype: dtype({ n: 'i4' }) })
    await client.touch(['test', 'observed', 3]).catch(() => {})
    await client.batchRead([['test', 'observed', 1]], { dtype: dtype({ text: 'i4' }), onLoss: 'throw' }).catch(() => {})
    console.log('done')
  })`

describe('in a process of its own', () => {
  test('NODE_DEBUG=aerostride prints a line per call', async () => {
    const debug = { NODE_DEBUG: 'aerostride' }
    const { code, stdout, stderr } = await runProgram(program('process.argv[1]'), [cluster.hosts], () => {}, debug)
    expect([code, stdout]).toEqual([0, 'done\n'])
    const lines = stderr.trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/^AEROSTRIDE \d+: /, '').replaceAll(/[\d.]+ ms$/g, 'MS'))).toEqual([
      'connect, MS',
      'put test.observed, 1 row, codes 0: 1, MS',
      'batchRead test.observed, 2 rows, codes 0: 1, 2: 1, MS',
      expect.stringMatching(/^touch test\.observed, 1 row, failed: ERR_AEROSTRIDE_SERVER Key not found .*, MS$/),
      'batchRead test.observed, 1 row, failed: ERR_AEROSTRIDE_CONVERSION a value does not fit its field, MS',
    ])
    expect(stderr).not.toContain(VALUE)
  })

  test('a logger that throws does not fail the call, and is not silent', async () => {
    const ended = await runProgram(
      `process.on('uncaughtException', (error) => console.log('uncaught', error.message));` +
        program(`{ hosts: process.argv[1], logger() { throw new Error('full disk') } }`),
      [cluster.hosts],
    )
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: '' })
    const lines = ended.stdout.trimEnd().split('\n')
    expect(lines.toSorted()).toEqual(['done', ...Array.from({ length: 5 }, () => 'uncaught full disk')])
  })
})

test('statistics show how a node was asked', async () => {
  const client = await connect(cluster.hosts)
  const set = freshSet()
  const keys = Array.from({ length: 600 }, (_, id): Key => ['test', set, id])
  expect(client.stats().nodes[0]).toMatchObject({ requestsAtOnce: 0, keysPerRequest: 0 })
  for (let batch = 0; batch < 20; batch++) {
    await client.batchRead(keys, { dtype: schema })
    for (const { requestsAtOnce, keysPerRequest, firstByte } of client.stats().nodes) {
      expect(requestsAtOnce).toBeGreaterThanOrEqual(1)
      expect(requestsAtOnce).toBeLessThanOrEqual(4)
      expect(keysPerRequest).toBeGreaterThanOrEqual(64)
      expect(keysPerRequest).toBeLessThanOrEqual(5000)
      // In milliseconds: more than nothing, and less than any timeout.
      expect(firstByte).toBeGreaterThan(0)
      expect(firstByte).toBeLessThan(10_000)
    }
  }
  const policy = { maxKeysPerRequest: 30, maxConcurrentRequests: 7 }
  await client.batchRead(keys, { dtype: schema, policy })
  for (const node of client.stats().nodes) expect(node).toMatchObject({ keysPerRequest: 30, requestsAtOnce: 7 })
  await client.close()
})

test('statistics count what batches did', async () => {
  const client = await connect(cluster.hosts)
  const set = freshSet()
  const keys = Array.from({ length: 10 }, (_, id): Key => ['test', set, id])
  const before = client.stats()
  expect(before).toMatchObject({ batches: 0, rows: 0, bytesReceived: 0, latency: { count: 0 } })
  await client.batchWrite(keys.slice(0, 5), { dtype: schema, columns: { n: [1, 2, 3, 4, 5] } })
  await client.batchRead(keys, { dtype: schema })
  client.batchReadSync(keys, { dtype: schema })
  const { latency, nodes, ...counts } = client.stats()
  expect(counts).toMatchObject({
    batches: 3,
    failedBatches: 0,
    rows: 25,
    okRows: 15,
    failedRequests: 0,
    retriedRows: 0,
  })
  expect(counts.requests).toBeGreaterThanOrEqual(3)
  expect(counts.bytesSent).toBeGreaterThan(25 * 20)
  expect(counts.bytesReceived).toBeGreaterThan(0)
  expect(latency.count).toBe(3)
  // Milliseconds: a batch of ten rows takes no second on any machine, and more than a microsecond.
  expect(latency.min).toBeGreaterThan(0.001)
  expect(latency.max).toBeLessThan(10_000)
  expect(latency.min).toBeLessThanOrEqual(latency.p50)
  expect(latency.p50).toBeLessThanOrEqual(latency.max)
  expect(nodes.length).toBeGreaterThanOrEqual(1)
  expect(nodes[0]).toMatchObject({ available: true, inUse: 0 })
  await client.close()
})
