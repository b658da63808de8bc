import * as arrow from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBatch, partsOf } from '../src/batch/batch.js'
import type { Failure } from '../src/batch/failure.js'
import { Batch, type Key, concat, dtype } from '../src/index.js'
import { packKeys } from '../src/keys/packed.js'
import type { Memory } from '../src/columns/memory.js'
import type { Field, Layout } from '../src/kinds/kinds.js'
import { field, layOut, memoryOf, writeCell } from './support/layout.js'
import { freshSet, testCluster } from './support/server.js'

/** take, slice and concat: the rows of batches, against the same done to arrays of objects. */

const LAYOUTS = ['columns', 'rows'] as const
const fields = [field('n', 'u1'), field('f', 'f8'), field('name', 'S5'), field('v', 'u2', [2]), field('b', '?')]

interface Made {
  readonly keys?: Key[]
  readonly failures?: Failure[]
  readonly digests?: boolean
  readonly conversions?: number[]
}

/** A batch whose rows are all different: `first` is the number that the first of them is made of. */
function made(layout: Layout, rows: number, first = 0, more: Made = {}): Batch {
  const memory = memoryOf(fields, rows, layout)
  for (let row = 0; row < rows; row++) {
    const n = first + row
    new Int32Array(memory.buffer, memory.at.resultCodes)[row] = n % 4 === 3 ? 2 : 0
    new Uint32Array(memory.buffer, memory.at.gen)[row] = n + 1
    new Uint32Array(memory.buffer, memory.at.ttl)[row] = 1000 - n
    writeCell(memory, row, 0, Uint8Array.of(n))
    writeCell(memory, row, 1, new Uint8Array(Float64Array.of(n / 2).buffer))
    if (n % 3 > 0) writeCell(memory, row, 2, Buffer.from(`x${n}`))
    writeCell(memory, row, 3, new Uint8Array(Uint16Array.of(n, n + 1).buffer))
    writeCell(memory, row, 4, Uint8Array.of(n % 2))
  }
  const keys = more.keys ?? Array.from({ length: rows }, (_, row): Key => ['test', 'demo', `k${first + row}`])
  return createBatch({
    memory,
    keys: packKeys(keys),
    conversions: more.conversions ?? fields.flatMap(() => [1, 0, 0]),
    failures: more.failures ?? [],
    layoutFor: (length) => layOut(fields, length, layout, false),
    ...(more.digests === true
      ? { digests: Uint8Array.from({ length: rows * 20 }, (_, at) => first + Math.floor(at / 20)) }
      : {}),
  })
}

/** All that a batch says of its rows, one by one. */
function rowsOf(batch: Batch): unknown[] {
  const { valid, meta, resultCodes, keys, digests } = batch
  return Array.from(batch, (row, index) => ({
    row,
    valid: Object.entries(valid).map(([name, mask]) => [name, mask[index]]),
    meta: [meta.gen[index], meta.ttl[index], resultCodes[index]],
    key: keys[index],
    digest: digests?.slice(index * 20, index * 20 + 20),
  }))
}

const failure = (rows: number[], code = -8): Failure => ({
  node: 'a 127.0.0.1:3000',
  code,
  message: 'it is gone',
  rows: Uint32Array.from(rows),
})

/** What the rows at `places` know of the failures. */
const failuresAt = (batch: Batch, places: readonly number[]): number[][] =>
  batch.failures.map(({ rows }) => places.flatMap((place, at) => (rows.includes(place) ? [at] : [])))

describe.each(LAYOUTS)('in the %s layout', (layout) => {
  const ten = (): Batch => made(layout, 10, 0, { digests: true, failures: [failure([1, 4, 9]), failure([2], 20)] })

  test('take gives the rows in the order of the indices, as often as they are named', () => {
    const batch = ten()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 9 })), (indices) => {
        const taken = batch.take(indices)
        const places = indices.map((index) => (index < 0 ? index + 10 : index))
        expect(rowsOf(taken)).toEqual(places.map((place) => rowsOf(batch)[place]))
        expect(taken.failures.map(({ rows }) => [...rows])).toEqual(
          failuresAt(batch, places).filter((rows) => rows.length > 0),
        )
        expect(taken.buffer).not.toBe(batch.buffer)
      }),
    )
  })

  test('slice gives what slice of an array gives', () => {
    const batch = ten()
    const position = fc.option(fc.oneof(fc.integer({ min: -13, max: 13 }), fc.constantFrom(-0, 2.7, -Infinity, NaN)), {
      nil: undefined,
    })
    fc.assert(
      fc.property(position, position, (start, end) => {
        const slice = batch.slice(start, end)
        const places = Array.from({ length: 10 }, (_, row) => row).slice(start, end)
        expect(rowsOf(slice)).toEqual(rowsOf(batch).slice(start, end))
        expect(slice.failures.map(({ rows }) => [...rows])).toEqual(
          failuresAt(batch, places).filter((rows) => rows.length > 0),
        )
      }),
    )
  })

  test('slices of slices, and what is made of them, are as of arrays', () => {
    const rows = rowsOf(ten()).slice(2, -1)
    const slice = ten().slice(1).slice(1, -1)
    expect(rowsOf(slice)).toEqual(rows)
    expect(rowsOf(slice.where((_, row) => row !== 1))).toEqual(rows.toSpliced(1, 1))
    expect(rowsOf(slice.take([-1, 0]))).toEqual([rows.at(-1), rows[0]])
    expect(rowsOf(concat([slice, slice.slice(0, 1)]))).toEqual([...rows, rows[0]])
    expect(slice.toNpy()).toEqual(ten().take([2, 3, 4, 5, 6, 7, 8]).toNpy())
    expect(slice.toNpy('name')).toEqual(ten().take([2, 3, 4, 5, 6, 7, 8]).toNpy('name'))
    expect(slice.toJSON()).toEqual(ten().toJSON().slice(2, -1))
    expect(slice.toIPC({ key: true, gen: true })).toEqual(
      ten().take([2, 3, 4, 5, 6, 7, 8]).toIPC({ key: true, gen: true }),
    )
    expect(slice.get('k4')).toEqual(ten().at(4))
    expect(slice.has('k1')).toBe(false)
  })

  test('concat gives the rows of all, with all that is known of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }), (lengths) => {
        const batches = lengths.map((length, at) =>
          made(layout, length, at * 10, { digests: true, failures: length > 1 ? [failure([1])] : [] }),
        )
        const all = concat(batches)
        expect(rowsOf(all)).toEqual(batches.flatMap(rowsOf))
        expect(all.conversions['n']).toEqual({ missing: lengths.length, lossy: 0, mismatched: 0 })
        const firsts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, 0))
        expect(all.failures.map(({ rows }) => [...rows])).toEqual(
          firsts.filter((__, at) => lengths[at]! > 1).map((first) => [first + 1]),
        )
      }),
    )
  })

  test('a batch that gave its memory away gives no rows', () => {
    const batch = made(layout, 3)
    batch.detach()
    for (const use of [() => batch.take([0]), () => batch.slice(1), () => concat([made(layout, 1), batch])]) {
      expect(use).toThrow(/^the memory of this batch was given away/)
    }
  })
})

describe('take', () => {
  const batch = made('columns', 4)
  const namesAt = (indices: Parameters<Batch['take']>[0]): unknown[] => batch.take(indices).keys.map(([, , id]) => id)

  test.each([
    ['a typed array', Uint8Array.of(3, 0)],
    ['a typed array with negative numbers', Int16Array.of(-1, -4)],
    ['bigints', [3n, -4n]],
    ['a typed array of bigints', BigInt64Array.of(-1n, 0n)],
    ['floats that are integers', Float64Array.of(3, 0)],
    ['an Arrow vector', arrow.vectorFromArray([3, 0], new arrow.Int32())],
    ['an Arrow vector of 64 bits', arrow.vectorFromArray([3n, -4n], new arrow.Int64())],
  ])('by %s', (_, indices) => {
    expect(namesAt(indices)).toEqual(['k3', 'k0'])
  })

  test('by an Arrow vector of Bool, which is a mask, and so in where', () => {
    const mask = arrow.vectorFromArray([true, false, null, true], new arrow.Bool())
    const parted = mask.slice(0, 1).concat(mask.slice(1))
    for (const each of [mask, parted]) {
      expect(namesAt(each)).toEqual(['k0', 'k3'])
      expect(rowsOf(batch.where(each))).toEqual(rowsOf(batch.take([0, 3])))
    }
  })

  test.each([
    [[0, 4], RangeError, 'indices[1] must be an integer within the batch, not the number 4; rows are 0 to 3'],
    [[-5], RangeError, 'indices[0] must be an integer within the batch, not the number -5; rows are 0 to 3'],
    [[0.5], RangeError, 'indices[0] must be an integer within the batch, not the number 0.5; rows are 0 to 3'],
    [BigInt64Array.of(2n ** 60n), RangeError, /^indices\[0\] must be an integer within the batch, not the bigint 1152/],
    [[1, '2'], TypeError, 'indices[1] must be an integer, not the string "2"'],
    [[1, undefined, 2], TypeError, 'indices[1] must be an integer, not undefined'],
    [arrow.vectorFromArray([1, null], new arrow.Int32()), TypeError, 'indices[1] must be an integer, not null'],
    ['0', TypeError, 'indices must be an array, a typed array or an Arrow vector of integers, not the string "0"'],
    [
      new Map([[0, 1]]),
      TypeError,
      /^indices must be an array, a typed array or an Arrow vector of integers, not a Map/,
    ],
    [arrow.vectorFromArray([true], new arrow.Bool()), RangeError, 'mask has 1 elements, the batch has 4 rows'],
  ])('refuses case %#', (indices, error, message) => {
    expect(() => batch.take(indices as number[])).toThrow(error)
    expect(() => batch.take(indices as number[])).toThrow(message)
  })

  test('of an empty batch', () => {
    expect(made('rows', 0).take([]).length).toBe(0)
    expect(() => made('rows', 0).take([0])).toThrow(/there are no rows$/)
  })
})

describe('slice', () => {
  test('shares the memory of the columns layout, and copies that of the rows layout', () => {
    const [columns, rows] = [made('columns', 6), made('rows', 6)]
    const [shared, copied] = [columns.slice(2, 4), rows.slice(2, 4)]
    for (const batch of [columns, rows]) batch.meta.gen[2] = 77
    expect([shared.meta.gen[0], copied.meta.gen[0]]).toEqual([77, 3])
    expect([shared.buffer === columns.buffer, copied.buffer === rows.buffer]).toEqual([true, false])
  })

  test('refuses what is no position', () => {
    expect(() => made('columns', 1).slice('1' as unknown as number)).toThrow(
      'start must be an integer, not the string "1"',
    )
    expect(() => made('columns', 1).slice(0, null as unknown as number)).toThrow('end must be an integer, not null')
  })

  test('detach copies it, and leaves the batch that it is of', () => {
    const batch = made('columns', 6)
    const moved = Batch.from(batch.slice(2, 4).detach())
    expect(rowsOf(moved)).toEqual(rowsOf(batch).slice(2, 4))
    expect(moved.buffer).not.toBe(batch.buffer)
  })
})

const other = (own: Field[], layout: Layout = 'columns', align = false): Batch =>
  createBatch({
    memory: memoryOf(own, 1, layout, align),
    keys: packKeys([['test', 'demo', 1]]),
    conversions: own.flatMap(() => [0, 0, 0]),
    failures: [],
    layoutFor: (length) => layOut(own, length, layout, align),
  })

describe('concat', () => {
  test('keys of every kind and set are found in it', () => {
    const digest = { digest: Uint8Array.from({ length: 20 }, (_, at) => at) }
    const strings: Key[] = ['a', 'ä'].map((id) => ['test', 'one', id])
    const integers: Key[] = [5, 2n ** 60n].map((id) => ['test', 'two', id])
    const mixed: Key[] = [
      ['test', 'two', 'a'],
      ['bar', '', Uint8Array.of(1, 2)],
      ['test', 'one', digest],
    ]
    const all = concat(
      [strings, integers, mixed, strings].map((keys, at) => made('columns', keys.length, at, { keys })),
    )
    const keys = [...strings, ...integers, ...mixed, ...strings]
    expect(all.keys).toEqual(keys)
    // Of equal keys the last one is found.
    expect(keys.map((key) => all.indexOf(key))).toEqual([7, 8, 2, 3, 4, 5, 6, 7, 8])
    expect(Batch.from(concat([all, all.slice(1, 3)]).detach()).keys).toEqual([...keys, ...keys.slice(1, 3)])
  })

  test('digests are there where all have them', () => {
    const [known, unknown] = [made('columns', 1, 0, { digests: true }), made('columns', 1)]
    expect(concat([known, known]).digests).toHaveLength(40)
    expect(concat([known, unknown]).digests).toBeUndefined()
  })

  test.each([
    [
      [made('columns', 1), other([...fields.slice(0, 1), field('f', 'f4')])],
      'batches[1] differs in field 1: it has "f": f4, and batches[0] "f": f8',
    ],
    [
      [made('columns', 1), other(fields.slice(0, 4))],
      'batches[1] differs in field 4: it has none, and batches[0] "b": ?',
    ],
    [
      [other([field('v', 'u2', [2])]), other([field('v', 'u2', [3])])],
      /it has "v": u2\[3\], and batches\[0\] "v": u2\[2\]$/,
    ],
    [[made('columns', 1), made('rows', 1)], 'batches[1] has the rows layout, and batches[0] the columns layout'],
    [
      [other(fields.slice(0, 2), 'rows'), other(fields.slice(0, 2), 'rows', true)],
      'batches[1] has aligned records, and batches[0] packed ones',
    ],
    [[made('columns', 1), {}], 'batches[1] must be a batch, not an object'],
    [[], 'batches must have at least one batch, whose fields the result has'],
    [made('columns', 1), 'batches must be an array of batches, not a Batch'],
  ])('refuses what differs: case %#', (batches, message) => {
    expect(() => concat(batches as Batch[])).toThrow(message)
  })
})

const view = (name: string, kind: string): Field => ({
  ...field(name, 'V16'),
  kind: kind as Field['kind'],
  descr: kind,
})
const views = [field('n', 'u1'), view('text', 'utf8'), view('list', 'list')]

/** The text of every row, by its view and by its list, which are the same. */
function textsOf(batch: Batch): string[][] {
  const { buffer, at, blocks = [], length } = partsOf(batch).memory
  return Array.from({ length }, (_, row) =>
    [1, 2].map((index) => {
      const cell = Buffer.from(buffer, at.offsets[index]! + row * at.strides[index]!, 16)
      const size = cell.readInt32LE(0)
      if (index === 1 && size <= 12) return cell.toString('utf8', 4, 4 + size)
      const start = cell.readInt32LE(12)
      return Buffer.from(blocks[cell.readInt32LE(8)] ?? []).toString('utf8', start, start + size)
    }),
  )
}

const twice = (list: readonly string[]): string[][] => list.map((text) => [text, text])

/** Texts as views: short ones in the cell, others in blocks of `blockSize` bytes; lists of bytes in the same blocks. */
function viewed(layout: Layout, texts: readonly string[], blockSize: number): Batch {
  const memory: Memory = memoryOf(views, texts.length, layout)
  const blocks: Buffer[] = []
  const stored = (bytes: Uint8Array): [number, number] => {
    if (blocks.length === 0 || blocks.at(-1)!.length + bytes.length > blockSize) blocks.push(Buffer.alloc(0))
    const block = blocks.length - 1
    const at = blocks[block]!.length
    blocks[block] = Buffer.concat([blocks[block]!, bytes])
    return [block, at]
  }
  texts.forEach((text, row) => {
    const bytes = Buffer.from(text)
    const cell = Buffer.alloc(16)
    cell.writeInt32LE(bytes.length)
    bytes.copy(cell, 4, 0, bytes.length > 12 ? 4 : 12)
    if (bytes.length > 12) stored(bytes).forEach((number, at) => cell.writeInt32LE(number, 8 + 4 * at))
    writeCell(memory, row, 1, cell)
    const list = Buffer.alloc(16)
    list.writeInt32LE(bytes.length)
    list.writeUInt32LE(bytes.length, 4)
    if (bytes.length > 0) stored(bytes).forEach((number, at) => list.writeInt32LE(number, 8 + 4 * at))
    writeCell(memory, row, 2, list)
  })
  return createBatch({
    memory: { ...memory, blocks },
    keys: packKeys(texts.map((_, row): Key => ['test', 'demo', row])),
    conversions: views.flatMap(() => [0, 0, 0]),
    failures: [],
    layoutFor: (length) => layOut(views, length, layout, false),
  })
}

describe('cells that are views', () => {
  test.each(LAYOUTS)('keep their text through take, slice and concat in the %s layout', (layout) => {
    const texts = fc.array(fc.string({ maxLength: 30 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), fc.integer({ min: 20, max: 200 }), (lists, size) => {
        const batches = lists.map((list) => viewed(layout, list, size))
        batches.forEach((batch, at) => {
          expect(textsOf(batch.take([...lists[at]!.keys()].toReversed()))).toEqual(twice(lists[at]!.toReversed()))
          expect(textsOf(batch.where(lists[at]!.map((_, row) => row % 2 === 1)))).toEqual(
            twice(lists[at]!.filter((_, row) => row % 2)),
          )
          expect(textsOf(batch.slice(1, -1))).toEqual(twice(lists[at]!.slice(1, -1)))
        })
        const slices = batches.map((batch) => batch.slice(1))
        const all = [...lists, ...lists.map((list) => list.slice(1))].flat()
        expect(textsOf(concat([...batches, ...slices]))).toEqual(twice(all))
      }),
    )
  })
})

describe('with a server', () => {
  const cluster = testCluster()
  const sensor = dtype({ n: 'i4', f: 'f8' })

  test('a slice is written as it is', async () => {
    const set = freshSet()
    const keys = Array.from({ length: 20 }, (_, row): Key => ['test', set, row])
    const columns = { n: Int32Array.from(keys.keys()), f: Float64Array.from(keys.keys(), (n) => n / 4) }
    await cluster.client.batchWrite(keys, { dtype: sensor, columns })
    const batch = await cluster.client.batchRead(keys, { dtype: sensor })
    const others = keys.slice(0, 5).map(([namespace, , id]): Key => [namespace, freshSet(), id])
    await cluster.client.batchWrite(others, batch.slice(7, 12))
    const written = await cluster.client.batchRead(others, { dtype: sensor })
    expect(written.toObjects()).toEqual(batch.toObjects().slice(7, 12))
  })

  test('into refuses a slice, and takes the memory of the slices of a batch', async () => {
    const keys = Array.from({ length: 4 }, (_, row): Key => ['test', 'none', row])
    const batch = await cluster.client.batchRead(keys, { dtype: sensor })
    const slice = batch.slice(1)
    await expect(cluster.client.batchRead(keys, { dtype: sensor, into: slice })).rejects.toThrow(
      'into must be a batch of its own, not a slice, which shares its memory',
    )
    await cluster.client.batchRead(keys, { dtype: sensor, into: batch })
    expect(() => slice.at(0)).toThrow(/^the memory of this batch was given away/)
  })

  test('text, lists and anything else stay what they are in rows that are taken, cut out, joined, sent and written', async () => {
    const set = freshSet()
    const many = dtype({ n: 'i4', text: 'utf8', raw: 'binary', list: ['f8', null], any: 'any' })
    const keys = Array.from({ length: 60 }, (_, row): Key => ['test', set, row])
    const bins = keys.map((_, n) => ({
      n,
      text: 'ä'.repeat(n),
      raw: new Uint8Array(n % 20).fill(n),
      list: Array.from({ length: n % 7 }, (__, at) => at / 2),
      any: n % 2 === 0 ? { n, long: 'x'.repeat(n) } : [n, `${n}`],
    }))
    await cluster.client.putMany(keys.map((key, row) => [key, bins[row]!]))
    for (const layout of LAYOUTS) {
      const read = (part: Key[]) => cluster.client.batchRead(part, { dtype: many, layout })
      const batch = await read(keys)
      const rows = batch.toObjects()
      expect(rows.map(({ text }) => text)).toEqual(bins.map(({ text }) => text))
      const joined = concat([
        await read(keys.slice(0, 20)),
        (await read(keys.slice(10))).slice(10),
        await read(keys.slice(59)),
      ])
      expect(joined.toObjects()).toEqual([...rows, rows[59]])
      expect(joined.take([-1, 40, 3]).toObjects()).toEqual([rows[59], rows[40], rows[3]])
      expect(
        batch
          .slice(30, 50)
          .where((_, row) => row < 3)
          .toObjects(),
      ).toEqual(rows.slice(30, 33))
      expect(Batch.from(batch.slice(30, 50).detach()).toObjects()).toEqual(rows.slice(30, 50))
      const others = keys.slice(30, 50).map(([namespace, , id]): Key => [namespace, freshSet(), id])
      expect(await cluster.client.batchWrite(others, batch.slice(30, 50))).toMatchObject({ ok: 20 })
      expect((await read(others)).toObjects()).toEqual(rows.slice(30, 50))
      const scanned = await cluster.client.scan('test', set, { dtype: many, layout, batchRows: 7 }).toBatch()
      expect(scanned.toObjects().toSorted((a, b) => a.n - b.n)).toEqual(rows)
    }
  })

  test('the keys of a scan that was joined are found by their sets, whichever batch they came in', async () => {
    const set = freshSet()
    const ids = Array.from({ length: 300 }, (_, row) => row)
    const keys = ids.map((id): Key => ['test', set, id])
    await cluster.client.batchWrite(keys, {
      dtype: sensor,
      columns: { n: ids, f: ids },
      policy: { sendKey: true },
    })
    const batch = await cluster.client.scan('test', set, { dtype: sensor, batchRows: 40 }).toBatch()
    expect(ids.map((id) => batch.get(['test', set, id])?.n)).toEqual(ids)
    expect(batch.get(['test', 'other', 1])).toBeUndefined()
  })
})
