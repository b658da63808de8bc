// A feature store: 32 callers at once, each looking up the features of 20 users at a time, and how long that takes.
//
//   node examples/features/lookup.mjs          with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { connect, dtype, keyList } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const CALLERS = 32
const LOOKUPS = 100
const USERS_AT_ONCE = 20
const USERS = 10_000

const features = dtype({ age: 'f4', visits: 'f4', spent: 'f8', embedding: ['f4', 16] })

const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
const client = await connect(server && { hosts: server.hosts })
await fill()
await Promise.all(Array.from({ length: CALLERS }, () => lookup(0, []))) // opens the connections

const times = []
let spent = 0
const started = performance.now()
await Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)))
const seconds = (performance.now() - started) / 1000

const sorted = times.toSorted((a, b) => a - b)
const share = (part) => sorted[Math.floor(sorted.length * part)].toFixed(2)
console.log(
  `${CALLERS} callers, ${times.length} lookups of ${USERS_AT_ONCE} users: p50 ${share(0.5)} ms, p99 ${share(0.99)} ms`,
)
console.log(`${Math.round((times.length * USERS_AT_ONCE) / seconds)} users per second, ${spent} spent`)
await client.close()
await server?.stop()

/** One caller: a lookup after the other. */
async function call(caller) {
  for (let round = 0; round < LOOKUPS; round++) {
    // Not `spent += await …`: that would add to what it was before the wait.
    const sum = await lookup(caller * LOOKUPS + round, times)
    spent += sum
  }
}

/** The model's input is a matrix, and the batch's columns are its columns. A user who is not there counts as zeros. */
async function lookup(number, into) {
  const first = (number * USERS_AT_ONCE) % USERS
  const keys = keyList(
    'test',
    'features',
    Int32Array.from({ length: USERS_AT_ONCE }, (_, at) => first + at),
  )
  const begin = performance.now()
  const { columns } = await client.batchRead(keys, { dtype: features })
  into.push(performance.now() - begin)
  return columns.spent.reduce((sum, each) => sum + each, 0)
}

async function fill() {
  const ids = Array.from({ length: USERS }, (_, id) => id)
  const columns = {
    age: ids.map((id) => 18 + (id % 60)),
    visits: ids.map((id) => id % 50),
    spent: ids.map((id) => id % 100),
    embedding: ids.map((id) => Float32Array.from({ length: 16 }, (_, at) => Math.sin(id + at))),
  }
  await client.batchWrite(keyList('test', 'features', Int32Array.from(ids)), { dtype: features, columns })
}
