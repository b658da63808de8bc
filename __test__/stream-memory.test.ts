// The memory of a stream: what was handed over is not written any more, holds nothing but what the server sent, and is
// never more than a few batches, however slow the consumer is.
import { createHash } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Batch, type Layout, connect, dtype } from '../src/index.js'
import { testCluster } from './support/server.js'

const cluster = testCluster({ server: { nodes: 1 } })
const small = dtype({ n: 'i4', odd: '?', half: 'f8', name: 'S5' })
const SMALL = 3000
const keyOfLarge = (n: number): [string, string, number] => ['test', 'large', n]

beforeAll(async () => {
  const numbers = Array.from({ length: SMALL }, (_, n) => n)
  // Every third record lacks a bin, and every fifth has a value that does not fit.
  const records = numbers.map((n): [[string, string, number], Record<string, number | string>] => [
    ['test', 'small', n],
    { n, ...(n % 3 === 0 ? {} : { half: n / 2 }), odd: n % 2, name: n % 5 === 0 ? 'a longer name' : 'n' },
  ])
  await cluster.client.putMany(records)
})
afterEach(() => {
  vi.restoreAllMocks()
  cluster.server.setFaults([])
})

/** The bytes of all buffers that something still holds. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().arrayBuffers
}

const hashOf = ({ buffer }: Batch): string => createHash('sha256').update(new Uint8Array(buffer)).digest('hex')

const layouts: [Layout, boolean][] = [
  ['columns', false],
  ['rows', false],
  ['rows', true],
]

describe.each(layouts)('batches in the layout %s, aligned: %s', (layout, align) => {
  test('do not change while their stream goes on, nor after it has ended', async () => {
    const { client } = cluster
    const options = { dtype: small, layout, align, batchRows: 37, policy: { maxConcurrentRequests: 3 } }
    const held: [Batch, string][] = []
    // Frames that turn out to be malformed are taken back in batches that are being filled, and in no other ones.
    cluster.server.setFaults(['on=scan chance=0.2 double=1', 'on=scan chance=0.2 cut=3000'])
    for await (const batch of client.scan('test', 'small', options)) held.push([batch, hashOf(batch)])
    expect(held.reduce((rows, [batch]) => rows + batch.length, 0)).toBe(SMALL)
    for (let left = 0; left < 5; left++) {
      let more = left
      for await (const batch of client.scan('test', 'small', options)) {
        held.push([batch, hashOf(batch)])
        if (more-- === 0) break
      }
    }
    await expect.poll(() => client.stats().nodes.every(({ inUse }) => inUse === 0)).toBe(true)
    for (const [batch, hash] of held) expect(hashOf(batch)).toBe(hash)
  })

  test.each([32, 999, 5000])('of %d rows hold no byte of what their memory held before', async (batchRows) => {
    /** All bytes of all batches, in memory that was full of `old`. One connection gives its rows in one order. */
    const bytesOver = async (old: number): Promise<string[]> => {
      const filled = vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
        const { buffer } = new Uint8Array(size).fill(old)
        return Buffer.from(buffer)
      })
      const options = { dtype: small, layout, align, batchRows, policy: { maxConcurrentRequests: 1 } }
      const hashes: string[] = []
      for await (const batch of cluster.client.scan('test', 'small', options)) {
        hashes.push(`${batch.length} ${hashOf(batch)}`)
      }
      expect(filled).toHaveBeenCalled()
      return hashes
    }
    const [first, second] = [await bytesOver(0xa5), await bytesOver(0x5a)]
    // The last batch is full in part only.
    expect(first.at(-1)).toMatch(new RegExp(`^${SMALL % batchRows} `))
    expect(first).toEqual(second)
  })
})

/** The numbers of all records in the order of their size, and how often memory was allocated for them. */
async function numbersOf(way: 'scan' | 'scanSync', use: (batch: Batch) => void): Promise<[number[], number]> {
  const { client } = cluster
  const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
  const options = { dtype: small, batchRows: 37, policy: { maxConcurrentRequests: 2 } }
  const stream = way === 'scan' ? client.scan('test', 'small', options) : client.scanSync('test', 'small', options)
  const numbers: number[] = []
  for await (const batch of stream) {
    numbers.push(...batch.columns.n)
    use(batch)
  }
  const made = allocations.mock.calls.length
  allocations.mockRestore()
  return [numbers.toSorted((a, b) => a - b), made]
}

describe('batches that are released', () => {
  test.each(['scan', 'scanSync'] as const)('by a loop over %s have their memory used again', async (way) => {
    const all = Array.from({ length: SMALL }, (_, n) => n)
    const [numbers, made] = await numbersOf(way, (batch) => batch.release())
    expect(numbers).toEqual(all)
    expect(made).toBeLessThanOrEqual(8)
    const [others, madeWithout] = await numbersOf(way, () => {})
    expect(others).toEqual(all)
    expect(madeWithout).toBeGreaterThan(SMALL / 37 - 1)
  })

  test('keep nothing of it, nor do their slices and columns', async () => {
    const { client } = cluster
    const { value: batch } = await client.scan('test', 'small', { dtype: small })[Symbol.asyncIterator]().next()
    const read = await client.batchRead([['test', 'small', 1]], { dtype: small })
    for (const whole of [batch as Batch<typeof small.schema>, read]) {
      const { n } = whole.columns
      const slice = whole.slice(0, 1)
      expect(() => slice.release()).toThrow('a slice shares its memory: release the batch that it is of')
      expect(n.length).toBeGreaterThan(0)
      whole.release()
      whole.release()
      expect(n.length).toBe(0)
      const moved = expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' })
      expect(() => whole.columns).toThrow(moved)
      expect(() => slice.at(0)).toThrow(moved)
      await expect(client.batchRead([['test', 'small', 1]], { dtype: small, into: whole })).rejects.toThrow(moved)
    }
  })

  test('keep nothing of it where they have no rows', async () => {
    const { client } = cluster
    const options = { dtype: small, filter: '$.n < 0' }
    const moved = expect.objectContaining({ code: 'ERR_AEROSTRIDE_BATCH_MOVED' })
    const give: ((batch: Batch<typeof small.schema>) => void)[] = [
      (batch) => batch.release(),
      (batch) => structuredClone(batch.buffer, { transfer: [batch.buffer] }),
      (batch) => {
        const parts = batch.detach()
        structuredClone(parts, { transfer: parts.transfer as ArrayBuffer[] })
        expect(() => Batch.from(parts)).toThrow(/given away/)
      },
    ]
    for (const giveAway of give) {
      const read = await client.batchRead([], { dtype: small })
      const empties = [read, read.where([]), await client.scan('test', 'small', options).toBatch()]
      for (const empty of empties) {
        expect(empty.columns.n.length).toBe(0)
        giveAway(empty)
        empty.release()
        expect(() => empty.columns).toThrow(moved)
        expect(() => empty.columns.n).toThrow(moved)
        expect(() => [...empty]).toThrow(moved)
        expect(() => empty.toJSON()).toThrow(moved)
        await expect(client.batchRead([], { dtype: small, into: empty })).rejects.toThrow(moved)
      }
    }
  })

  test('that were made of others give their memory to nobody who cannot use it', async () => {
    const options = { dtype: small, batchRows: 300, policy: { maxConcurrentRequests: 1 } }
    const numbers: number[] = []
    for await (const batch of cluster.client.scan('test', 'small', options)) {
      const [few, many] = [batch.take([0]), batch.take([...Array(500).keys()].map((at) => at % batch.length))]
      numbers.push(...batch.columns.n)
      for (const one of [few, many, batch]) one.release()
    }
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: SMALL }, (_, n) => n))
  })
})

describe('a consumer that lets the server wait until it gives up', () => {
  const large = dtype({ n: 'i4', blob: 'V16000' })
  /** Two requests, which get some 25 MB each: more than the buffers of a connection hold. */
  const partitions = { begin: 0, count: 512 }
  let stored: number[]

  beforeAll(async () => {
    const { client } = cluster
    const ids = Array.from({ length: 25_000 }, (_, n) => n)
    const n = dtype({ n: 'i4' })
    await client.batchWrite(ids.map(keyOfLarge), { dtype: n, columns: { n: ids } })
    const { columns } = await client.scan('test', 'large', { dtype: n, partitions }).toBatch()
    stored = [...columns.n].toSorted((a, b) => a - b)
    for (let from = 0; from < stored.length; from += 500) {
      const some = stored.slice(from, from + 500)
      const blob = some.map((id) => new Uint8Array(16_000).fill(id))
      await client.batchWrite(some.map(keyOfLarge), { dtype: large, columns: { n: some, blob } })
    }
  })

  // The memory is that of the process, which other files share in runs in threads.
  test.skipIf(!isMainThread).each(['scan', 'scanSync'] as const)(
    'gets everything once from %s, in the memory of a few batches',
    async (way) => {
      const client = await connect(cluster.hosts)
      const connections = (): number => cluster.server.stats()!.connections
      const quiet = connections()
      // What a node waits for a client that reads nothing is the socketTimeout as well.
      const policy = { socketTimeout: 300, maxConcurrentRequests: 2 }
      const options = { dtype: large, batchRows: 32, partitions, policy }
      const stream = way === 'scan' ? client.scan('test', 'large', options) : client.scanSync('test', 'large', options)
      const numbers: number[] = []
      const before = heldBytes()
      let [most, waited] = [0, false]
      for await (const { length, columns } of stream) {
        for (let row = 0; row < length; row++) {
          const n = columns.n[row] as number
          const last = columns.blob.get(row).at(-1)
          if (last !== n % 256) throw new Error(`record ${n} ends with ${last}`)
          numbers.push(n)
        }
        most = Math.max(most, heldBytes() - before)
        if (waited || numbers.length < 300) continue
        // Both connections of the scan are closed by the server.
        await expect.poll(connections).toBeLessThanOrEqual(quiet)
        waited = true
      }
      expect(waited).toBe(true)
      expect(numbers.toSorted((a, b) => a - b)).toEqual(stored)
      expect(stream.failures.length).toBeGreaterThanOrEqual(2)
      // Two connections and two batches, each of half a megabyte.
      expect(most).toBeLessThan(8e6)
      await client.close()
    },
  )
})
