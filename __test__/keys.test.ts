import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyForCall } from '../src/keys/block.js'
import { packIds } from '../src/keys/ids.js'
import { KeyIndex } from '../src/keys/key-index.js'
import { toNative } from '../src/keys/key-list.js'
import { type Key, type PrimaryKey, keyAt } from '../src/keys/key.js'
import { oneKey, shownKey } from '../src/keys/one.js'
import { packKeys } from '../src/keys/packed.js'

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.maxSafeInteger(),
  fc.bigInt(MIN_INT64, MAX_INT64),
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ minLength: 20, maxLength: 20 }).map((digest) => ({ digest })),
)
const ids = fc.oneof(
  fc.array(fc.string({ unit: 'grapheme-ascii' })),
  fc.array(fc.string({ unit: 'binary' })),
  fc.array(fc.oneof(fc.maxSafeInteger(), fc.bigInt(MIN_INT64, MAX_INT64))),
  fc.array(anyId),
)
const key: fc.Arbitrary<Key> = fc.tuple(
  fc.constantFrom('test', 'bar', 'tést'),
  fc.constantFrom('', 'demo', 'users'),
  anyId,
)

/** One key at a time, as the protocol describes a user key: particle type and bytes. */
function naive(id: PrimaryKey): { type: number; bytes: number[] } {
  if (typeof id === 'string') return { type: 3, bytes: [...Buffer.from(id)] }
  if (typeof id === 'object') return 'digest' in id ? { type: 0, bytes: [...id.digest] } : { type: 4, bytes: [...id] }
  const bytes: number[] = []
  for (let shift = 56n; shift >= 0n; shift -= 8n) bytes.push(Number((BigInt.asUintN(64, BigInt(id)) >> shift) & 0xffn))
  return { type: 1, bytes }
}

function unpacked(packed: ReturnType<typeof packIds>, count: number): { type: number; bytes: number[] }[] {
  return Array.from({ length: count }, (_, row) => {
    const start = packed.ends.length === 0 ? row * 8 : row === 0 ? 0 : packed.ends[row - 1]!
    const end = packed.ends.length === 0 ? start + 8 : packed.ends[row]!
    return { type: packed.types[packed.types.length === 1 ? 0 : row]!, bytes: [...packed.data.subarray(start, end)] }
  })
}

/** How ids are given back: integers as numbers where exact. */
function normal(id: PrimaryKey): PrimaryKey {
  return typeof id === 'bigint' && Number.isSafeInteger(Number(id)) ? Number(id) : Object.is(id, -0) ? 0 : id
}

/** Two ids are the same key when type and bytes are. */
function same(a: PrimaryKey, b: PrimaryKey): boolean {
  return JSON.stringify(naive(a)) === JSON.stringify(naive(b))
}

describe('packing keys', () => {
  test('ids are packed as one at a time would be', () => {
    fc.assert(
      fc.property(ids, (list: PrimaryKey[]) => {
        expect(unpacked(packIds(list, String), list.length)).toEqual(list.map(naive))
      }),
    )
  })

  test('keys are given back as they were', () => {
    fc.assert(
      fc.property(fc.array(key), (list) => {
        const packed = packKeys(list)
        const back = list.map((_, row) => keyAt(packed, row))
        expect(back).toEqual(list.map(([namespace, set, id]) => [namespace, set, normal(id)]))
      }),
    )
  })

  test('groups are the distinct pairs in the order of their first key, noted per row only where there are several', () => {
    const one = packKeys([
      ['test', 'a', 1],
      ['test', 'a', 2],
    ])
    expect([one.groups, one.groupOf]).toEqual([['test', 'a'], undefined])
    const several = packKeys([
      ['test', 'a', 1],
      ['test', 'b', 2],
      ['bar', 'a', 3],
      ['test', 'a', 4],
    ])
    expect([several.groups, [...several.groupOf!]]).toEqual([
      ['test', 'a', 'test', 'b', 'bar', 'a'],
      [0, 1, 2, 0],
    ])
  })

  test('a packed key is a copy', () => {
    const blob = Uint8Array.of(1, 2)
    const tuple: [string, string, Uint8Array] = ['test', 'demo', blob]
    const list: Key[] = [tuple]
    const packed = packKeys(list)
    blob[0] = 9
    tuple[1] = 'other'
    list.push(['test', 'demo', 5])
    expect(packed.length).toBe(1)
    expect(keyAt(packed, 0)).toEqual(['test', 'demo', Uint8Array.of(1, 2)])
  })

  test('few keys of one set are in the block of the binding until other keys are entered', () => {
    const few = packKeys([['test', 'demo', 'one']])
    expect(toNative(few)).toBeInstanceOf(Uint8Array)
    const [first, second] = [packKeys([['test', 'demo', 1]]), packKeys([['test', 'demo', 2]])]
    expect(toNative(first)).toMatchObject({ count: 1, groups: ['test', 'demo'] })
    expect(toNative(second)).toBeInstanceOf(Uint8Array)
    const entered = packKeys([['test', 'demo', 3]])
    keyForCall(oneKey(['test', 'demo', 4]))
    expect(toNative(entered)).toMatchObject({ count: 1 })
  })

  test('keys that are made by a getter which enters others', () => {
    const list: Key[] = [['test', 'demo', 'a']]
    Object.defineProperty(list, 1, {
      get: () => {
        packKeys([['test', 'demo', 'other']])
        return ['test', 'demo', 'b']
      },
    })
    const packed = packKeys(list)
    expect(toNative(packed)).toMatchObject({ count: 2, data: Uint8Array.of(97, 98) })
    expect([0, 1].map((row) => keyAt(packed, row)[2])).toEqual(['a', 'b'])
  })

  test('the block has what packed keys have', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 200 })
    const lists = fc.oneof(fc.array(text, { minLength: 1 }), fc.array(fc.maxSafeInteger(), { minLength: 1 }))
    fc.assert(
      fc.property(lists, fc.constantFrom('test', 'bar'), fc.constantFrom('', 'demo'), (list, namespace, set) => {
        const packed = packKeys(list.map((id) => [namespace, set, id]))
        const block = toNative(packed) as Uint8Array
        const words = new Uint32Array(block.buffer)
        const begin = (28 + list.length) * 4
        const ends = [0, ...words.subarray(28, 28 + list.length)]
        expect([...words.subarray(0, 4)]).toEqual([
          list.length,
          typeof list[0] === 'string' ? 3 : 1,
          namespace.length,
          set.length,
        ])
        expect(Buffer.from(block.subarray(16, 16 + namespace.length + set.length)).toString()).toBe(namespace + set)
        expect(list.map((_, row) => [...block.subarray(begin + ends[row]!, begin + ends[row + 1]!)])).toEqual(
          list.map((id) => naive(id).bytes),
        )
        expect(unpacked(packed.ids, list.length)).toEqual(list.map(naive))
      }),
    )
  })

  test.each<[string, Key[]]>([
    ['text that is not ASCII', [['test', 'demo', 'é']]],
    ['text of which a little is not ASCII', Array.from({ length: 100 }, (_, id) => ['test', 'demo', `key ${id}é`])],
    ['text that is not ASCII and ends where the block does', [['test', 'demo', `${'k'.repeat(2 ** 16 - 117)}é`]]],
    ['keys of two sets', [1, 2].map((id) => ['test', `set${id}`, id])],
    ['keys of two types', [1, 'one'].map((id) => ['test', 'demo', id])],
    ['a name that is not ASCII', [['test', 'démo', 1]]],
    ['a bigint', [['test', 'demo', 2n ** 60n]]],
    ['bytes', [['test', 'demo', Uint8Array.of(1)]]],
    ['many keys', Array.from({ length: 1025 }, (_, id) => ['test', 'demo', id])],
    ['long keys', Array.from({ length: 2 }, () => ['test', 'demo', 'k'.repeat(40_000)])],
  ])('%s: not in the block', (_, list) => {
    const packed = packKeys(list)
    expect(toNative(packed)).toMatchObject({ count: list.length })
    expect(list.map((_key, row) => keyAt(packed, row))).toEqual(list)
  })

  test('no keys are packed as no bytes', () => {
    const packed = packKeys([])
    expect([packed.length, packed.groups, packed.ids.data.length]).toEqual([0, [], 0])
  })
})

describe('keys that cannot be', () => {
  const good: Key = ['test', 'demo', 'ok']
  const at17 = (bad: unknown): Key[] => [...Array.from({ length: 17 }, () => good), bad as Key, good]
  const cases: [string, unknown, new () => Error, string][] = [
    ['no tuple', 'sensor_1', TypeError, 'keys[17] must be [namespace, set, primaryKey], not the string "sensor_1"'],
    ['a short tuple', ['test', 'demo'], TypeError, 'keys[17] must be [namespace, set, primaryKey], not an array of 2'],
    ['a hole', undefined, TypeError, 'keys[17] must be [namespace, set, primaryKey], not undefined'],
    [
      'a namespace that is no string',
      [5, 'demo', 1],
      TypeError,
      'keys[17][0]: the namespace must be a string, not the number 5',
    ],
    ['an empty namespace', ['', 'demo', 1], RangeError, 'keys[17][0]: the namespace must not be empty'],
    [
      'a long namespace',
      ['n'.repeat(32), 'demo', 1],
      RangeError,
      `keys[17][0]: the namespace "${'n'.repeat(32)}" has 32 bytes, at most 31 fit`,
    ],
    [
      'a set that is no string',
      ['test', null, 1],
      TypeError,
      "keys[17][1]: the set must be a string ('' for none), not null",
    ],
    [
      'a long set',
      ['test', 'é'.repeat(32), 1],
      RangeError,
      `keys[17][1]: the set "${'é'.repeat(32)}" has 64 bytes, at most 63 fit`,
    ],
    [
      'a set with a lone surrogate',
      ['test', 'a\ud800', 1],
      RangeError,
      String.raw`keys[17][1]: the set "a\ud800" has a lone surrogate, which UTF-8 cannot hold`,
    ],
    [
      'no primary key',
      ['test', 'demo', null],
      TypeError,
      'keys[17][2]: the primary key must be a string, a safe integer, a bigint, a Uint8Array or { digest }, not null',
    ],
    [
      'a digest of another size',
      ['test', 'demo', { digest: new Uint8Array(19) }],
      RangeError,
      'keys[17][2].digest must be a Uint8Array of 20 bytes, not of 19',
    ],
    [
      'a digest as text',
      ['test', 'demo', { digest: 'ab' }],
      TypeError,
      'keys[17][2].digest must be a Uint8Array of 20 bytes, not the string "ab"',
    ],
    ['a fraction', ['test', 'demo', 1.5], RangeError, 'keys[17][2]: the number 1.5 is not an integer'],
    ['NaN', ['test', 'demo', Number.NaN], RangeError, 'keys[17][2]: the number NaN is not an integer'],
    [
      'an unsafe integer',
      ['test', 'demo', 2 ** 53],
      RangeError,
      'keys[17][2]: the number 9007199254740992 is not a safe integer; give it as a bigint',
    ],
    [
      'a bigint over int64',
      ['test', 'demo', MAX_INT64 + 1n],
      RangeError,
      'keys[17][2]: the bigint 9223372036854775808n does not fit into a signed 64-bit integer',
    ],
    [
      'a lone surrogate',
      ['test', 'demo', 'a\udc00b'],
      RangeError,
      String.raw`keys[17][2]: the primary key "a\udc00b" has a lone surrogate, which UTF-8 cannot hold`,
    ],
  ]

  test.each(cases)('%s', (_, bad, errorClass, message) => {
    expect(() => packKeys(at17(bad))).toThrow(errorClass)
    expect(() => packKeys(at17(bad))).toThrow(
      expect.objectContaining({ message, code: expect.stringMatching(/^ERR_AEROSTRIDE_/) }),
    )
  })

  test('the same among integers and among keys of several types', () => {
    const others: Key[] = [
      ['test', 'demo', 1],
      ['test', 'demo', Uint8Array.of(1)],
    ]
    expect(() => packKeys([others[0]!, ['test', 'demo', 1.5]])).toThrow('keys[1][2]: the number 1.5 is not an integer')
    expect(() => packKeys([...others, ['test', 'demo', '\ud800']])).toThrow('keys[2][2]: the primary key')
  })

  test('two lone surrogates of neighbours do not pass as one character', () => {
    expect(() =>
      packKeys([
        ['test', 'demo', 'a\ud83d'],
        ['test', 'demo', '\ude00b'],
      ]),
    ).toThrow('keys[0][2]')
  })

  test('keys that are no array, and the one key of put and get', () => {
    expect(() => packKeys('abc' as unknown as Key[])).toThrow(
      'keys must be an array of [namespace, set, primaryKey] or a KeyList, not the string "abc"',
    )
    expect(() => oneKey(['test', 'demo', 1.5])).toThrow('key[2]: the number 1.5 is not an integer')
  })

  test('the key of one record is checked as those of many are, and shown as they are', () => {
    fc.assert(
      fc.property(key, (each) => {
        expect(shownKey(oneKey(each))).toEqual(keyAt(packKeys([each]), 0))
      }),
    )
    const wrong: unknown[] = [
      'key',
      ['test', 'demo'],
      ['', 'demo', 1],
      ['test', 'x'.repeat(64), 1],
      ['test', 'demo', undefined],
      ['test', 'demo', 2 ** 53],
      ['test', 'demo', 2n ** 63n],
      ['test', 'demo', '\ud800'],
      ['test', 'demo', { digest: new Uint8Array(19) }],
    ]
    for (const each of wrong) {
      const [one, many] = [() => oneKey(each as Key), () => packKeys([each as Key])].map(messageOf)
      expect(one).toBe((many as string).replaceAll('keys[0]', 'key'))
    }
  })
})

describe('KeyIndex', () => {
  test('finds the last row whose key is the same, as a search from the end does', () => {
    fc.assert(
      fc.property(fc.array(key), fc.array(anyId, { maxLength: 3 }), (list, strangers) => {
        const index = new KeyIndex(packKeys(list))
        for (const id of [...list.map((each) => each[2]), ...strangers]) {
          expect(index.find(id)).toBe(list.findLastIndex((each) => same(each[2], id)))
        }
        for (const [namespace, set, id] of list) {
          const expected = list.findLastIndex((each) => each[0] === namespace && each[1] === set && same(each[2], id))
          expect(index.find([namespace, set, id])).toBe(expected)
        }
      }),
    )
  })

  test('5 and 5n are one key, "5" is another, and bytes are compared by value', () => {
    const index = new KeyIndex(
      packKeys([
        ['test', 'demo', 5],
        ['test', 'demo', '5'],
        ['test', 'demo', Buffer.from('5')],
      ]),
    )
    expect([5, 5n, '5', Uint8Array.of(0x35), '6', 6n, Uint8Array.of(5)].map((id) => index.find(id))).toEqual([
      0, 0, 1, 2, -1, -1, -1,
    ])
  })

  test('a tuple of another set or of the wrong shape', () => {
    const index = new KeyIndex(packKeys([['test', 'demo', 5]]))
    expect(index.find(['test', 'demo', 5])).toBe(0)
    expect(index.find(['test', 'other', 5])).toBe(-1)
    expect(() => index.find(['test', 5] as unknown as Key)).toThrow(TypeError)
  })
})
