import { tracingChannel } from 'node:diagnostics_channel'
import { describe, expect, test } from 'vitest'
import { type Key, dtype, op } from '../src/index.js'
import { type Method, doors } from './support/doors.js'
import { testCluster } from './support/server.js'

/** Aborting calls: the promise rejects with the signal's reason, and the native call ends with it. */

const cluster = testCluster({ server: {} })

const key: Key = ['test', 'aborted', 1]

const two: Key = ['test', 'aborted', 2]
const schema = dtype({ a: 'i4' })

/** A call of every method that takes a signal, and the requests that it makes. */
const calls: [Method, unknown[], object, on: string][] = [
  ['put', [key, { a: 1 }], {}, 'on=write'],
  ['putMany', [[key, two].map((each) => [each, { a: 1 }])], {}, 'on=batch'],
  ['get', [key], {}, 'on=read'],
  ['select', [key, ['a']], {}, 'on=read'],
  ['exists', [key], {}, 'on=read'],
  ['touch', [key], {}, 'on=write'],
  ['remove', [key], {}, 'on=write'],
  ['add', [key, { a: 1 }], {}, 'on=write'],
  ['append', [key, { t: 'x' }], {}, 'on=write'],
  ['prepend', [key, { t: 'x' }], {}, 'on=write'],
  ['operate', [key, [op.read('a')]], {}, 'on=read'],
  ['batchRead', [[key, two]], {}, 'on=batch'],
  ['batchRead', [[key, two]], { dtype: schema }, 'on=batch'],
  ['batchWrite', [[key, two]], { dtype: schema, columns: { a: [1, 2] } }, 'on=batch'],
  ['batchExists', [[key, two]], {}, 'on=batch'],
  ['batchOperate', [[key, two], [op.add('a', 1)]], {}, 'on=batch'],
  ['batchRemove', [[key, two]], {}, 'on=batch'],
  ['ping', [], {}, 'on=info info=node'],
  ['udfs.list', [], {}, 'on=info info=udf-list'],
  ['info', ['build_os'], {}, 'on=info info=build_os'],
  ['truncate', ['test', 'aborted'], {}, 'on=info info=truncate'],
]

/** Starts a call whose reply never comes, aborts it, and gives what it rejects with. */
async function aborted(method: Method, args: unknown[], options: object, reason: Error): Promise<unknown> {
  const controller = new AbortController()
  const [[, asynchronous]] = doors as [(typeof doors)[0]]
  const ended = asynchronous(cluster.client, method, ...args, { ...options, signal: controller.signal }).then(
    () => 'done',
    (error: unknown) => error,
  )
  await expect.poll(() => cluster.server.stats()!.faults, { interval: 2 }).toBeGreaterThan(0)
  controller.abort(reason)
  return ended
}

test.each(calls)('%s ends with the signal, and its connection with it', async (method, args, options, on) => {
  cluster.server.setFaults([`${on} silence`])
  const reason = new Error(`enough of ${method}`)
  expect(await aborted(method, args, options, reason)).toBe(reason)
  cluster.server.setFaults([])
  // Nothing of an aborted call is left to be read by the next one.
  await cluster.client.put(key, { a: 7 })
  for (let round = 0; round < 5; round++) expect(await cluster.client.get(key)).toMatchObject({ bins: { a: 7 } })
})

/** Aborts a call after some turns of the event loop, and tells whether it was pending then and what has become of it. */
async function abortedAfter(turns: number, begin: (signal: AbortSignal) => Promise<unknown>): Promise<string> {
  const controller = new AbortController()
  const state = { settled: false }
  const outcome = begin(controller.signal)
    .then(
      () => 'resolved',
      (error: unknown) => (error === controller.signal.reason ? 'aborted' : String(error)),
    )
    .finally(() => {
      state.settled = true
    })
  for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
  const { settled } = state
  controller.abort()
  return settled ? 'too late' : outcome
}

test.each(calls)('%s rejects whenever the signal fires while it is pending', async (method, args, options) => {
  await cluster.client.put(key, { a: 1, t: 'x' })
  const [[, asynchronous]] = doors as [(typeof doors)[0]]
  const begin = (signal: AbortSignal): Promise<unknown> =>
    asynchronous(cluster.client, method, ...args, { ...options, signal })
  // At once, again and again: most of these are answered before the signal is looked at.
  for (let round = 0; round < 40; round++) expect(await abortedAfter(0, begin)).toBe('aborted')
  for (let round = 0; round < 40; round++) expect(['aborted', 'too late']).toContain(await abortedAfter(round, begin))
})

test('a tracer that aborts when it hears of the reply', async () => {
  const controller = new AbortController()
  const reason = new Error('heard enough')
  const channel = tracingChannel('aerostride:get')
  const hear = { asyncEnd: () => controller.abort(reason) }
  channel.subscribe(hear as never)
  try {
    await expect(cluster.client.get(key, { signal: controller.signal })).rejects.toBe(reason)
  } finally {
    channel.unsubscribe(hear as never)
  }
})

describe.each(doors)('a signal that has fired already, %s', (_, door) => {
  test.each(calls)('%s', async (method, args, options) => {
    const reason = new Error('too late')
    const signal = AbortSignal.abort(reason)
    await expect(door(cluster.client, method, ...args, { ...options, signal })).rejects.toBe(reason)
  })
})

test('the connections of aborted calls are closed while the cluster.client goes on', async () => {
  await cluster.client.put(key, { a: 7 })
  cluster.server.setFaults(['on=read silence'])
  const before = cluster.server.stats()!.connections
  const reason = new Error('enough')
  for (let round = 0; round < 10; round++) {
    const ended = Array.from({ length: 5 }, () => aborted('get', [key], {}, reason))
    expect(new Set(await Promise.all(ended))).toEqual(new Set([reason]))
  }
  cluster.server.setFaults([])
  // Fifty would be left. The cluster.client may have opened one or two meanwhile that it needs for itself.
  await expect.poll(() => cluster.server.stats()!.connections).toBeLessThan(before + 5)
  expect(await cluster.client.get(key)).not.toBeNull()
})

test('no listener is left on a signal that many calls share', async () => {
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args))
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args))
  await Promise.all(Array.from({ length: 8 }, () => cluster.client.get(key, { signal })))
  expect(listeners).toBe(0)
})
