import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dtype, type Client, type DigestKey, type Key, type PrimaryKey } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

const schema = dtype({ n: 'i4' })

type UserKey = Exclude<PrimaryKey, DigestKey>

const id: fc.Arbitrary<UserKey> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.integer({ min: -5, max: 5 }),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.uint8Array({ maxLength: 6 }),
)

interface Scenario {
  /** Keys, with whether a record is written for them. */
  pool: { namespace: string; set: number; id: UserKey; written: boolean }[]
  /** Which keys of the pool are read, in which order, as often as one likes. */
  picks: number[]
  maxKeysPerRequest: number
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  pool: fc.array(fc.record({ namespace: fc.constantFrom('test', 'bar'), set: fc.nat(2), id, written: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  }),
  picks: fc.array(fc.nat(), { maxLength: 60 }),
  maxKeysPerRequest: fc.constantFrom(1, 3, 7, 5000),
})

/** Two keys are one when they are written alike: 5 and 5n are, and bytes by their values. */
function nameOf([namespace, set, key]: Key): string {
  return `${namespace}/${set}/${typeof key === 'object' ? `bytes ${Buffer.from(key as Uint8Array).toString('hex')}` : `${typeof key === 'string' ? 'text' : 'int'} ${key}`}`
}

async function check(client: Client, { pool, picks, maxKeysPerRequest }: Scenario): Promise<void> {
  const sets = ['', freshSet(), freshSet()]
  const prefix = freshSet()
  // The set of the empty name is everybody's, so its keys are made unlike all others.
  const keys = pool.map((each): Key => [
    each.namespace,
    sets[each.set]!,
    each.set === 0 ? `${prefix}${typeof each.id}${String(each.id)}` : each.id,
  ])
  const stored = new Map<string, number>()
  for (const [index, key] of keys.entries()) {
    if (!pool[index]!.written) continue
    await client.put(key, { n: index })
    stored.set(nameOf(key), index)
  }
  const wanted = picks.map((pick) => keys[pick % keys.length]!)
  const expected = wanted.map((key) => stored.get(nameOf(key)))
  for (const [, door] of doors) {
    const batch = (await door(client, 'batchRead', wanted, {
      dtype: schema,
      policy: { maxKeysPerRequest },
    })) as Awaited<ReturnType<typeof client.batchRead<typeof schema.schema>>>
    expect([...batch.resultCodes]).toEqual(expected.map((n) => (n === undefined ? 2 : 0)))
    expect([...batch.columns.n]).toEqual(expected.map((n) => n ?? 0))
    expect([...batch.valid.n]).toEqual(expected.map((n) => (n === undefined ? 0 : 1)))
    const records = (await door(client, 'batchRead', wanted, { policy: { maxKeysPerRequest } })) as {
      bins: unknown
      resultCode: number
    }[]
    expect(records.map(({ bins }) => bins)).toEqual(expected.map((n) => (n === undefined ? null : { n })))
  }
}

describe('any keys of any sets, in any order, some written and some not', () => {
  const one = testCluster()
  const three = testCluster({ server: { nodes: 3 } })

  test('through both doors, with and without a dtype', async () => {
    const property = fc.asyncProperty(scenario, (each) => check(one.client, each))
    await expect(fc.assert(property, { numRuns: 500 })).resolves.toBeUndefined()
  })

  test('on a cluster of three nodes', async () => {
    const property = fc.asyncProperty(scenario, (each) => check(three.client, each))
    await expect(fc.assert(property, { numRuns: 250 })).resolves.toBeUndefined()
  })
})
