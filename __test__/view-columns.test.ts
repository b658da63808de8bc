import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Batch } from '../src/batch/batch.js'
import { createColumn } from '../src/columns/create.js'
import type { DatetimeColumn } from '../src/columns/datetime.js'
import { fillColumn } from '../src/columns/fill.js'
import { decodeParticle } from '../src/columns/particle.js'
import { encodeParticle } from '../src/columns/particle-encode.js'
import type { BinaryColumn, ListColumn, TextColumn, ValueColumn } from '../src/columns/view-column.js'
import { GeoJSON, double } from '../src/index.js'
import { jsonText } from '../src/text/json.js'
import { batchOf, field, filledMemory, memoryOf } from './support/layout.js'
import { root } from './support/process.js'

const oneCell = (code: string): Batch => batchOf(filledMemory([field('v', code)], [[null]], 'columns'))
const cellOf = ([type, hex]: [number, string]): Buffer => Buffer.concat([Uint8Array.of(type), Buffer.from(hex, 'hex')])

const TEXTS = [
  '',
  'a',
  'twelve bytes',
  'thirteen byte',
  'ünïcödé',
  'ä'.repeat(7),
  'x'.repeat(5000),
  '\0',
  '€',
  '\u{1f600}',
]

describe.each([
  ['columns', false],
  ['rows', false],
  ['rows', true],
] as const)('%s, align %s', (layout, align) => {
  const pad = field('pad', 'u1')
  const columnOf = (code: string, values: unknown[]): unknown =>
    createColumn(filledMemory([pad, field('v', code)], [values.map(() => 0), values], layout, align), 1)

  test('text is what was written, of every length', () => {
    const column = columnOf('utf8', [...TEXTS, null]) as TextColumn
    expect(column.toArray()).toEqual([...TEXTS, ''])
    expect([...column]).toEqual([...TEXTS, ''])
    expect(TEXTS.map((_, row) => Buffer.from(column.bytes(row)).toString())).toEqual(TEXTS)
    expect([column.length, column.at(-2), column.at(99), column.get(3)]).toEqual([
      TEXTS.length + 1,
      TEXTS.at(-1),
      undefined,
      'thirteen byte',
    ])
    expect(() => column.get(TEXTS.length + 1)).toThrow(RangeError)
    expect(JSON.stringify(column)).toBe(JSON.stringify([...TEXTS, '']))
  })

  test('bytes are views of what was written', () => {
    const values = [new Uint8Array(0), Uint8Array.of(1, 2, 0), new Uint8Array(13).fill(7), new Uint8Array(5000).fill(8)]
    const column = columnOf('binary', [...values, null]) as BinaryColumn
    expect(column.toArray()).toEqual([...values, new Uint8Array(0)])
    expect(JSON.stringify(column)).toBe(
      JSON.stringify([...values.map((each) => Buffer.from(each).toString('hex')), '']),
    )
    column.bytes(1)[0] = 9
    expect(column.get(1)[0]).toBe(9)
  })

  test('lists are typed arrays of their own length, without a copy', () => {
    const lists = [[], [1.5], [0.25, -0, Infinity], Array.from({ length: 3000 }, (_, at) => at)]
    const column = columnOf('f4[]', [...lists, null]) as ListColumn<Float32Array<ArrayBuffer>>
    expect(column.toArray()).toEqual([...lists, []].map((each) => Float32Array.from(each)))
    column.row(1)[0] = 2.5
    expect(column.get(1)).toEqual(Float32Array.of(2.5))
    expect(column.element).toBe('f4')
    const big = columnOf('i8[]', [[1n, -(2n ** 63n)], BigInt64Array.of(7n), [1, 2]]) as ListColumn
    expect(big.toArray()).toEqual([BigInt64Array.of(1n, -(2n ** 63n)), BigInt64Array.of(7n), BigInt64Array.of(1n, 2n)])
    expect(JSON.stringify(big)).toBe('[["1","-9223372036854775808"],["7"],["1","2"]]')
    expect((columnOf('?[]', [[true, 0, 1]]) as ListColumn).row(0)).toEqual(Uint8Array.of(1, 0, 1))
  })

  test('dates are Dates of whole milliseconds, and counts of anything smaller', () => {
    const at = new Date('2026-01-31T12:30:15.123Z')
    const ms = columnOf('datetime64[ms]', [at, 1, -1n, null]) as DatetimeColumn
    expect(ms.toArray()).toEqual([at, new Date(1), new Date(-1), new Date(0)])
    expect([ms.unit, ms.ticks(0), ms.date(2)]).toEqual(['ms', BigInt(at.getTime()), new Date(-1)])
    expect(ms.flatten()).toEqual(BigInt64Array.of(BigInt(at.getTime()), 1n, -1n, 0n))
    expect(ms.data).toEqual(layout === 'columns' ? ms.flatten() : undefined)
    expect(JSON.stringify(ms.toArray()[0])).toBe('"2026-01-31T12:30:15.123Z"')
    const ns = columnOf('datetime64[ns]', [at, -1n, 1_999_999n]) as DatetimeColumn
    expect(ns.toArray()).toEqual([BigInt(at.getTime()) * 1_000_000n, -1n, 1_999_999n])
    expect([ns.date(0), ns.date(1), ns.date(2)]).toEqual([at, new Date(-1), new Date(1)])
    const s = columnOf('datetime64[s]', [new Date(5000), 2n ** 60n]) as DatetimeColumn
    expect(s.get(0)).toEqual(new Date(5000))
    expect((s.get(1) as Date).getTime()).toBeNaN()
    expect((columnOf('datetime64[us]', [at]) as DatetimeColumn).get(0)).toBe(BigInt(at.getTime()) * 1000n)
  })

  test('anything is what it was, and is made when it is asked for', () => {
    const values = [
      1,
      2.5,
      -0,
      double(3),
      2n ** 60n,
      -5,
      true,
      false,
      'text',
      'a longer text than a cell holds',
      Uint8Array.of(1, 2),
      [1, [2.5, 'x', null, true, Uint8Array.of(3)], { a: [] }],
      { b: 1, c: { d: 'e' }, '': 0 },
      new Map<unknown, unknown>([
        [1, 'a'],
        ['b', 2n ** 60n],
      ]),
      {},
      [],
    ]
    const column = columnOf('any', [...values, null]) as ValueColumn
    expect(column.toArray()).toStrictEqual([...values.map((each, row) => (row === 3 ? 3 : each)), null])
    expect(column.bytes(0)).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 1))
    expect(column.bytes(3)[0]).toBe(2)
    expect(JSON.parse(JSON.stringify(column))[13]).toEqual({ 1: 'a', b: '1152921504606846976' })
  })

  test('batches of them: rows, where, take, slice, JSON, print, another thread', () => {
    const codes = ['utf8', 'binary', 'i4[]', 'datetime64[ms]', 'any']
    const columns = [
      ['a', 'a text that is longer than a cell', null],
      [Uint8Array.of(1), new Uint8Array(20).fill(2), null],
      [[1, 2], [], null],
      [new Date(1000), 2000, null],
      [{ a: 1 }, ['a text that is longer than a cell'], null],
    ]
    const fields = codes.map((code, at) => field(`f${at}`, code))
    const batch = batchOf(filledMemory(fields, columns, layout, align))
    const long = 'a text that is longer than a cell'
    const rows = [
      { f0: 'a', f1: Uint8Array.of(1), f2: Int32Array.of(1, 2), f3: new Date(1000), f4: { a: 1 } },
      { f0: long, f1: new Uint8Array(20).fill(2), f2: new Int32Array(0), f3: new Date(2000), f4: [long] },
      { f0: '', f1: new Uint8Array(0), f2: new Int32Array(0), f3: new Date(0), f4: null },
    ]
    expect(batch.toObjects()).toStrictEqual(rows)
    expect(batch.where(Uint8Array.of(0, 1, 1)).toObjects()).toStrictEqual(rows.slice(1))
    expect(batch.take([2, 1, 1]).toObjects()).toStrictEqual([rows[2], rows[1], rows[1]])
    expect(batch.slice(1).toObjects()).toStrictEqual(rows.slice(1))
    expect(JSON.parse(JSON.stringify(batch))[1]).toEqual({
      f0: long,
      f1: '02'.repeat(20),
      f2: [],
      f3: '1970-01-01T00:00:02.000Z',
      f4: [long],
    })
    const [one, two] = [batch.where([true, true, false]), batch.slice(1)]
    expect(inspect(batch)).toContain('f0:utf8')
    expect(inspect(batch)).toMatch(/f2:i4\[\] +f3:datetime64\[ms\]/)
    expect(inspect(batch)).toContain('1970-01-01T00:00:02.000Z')
    const parts = structuredClone(one.detach(), { transfer: [] })
    expect(parts.blocks.length).toBeGreaterThan(0)
    // What is shared with others is not taken away from them.
    expect(two.toObjects()).toStrictEqual(rows.slice(1))
  })
})

describe('what is refused', () => {
  test.each([
    ['utf8', [1, 'a'], /^columns.v\[0\] must be a string or UTF-8 in a Uint8Array, not the number 1$/],
    ['utf8', ['a', '\ud800'], /^columns.v\[1\] has a lone surrogate/],
    ['utf8', ['a'], /^columns.v has 1 values, and 2 keys need 2$/],
    ['utf8', 'ab', /^columns.v must be an array of 2 values for utf8, not the string "ab"$/],
    ['binary', ['a', 'b'], /^columns.v\[0\] must be a Uint8Array, not the string "a"$/],
    ['i4[]', [[1], [2 ** 40]], /^columns.v\[1\]\[0\] must be an integer from .* for i4, not the number 1099511627776$/],
    ['i4[]', [5, []], /^columns.v\[0\] must be an array or a typed array for a list of i4, not the number 5$/],
    [
      'datetime64[ms]',
      ['2026', null],
      /^columns.v\[0\] must be a Date, or a count of ms as a bigint or an integer, not the string/,
    ],
    ['datetime64[s]', [new Date(1), null], /^columns.v\[0\] is a Date with milliseconds/],
    ['datetime64[ms]', [new Date(NaN), null], /^columns.v\[0\] is an invalid Date/],
    ['datetime64[ns]', [new Date(8e15), null], /^columns.v\[0\] is beyond what int64 counts in ns/],
    ['any', [[new Date(0)], 1], /^columns.v\[0\]\[0\] is a Date, which cannot be stored/],
    ['any', [2n ** 64n, 1], /^columns.v\[0\] is a bigint outside int64/],
    ['any', [new Map([[2.5, 1]]), 1], /^columns.v\[0\] has the number 2.5 as a key/],
  ])('%s from %o', (code, values, message) => {
    const memory = memoryOf([field('v', code)], 2, 'columns')
    expect(() => fillColumn(memory, 0, values, 'columns.v')).toThrow(message)
  })

  test('.npy files of cells of any length, with what to use', () => {
    expect(() => oneCell('utf8').toNpy()).toThrow(
      `toNpy: the values of "v", which is utf8, have any length, and those of a .npy file have one size; read it as 'S{n}', or use toArrow() or toIPC()`,
    )
    expect(() => oneCell('f4[]').toNpy('v')).toThrow(/which is f4\[\],.*read it with a shape/)
  })

  test('a cell of a detached batch that is not in its blocks', () => {
    const parts = batchOf(
      filledMemory([field('v', 'utf8')], [['a text that is longer than a cell']], 'columns'),
    ).detach()
    const wrong = (at: number, value: number): unknown => {
      const buffer = parts.buffer.slice(0)
      new DataView(buffer).setInt32(at, value, true)
      return { ...parts, buffer }
    }
    for (const [at, value] of [
      [0, 100],
      [0, -1],
      [8, 1],
      [8, -1],
      [12, 1],
      [12, -1],
    ] as const)
      expect(() => Batch.from(wrong(at, value) as never)).toThrow(/row 0 has a cell of .* which is not there/)
  })
})

interface Capture {
  name: string
  read: [type: number, hex: string] | null
}

const CAPTURES = (
  JSON.parse(readFileSync(join(root, 'fixtures/captures/complex-values.json'), 'utf8')) as { entries: Capture[] }
).entries

const read = (name: string): unknown =>
  decodeParticle(cellOf(CAPTURES.find((each) => each.name === name)!.read!), false)

describe('values that a real server has stored', () => {
  test('are decoded', () => {
    expect(read('node_list')).toStrictEqual([1, 'a', 2.5, true, false, null, Uint8Array.of(1, 2), [1, [2]], { a: 1 }])
    expect(read('node_map')).toStrictEqual({ a: 1, b: [1, 2], c: { d: 'x' } })
    expect(read('node_map_int_keys')).toStrictEqual(
      new Map([
        [-5, 'b'],
        [1, 'a'],
        [300, 'c'],
      ]),
    )
    expect(read('node_list_ordered')).toStrictEqual([1, 2, 3])
    expect(read('node_geojson')).toEqual(new GeoJSON({ type: 'Point', coordinates: [1.5, 2.5] }))
    expect(read('py_int_limits')).toStrictEqual([
      2n ** 63n - 1n,
      -(2n ** 63n),
      0,
      -1,
      -32,
      -33,
      ...(read('py_int_limits') as unknown[]).slice(6),
    ])
    expect(read('raw_map_blob_key')).toStrictEqual(new Map([[Uint8Array.of(7), 1]]))
    expect(read('raw_string_invalid_utf8')).toBe('\ufffda')
    expect(read('raw_list_float32')).toStrictEqual([1])
    expect(jsonText(read('node_map_int_keys'))).toBe('{"-5":"b","1":"a","300":"c"}')
  })

  test('and what put would write of the decoded value is decoded as the same', () => {
    for (const { read: stored } of CAPTURES) {
      if (stored === null || ![1, 2, 3, 4, 17, 19, 20].includes(stored[0])) continue
      const value = decodeParticle(cellOf(stored), false)
      expect(decodeParticle(Buffer.from(encodeParticle(value, 'value')), false)).toStrictEqual(value)
    }
  })

  test('any bytes are some value, and none is an error', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...CAPTURES.filter((each) => each.read !== null)).chain(({ read: stored }) => {
        const cell = cellOf(stored!)
        return fc.record({ at: fc.nat(cell.length - 1), to: fc.nat(255), size: fc.nat(cell.length) }).map((change) => {
          const changed = Uint8Array.from(cell)
          changed[change.at] = change.to
          return changed.subarray(0, change.size)
        })
      }),
    )
    fc.assert(
      fc.property(bytes, fc.constantFrom(1, 2, 3, 17, 19, 20, 23, 77), (value, type) => {
        for (const cell of [Buffer.from(value), Buffer.concat([Uint8Array.of(type), value])])
          expect(typeof jsonText(decodeParticle(cell, false))).toBe('string')
      }),
      { numRuns: 3000 },
    )
    const many = Buffer.from('14ddffffffff', 'hex')
    expect(decodeParticle(many, false)).toEqual(Uint8Array.from(many.subarray(1)))
  })

  test('all integers as bigints, where that is asked for', () => {
    expect(decodeParticle(Buffer.from(encodeParticle([1, [2.5, -1]], 'value')), true)).toStrictEqual([1n, [2.5, -1n]])
  })
})
