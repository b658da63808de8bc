// A few rows of docs/failures.md, which the Rust tests cover in full, through both doors.
import { describe, expect, test } from 'vitest'
import { type Batch, type Key, dtype } from '../src/index.js'
import { doors } from './support/doors.js'
import { testCluster } from './support/server.js'

const schema = dtype({ n: 'i4' })
const keys: Key[] = Array.from({ length: 96 }, (_, n) => ['test', 'failures', n])
const policy = { totalTimeout: 60_000, sleepBetweenRetries: 1 }

describe.each([1, 3])('with %d nodes', (nodes) => {
  const cluster = testCluster({
    server: { nodes },
    prepare: async (client) => {
      for (const [n, key] of keys.entries()) await client.put(key, { n })
    },
  })

  describe.each(doors)('through the %s door', (_, door) => {
    const read = async (more: object = {}) =>
      (await door(cluster.client, 'batchRead', keys, { dtype: schema, policy: { ...policy, ...more } })) as Batch<
        typeof schema.schema,
        'columns'
      >

    // What was read and what has failed, when all is well.
    const whole = { read: keys.map((key) => key[2]), failures: [] }
    const outcome = async (): Promise<object> => {
      const { columns, failures } = await read()
      return { read: [...columns.n], failures }
    }

    test.each(['on=batch close', 'on=batch size=huge', 'on=batch index=doubled', 'on=batch lose=3'])(
      '%s once is mended within the batch',
      async (rule) => {
        cluster.server.setFaults([`${rule} times=1`])
        expect(await outcome()).toEqual(whole)
        cluster.server.setFaults([])
        expect(await outcome()).toEqual(whole)
      },
    )

    test.each([
      ['on=batch refuse', 'ERR_AEROSTRIDE_CONNECTION', -10],
      ['on=batch silence', 'ERR_AEROSTRIDE_TIMEOUT', 9],
      ['on=batch type=9', 'ERR_AEROSTRIDE_PROTOCOL', -1],
    ])('%s every time is %s', async (rule, code, resultCode) => {
      cluster.server.setFaults([rule])
      // An answer may take longer on a busy machine: only where there is none does nobody wait for it.
      const patience = rule.endsWith('silence') ? { socketTimeout: 400 } : {}
      await expect(read(patience)).rejects.toMatchObject({ code, resultCode, attempts: 3 })
      cluster.server.setFaults([])
      expect(await outcome()).toEqual(whole)
    })

    test('rows that stay without an answer have a code and a failure', async () => {
      cluster.server.setFaults(['node=0 on=batch lose=3'])
      const { resultCodes, failures } = await read({ maxRetries: 0 })
      expect([...resultCodes].filter((code) => code === -15)).toHaveLength(3)
      expect(failures).toMatchObject([{ code: -15 }])
      cluster.server.setFaults([])
      expect(await outcome()).toEqual(whole)
    })
  })
})
