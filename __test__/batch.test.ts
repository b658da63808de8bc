import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, createBatch } from '../src/batch/batch.js'
import { takeMemory } from '../src/batch/reuse.js'
import type { Failure } from '../src/batch/failure.js'
import type { Key } from '../src/keys/key.js'
import { packKeys } from '../src/keys/packed.js'
import type { Memory } from '../src/columns/memory.js'
import type { Layout } from '../src/kinds/kinds.js'
import type { Schema } from '../src/kinds/literals.js'
import { field, layOut, memoryOf, writeCell } from './support/layout.js'

type Sensor = {
  readonly temperature: 'f8'
  readonly humidity: 'i4'
  readonly flag: '?'
  readonly name: 'S8'
  readonly v: readonly ['u2', 2]
}

const fields = [
  field('temperature', 'f8'),
  field('humidity', 'i4'),
  field('flag', '?'),
  field('name', 'S8'),
  field('v', 'u2', [2]),
]

interface Made {
  keys?: Key[]
  failures?: Failure[]
  align?: boolean
}

/** A batch of sensors over memory laid out by hand; every third record is missing. */
function sensors<L extends Layout>(layout: L, rows: number, made: Made = {}): Batch<Sensor, L> {
  const memory = memoryOf(fields, rows, layout, made.align)
  const codes = new Int32Array(memory.buffer, memory.at.resultCodes, rows)
  for (let row = 0; row < rows; row++) {
    codes[row] = row % 3 === 2 ? 2 : 0
    if (codes[row] === 0) writeSensor(memory, row)
  }
  const keys = made.keys ?? Array.from({ length: rows }, (_, row): Key => ['test', 'demo', `sensor_${row}`])
  return batchOf<Sensor, L>(memory, keys, made.failures)
}

function writeSensor(memory: Memory, row: number): void {
  writeCell(memory, row, 0, new Uint8Array(Float64Array.of(20 + row / 2).buffer))
  writeCell(memory, row, 1, new Uint8Array(Int32Array.of(40 + row).buffer))
  writeCell(memory, row, 2, Uint8Array.of(row % 2))
  writeCell(memory, row, 3, Buffer.from(`n${row}`))
  writeCell(memory, row, 4, new Uint8Array(Uint16Array.of(row, row + 1).buffer))
  new Uint32Array(memory.buffer, memory.at.gen)[row] = row + 1
  new Uint32Array(memory.buffer, memory.at.ttl)[row] = 0xffff_ffff
}

function batchOf<S extends Schema, L extends Layout>(
  memory: Memory,
  keys: Key[],
  failures: Failure[] = [],
): Batch<S, L> {
  return createBatch({
    memory,
    keys: packKeys(keys),
    conversions: memory.fields.flatMap((_, index) => [index, 0, 1]),
    failures,
    layoutFor: (rows) => layOut(memory.fields, rows, memory.layout, memory.align),
  }) as unknown as Batch<S, L>
}

const row1 = { temperature: 20.5, humidity: 41, flag: true, name: 'n1', v: Uint16Array.of(1, 2) }
const missing = { temperature: 0, humidity: 0, flag: false, name: '', v: Uint16Array.of(0, 0) }

describe.each(['columns', 'rows'] as const)('a batch in the %s layout', (layout) => {
  test('rows by position', () => {
    const batch = sensors(layout, 4)
    expect(batch.at(1)).toEqual(row1)
    expect(batch.at(2)).toEqual(missing)
    expect(batch.at(-3)).toEqual(row1)
    expect(() => batch.at(4)).toThrow('row must be an integer within the batch, not the number 4; rows are 0 to 3')
    expect(() => batch.at(0.5)).toThrow(RangeError)
    expect(Object.keys(batch.at(0))).toEqual(['temperature', 'humidity', 'flag', 'name', 'v'])
  })

  test('rows by key', () => {
    const batch = sensors(layout, 4)
    expect(batch.get('sensor_1')).toEqual(row1)
    expect(batch.get(['test', 'demo', 'sensor_1'])).toEqual(row1)
    expect([batch.get('sensor_9'), batch.indexOf('sensor_9'), batch.has('sensor_9')]).toEqual([undefined, -1, false])
    expect([batch.indexOf('sensor_3'), batch.has('sensor_3')]).toEqual([3, true])
  })

  test('iteration and toObjects give all rows in order', () => {
    const batch = sensors(layout, 4)
    const rows = [0, 1, 2, 3].map((row) => batch.at(row))
    expect([...batch]).toEqual(rows)
    expect(batch.toObjects()).toEqual(rows)
  })

  test('validity, meta and result codes', () => {
    const batch = sensors(layout, 4)
    expect([...batch.valid.humidity]).toEqual([1, 1, 0, 1])
    expect([...batch.meta.gen]).toEqual([1, 2, 0, 4])
    expect([...batch.meta.ttl]).toEqual([0xffff_ffff, 0xffff_ffff, 0, 0xffff_ffff])
    expect([...batch.resultCodes]).toEqual([0, 0, 2, 0])
    expect(batch.resultCodes).toBe(batch.resultCodes)
    expect(batch.conversions.humidity).toEqual({ missing: 1, lossy: 0, mismatched: 1 })
  })

  test('where keeps what a filter of the objects keeps, in memory of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (mask) => {
        const batch = sensors(layout, mask.length)
        const kept = batch.where(mask)
        expect(kept.toObjects()).toEqual(batch.toObjects().filter((_, row) => mask[row]))
        expect([...kept.resultCodes]).toEqual([...batch.resultCodes].filter((_, row) => mask[row]))
        expect([...kept.meta.gen]).toEqual([...batch.meta.gen].filter((_, row) => mask[row]))
        expect([...kept.valid.name]).toEqual([...batch.valid.name].filter((_, row) => mask[row]))
        expect(kept.keys).toEqual(batch.keys.filter((_, row) => mask[row]))
        expect(kept.toNpy()).toEqual(
          new Uint8Array(sensors(layout, mask.length).where(Uint8Array.from(mask, Number)).toNpy()),
        )
        expect(kept.buffer).not.toBe(batch.buffer)
      }),
    )
  })

  test('where with a predicate, ok, and keys afterwards', () => {
    const batch = sensors(layout, 6)
    const warm = batch.where((row, index) => row.temperature > 20.2 && index > 1)
    expect(warm.keys.map((key) => key[2])).toEqual(['sensor_3', 'sensor_4'])
    expect(warm.get('sensor_4')).toEqual(batch.get('sensor_4'))
    expect(warm.has('sensor_1')).toBe(false)
    expect(batch.ok().keys.map((key) => key[2])).toEqual(['sensor_0', 'sensor_1', 'sensor_3', 'sensor_4'])
    expect(batch.ok().ok().length).toBe(4)
  })

  test('a mask that does not fit', () => {
    const batch = sensors(layout, 2)
    expect(() => batch.where([true])).toThrow('mask has 1 elements, the batch has 2 rows')
    expect(() => batch.where('11' as never)).toThrow(
      'mask must be a Uint8Array, an array of booleans, an Arrow vector of Bool or a function, not the string "11"',
    )
  })

  test('failures follow the rows that a mask keeps', () => {
    const failures = [
      { node: 'A', code: -15, message: 'gone', rows: Uint32Array.of(0, 2, 3) },
      { node: 'B', code: 9, message: 'late', rows: Uint32Array.of(1) },
    ]
    const kept = sensors(layout, 4, { failures }).where([false, false, true, true])
    expect(kept.failures).toEqual([{ ...failures[0], rows: Uint32Array.of(0, 1) }])
  })

  test('no rows', () => {
    const batch = sensors(layout, 0)
    expect([batch.length, [...batch], batch.has('a'), batch.ok().length]).toEqual([0, [], false, 0])
    expect(() => batch.at(0)).toThrow('there are no rows')
    expect(batch.toNpy().length % 64).toBe(0)
    expect(inspect(batch)).toContain('0 rows')
  })

  test('the file on disk is toNpy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aerostride-'))
    const batch = sensors(layout, 3)
    await batch.saveNpy(join(folder, 'a.npy'))
    batch.saveNpySync(join(folder, 'b.npy'))
    for (const name of ['a.npy', 'b.npy'])
      expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(batch.toNpy())
    await rm(folder, { recursive: true })
  })

  test('memory that was taken over', () => {
    const batch = sensors(layout, 3)
    const bytes = batch.buffer.byteLength
    expect(() => takeMemory(batch, bytes + 1)).toThrow(
      `into: the old batch has ${bytes} bytes, this read needs ${bytes + 1}`,
    )
    expect(batch.at(1)).toEqual(row1)
    const taken = takeMemory(batch, bytes)
    expect(taken.byteLength).toBe(bytes)
    const moved = { name: 'AerostrideError', code: 'ERR_AEROSTRIDE_BATCH_MOVED' }
    for (const use of [
      () => batch.at(1),
      () => batch.get('sensor_1'),
      () => batch.columns,
      () => batch.valid,
      () => batch.meta,
      () => batch.resultCodes,
      () => batch.buffer,
      () => batch.records,
      () => [...batch],
      () => batch.toObjects(),
      () => batch.where([true, true, true]),
      () => batch.ok(),
      () => batch.toNpy(),
      () => takeMemory(batch, 1),
    ]) {
      expect(use).toThrow(expect.objectContaining(moved))
    }
    expect(inspect(batch)).toBe('Batch(3 rows, its memory was given away)')
    expect([batch.length, batch.has('sensor_1')]).toEqual([3, true])
  })
})

test('rows that were read before the memory moved do not turn into zeros', () => {
  const batch = sensors('columns', 3)
  batch.at(0)
  takeMemory(batch, 1)
  expect(() => batch.at(1)).toThrow(/given away/)
})

test('into must be a batch', () => {
  expect(() => takeMemory(new ArrayBuffer(8), 8)).toThrow('into must be a batch of an earlier read, not an ArrayBuffer')
})

test('columns of the columns layout are typed arrays over the buffer', () => {
  const batch = sensors('columns', 2)
  expect(batch.columns.temperature).toEqual(Float64Array.of(20, 20.5))
  expect(batch.columns.temperature.buffer).toBe(batch.buffer)
  expect(batch.columns.flag).toEqual(Uint8Array.of(0, 1))
  expect(batch.columns.name.toArray()).toEqual(['n0', 'n1'])
  expect(batch.columns.v.data).toEqual(Uint16Array.of(0, 1, 1, 2))
  expect(batch.records).toBeUndefined()
})

test('records of the rows layout', () => {
  const { buffer, bytes, itemsize, offsets } = sensors('rows', 2).records
  expect([itemsize, { ...offsets }]).toEqual([25, { temperature: 0, humidity: 8, flag: 12, name: 13, v: 21 }])
  expect(bytes.length).toBe(50)
  expect(new DataView(buffer).getInt32(itemsize + offsets.humidity, true)).toBe(41)
  expect(sensors('rows', 2, { align: true }).records.itemsize).toBe(32)
})

test('both layouts give one file', () => {
  expect(sensors('columns', 5).toNpy()).toEqual(sensors('rows', 5).toNpy())
})

test('keys in order, with duplicates, from several sets', () => {
  const keys: Key[] = [
    ['test', 'a', 1],
    ['test', 'b', 1],
    ['test', 'a', 1],
    ['test', 'a', 'x'],
  ]
  const batch = sensors('columns', 4, { keys })
  expect(batch.keys).toEqual(keys)
  expect([batch.indexOf(1), batch.indexOf(['test', 'b', 1]), batch.indexOf(['test', 'a', 1n])]).toEqual([2, 1, 2])
})

test('a field may be called like a property of every object', () => {
  const names = ['__proto__', 'constructor', 'toString']
  const memory = memoryOf(
    names.map((name) => field(name, 'u1')),
    1,
    'columns',
  )
  names.forEach((_, index) => writeCell(memory, 0, index, Uint8Array.of(index + 1)))
  const batch = batchOf<Schema, 'columns'>(memory, [['test', 'demo', 1]])
  expect(Object.entries(batch.at(0))).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
    ['toString', 3],
  ])
  expect(Object.keys(batch.columns)).toEqual(names)
  expect(Object.keys(batch.conversions)).toEqual(names)
})

describe('inspect', () => {
  test('counts, then the first rows as a table', () => {
    expect(`\n${inspect(sensors('columns', 7))}\n`).toMatchInlineSnapshot(`
      "
      Batch(7 rows, 5 ok, columns layout, 5 fields)
             key  code  temperature:f8  humidity:i4  flag:?  name:S8  v:u2[2]
        sensor_0     0              20           40   false     "n0"   [0, 1]
        sensor_1     0            20.5           41    true     "n1"   [1, 2]
        sensor_2     2               -            -       -        -        -
        sensor_3     0            21.5           43    true     "n3"   [3, 4]
        sensor_4     0              22           44   false     "n4"   [4, 5]
        … 2 more
      "
    `)
  })

  test('as many fields as a line holds', () => {
    const many = Array.from({ length: 1000 }, (_, index) => field(`field_${index}`, 'f8'))
    const printed = inspect(batchOf<Schema, 'rows'>(memoryOf(many, 1, 'rows'), [['test', 'demo', 1]]))
    expect(printed).toContain('Batch(1 row, 1 ok, rows layout, 1000 fields)')
    expect(printed).toMatch(/field_0:f8 .*… 99\d more fields/)
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThan(125)
  })
})
