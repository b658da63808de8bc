import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { native } from '../src/binding/native.js'
import { nativeDtypeOf } from '../src/dtype/dtype.js'
import { dtype } from '../src/index.js'
import type { DtypeList, DtypeObject } from '../src/kinds/literals.js'
import { type GoldenField, golden } from './support/golden.js'
import { field, layOut } from './support/layout.js'

interface GoldenDtype {
  fields: GoldenField[]
  packed: { itemsize: number; offsets: number[] }
  aligned: { itemsize: number; offsets: number[] }
  sizes: number[]
}

/** A dtype whose literal the compiler does not see, as wrong ones and random ones are. */
function untyped(fields: unknown) {
  return dtype(fields as DtypeObject)
}

describe('dtype', () => {
  test('both forms mean the same', () => {
    const object = dtype({ a: 'f8', b: ['f4', 3], c: ['i2', [2, 3]], d: 'S5' })
    const list = dtype([
      ['a', 'f8'],
      ['b', 'f4', 3],
      ['c', 'i2', [2, 3]],
      ['d', 'S5'],
    ])
    expect(list.fields).toEqual(object.fields)
    expect([object.names, object.itemsize]).toEqual([['a', 'b', 'c', 'd'], 8 + 12 + 12 + 5])
    expect(object.fields[2]).toEqual({ name: 'c', kind: 'i2', itemsize: 2, shape: [2, 3], count: 6, descr: '<i2' })
  })

  test('every alias and prefix is its kind', () => {
    const aliases = {
      i1: ['int8', 'b', 'byte'],
      i2: ['int16', 'h', 'short'],
      i4: ['int32', 'i', 'intc', '<i4', '=i4', '|i4'],
      i8: ['int64', 'q', 'int', 'longlong', '<int64'],
      u1: ['uint8', 'B', 'ubyte'],
      u2: ['uint16', 'H', 'ushort'],
      u4: ['uint32', 'I', 'uintc'],
      u8: ['uint64', 'Q', 'uint', 'ulonglong'],
      f2: ['float16', 'e', 'half'],
      f4: ['float32', 'f', 'single'],
      f8: ['float64', 'd', 'double', 'float'],
      '?': ['bool', 'bool_', 'b1', '|b1'],
      S: ['|S7', '<S7'],
      V: ['=V7'],
    }
    for (const [kind, codes] of Object.entries(aliases)) {
      for (const code of codes) expect([code, untyped({ a: code }).fields[0]?.kind]).toEqual([code, kind])
    }
  })

  test('itemsize and offsets are numpy’s, packed and aligned', () => {
    for (const { fields, packed, aligned, sizes } of golden('numpy-dtypes.json') as GoldenDtype[]) {
      const compiled = dtype(fields as DtypeList)
      expect(compiled.fields.map((each) => each.itemsize * each.count)).toEqual(sizes)
      expect(compiled.itemsize).toBe(packed.itemsize)
      expect(native.layoutOf(nativeDtypeOf(compiled), 0, 'rows', false)).toMatchObject(packed)
      expect(native.layoutOf(nativeDtypeOf(compiled), 0, 'rows', true)).toMatchObject(aligned)
    }
  })

  test('the layout of any schema is as the naive one', () => {
    const code = fc.constantFrom('i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', '?')
    const spec = fc.oneof(
      fc.record({ code, shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }) }),
      fc.record({
        code: fc.tuple(fc.constantFrom('S', 'V'), fc.integer({ min: 1, max: 70 })).map((parts) => parts.join('')),
        shape: fc.constant<number[]>([]),
      }),
    )
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 8 }), fc.nat(200), fc.boolean(), (specs, rows, align) => {
        const compiled = nativeDtypeOf(dtype(specs.map((each, index) => [`f${index}`, each.code, each.shape] as const)))
        const fields = specs.map((each, index) => field(`f${index}`, each.code, each.shape))
        expect(native.fieldsOf(compiled)).toEqual(fields)
        for (const layout of ['columns', 'rows'] as const) {
          expect(native.layoutOf(compiled, rows, layout, align)).toEqual(layOut(fields, rows, layout, align))
        }
      }),
    )
  })

  test('inspect names the fields and their codes', () => {
    expect(inspect(dtype({ a: 'float64', b: ['f4', [2, 3]], c: 'S5', d: 'bool' }))).toBe(
      'dtype(38 bytes) { a: f8, b: f4[2,3], c: S5, d: ? }',
    )
    expect(inspect(dtype(Array.from({ length: 25 }, (_, index) => [`f${index}`, 'u1'] as const)))).toMatch(
      /f19: u1, … 5 more }$/,
    )
  })
})

describe('dtypes that cannot be', () => {
  const known =
    "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 ? S{n} V{n} datetime64[ms] utf8 binary any ['f4', null], or a numpy name such as 'float64'"
  test.each([
    [
      { a: '>f4' },
      `dtype field 0 "a": ">f4" is big-endian, which is not supported; use 'f4', columns are little-endian`,
    ],
    [
      { a: 'f8', b: 'U10' },
      `dtype field 1 "b": "U10" (UTF-32 text) is not supported; use 'utf8' for text of any length, or 'S{n}' with the largest UTF-8 size in bytes`,
    ],
    [{ a: 'O' }, `dtype field 0 "a": "O" (Python objects) is not supported; use 'any', which takes every value`],
    [
      { a: 'M8[D]' },
      `dtype field 0 "a": "M8[D]" has a unit that is not supported; use one of s ms us ns, such as 'datetime64[ms]'`,
    ],
    [{ a: 'm8' }, `dtype field 0 "a": "m8" (time spans) is not supported; use 'i8' and store a count of ms or ns`],
    [{ a: 'c' }, `dtype field 0 "a": "c" (single characters) is not supported; use 'S1'`],
    [{ a: 'c16' }, `dtype field 0 "a": "c16" (complex numbers) is not supported; use a sub-array, ['f8', [2]]`],
    [{ a: 'g' }, `dtype field 0 "a": "g" (long double) is not supported; use 'f8'`],
    [{ a: 'S0' }, `dtype field 0 "a": "S0" has no room for any value; give the text a size, such as 'S16'`],
    [{ a: 'V0' }, `dtype field 0 "a": "V0" has no room for any value; give the bytes a size, such as 'V16'`],
    [
      { a: 'S' },
      `dtype field 0 "a": "S" has no size; use 'utf8', which needs none, or give the text its largest size in bytes, such as 'S16'`,
    ],
    [{ a: 'i3' }, `dtype field 0 "a": "i3" is not a dtype code; use one of ${known}`],
    [
      { a: ['S8', 3] },
      `dtype field 0 "a": a sub-array of "S8" is not supported; use one 'V{n}' field for all its bytes, or a numeric sub-array`,
    ],
    [{ '': 'f8' }, 'dtype field 0 "": the name is empty; field names are bin names of 1 to 15 bytes'],
    [
      [
        ['a', 'f8'],
        ['a', 'f4'],
      ],
      'dtype field 1 "a": the name is already field 0; every bin can be a field once',
    ],
    [
      { a_name_too_long_: 'f8' },
      `dtype field 0 "a_name_too_long_": the name has 16 bytes; bin names have at most 15, use the bin's own name`,
    ],
    [
      { a: { b: 'f8' } },
      `dtype field 0 "a" has "b" and no type; it must be a code, [code, shape] or { type, from, fill }, and a struct in a struct is not supported: use a field per bin`,
    ],
    [
      { a: { fill: 0 } },
      `dtype field 0 "a" has "fill" and no type; it must be a code, [code, shape] or { type, from, fill }, and a struct in a struct is not supported: use a field per bin`,
    ],
    [
      { a: {} },
      `dtype field 0 "a" has nothing and no type; it must be a code, [code, shape] or { type, from, fill }, and a struct in a struct is not supported: use a field per bin`,
    ],
    [
      [['a', ['f4', 128]]],
      'dtype field 0 "a": in a list of fields the code and the shape have no brackets of their own: write ["a", "f4", 128]',
    ],
    [
      [['a', ['f4', [2, 3]]]],
      'dtype field 0 "a": in a list of fields the code and the shape have no brackets of their own: write ["a", "f4", [2,3]]',
    ],
    [
      [['a', ['f4', null]]],
      'dtype field 0 "a": in a list of fields the code and the shape have no brackets of their own: write ["a", "f4", null]',
    ],
    [
      { a: [['b', 'f8']] },
      `dtype field 0 "a": a struct in a struct is not supported; use a field per bin, or 'V{n}' for its bytes`,
    ],
    [{ a: ['f8', 2, 3] }, 'dtype field 0 "a" must be a code or [code, shape], not an array of 3'],
    [
      { a: ['f8', '2'] },
      'dtype field 0 "a": the shape must be an integer from 1 on, or an array of them, not the string "2"',
    ],
    [{ a: 5 }, `dtype field 0 "a": the code must be a string such as 'f8', not the number 5`],
    ['f8', 'dtype must be an object or a list of fields, not the string "f8"'],
    [null, 'dtype must be an object or a list of fields, not null'],
    [[['a']], 'dtype[0] must be [name, code], [name, code, shape] or [name, { type, from, fill }], not an array of 1'],
    [
      [[5, 'f8']],
      'dtype[0] must be [name, code], [name, code, shape] or [name, { type, from, fill }], not an array of 2',
    ],
  ])('%j', (fields, message) => {
    expect(() => untyped(fields)).toThrow(TypeError)
    expect(() => untyped(fields)).toThrow(expect.objectContaining({ message, code: 'ERR_AEROSTRIDE_INVALID_ARGUMENT' }))
  })

  test.each([0, -1, 1.5, Number.NaN])('a dimension of %s is out of range', (dimension) => {
    expect(() => untyped({ a: ['f8', [2, dimension]] })).toThrow(RangeError)
    expect(() => untyped({ a: ['f8', dimension] })).toThrow(
      `dtype field 0 "a": the shape must be an integer from 1 on, or an array of them, not the number ${dimension}`,
    )
  })
})
