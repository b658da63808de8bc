// A dashboard that fills while a scan runs: one page, and a server that sends it what the scan has found so far.
//
//   node examples/dashboard/server.mjs         with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, dtype, keyList } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const RECORDS = 60_000
const BATCH_ROWS = 2000
const BINS = 24

const sensor = dtype({ temperature: 'f8' })
const page = readFileSync(new URL('index.html', import.meta.url))

const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
const client = await connect(server && { hosts: server.hosts })
await fill()

const http = createServer((request, response) => {
  if (request.url === '/events') void send(response)
  else if (request.url !== '/') response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
})
http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${http.address().port}/`)
})

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
http.closeAllConnections()
http.close()
await client.close()
await server?.stop()

/** Scans the set and sends the state of the chart after every batch, as server-sent events. */
async function send(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const counts = Array.from({ length: BINS }, () => 0)
  const stream = client.scan('test', 'dashboard', {
    dtype: sensor,
    batchRows: BATCH_ROWS,
    keys: 'none',
    signal: gone.signal,
  })
  try {
    for await (const { columns } of stream) {
      for (const temperature of columns.temperature) counts[Math.min(BINS - 1, Math.max(0, Math.floor(temperature)))]++
      const { rows, partitionsDone, partitions } = stream.progress
      const isTaken = response.write(`data: ${JSON.stringify({ rows, part: partitionsDone / partitions, counts })}\n\n`)
      // A page that does not read slows the scan down, and nothing piles up.
      if (!isTaken) await once(response, 'drain', { signal: gone.signal })
    }
    response.end('event: done\ndata: {}\n\n')
  } catch (error) {
    if (!gone.signal.aborted) response.end(`event: failed\ndata: ${JSON.stringify(error.message)}\n\n`)
  }
}

/** Temperatures around 12, as the sum of three dice that are thrown without chance. */
async function fill() {
  const ids = Int32Array.from({ length: RECORDS }, (_, id) => id)
  const temperature = Float64Array.from(ids, (id) => (id % 8) + ((id >> 3) % 8) + ((id >> 6) % 8) + 0.5)
  await client.batchWrite(keyList('test', 'dashboard', ids), { dtype: sensor, columns: { temperature } })
}
