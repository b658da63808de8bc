import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AelError, type Client, type Key, ael, dtype, exp, op } from '../src/index.js'
import { type Door, doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'
import { type TheirKey, theirKey } from './support/their-key.js'

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

/** Every way to say it: as an option, or packed in the policy. */
const ways = {
  'AEL text': { filter: '$.n > 5' },
  'an expression': { filter: exp.gt(exp.int('n'), 5) },
  'text with values': { filter: ael`$.n > ${5}` },
  'packed bytes': { filter: bytes },
  'packed bytes in the policy': { policy: { filterExpression: bytes } },
  'base64 in the policy': { policy: { filterExpression: Buffer.from(bytes).toString('base64') } },
}

/** What a call comes to: 0, or the code that it rejects with. */
async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: { resultCode?: number; code: number }) => error.resultCode ?? error.code,
  )
}

interface Case {
  readonly ours: (client: Client, door: Door, key: Key, options: object) => Promise<unknown>
  readonly theirs: (key: TheirKey) => Promise<unknown>
}

const cases: Record<string, Case> = {
  get: {
    ours: (client, door, key, options) => door(client, 'get', key, options),
    theirs: (key) => official.get(key, new Aerospike.ReadPolicy(theirs)),
  },
  select: {
    ours: (client, door, key, options) => door(client, 'select', key, ['n'], options),
    theirs: (key) => official.select(key, ['n'], new Aerospike.ReadPolicy(theirs)),
  },
  exists: {
    ours: (client, door, key, options) => door(client, 'exists', key, options),
    theirs: (key) => official.exists(key, new Aerospike.ReadPolicy(theirs)),
  },
  put: {
    ours: (client, door, key, options) => door(client, 'put', key, { a: 1 }, options),
    theirs: (key) => official.put(key, { a: 1 }, {}, new Aerospike.WritePolicy(theirs)),
  },
  remove: {
    ours: (client, door, key, options) => door(client, 'remove', key, options),
    theirs: (key) => official.remove(key, new Aerospike.RemovePolicy(theirs)),
  },
  add: {
    ours: (client, door, key, options) => door(client, 'add', key, { m: 1 }, options),
    theirs: (key) => official.incr(key, { m: 1 }, {}, new Aerospike.OperatePolicy(theirs)),
  },
  touch: {
    ours: (client, door, key, options) => door(client, 'touch', key, options),
    theirs: (key) => official.operate(key, [Aerospike.operations.touch(0)], {}, new Aerospike.OperatePolicy(theirs)),
  },
  append: {
    ours: (client, door, key, options) => door(client, 'append', key, { s: '!' }, options),
    theirs: (key) => official.append(key, { s: '!' }, {}, new Aerospike.OperatePolicy(theirs)),
  },
  prepend: {
    ours: (client, door, key, options) => door(client, 'prepend', key, { s: '!' }, options),
    theirs: (key) => official.prepend(key, { s: '!' }, {}, new Aerospike.OperatePolicy(theirs)),
  },
  'operate that computes and writes': {
    ours: (client, door, key, options) =>
      door(client, 'operate', key, [op.writeComputed('n', '$.n + 1'), op.compute('x', '$.n')], options),
    theirs: (key) =>
      official.operate(
        key,
        [
          Aerospike.exp.operations.write('n', Aerospike.exp.add(Aerospike.exp.binInt('n'), Aerospike.exp.int(1)), 0),
          Aerospike.exp.operations.read('x', Aerospike.exp.binInt('n'), 0),
        ],
        {},
        new Aerospike.OperatePolicy(theirs),
      ),
  },
  'operate that reads': {
    ours: (client, door, key, options) => door(client, 'operate', key, [op.read('n')], options),
    theirs: (key) => official.operate(key, [Aerospike.operations.read('n')], {}, new Aerospike.OperatePolicy(theirs)),
  },
}

describe.each(doors)('through the %s door', (_, door) => {
  const matrix = Object.entries(cases).flatMap(([call, each]) =>
    Object.entries(ways).map(([way, options]) => [call, way, each, options] as const),
  )

  test.each(matrix)('%s, filtered by %s', async (__, ___, each, options) => {
    const set = freshSet()
    for (const n of [5, 6]) {
      const keys: [Key, Key] = [
        ['test', set, `ours ${n}`],
        ['test', set, `theirs ${n}`],
      ]
      await cluster.client.putMany(keys.map((key) => [key, { n }]))
      const ours = codeOf(each.ours(cluster.client, door, keys[0], options))
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
  describe.each(Object.entries(ways))('many records, filtered by %s', (__, options) => {
    test('batchRead of records, as their batchRead', async () => {
      const keys = await written(freshSet())
      const read = (await door(cluster.client, 'batchRead', keys, options)) as { resultCode: number; bins: unknown }[]
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
      const read = await door(cluster.client, 'batchRead', keys, { dtype: schema, ...options })
      expect(read).toMatchObject({ resultCodes: Int32Array.from(codes), failures: [] })
    })

    test('putMany and batchWrite leave what is filtered out as it was', async () => {
      const keys = await written(freshSet())
      const many = await door(
        cluster.client,
        'putMany',
        keys.map((key) => [key, { m: 1 }]),
        options,
      )
      expect(many).toMatchObject({ resultCodes: Int32Array.from(codes), ok: 6 })
      const columns = { dtype: dtype({ k: 'i4' }), columns: { k: ids } }
      const batch = await door(cluster.client, 'batchWrite', keys, { ...columns, ...options })
      expect(batch).toMatchObject({ resultCodes: Int32Array.from(codes), ok: 6 })
      const left = await cluster.client.batchRead(keys)
      expect(left.map(({ bins }) => bins)).toEqual(ids.map((n) => (n > 5 ? { n, m: 1, k: n } : { n })))
    })
  })

  test('what is no expression is refused by the server', async () => {
    const keys = await written(freshSet())
    const nonsense = { policy: { filterExpression: Uint8Array.of(0x93, 1) } }
    await expect(door(cluster.client, 'get', keys[0], nonsense)).rejects.toMatchObject({ resultCode: 4 })
  })

  test.each([
    ['text that is no expression', { filter: '$.n = 5' }, /options\.filter, line 1, column 5: .*did you mean "=="/],
    ['text that is no bool', { filter: '$.n + 5' }, /expected a bool as a whole, not an int/],
    ['an expression that is no bool', { filter: exp.int('n') }, /options\.filter must be a bool, not an int: \$\.n/],
    ['a number', { filter: 5 }, /options\.filter must be AEL text, an expression or its bytes, not the number 5/],
    ['no bytes', { filter: new Uint8Array() }, /options\.filter is empty/],
    ['too many bytes', { filter: new Uint8Array(2 ** 20 + 1) }, /at most 1048576 fit/],
    ['two filters', { filter: '$.n > 5', policy: { filterExpression: bytes } }, /two filters; join them with "and"/],
  ])('%s is refused before anything is sent', async (__, options, message) => {
    const key: Key = ['test', freshSet(), 1]
    await expect(door(cluster.client, 'get', key, options)).rejects.toThrow(message)
    await expect(door(cluster.client, 'put', key, { a: 1 }, options)).rejects.toThrow(message)
    await expect(door(cluster.client, 'batchRead', [key], options)).rejects.toThrow(message)
    await expect(door(cluster.client, 'batchRead', [key], { dtype: schema, ...options })).rejects.toThrow(message)
    await expect(door(cluster.client, 'putMany', [[key, { a: 1 }]], options)).rejects.toThrow(message)
    expect(await cluster.client.exists(key)).toBe(false)
  })

  test('a bin that is true is a filter', async () => {
    const set = freshSet()
    const keys: Key[] = [
      ['test', set, 0],
      ['test', set, 1],
    ]
    await cluster.client.putMany(keys.map((key, n) => [key, { on: n === 1 }]))
    const read = (await door(cluster.client, 'batchRead', keys, { filter: '$.on' })) as { resultCode: number }[]
    expect(read.map(({ resultCode }) => resultCode)).toEqual([FILTERED_OUT, 0])
  })

  test('wrong text is an AelError', async () => {
    await expect(door(cluster.client, 'get', ['test', 's', 1], { filter: '$.' })).rejects.toBeInstanceOf(AelError)
  })
})
