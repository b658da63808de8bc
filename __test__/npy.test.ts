import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Memory } from '../src/columns/memory.js'
import { npyFile } from '../src/batch/npy.js'
import type { Field, Layout } from '../src/kinds/kinds.js'
import { type GoldenArray, golden, goldenBytes, goldenFields, goldenFolder } from './support/golden.js'
import { field, memoryOf, writeCell } from './support/layout.js'

function goldenMemory(name: string, layout: Layout): Memory {
  const { fields, rows } = golden(`npy/${name}.json`) as GoldenArray
  const memory = memoryOf(goldenFields(fields), rows.length, layout)
  rows.forEach((row, number) =>
    row.forEach((value, index) => writeCell(memory, number, index, goldenBytes(memory.fields[index]!, value))),
  )
  return memory
}

function headerOf(file: Uint8Array): string {
  return Buffer.from(file).toString('latin1', 10, file.indexOf(0x0a) + 1)
}

function versionOf(fields: Field[]): number | undefined {
  return npyFile(memoryOf(fields, 0, 'columns'))[6]
}

describe('npyFile', () => {
  test.each(['sensors', 'vectors', 'all_kinds'])('%s is the file that numpy writes, from either layout', (name) => {
    const expected = readFileSync(join(goldenFolder, 'npy', `${name}.npy`))
    expect(Buffer.from(npyFile(goldenMemory(name, 'columns'))).equals(expected)).toBe(true)
    expect(Buffer.from(npyFile(goldenMemory(name, 'rows'))).equals(expected)).toBe(true)
  })

  test('the descr of every golden dtype is numpy’s', () => {
    for (const { fields, npy_descr } of golden('numpy-dtypes.json') as (GoldenArray & { npy_descr: string })[]) {
      const header = headerOf(npyFile(memoryOf(goldenFields(fields), 0, 'columns')))
      expect(header).toContain(`{'descr': ${npy_descr}, 'fortran_order': False, 'shape': (0,), }`)
    }
  })

  test('aligned records keep their padding, named as numpy names it', () => {
    const memory = memoryOf([field('a', 'u1'), field('b', 'f8'), field('c', 'u1')], 1, 'rows', true)
    const header = headerOf(npyFile(memory))
    expect(header).toContain("[('a', '|u1'), ('', '|V7'), ('b', '<f8'), ('c', '|u1'), ('', '|V7')]")
  })

  test('names are quoted as Python quotes them', () => {
    const names = ["it's", '"', `'"`, 'back\\slash', 'tab\t', 'nul\0', 'é', '\u00a0', '\u2028', '\u{e0001}']
    const header = headerOf(
      npyFile(
        memoryOf(
          names.map((name) => field(name, 'u1')),
          0,
          'columns',
        ),
      ),
    )
    const quoted = [
      `"it's"`,
      `'"'`,
      `'\\'"'`,
      `'back\\\\slash'`,
      `'tab\\t'`,
      `'nul\\x00'`,
      `'é'`,
      `'\\xa0'`,
      `'\\u2028'`,
      `'\\U000e0001'`,
    ]
    for (const name of quoted) expect(header).toContain(`(${name}, '|u1')`)
  })

  test('the version follows the header: 1 for Latin-1, 2 from 64 KiB on, 3 for other names', () => {
    expect(versionOf([field('é', 'u1')])).toBe(1)
    expect(versionOf(Array.from({ length: 4000 }, (_, index) => field(`f${index}`, 'f8')))).toBe(2)
    expect(versionOf([field('温', 'u1')])).toBe(3)
  })
})
