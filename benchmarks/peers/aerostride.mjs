// The package itself: with key tuples (`tuples`), with a packed key list (`keyList`), or one record by itself (`get`).
import { connect, dtype, keyList } from 'aerostride'
import { serve } from './serve.mjs'

const [variant] = process.argv.slice(2)
let client
let schema
let keys
let first

await serve({
  async prepare({ hosts, workload, keys: count }) {
    client ??= await connect({ hosts: hosts.split(',') })
    schema = dtype(
      Object.fromEntries(workload.bins.map(({ name, code, length }) => [name, length ? [code, length] : code])),
    )
    first = workload.bins[0]
    const names = Array.from({ length: count }, (_, i) => `key_${i}`)
    keys =
      variant === 'keyList'
        ? keyList(workload.namespace, workload.set, names)
        : names.map((name) => [workload.namespace, workload.set, name])
  },
  read: () => (variant === 'get' ? client.get(keys[0]) : client.batchRead(keys, { dtype: schema })),
  checksum: (read) => (variant === 'get' ? read.bins[first.name] : sumOf(read.columns[first.name], read.length)),
  bytes: (batch) => batch.buffer?.byteLength,
  close: () => client?.close(),
})

/** Over the first column: numbers, the first element of each vector, or the lengths of the strings. */
function sumOf(column, length) {
  let sum = 0
  for (let i = 0; i < length; i++) {
    if (first.length) sum += column.row(i)[0]
    else if (first.code.startsWith('S')) sum += column.string(i).length
    else sum += column[i]
  }
  return sum
}
