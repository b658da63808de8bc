// What the examples about whole sets begin with: a server with 20,000 sensors in a set, whose keys nobody knows.
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const SITES = ['north', 'south', 'west', 'east']

export const sensor = dtype({ site: 'utf8', temperature: 'f8', humidity: 'i4', at: 'datetime64[ms]' })

/** Connects to the cluster that AEROSTRIDE_HOSTS names, or else to an embedded server, and fills the set. */
export async function connectToSet(count = 20_000) {
  const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
  const client = await connect(server && { hosts: server.hosts })
  const ids = Array.from({ length: count }, (_, id) => id)
  const columns = {
    site: ids.map((id) => SITES[id % SITES.length]),
    temperature: ids.map((id) => 20 + (id % 100) / 8),
    humidity: ids.map((id) => (id % 10 === 0 ? null : 40 + (id % 20))),
    at: ids.map((id) => new Date(Date.UTC(2026, 0, 1) + id * 60_000)),
  }
  const keys = ids.map((id) => ['test', 'set', id])
  await client.batchWrite(keys, { dtype: sensor, columns, policy: { sendKey: true } })
  return {
    client,
    close: async () => {
      await client.close()
      await server?.stop()
    },
  }
}
