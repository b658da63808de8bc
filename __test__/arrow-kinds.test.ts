import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as arrow from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Batch } from '../src/batch/batch.js'
import type { ArrowOptions, Layout } from '../src/index.js'
import { jsonText } from '../src/text/json.js'
import { batchOf, field, filledMemory } from './support/layout.js'
import { findFramesPython, framesPython } from './support/numpy.js'
import { outputOf } from './support/process.js'

/** Arrow data of the kinds whose cells have any length, and of dates. */

const UNITS = ['s', 'ms', 'us', 'ns'] as const
const MICROSECONDS = { s: 1_000_000n, ms: 1000n, us: 1n }

/** The value of a row: empty ones, short and long ones, and in between none at all. */
const VALUES: Record<string, (row: number) => unknown> = {
  text: (row) => ['', 'é', 'twelve bytes', 'more than twelve bytes, ünïcödé', 'x'.repeat(row % 300)][row % 5],
  bytes: (row) => new Uint8Array((row * 7) % 40).fill(row % 256),
  floats: (row) => Array.from({ length: row % 6 }, (_, at) => row + at / 4),
  longs: (row) => Array.from({ length: row % 3 }, (_, at) => BigInt(row - 500) * 2n ** 40n + BigInt(at)),
  flags: (row) => Array.from({ length: row % 4 }, (_, at) => (row + at) % 2 === 0),
  // Of whole microseconds, which Python's dates can hold.
  ...Object.fromEntries(
    UNITS.map((unit) => [
      unit,
      (row: number) => (unit === 'ns' ? BigInt(row - 500) * 123_456_000n : BigInt(row - 500) * 12_345_678n),
    ]),
  ),
  anything: (row) => [row, 'text', 2.5, [1, 'x', null], { a: { b: row } }, 2n ** 60n, true][row % 7],
  status: (row) => ['on', 'off', 'a longer text than a cell'][row % 3],
}

const CODES: Record<string, string> = {
  text: 'utf8',
  bytes: 'binary',
  floats: 'f4[]',
  longs: 'i8[]',
  flags: '?[]',
  ...Object.fromEntries(UNITS.map((unit) => [unit, `datetime64[${unit}]`])),
  anything: 'any',
  status: 'utf8',
}

const NAMES = Object.keys(CODES)
const isNull = (name: string, row: number): boolean => (row + NAMES.indexOf(name)) % 4 === 3

function batchWith(length: number, layout: Layout): Batch {
  const fields = NAMES.map((name) => field(name, CODES[name]!))
  const columns = NAMES.map((name) =>
    Array.from({ length }, (_, row) => (isNull(name, row) ? null : VALUES[name]!(row))),
  )
  return batchOf(filledMemory(fields, columns, layout))
}

/** A value in the form in which the program in Python has it. */
function plain(name: string, row: number): unknown {
  if (isNull(name, row)) return null
  const value = VALUES[name]!(row)
  if (name === 'anything') return jsonText(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map((each) => (typeof each === 'bigint' ? String(each) : each))
  if (typeof value !== 'bigint') return value
  return String(name === 'ns' ? value / 1000n : value * MICROSECONDS[name as 's'])
}

/** The type of a field as the library names it. */
const typeOf = (each: arrow.Field): string => String(each).replace(/^.*?: /, '')

describe('in JavaScript', () => {
  const batch = batchWith(20, 'columns')

  test('types', () => {
    const table = batch.toArrow({ dictionary: ['status'] })
    expect(table.schema.fields.map(typeOf)).toEqual([
      'Utf8View',
      'BinaryView',
      'List<Float32>',
      'List<Int64>',
      'List<Bool>',
      'Timestamp<SECOND>',
      'Timestamp<MILLISECOND>',
      'Timestamp<MICROSECOND>',
      'Timestamp<NANOSECOND>',
      'Utf8',
      'Dictionary<Int32, Utf8>',
    ])
    const plainTypes = batch.toArrow({ views: false }).schema.fields.map(typeOf)
    expect([plainTypes[0], plainTypes[1], plainTypes[10]]).toEqual(['Utf8', 'Binary', 'Utf8'])
  })

  test('text and bytes are the cells and blocks of the batch', () => {
    const { data } = batch.toArrow().getChild('text')!
    const { values, variadicBuffers } = data[0] as arrow.Data & { variadicBuffers: Uint8Array[] }
    expect((values as Uint8Array).buffer).toBe(batch.buffer)
    expect(variadicBuffers.map((each) => each.buffer)).toEqual(batch.blocks.map((each) => each.buffer))
    expect(variadicBuffers.length).toBeGreaterThan(0)
  })

  test.each(['columns', 'rows'] as const)('values, in the %s layout', (layout) => {
    const same = batchWith(20, layout)
    const choices: ArrowOptions[] = [{}, { views: false }, { dictionary: true }]
    for (const options of choices) {
      const read = arrow.tableFromIPC(same.toIPC(options))
      for (const table of [same.toArrow(options), read] as arrow.Table[]) {
        for (const name of ['text', 'bytes', 'status', 'floats']) {
          const column = table.getChild(name)!
          const values = Array.from({ length: 20 }, (_, row): unknown => {
            const value: unknown = column.get(row)
            return value instanceof arrow.Vector
              ? Array.from(value)
              : value instanceof Uint8Array
                ? Uint8Array.from(value)
                : value
          })
          expect(values).toEqual(values.map((_, row) => (isNull(name, row) ? null : VALUES[name]!(row))))
        }
      }
    }
  })

  test('a column is written with its own values, and not with those of all columns', () => {
    const texts = Array.from({ length: 500 }, (_, row) => 'x'.repeat(100 + (row % 10)))
    const columns = ['a', 'b', 'c', 'd'].map((name) => field(name, 'utf8'))
    const four = batchOf(
      filledMemory(
        columns,
        columns.map(() => texts),
        'columns',
      ),
    )
    const size = four.toIPC().length
    expect(size).toBeLessThan(4 * 500 * (16 + 110) + 10_000)
  })

  test.each([
    [
      { dictionary: ['nothing'] },
      /^options.dictionary\[0\] must be a field of text, not "nothing"; those are "text" or "status"$/,
    ],
    [{ dictionary: ['bytes'] }, /^options.dictionary\[0\] must be a field of text, not "bytes"/],
    [
      { dictionary: 'status' },
      /^options.dictionary must be true, false or an array of names of fields, not the string "status"$/,
    ],
    [{ views: 1 }, /^options.views must be true or false, not the number 1$/],
  ])('%o is refused', (options, message) => {
    expect(() => batch.toArrow(options as never)).toThrow(message)
  })

  test('a copy of the library without views has Utf8 and Binary', () => {
    const { Utf8View: _, BinaryView: __, ...older } = arrow
    const table = batch.toArrow({ arrow: older as never })
    expect(table.schema.fields.slice(0, 2).map(typeOf)).toEqual(['Utf8', 'Binary'])
  })
})

const TYPES: Record<string, [arrow: string, polars: string, duckdb: string]> = {
  text: ['string_view', 'String', 'VARCHAR'],
  bytes: ['binary_view', 'Binary', 'BLOB'],
  floats: ['list<item: float>', 'List(Float32)', 'FLOAT[]'],
  longs: ['list<item: int64>', 'List(Int64)', 'BIGINT[]'],
  flags: ['list<item: bool>', 'List(Boolean)', 'BOOLEAN[]'],
  // polars has no seconds.
  s: ['timestamp[s]', "Datetime(time_unit='ms', time_zone=None)", 'TIMESTAMP_S'],
  ms: ['timestamp[ms]', "Datetime(time_unit='ms', time_zone=None)", 'TIMESTAMP_MS'],
  us: ['timestamp[us]', "Datetime(time_unit='us', time_zone=None)", 'TIMESTAMP'],
  ns: ['timestamp[ns]', "Datetime(time_unit='ns', time_zone=None)", 'TIMESTAMP_NS'],
  anything: ['string', 'String', 'VARCHAR'],
  status: ['string_view', 'String', 'VARCHAR'],
}

const COMPARE = `
import datetime, json, sys
import duckdb, polars, pyarrow
from pyarrow import ipc

def plain(value):
    if value is None: return None
    if isinstance(value, (list, tuple)) or hasattr(value, 'to_list'): return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray)): return value.hex()
    if isinstance(value, datetime.datetime):
        return str((value.replace(tzinfo=None) - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1))
    if isinstance(value, bool) or isinstance(value, str) or isinstance(value, float): return value
    return str(value)

def same(case, who, names, types, columns):
    for name, type, column in zip(names, types, columns):
        got = [plain(each) for each in column]
        assert type == case['types'][name][who], (case['stream'], who, name, type)
        assert got == case['values'][name], (case['stream'], who, name, got[:20], case['values'][name][:20])

for case in json.load(open(sys.argv[1])):
    table = ipc.open_stream(open(case['stream'], 'rb')).read_all()
    table.validate(full=True)
    assert table.num_rows == case['rows'], (case['stream'], table.num_rows)
    file = ipc.open_file(case['file']).read_all()
    file.validate(full=True)
    assert file.equals(table)
    same(case, 0, table.column_names, [str(field.type) for field in table.schema], [column.to_pylist() for column in table.columns])
    assert [column.null_count for column in table.columns] == [values.count(None) for values in case['values'].values()]
    for frame in (polars.read_ipc_stream(case['stream']), polars.read_ipc(case['file'])):
        same(case, 1, frame.columns, [str(type) for type in frame.dtypes], [frame[name].to_list() for name in frame.columns])
    result = duckdb.sql('select * from file')
    rows = result.fetchall()
    same(case, 2, result.columns, [str(type) for type in result.types], [[row[at] for row in rows] for at in range(len(result.columns))])
print('equal')
`

const python = findFramesPython()

describe.skipIf(python === undefined)('real pyarrow, polars and DuckDB', () => {
  let frames = ''
  let folder = ''
  beforeAll(async () => {
    frames = framesPython(python!)
    folder = await mkdtemp(join(tmpdir(), 'aerostride-kinds-'))
  }, 600_000)
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const LENGTHS = [0, 1, 63, 64, 65, 1000]
  const OPTIONS = [
    { name: 'views', options: {}, types: {} },
    {
      name: 'plain',
      options: { views: false },
      types: {
        text: ['string', 'String', 'VARCHAR'],
        bytes: ['binary', 'Binary', 'BLOB'],
        status: ['string', 'String', 'VARCHAR'],
      },
    },
    {
      name: 'dictionary',
      options: { dictionary: ['status'] },
      types: { status: ['dictionary<values=string, indices=int32, ordered=0>', 'Categorical', 'VARCHAR'] },
    },
  ]

  test.each(['columns', 'rows'] as const)(
    'the %s layout: the same types, values and nulls of every length',
    async (layout) => {
      const cases = []
      for (const length of LENGTHS) {
        const batch = batchWith(length, layout)
        for (const { name, options, types } of OPTIONS) {
          const [stream, file] = ['arrows', 'arrow'].map((end) => join(folder, `${layout}-${length}-${name}.${end}`))
          await writeFile(stream!, batch.toIPC(options))
          await batch.saveIPC(file!, options)
          const values = Object.fromEntries(
            NAMES.map((each) => [each, Array.from({ length }, (_, row) => plain(each, row))]),
          )
          cases.push({ stream, file, rows: length, types: { ...TYPES, ...types }, values })
        }
      }
      const wanted = join(folder, `${layout}.json`)
      await writeFile(wanted, JSON.stringify(cases))
      expect(outputOf(frames, ['-c', COMPARE, wanted])).toBe('equal\n')
    },
  )
})
