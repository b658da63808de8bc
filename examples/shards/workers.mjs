// One scan shared by worker threads: every thread reads its shard, and hands its batches over without a copy.
//
//   node examples/shards/workers.mjs          with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { Batch, connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const sensor = dtype({ temperature: 'f8', humidity: 'i4' })
const SHARDS = 4

if (isMainThread) await main()
else await readShard(workerData)

async function main() {
  const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
  const hosts = process.env.AEROSTRIDE_HOSTS ?? server.hosts.join(',')
  await fill(hosts)
  const parts = await Promise.all(Array.from({ length: SHARDS }, (_, index) => shardInWorker(hosts, index)))
  const rows = parts.flat().reduce((sum, batch) => sum + batch.length, 0)
  const warm = parts
    .flat()
    .reduce((sum, { columns }) => sum + columns.temperature.filter((each) => each > 25).length, 0)
  console.log(`${rows} rows by ${SHARDS} threads, ${warm} of them warm`)
  await server?.stop()
}

/** Resolves with the batches of one shard. */
function shardInWorker(hosts, index) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { hosts, index } })
  const batches = []
  return new Promise((resolve, reject) => {
    worker.on('message', (parts) => batches.push(Batch.from(parts)))
    worker.on('error', reject)
    worker.on('exit', () => resolve(batches))
  })
}

async function readShard({ hosts, index }) {
  const client = await connect(hosts)
  const stream = client.scan('test', 'shards', { dtype: sensor, partitions: { shard: [index, SHARDS] } })
  for await (const batch of stream) {
    const parts = batch.detach()
    parentPort.postMessage(parts, [parts.buffer])
  }
  await client.close()
}

async function fill(hosts) {
  const client = await connect(hosts)
  const ids = Array.from({ length: 10_000 }, (_, id) => id)
  const columns = { temperature: ids.map((id) => 20 + (id % 100) / 10), humidity: ids.map((id) => 40 + (id % 20)) }
  await client.batchWrite(
    ids.map((id) => ['test', 'shards', id]),
    { dtype: sensor, columns },
  )
  await client.close()
}
