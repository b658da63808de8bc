import { beforeAll, describe, expect, test } from 'vitest'
import {
  Batch,
  GeoJSON,
  Stream,
  SyncStream,
  between,
  contains,
  containsPoint,
  ctx,
  dtype,
  equal,
  exp,
  withinRegion,
} from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const set = freshSet()
const RECORDS = 3000
const sensor = dtype({ n: 'i4', half: 'f8', name: 'S8' })

/** Records 0, 1, 2, ... of which the even ones have their key stored. */
beforeAll(async () => {
  const { client } = cluster
  const rows = Array.from({ length: RECORDS }, (_, n) => n)
  const columns = {
    n: Int32Array.from(rows),
    half: Float64Array.from(rows, (n) => n / 2),
    name: rows.map((n) => `s${n}`),
  }
  const keys = rows.map((n): [string, string, string] => ['test', set, `key${n}`])
  await client.batchWrite(keys, { dtype: sensor, columns })
  const even = rows.filter((n) => n % 2 === 0)
  const marked = even.map((n): [[string, string, string], { tag: number }] => [keys[n] as never, { tag: n }])
  await client.putMany(marked, { policy: { sendKey: true } })
})

function checkRows(batches: readonly Batch<{ n: 'i4'; half: 'f8'; name: 'S8' }>[]): number[] {
  const numbers: number[] = []
  for (const batch of batches) {
    expect(batch.length).toBeGreaterThan(0)
    for (const row of batch) {
      expect(row).toMatchObject({ half: row.n / 2, name: `s${row.n}` })
      numbers.push(row.n)
    }
    expect([...batch.resultCodes].every((code) => code === 0)).toBe(true)
    expect([...batch.valid.n].every((valid) => valid === 1)).toBe(true)
  }
  return numbers.toSorted((a, b) => a - b)
}

const all = Array.from({ length: RECORDS }, (_, n) => n)

describe('a scan', () => {
  test.each([undefined, 1, 100, 1024, 100_000])(
    'delivers every record once, in batches of %s rows',
    async (batchRows) => {
      const stream = cluster.client.scan('test', set, { dtype: sensor, batchRows })
      expect(stream).toBeInstanceOf(Stream)
      const batches: Batch<{ n: 'i4'; half: 'f8'; name: 'S8' }>[] = []
      for await (const batch of stream) {
        expect(batch.length).toBeLessThanOrEqual(batchRows ?? RECORDS)
        batches.push(batch)
      }
      expect(checkRows(batches)).toEqual(all)
      expect(stream.progress).toMatchObject({ rows: RECORDS, partitionsDone: 4096, partitions: 4096 })
      expect(stream.failures).toEqual([])
    },
  )

  test.each(['columns', 'rows'] as const)('fills the %s layout', async (layout) => {
    const batches: Batch<{ n: 'i4'; half: 'f8'; name: 'S8' }>[] = []
    for await (const batch of cluster.client.scan('test', set, { dtype: sensor, layout, batchRows: 500 })) {
      expect(batch.layout).toBe(layout)
      batches.push(batch)
    }
    expect(checkRows(batches)).toEqual(all)
  })

  test('has a blocking twin', () => {
    const stream = cluster.client.scanSync('test', set, { dtype: sensor, batchRows: 700 })
    expect(stream).toBeInstanceOf(SyncStream)
    expect(checkRows([...stream])).toEqual(all)
  })

  test('lets the event loop turn between any two batches, whatever the loop over them does', async () => {
    const seen: number[] = []
    let [turns, done] = [0, false]
    const turn = (): void => {
      turns++
      if (!done) setImmediate(turn)
    }
    setImmediate(turn)
    for await (const _ of cluster.client.scan('test', set, { dtype: sensor, batchRows: 64 })) seen.push(turns)
    done = true
    expect(seen.length).toBeGreaterThan(RECORDS / 64)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('gives the user keys that are stored, and null for the others', async () => {
    for await (const batch of cluster.client.scan('test', set, { dtype: sensor, batchRows: 999 })) {
      batch.keys.forEach(([namespace, inSet, key], row) => {
        const { n } = batch.at(row)
        expect([namespace, inSet, key]).toEqual(['test', set, n % 2 === 0 ? `key${n}` : null])
      })
      const even = batch.columns.n.findIndex((n) => n % 2 === 0)
      const key = `key${batch.columns.n[even]}`
      expect(batch.indexOf(key)).toBe(even)
      expect(batch.where((row) => row.n % 2 === 0).has(key)).toBe(true)
    }
  })

  test('gives batches that can go to another thread, with the keys that there are', async () => {
    const whole = await cluster.client.scan('test', set, { dtype: sensor, batchRows: 700 }).toBatch()
    const keys = [...whole.keys]
    const some = whole.where((row) => row.n % 3 === 0)
    const someKeys = [...some.keys]
    expect(Batch.from(structuredClone(some.detach())).keys).toEqual(someKeys)
    expect(Batch.from(structuredClone(whole.detach())).keys).toEqual(keys)
    expect(keys.filter(([, , key]) => key === null)).toHaveLength(RECORDS / 2)
  })

  test('gives digests, or no keys at all', async () => {
    const batch = await cluster.client.scan('test', set, { dtype: sensor, keys: 'digest' }).toBatch()
    expect(batch.digests).toHaveLength(20 * RECORDS)
    expect(new Set(Array.from(batch.where((_, row) => row < 100).digests ?? [], String)).size).toBeGreaterThan(50)
    const [namespace, inSet, { digest }] = batch.keys[7] as unknown as [string, string, { digest: Uint8Array }]
    expect([namespace, inSet, [...digest]]).toEqual([
      'test',
      set,
      [...(batch.digests as Uint8Array).subarray(140, 160)],
    ])
    const [again] = await cluster.client.batchRead([batch.keys[7] as never])
    expect(again?.bins).toMatchObject({ n: batch.at(7).n })
    const without = await cluster.client.scan('test', set, { dtype: sensor, keys: 'none' }).toBatch()
    expect([without.length, without.digests]).toEqual([RECORDS, undefined])
    expect(without.keys[0]).toEqual(['test', set, null])
  })

  test('gives ordinary records without a dtype', async () => {
    const records = await cluster.client.scan('test', set, { batchRows: 100 }).toBatch()
    expect(records).toHaveLength(RECORDS)
    for (const { key, bins, gen } of records) {
      const n = bins['n'] as number
      const marked = n % 2 === 0
      expect(key).toEqual(['test', set, marked ? `key${n}` : null])
      expect(bins).toEqual({ n, half: n / 2, name: `s${n}`, ...(marked ? { tag: n } : {}) })
      expect(gen).toBe(marked ? 2 : 1)
    }
  })

  test('leaves out records that have none of the bins, also when rows are counted', async () => {
    const tagged = dtype({ tag: 'i4' })
    const whole = await cluster.client.scan('test', set, { dtype: tagged }).toBatch()
    expect(whole.length).toBe(RECORDS / 2)
    let after: string | undefined
    const tags: number[] = []
    for (let page = 0; page < 20; page++) {
      const stream = cluster.client.scan('test', set, { dtype: tagged, maxRows: 400, after })
      const batch = await stream.toBatch()
      tags.push(...batch.columns.tag)
      after = stream.cursor
      if (batch.length === 0) break
    }
    expect(tags.toSorted((a, b) => a - b)).toEqual(all.filter((n) => n % 2 === 0))
  })

  test('is shared by shards', async () => {
    const numbers: number[] = []
    for (let i = 0; i < 4; i++) {
      const batch = await cluster.client.scan('test', set, { dtype: sensor, partitions: { shard: [i, 4] } }).toBatch()
      numbers.push(...batch.columns.n)
    }
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all)
  })

  test('goes on from its cursor', async () => {
    const first = cluster.client.scan('test', set, { dtype: sensor, batchRows: 200 })
    const numbers: number[] = []
    for await (const batch of first) {
      numbers.push(...batch.columns.n)
      if (numbers.length > RECORDS / 3) break
    }
    const after: string = JSON.parse(JSON.stringify(first.cursor)) as string
    const rest = await cluster.client.scan('test', set, { dtype: sensor, after }).toBatch()
    expect([...numbers, ...rest.columns.n].toSorted((a, b) => a - b)).toEqual(all)
  })

  test('of an empty set is empty', async () => {
    const batch = await cluster.client.scan('test', freshSet(), { dtype: sensor }).toBatch()
    expect([batch.length, batch.columns.n.length]).toEqual([0, 0])
    expect(await cluster.client.scan('test', freshSet()).toBatch()).toEqual([])
  })

  test('has its memory bounded by maxBytes', async () => {
    await expect(cluster.client.scan('test', set, { dtype: sensor }).toBatch({ maxBytes: 10_000 })).rejects.toThrow(
      /maxBytes/,
    )
  })
})

describe('a stream ends', () => {
  test('with the loop that reads it', async () => {
    const stream = cluster.client.scan('test', set, { dtype: sensor, batchRows: 10 })
    for await (const _ of stream) break
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow(/closed/)
  })

  test('with its signal, whose reason it rejects with', async () => {
    const controller = new AbortController()
    const stream = cluster.client.scan('test', set, { dtype: sensor, batchRows: 10, signal: controller.signal })
    const reason = new Error('enough')
    const read = (async () => {
      for await (const _ of stream) controller.abort(reason)
    })()
    await expect(read).rejects.toBe(reason)
    expect(() => cluster.client.scan('test', set, { dtype: sensor, signal: controller.signal })).toThrow(reason)
  })

  test('with an exception in its loop', async () => {
    const stream = cluster.client.scan('test', set, { dtype: sensor, batchRows: 10 })
    const read = (async () => {
      for await (const _ of stream) throw new Error('mine')
    })()
    await expect(read).rejects.toThrow('mine')
    expect(stream.progress.rows).toBe(10)
  })
})

test('wrong arguments are refused by name', () => {
  const { client } = cluster
  const scan =
    (options: object): (() => unknown) =>
    () =>
      client.scan('test', set, options as never)
  expect(scan({ dtype: sensor, batchRows: 0 })).toThrow(/options\.batchRows must be an integer from 1/)
  expect(scan({ dtype: sensor, partitions: { shard: [4, 4] } })).toThrow(/options\.partitions\.shard must be \[i, n\]/)
  expect(scan({ dtype: sensor, partitions: [1, 1] })).toThrow(/names a partition twice/)
  expect(scan({ dtype: sensor, partitions: { begin: 4000, count: 100 } })).toThrow(/past the last one/)
  expect(scan({ dtype: sensor, bins: ['n'] })).toThrow(/options\.bins is for records/)
  expect(scan({ onLoss: 'null' })).toThrow(/options\.onLoss is for columns/)
  expect(scan({ where: equal('n', 1) })).toThrow(/no option "where"/)
  expect(scan({ bins: ['a\0b'] })).toThrow(/options\.bins\[0\]: the bin "a\\u0000b" has a NUL/)
  expect(() => equal('\ud800', 1)).toThrow(/target: the bin ".*" has a lone surrogate/)
  expect(scan({ after: 'nonsense' })).toThrow(/after is not the cursor of a stream/)
  expect(scan({ policy: { allowInline: true } })).toThrow(/options\.policy has no option "allowInline"/)
  expect(() => client.query('test', set, { dtype: sensor } as never)).toThrow(/options\.where is missing/)
  expect(() => client.query('test', set, { where: 5 } as never)).toThrow(/options\.where must be what equal/)
  expect(() => between('n', 5, 4)).toThrow(/low is 5 and high is 4/)
  expect(() => equal('n', 1.5)).toThrow(/value must be a safe integer/)
  expect(() => equal({ bin: 'n', index: 'x' }, 1)).toThrow(/exactly one of bin, index and expression/)
  expect(() => withinRegion('g', { type: 'Point', coordinates: [0, 0] })).toThrow(/GeoJSON of type Polygon/)
})

test('a namespace that is not there is named', () => {
  expect(() => cluster.client.scan('nope', set, { dtype: sensor })).toThrow(/"nope" is unknown/)
})

describe('a query', () => {
  const places = freshSet()
  const place = dtype({ n: 'i4' })

  beforeAll(async () => {
    const { client } = cluster
    const records = all.slice(0, 300).map((n): [[string, string, number], Record<string, unknown>] => [
      ['test', places, n],
      {
        n,
        word: n % 3 === 0 ? 'fizz' : 'other',
        blob: Uint8Array.of(n % 5),
        tags: [n % 7, n % 11],
        map: { [`k${n % 4}`]: n % 6, deep: { x: n } },
      },
    ])
    await client.putMany(records)
    const make = (index: object): Promise<void> => client.createIndex('test', places, index as never)
    await make({ name: `${places}_n`, bin: 'n', type: 'numeric' })
    await make({ name: `${places}_word`, bin: 'word', type: 'string' })
    await make({ name: `${places}_blob`, bin: 'blob', type: 'blob' })
    await make({ name: `${places}_tags`, bin: 'tags', type: 'numeric', collection: 'list' })
    await make({ name: `${places}_keys`, bin: 'map', type: 'string', collection: 'mapKeys' })
    await make({ name: `${places}_x`, bin: 'map', type: 'numeric', path: ['deep', 'x'] })
  })

  const rows = all.slice(0, 300)
  const cases: [string, () => Parameters<typeof cluster.client.query>[2], (n: number) => boolean][] = [
    ['a range', () => ({ where: between('n', 20, 30) }), (n) => n >= 20 && n <= 30],
    ['an integer', () => ({ where: equal('n', 42) }), (n) => n === 42],
    ['an index by name', () => ({ where: between({ index: `${places}_n` }, 7, 9n) }), (n) => n >= 7 && n <= 9],
    ['text', () => ({ where: equal('word', 'fizz') }), (n) => n % 3 === 0],
    ['bytes', () => ({ where: equal('blob', Uint8Array.of(2)) }), (n) => n % 5 === 2],
    ['list elements', () => ({ where: contains('tags', 'list', 10) }), (n) => n % 11 === 10],
    ['map keys', () => ({ where: contains('map', 'mapKeys', 'k3') }), (n) => n % 4 === 3],
    [
      'a place inside',
      () => ({ where: between({ bin: 'map', path: ['deep', 'x'] }, 5, 6) }),
      (n) => n === 5 || n === 6,
    ],
    [
      'a place inside, whose steps ctx has made',
      () => ({ where: between({ bin: 'map', path: [ctx.mapKey('deep'), ctx.mapKey('x')] }, 5, 6) }),
      (n) => n === 5 || n === 6,
    ],
    ['nothing', () => ({ where: between('n', 5000, 6000) }), () => false],
  ]

  test.each(cases)('finds %s', async (_, options, fits) => {
    const { client } = cluster
    const batch = await client.query('test', places, { dtype: place, ...options() }).toBatch()
    expect([...batch.columns.n].toSorted((a, b) => a - b)).toEqual(rows.filter(fits))
    const records = client.querySync('test', places, options()).toBatch()
    expect(records.map(({ bins }) => bins['n'] as number).toSorted((a, b) => a - b)).toEqual(rows.filter(fits))
  })

  test('goes on from its cursor, and only as the same query', async () => {
    const { client } = cluster
    const options = { dtype: place, where: between('n', 10, 200), batchRows: 20 }
    const first = client.query('test', places, options)
    const numbers: number[] = []
    for await (const batch of first) {
      numbers.push(...batch.columns.n)
      if (numbers.length > 80) break
    }
    const rest = await client.query('test', places, { ...options, after: first.cursor }).toBatch()
    expect([...numbers, ...rest.columns.n].toSorted((a, b) => a - b)).toEqual(rows.slice(10, 201))
    const other = { ...options, where: between('n', 10, 201), after: first.cursor }
    expect(() => client.query('test', places, other)).toThrow(/cursor of another query/)
  })

  test('takes steps that ctx has made in an index too', async () => {
    const { client } = cluster
    const [name, path] = [`${places}_made`, [ctx.mapKey('deep'), 'x'] as const]
    await client.dropIndex('test', `${places}_x`)
    await client.createIndex('test', places, { name, bin: 'map', type: 'numeric', path })
    const found = await client.query('test', places, { where: equal({ bin: 'map', path: ['deep', 'x'] }, 5) }).toBatch()
    expect(found.map(({ bins }) => bins['n'])).toEqual([5])
    await client.dropIndex('test', name)
    await client.createIndex('test', places, { name: `${places}_x`, bin: 'map', type: 'numeric', path: ['deep', 'x'] })
  })

  test.each([
    [
      ctx.all(),
      /^index\.path\[1\] is ctx\.all\(\), which leads to any number of elements; an index takes steps to one$/,
    ],
    [ctx.filter(exp.boolValue(true)), /^index\.path\[1\] is ctx\.filter\(\)/],
    [
      ctx.mapKeyCreate('a'),
      /^index\.path\[1\] is ctx\.mapKeyCreate\(\), and an index makes nothing; use ctx\.mapKey\(\)$/,
    ],
    [ctx.listIndexCreate(0), /^index\.path\[1\] is ctx\.listIndexCreate\(\), .*; use ctx\.listIndex\(\)$/],
    [
      { by: 'mapKey' },
      /^index\.path\[1\] must be a map key, a list index, what ctx makes, or an object with one of listIndex, /,
    ],
  ])('refuses an index whose steps are wrong, case %#', async (step, message) => {
    const path = ['deep', step] as never
    const made = cluster.client.createIndex('test', places, { name: 'wrong', bin: 'map', type: 'numeric', path })
    await expect(made).rejects.toThrow(message)
  })

  test('of an index that is not there says so', async () => {
    const missing = cluster.client.query('test', places, { dtype: place, where: equal('nothing', 1) })
    await expect(missing.toBatch()).rejects.toMatchObject({ resultCode: 201, cursor: expect.any(String) as string })
  })

  test('whose index is dropped meanwhile fails, and its cursor loses nothing', async () => {
    const { client } = cluster
    const index = { name: `${set}_n`, bin: 'n', type: 'numeric' } as const
    await client.createIndex('test', set, index)
    const options = { where: between('n', 0, RECORDS), partitions: { begin: 0, count: 256 }, bins: ['n'] }
    const whole = await client.query('test', set, options).toBatch()
    const stream = client.query('test', set, { ...options, recordsPerSecond: 100 })
    const read: unknown[] = []
    const reading = async (): Promise<void> => {
      for await (const batch of stream) read.push(...batch.map(({ bins }) => bins['n']))
    }
    const failure = reading().catch((error: unknown) => error)
    const shown = new RegExp(`sindex-name=${index.name}:[^;]*:rps=100:[^;]*:recs-succeeded=[1-9]`)
    const isUnderWay = async (): Promise<boolean> => shown.test(JSON.stringify(await client.info(['query-show'])))
    while (!(await isUnderWay()));
    await client.dropIndex('test', index.name)
    expect(await failure).toMatchObject({ resultCode: 201 })
    await client.createIndex('test', set, index)
    const rest = await client.query('test', set, { ...options, after: stream.cursor }).toBatch()
    const numbersOf = (records: typeof rest): unknown[] => records.map(({ bins }) => bins['n'])
    const numbers = Int32Array.from([...read, ...numbersOf(rest)] as number[])
    expect(numbers.toSorted()).toEqual(Int32Array.from(numbersOf(whole) as number[]).toSorted())
    await client.dropIndex('test', index.name)
  }, 30_000)

  test('of an index by its name finds nothing in another set and of another type', async () => {
    const index = `${places}_n`
    expect(await cluster.client.query('test', set, { where: between({ index }, 0, 9) }).toBatch()).toEqual([])
    expect(await cluster.client.query('test', places, { where: equal({ index }, 'fizz') }).toBatch()).toEqual([])
  })

  test('has indexes that are listed, dropped, and not renamed in silence', async () => {
    const { client } = cluster
    const listed = (await client.indexes('test')).filter(({ set: of }) => of === places)
    expect(listed.map(({ name }) => name)).toContain(`${places}_x`)
    const tags = listed.find(({ bin }) => bin === 'tags')
    expect(tags).toMatchObject({ type: 'numeric', collection: 'list', ready: true })
    await client.createIndex('test', places, { name: `${places}_n`, bin: 'n', type: 'numeric' })
    const again = client.createIndex('test', places, { name: `${places}_again`, bin: 'n', type: 'numeric' })
    await expect(again).rejects.toThrow(`exists under the name "${places}_n"`)
    const other = client.createIndex('test', places, { name: `${places}_n`, bin: 'm', type: 'numeric' })
    await expect(other).rejects.toMatchObject({ resultCode: 200 })
    expect(await client.dropIndex('test', `${places}_tags`)).toBe(true)
    expect(client.dropIndexSync('test', `${places}_tags`)).toBe(false)
  })

  test('finds points in regions and regions around points', async () => {
    const { client } = cluster
    const geo = freshSet()
    const square = { type: 'Polygon', coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] } as const // prettier-ignore
    expect(() => containsPoint('area', [1, 1])).not.toThrow()
    await client.createIndex('test', geo, { name: geo, bin: 'at', type: 'geo2dsphere' })
    const found = await client.query('test', geo, { where: withinRegion('at', square) }).toBatch()
    expect(found).toEqual([])
  })

  test('finds a list of points once, also when it goes on page by page', async () => {
    const { client } = cluster
    const geo = freshSet()
    const at = [[1, 1], [-100, 50], [120, -40]].map((coordinates) => new GeoJSON({ type: 'Point', coordinates })) // prettier-ignore
    await client.put(['test', geo, 1], { at })
    await client.createIndex('test', geo, { name: geo, bin: 'at', type: 'geo2dsphere', collection: 'list' })
    const circle = { type: 'AeroCircle', coordinates: [[1, 1], 1000] } as const
    const where = withinRegion('at', circle, 'list')
    const page = client.query('test', geo, { where, maxRows: 1 })
    expect(await page.toBatch()).toHaveLength(1)
    expect(await client.query('test', geo, { where, after: page.cursor }).toBatch()).toEqual([])
    await client.dropIndex('test', geo)
  })

  test('has indexes and bins that are named null', async () => {
    const { client } = cluster
    const index = { name: 'null', bin: 'null', type: 'numeric' } as const
    await client.put(['test', places, 'null'], { null: 1 })
    await client.createIndex('test', places, index)
    await client.createIndex('test', places, index)
    expect(await client.indexes('test')).toContainEqual(expect.objectContaining({ set: places, ...index }))
    expect(await client.query('test', places, { where: equal({ index: 'null' }, 1) }).toBatch()).toHaveLength(1)
    expect(await client.dropIndex('test', 'null')).toBe(true)
    expect(await client.dropIndex('test', 'null')).toBe(false)
    await client.remove(['test', places, 'null'])
  })
})

test('a second loop over a stream is refused, and the first one goes on', async () => {
  const stream = cluster.client.scan('test', set, { dtype: sensor, batchRows: 100 })
  const rows = async (): Promise<number> => {
    let count = 0
    for await (const batch of stream) count += batch.length
    return count
  }
  const [first, second] = await Promise.allSettled([rows(), rows()])
  expect(first).toEqual({ status: 'fulfilled', value: RECORDS })
  expect(second).toMatchObject({ reason: { message: 'the stream is being read by another loop already' } })
})
