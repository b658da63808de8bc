import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Key, dtype, op } from '../src/index.js'
import { type Door, doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** Filter expressions: a record that they reject is as if out of reach, with the code that the official client gives. */

const cluster = testCluster()
let official: Aerospike.Client
beforeAll(async () => {
  official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
})
afterAll(() => official.close())

const FILTERED_OUT = Aerospike.status.FILTERED_OUT
/** `n > 5`, packed: `[GT, [BIN, INT, "n"], 5]`. */
const bytes = Uint8Array.of(0x93, 3, 0x93, 81, 2, 0xa1, 0x6e, 5)
const theirs = { filterExpression: Aerospike.exp.gt(Aerospike.exp.binInt('n'), Aerospike.exp.int(5)) }
const schema = dtype({ n: 'i4' })

type TheirKey = Aerospike.Key & Aerospike.KeyOptions
const theirKey = ([namespace, set, id]: Key): TheirKey => new Aerospike.Key(namespace, set, id as string) as TheirKey

/** What a call comes to: 0, or the code that it rejects with. */
async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: { resultCode?: number; code: number }) => error.resultCode ?? error.code,
  )
}

interface Case {
  readonly ours: (client: Client, door: Door, key: Key, policy: object) => Promise<unknown>
  readonly theirs: (key: TheirKey) => Promise<unknown>
}

const cases: Record<string, Case> = {
  get: {
    ours: (client, door, key, policy) => door(client, 'get', key, { policy }),
    theirs: (key) => official.get(key, new Aerospike.ReadPolicy(theirs)),
  },
  select: {
    ours: (client, door, key, policy) => door(client, 'select', key, ['n'], { policy }),
    theirs: (key) => official.select(key, ['n'], new Aerospike.ReadPolicy(theirs)),
  },
  exists: {
    ours: (client, door, key, policy) => door(client, 'exists', key, { policy }),
    theirs: (key) => official.exists(key, new Aerospike.ReadPolicy(theirs)),
  },
  put: {
    ours: (client, door, key, policy) => door(client, 'put', key, { a: 1 }, { policy }),
    theirs: (key) => official.put(key, { a: 1 }, {}, new Aerospike.WritePolicy(theirs)),
  },
  remove: {
    ours: (client, door, key, policy) => door(client, 'remove', key, { policy }),
    theirs: (key) => official.remove(key, new Aerospike.RemovePolicy(theirs)),
  },
  add: {
    ours: (client, door, key, policy) => door(client, 'add', key, { m: 1 }, { policy }),
    theirs: (key) => official.incr(key, { m: 1 }, {}, new Aerospike.OperatePolicy(theirs)),
  },
  touch: {
    ours: (client, door, key, policy) => door(client, 'touch', key, { policy }),
    theirs: (key) => official.operate(key, [Aerospike.operations.touch(0)], {}, new Aerospike.OperatePolicy(theirs)),
  },
  'operate that reads': {
    ours: (client, door, key, policy) => door(client, 'operate', key, [op.read('n')], { policy }),
    theirs: (key) => official.operate(key, [Aerospike.operations.read('n')], {}, new Aerospike.OperatePolicy(theirs)),
  },
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each(Object.entries(cases))('%s', async (__, each) => {
    const set = freshSet()
    for (const n of [5, 6]) {
      const keys: [Key, Key] = [
        ['test', set, `ours ${n}`],
        ['test', set, `theirs ${n}`],
      ]
      await cluster.client.putMany(keys.map((key) => [key, { n }]))
      const ours = codeOf(each.ours(cluster.client, door, keys[0], { filterExpression: bytes }))
      expect(await ours).toBe(await codeOf(each.theirs(theirKey(keys[1]))))
      expect(await ours).toBe(n > 5 ? 0 : FILTERED_OUT)
      const [our, their] = await cluster.client.batchRead(keys)
      expect(our).toEqual({ ...their, key: keys[0] })
    }
  })

  const ids = Array.from({ length: 12 }, (__, n) => n)
  const keysOf = (set: string): Key[] => ids.map((id) => ['test', set, id])
  const written = async (set: string): Promise<Key[]> => {
    const keys = keysOf(set)
    await cluster.client.putMany(keys.map((key, n) => [key, { n }]))
    return keys
  }
  const codes = ids.map((n) => (n > 5 ? 0 : FILTERED_OUT))
  const policy = { filterExpression: Buffer.from(bytes).toString('base64') }

  test('batchRead of records, as their batchRead', async () => {
    const keys = await written(freshSet())
    const read = (await door(cluster.client, 'batchRead', keys, { policy })) as { resultCode: number; bins: unknown }[]
    expect(read.map(({ resultCode }) => resultCode)).toEqual(codes)
    expect(read.map(({ bins }) => bins)).toEqual(ids.map((n) => (n > 5 ? { n } : null)))
    const their = await official.batchRead(
      keys.map((key) => ({ key: theirKey(key), readAllBins: true })),
      new Aerospike.BatchPolicy(theirs),
    )
    expect(their.map(({ status }) => status)).toEqual(codes)
  })

  test('batchRead into columns', async () => {
    const keys = await written(freshSet())
    const read = await door(cluster.client, 'batchRead', keys, { dtype: schema, policy })
    expect(read).toMatchObject({ resultCodes: Int32Array.from(codes), failures: [] })
  })

  test('putMany and batchWrite leave what is filtered out as it was', async () => {
    const keys = await written(freshSet())
    const many = await door(
      cluster.client,
      'putMany',
      keys.map((key) => [key, { m: 1 }]),
      { policy },
    )
    expect(many).toMatchObject({ resultCodes: Int32Array.from(codes), ok: 6 })
    const columns = { dtype: dtype({ k: 'i4' }), columns: { k: ids } }
    const batch = await door(cluster.client, 'batchWrite', keys, { ...columns, policy })
    expect(batch).toMatchObject({ resultCodes: Int32Array.from(codes), ok: 6 })
    const left = await cluster.client.batchRead(keys)
    expect(left.map(({ bins }) => bins)).toEqual(ids.map((n) => (n > 5 ? { n, m: 1, k: n } : { n })))
  })

  test('what is no expression is refused by the server', async () => {
    const keys = await written(freshSet())
    const nonsense = { policy: { filterExpression: Uint8Array.of(0x93, 1) } }
    await expect(door(cluster.client, 'get', keys[0], nonsense)).rejects.toMatchObject({ resultCode: 4 })
  })
})
