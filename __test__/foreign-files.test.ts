// Files of text and of tables as other programs write them: `write` keeps their values, or says where it cannot.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Bool,
  DateDay,
  Field,
  Int32,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  Uint64,
  Utf8,
  type Vector,
  makeData,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow'
import { afterAll, describe, expect, test } from 'vitest'
import { valueOfAnyText, valueOfJson, valueOfText } from '../src/cli/text/cells.js'
import { parseJson } from '../src/cli/text/json.js'
import { type Key, double, dtype } from '../src/index.js'
import { jsonText } from '../src/text/json.js'
import { runCli } from './support/cli.js'
import { freshSet, testCluster } from './support/server.js'

const folder = mkdtempSync(join(tmpdir(), 'aerostride-foreign-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cluster = testCluster()
const run = (args: string[], input = '') =>
  runCli(args, { input, environment: { AEROSTRIDE_HOSTS: cluster.hosts, TZ: 'America/New_York' } })

const placeOf = (code: string, shape: number[] | null = []) => ({
  field: dtype([['a', code, shape]]).fields[0]!,
  line: 7,
})

describe('dates', () => {
  test.each([
    ['ms', '2026-01-31T12:30:15.123Z', 1769862615123n],
    ['ms', '2026-01-31 12:30:15.123', 1769862615123n],
    ['ms', '2026-01-31t12:30', 1769862600000n],
    ['s', '2026-01-31', 1769817600n],
    ['s', '2026-01-31 12:30:15.000000', 1769862615n],
    ['us', '2026-01-31 12:30:15.123456+00', 1769862615123456n],
    ['ns', '2026-01-31 12:30:15.123456789 UTC', 1769862615123456789n],
    ['s', '2026-01-31T18:00:15+05:30', 1769862615n],
    ['s', '2026-01-31T07:30:15-0500', 1769862615n],
    ['s', '0001-01-01', -62135596800n],
    ['ms', '1969-12-31T23:59:59.999Z', -1n],
    ['s', '2024-02-29', 1709164800n],
    ['ms', '+010000-01-01T00:00:00.000Z', 253402300800000n],
    ['ms', '1769862615123', 1769862615123n],
  ])('%s of %s', (unit, text, ticks) => {
    expect(valueOfText(text, placeOf(`datetime64[${unit}]`))).toBe(ticks)
  })

  test.each([
    'Jan 5',
    '1.5',
    '5/6/2026',
    '2026-02-30',
    '2023-02-29',
    '2026-01-31T24:00Z',
    '2026-01-31T12:30:15+25:00',
    ' ',
  ])('%j is none', (text) => {
    expect(() => valueOfText(text, placeOf('M8[ms]'))).toThrow(
      `line 7, a: ${JSON.stringify(text)} is not a date such as 2026-01-31T12:30:00Z, or a count since 1970`,
    )
  })

  test('what a unit cannot count is refused', () => {
    expect(() => valueOfText('2026-01-31T12:30:15.1234Z', placeOf('M8[ms]'))).toThrow(
      'line 7, a: "2026-01-31T12:30:15.1234Z" is not a whole number of ms; use a smaller unit, such as datetime64[ns]',
    )
  })

  test('without a zone are UTC in every zone', async () => {
    const set = freshSet()
    const args = ['write', '-n', 'test', '-s', set, '-f', 'csv', '-d', 'at:datetime64[us]']
    expect(await run(args, 'key,at\nk,2026-01-31 12:30:15.123456\n')).toMatchObject({ code: 0 })
    expect((await cluster.client.get(['test', set, 'k']))!.bins).toEqual({ at: 1769862615123456 })
  })
})

describe('floats', () => {
  test.each([
    ['inf', Infinity],
    ['-Inf', -Infinity],
    ['+Infinity', Infinity],
    ['-nan', Number.NaN],
    ['.5', 0.5],
    ['5.', 5],
    ['1E5', 100_000],
    ['-0', -0],
  ])('%s', (text, value) => {
    expect(valueOfText(text, placeOf('f8'))).toBe(value)
  })

  test.each([' ', '\t', '0x10', '0b11', '1e400', '-1e400', 'null', '1_000'])('%j is none', (text) => {
    expect(() => valueOfText(text, placeOf('f8'))).toThrow(`line 7, a: ${JSON.stringify(text)} is not a number`)
  })

  test('integers of any size in JSON are floats in columns of floats', () => {
    const large = parseJson('[9007199254740993, [100000000000000000000, "NaN"]]') as unknown[]
    expect(valueOfJson(large[0], placeOf('f8'))).toBe(2 ** 53)
    expect(valueOfJson(large, placeOf('f8', null))).toEqual([2 ** 53, [1e20, Number.NaN]])
    expect(valueOfText('[9007199254740993]', placeOf('f4', null))).toEqual([2 ** 53])
  })

  test('a number of JSON that is too large is refused, at any depth', () => {
    for (const text of ['1e400', '[{"a":-1E+0999}]', `[1${'0'.repeat(400)}]`]) {
      expect(() => parseJson(text)).toThrow('a number is too large for a float')
      expect(() => valueOfAnyText(text, () => 'row 3, a')).toThrow('row 3, a: a number is too large for a float')
    }
  })

  test.each(['csv', 'ndjson'])('large ones stay what they are on the way through %s', async (format) => {
    const [source, copy] = [freshSet(), freshSet()]
    const bins = { a: double(2 ** 53), b: double(-1e20), c: [double(2 ** 63), double(1e300)] }
    await cluster.client.put(['test', source, 'k'], bins)
    const fields = ['-d', 'a:any,b:f8,c:f8[]', '-f', format]
    const { stdout } = await run(['read', '-n', 'test', '-s', source, ...fields, 'k'])
    expect(await run(['write', '-n', 'test', '-s', copy, ...fields], stdout)).toMatchObject({ code: 0 })
    const read = (set: string) => cluster.client.get(['test', set, 'k'], { integers: 'bigint' })
    expect((await read(copy))!.bins).toMatchObject({ a: 2 ** 53, b: -1e20 })
    expect((await read(source))!.bins).toMatchObject({ a: 2 ** 53, b: -1e20 })
    const schema = dtype({ c: ['f8', null] })
    const lists = await cluster.client.batchRead([['test', copy, 'k']], { dtype: schema })
    expect(lists.at(0).c).toEqual(Float64Array.of(2 ** 63, 1e300))
  })
})

test('truth is not what objects inherit', () => {
  expect(() => valueOfText('constructor', placeOf('?'))).toThrow('line 7, a: "constructor" is not true or false')
})

test('text that is nested too deep is not taken for text', () => {
  const text = `${'['.repeat(1_000_000)}12345678901234567890${']'.repeat(1_000_000)}`
  expect(() => valueOfAnyText(text, () => 'line 1, a')).toThrow('line 1, a: lists or maps are nested too deep')
})

test('an open string costs as much as a closed one', () => {
  const text = `{"a":1234567890123456789,"b":"${String.raw`\"`.repeat(1_000_000)}`
  const started = process.cpuUsage()
  expect(() => parseJson(text)).toThrow(SyntaxError)
  expect(process.cpuUsage(started).user).toBeLessThan(10_000_000)
})

test('no value of a map is lost where two keys have one text', async () => {
  const map = new Map<string | number, unknown>([
    [1, 'a'],
    ['1', new Map([[2, 'b']])],
  ])
  expect(jsonText(map)).toBe('[[1,"a"],["1",{"2":"b"}]]')
  const key: Key = ['test', freshSet(), 1]
  await cluster.client.put(key, { map })
  const batch = await cluster.client.batchRead([key], { dtype: dtype({ map: 'any' }) })
  const [pairs] = JSON.parse(JSON.stringify(batch.columns.map)) as unknown[]
  expect(pairs).toHaveLength(2)
  expect(pairs).toEqual(
    expect.arrayContaining([
      [1, 'a'],
      ['1', { 2: 'b' }],
    ]),
  )
})

/** A file with these columns, whose names may be the same. */
function fileOf(columns: [name: string, vector: Vector][]): string {
  const fields = columns.map(([name, { type }]) => Field.new(name, type, true))
  const children = columns.map(([, vector]) => vector.data[0]!)
  const data = makeData({ type: new Struct(fields), length: 2, nullCount: 0, children })
  const path = join(folder, `${Math.random()}.arrow`)
  writeFileSync(path, tableToIPC(new Table(new RecordBatch(new Schema(fields), data)), 'file'))
  return path
}

const writeFile = (path: string) => run(['write', '-n', 'test', '-s', freshSet(), path])

describe('tables', () => {
  const names = vectorFromArray(['k0', 'k1'], new Utf8())
  const numbers = vectorFromArray([1, 2], new Int32())

  test.each([
    [
      [
        ['key', names],
        ['a', numbers],
        ['a', numbers],
      ],
      'there are two columns "a"',
    ],
    [
      [
        ['key', names],
        ['a', numbers],
        ['key', numbers],
      ],
      'there are two columns "key"',
    ],
    [
      [
        ['key', vectorFromArray([1, 2], new TimestampMillisecond())],
        ['a', numbers],
      ],
      'the column "key" is of Timestamp<MILLISECOND>; keys are text, integers or bytes',
    ],
    [
      [
        ['key', vectorFromArray([new Date(0), new Date(1)], new DateDay())],
        ['a', numbers],
      ],
      'the column "key" is of Date32<DAY>; keys are text, integers or bytes',
    ],
    [
      [
        ['key', vectorFromArray([true, false], new Bool())],
        ['a', numbers],
      ],
      'the column "key" is of Bool; keys are text, integers or bytes',
    ],
    [[['key', names]], 'there is no column beside the key that has values'],
    [
      [
        ['key', vectorFromArray([2n ** 64n - 1n, 1n], new Uint64())],
        ['a', numbers],
      ],
      'row 0, the key: the bigint 18446744073709551615n does not fit into a signed 64-bit integer',
    ],
    [
      [
        ['key', names],
        ['a', vectorFromArray([{ b: 1 }, { b: 2 }])],
      ],
      'column a is a vector of Struct<{b:Float64}>, which no bin can hold as a column; use numbers, booleans, text, bytes, timestamps or lists of numbers',
    ],
    [
      [
        ['key', names],
        ['a', vectorFromArray([[1, null], [2]])],
      ],
      'row 0: a[1] is null, and lists of numbers have no such elements',
    ],
  ] as [[string, Vector][], string][])('%# is refused', async (columns, message) => {
    expect(await writeFile(fileOf(columns))).toMatchObject({ code: 1, stderr: `aerostride: ${message}\n` })
  })

  test('Parquet that the library panics about', async () => {
    const path = join(folder, 'empty-lists.parquet')
    writeFileSync(path, Buffer.from(EMPTY_LISTS, 'base64'))
    expect(await writeFile(path)).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `aerostride: ${path} cannot be read (it holds what parquet-wasm does not know, or is damaged)\n`,
    })
  })
})

test('lines that end with a carriage return alone', async () => {
  const args = ['write', '-n', 'test', '-s', freshSet(), '-f', 'csv', '-d', 'a:utf8']
  expect(await run(args, 'key,a\r1,x\r')).toMatchObject({
    code: 1,
    stderr: String.raw`aerostride: line 1 has line ends that are \r alone; lines end with \n or \r\n` + '\n',
  })
})

test.each([
  [
    '{"key":9223372036854775808,"a":1}',
    'line 1, the key: the bigint 9223372036854775808n does not fit into a signed 64-bit integer',
  ],
  [String.raw`{"key":1,"a":{"\ud800":1}}`, 'line 1: a key of a has a lone surrogate, which UTF-8 cannot hold'],
  ['{"key":1,"a":1}\n{"key":2,"a":1e999}', 'line 2: a number is too large for a float'],
])('%s is refused with its line', async (input, message) => {
  const args = ['write', '-n', 'test', '-s', freshSet(), '-d', 'a:any']
  expect(await run(args, input)).toMatchObject({ code: 1, stderr: `aerostride: ${message}\n` })
})

/** A column of lists of no elements, from pyarrow. */
const EMPTY_LISTS =
  'UEFSMRUEFSQVKEwVBhUAEgAAEkQCAAAAazACAAAAazECAAAAazIVABUUFRgsFQYVEBUGFQYcNgAoAmsyGAJrMBERAAAACiQCAAAA' +
  'BgECAyQAFQQVABUCTBUAFQASAAAAFQAVHBUgLBUGFRAVBhUGHDYGAAAADjQCAAAABgADAAAAAwoAABUEGVw1ABgGc2NoZW1hFQQA' +
  'FQwlAhgDa2V5JQBMHAAAADUCGAFhFQIVBkw8AAAANQQYBGxpc3QVAgAVAiUCGAdlbGVtZW50ABYGGRwZLCYAHBUMGTUABhAZGANr' +
  'ZXkVAhYGFpIBFpoBJkwmCBw2ACgCazIYAmswEREAGSwVBBUAFQIAFQAVEBUCADwWDBkGGSYABgAAACYAHBUCGTUABhAZOAFhBGxp' +
  'c3QHZWxlbWVudBUCFgYWYhZoJsABJqIBHDYGABksFQQVABUCABUAFRAVAgA8KSYGABlGAgAEAAAAABb0ARYGJggWggIAGRwYDEFS' +
  'Uk9XOnNjaGVtYRigAi8vLy8vOUFBQUFBUUFBQUFBQUFLQUF3QUJnQUZBQWdBQ2dBQUFBQUJCQUFNQUFBQUNBQUlBQUFBQkFBSUFB' +
  'QUFCQUFBQUFJQUFBQjRBQUFBQkFBQUFLRC8vLzhBQUFFUUZBQUFBQmdBQUFBRUFBQUFBUUFBQUJBQUFBQUJBQUFBWVFBQUFKVC8v' +
  'Ly9JLy8vL0FBQUJBaEFBQUFBZ0FBQUFCQUFBQUFBQUFBQUVBQUFBYVhSbGJRQUFBQUFJQUF3QUNBQUhBQWdBQUFBQUFBQUJJQUFB' +
  'QUJBQUZBQUlBQVlBQndBTUFBQUFFQUFRQUFBQUFBQUJCUkFBQUFBWUFBQUFCQUFBQUFBQUFBQURBQUFBYTJWNUFBUUFCQUFFQUFB' +
  'QQAYIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAASwIAAFBBUjE='
