// npm `aerospike`, the official client: `batchRead`, then a loop that copies the bins into typed arrays. Keys and
// requests are made before the time is taken.
import Aerospike from 'aerospike'
import { serve } from './serve.mjs'

const arrays = { f8: Float64Array, i4: Int32Array, u1: Uint8Array, f4: Float32Array }
let client
let requests
let bins

await serve({
  async prepare({ hosts, workload, keys }) {
    client ??= await Aerospike.connect({ hosts, log: { level: Aerospike.log.OFF }, policies: { batch: policy() } })
    ;({ bins } = workload)
    const names = bins.map(({ name }) => name)
    requests = Array.from({ length: keys }, (_, i) => ({
      key: new Aerospike.Key(workload.namespace, workload.set, `key_${i}`),
      bins: names,
    }))
  },
  async read() {
    return toColumns(await client.batchRead(requests))
  },
  checksum: ([column]) => sumOf(column, bins[0]),
  close: () => client?.close(),
})

/** Its own defaults, with a deadline that a big batch on a busy machine does not reach. */
function policy() {
  return new Aerospike.BatchPolicy({ totalTimeout: 60_000, socketTimeout: 60_000 })
}

function toColumns(results) {
  const columns = bins.map(({ code, length = 1 }) =>
    code.startsWith('S') ? Array.from({ length: results.length }) : new arrays[code](results.length * length),
  )
  for (const [b, { name, length }] of bins.entries()) fill(columns[b], results, name, length)
  return columns
}

function fill(column, results, name, length) {
  const bytes = length ? new Uint8Array(column.buffer) : undefined
  for (let i = 0; i < results.length; i++) {
    const { status, record } = results[i]
    if (status !== 0) continue
    if (bytes) bytes.set(record.bins[name], i * length * 4)
    else column[i] = record.bins[name]
  }
}

function sumOf(column, { code, length = 1 }) {
  let sum = 0
  for (let i = 0; i < column.length; i += length) sum += code.startsWith('S') ? column[i].length : column[i]
  return sum
}
