import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, type Operation, type WriteComputedOptions, exp, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** Operations that compute: they return, write and fail as the official client's expression operations. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const BINS = { n: 7, f: 2.5, s: 'text', l: [3, 1, 2], m: { a: 1 } }
const { exp: theirs } = Aerospike
const { expReadFlags: reads, expWriteFlags: writes } = theirs
const read = (name: string, expression: Aerospike.AerospikeExp, flags = reads.DEFAULT) =>
  theirs.operations.read(name, expression, flags)
const write = (name: string, expression: Aerospike.AerospikeExp, flags = writes.DEFAULT) =>
  theirs.operations.write(name, expression, flags)

const twice = exp.mul(exp.int('n'), 2)
const theirTwice = theirs.mul(theirs.binInt('n'), theirs.int(2))
const unknown = exp.int('nothing')
const theirUnknown = theirs.binInt('nothing')

type Their = Aerospike.operations.Operation
const writing = (bin: string, options: WriteComputedOptions, flags: number): [Operation[], Their[]] => [
  [op.writeComputed(bin, twice, options)],
  [write(bin, theirTwice, flags)],
]

const cases: Record<string, readonly [ours: readonly Operation[], theirs: readonly Their[]]> = {
  'a value': [[op.compute('x', twice)], [read('x', theirTwice)]],
  'several values': [
    [op.compute('x', twice), op.compute('y', '$.f * 2.0'), op.compute('z', '$.l.[0] + 1')],
    [
      read('x', theirTwice),
      read('y', theirs.add(theirs.binFloat('f'), theirs.binFloat('f'))),
      read('z', theirs.int(4)),
    ],
  ],
  'every type': [
    [
      op.compute('s', '$.s.get(type: STRING)'),
      op.compute('l', exp.list('l')),
      op.compute('m', exp.map('m')),
      op.compute('b', '$.n > 3'),
      op.compute('bytes', exp.blobValue(Uint8Array.of(1, 2))),
    ],
    [
      read('s', theirs.binStr('s')),
      read('l', theirs.binList('l')),
      read('m', theirs.binMap('m')),
      read('b', theirs.gt(theirs.binInt('n'), theirs.int(3))),
      read('bytes', theirs.bytes(Buffer.from([1, 2]))),
    ],
  ],
  'one name twice': [
    [op.compute('x', '$.n'), op.compute('x', twice)],
    [read('x', theirs.binInt('n')), read('x', theirTwice)],
  ],
  'a name of a bin': [
    [op.read('n'), op.compute('n', twice)],
    [Aerospike.operations.read('n'), read('n', theirTwice)],
  ],
  'an unknown value': [[op.compute('x', unknown)], [read('x', theirUnknown)]],
  'an unknown value that is skipped': [
    [op.compute('x', unknown, { skipUnknown: true }), op.compute('y', twice)],
    [read('x', theirUnknown, reads.EVAL_NO_FAIL), read('y', theirTwice)],
  ],
  'a write': [[op.writeComputed('w', twice)], [write('w', theirTwice)]],
  'a write over another type': [[op.writeComputed('s', twice)], [write('s', theirTwice)]],
  'a write of an unknown value': [[op.writeComputed('w', unknown)], [write('w', theirUnknown)]],
  'a write of an unknown value that is skipped': [
    [op.writeComputed('n', unknown, { skipUnknown: true })],
    [write('n', theirUnknown, writes.EVAL_NO_FAIL)],
  ],
  'a write of nil': [[op.writeComputed('n', exp.nil())], [write('n', theirs.nil())]],
  'a write of nil that deletes': [
    [op.writeComputed('n', exp.nil(), { allowDelete: true })],
    [write('n', theirs.nil(), writes.ALLOW_DELETE)],
  ],
  'a write of nil that is skipped': [
    [op.writeComputed('n', exp.nil(), { skipDenied: true })],
    [write('n', theirs.nil(), writes.POLICY_NO_FAIL)],
  ],
  'a bin that is created': writing('w', { exists: 'create' }, writes.CREATE_ONLY),
  'a bin that is there already': writing('n', { exists: 'create' }, writes.CREATE_ONLY),
  'a bin that is there already, skipped': writing(
    'n',
    { exists: 'create', skipDenied: true },
    writes.CREATE_ONLY | writes.POLICY_NO_FAIL,
  ),
  'a bin that is updated': writing('n', { exists: 'updateOnly' }, writes.UPDATE_ONLY),
  'a bin that is not there': writing('w', { exists: 'updateOnly' }, writes.UPDATE_ONLY),
  'a bin that is not there, skipped': writing(
    'w',
    { exists: 'updateOnly', skipDenied: true },
    writes.UPDATE_ONLY | writes.POLICY_NO_FAIL,
  ),
  'a write and what comes of it': [
    [op.compute('x', '$.n'), op.writeComputed('n', twice), op.compute('y', '$.n'), op.read('n')],
    [
      read('x', theirs.binInt('n')),
      write('n', theirTwice),
      read('y', theirs.binInt('n')),
      Aerospike.operations.read('n'),
    ],
  ],
}

interface Outcome {
  readonly code: number
  readonly bins?: unknown
  /** The record afterwards. */
  readonly left: unknown
}

async function outcomeOf(call: Promise<{ bins: unknown }>, key: Key): Promise<Outcome> {
  const settled = await call.then(
    ({ bins }) => ({ code: 0, bins: withoutNulls(bins as Record<string, unknown>) }),
    (error: { resultCode?: number; code: number }) => ({ code: error.resultCode ?? error.code }),
  )
  const left = await cluster.client.get(key)
  return JSON.parse(JSON.stringify({ ...settled, left: [left?.bins, left?.gen] })) as Outcome
}

/** Their client says null of each operation that gives nothing, and gives bytes as a Buffer. */
const withoutNulls = (bins: Record<string, unknown>): unknown =>
  Object.fromEntries(
    Object.entries(bins)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  )

describe.each(doors)('through the %s door', (_, door) => {
  test.each(Object.entries(cases))('%s', async (__, [ours, their]) => {
    const set = freshSet()
    const keys: [Key, Key] = [
      ['test', set, 'ours'],
      ['test', set, 'theirs'],
    ]
    await cluster.client.putMany(keys.map((key) => [key, BINS]))
    const our = await outcomeOf(door(cluster.client, 'operate', keys[0], ours) as never, keys[0])
    const theirKey = new Aerospike.Key('test', set, 'theirs') as Aerospike.Key & Aerospike.KeyOptions
    expect(our).toEqual(await outcomeOf(official.operate(theirKey, [...their]) as never, keys[1]))
  })

  test('results come in the order of their operations', async () => {
    const key: Key = ['test', freshSet(), 1]
    await cluster.client.put(key, BINS)
    const operations = ['z', 'a', 'm'].map((name, index) => op.compute(name, exp.add(exp.int('n'), index)))
    const { bins } = (await door(cluster.client, 'operate', key, operations)) as { bins: Record<string, unknown> }
    expect(Object.entries(bins)).toEqual([
      ['z', 7],
      ['a', 8],
      ['m', 9],
    ])
  })

  test('a record that is filtered out is neither computed nor written', async () => {
    const key: Key = ['test', freshSet(), 1]
    await cluster.client.put(key, BINS)
    const operations = [op.writeComputed('n', '$.n + 1'), op.compute('x', '$.n')]
    const call = door(cluster.client, 'operate', key, operations, { filter: '$.n > 7' })
    await expect(call).rejects.toMatchObject({ resultCode: 27 })
    expect(await cluster.client.get(key)).toMatchObject({ bins: { n: 7 }, gen: 1 })
  })

  test('integers come as asked', async () => {
    const key: Key = ['test', freshSet(), 1]
    await cluster.client.put(key, BINS)
    const operations = [op.compute('small', '$.n'), op.compute('large', '9007199254740993')]
    expect(await door(cluster.client, 'operate', key, operations)).toMatchObject({
      bins: { small: 7, large: 9007199254740993n },
    })
    expect(await door(cluster.client, 'operate', key, operations, { integers: 'bigint' })).toMatchObject({
      bins: { small: 7n },
    })
  })
})
