// Parquet and Arrow files of a scan in pyarrow, polars and DuckDB: the same rows and types in all of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dtype } from '../src/index.js'
import { findFramesPython, framesPython } from './support/numpy.js'
import { outputOf } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const python = findFramesPython()
if (python === undefined)
  process.stderr.write('parquet-readers.test.ts is skipped: there is no Python 3.10 with venv on this machine\n')

/** Types by reader, and the rows of every reader against what was written. */
const COMPARE = `
import json, sys
import duckdb, polars, pyarrow
import pyarrow.dataset, pyarrow.parquet
from pyarrow import ipc

folder, wanted = sys.argv[1], json.load(open(sys.argv[2]))

def plain(value):
    if isinstance(value, (list, tuple)) or hasattr(value, 'to_list'): return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray)): return value.hex()
    if hasattr(value, 'timestamp'): return round(value.replace(tzinfo=__import__('datetime').timezone.utc).timestamp() * 1000)
    return value

def rows(columns):
    return sorted([[plain(cell) for cell in row] for row in zip(*columns)], key=lambda row: row[-1])

def same(who, names, types, columns):
    assert list(names) == wanted['names'], (who, names)
    # DuckDB counts microseconds whatever a file of Parquet counts.
    types = [str(each).replace('TIMESTAMP_MS', 'TIMESTAMP') for each in types]
    assert types == wanted[who], (who, types)
    got = rows(columns)
    assert got == wanted['rows'], (who, [pair for pair in zip(got, wanted['rows']) if pair[0] != pair[1]][:3])

# A folder of files is one table.
table = pyarrow.dataset.dataset(folder + '/parts', format='parquet').to_table()
table.validate(full=True)
file = pyarrow.parquet.read_table(folder + '/x.parquet')
arrow = ipc.open_file(folder + '/x.arrow').read_all()
assert file.schema.equals(table.schema)
for each in (table, file, arrow): same('arrow', each.column_names, each.schema.types, [column.to_pylist() for column in each.columns])

for frame in (polars.scan_parquet(folder + '/parts/').collect(), polars.read_parquet(folder + '/x.parquet'), polars.read_ipc(folder + '/x.arrow')):
    same('polars', frame.columns, frame.dtypes, [frame[name].to_list() for name in frame.columns])

for source in (f"'{folder}/parts/*.parquet'", f"'{folder}/x.parquet'", 'arrow'):
    result = duckdb.sql('select * from ' + source)
    same('duckdb', result.columns, result.types, zip(*result.fetchall()))

groups = pyarrow.parquet.ParquetFile(folder + '/x.parquet').metadata
assert groups.num_row_groups == 4 and groups.num_rows == len(wanted['rows']), groups
print('equal')
`

const ROWS = 100
const FIELDS = {
  flag: ['?', 'bool', 'Boolean', 'BOOLEAN'],
  small: ['u2', 'uint16', 'UInt16', 'USMALLINT'],
  whole: ['i4', 'int32', 'Int32', 'INTEGER'],
  float: ['f4', 'float', 'Float32', 'FLOAT'],
  ratio: ['f8', 'double', 'Float64', 'DOUBLE'],
  name: ['utf8', 'string', 'String', 'VARCHAR'],
  code: ['S3', 'string', 'String', 'VARCHAR'],
  raw: ['binary', 'binary', 'Binary', 'BLOB'],
  list: [['f8', null], 'list<item: double>', 'List(Float64)', 'DOUBLE[]'],
  at: ['datetime64[ms]', 'timestamp[ms]', "Datetime(time_unit='ms', time_zone=None)", 'TIMESTAMP'],
} as const

const cells = (row: number): unknown[] =>
  row % 9 === 0
    ? [true, ...Array.from({ length: 9 }, () => null)]
    : [
        row % 2 === 0,
        row * 600,
        -row,
        row / 4,
        row / 3,
        row % 5 === 0 ? '' : `größer ${row}, and longer than a cell`,
        `c${row}`,
        Buffer.from([row, 0, 255])
          .subarray(0, row % 4)
          .toString('hex'),
        Array.from({ length: row % 4 }, (_, at) => row + at / 8),
        1_700_000_000_000 + row,
      ]

describe.skipIf(python === undefined)('real pyarrow, polars and DuckDB', () => {
  const cluster = testCluster()
  const set = freshSet()
  const folder = mkdtempSync(join(tmpdir(), 'aerostride-parquet-'))
  let frames = ''

  beforeAll(() => {
    frames = framesPython(python!)
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('the same rows, types and nulls from files and a folder of files', async () => {
    const names = Object.keys(FIELDS)
    const schema = dtype(
      Object.entries(FIELDS).map(([name, [type]]) => (typeof type === 'string' ? [name, type] : [name, ...type])) as [],
    )
    const ids = Array.from({ length: ROWS }, (_, row) => row)
    const columns = Object.fromEntries(
      names.map((name, at) => {
        const values = ids.map((row) => cells(row)[at])
        if (name === 'raw')
          return [name, values.map((hex) => (hex === null ? null : Buffer.from(hex as string, 'hex')))]
        return [name, name === 'at' ? values.map((ms) => (ms === null ? null : BigInt(ms as number))) : values]
      }),
    )
    const keys = ids.map((id): [string, string, number] => ['test', set, id])
    const policy = { sendKey: true }
    await cluster.client.batchWrite(keys, { dtype: schema, columns, policy })

    const scan = () => cluster.client.scan('test', set, { dtype: schema, batchRows: 16 })
    await scan().saveParquet(join(folder, 'x.parquet'), { key: true, rowGroupRows: 30 })
    await scan().saveIPC(join(folder, 'x.arrow'), { key: true, views: false })
    await scan().saveParquet(`${join(folder, 'parts')}/`, { key: true, rowsPerFile: 40 })

    const types = (at: 1 | 2 | 3) => Object.values(FIELDS).map((types_) => types_[at])
    const wanted = {
      names: [...names, 'key'],
      arrow: [...types(1), 'int64'],
      polars: [...types(2), 'Int64'],
      duckdb: [...types(3), 'BIGINT'],
      rows: ids.map((id) => [...cells(id), id]),
    }
    writeFileSync(join(folder, 'wanted.json'), JSON.stringify(wanted))
    const output = outputOf(frames, ['-c', COMPARE, folder, join(folder, 'wanted.json')])
    expect(output).toBe('equal\n')
  })
})
