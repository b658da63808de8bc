import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Key, double, dtype } from '../src/index.js'
import { findPython, numpyPython } from './support/numpy.js'
import { outputOf } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const python = findPython()
if (python === undefined)
  process.stderr.write('numpy.test.ts is skipped: there is no Python 3 with venv on this machine\n')

/** Loads the file, builds the same array from the values, and compares dtypes, values and what numpy itself would save. */
const COMPARE = `
import io, json, sys
import numpy as np

path, wanted = sys.argv[1], json.load(open(sys.argv[2]))

def value(text, dtype):
    if isinstance(text, list): return [value(each, dtype) for each in text]
    if dtype.kind in 'SV': return bytes.fromhex(text)
    if dtype.kind == 'b': return text == 'true'
    if dtype.kind == 'M': return np.datetime64(int(text), np.datetime_data(dtype)[0])
    return float(text) if dtype.kind == 'f' else int(text)

fields = [(name, code, *([tuple(shape)] if shape else [])) for name, code, shape in wanted['fields']]
dtype = np.dtype(fields, align=wanted['align'])
array = np.zeros(len(wanted['rows']), dtype=dtype)
for row, cells in zip(array, wanted['rows']):
    for name, text in zip(dtype.names, cells):
        row[name] = value(text, dtype[name].base)

# numpy asks for consent to headers over 10,000 bytes, whoever wrote them.
loaded = np.load(path, allow_pickle=False, max_header_size=1_000_000)
assert loaded.dtype.names == dtype.names, loaded.dtype
assert loaded.dtype.itemsize == dtype.itemsize, (loaded.dtype.itemsize, dtype.itemsize)
assert [loaded.dtype.fields[name] for name in dtype.names] == [dtype.fields[name] for name in dtype.names], loaded.dtype
for name in dtype.names:
    assert loaded[name].tobytes() == array[name].tobytes(), (name, loaded[name], array[name])
saved = io.BytesIO()
np.save(saved, array)
assert saved.getvalue() == open(path, 'rb').read(), 'numpy would save another file'
print('equal')
`

const fields: [name: string, code: string, shape: number[]][] = [
  ['flag', '?', []],
  ['i1', 'i1', []],
  ['i2', 'i2', []],
  ['i4', 'i4', []],
  ['i8', 'i8', []],
  ['u1', 'u1', []],
  ['u2', 'u2', []],
  ['u4', 'u4', []],
  ['u8', 'u8', []],
  ['f2', 'f2', []],
  ['f4', 'f4', []],
  ['f8', 'f8', []],
  ['s', 'S7', []],
  ['v', 'V3', []],
  ['vec', 'f4', [5]],
  ['mat', 'i8', [2, 3]],
  ['bits', '?', [3]],
  ['é', 'u1', []],
  ["it's", 'f8', []],
  ['sec', 'datetime64[s]', []],
  ['ms', 'datetime64[ms]', []],
  ['us', 'M8[us]', []],
  ['ns', 'M8[ns]', []],
]

/** The bins of a record, and the same values as text for Python. */
function record(row: number): { bins: Record<string, unknown>; cells: unknown[] } {
  const text = Buffer.from('abcdefgh'.slice(0, row % 8))
  const raw = Uint8Array.of(row, 0, row + 1)
  const vector = Array.from({ length: 5 }, (_, index) => row + index / 8)
  const matrix = Array.from({ length: 2 }, (_, line) =>
    Array.from({ length: 3 }, (__, index) => row * 100 + line * 10 - index),
  )
  const halves = row / 4 - 1
  const bins = {
    flag: row % 2 === 0,
    i1: 0 - row,
    i2: 0 - row * 100,
    i4: 0 - row * 100_000,
    i8: -(2n ** 62n) - BigInt(row),
    u1: row,
    u2: row * 1000,
    u4: row * 1_000_000,
    u8: 2n ** 62n + BigInt(row),
    f2: double(halves),
    f4: double(halves),
    f8: double(row / 3),
    s: text.toString(),
    v: raw,
    vec: vector.map(double),
    mat: matrix,
    bits: [row % 2, 0, 1],
    é: row,
    "it's": double(-row / 7),
    sec: row * 1000 - 1,
    ms: 1_769_862_615_123 + row,
    us: 0 - row,
    ns: 2n ** 62n + BigInt(row),
  }
  const cells = [
    String(bins.flag),
    bins.i1,
    bins.i2,
    bins.i4,
    bins.i8,
    bins.u1,
    bins.u2,
    bins.u4,
    bins.u8,
    halves,
    halves,
    row / 3,
    hex(text),
    hex(raw),
    vector,
    matrix,
    [String(row % 2 === 1), 'false', 'true'],
    row,
    -row / 7,
    bins.sec,
    bins.ms,
    bins.us,
    bins.ns,
  ]
  return { bins, cells: cells.map(asText) }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText)
  return Object.is(value, -0) ? '-0.0' : String(value)
}

describe.skipIf(python === undefined)('real numpy', () => {
  const cluster = testCluster()
  const rows = Array.from({ length: 11 }, (_, row) => record(row))
  const set = freshSet()
  const keys = rows.map((_, row): Key => ['test', set, row])
  let numpy = ''
  let folder = ''

  beforeAll(async () => {
    numpy = numpyPython(python!)
    folder = await mkdtemp(join(tmpdir(), 'aerostride-numpy-'))
    await Promise.all(rows.map(({ bins }, row) => cluster.client.put(keys[row]!, bins)))
  }, 300_000)
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['columns', false],
    ['rows', false],
    ['rows', true],
  ] as const)('loads the %s layout, align %s, as the array it would have saved itself', async (layout, align) => {
    const [path, wanted] = [join(folder, `${layout}-${align}.npy`), join(folder, `${layout}-${align}.json`)]
    const batch = await cluster.client.batchRead(keys, { dtype: dtype(fields), layout, align, onLoss: 'throw' })
    expect(batch.ok().length).toBe(rows.length)
    await batch.saveNpy(path)
    await writeFile(wanted, JSON.stringify({ fields, align, rows: rows.map(({ cells }) => cells) }))
    expect(outputOf(numpy, ['-c', COMPARE, path, wanted])).toBe('equal\n')
  })

  test('loads an empty batch and one of 2,000 fields', async () => {
    const none = await cluster.client.batchRead([], { dtype: dtype({ a: 'f8' }) })
    const many = Array.from({ length: 2000 }, (_, index): [string, string, number[]] => [`x${index}`, 'f4', []])
    const wide = await cluster.client.batchRead(keys.slice(0, 1), { dtype: dtype(many) })
    for (const [batch, schema, cells] of [
      [none, [['a', 'f8', []]], []],
      [wide, many, [many.map(() => '0')]],
    ] as const) {
      const [path, wanted] = [join(folder, 'other.npy'), join(folder, 'other.json')]
      batch.saveNpySync(path)
      await writeFile(wanted, JSON.stringify({ fields: schema, align: false, rows: cells }))
      expect(outputOf(numpy, ['-c', COMPARE, path, wanted])).toBe('equal\n')
    }
  })
})
