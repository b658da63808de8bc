// What every example begins with: 1,000 sensors written into a server, and read back as one batch.
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const SITES = ['north', 'south', 'west']

const sensor = dtype({ site: 'S8', temperature: 'f8', humidity: 'i4', healthy: '?', vector: ['f4', 4] })

/** Reads the batch from the cluster that AEROSTRIDE_HOSTS names, or else from an embedded server. */
export async function readSensors(count = 1000) {
  const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
  const client = await connect(server && { hosts: server.hosts })
  const keys = Array.from({ length: count }, (_, i) => ['test', 'frames', i])
  await Promise.all(keys.map((key, i) => client.put(key, record(i))))
  const batch = await client.batchRead(keys, { dtype: sensor, onLoss: 'throw' })
  await client.close()
  await server?.stop()
  // The batch is memory of this process: it needs neither the client nor the server any more.
  return batch
}

/** Every tenth sensor has measured no humidity. */
function record(i) {
  return {
    site: SITES[i % SITES.length],
    temperature: 20 + (i % 100) / 8 + 1 / 64,
    ...(i % 10 === 0 ? {} : { humidity: 40 + (i % 20) }),
    healthy: i % 50 !== 0,
    vector: new Uint8Array(Float32Array.of(i, i / 2, i / 4, 1).buffer),
  }
}
