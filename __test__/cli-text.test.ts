// The texts that `scan` writes and `write` reads: nothing is lost on the way, whatever it is.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsv } from '../src/cli/text/csv.js'
import { parseIndex } from '../src/cli/text/index-condition.js'
import { parseJson } from '../src/cli/text/json.js'
import { csvCell } from '../src/files/cells.js'
import { between, contains, equal } from '../src/index.js'
import { queryOf } from '../src/stream/where.js'
import { duration } from '../src/cli/terminal/progress.js'

/** As `JSON.stringify` writes it, with all digits of integers. */
function jsonOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}: ${jsonOf(each)}`)
    .join(',')}}`
}

describe('JSON', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\u0000', '\u000012345678901234567', '"1234567890123456', '\\'),
  )
  const large = fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    .filter((value) => !Number.isSafeInteger(Number(value)))
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      texts,
      large,
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0.5),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(texts, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value

  test('integers keep all their digits, and text is left alone', () => {
    fc.assert(
      fc.property(values, (value) => {
        // Numbers of JSON that no bigint was made of are what JSON.parse gives.
        const plain = JSON.parse(jsonOf(value), (_, each: unknown) => each) as unknown
        const parsed = parseJson(jsonOf(value))
        expect(jsonOf(parsed)).toBe(jsonOf(value))
        expect(typeof parsed === 'bigint' ? Number(parsed) : typeof parsed).toEqual(
          typeof parsed === 'bigint' ? plain : typeof plain,
        )
      }),
    )
  })

  test.each([
    '01234567890123456',
    '--1234567890123456',
    '1234567890123456 1',
    '{1234567890123456:1}',
    '"1234567890123456',
    '[1234567890123456',
  ])('%s is no JSON', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  test('floats of many digits stay floats', () => {
    const text = '[12345678901234567.5, 1234567890123456789e2, 0.12345678901234567]'
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })
})

describe('CSV', () => {
  const cells = fc.oneof(
    fc.constant(undefined),
    fc.constant(''),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'é', ' ', '1', '-') }),
  )

  test('what is not there, empty text and any other text are told apart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(cells, { minLength: 3, maxLength: 3 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 64 }),
        (rows, size) => {
          const text = rows
            .map((row) => `${['k', ...row.map((cell) => (cell === '' ? '""' : csvCell(cell ?? '')))].join(',')}\n`)
            .join('')
          const bytes = Buffer.from(text)
          const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
            bytes.subarray(at * size, (at + 1) * size),
          )
          const read = Array.from(parseCsv(blocks), ({ cells: [, ...some], quoted }) =>
            some.map((cell, at) => (cell === '' && quoted?.has(at + 1) !== true ? undefined : cell)),
          )
          expect(read).toEqual(rows)
        },
      ),
    )
  })
})

test('quotes make text of digits in CSV', () => {
  const text = '1,"1","-12",-12,"1\n","1""","a",""\r\n"3"\n'
  const quoted = Array.from(parseCsv([Buffer.from(text)]), (record) => [...(record.quoted ?? [])])
  expect(quoted).toEqual([[1, 2, 7], [0]])
})

describe('--index', () => {
  test.each([
    ['age=20..30', between('age', 20, 30)],
    ['age=-5..-1', between('age', -5, -1)],
    ['age=42', equal('age', 42)],
    ['city=Rome', equal('city', 'Rome')],
    ['code="42"', equal('code', '42')],
    ['a=b=c', equal('a', 'b=c')],
    ['list:tags=red', contains('tags', 'list', 'red')],
    ['mapKeys:m=5', contains('m', 'mapKeys', 5)],
    ['mapValues:m=1..9', contains('m', 'mapValues', 1, 9)],
    ['@by_age=7', equal({ index: 'by_age' }, 7)],
  ])('%s', (text, where) => {
    expect(queryOf(parseIndex(text))).toEqual(queryOf(where))
  })
})

test('times that are left', () => {
  expect([0.1, 59_000, 61_500, 3_600_000, 90_061_000].map(duration)).toEqual([
    '1 s',
    '59 s',
    '1 min 2 s',
    '1 h 0 min',
    '25 h 1 min',
  ])
})
