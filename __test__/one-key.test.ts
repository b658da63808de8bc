import { expect, it } from 'vitest'
import { type Batch, type BatchReadOptions, type Key, dtype, keyList } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

// The read of one key goes to a server in another form than that of many: both have to say the same.

const ROWS = 40
const set = freshSet()
const keys: Key[] = Array.from({ length: ROWS }, (_, row) => ['test', set, row])

const values = [
  (n: number): unknown => n,
  (n: number): unknown => n / 3,
  (n: number): unknown => 'text '.repeat(n),
  (n: number): unknown => Buffer.alloc(n * 300, n),
  (n: number): unknown => [n, 'a', [n]],
  (n: number): unknown => ({ n, list: [1, 2.5] }),
  (n: number): unknown => n % 2 === 0,
]

const cluster = testCluster({
  prepare: async (client) => {
    for (let row = 0; row < ROWS; row++) {
      if (row % 5 === 4) continue
      const bins = Object.fromEntries(
        ['a', 'b', 'c']
          .filter((_, at) => (row + at) % 4 !== 0)
          .map((name, at) => [name, values[(row + at) % 7]?.(row)]),
      )
      for (let written = 0; written <= row % 3; written++)
        await client.put(keys[row] as Key, { always: row, ...bins }, { policy: { ttl: row % 2 === 0 ? 100_000 : -1 } })
    }
  },
})

const DTYPE = dtype({ always: 'i4', a: 'f8', b: 'S20', c: 'i2' })
const VIEWS = dtype({ a: 'utf8', b: 'any', c: 'binary', always: 'u1' })
const COMPUTED = dtype({
  always: 'i4',
  twice: { type: 'i8', from: '$.always * 2' },
  half: { type: 'f8', from: '$.always.asFloat() / 2.0' },
})

const OPTIONS: [string, BatchReadOptions][] = [
  ['columns', { dtype: DTYPE }],
  ['rows', { dtype: DTYPE, layout: 'rows' }],
  ['some bins', { dtype: DTYPE, bins: ['c', 'always'] }],
  ['no bins', { dtype: DTYPE, bins: [] }],
  ['no fields', { dtype: dtype({}) }],
  ['values of any length', { dtype: VIEWS }],
  ['values that are lost', { dtype: DTYPE, onLoss: 'null' }],
  ['filled cells', { dtype: DTYPE, fill: { a: NaN, c: -1 } }],
  ['computed fields', { dtype: COMPUTED }],
  ['a filter', { dtype: DTYPE, filter: '$.always > 20' }],
  ['a filter and computed fields', { dtype: COMPUTED, filter: '$.always % 3 == 0' }],
  ['no time', { dtype: DTYPE, policy: { totalTimeout: 0, socketTimeout: 0 } }],
  ['other replicas', { dtype: DTYPE, policy: { replica: 'random', readModeAp: 'all' } }],
  ['consistency', { dtype: DTYPE, policy: { readModeSc: 'allowUnavailable' } }],
  ['no renewal', { dtype: DTYPE, policy: { readTouchTtlPercent: -1 } }],
  ['batch threads', { dtype: DTYPE, policy: { allowInline: false } }],
  ['a request for each key', { dtype: DTYPE, policy: { maxKeysPerRequest: 1 } }],
]

/** Everything that a batch says of a row; the seconds of two reads may differ by one. */
function said(batch: Batch, row: number): Record<string, unknown> {
  const valid = batch.valid as Record<string, Uint8Array>
  return {
    row: batch.at(row),
    code: batch.resultCodes[row],
    gen: batch.meta.gen[row],
    lives: (batch.meta.ttl[row] ?? 0) > 90_000,
    valid: Object.values(valid).map((cells) => cells[row]),
  }
}

it.each(OPTIONS)('one key reads as a row of many does: %s', async (_, options) => {
  const { client } = cluster
  const many = await client.batchRead(keys, options)
  const counts = Object.fromEntries(Object.keys(many.conversions).map((name) => [name, [0, 0, 0]]))
  for (const [row, key] of keys.entries()) {
    const [namespace, , id] = key
    const ones = [
      await client.batchRead([key], options),
      await client.batchRead(keyList(namespace, set, [id as number]), options),
      client.batchReadSync([key], options),
    ]
    for (const one of ones) {
      expect(one.failures).toEqual([])
      expect(said(one as Batch, 0)).toEqual(said(many as Batch, row))
    }
    for (const [name, { missing, lossy, mismatched }] of Object.entries(ones[0]?.conversions ?? {}))
      counts[name] = [missing, lossy, mismatched].map((count, at) => count + (counts[name]?.[at] ?? 0))
  }
  const all = Object.entries(many.conversions).map(([name, counted]) => [
    name,
    [counted.missing, counted.lossy, counted.mismatched],
  ])
  expect(counts).toEqual(Object.fromEntries(all))
})

it('one key exists as a row of many does', async () => {
  const { client } = cluster
  const many = await client.batchExists(keys)
  expect(many.found).toBe(32)
  for (const [row, key] of keys.entries()) {
    const one = await client.batchExists([key])
    expect([one.found, one.exists[0], one.resultCodes[0], one.gen[0]]).toEqual([
      many.exists[row],
      many.exists[row],
      many.resultCodes[row],
      many.gen[row],
    ])
  }
})

it('a filter that no server can use refuses one key as it refuses many', async () => {
  const { client } = cluster
  const options = { dtype: DTYPE, filter: new Uint8Array([0xc1]) }
  const missing: Key = ['test', set, 'missing']
  for (const some of [keys, [keys[0] as Key], [missing]])
    await expect(client.batchRead(some, options)).rejects.toMatchObject({
      code: 'ERR_AEROSTRIDE_SERVER',
      resultCode: 4,
    })
})
