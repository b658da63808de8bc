import { readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Batch, type Key, type SubarrayColumn, dtype, loadNpy, loadNpySync } from '../src/index.js'
import { goldenFolder } from './support/golden.js'
import { findPython, numpyPython } from './support/numpy.js'
import { outputOf } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

/** A file with this header in front of these bytes, as versions 1 to 3 have it. */
function npy(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const text = Buffer.from(header, version === 3 ? 'utf8' : 'latin1')
  const head = Buffer.alloc(8 + (version === 1 ? 2 : 4))
  head.write('\u0093NUMPY', 'latin1')
  head[6] = version
  head.writeUIntLE(text.length, 8, version === 1 ? 2 : 4)
  return Buffer.concat([head, text, data])
}

const header = (descr: string, shape = '(2,)', fortran = 'False'): string =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const column = (batch: Batch, name = 'value'): unknown => batch.columns[name]

describe('loadNpy', () => {
  test('the arrays of numpy’s own files, which toNpy writes again', async () => {
    for (const name of ['sensors', 'vectors', 'all_kinds']) {
      const path = join(goldenFolder, 'npy', `${name}.npy`)
      const file = readFileSync(path)
      for (const layout of ['columns', 'rows'] as const) {
        const batch = await loadNpy(path, { layout })
        expect(Buffer.from(batch.toNpy()).equals(file)).toBe(true)
        expect(batch.layout).toBe(layout)
        expect([...batch.resultCodes]).toEqual(Array.from(batch, () => 0))
        for (const mask of Object.values(batch.valid)) expect([...mask]).toEqual(Array.from(batch, () => 1))
        expect(batch.keys).toEqual(Array.from(batch, () => ['', '', null]))
        expect(loadNpySync(pathToFileURL(path), { layout }).toObjects()).toEqual(batch.toObjects())
      }
    }
  })

  test('the bytes of a file, in whatever holds them', () => {
    const file = npy(header("'<i2'"), bytes(1, 0, 255, 255))
    const within = Buffer.concat([bytes(7), file]).subarray(1)
    for (const source of [file, within, Uint8Array.from(file).buffer]) {
      expect(column(loadNpySync(source))).toEqual(Int16Array.of(1, -1))
    }
  })

  test('an array without fields becomes one, under a name that can be given', () => {
    const file = npy(header("'<f8'", '(1,)'), new Uint8Array(Float64Array.of(0.5).buffer))
    expect(loadNpySync(file).at(0)).toEqual({ value: 0.5 })
    expect(loadNpySync(file, { name: 'temperature' }).at(0)).toEqual({ temperature: 0.5 })
    expect(loadNpySync(file, { dtype: dtype({ t: 'f8' }) }).at(0).t).toBe(0.5)
  })

  test('further dimensions are a sub-array, in either order of the file', () => {
    const data = Uint8Array.from({ length: 12 }, (_, at) => at)
    const c = loadNpySync(npy(header("'|u1'", '(2, 3, 2)'), data))
    expect(c.toObjects()).toEqual([{ value: data.subarray(0, 6) }, { value: data.subarray(6) }])
    expect((column(c) as SubarrayColumn).shape).toEqual([3, 2])
    const fortran = loadNpySync(npy(header("'|u1'", '(2, 3, 2)', 'True'), data))
    expect(fortran.toObjects()).toEqual([{ value: bytes(0, 6, 2, 8, 4, 10) }, { value: bytes(1, 7, 3, 9, 5, 11) }])
    expect(column(loadNpySync(npy(header("'|u1'", '(2,)', 'True'), bytes(1, 2))))).toEqual(bytes(1, 2))
  })

  test('big-endian elements, one by one and in records of either layout', () => {
    const data = bytes(0x01, 0x02, 7, 0x3f, 0x80, 0, 0, 0xff, 0xfe, 8, 0xc0, 0, 0, 0)
    const file = npy(header("[('a', '>i2'), ('b', '|u1'), ('c', '>f4')]"), data)
    const rows = [
      { a: 258, b: 7, c: 1 },
      { a: -2, b: 8, c: -2 },
    ]
    expect(loadNpySync(file).toObjects()).toEqual(rows)
    expect(loadNpySync(file, { layout: 'rows' }).toObjects()).toEqual(rows)
    expect(loadNpySync(file, { layout: 'rows', align: true }).toObjects()).toEqual(rows)
    expect(column(loadNpySync(npy(header("'>S2'"), Buffer.from('abcd'))))).toMatchObject({ length: 2 })
    expect(loadNpySync(npy(header("'>S2'"), Buffer.from('abcd'))).at(0)).toEqual({ value: 'ab' })
  })

  test('times, in either order of bytes', () => {
    const data = bytes(0, 0, 0, 0, 0, 0, 1, 0)
    expect(loadNpySync(npy(header("'>M8[ms]'", '(1,)'), data)).at(0)).toEqual({ value: new Date(256) })
    expect(loadNpySync(npy(header("'<M8[us]'", '(1,)'), data)).at(0)).toEqual({ value: 2n ** 48n })
  })

  test('booleans are 0 or 1, whatever byte the file has', () => {
    expect(column(loadNpySync(npy(header("'|b1'"), bytes(0, 9))))).toEqual(bytes(0, 1))
  })

  test('padding and titles are left out', () => {
    const file = npy(
      header("[('', '|V1'), (('what it is', 'a'), '|u1'), ('', '|V2'), ('b', '|i1', 2)]", '(1,)'),
      bytes(9, 1, 9, 9, 2, 3),
    )
    expect(loadNpySync(file).at(0)).toEqual({ a: 1, b: Int8Array.of(2, 3) })
  })

  test('names as Python writes them, in each version of the format', () => {
    const names = String.raw`[('it\'s', '|u1'), ("\"", '|u1'), ('\\\n\x41\u00e9\U0001f600', '|u1')]`
    expect(Object.keys(loadNpySync(npy(header(names, '(1,)'), bytes(1, 2, 3))).columns)).toEqual([
      "it's",
      '"',
      '\\\nAé😀',
    ])
    const latin = npy(header("[('é', '|u1')]", '(1,)'), bytes(1), 2)
    const unicode = npy(header("[('温', '|u1')]", '(1,)'), bytes(1), 3)
    expect([latin, unicode].map((file) => Object.keys(loadNpySync(file).columns))).toEqual([['é'], ['温']])
  })

  test('headers as older programs wrote them', () => {
    expect(column(loadNpySync(npy("{'shape':(2L,),'fortran_order':False,'descr':'|u1'}", bytes(1, 2))))).toEqual(
      bytes(1, 2),
    )
    expect(column(loadNpySync(npy(header("('|u1')", '[2]'), bytes(1, 2))))).toEqual(bytes(1, 2))
    expect(loadNpySync(npy(header("'|u1'", '()'), bytes(5))).toObjects()).toEqual([{ value: 5 }])
    expect(loadNpySync(npy(header("'<f8'", '(0,)'))).length).toBe(0)
  })

  test('a dtype says what is expected', () => {
    const file = npy(header("[('a', '<i2'), ('v', '|u1', (2,))]", '(1,)'), bytes(1, 0, 2, 3))
    const wanted = dtype({ a: 'i2', v: ['u1', 2] })
    expect(loadNpySync(file, { dtype: wanted }).at(0)).toEqual({ a: 1, v: bytes(2, 3) })
    const refused = (other: Parameters<typeof dtype>[0]): unknown => {
      try {
        return loadNpySync(file, { dtype: dtype(other as never) })
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(refused({ a: 'i4', v: ['u1', 2] })).toBe(
      'source differs from options.dtype in field 0: it has "a": i2, and the dtype "a": i4',
    )
    expect(refused({ a: 'i2', v: ['u1', 3] })).toMatch(/in field 1: it has "v": u1\[2\], and the dtype "v": u1\[3\]$/)
    expect(refused({ a: 'i2' })).toMatch(/in field 1: it has "v": u1\[2\], and the dtype none$/)
    expect(refused({ a: 'i2', v: ['u1', 2], w: 'i1' })).toMatch(/in field 2: it has none, and the dtype "w": i1$/)
  })
})

/** Whether a file is loaded with no more rows than bytes, or refused by the error that says so. */
function outcomeOf(file: Uint8Array): unknown {
  try {
    return loadNpySync(file).length <= file.length ? 'loaded or refused' : 'rows out of nothing'
  } catch (error) {
    return error instanceof RangeError && error.message.startsWith('source') ? 'loaded or refused' : error
  }
}

describe('what is refused', () => {
  const one = bytes(1, 2)
  test.each([
    [npy(header("'|O'"), one), `source, field "value", of type "|O" holds Python objects`],
    [npy(header("'<U1'"), one), `source, field "value", of type "<U1" holds text of 4 bytes a character`],
    [npy(header("'<c8'"), one), 'holds complex numbers'],
    [npy(header("'<m8[s]'"), one), 'holds differences of times'],
    [npy(header("'<M8[D]'"), one), 'holds times in a unit that columns do not have'],
    [npy(header("'<M8'"), one), 'holds times in a unit that columns do not have'],
    [npy(header("'|S0'"), one), 'of type "|S0" is not a type that a column can have'],
    [npy(header("'<f16'"), one), 'of type "<f16" is not a type that a column can have'],
    [npy(header("'<i3'", '(0,)')), 'source has types that columns cannot have: dtype field 0 "value": "i3"'],
    [
      npy(header("'|S1'", '(1, 2)'), one),
      'source has types that columns cannot have: dtype field 0 "value": a sub-array of "S1"',
    ],
    [npy(header("[('a', [('b', '<f8')])]"), one), 'source, field "a", is a record in a record'],
    [npy(header("[('a', '|u1'), ('a', '|u1')]"), bytes(1, 2, 3, 4)), 'source has types that columns cannot have'],
    [npy(header("[('', '|V1')]"), one), 'source has records without fields'],
    [npy(header('[]'), one), 'source has records without fields'],
    [npy(header("[('a',)]"), one), 'descr[0] is not (name, type) or (name, type, shape)'],
    [npy(header("[('a', '|u1', (-1,))]"), one), 'descr[0] is not'],
    [npy(header("[('a', '|u1')]", '(1, 2)'), one), 'source has records in 2 dimensions'],
    [npy(header("'|u1'", '(2, 0)')), 'source has types that columns cannot have'],
    [npy(header("'|u1'", '(3,)'), one), 'source says that its array has 3 bytes, and 2 follow'],
    [npy(header("'|u1'", '(1,)'), one), 'has 1 bytes, and 2 follow; an array behind it would be lost'],
    [npy(header("'|u1'", '(4294967296,)'), one), 'source has 4294967296 rows; at most 4294967295 fit'],
    [npy(header("'|u1'", '(4294967295, 4294967295, 4294967295)'), one), 'says that its array has'],
    [npy(header("'|u1'", `(${'9'.repeat(400)},)`), one), 'a shape, which is a tuple of up to 64 integers'],
    [npy(header("'|u1'", `(${'1,'.repeat(65)})`), one), 'a shape, which is a tuple of up to 64 integers'],
    [npy(header("'|u1'", '(2.0,)'), one), 'is malformed at character'],
    [npy(header("'|u1'", '(2,)', '0'), one), 'has a header without fortran_order'],
    [npy(header("__import__('os').system('id')"), one), `is malformed at character 11 of the header`],
    [npy(header('{'.repeat(100_000)), one, 2), 'expected no more than 32 brackets in each other'],
    [npy(header("'|u1"), one), 'is malformed at'],
    [npy("{'descr': '|u1'} {}", one), 'expected its end, not "{}"'],
    [npy('[1, 2]', one), 'has a header without a dictionary'],
    [npy("{'descr' '|u1'}", one), 'expected ":"'],
    [npy(String.raw`{'\q': 1}`, one), 'expected an escape such as'],
    [npy(String.raw`{'\ud8': 1}`, one), 'expected an escape such as'],
    [npy('{}', one), 'has a header without descr'],
    [npy('{}', one, 4), 'source has version 4 of the format; 1 to 3 are known'],
    [npy(header("'|u1'")).subarray(0, 30), 'source ends in its header, which has'],
    [
      Buffer.from('\u0093NUMPY\u0002\u0000\u00ff\u00ff\u00ff\u00ff', 'latin1'),
      'has a header of 4294967295 bytes; at most',
    ],
    [Buffer.from('PK\u0003\u0004 and so on'), 'source is a .npz archive of several arrays'],
    [Buffer.from('a,b\n1,2\n'), 'source is not a .npy file'],
    [new Uint8Array(0), 'source is not a .npy file'],
  ])('case %#', (file, message) => {
    expect(() => loadNpySync(file)).toThrow(RangeError)
    expect(() => loadNpySync(file)).toThrow(message)
  })

  test('wrong arguments, through both doors', async () => {
    for (const [source, options, message] of [
      [5, undefined, 'source must be a path, a URL, a Uint8Array or an ArrayBuffer, not the number 5'],
      ['x.npy', { layout: 'both' }, `options.layout must be 'columns' or 'rows', not the string "both"`],
      ['x.npy', { allowPickle: true }, /^options has no option "allowPickle"; it takes dtype, name, layout or align/],
      ['/no/such/file.npy', {}, /^ENOENT/],
    ] as const) {
      expect(() => loadNpySync(source as string, options as object)).toThrow(message)
      await expect(loadNpy(source as string, options as object)).rejects.toThrow(message)
    }
  })

  test('a damaged file is loaded or refused, and nothing else happens', () => {
    const file = readFileSync(join(goldenFolder, 'npy', 'all_kinds.npy'))
    const change = fc.tuple(
      fc.nat(file.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from("'(),[]{}:<>|0915\\u"))),
    )
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(file.length), (changes, length) => {
        const damaged = Buffer.from(file)
        for (const [at, byte] of changes) damaged[at] = byte
        for (const each of [damaged, damaged.subarray(0, length)]) {
          expect(outcomeOf(each)).toBe('loaded or refused')
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a column as a file', () => {
  const cluster = testCluster()
  const set = freshSet()
  const keys = [1, 2, 3].map((id): Key => ['test', set, id])
  const all = dtype({ n: 'i4', name: 'S4', raw: 'V2', on: '?', v: ['f4', 2], m: ['u1', [2, 2]] })
  beforeAll(() =>
    cluster.client.batchWrite(keys, {
      dtype: all,
      columns: {
        n: [1, -2, 3],
        name: ['a', 'bc', 'four'],
        raw: [bytes(1, 2), bytes(3, 4), bytes(5, 6)],
        on: [true, false, true],
        v: Float32Array.of(1, 2, 3, 4, 5, 6),
        m: Uint8Array.from({ length: 12 }, (_, at) => at),
      },
    }),
  )

  test.each(['columns', 'rows'] as const)('of every kind, from the %s layout', async (layout) => {
    const batch = await cluster.client.batchRead(keys, { dtype: all, layout })
    for (const name of all.names as (keyof typeof batch.columns)[]) {
      const file = batch.toNpy(name)
      expect(loadNpySync(file).toObjects()).toEqual(batch.toObjects().map((row) => ({ value: row[name] })))
      const own = batch.columns[name]
      expect('toNpy' in own ? own.toNpy() : file).toEqual(file)
    }
    expect(() => batch.toNpy('x' as 'n')).toThrow(
      'field must be one of "n", "name", "raw", "on", "v" or "m", not the string "x"',
    )
  })

  test('is written to a path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aerostride-npy-'))
    const batch = await cluster.client.batchRead(keys, { dtype: all })
    await batch.saveNpy(join(folder, 'a.npy'), 'v')
    batch.saveNpySync(join(folder, 'b.npy'), 'v')
    for (const name of ['a.npy', 'b.npy'])
      expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(batch.toNpy('v'))
    await rm(folder, { recursive: true })
  })

  test('what was loaded can be stored and sent elsewhere', async () => {
    const batch = await cluster.client.batchRead(keys, { dtype: all })
    const loaded = await loadNpy(batch.toNpy())
    const others = keys.map(([namespace, , id]): Key => [namespace, freshSet(), id])
    await cluster.client.batchWrite(others, loaded)
    expect((await cluster.client.batchRead(others, { dtype: all })).toObjects()).toEqual(batch.toObjects())
    expect(loaded.toIPC({ key: true }).length).toBeGreaterThan(0)
    expect(loaded.where((_, row) => row > 0).keys).toHaveLength(2)
  })
})

const python = findPython()

/** Saves arrays of every type that can be columns, and what they hold: the bytes of each field, little-endian, in rows. */
const MAKE = `
import json, os, sys
import numpy as np
from numpy.lib import format as npformat

folder = sys.argv[1]
random = np.random.default_rng(7)
def filled(dtype, shape):
    count = int(np.prod(shape, dtype=int)) * np.dtype(dtype).itemsize
    array = np.frombuffer(random.bytes(count), dtype=dtype).reshape(shape)
    return array
plain = [order + code for code in ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8'] for order in '<>'] + ['S7', 'V5']
arrays = {}
for code in plain:
    arrays[code.strip('<>|') + ('be' if '>' in code else '')] = filled(code, (13,))
    if code[0] in '<>': arrays['m' + code.strip('<>|') + ('be' if '>' in code else '')] = np.asfortranarray(filled(code, (5, 2, 3)))
for unit in ['s', 'ms', 'us', 'ns']:
    for order in '<>': arrays['times' + unit + ('be' if order == '>' else '')] = filled(order + 'M8[' + unit + ']', (9,))
arrays['bool'] = filled('u1', (9,)) > 100
arrays['boolmatrix'] = np.asfortranarray(filled('u1', (3, 4)) > 100)
arrays['empty'] = filled('<f8', (0,))
arrays['strided'] = filled('<i4', (40,))[::3]
fields = [('a', '>u2'), ('b', '<f8', (2, 3)), ('c', 'S3'), ('d', '?'), ('e', '>f4', (4,)), ('f', 'V2'), ('é', '<i8')]
packed = np.zeros(11, dtype=fields)
for name in packed.dtype.names:
    base, shape = packed.dtype[name].subdtype or (packed.dtype[name], ())
    packed[name] = filled('u1', (11,) + shape) > 99 if base.kind == 'b' else filled(base, (11,) + shape)
arrays['records'] = packed
aligned = np.zeros(11, dtype=np.dtype(fields, align=True))
for name in packed.dtype.names: aligned[name] = packed[name]
arrays['aligned'] = aligned
arrays['part'] = packed[['a', 'e']]
arrays['unicode'] = np.zeros(3, dtype=[('温度', '<f8')])
arrays['wide'] = np.zeros(2, dtype=[('x%d' % i, '<u2') for i in range(5000)])

wanted = {}
for name, array in arrays.items():
    versions = [(1, 0), (2, 0), (3, 0)] if name in ('records', 'i4') else [None]
    for version in versions:
        file = name + ('' if version is None else '_%d' % version[0])
        with open(os.path.join(folder, file + '.npy'), 'wb') as out:
            npformat.write_array(out, array, version=version)
        names = array.dtype.names or ['value']
        columns = [array if array.dtype.names is None else array[each] for each in names]
        little = [np.ascontiguousarray(each).astype(each.dtype.newbyteorder('<')) for each in columns]
        wanted[file] = {each: column.tobytes().hex() for each, column in zip(names, little)}
json.dump(wanted, open(os.path.join(folder, 'wanted.json'), 'w'))
`

/** Loads files of single columns, and checks that numpy would save them so. */
const CHECK = `
import io, json, sys
import numpy as np
for path, code, shape in json.load(open(sys.argv[1])):
    array = np.load(path, allow_pickle=False)
    assert array.dtype == np.dtype(code) and list(array.shape) == shape, (path, array.dtype, array.shape)
    saved = io.BytesIO()
    np.save(saved, array)
    assert saved.getvalue() == open(path, 'rb').read(), path
print('equal')
`

describe.skipIf(python === undefined)('real numpy', () => {
  let [numpy, folder] = ['', '']
  beforeAll(async () => {
    numpy = numpyPython(python!)
    folder = await mkdtemp(join(tmpdir(), 'aerostride-load-npy-'))
    outputOf(numpy, ['-c', MAKE, folder])
  }, 300_000)
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('whatever it saves is loaded as it is, into either layout', async () => {
    const wanted = JSON.parse(readFileSync(join(folder, 'wanted.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    expect(Object.keys(wanted).length).toBe(readdirSync(folder).length - 1)
    for (const [file, columns] of Object.entries(wanted)) {
      for (const layout of ['columns', 'rows'] as const) {
        const batch = await loadNpy(join(folder, `${file}.npy`), { layout })
        const found = Object.keys(batch.columns).map((name) => {
          const plain = Buffer.from(batch.toNpy(name))
          return [name, plain.subarray(10 + plain.readUInt16LE(8)).toString('hex')]
        })
        expect({ file, ...Object.fromEntries(found) }).toEqual({ file, ...columns })
      }
    }
  })

  test('it loads a column as it would have saved it', async () => {
    const batch = await loadNpy(join(folder, 'aligned.npy'))
    const checks = await Promise.all(
      [
        ['b', '<f8', [11, 2, 3]],
        ['c', '|S3', [11]],
        ['d', '|b1', [11]],
        ['e', '<f4', [11, 4]],
        ['é', '<i8', [11]],
      ].map(async ([name, code, shape]) => {
        const path = join(folder, `column_${String(code).slice(1)}.npy`)
        await writeFile(path, batch.toNpy(name as string))
        return [path, code, shape]
      }),
    )
    await writeFile(join(folder, 'checks.json'), JSON.stringify(checks))
    expect(outputOf(numpy, ['-c', CHECK, join(folder, 'checks.json')])).toBe('equal\n')
  })
})
