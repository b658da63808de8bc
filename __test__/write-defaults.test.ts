import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { root } from './support/process.js'
import { testCluster } from './support/server.js'

/** The defaults of write policies are those that the guide gives. */

const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8')
const [, table = ''] = guide.split('\nPolicies of calls that write:\n')

/** The numbers in the second column of an option: that of single records, and that of batches where it is another. */
function defaultsOf(option: string): number[] {
  const line = table.split('\n').find((each) => each.startsWith(`| \`${option}\``)) ?? ''
  return line.split('|')[2]!.match(/\d+/g)!.map(Number)
}

const cluster = testCluster({ server: {} })

const key = ['test', 'defaults', 1] as const
const numbers = dtype({ n: 'i4' })

const WRITES: Record<string, () => Promise<unknown>> = {
  put: () => cluster.client.put([...key], { n: 1 }),
  add: () => cluster.client.add([...key], { n: 1 }),
  touch: () => cluster.client.touch([...key]),
  remove: () => cluster.client.remove([...key]),
  putMany: () => cluster.client.putMany([[[...key], { n: 1 }]]),
  batchWrite: () => cluster.client.batchWrite([[...key]], { dtype: numbers, columns: { n: [1] } }),
}

describe.each(Object.entries(WRITES))('%s', (_, write) => {
  test('is not repeated, as the guide says', async () => {
    await cluster.client.put([...key], { n: 1 })
    const before = cluster.server.stats()!.faults
    cluster.server.setFaults(['on=write close', 'on=batch close'])
    await write().then(
      (result) => expect((result as { ok: number }).ok).toBe(0),
      (error: unknown) => expect(error).toMatchObject({ code: 'ERR_AEROSTRIDE_CONNECTION' }),
    )
    expect(cluster.server.stats()!.faults - before).toBe(1 + defaultsOf('maxRetries')[0]!)
    cluster.server.setFaults([])
  })
})

test('single records have the time that the guide gives them', async () => {
  const [single, batch] = defaultsOf('totalTimeout') as [number, number]
  cluster.server.setFaults(['on=write silence'])
  const started = performance.now()
  await expect(WRITES['put']!()).rejects.toMatchObject({ code: 'ERR_AEROSTRIDE_TIMEOUT' })
  const elapsed = performance.now() - started
  cluster.server.setFaults([])
  expect(elapsed).toBeGreaterThan(single * 0.9)
  expect(elapsed).toBeLessThan(batch)
})
