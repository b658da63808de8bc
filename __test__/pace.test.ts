import { expect, test } from 'vitest'
import { type Key, connect, dtype } from '../src/index.js'
import { startDevServer } from '../src/devserver/index.js'
import { freshSet } from './support/server.js'

const numbers = dtype({ n: 'i4', half: 'f8' })

test.each(['real', { request: 1000, row: 100, record: 100, threads: 3 }, { threads: 2 }, {}] as const)(
  'a server at the pace %j says what any other says',
  async (pace) => {
    await using server = await startDevServer({ nodes: 2, pace })
    await using client = await connect(server.hosts)
    const set = freshSet()
    const rows = Array.from({ length: 2000 }, (_, n) => n)
    const keys = rows.map((n): Key => ['test', set, n])
    const columns = { n: Int32Array.from(rows), half: Float64Array.from(rows, (n) => n / 2) }
    await client.batchWrite(keys, { dtype: numbers, columns })
    const batch = await client.batchRead(keys, { dtype: numbers })
    expect(batch.columns.n).toEqual(columns.n)
    const scanned: { n: number; half: number }[] = []
    for await (const part of client.scan('test', set, { dtype: numbers, batchRows: 300 })) scanned.push(...part)
    scanned.sort((a, b) => a.n - b.n)
    expect(scanned).toEqual(rows.map((n) => ({ n, half: n / 2 })))
    const { open, records, bytes } = client.stats().streams
    expect({ records, isOpen: open > 1 }).toEqual({ records: 2000, isOpen: false })
    expect(bytes).toBeGreaterThan(2000 * 60)
  },
)

test('a stream counts as open from its first batch to its end', async () => {
  await using server = await startDevServer()
  await using client = await connect(server.hosts)
  const set = freshSet()
  const keys = Array.from({ length: 100 }, (_, n): Key => ['test', set, n])
  await client.batchWrite(keys, { dtype: numbers, columns: { n: new Int32Array(100), half: new Float64Array(100) } })
  const stream = client.scan('test', set, { dtype: numbers, batchRows: 10 })
  expect(client.stats().streams).toEqual({ open: 0, connections: 0, records: 0, bytes: 0 })
  for await (const _ of stream) {
    expect(client.stats().streams).toMatchObject({ open: 1, records: 10 })
    break
  }
  await expect.poll(() => client.stats().streams).toMatchObject({ open: 0, connections: 0, records: 10 })
})

test.each([
  ['fast', /options\.pace must be 'real' or an object such as \{ record: 400 \}, not .*"fast"/],
  [{ row: -1 }, /options\.pace\.row must be an integer from 0 to 1000000000 \(ns\), not the number -1/],
  [{ threads: 0 }, /options\.pace\.threads must be an integer from 1 to 64, not the number 0/],
  [{ rows: 1 }, /options\.pace has no option "rows"; did you mean row\?/],
])('a pace of %j says what fits', async (pace, message) => {
  await expect(startDevServer({ pace: pace as never })).rejects.toThrow(message)
})
