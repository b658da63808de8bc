// One export of a whole set into a file of a format, or `scan` for nothing but the batches, and what it has cost. Prints one
// line of JSON.
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'

const { connect } = createRequire(import.meta.url)('../../dist/index.js')
const { exported } = await import('../lib/exported.mjs')
const [format, hosts, set, path] = process.argv.slice(2)
const METHODS = { csv: 'saveCsv', ndjson: 'saveNdjson', arrow: 'saveIPC', arrows: 'saveIPC', parquet: 'saveParquet' }

const client = await connect(hosts)
const stream = client.scan('test', set, { dtype: exported })
const begin = performance.now()
const before = process.cpuUsage()
let rows = 0
if (format === 'scan') for await (const batch of stream) rows += batch.length
else
  ({ rows } = await stream[METHODS[format]](path, { key: true, ...(format === 'arrows' ? { format: 'stream' } : {}) }))
const ms = performance.now() - begin
const { user, system } = process.cpuUsage(before)
await client.close()
const bytes = format === 'scan' ? 0 : statSync(path).size
const peakMiB = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rows, bytes, peakMiB }))
