import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bins, type Key, double, dtype } from '../src/index.js'
import { findFramesPython, framesPython } from './support/numpy.js'
import { outputOf } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const python = findFramesPython()
if (python === undefined)
  process.stderr.write('arrow-readers.test.ts is skipped: there is no Python 3.10 with venv on this machine\n')

/** Reads both formats with every reader, and compares types, values and nulls with what was written. */
const COMPARE = `
import json, struct, sys
import duckdb, pandas, polars, pyarrow
from pyarrow import ipc

stream, file, wanted = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))

def plain(value):
    if value is None: return None
    if isinstance(value, (list, tuple)) or hasattr(value, 'to_list'): return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray)): return value.hex()
    if isinstance(value, float): return 'f' + struct.pack('>d', value).hex()
    return value if isinstance(value, (str, bool)) else str(value)

def same(who, names, types, columns):
    for name, type, column in zip(names, types, columns):
        assert type == wanted[name][who], (who, name, type)
        got = [plain(each) for each in column]
        assert got == wanted[name]['values'], (who, name, got, wanted[name]['values'])

table = ipc.open_stream(open(stream, 'rb')).read_all()
table.validate(full=True)
assert ipc.open_file(file).read_all().equals(table)
assert table.schema.names == list(wanted)
same('arrow', table.column_names, [str(field.type) for field in table.schema], [column.to_pylist() for column in table.columns])
assert [column.null_count for column in table.columns] == [each['values'].count(None) for each in wanted.values()]

for frame in (polars.read_ipc_stream(stream), polars.read_ipc(file)):
    same('polars', frame.columns, [str(type) for type in frame.dtypes], [frame[name].to_list() for name in frame.columns])

known = table.drop_columns([name for name in wanted if wanted[name]['duckdb'] is None])
result = duckdb.sql('select * from known')
same('duckdb', result.columns, [str(type) for type in result.types], zip(*result.fetchall()))

pandas.testing.assert_frame_equal(pandas.read_feather(file), table.to_pandas())
print('equal')
`

interface Wanted {
  arrow: string
  polars: string
  /** DuckDB has no half-precision floats. */
  duckdb: string | null
}

type Entry = [name: string, code: string, shape: number[], wanted: Wanted]

function entry(
  name: string,
  code: string,
  shape: number[],
  arrow: string,
  polars: string,
  duckdb: string | null,
): Entry {
  return [name, code, shape, { arrow, polars, duckdb }]
}

const nested = 'fixed_size_list<item: fixed_size_list<item: int64>[3]>[2]'
const ENTRIES: Entry[] = [
  entry('flag', '?', [], 'bool', 'Boolean', 'BOOLEAN'),
  entry('i1', 'i1', [], 'int8', 'Int8', 'TINYINT'),
  entry('i2', 'i2', [], 'int16', 'Int16', 'SMALLINT'),
  entry('i4', 'i4', [], 'int32', 'Int32', 'INTEGER'),
  entry('i8', 'i8', [], 'int64', 'Int64', 'BIGINT'),
  entry('u1', 'u1', [], 'uint8', 'UInt8', 'UTINYINT'),
  entry('u2', 'u2', [], 'uint16', 'UInt16', 'USMALLINT'),
  entry('u4', 'u4', [], 'uint32', 'UInt32', 'UINTEGER'),
  entry('u8', 'u8', [], 'uint64', 'UInt64', 'UBIGINT'),
  entry('f2', 'f2', [], 'halffloat', 'Float16', null),
  entry('f4', 'f4', [], 'float', 'Float32', 'FLOAT'),
  entry('f8', 'f8', [], 'double', 'Float64', 'DOUBLE'),
  entry('s', 'S7', [], 'string', 'String', 'VARCHAR'),
  entry('v', 'V3', [], 'fixed_size_binary[3]', 'Binary', 'BLOB'),
  entry('vec', 'f4', [5], 'fixed_size_list<item: float>[5]', 'Array(Float32, shape=(5,))', 'FLOAT[5]'),
  entry('mat', 'i8', [2, 3], nested, 'Array(Int64, shape=(2, 3))', 'BIGINT[3][2]'),
  entry('bits', '?', [3], 'fixed_size_list<item: bool>[3]', 'Array(Boolean, shape=(3,))', 'BOOLEAN[3]'),
  entry('half', 'f2', [2], 'fixed_size_list<item: halffloat>[2]', 'Array(Float16, shape=(2,))', null),
]

const EXTRAS: Record<string, Wanted> = {
  key: { arrow: 'int64', polars: 'Int64', duckdb: 'BIGINT' },
  gen: { arrow: 'uint32', polars: 'UInt32', duckdb: 'UINTEGER' },
  ttl: { arrow: 'uint32', polars: 'UInt32', duckdb: 'UINTEGER' },
  resultCode: { arrow: 'int32', polars: 'Int32', duckdb: 'INTEGER' },
}

/** The values of a record, without their types. */
function cells(row: number): Record<string, unknown> {
  const halves = row / 4 - 1
  return {
    flag: row % 2 === 0,
    i1: -row,
    i2: -row * 100,
    i4: -row * 100_000,
    i8: -(2n ** 62n) - BigInt(row),
    u1: row,
    u2: row * 1000,
    u4: row * 1_000_000,
    u8: 2n ** 62n + BigInt(row),
    f2: halves,
    f4: halves,
    f8: row / 3,
    s: 'éabcdef'.slice(0, row % 6),
    v: Uint8Array.of(row, 0, row + 1),
    vec: Array.from({ length: 5 }, (_, at) => row + at / 8),
    mat: [0, 1].map((line) => [0, 1, 2].map((at) => row * 100 + line * 10 - at)),
    bits: [row % 2 === 1, false, true],
    half: [halves, -halves],
  }
}

/** A value as `put` stores it. */
function stored(code: string, value: unknown): unknown {
  // A list of numbers is read into a sub-array, and one of booleans is not.
  if (Array.isArray(value)) return value.map((each) => (code === '?' ? Number(each) : stored(code, each)))
  if (code === '?' || typeof value !== 'number') return value
  return code.startsWith('f') ? double(value) : value
}

/** A value as the program in Python writes it: a float by its bits, an integer in decimal, bytes in hexadecimal. */
function plain(code: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(code, each))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return code.startsWith('f') ? `f${floatBits(value as number)}` : String(value)
}

function floatBits(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

describe.skipIf(python === undefined)('real pyarrow, pandas, polars and DuckDB', () => {
  const cluster = testCluster()
  const set = freshSet()
  const keys = Array.from({ length: 12 }, (_, row): Key => ['test', set, row])
  /** Of the rows, one has a single bin and one is not there. */
  const [sparse, missing] = [4, 7]
  let frames = ''
  let folder = ''

  beforeAll(async () => {
    frames = framesPython(python!)
    folder = await mkdtemp(join(tmpdir(), 'aerostride-arrow-'))
    const present = keys.filter((_, row) => row !== missing)
    await Promise.all(present.map((key) => cluster.client.put(key, binsOf(keys.indexOf(key)))))
  }, 600_000)
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** The value of a cell, or nothing where it has to be null. */
  function cell(row: number, name: string): unknown {
    return row === missing || (row === sparse && name !== 'i1') ? undefined : cells(row)[name]
  }

  function binsOf(row: number): Bins {
    const present = ENTRIES.filter(([name]) => cell(row, name) !== undefined)
    return Object.fromEntries(present.map(([name, code]) => [name, stored(code, cells(row)[name])]))
  }

  function extraValues(name: string): unknown[] {
    return keys.map((_, row) => {
      if (name === 'key') return String(row)
      if (name === 'resultCode') return row === missing ? '2' : '0'
      return row === missing ? null : name === 'gen' ? '1' : '4294967295'
    })
  }

  test.each(['columns', 'rows'] as const)('the %s layout: the same types, values and nulls', async (layout) => {
    const schema = dtype(ENTRIES.map(([name, code, shape]) => [name, code, shape]))
    const batch = await cluster.client.batchRead(keys, { dtype: schema, layout })
    const columns = Object.fromEntries(
      ENTRIES.map(([name, code, , types]) => {
        const values = keys.map((_, row) => {
          const value = cell(row, name)
          return value === undefined ? null : plain(code, value)
        })
        return [name, { ...types, values }]
      }),
    )
    const extras = Object.fromEntries(
      Object.entries(EXTRAS).map(([name, types]) => [name, { ...types, values: extraValues(name) }]),
    )
    const [stream, file, wanted] = ['s.arrows', 'f.arrow', 'wanted.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const options = { key: true, gen: true, ttl: true, resultCode: true }
    await writeFile(stream, batch.toIPC(options))
    await batch.saveIPC(file, options)
    await writeFile(wanted, JSON.stringify({ ...columns, ...extras }))
    expect(outputOf(frames, ['-c', COMPARE, stream, file, wanted])).toBe('equal\n')
  })
})
