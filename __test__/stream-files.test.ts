// Streams as files, tables and record batches: what is read back is what was written, with every library that is there.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as arrow from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrowBatches, parquetBatches } from '../src/files/read-tables.js'
import { type Batch, type SaveParquetOptions, dtype } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

const ROWS = 1000
const SET = freshSet()
const sample = dtype({
  flag: '?',
  small: 'u1',
  long: 'i8',
  ratio: 'f8',
  name: 'utf8',
  code: 'S4',
  raw: 'binary',
  list: ['f4', null],
  pair: ['i2', 2],
  at: 'datetime64[ms]',
  day: 'datetime64[s]',
  any: 'any',
})

const folder = mkdtempSync(join(tmpdir(), 'aerostride-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = (name: string): string => join(folder, `${files++}-${name}`)

const cluster = testCluster({ server: { nodes: 2 } })

/** Every seventh row has a bin alone; texts need quotes, and numbers all their digits. */
function columnsOf(rows: number[]) {
  const some = <T>(value: (row: number) => T) => rows.map((row) => (row % 7 === 0 ? null : value(row)))
  return {
    flag: some((row) => row % 2 === 0),
    small: rows.map((row) => row % 256),
    long: some((row) => 2n ** 62n + BigInt(row)),
    ratio: some((row) => (row % 3 === 0 ? [Number.NaN, Infinity, -0][row % 9 === 0 ? 0 : row % 2 ? 1 : 2]! : row / 3)),
    name: some((row) => ['', 'a "quoted", text\nof two lines', `größer ${row}`, 'null', '12'][row % 5]!),
    code: some((row) => `c${row % 100}`),
    raw: some((row) => Buffer.from([row % 256, 0, 255]).subarray(0, row % 4)),
    list: some((row) => Float32Array.from({ length: row % 4 }, (_, at) => (at === 2 ? Number.NaN : row / (at + 1)))),
    pair: some((row) => [row % 100, -row]),
    at: some((row) => new Date(1.7e12 + row)),
    day: some((row) => BigInt(row) * 86_400n),
    any: some((row) => [row, 'text', '12', [1, { a: row }], null, true][row % 6] ?? 'none'),
  }
}

beforeAll(async () => {
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const keys = rows.map((row): [string, string, number] => ['test', SET, row])
  await cluster.client.batchWrite(keys, {
    dtype: sample,
    columns: columnsOf(rows),
    policy: { sendKey: true },
  })
})

const scan = (batchRows = 128) => cluster.client.scan('test', SET, { dtype: sample, batchRows })

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0'
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value
}

/** All rows as text in the order of their keys, so that they can be compared whatever order they come in. */
function sorted(rows: Iterable<unknown>): string[] {
  return Array.from(rows, (row) => JSON.stringify(row, plain)).toSorted()
}

/** Parquet has no timestamps in seconds: they are milliseconds there. */
const withoutDay = (rows: string[]): string[] => rows.map((row) => row.replaceAll(/"day":(\d+|null),?/g, ''))

/** A hash of the lines of an export, in whatever order they come. */
async function digestOf(batchRows: number): Promise<string> {
  const path = fresh('x.ndjson')
  await scan(batchRows).saveNdjson(path, { key: true })
  const lines = readFileSync(path, 'utf8').trim().split('\n').toSorted()
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

function rowsOfTables(batches: Iterable<arrow.RecordBatch>): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  for (const batch of batches) {
    for (let row = 0; row < batch.numRows; row++) {
      const cells = batch.schema.fields.map(({ name }, at) => {
        const cell: unknown = batch.getChildAt(at)?.get(row)
        const list =
          cell !== null && typeof cell === 'object' && 'toArray' in cell
            ? (cell as unknown as { toArray(): unknown }).toArray()
            : cell
        return [name, list]
      })
      rows.push(Object.fromEntries(cells) as Record<string, unknown>)
    }
  }
  return rows
}

/** What every table has to hold: that of one batch of everything, made another way. */
async function expected(views = false): Promise<string[]> {
  const whole = await scan().toBatch()
  return sorted(rowsOfTables(whole.toArrow({ key: true, views }).batches))
}

async function collected(batches: AsyncIterable<{ batch: arrow.RecordBatch }>): Promise<arrow.RecordBatch[]> {
  const all: arrow.RecordBatch[] = []
  for await (const { batch } of batches) all.push(batch)
  return all
}

describe('tables and record batches', () => {
  test('toArrow is a table of all batches', async () => {
    const table = await scan().toArrow({ key: true })
    expect(table.batches.length).toBeGreaterThan(5)
    expect(sorted(rowsOfTables(table.batches))).toEqual(await expected(true))
    expect(
      sorted(
        rowsOfTables(cluster.client.scanSync('test', SET, { dtype: sample }).toArrow({ key: true }).batches) as never,
      ),
    ).toEqual(await expected(true))
  })

  test('recordBatches have one schema, also where keys are not stored in some', async () => {
    const set = freshSet()
    for (let id = 0; id < 40; id++) {
      await cluster.client.put(['test', set, id], { small: 1 }, id % 2 === 0 ? { policy: { sendKey: true } } : {})
    }
    const schemas = new Set<string>()
    let known = 0
    const stream = cluster.client.scan('test', set, { dtype: dtype({ small: 'u1' }), batchRows: 8 })
    for await (const batch of stream.recordBatches({ key: 'id', gen: true, ttl: true })) {
      schemas.add(String(batch.schema))
      const ids = batch.getChild('id')!
      for (let row = 0; row < batch.numRows; row++) if (ids.get(row) !== null) known++
    }
    expect(schemas.size).toBe(1)
    expect(known).toBe(20)
  })

  test('keys of several types are no column, and the error says what to do', async () => {
    const set = freshSet()
    await cluster.client.put(['test', set, 1], { small: 1 }, { policy: { sendKey: true } })
    await cluster.client.put(['test', set, 'one'], { small: 1 }, { policy: { sendKey: true } })
    const stream = () => cluster.client.scan('test', set, { dtype: dtype({ small: 'u1' }), batchRows: 1 })
    await expect(stream().toArrow({ key: true })).rejects.toThrow(/keys of several types/)
    await expect(stream().saveParquet(fresh('x.parquet'), { key: true })).rejects.toThrow(/keys of several types/)
    expect((await stream().toArrow()).numRows).toBe(2)
  })

  test('what does not fit is refused before anything is read', async () => {
    const records = cluster.client.scan('test', SET)
    for (const method of ['saveCsv', 'saveNdjson', 'saveIPC', 'saveParquet'] as const) {
      expect(() => records[method](fresh('x'))).toThrow(`${method} needs a stream of columns`)
    }
    expect(() => records.recordBatches()).toThrow('recordBatches needs a stream of columns')
    await expect(records.toArrow()).rejects.toThrow('toArrow needs a stream of columns')
    await expect(scan().saveCsv(5 as never)).rejects.toThrow('path must be a string or a URL, not the number 5')
    await expect(scan().saveCsv(fresh('x'), { key: 'name' })).rejects.toThrow('there is a column "name" already')
    await expect(scan().saveParquet(fresh('x'), { compression: 'zip' as never })).rejects.toThrow(
      /options.compression must be/,
    )
    await expect(scan().saveCsv(fresh('x'), { compression: 'none' } as never)).rejects.toThrow(
      /no option "compression"/,
    )
    await expect(scan().saveIPC(join(folder, 'none', 'x.arrow'))).rejects.toThrow(/ENOENT/)
    await expect(scan().toArrow({ maxBytes: 10 })).rejects.toThrow(/toArrow: the rows need more than 10 bytes/)
  })
})

describe('files', () => {
  test.each(['file', 'stream'] as const)('Arrow, %s format', async (format) => {
    const path = fresh('x.arrow')
    expect(await scan().saveIPC(path, { key: true, views: false, format })).toEqual({ rows: ROWS, files: 1 })
    expect(sorted(rowsOfTables(await collected(arrowBatches(path, 'test'))))).toEqual(await expected())
    expect(sorted(rowsOfTables(arrow.tableFromIPC(readFileSync(path)).batches))).toEqual(await expected())
  })

  test.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'] as const)('Parquet, %s', async (compression) => {
    const path = fresh('x.parquet')
    const options: SaveParquetOptions = { key: true, compression, rowGroupRows: 300 }
    expect(await scan().saveParquet(path, options)).toEqual({ rows: ROWS, files: 1 })
    const batches = await collected(parquetBatches(path, 'test'))
    expect(batches.length).toBe(4)
    const rows = sorted(rowsOfTables(batches))
    expect(withoutDay(rows)).toEqual(withoutDay(await expected()))
    expect(String(batches[0]!.schema.fields.find(({ name }) => name === 'day')?.type)).toBe('Timestamp<MILLISECOND>')
  })

  test('an empty set has a file with its columns', async () => {
    const nothing = () => cluster.client.scan('test', freshSet(), { dtype: sample })
    const [csv, ndjson, ipc, parquet] = ['a.csv', 'a.ndjson', 'a.arrow', 'a.parquet'].map(fresh) as [
      string,
      string,
      string,
      string,
    ]
    expect(await nothing().saveCsv(csv, { key: true })).toEqual({ rows: 0, files: 1 })
    await nothing().saveNdjson(ndjson)
    await nothing().saveIPC(ipc)
    await nothing().saveParquet(parquet)
    expect(readFileSync(csv, 'utf8')).toBe(`key,${sample.names.join(',')}\n`)
    expect(readFileSync(ndjson, 'utf8')).toBe('')
    expect(arrow.tableFromIPC(readFileSync(ipc)).schema.names).toEqual(sample.names)
    expect((await nothing().toArrow()).numRows).toBe(0)
    expect((await nothing().saveParquet(`${fresh('none')}/`)).files).toBe(1)
    expect(statSync(parquet).size).toBeGreaterThan(100)
  })

  test('CSV and ndjson have what the cells hold', async () => {
    const [csv, ndjson] = [fresh('x.csv'), fresh('x.ndjson')]
    const one = () => cluster.client.scan('test', SET, { dtype: sample, filter: '$.small == 5 and $.day < 1000000' })
    await one().saveCsv(pathToFileURL(csv), { key: 'id', gen: true, ttl: 'left' })
    await one().saveNdjson(ndjson, { key: 'id' })
    expect(readFileSync(csv, 'utf8')).toBe(
      `id,${sample.names.join(',')},gen,left\n` +
        '5,false,5,4611686018427387909,1.6666666666666667,"",c5,05,[5],"[5,-5]",2023-11-14T22:13:20.005Z,1970-01-06T00:00:00.000Z,true,1,4294967295\n',
    )
    expect(JSON.parse(readFileSync(ndjson, 'utf8'))).toMatchObject({
      id: 5,
      flag: false,
      name: '',
      raw: '05',
      list: [5],
      pair: [5, -5],
      at: '2023-11-14T22:13:20.005Z',
      any: true,
    })
  })

  test('a folder by shard has every record once', async () => {
    const path = `${fresh('parts')}/`
    const shard = (i: number) => {
      const stream = cluster.client.scan('test', SET, { dtype: sample, batchRows: 100, partitions: { shard: [i, 3] } })
      return stream.saveParquet(path, { key: true, rowsPerFile: 150, prefix: `shard-${i}` })
    }
    const saved = await Promise.all([0, 1, 2].map(shard))
    expect(saved.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS)
    const names = readdirSync(path)
    expect(names.length).toBe(saved.reduce((sum, each) => sum + each.files, 0))
    expect(names).toContain('shard-2-00001.parquet')
    const all = await Promise.all(names.map((name) => collected(parquetBatches(join(path, name), 'test'))))
    const ids = rowsOfTables(all.flat()).map(({ key }) => Number(key))
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, id) => id))
    await expect(shard(1)).rejects.toThrow(/has "shard-1-0000\d.parquet" already/)
  })

  test('a stream that fails leaves a file of what it had delivered, and says where to go on', async () => {
    const [path, rest] = [fresh('x.parquet'), fresh('rest.parquet')]
    const controller = new AbortController()
    const stream = cluster.client.scan('test', SET, { dtype: sample, batchRows: 100, signal: controller.signal })
    const iterate = stream[Symbol.asyncIterator].bind(stream)
    let batches = 0
    stream[Symbol.asyncIterator] = async function* counted(): AsyncGenerator<Batch> {
      for await (const batch of { [Symbol.asyncIterator]: iterate }) {
        if (++batches === 4) controller.abort()
        yield batch
      }
    } as never
    await expect(stream.saveParquet(path, { key: true })).rejects.toThrow(/abort/)
    const after = stream.cursor
    await cluster.client.scan('test', SET, { dtype: sample, after }).saveParquet(rest, { key: true })
    const [some, others] = await Promise.all([path, rest].map((each) => collected(parquetBatches(each, 'test'))))
    const ids = rowsOfTables([...some!, ...others!]).map(({ key }) => Number(key))
    expect(rowsOfTables(some!).length).toBeGreaterThan(0)
    expect(rowsOfTables(some!).length).toBeLessThanOrEqual(400)
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, id) => id))
  })

  test('files do not depend on how rows come in batches', async () => {
    expect(await digestOf(7)).toBe(await digestOf(5000))
  })
})
