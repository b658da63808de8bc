// One scan shared by processes, on one machine or on several: each is started with its number and how many there are.
//
//   node examples/shards/processes.mjs        starts a server and three of them
//   node examples/shards/processes.mjs 0 3 host:port
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const sensor = dtype({ temperature: 'f8' })
const [index, count, hosts] = process.argv.slice(2)

if (index === undefined) await startAll(3)
else console.log(await sumOfShard(hosts, Number(index), Number(count)))

async function startAll(processes) {
  const server = await startDevServer()
  const address = server.hosts.join(',')
  const client = await connect(address)
  const ids = Array.from({ length: 3000 }, (_, id) => id)
  await client.batchWrite(
    ids.map((id) => ['test', 'shards', id]),
    { dtype: sensor, columns: { temperature: ids } },
  )
  await client.close()

  const program = fileURLToPath(import.meta.url)
  const start = (number) => promisify(execFile)(process.execPath, [program, number, processes, address].map(String))
  const outputs = await Promise.all(Array.from({ length: processes }, (_, number) => start(number)))
  const sums = outputs.map(({ stdout }) => Number(stdout))
  console.log(`${processes} processes, together ${sums.reduce((sum, each) => sum + each, 0)}`)
  await server.stop()
}

async function sumOfShard(address, number, processes) {
  const client = await connect(address)
  let sum = 0
  const stream = client.scan('test', 'shards', { dtype: sensor, partitions: { shard: [number, processes] } })
  for await (const { columns } of stream) for (const value of columns.temperature) sum += value
  await client.close()
  return sum
}
