import { describe, expect, test } from 'vitest'
import { type BatchWriteResult, ConnectionError, type Key, ServerError, TimeoutError, dtype, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** Writes of which nobody knows whether they were done. */

const cluster = testCluster({ server: {} })

const ROWS = 10
const IDS = Array.from({ length: ROWS }, (_, id) => id)
const keysIn = (set: string): Key[] => IDS.map((id) => ['test', set, id])
const create = { exists: 'create' } as const
/** For a server that says nothing; one that answers may be slower on a busy machine, and has time. */
const impatient = { ...create, socketTimeout: 300 } as const
const patient = { ...create, totalTimeout: 60_000 } as const
const sensor = dtype({ n: 'i4' })

/** Runs a call while the server has faults. */
async function faulty<T>(rules: string[], call: () => Promise<T>): Promise<T> {
  cluster.server.setFaults(rules)
  try {
    return await call()
  } finally {
    cluster.server.setFaults([])
  }
}

describe.each(doors)('through the %s door', (_, door) => {
  const writes: [string, (set: string, policy: object) => Promise<BatchWriteResult>][] = [
    [
      'batchWrite',
      (set, policy) => {
        const options = { dtype: sensor, columns: { n: IDS }, policy }
        return door(cluster.client, 'batchWrite', keysIn(set), options) as Promise<BatchWriteResult>
      },
    ],
    [
      'putMany',
      (set, policy) => {
        const records = keysIn(set).map((key, n) => [key, { n }])
        return door(cluster.client, 'putMany', records, { policy }) as Promise<BatchWriteResult>
      },
    ],
    [
      'batchOperate',
      (set, policy) => {
        const operations = IDS.map((n) => [op.write('n', n)])
        return door(cluster.client, 'batchOperate', keysIn(set), operations, { policy }) as Promise<BatchWriteResult>
      },
    ],
  ]

  test.each(writes)('a retry of %s that meets its own first attempt is in doubt', async (__, write) => {
    const set = freshSet()
    const result = await faulty(['on=batch cut=0 times=1'], () => write(set, { ...create, maxRetries: 1 }))
    expect([...result.resultCodes]).toEqual(Array.from({ length: ROWS }, () => 5))
    expect(result.inDoubt).toEqual(new Uint8Array(ROWS).fill(1))
    expect(await cluster.client.get(['test', set, 0])).toMatchObject({ bins: { n: 0 } })
    const again = await write(set, { ...create, maxRetries: 1 })
    expect([...again.resultCodes]).toEqual(Array.from({ length: ROWS }, () => 5))
    expect(again.inDoubt).toEqual(new Uint8Array(ROWS))
  })

  test.each(writes)('%s without any answer rejects, and the error is in doubt', async (__, write) => {
    const ended = faulty(['on=batch silence'], () => write(freshSet(), impatient))
    await expect(ended).rejects.toSatisfy((error) => error instanceof TimeoutError && error.inDoubt)
    const written = await write(freshSet(), create)
    expect(written).toMatchObject({ ok: ROWS, inDoubt: new Uint8Array(ROWS) })
  })

  test('a put without an answer is in doubt, and one that is refused is not', async () => {
    const key: Key = ['test', freshSet(), 1]
    const put = (policy: object) => () => door(cluster.client, 'put', key, { n: 1 }, { policy })
    await expect(faulty(['on=write silence'], put(impatient))).rejects.toSatisfy(
      (error) => error instanceof TimeoutError && error.inDoubt,
    )
    await expect(put(patient)()).rejects.toSatisfy(
      (error) => error instanceof ServerError && error.resultCode === 5 && !error.inDoubt,
    )
    await expect(faulty(['on=write close'], put(patient))).rejects.toSatisfy(
      (error) => error instanceof ConnectionError && error.inDoubt,
    )
  })

  test('a read is never in doubt', async () => {
    const read = faulty(['on=read silence'], () =>
      door(cluster.client, 'batchRead', [['test', 's', 1]], {
        dtype: sensor,
        policy: { socketTimeout: 300, maxRetries: 0 },
      }),
    )
    await expect(read).rejects.toSatisfy((error) => error instanceof TimeoutError && !error.inDoubt)
  })
})

test('some rows of a write are in doubt, and so is their failure', async () => {
  const set = freshSet()
  const result = await faulty(['on=batch lose=3'], () =>
    cluster.client.batchWrite(keysIn(set), { dtype: sensor, columns: { n: IDS }, policy: create }),
  )
  const lost = result.resultCodes.map((code) => Number(code !== 0))
  expect(result.inDoubt).toEqual(Uint8Array.from(lost))
  expect(lost.reduce((sum, one) => sum + one, 0)).toBe(3)
  expect(result.failures).toMatchObject([{ code: -15, inDoubt: true }])
})

test('an error that is not in doubt prints no line about it', () => {
  expect(new TimeoutError('late').inDoubt).toBe(false)
  expect(Object.keys(new TimeoutError('late'))).not.toContain('inDoubt')
  expect(Object.keys(new TimeoutError('late', { inDoubt: true }))).toContain('inDoubt')
})
