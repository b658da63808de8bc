import { inspect } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Batch, type Key, type ReadRecord, double, dtype, keyList } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const sensor = dtype({ temperature: 'f8', humidity: 'i4', status: 'u1' })
type SensorBatch = Batch<typeof sensor.schema, 'columns'>

const set = freshSet()
const other = freshSet()
const keyOf = (id: string | number): Key => ['test', set, id]

beforeAll(async () => {
  const { client } = cluster
  await client.put(keyOf('sensor_0'), { temperature: 20, humidity: 40, status: 1 })
  await client.put(keyOf('sensor_1'), { temperature: 20.5, humidity: 41, status: 1, beside: 'ignored' })
  await client.put(keyOf('sensor_2'), { temperature: double(21), status: true })
  await client.put(keyOf(5), { temperature: 25.5, humidity: 5, status: 0 })
  await client.put(['test', other, 'sensor_0'], { temperature: -1, humidity: -2, status: 3 })
  await client.put(['bar', set, 'sensor_0'], { temperature: -3, humidity: -4, status: 5 }, { policy: { ttl: -1 } })
})

describe.each(doors)('batchRead through the %s door', (_, door) => {
  const read = async (keys: unknown, options: object = {}): Promise<SensorBatch> =>
    (await door(cluster.client, 'batchRead', keys, { dtype: sensor, ...options })) as SensorBatch

  test('columns, validity, generations and codes, in the order of the keys', async () => {
    const batch = await read(['sensor_1', 'sensor_0', 'sensor_2'].map(keyOf))
    expect(batch.columns.temperature).toEqual(Float64Array.of(20.5, 20, 21))
    expect(batch.columns.humidity).toEqual(Int32Array.of(41, 40, 0))
    expect(batch.columns.status).toEqual(Uint8Array.of(1, 1, 1))
    expect([...batch.resultCodes]).toEqual([0, 0, 0])
    expect([...batch.meta.gen].every((generation) => generation >= 1)).toBe(true)
    expect([...batch.valid.humidity]).toEqual([1, 1, 0])
    expect(batch.conversions.humidity).toEqual({ missing: 1, lossy: 0, mismatched: 0 })
    expect(batch.failures).toEqual([])
  })

  test('a record that is missing has code 2, zeros and no valid cell', async () => {
    const batch = await read(['sensor_0', 'nobody'].map(keyOf))
    expect([...batch.resultCodes]).toEqual([0, 2])
    expect(batch.at(1)).toEqual({ temperature: 0, humidity: 0, status: 0 })
    expect([batch.valid.temperature[1], batch.meta.gen[1], batch.meta.ttl[1]]).toEqual([0, 0, 0])
    expect(batch.ok().length).toBe(1)
    expect(batch.conversions.temperature.missing).toBe(0)
  })

  test('duplicates are answered each, and several sets and namespaces mix', async () => {
    const keys: Key[] = [
      keyOf('sensor_0'),
      ['test', other, 'sensor_0'],
      ['bar', set, 'sensor_0'],
      keyOf('sensor_0'),
      keyOf(5),
    ]
    const batch = await read(keys)
    expect([...batch.columns.temperature]).toEqual([20, -1, -3, 20, 25.5])
    expect(batch.meta.ttl[2]).toBe(0xffff_ffff)
    expect(batch.keys).toEqual(keys)
    expect(batch.indexOf('sensor_0')).toBe(3)
    expect(batch.get(['bar', set, 'sensor_0'])?.humidity).toBe(-4)
    expect(batch.get(5n)?.temperature).toBe(25.5)
  })

  test('an unknown namespace fails its own rows only, and the failure names the known ones', async () => {
    const batch = await read([keyOf('sensor_0'), ['nowhere', set, 'x'], keyOf('sensor_1')])
    expect([...batch.resultCodes]).toEqual([0, 20, 0])
    expect(batch.failures).toHaveLength(1)
    expect(batch.failures[0]).toMatchObject({ code: 20, rows: Uint32Array.of(1) })
    expect(batch.failures[0]!.message).toContain('nowhere')
    expect(batch.failures[0]!.message).toContain('test')
  })

  test('bins narrow the fields that are asked for', async () => {
    const batch = await read([keyOf('sensor_1')], { bins: ['humidity'] })
    expect(batch.at(0)).toEqual({ temperature: 0, humidity: 41, status: 0 })
    expect([batch.valid.temperature[0], batch.valid.humidity[0]]).toEqual([0, 1])
    await expect(read([keyOf('sensor_1')], { bins: ['humidity', 'pressure'] })).rejects.toThrow(
      'options.bins[1]: the dtype has no field "pressure"; it has temperature, humidity or status',
    )
  })

  test('no keys, and a dtype without fields', async () => {
    const none = await read([])
    expect([none.length, none.toObjects(), none.buffer.byteLength]).toEqual([0, [], 0])
    const empty = (await door(cluster.client, 'batchRead', ['sensor_0', 'nobody'].map(keyOf), {
      dtype: dtype({}),
    })) as Batch
    expect([...empty.resultCodes]).toEqual([0, 2])
    expect(empty.at(0)).toEqual({})
  })

  test('keys are copied when the read begins', async () => {
    const tuple: [string, string, string] = ['test', set, 'sensor_0']
    const keys: Key[] = [tuple]
    const reading = read(keys)
    tuple[2] = 'sensor_1'
    keys.push(keyOf('sensor_2'))
    const batch = await reading
    expect([batch.length, batch.columns.temperature[0]]).toEqual([1, 20])
    expect(batch.keys).toEqual([keyOf('sensor_0')])
  })

  test('a key list gives what its tuples give', async () => {
    const ids = ['sensor_0', 'nobody', 'sensor_2', 'sensor_0']
    const list = keyList('test', set, ids)
    const batches = [await read(ids.map(keyOf)), await read(list), await read(list)]
    for (const batch of batches) {
      expect(batch.toObjects()).toEqual(batches[0]!.toObjects())
      expect(batch.keys).toEqual(ids.map(keyOf))
      expect(batch.indexOf('sensor_0')).toBe(3)
    }
  })

  test('into takes the old memory over', async () => {
    const first = await read(['sensor_0', 'sensor_1'].map(keyOf))
    const columns = first.columns.temperature
    const second = await read(['nobody', 'sensor_2'].map(keyOf), { into: first })
    expect(second.toObjects()).toEqual([
      { temperature: 0, humidity: 0, status: 0 },
      { temperature: 21, humidity: 0, status: 1 },
    ])
    expect([...second.valid.humidity]).toEqual([0, 0])
    expect(columns.length).toBe(0)
    expect(() => first.at(0)).toThrow(/given away/)
    const bytes = second.buffer.byteLength
    const smaller = await read([keyOf('sensor_1')], { into: second, layout: 'rows' })
    expect(smaller.at(0).temperature).toBe(20.5)
    await expect(
      read(
        Array.from({ length: 1000 }, () => keyOf('sensor_0')),
        { into: smaller },
      ),
    ).rejects.toThrow(new RegExp(`^into: the old batch has ${bytes} bytes, this read needs \\d+$`))
    expect(smaller.at(0).temperature).toBe(20.5)
    await expect(read([keyOf('sensor_1')], { into: first })).rejects.toMatchObject({
      code: 'ERR_AEROSTRIDE_BATCH_MOVED',
    })
  })

  test('wrong arguments', async () => {
    const wrong: [unknown, object, string][] = [
      [
        [keyOf('a'), ['test', set, null]],
        {},
        'keys[1][2]: the primary key must be a string, a safe integer, a bigint, a Uint8Array or { digest }, not null',
      ],
      ['sensor_0', {}, 'keys must be an array of [namespace, set, primaryKey] or a KeyList, not the string "sensor_0"'],
      [[], { dtype: undefined }, 'options.dtype must be what dtype() returns, not undefined'],
      [[], { dtype: 'f8' }, 'options.dtype must be what dtype() returns, not the string "f8"'],
      [[], { layout: 'diagonal' }, `options.layout must be 'columns' or 'rows', not the string "diagonal"`],
      [
        [],
        { onloss: 'throw' },
        'options has no option "onloss"; did you mean onLoss? It takes policy, filter, bins, integers, signal, dtype, layout, align, onLoss, fill or into',
      ],
      [
        [],
        { policy: { totalTimeout: -5 } },
        'options.policy.totalTimeout must be an integer from 0 to 2147483647 (milliseconds), not the number -5',
      ],
      [[], { into: new ArrayBuffer(8) }, 'into must be a batch of an earlier read, not an ArrayBuffer'],
      [[], { signal: 'stop' }, 'options.signal must be an AbortSignal, not the string "stop"'],
    ]
    for (const [keys, options, message] of wrong)
      await expect(read(keys, options)).rejects.toThrow(expect.objectContaining({ message }))
  })

  test('a signal that has fired already', async () => {
    const reason = new Error('enough')
    await expect(read([keyOf('sensor_0')], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('without a dtype ordinary records come back', async () => {
    const keys = [keyOf('sensor_1'), keyOf('nobody'), ['bar', set, 'sensor_0'] as Key]
    const records = (await door(cluster.client, 'batchRead', keys)) as ReadRecord[]
    expect(records).toEqual([
      {
        key: keys[0],
        bins: { temperature: 20.5, humidity: 41, status: 1, beside: 'ignored' },
        gen: expect.any(Number),
        ttl: expect.any(Number),
        resultCode: 0,
      },
      { key: keys[1], bins: null, gen: 0, ttl: 0, resultCode: 2 },
      {
        key: keys[2],
        bins: { temperature: -3, humidity: -4, status: 5 },
        gen: expect.any(Number),
        ttl: 0xffff_ffff,
        resultCode: 0,
      },
    ])
    const some = (await door(cluster.client, 'batchRead', keyList('test', set, ['sensor_1']), {
      bins: ['humidity'],
    })) as ReadRecord[]
    expect(some.map((record) => record.bins)).toEqual([{ humidity: 41 }])
  })
})

describe.each(doors)('put and get through the %s door', (_, door) => {
  const put = (key: Key, bins: unknown, options?: object) => door(cluster.client, 'put', key, bins, options)
  const get = async (key: Key, options?: object) =>
    (await door(cluster.client, 'get', key, options)) as ReadRecord | null

  test('every kind of value comes back', async () => {
    const bins = {
      int: 42,
      negative: -1,
      safe: Number.MAX_SAFE_INTEGER,
      wide: 2n ** 63n - 1n,
      least: -(2n ** 63n),
      float: 0.1,
      nan: Number.NaN,
      inf: -Infinity,
      yes: true,
      no: false,
      text: 'grüße 🌍',
      empty: '',
      blob: Uint8Array.of(0, 255),
      none: new Uint8Array(),
      list: [1, 'two', [3.5, false], null],
      map: { a: 1, b: { c: [2n ** 60n] } },
    }
    const key = ['test', freshSet(), 'all'] as const
    await put(key, bins)
    const record = await get(key)
    expect(record).toMatchObject({ key, gen: 1, resultCode: 0 })
    const { blob, none, ...rest } = record!.bins!
    const { blob: _blob, none: _none, ...expected } = bins
    expect(rest).toEqual(expected)
    expect([new Uint8Array(blob as Uint8Array), new Uint8Array(none as Uint8Array)]).toEqual([
      Uint8Array.of(0, 255),
      new Uint8Array(),
    ])
  })

  test('what double() gives shows its value', () => {
    expect(inspect([double(20), double(-0)])).toBe('[ double(20), double(-0) ]')
    expect(JSON.stringify({ a: double(2.5) })).toBe('{"a":2.5}')
    expect(() => structuredClone([double(2.5)])).toThrow('a double(); clone its value')
  })

  test('double() forces a Double where a plain integer is an Int', async () => {
    const key = ['test', freshSet(), 1] as const
    await put(key, { plain: 20, forced: double(20) })
    const flags = dtype({ plain: '?', forced: '?' })
    const batch = (await door(cluster.client, 'batchRead', [key], { dtype: flags })) as Batch<typeof flags.schema>
    expect(batch.conversions).toEqual({
      plain: { missing: 0, lossy: 0, mismatched: 0 },
      forced: { missing: 0, lossy: 0, mismatched: 1, mismatchedTypes: { Double: 1 } },
    })
  })

  test('every kind of key is found again', async () => {
    const name = freshSet()
    const ids = ['text', 'grüße', '', 0, -1, 5, 2n ** 63n - 1n, -(2n ** 63n), Uint8Array.of(5), new Uint8Array()]
    for (const [index, id] of ids.entries()) await put(['test', name, id], { index })
    for (const [index, id] of ids.entries()) expect((await get(['test', name, id]))?.bins).toEqual({ index })
    const columns = (await door(
      cluster.client,
      'batchRead',
      ids.map((id) => ['test', name, id]),
      { dtype: dtype({ index: 'u1' }) },
    )) as Batch<{ index: 'u1' }, 'columns'>
    expect([...columns.columns.index]).toEqual(ids.map((__, index) => index))
  })

  test('a record that is missing is null, and bins narrow', async () => {
    expect(await get(keyOf('nobody'))).toBeNull()
    expect((await get(keyOf('sensor_1'), { bins: ['humidity', 'nothing'] }))?.bins).toEqual({ humidity: 41 })
  })

  test('write policies: create refuses a record that exists, the generation must match, ttl', async () => {
    const key = ['test', freshSet(), 'a'] as const
    await put(key, { a: 1 }, { policy: { exists: 'create', ttl: 1000 } })
    await expect(put(key, { a: 2 }, { policy: { exists: 'create' } })).rejects.toMatchObject({
      name: 'ServerError',
      resultCode: 5,
    })
    await expect(put(key, { a: 2 }, { policy: { generationPolicy: 'eq', generation: 7 } })).rejects.toMatchObject({
      name: 'ServerError',
      resultCode: 3,
    })
    await put(key, { b: 2 }, { policy: { generationPolicy: 'eq', generation: 1, ttl: -2 } })
    const record = await get(key)
    expect(record).toMatchObject({ bins: { a: 1, b: 2 }, gen: 2 })
    expect(record!.ttl).toBeCloseTo(1000, -2)
  })

  test('values that cannot be stored are named by bin and path', async () => {
    const key = ['test', freshSet(), 'a'] as const
    await expect(put(key, { a: { b: [1, Symbol('s')] } })).rejects.toThrow(TypeError)
    await expect(put(key, { a: { b: [1, Symbol('s')] } })).rejects.toThrow(/a.*b.*1/)
    await expect(put(key, { wide: 2n ** 63n })).rejects.toThrow(RangeError)
    await expect(put(key, { unsafe: 2 ** 60 })).resolves.toBeUndefined()
    await expect(put(key, 'bins')).rejects.toThrow(
      'bins must be an object of bin names and values, not the string "bins"',
    )
    await expect(put(['test', set] as unknown as Key, {})).rejects.toThrow(
      'key must be [namespace, set, primaryKey], not an array of 2',
    )
    await expect(put(key, { a: 1 }, { policy: { ttl: 1.5 } })).rejects.toThrow(
      /^options\.policy\.ttl must be an integer/,
    )
  })
})

test('key lists of every kind of id', async () => {
  const name = freshSet()
  const { client } = cluster
  for (let id = 0; id < 4; id++) await client.put(['test', name, id], { id })
  const schema = dtype({ id: 'i8' })
  const lists = [
    [0, 1, 2, 3],
    [0n, 1n, 2n, 3n],
    Int8Array.of(0, 1, 2, 3),
    Int16Array.of(0, 1, 2, 3),
    Int32Array.of(0, 1, 2, 3),
    Uint8Array.of(0, 1, 2, 3),
    Uint16Array.of(0, 1, 2, 3),
    Uint32Array.of(0, 1, 2, 3),
    BigInt64Array.of(0n, 1n, 2n, 3n),
    BigUint64Array.of(0n, 1n, 2n, 3n),
  ]
  for (const ids of lists) {
    const batch = await client.batchRead(keyList('test', name, ids), { dtype: schema })
    expect([...batch.columns.id]).toEqual([0n, 1n, 2n, 3n])
    expect(batch.keys).toEqual([0, 1, 2, 3].map((id) => ['test', name, id]))
    expect(batch.get(2)).toEqual({ id: 2n })
  }
})

test('negative and wide integers of typed arrays are the same keys as numbers', async () => {
  const name = freshSet()
  const { client } = cluster
  await client.put(['test', name, -7], { id: 1 })
  await client.put(['test', name, -(2n ** 63n)], { id: 2 })
  await client.put(['test', name, 2 ** 32 - 1], { id: 3 })
  const schema = dtype({ id: 'i8' })
  const read = async (ids: Parameters<typeof keyList>[2]) => [
    ...(await client.batchRead(keyList('test', name, ids), { dtype: schema })).columns.id,
  ]
  expect(await read(Int8Array.of(-7))).toEqual([1n])
  expect(await read(Int32Array.of(-7))).toEqual([1n])
  expect(await read(BigInt64Array.of(-7n, -(2n ** 63n)))).toEqual([1n, 2n])
  expect(await read(Uint32Array.of(2 ** 32 - 1))).toEqual([3n])
})

test('a key list is a copy of its ids', async () => {
  const ids = Int32Array.of(5)
  const list = keyList('test', set, ids)
  ids[0] = 6
  const batch = await cluster.client.batchRead(list, { dtype: sensor })
  expect([batch.columns.temperature[0], batch.keys[0]]).toEqual([25.5, ['test', set, 5]])
})

test('wrong key lists', () => {
  expect(() => keyList('', 'demo', [])).toThrow('namespace: the namespace must not be empty')
  expect(() => keyList('test', 5 as never, [])).toThrow("set: the set must be a string ('' for none), not the number 5")
  expect(() => keyList('test', 'demo', 'abc' as never)).toThrow(
    'ids must be an array or an integer typed array, not the string "abc"',
  )
  expect(() => keyList('test', 'demo', Float64Array.of(1) as never)).toThrow(
    'ids must be an array or an integer typed array, not a Float64Array',
  )
  expect(() => keyList('test', 'demo', [1, 1.5])).toThrow('ids[1]: the number 1.5 is not an integer')
  expect(() => keyList('test', 'demo', BigUint64Array.of(1n, 2n ** 63n))).toThrow(
    'ids[1]: the bigint 9223372036854775808n does not fit into a signed 64-bit integer',
  )
})

test('many reads of one client at once', async () => {
  const { client } = cluster
  const reads = Array.from({ length: 50 }, (_, index) =>
    client.batchRead([keyOf(index % 2 === 0 ? 'sensor_0' : 'sensor_1')], { dtype: sensor }),
  )
  const temperatures = (await Promise.all(reads)).map((batch) => batch.columns.temperature[0])
  expect(temperatures).toEqual(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 20 : 20.5)))
})
