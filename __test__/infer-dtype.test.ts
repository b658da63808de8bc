import fc from 'fast-check'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { type Batch, type InferredDtype, type Key, double, dtype } from '../src/index.js'
import { dtypeLiteral } from '../src/schema/literal.js'
import { tableOfSeen } from '../src/schema/table.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

/** Stores records, one after the other, and looks at all of them. */
async function inferred(
  records: readonly Record<string, unknown>[],
  options: Parameters<typeof cluster.client.inferDtype>[2] = {},
): Promise<{ seen: InferredDtype; set: string }> {
  const set = freshSet()
  const written = await cluster.client.putMany(records.map((bins, id): [Key, typeof bins] => [['test', set, id], bins]))
  expect(written.ok).toBe(records.length)
  return { seen: await cluster.client.inferDtype('test', set, options), set }
}

/** What is chosen for a bin that has these values. */
async function chosen(values: readonly unknown[], options: Parameters<typeof inferred>[1] = {}): Promise<unknown> {
  const { seen } = await inferred(
    values.map((value) => ({ b: value })),
    options,
  )
  return seen.bins['b']?.type
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const half = 0.5

describe('the type of a bin', () => {
  test.each<[name: string, values: unknown[], type: unknown, compact?: unknown]>([
    ['integers', [1, -2], 'i8', 'i1'],
    ['integers from 0 to 255', [0, 255], 'i8', 'u1'],
    ['integers from 0 on', [0, 256], 'i8', 'u2'],
    ['integers of 16 bits', [-1, 0x7fff], 'i8', 'i2'],
    ['integers beyond 16 bits', [-1, 0x8000], 'i8', 'i4'],
    ['integers to 2^32 - 1', [0, 0xffff_ffff], 'i8', 'u4'],
    ['integers beyond 32 bits', [-1, 0x8000_0000], 'i8', 'i8'],
    ['the largest integers', [-(2n ** 63n), 2n ** 63n - 1n], 'i8', 'i8'],
    ['floats', [half, double(1)], 'f8', 'f4'],
    ['floats of 64 bits', [half, 0.1], 'f8', 'f8'],
    ['floats that are no number', [double(Number.NaN), half], 'f8', 'f4'],
    ['floats and integers', [half, 2 ** 53 - 1], 'f8', 'f8'],
    ['floats, and integers that they cannot hold', [half, 2n ** 53n + 1n], 'any', 'any'],
    ['booleans', [true, false], '?', '?'],
    ['booleans and integers', [true, 1], 'any', 'any'],
    ['text', ['a', 'Grüße'], 'utf8', 'utf8'],
    ['text and numbers', ['a', 1], 'any', 'any'],
    ['bytes', [bytes(1), bytes(2, 3)], 'binary', 'binary'],
    ['bytes and text', [bytes(1), 'a'], 'any', 'any'],
    ['lists of integers', [[1, 2], []], ['i8', null], ['u1', null]],
    ['lists of floats', [[half], [0.1, double(1)]], ['f8', null], ['f8', null]],
    ['lists of numbers', [[half, 1], [2]], ['f8', null], ['f8', null]],
    ['lists of large numbers', [[half, 2n ** 60n]], 'any', 'any'],
    ['lists of booleans', [[true], [false]], 'any', 'any'],
    ['lists of text', [['a']], 'any', 'any'],
    ['lists of lists', [[[1]]], 'any', 'any'],
    ['lists with nothing in between', [[1, null]], 'any', 'any'],
    ['empty lists', [[], []], 'any', 'any'],
    ['maps', [{ a: 1 }], 'any', 'any'],
    ['lists and integers', [[1], 1], 'any', 'any'],
  ])('%s', async (_, values, type, compact = type) => {
    expect(await chosen(values)).toEqual(type)
    expect(await chosen(values, { compact: true })).toEqual(compact)
  })

  test('text as cells of a fixed size, where those keep it', async () => {
    const fixed = { strings: 'fixed' } as const
    expect(await chosen(['a', 'Grüße', ''], fixed)).toBe('S7')
    expect(await chosen([''], fixed)).toBe('S1')
    expect(await chosen(['a\0'], fixed)).toBe('utf8')
    expect(await chosen(['{"type":"Point","coordinates":[1,2]}'], fixed)).toBe('utf8')
  })

  test('lists as sub-arrays, where all have the same length', async () => {
    const fixed = { lists: 'fixed' } as const
    expect(
      await chosen(
        [
          [1, 2],
          [3, 4],
        ],
        fixed,
      ),
    ).toEqual(['i8', 2])
    expect(await chosen([[1, 2], [3]], fixed)).toEqual(['i8', null])
    expect(await chosen([[half], [half]], { ...fixed, compact: true })).toEqual(['f4', 1])
  })

  test('text that may not be UTF-8 stays as it is', async () => {
    expect(await chosen(['a\ufffd'])).toBe('any')
  })
})

test('what was seen of every bin', async () => {
  const { seen } = await inferred([
    { n: 5, name: 'Ada', mixed: 1, v: [1, 2, 3] },
    { n: -7, name: 'Grüße', mixed: 'x', raw: bytes(1, 2) },
    { n: 2n ** 60n, mixed: 2.5 },
    { n: 0, mixed: -3 },
  ])
  expect(seen.records).toBe(4)
  expect(seen.isWhole).toBe(true)
  expect(Object.keys(seen.bins)).toEqual(['mixed', 'n', 'name', 'raw', 'v'])
  expect(seen.bins).toMatchObject({
    n: { types: { Int: 4 }, missing: 0, smallest: -7, largest: 2n ** 60n, type: 'i8', places: {} },
    name: { types: { String: 2 }, missing: 0.5, longest: 7, type: 'utf8' },
    raw: { types: { Blob: 1 }, missing: 0.75, longest: 2, type: 'binary' },
    mixed: { types: { Int: 2, String: 1, Double: 1 }, smallest: -3, largest: 2.5, longest: 1, type: 'any' },
    v: { types: { List: 1 }, elements: 3, type: ['i8', null] },
  })
  expect(seen.bins['v']?.places).toEqual({ '$.v.[*]': { types: { Int: 3 }, smallest: 1, largest: 3, type: 'i8' } })
})

describe('places in lists and maps', () => {
  const profile = {
    address: { city: 'Rome', zip: 100, at: { x: half } },
    'first name': 'Ada',
    "it's": 1,
    tags: ['a', 'b'],
    visits: [{ day: 1 }, { day: 2, ok: true }],
  }
  const records = [
    {
      profile,
      byId: new Map<unknown, unknown>([
        [5, 'five'],
        [bytes(1, 255), 2],
      ]),
    },
    { profile: { address: { city: 'Oslo' } } },
  ]
  const placesAt = async (depth?: number): Promise<string[]> => {
    const { seen } = await inferred(records, depth === undefined ? {} : { depth })
    return Object.values(seen.bins).flatMap(({ places }) => Object.keys(places))
  }

  test('down to the depth that is asked for', async () => {
    expect(await placesAt(0)).toEqual([])
    const first = ['$.byId.5', "$.byId.X'01ff'"]
    const one = [
      "$.profile.'first name'",
      '$.profile."it\'s"',
      '$.profile.address',
      '$.profile.tags',
      '$.profile.visits',
    ]
    const elements = ['$.profile.tags.[*]', '$.profile.visits.[*]']
    expect((await placesAt(1)).toSorted()).toEqual([...first, ...one, ...elements].toSorted())
    const two = ['$.profile.address.at', '$.profile.address.city', '$.profile.address.zip']
    expect((await placesAt()).toSorted()).toEqual([...first, ...one, ...elements, ...two].toSorted())
    const three = ['$.profile.address.at.x', '$.profile.visits.[*].day', '$.profile.visits.[*].ok']
    expect((await placesAt(3)).toSorted()).toEqual([...first, ...one, ...elements, ...two, ...three].toSorted())
  })

  test('with what was seen there', async () => {
    const { seen } = await inferred(records, { depth: 3 })
    expect(seen.bins['profile']?.places).toMatchObject({
      '$.profile.address.city': { types: { String: 2 }, missing: 0, longest: 4, type: 'utf8' },
      '$.profile.address.zip': { types: { Int: 1 }, missing: 0.5, smallest: 100, type: 'i8' },
      '$.profile.visits.[*].day': { types: { Int: 2 }, smallest: 1, largest: 2 },
      '$.profile.tags': { types: { List: 1 }, elements: 2, type: 'any' },
    })
    expect(seen.bins['profile']?.places['$.profile.tags.[*]']).not.toHaveProperty('missing')
  })

  test('that have a value of their own are read from there', async () => {
    const { seen, set } = await inferred(records, { depth: 2 })
    const fields = ['$.profile.address.city', '$.profile.address.zip', "$.profile.'first name'"]
    const read = dtype(
      Object.fromEntries(
        fields.map((from, at) => [`f${at}`, { type: seen.bins['profile']?.places[from]?.type as string, from }]),
      ),
    )
    const rows = (await cluster.client.batchRead([['test', set, 0]], { dtype: read })).toObjects()
    expect(rows).toEqual([{ f0: 'Rome', f1: 100n, f2: 'Ada' }])
  })

  test('of a map with many keys are not all looked at', async () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at]))
    const { seen } = await inferred([{ wide, other: { a: 1 } }])
    expect(Object.keys(seen.bins['wide']?.places ?? {})).toHaveLength(256)
    expect(seen.bins['wide']?.elements).toBe(1000)
    expect(Object.keys(seen.bins['other']?.places ?? {})).toEqual(['$.other.a'])
  })
})

describe('the dtype', () => {
  /** Values of every type that a bin can have. */
  const scalar = fc.oneof(
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noDefaultInfinity: false }).map((value) => double(value)),
    fc.boolean(),
    fc.string({ maxLength: 30 }),
    fc.uint8Array({ maxLength: 30 }),
  )
  const lists = [
    fc.integer(),
    fc.double().map((each) => double(each)),
    fc.boolean(),
    fc.string({ maxLength: 9 }),
    scalar,
  ].map((element) => fc.array(element as fc.Arbitrary<unknown>, { maxLength: 4 }))
  const pairs = [fc.integer(), fc.double().map((each) => double(each)), fc.boolean()].map((element) =>
    fc.array(element as fc.Arbitrary<unknown>, { minLength: 2, maxLength: 2 }),
  )
  const map = fc.dictionary(fc.string({ maxLength: 5 }), scalar, { maxKeys: 4, noNullPrototype: true })
  const value = fc.oneof(scalar, ...lists, map)
  /** A bin keeps to one type, most of the time. */
  const own = [fc.integer(), fc.double().map((each) => double(each)), fc.boolean(), fc.string({ maxLength: 30 })]
  const column = fc.oneof(
    ...[...own, fc.uint8Array({ maxLength: 30 }), ...lists, ...pairs, map, value].map((each) =>
      fc.array(fc.option(each as fc.Arbitrary<unknown>, { nil: undefined }), { minLength: 6, maxLength: 6 }),
    ),
  )

  test.each([
    {},
    { compact: true },
    { strings: 'fixed' },
    { lists: 'fixed' },
    { compact: true, strings: 'fixed', lists: 'fixed' },
  ] as const)('reads what it was made of without a mismatch and without a loss, %j', async (options) => {
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 5 }), async (columns) => {
        const records = Array.from({ length: 6 }, (_, row) => ({
          id: row,
          ...Object.fromEntries(
            columns.flatMap((each, at) => (each[row] === undefined ? [] : [[`b${at}`, each[row]]])),
          ),
        }))
        const { seen, set } = await inferred(records, options)
        const batch = (await cluster.client
          .scan('test', set, { dtype: seen.dtype, onLoss: 'throw' })
          .toBatch()) as Batch
        expect(batch.length).toBe(6)
        for (const [name, counts] of Object.entries(batch.conversions)) {
          const missing = records.filter((record) => !(name in record)).length
          expect({ name, ...counts }).toMatchObject({ name, missing, lossy: 0, mismatched: 0 })
          expect(seen.bins[name]?.missing).toBeCloseTo(missing / 6)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is made of a sample, of as many records as are asked for', async () => {
    const records = Array.from({ length: 500 }, (_, id) => ({ id, even: id % 2 === 0 }))
    const { set } = await inferred(records)
    const some = await cluster.client.inferDtype('test', set, { sample: 100 })
    expect([some.records, some.isWhole]).toEqual([100, false])
    const all = await cluster.client.inferDtype('test', set, { sample: Infinity })
    expect([all.records, all.isWhole]).toEqual([500, true])
    const filtered = await cluster.client.inferDtype('test', set, {
      filter: '$.id < 10',
      partitions: { begin: 0, count: 4096 },
    })
    expect([filtered.records, filtered.bins['id']?.largest]).toEqual([10, 9])
  })

  test('is printed as code that makes it again', async () => {
    const { seen } = await inferred([
      {
        temperature: half,
        'a b': 1,
        "it's": 'x',
        'back\\slash': true,
        'tab\t': [1],
        _ok: 1,
        $: 1,
        é: 1,
        new: 1,
        '1': 2,
        __proto__: 3,
      },
    ])
    const made = runInNewContext(seen.toString(), { dtype }) as typeof seen.dtype
    expect(made.fields).toEqual(seen.dtype.fields)
    expect(made.names).toEqual(Object.keys(seen.bins).toSorted())
  })

  test('is printed as an object, or as a list where an object would change it', () => {
    expect(
      dtypeLiteral([
        ['temperature', 'f8'],
        ['a b', ['f4', null]],
        ["it's", ['i8', 3]],
        ['"', 'utf8'],
      ]),
    ).toBe(`dtype({\n  temperature: 'f8',\n  'a b': ['f4', null],\n  'it\\'s': ['i8', 3],\n  '"': 'utf8',\n})`)
    expect(
      dtypeLiteral([
        ['10', 'f8'],
        ['v', ['f4', null]],
      ]),
    ).toBe(`dtype([\n  ['10', 'f8'],\n  ['v', 'f4', null],\n])`)
    expect(dtypeLiteral([['__proto__', 'f8']])).toBe(`dtype([\n  ['__proto__', 'f8'],\n])`)
    expect(dtypeLiteral([['01', 'f8']])).toBe(`dtype({\n  '01': 'f8',\n})`)
  })
})

test('the table has a line for each bin and place', async () => {
  const { seen } = await inferred([
    { t: 20.5, p: { city: 'Rome' } },
    { t: 21, p: { city: 'Oslo', zip: 7 } },
    { p: { city: 'Rome' } },
  ])
  expect(inspect(seen)).toBe(`dtype({\n  p: 'any',\n  t: 'f8',\n})`)
  expect(tableOfSeen(seen)).toBe(
    [
      'bin or place  type    values           missing  smallest  largest  longest  elements',
      "p             'any'   3 Map            0 %                                         2",
      "  $.p.city    'utf8'  3 String         0 %                               4          ",
      "  $.p.zip     'i8'    1 Int            66.7 %          7        7                    ",
      "t             'f8'    1 Double, 1 Int  33.3 %       20.5       21                    ",
    ]
      .map((line) => `${line.trimEnd()}\n`)
      .join(''),
  )
})

describe('what is refused', () => {
  test.each([
    [
      { sample: 0 },
      RangeError,
      'options.sample must be an integer from 1 to 9007199254740991 (records, or Infinity for all), not the number 0',
    ],
    [{ depth: -1 }, RangeError, 'options.depth must be an integer from 0 to 64, not the number -1'],
    [{ strings: 'S8' }, RangeError, `options.strings must be 'utf8' or 'fixed', not the string "S8"`],
    [{ compact: 1 }, TypeError, 'options.compact must be true or false, not the number 1'],
    [{ samples: 5 }, TypeError, 'options has no option "samples"; did you mean sample?'],
    [{ filter: '$.a =' }, Error, /^options\.filter, line 1/],
    [{ partitions: [5000] }, RangeError, /^options\.partitions\[0\] must be an integer from 0 to 4095/],
  ])('options %j', async (options, error, message) => {
    const call = cluster.client.inferDtype('test', 'any', options as object)
    await expect(call).rejects.toThrow(error)
    await expect(call).rejects.toThrow(message)
    expect(() => cluster.client.inferDtypeSync('test', 'any', options as object)).toThrow(message)
  })

  test('a set without records', async () => {
    const message = 'set: no records were found in "nobody"; a dtype is made of at least one'
    await expect(cluster.client.inferDtype('test', 'nobody')).rejects.toThrow(message)
    expect(() => cluster.client.inferDtypeSync('test', 'nobody')).toThrow(RangeError)
  })

  test('a signal ends it', async () => {
    const reason = new Error('enough')
    const call = cluster.client.inferDtype('test', 'nobody', { signal: AbortSignal.abort(reason) })
    await expect(call).rejects.toBe(reason)
  })
})
