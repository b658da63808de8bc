import { beforeAll, describe, expect, test } from 'vitest'
import { type Batch, type Key, type KeyAndBins, connect, ctx, dtype, keyList, op } from '../src/index.js'
import { native } from '../src/binding/native.js'
import { nativeDtypeOf } from '../src/dtype/dtype.js'
import { nativeKeyListOf } from '../src/keys/key-list.js'
import { translated } from '../src/errors.js'
import { type Method, doors } from './support/doors.js'
import { testCluster } from './support/server.js'

/** Arguments of the wrong kind in every place: the error is this package's, and says what was wrong; the engine has no say. */

const cluster = testCluster({ server: {} })

const key: Key = ['test', 'wrong', 1]
const sensor = dtype({ a: 'f8', s: 'S4', m: ['i4', [2, 3]] })
const columns = { a: [1], s: ['x'], m: [[1, 2, 3, 4, 5, 6]] }

/** A view on memory that has gone. */
function detached(): Uint8Array {
  const bytes = new Uint8Array(8)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

const strange: [string, unknown][] = [
  ['null', null],
  ['a number', 5],
  ['NaN', Number.NaN],
  ['a text', 'x'],
  ['a symbol', Symbol('x')],
  ['a bigint', 2n ** 70n],
  ['a function', () => 1],
  ['an array', [1, 2]],
  ['an array with a hole', [, 'a'] as unknown[]], // oxlint-disable-line no-sparse-arrays
  ['an array of undefined', [undefined, undefined, undefined]],
  ['an object', { a: 1 }],
  ['an object without a prototype', Object.create(null)],
  ['a date', new Date(0)],
  ['a map', new Map([['a', 1]])],
  ['a dtype', sensor],
  ['a promise', Promise.resolve()],
  ['a view', new DataView(new ArrayBuffer(8))],
  ['a detached array', detached()],
]

/** Calls with one place each, into which the values go. */
const places: [string, Method, (value: unknown) => unknown[]][] = [
  ['the keys of batchRead', 'batchRead', (value) => [value]],
  ['a key of batchRead', 'batchRead', (value) => [[value]]],
  ['a primary key', 'batchRead', (value) => [[['test', 'wrong', value]]]],
  ['a set', 'batchRead', (value) => [[['test', value, 1]]]],
  ['a namespace', 'batchRead', (value) => [[[value, 'wrong', 1]]]],
  ['the options of batchRead', 'batchRead', (value) => [[key], value]],
  ['the bins of batchRead', 'batchRead', (value) => [[key], { bins: value }]],
  ['the dtype', 'batchRead', (value) => [[key], { dtype: value }]],
  ['the bins of a dtype', 'batchRead', (value) => [[key], { dtype: sensor, bins: value }]],
  ['the layout', 'batchRead', (value) => [[key], { dtype: sensor, layout: value }]],
  ['into', 'batchRead', (value) => [[key], { dtype: sensor, into: value }]],
  ['a signal', 'batchRead', (value) => [[key], { dtype: sensor, signal: value }]],
  ['a policy', 'get', (value) => [key, { policy: value }]],
  ['what batchWrite writes', 'batchWrite', (value) => [[key], value]],
  ['columns', 'batchWrite', (value) => [[key], { dtype: sensor, columns: value }]],
  ['a column of numbers', 'batchWrite', (value) => [[key], { dtype: sensor, columns: { ...columns, a: value } }]],
  ['a number', 'batchWrite', (value) => [[key], { dtype: sensor, columns: { ...columns, a: [{ value }] } }]],
  ['a column of texts', 'batchWrite', (value) => [[key], { dtype: sensor, columns: { ...columns, s: value } }]],
  ['a column of matrices', 'batchWrite', (value) => [[key], { dtype: sensor, columns: { ...columns, m: value } }]],
  ['a matrix', 'batchWrite', (value) => [[key], { dtype: sensor, columns: { ...columns, m: [[value]] } }]],
  ['validity', 'batchWrite', (value) => [[key], { dtype: sensor, columns, valid: value }]],
  ['a mask', 'batchWrite', (value) => [[key], { dtype: sensor, columns, valid: { a: value } }]],
  ['the key of get', 'get', (value) => [value]],
  ['the bins of put', 'put', (value) => [key, value]],
  ['the records of putMany', 'putMany', (value) => [value]],
  ['a record of putMany', 'putMany', (value) => [[value]]],
  ['the bins of putMany', 'putMany', (value) => [[[key, value]]]],
  ['the bins of select', 'select', (value) => [key, value]],
  ['operations', 'operate', (value) => [key, value]],
  ['an operation', 'operate', (value) => [key, [value]]],
  ['an addend', 'add', (value) => [key, { a: value }]],
  ['a piece', 'append', (value) => [key, { a: [value] }]],
  ['info names', 'info', (value) => [value]],
  ['the time of truncate', 'truncate', (value) => ['test', 'wrong', { before: value }]],
]

/** What a call may end with: a result, or an error that this package has made. */
async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call()
    return 'a result'
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    const isOurs = code?.startsWith('ERR_AEROSTRIDE_') === true && code !== 'ERR_AEROSTRIDE_INTERNAL'
    return isOurs ? 'an error of ours' : `${String(code)}: ${String(message)}`
  }
}

describe.each(doors)('through the %s door', (_, door) => {
  describe.each(places)('%s', (__, method, args) => {
    test.each(strange)('is %s', async (___, value) => {
      expect(['a result', 'an error of ours']).toContain(
        await outcomeOf(() => door(cluster.client, method, ...args(value))),
      )
    })
  })
})

describe('without a call', () => {
  let batch: Batch
  beforeAll(async () => {
    batch = await cluster.client.batchRead([key], { dtype: sensor })
  })

  test.each(strange)('%s', async (_, value) => {
    const any = value as never
    for (const call of [
      () => dtype(any),
      () => dtype({ a: any }),
      () => dtype([any]),
      () => dtype({ a: ['f8', any] }),
      () => keyList('test', 'wrong', any),
      () => keyList(any, 'wrong', [1]),
      () => batch.get(any),
      () => batch.has(any),
      () => batch.at(any),
      () => batch.where(any),
      () => batch.columns.s,
      () => connect({ hosts: any, connectTimeout: 50 }),
      () => connect({ hosts: '127.0.0.1:1', [String(value === null)]: 1 }),
    ]) {
      expect(['a result', 'an error of ours']).toContain(await outcomeOf(call))
    }
  })
})

describe('what is said', () => {
  const told: [string, () => unknown, unknown][] = [
    [
      'a dtype in the place of options',
      () => cluster.client.batchRead([key], sensor as never),
      'options must be an object such as { dtype: sensor }, not a dtype',
    ],
    [
      'a dtype in the place of columns',
      () => cluster.client.batchWrite([key], sensor as never),
      'options must be an object such as { dtype: sensor }, not a dtype',
    ],
    [
      'a mistyped dtype',
      () => cluster.client.batchRead([key], { dtyp: sensor } as never),
      expect.stringMatching(
        /^options has no option "dtyp"; did you mean dtype\? It takes dtype, layout, align, onLoss, fill, into, policy, .* or signal$/,
      ),
    ],
    [
      'an option of columns without a dtype',
      () => cluster.client.batchRead([key], { layout: 'rows' } as never),
      'options.layout is for reads into columns: options.dtype is missing',
    ],
    [
      'no column',
      () => cluster.client.batchWrite([key], { dtype: sensor, columns: { ...columns, a: null as never } }),
      'options.columns.a must be a typed array or an array of 1 values for f8, not null',
    ],
    [
      'a key of nothing',
      () => cluster.client.batchRead([[undefined, undefined, 1] as never]),
      'keys[0][0]: the namespace must be a string, not undefined',
    ],
    [
      'too long a bin',
      () => cluster.client.get(key, { bins: ['sixteen_bytes_16'] }),
      'options.bins[0]: the bin "sixteen_bytes_16" has 16 bytes, at most 15 fit',
    ],
    [
      'a hole among bins',
      () => cluster.client.get(key, { bins: ['a', , 'b'] as string[] }), // oxlint-disable-line no-sparse-arrays
      'options.bins[1] must be the name of a bin, not undefined',
    ],
    [
      'a hole among records',
      () => cluster.client.putMany([[key, { a: 1 }], , [key, { a: 1 }]] as KeyAndBins[]), // oxlint-disable-line no-sparse-arrays
      'records[1] must be [key, bins], not undefined',
    ],
    [
      'a hole among operations',
      () => cluster.client.operate(key, [op.read('a'), , op.touch()] as never), // oxlint-disable-line no-sparse-arrays
      "operations[1] must be an operation such as op.read('bin'), not undefined",
    ],
    [
      'more than ten years',
      () => cluster.client.put(key, { a: 1 }, { policy: { ttl: 315_360_001 } }),
      'options.policy.ttl must be an integer from -2 to 315360000 (seconds, at most ten years; -1 never, -2 keep, 0 the default of the namespace), not the number 315360001',
    ],
    [
      'half a character in a value',
      () => cluster.client.put(key, { a: { b: ['x\ud800'] } }),
      String.raw`bins.a.b[0] has a lone surrogate, which UTF-8 cannot hold: "x\ud800"`,
    ],
    [
      'half a character in a key of a map',
      () => cluster.client.put(key, { a: { '\udc00': 1 } }),
      String.raw`a key of bins.a has a lone surrogate, which UTF-8 cannot hold: "\udc00"`,
    ],
    [
      'half a character in a key of a Map',
      () => cluster.client.putMany([[key, { a: new Map([['\udc00', 1]]) }]]),
      String.raw`a key of records[0][1].a has a lone surrogate, which UTF-8 cannot hold: "\udc00"`,
    ],
    [
      'half a character that is appended',
      () => cluster.client.append(key, { a: '\ud800' }),
      String.raw`bins.a has a lone surrogate, which UTF-8 cannot hold: "\ud800"`,
    ],
    [
      'half a character in the name of a field',
      () => dtype({ '\ud800': 'f8' }),
      String.raw`dtype field 0 "\ud800": the name has a lone surrogate, which UTF-8 cannot hold`,
    ],
    [
      'half a character in a name',
      () => connect({ hosts: 'a', clusterName: '\ud800' }),
      String.raw`options.clusterName has a lone surrogate, which UTF-8 cannot hold: "\ud800"`,
    ],
    [
      'numpy’s form by keywords',
      () => dtype({ names: ['a', 'b'], formats: ['f8', 'i4'] } as never),
      `dtype: numpy's form { names, formats } is not supported, nor are its offsets and titles; write a list of fields: [["a", "f8"], ["b", "i4"]]`,
    ],
    [
      'numpy’s titles',
      () => dtype([[['Temperature', 'a'], 'f8']] as never),
      'dtype[0]: titles are not supported; write the name alone, as ["a", code]',
    ],
  ]
  test.each(told)('%s', async (_, call, message) => {
    await expect(async () => call()).rejects.toThrow(expect.objectContaining({ message }))
  })

  test('fields may be called as numpy’s keywords are', () => {
    expect(dtype({ names: ['f8', 2], formats: 'i4' }).names).toEqual(['names', 'formats'])
  })

  test('a ttl that is forbidden names the setting that it needs', async () => {
    cluster.server.setFaults(['on=write code=22'])
    const error = await cluster.client.put(key, { a: 1 }, { policy: { ttl: 60 } }).catch((thrown: unknown) => thrown)
    cluster.server.setFaults([])
    expect(error).toMatchObject({ name: 'ServerError', resultCode: 22 })
    expect((error as Error).message).toContain('a write with a ttl is refused where the namespace has no nsup-period')
  })
})

describe('nested cells', () => {
  const matrix = dtype({ m: ['i4', [2, 3]], deep: ['i4', [2, 2, 2]] })
  const deep = [1, 2, 3, 4, 5, 6, 7, 8]
  const write = (m: unknown, d: unknown = deep): Promise<unknown> =>
    cluster.client.batchWrite([key], { dtype: matrix, columns: { m: [m], deep: [d] } as never })

  test.each([
    ['flat', [1, 2, 3, 4, 5, 6]],
    ['in rows', [[1, 2, 3], [4, 5, 6]]], // prettier-ignore
    ['in rows that are typed arrays', [Int32Array.of(1, 2, 3), Int16Array.of(4, 5, 6)]],
  ])('%s', async (_, cell) => {
    await write(cell, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]) // prettier-ignore
    const { columns: read } = await cluster.client.batchRead([key], { dtype: matrix })
    expect([...read.m.row(0)]).toEqual([1, 2, 3, 4, 5, 6])
    expect([...read.deep.row(0)]).toEqual(deep)
  })

  test.each<[string, unknown, unknown, string]>([
    [
      'of the other shape',
      [[1, 2], [3, 4], [5, 6]], // prettier-ignore
      deep,
      'options.columns.m[0] has 3 elements, and i4[2,3] needs 2 at this depth',
    ],
    [
      'cut unevenly',
      [[1, 2], [3, 4, 5, 6]], // prettier-ignore
      deep,
      'options.columns.m[0][0] has 2 elements, and i4[2,3] needs 3 at this depth',
    ],
    [
      'nested in part',
      [1, 2, 3, 4, 5, 6],
      [[1, 2, 3, 4], [5, 6, 7, 8]], // prettier-ignore
      'options.columns.deep[0][0] has 4 elements, and i4[2,2,2] needs 2 at this depth',
    ],
    [
      'mixed',
      [[1, 2, 3], 4], // prettier-ignore
      deep,
      'options.columns.m[0][1] must be an array of 3, as the shape is nested, for i4[2,3], not the number 4',
    ],
    [
      'nested too deep',
      [[[1], [2], [3]], [[4], [5], [6]]], // prettier-ignore
      deep,
      'options.columns.m[0][0] must be an integer, not an array of 1',
    ],
  ])('%s are refused', async (_, m, d, message) => {
    await expect(write(m, d)).rejects.toThrow(expect.objectContaining({ message }))
  })

  test('a column of another shape is not cut anew', async () => {
    const turned = dtype({ m: ['i4', [3, 2]] })
    const { columns: read } = await cluster.client.batchRead([key], { dtype: turned })
    await expect(
      cluster.client.batchWrite([key], { dtype: dtype({ m: ['i4', [2, 3]] }), columns: { m: read.m } }),
    ).rejects.toThrow('options.columns.m has cells of the shape [3, 2], which do not fit i4[2,3]')
  })
})

const threeRows = (layout: 'columns' | 'rows'): Batch =>
  cluster.client.batchReadSync([key, key, key], { dtype: dtype({ a: 'f8', b: '?' }), layout })

const give = (batch: Batch): void => void structuredClone(batch.buffer, { transfer: [batch.buffer] })

describe('memory that is given away', () => {
  const moved = { code: 'ERR_AEROSTRIDE_BATCH_MOVED' }
  test.each(['columns', 'rows'] as const)('between two rows, in the %s layout', (layout) => {
    const batch = threeRows(layout)
    expect(() => {
      for (const row of batch) {
        expect(row).toHaveProperty('a')
        give(batch)
      }
    }).toThrow(expect.objectContaining(moved))
    const masked = threeRows(layout)
    expect(() =>
      masked.where(() => {
        give(masked)
        return true
      }),
    ).toThrow(expect.objectContaining(moved))
  })
})

test.each([2 ** 32 + 1, -1, 0.5, Number.NaN])('%s rows are not placed', (rows) => {
  const place = (): unknown => translated(() => native.layoutOf(nativeDtypeOf(sensor), rows, 'columns', false))
  expect(place).toThrow(`${rows} rows; a batch has 0 to 4294967295 of them`)
})

test.each([nativeKeyListOf(keyList('test', 'wrong', [1])), {}, 5, null])(
  'the binding takes no %s for a dtype',
  (other) => {
    expect(() => native.fieldsOf(other as never)).toThrow(/external/i)
  },
)

test('a Buffer of keys is copied', async () => {
  const ids = Buffer.from([1, 2])
  const keys = keyList('test', 'wrong', ids)
  ids[0] = 9
  const records = await cluster.client.batchRead(keys)
  expect(records.map(({ key: each }) => each[2])).toEqual([1, 2])
})

describe('bins that are no object of names and values', () => {
  const values: [string, unknown][] = [
    ['a Map', new Map([['a', 1]])],
    ['a Date', new Date(0)],
    ['a Promise', Promise.resolve({ a: 1 })],
    ['a Uint8Array', Uint8Array.of(1, 2)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
  ]
  test.each(values)('%s', async (name, value) => {
    const bins = value as Record<string, number>
    const message = (argument: string): string => `${argument} must be an object of bin names and values, not ${name}`
    const { client } = cluster
    await expect(client.put(key, bins)).rejects.toThrow(message('bins'))
    await expect(client.add(key, bins)).rejects.toThrow(message('bins'))
    await expect(client.putMany([[key, bins]])).rejects.toThrow(message('records[0][1]'))
  })

  test('an object of a class has bins', async () => {
    class Sensor {
      a = 7
    }
    await cluster.client.put(key, new Sensor() as never)
    expect((await cluster.client.get(key, { bins: ['a'] }))?.bins).toEqual({ a: 7 })
  })
})

test.each<[() => unknown, string]>([
  [() => ctx.listIndex('x' as never), 'index must be an integer, not the string "x"'],
  [() => ctx.listIndex(1.5), 'index must be an integer, not the number 1.5'],
  [() => ctx.listIndexCreate(null as never), 'index must be an integer, not null'],
  [() => ctx.listIndexCreate(2 ** 27, { pad: true }), 'index must be at most 134217727 with pad, not'],
  [() => ctx.listIndexCreate((2n ** 32n) as never, { pad: true }), 'index must be at most 134217727 with pad, not'],
  [() => ctx.listRank([1] as never), 'rank must be an integer, not an array of 1'],
  [() => ctx.mapIndex(true as never), 'index must be an integer, not true'],
  [() => ctx.mapRank('0' as never), 'rank must be an integer, not the string "0"'],
  [() => ctx.mapKey({} as never), 'key must be a string, an integer or a Uint8Array, not an object'],
  [() => ctx.mapKeyCreate(1.5), 'key must be a string, an integer or a Uint8Array, not the number 1.5'],
  [() => ctx.mapKeys('ab' as never), 'keys must be an array of keys, not the string "ab"'],
  [() => ctx.mapKeys(['a', null] as never), 'keys[1] must be a string, an integer or a Uint8Array, not null'],
])('a step of a context: %s', (step, message) => {
  expect(step).toThrow(message)
})

test.each<[() => object, string]>([
  [() => op.maps.put('m', 1.5, 1), 'operations[0].key must be a string, a safe integer, a bigint or a Uint8Array, not'],
  [() => op.maps.getByKey('m', {} as never), 'operations[0].key must be a string, a safe integer, a bigint or'],
])('the key of a map: %s', async (operation, message) => {
  await expect(cluster.client.operate(key, [operation() as never])).rejects.toThrow(message)
})
