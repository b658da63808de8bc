import Aerospike from 'aerospike'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, type Key, Transaction, connect, dtype, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { type Recorder, type SentMessage, record } from './support/recorder.js'
import { freshSet, testCluster } from './support/server.js'
import { theirKey } from './support/their-key.js'

/**
 * Transactions. Neither the embedded server nor a Community Edition takes them: both refuse with a code, as the official
 * client hears it, and what is sent to them is what that client sends.
 */

const cluster = testCluster({ server: {} })
let official: Aerospike.Client
let client: Client
let recorder: Recorder
beforeAll(async () => {
  recorder = await record(cluster.hosts)
  client = await connect(recorder.host)
  official = await Aerospike.connect({ hosts: recorder.host, connTimeoutMs: 10_000, log: { level: Aerospike.log.OFF } })
})
afterAll(async () => {
  official.close()
  await client.close()
  await recorder.close()
})

const codeOf = (error: { code?: unknown; resultCode?: unknown }): unknown => error.resultCode ?? error.code

/** Fields of the protocol. */
const [DIGEST, TRANSACTION, DEADLINE] = [4, 5, 6]
/** Answers to all operations, and not only to those that read; nobody looks at them here. */
const RESPOND_ALL = 0x80

/**
 * What a message means: without the number of its transaction, which is random and stands in the key of the record that
 * watches over it too, without a deadline of 0, which is no deadline, and without the wish for answers to all operations.
 */
function meaning({ info: [info1, info2, ...info], fields, operations, ...rest }: SentMessage): object {
  const watches = operations.some((operation) => operation.includes(' id '))
  const kept = Object.entries(fields).filter(([id, value]) => {
    if (Number(id) === DIGEST && watches) return false
    return Number(id) !== TRANSACTION && (Number(id) !== DEADLINE || value !== '00000000')
  })
  return {
    ...rest,
    info: [info1, info2! & ~RESPOND_ALL, ...info],
    inTransaction: TRANSACTION in fields,
    fields: Object.fromEntries(kept),
    operations: operations.map((operation) => operation.replace(/ id .*/, ' id')),
  }
}

describe.each(doors)('through the %s door', (_, door) => {
  const key: Key = ['test', 'tx', 'a']

  test.each<[string, unknown[], (txn: Aerospike.Transaction) => Promise<unknown>]>([
    ['put', [key, { n: 1 }], (txn) => official.put(theirKey(key), { n: 1 }, {}, { txn } as never)],
    ['get', [key], (txn) => official.get(theirKey(key), { txn } as never)],
    ['exists', [key], (txn) => official.exists(theirKey(key), { txn } as never)],
    ['remove', [key], (txn) => official.remove(theirKey(key), { txn } as never)],
    [
      'operate',
      [key, [op.add('n', 1)]],
      (txn) => official.operate(theirKey(key), [Aerospike.operations.incr('n', 1)], {}, { txn } as never),
    ],
  ])('%s is refused as the call of the official client is, and sends the same', async (method, args, theirs) => {
    // Servers look for the record that is to be removed before they look at the transaction.
    await client.put(key, { n: 0 })
    await recorder.taken()
    const transaction = client.transaction()
    const ours: unknown = await door(client, method as 'put', ...args, { transaction }).then(() => 0, codeOf)
    const sent = await recorder.taken()
    const their: unknown = await theirs(new Aerospike.Transaction()).then(() => 0, codeOf)
    expect(ours).toBe(their)
    expect(ours).toBeGreaterThan(0)
    expect(sent).not.toEqual([])
    expect(sent.map(meaning)).toEqual((await recorder.taken()).map(meaning))
    expect(sent.some(({ fields }) => TRANSACTION in fields)).toBe(true)
    await door(client, 'ping')
  })

  test('commit and abort send what the official client sends, where nothing was written', async () => {
    for (const end of ['commit', 'abort'] as const) {
      await recorder.taken()
      const transaction = client.transaction()
      expect(await (end === 'commit' ? transaction.commit() : transaction.abort())).toBe('done')
      const sent = await recorder.taken()
      await official[end](new Aerospike.Transaction())
      expect(sent.map(meaning)).toEqual((await recorder.taken()).map(meaning))
      expect(transaction.state).toBe(end === 'commit' ? 'committed' : 'aborted')
      expect(end === 'commit' ? transaction.commitSync() : transaction.abortSync()).toBe('already')
    }
  })
})

test('a transaction that has ended takes no calls, and cannot end otherwise', async () => {
  const transaction = cluster.client.transaction({ timeout: 5 })
  expect(typeof transaction.id).toBe('bigint')
  await transaction.commit()
  await expect(transaction.abort()).rejects.toMatchObject({ name: 'ServerError' })
  await expect(cluster.client.put(['test', 'tx', 1], { n: 1 }, { transaction })).rejects.toBeInstanceOf(Error)
  expect(transaction.inDoubt).toBe(false)
})

test('a block that does not commit aborts at its end', async () => {
  const transaction = cluster.client.transaction()
  await transaction[Symbol.asyncDispose]()
  expect(transaction.state).toBe('aborted')
  const committed = cluster.client.transaction()
  await committed.commit()
  await committed[Symbol.asyncDispose]()
  expect(committed.state).toBe('committed')
})

test('columns take no transaction, and nothing else than one is taken for one', async () => {
  const set = freshSet()
  const transaction = cluster.client.transaction()
  const options = { dtype: dtype({ n: 'i4' }), transaction }
  await expect(cluster.client.batchRead([['test', set, 1]], options as never)).rejects.toThrow(
    'options has no option "transaction"',
  )
  await expect(cluster.client.get(['test', set, 1], { transaction: {} as never })).rejects.toThrow(
    'options.transaction must be what client.transaction() returns, not an object',
  )
  expect(() => cluster.client.transaction({ timeout: 0 })).toThrow('options.timeout must be an integer from 1')
  expect(transaction).toBeInstanceOf(Transaction)
})
