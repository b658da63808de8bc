import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Key, double, dtype } from '../src/index.js'
import type { DtypeList } from '../src/kinds/literals.js'
import { type GoldenArray, type GoldenField, type GoldenValue, golden, goldenFolder } from './support/golden.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

interface GoldenCast {
  bin: 'int' | 'double'
  value: string
  /** The bits of a double, big-endian. */
  value_be?: string
  to: string
  bytes_le: string
}

function castInput({ bin, value, value_be }: GoldenCast): unknown {
  return bin === 'int' ? BigInt(value) : double(Buffer.from(value_be!, 'hex').readDoubleBE())
}

describe.each(['columns', 'rows'] as const)('numpy’s casts in the %s layout', (layout) => {
  const casts = golden('numpy-casts.json') as GoldenCast[]

  test.each([...new Set(casts.map(({ to }) => to))])('to %s', async (to) => {
    const wanted = casts.filter((cast) => cast.to === to)
    const set = freshSet()
    const keys = wanted.map((_, index): Key => ['test', set, index])
    await Promise.all(keys.map((key, index) => cluster.client.put(key, { v: castInput(wanted[index]!) })))
    const schema = dtype([['v', to]] as DtypeList)
    const batch = await cluster.client.batchRead(keys, { dtype: schema, layout })
    const records = batch.toNpy().subarray(-wanted.length * schema.itemsize)
    wanted.forEach((cast, index) => {
      const bytes = Buffer.from(records.subarray(index * schema.itemsize, (index + 1) * schema.itemsize))
      expect({ ...cast, found: bytes.toString('hex') }).toEqual({ ...cast, found: cast.bytes_le })
      expect(batch.valid['v']![index]).toBe(1)
    })
  })
})

/** A golden value as what a user would put: lists for sub-arrays, bigints, doubles and bytes. */
function putValue(value: GoldenValue, code: string): unknown {
  if (Array.isArray(value)) return value.map((each) => putValue(each, code))
  if (typeof value === 'object') return Buffer.from(value.hex, 'hex')
  if (code.startsWith('f')) return double(Number(value))
  // An unsigned integer over int64 is stored as the int64 of the same bits.
  return BigInt.asIntN(64, BigInt(value))
}

describe.each(['columns', 'rows'] as const)('numpy’s files in the %s layout', (layout) => {
  test.each(['sensors', 'vectors', 'all_kinds'])('%s read from the server is the identical file', async (name) => {
    const { fields, rows } = golden(`npy/${name}.json`) as GoldenArray
    const set = freshSet()
    const keys = rows.map((_, index): Key => ['test', set, index])
    await Promise.all(keys.map((key, row) => cluster.client.put(key, binsOf(fields, rows[row]!))))
    const batch = await cluster.client.batchRead(keys, { dtype: dtype(fields as DtypeList), layout })
    const expected = readFileSync(join(goldenFolder, 'npy', `${name}.npy`))
    expect(Buffer.from(batch.toNpy()).equals(expected)).toBe(true)
  })
})

function binsOf(fields: GoldenField[], row: GoldenValue[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(([name, code], index) => [name, putValue(row[index]!, code)]))
}
