import { inspect } from 'node:util'
import Aerospike from 'aerospike'
import { describe, expect, test } from 'vitest'
import { GeoJSON, HyperLogLog, type Key, dtype, exp, op, withinRegion } from '../src/index.js'
import { doors } from './support/doors.js'
import { hasOfficial } from './support/official.js'
import { freshSet, testCluster } from './support/server.js'

/** GeoJSON and HyperLogLogs as values: what was read can be written again, and is the same. */

const cluster = testCluster()
const point = new GeoJSON({ type: 'Point', coordinates: [13.4, 52.5] })
const TEXT = '{"type":"Point","coordinates":[13.4,52.5]}'

async function sketch(): Promise<HyperLogLog> {
  const key: Key = ['test', freshSet(), 'sketch']
  await cluster.client.operate(key, [op.hlls.add('h', ['a', 'b', 'c'], { indexBits: 8 })])
  return (await cluster.client.get(key))?.bins?.['h'] as HyperLogLog
}

describe.each(doors)('through the %s door', (_, door) => {
  test('bins, lists and maps keep them', async () => {
    const set = freshSet()
    const [first, second]: [Key, Key] = [['test', set, 1], ['test', set, 2]] // prettier-ignore
    const hll = await sketch()
    const bins = { geo: point, hll, list: [point, hll], map: { at: point, hll }, keyed: new Map([[1, point]]) }
    await door(cluster.client, 'put', first, bins)
    const read = (await door(cluster.client, 'get', first)) as { bins: typeof bins }
    expect(read.bins).toEqual(bins)
    expect(read.bins.geo).toBeInstanceOf(GeoJSON)
    expect(read.bins.hll).toBeInstanceOf(HyperLogLog)
    expect(read.bins.list[1]).toBeInstanceOf(HyperLogLog)
    await door(cluster.client, 'put', second, read.bins)
    expect(await door(cluster.client, 'get', second)).toMatchObject({ bins })
    // The server knows their types still.
    const { results } = await cluster.client.operate(
      second,
      [
        op.hlls.count('hll'),
        op.compute(
          'near',
          exp.geoCompare(exp.geo('geo'), exp.geoValue('{"type":"AeroCircle","coordinates":[[13,52],99000]}')),
        ),
      ],
      { results: 'list' },
    )
    expect(results).toEqual([3, true])
  })

  test('columns of any read and write them', async () => {
    const set = freshSet()
    const keys: Key[] = [['test', set, 1], ['test', set, 2]] // prettier-ignore
    const hll = await sketch()
    const type = dtype({ value: 'any' })
    const values = [[point, hll], hll]
    await door(cluster.client, 'batchWrite', keys, { dtype: type, columns: { value: values } })
    const batch = (await door(cluster.client, 'batchRead', keys, { dtype: type })) as {
      columns: { value: { get(row: number): unknown } }
    }
    expect([0, 1].map((row) => batch.columns.value.get(row))).toEqual(values)
    expect((await cluster.client.batchRead(keys)).map(({ bins }) => bins?.['value'])).toEqual(values)
    await door(cluster.client, 'batchWrite', keys, { dtype: type, columns: { value: [point, point] } })
    expect((await cluster.client.get(keys[0] as Key))?.bins).toEqual({ value: point })
  })
})

test.runIf(hasOfficial)('the official client reads what was written, and writes what is read', async () => {
  const official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
  try {
    const set = freshSet()
    const theirs = (id: string): never => new Aerospike.Key('test', set, id) as never
    const hll = await sketch()
    await cluster.client.put(['test', set, 'ours'], { geo: point, list: [point], hll })
    const read = (await official.get(theirs('ours'))).bins as Record<string, never>
    expect(read['geo']).toBe(TEXT)
    expect(read['list']).toEqual([TEXT])
    expect(Buffer.from((read['hll'] as unknown as { buffer: Buffer }).buffer)).toEqual(Buffer.from(hll.bytes))
    // Their client writes a HyperLogLog that it has read as a blob: only operations of it make one.
    await official.put(theirs('theirs'), { geo: new Aerospike.GeoJSON(TEXT) as never })
    await official.operate(theirs('theirs'), [Aerospike.hll.init('hll', 8), Aerospike.hll.add('hll', ['a', 'b', 'c'])])
    expect((await cluster.client.get(['test', set, 'theirs']))?.bins).toEqual({ geo: point, hll })
    expect((await official.operate(theirs('theirs'), [Aerospike.hll.getCount('hll')])).bins).toEqual({ hll: 3 })
  } finally {
    official.close()
  }
})

describe('GeoJSON', () => {
  test('is made of objects, text and itself', () => {
    expect(point.text).toBe(TEXT)
    expect(new GeoJSON(TEXT)).toEqual(point)
    expect(new GeoJSON(point)).toEqual(point)
    expect(new GeoJSON({ type: 'Point', coordinates: [0, 0] })).not.toEqual(point)
    expect(String(point)).toBe(TEXT)
    expect(JSON.stringify({ point })).toBe(`{"point":${TEXT}}`)
    expect(inspect(point)).toBe(`GeoJSON(${TEXT})`)
  })

  test.each([[5], [null], [[1]], [{}], ['{'], [undefined], ['"\ud800"']])('%j is none', (value) => {
    expect(() => new GeoJSON(value as never)).toThrow(/^value /)
  })

  test('says that a clone would be something else', () => {
    expect(() => structuredClone(point)).toThrow(/a GeoJSON; clone its text/)
  })

  test('is what conditions and constants take', () => {
    expect(() => withinRegion('g', new GeoJSON({ type: 'AeroCircle', coordinates: [[0, 0], 5] }))).not.toThrow()
    expect(() => withinRegion('g', point)).toThrow(/GeoJSON of type Polygon/)
    expect(String(exp.eq(exp.list('l'), [point]))).toContain('Point')
  })
})

describe('a HyperLogLog', () => {
  test('is made of bytes and itself', async () => {
    const hll = await sketch()
    expect(new HyperLogLog(hll.bytes)).toEqual(hll)
    expect(new HyperLogLog(hll)).toEqual(hll)
    expect(JSON.stringify([hll])).toBe(`["${Buffer.from(hll.bytes).toString('hex')}"]`)
    expect(inspect(hll)).toBe(`HyperLogLog(${hll.bytes.length} bytes)`)
    expect(() => structuredClone(hll)).toThrow(/a HyperLogLog; clone its bytes/)
  })

  test.each([[5], ['x'], [[1]], [undefined]])('%j is none', (value) => {
    expect(() => new HyperLogLog(value as never)).toThrow(/^bytes must be a Uint8Array/)
  })
})
