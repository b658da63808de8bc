// Writing, by this package and by npm `aerospike`: columns that are there already go into records that are not. Every write
// is of new keys, which are made before the time is taken, and so are the operations that the official client wants.
import Aerospike from 'aerospike'
import { connect, dtype } from 'aerostride'
import { serve } from './serve.mjs'

const SET = 'written'
const [variant] = process.argv.slice(2)
const arrays = { f8: Float64Array, i4: Int32Array, u1: Uint8Array }
let workload
let columns
let writer
let ids
let writes = 0

/** The values that the loader of the reading benchmark writes. */
function columnsOf({ bins }, keys) {
  return bins.map(({ code }) =>
    arrays[code].from({ length: keys }, (_, i) => (code === 'f8' ? i * 0.5 + 0.25 : i % 100)),
  )
}

const writers = {
  async columns(hosts) {
    const client = await connect(hosts)
    const schema = dtype(Object.fromEntries(workload.bins.map(({ name, code }) => [name, code])))
    let keys
    return {
      ready: (fresh) => (keys = tuples(fresh)),
      write() {
        const named = Object.fromEntries(workload.bins.map(({ name }, b) => [name, columns[b]]))
        return client.batchWrite(keys, { dtype: schema, columns: named })
      },
      sum: () => sumBack(client, keys),
      close: () => closeOurs(client),
    }
  },
  async objects(hosts) {
    const client = await connect(hosts)
    let records
    return {
      ready: (fresh) => (records = tuples(fresh).map((key, i) => [key, binsAt(i)])),
      write: () => client.putMany(records),
      sum: () =>
        sumBack(
          client,
          records.map(([key]) => key),
        ),
      close: () => closeOurs(client),
    }
  },
  async official(hosts) {
    const policy = new Aerospike.BatchPolicy({ totalTimeout: 60_000, socketTimeout: 60_000 })
    const policies = { batch: policy, batchParentWrite: policy }
    const client = await Aerospike.connect({ hosts, log: { level: Aerospike.log.OFF }, policies })
    let requests
    return {
      ready: (fresh) => (requests = fresh.map(requestOf)),
      write: () => client.batchWrite(requests, policy),
      async sum() {
        const [{ name }] = workload.bins
        const read = await client.batchRead(
          requests.map(({ key }) => ({ key, bins: [name] })),
          policy,
        )
        return read.reduce((sum, { record }) => sum + record.bins[name], 0)
      },
      async close() {
        await client.truncate(workload.namespace, SET, 0)
        client.close()
      },
    }
  },
}

const tuples = (fresh) => fresh.map((id) => [workload.namespace, SET, id])
const binsAt = (i) => Object.fromEntries(workload.bins.map(({ name }, b) => [name, columns[b][i]]))

function requestOf(id, i) {
  const ops = workload.bins.map(({ name, code }, b) => {
    const value = columns[b][i]
    return Aerospike.operations.write(name, code === 'f8' ? new Aerospike.Double(value) : value)
  })
  return { type: Aerospike.batchType.BATCH_WRITE, key: new Aerospike.Key(workload.namespace, SET, id), ops }
}

/** What was written, read back. */
async function sumBack(client, keys) {
  const [{ name }] = workload.bins
  const batch = await client.batchRead(keys, { dtype: dtype({ [name]: 'f8' }) })
  return batch.columns[name].reduce((sum, value) => sum + value, 0)
}

async function closeOurs(client) {
  await client.truncate(workload.namespace, SET)
  await client.close()
}

await serve({
  async prepare(request) {
    ;({ workload } = request)
    columns = columnsOf(workload, request.keys)
    writer ??= await writers[variant](request.hosts)
  },
  ready() {
    writes++
    ids = Array.from({ length: columns[0].length }, (_, i) => `${process.pid}_${writes}_${i}`)
    writer.ready(ids)
  },
  read: () => writer.write(),
  checksum: () => writer.sum(ids),
  close: () => writer?.close(),
})
