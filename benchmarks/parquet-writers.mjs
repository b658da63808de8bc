// Which library writes Parquet: the same 196,608 rows of 8 columns by each, and the CPU time that it takes.
//
//   npm install --no-save hyparquet-writer && node benchmarks/parquet-writers.mjs
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROWS = 16_384
const BATCHES = 12
const require = createRequire(import.meta.url)
const arrow = require('apache-arrow')
const folder = mkdtempSync(join(tmpdir(), 'parquet-writers-'))

const indices = Array.from({ length: ROWS }, (_, row) => row)
const batches = Array.from({ length: BATCHES }, (_, batch) => ({
  id: BigInt64Array.from(indices, (row) => BigInt(batch * ROWS + row)),
  temperature: Float64Array.from(indices, (row) => 20 + ((row * 7919) % 1000) / 8),
  humidity: Int32Array.from(indices, (row) => row % 20),
  city: indices.map((row) => (row % 10 ? `city of number ${(row * 31) % 5000}` : null)),
  healthy: indices.map((row) => row % 2 === 0),
  at: BigInt64Array.from(indices, (row) => 1_700_000_000_000n + BigInt(row * 1000)),
  ratio: Float32Array.from(indices, (row) => row / 3),
  raw: indices.map((row) => Uint8Array.of(row % 256, 1, 2, 3)),
}))

for (const [name, write] of Object.entries({ 'parquet-wasm': byWasm, 'hyparquet-writer': byScript })) {
  const path = join(folder, name)
  const before = process.cpuUsage()
  await write(path)
  const { user, system } = process.cpuUsage(before)
  const ms = (user + system) / 1000
  const rate = Math.round((ROWS * BATCHES * 1000) / ms).toLocaleString('en')
  console.log(`${name.padEnd(18)}${ms.toFixed(0).padStart(6)} ms of CPU  ${rate} rows/s  ${statSync(path).size} bytes`)
}
rmSync(folder, { recursive: true })

/** Arrow's IPC bytes of each batch go into WebAssembly, and pages come out. */
async function byWasm(path) {
  const { ParquetEncoder } = require('../dist/files/parquet.js')
  const { loadParquet } = require('../dist/files/parquet-library.js')
  const { openOutput } = require('../dist/files/output.js')
  const of = (batch) => {
    const { makeVector, vectorFromArray, Vector, makeData, Table } = arrow
    const at = new Vector([
      makeData({ type: new arrow.TimestampMillisecond(), length: ROWS, nullCount: 0, data: batch.at }),
    ])
    return new Table({
      id: makeVector(batch.id),
      temperature: makeVector(batch.temperature),
      humidity: makeVector(batch.humidity),
      city: vectorFromArray(batch.city, new arrow.Utf8()),
      healthy: vectorFromArray(batch.healthy, new arrow.Bool()),
      at,
      ratio: makeVector(batch.ratio),
      raw: vectorFromArray(batch.raw, new arrow.Binary()),
    }).batches[0]
  }
  const output = await openOutput(path)
  const encoder = new ParquetEncoder(arrow, loadParquet('benchmark'), {}, {})
  for (const batch of batches) await output.write(await encoder.recordBatch(of(batch), 131_072))
  await output.write(await encoder.end())
  await output.close(true)
}

/** Arrays of values with null for what is missing. */
async function byScript(path) {
  const { ParquetWriter, fileWriter } = await import('hyparquet-writer')
  const types = {
    id: ['INT64'],
    temperature: ['DOUBLE'],
    humidity: ['INT32'],
    city: ['BYTE_ARRAY', 'UTF8'],
    healthy: ['BOOLEAN'],
    at: ['INT64', 'TIMESTAMP_MILLIS'],
    ratio: ['FLOAT'],
    raw: ['BYTE_ARRAY'],
  }
  const fields = Object.entries(types).map(([name, [type, converted_type]]) => ({
    name,
    type,
    converted_type,
    repetition_type: 'OPTIONAL',
  }))
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [{ name: 'root', num_children: fields.length }, ...fields],
  })
  for (let from = 0; from < BATCHES; from += 8) {
    const group = batches.slice(from, from + 8)
    const columnData = Object.keys(types).map((name) => ({
      name,
      data: group.flatMap((batch) => Array.from(batch[name])),
    }))
    writer.write({ columnData, rowGroupSize: 131_072 })
  }
  writer.finish()
}
