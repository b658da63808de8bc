import { afterAll, beforeAll } from 'vitest'
import { type Client, connect } from '../../src/index.js'
import { type DevServer, startDevServer } from '../../src/devserver/index.js'

/** A real cluster to test against, as `host:port`, instead of an embedded server. */
const realHosts = process.env['AEROSTRIDE_TEST_HOSTS']

/** A client for the tests of one file, and where it is connected to. */
export interface TestCluster {
  readonly client: Client
  readonly hosts: string
}

/** Connects before the tests of a file and closes after them; the server is the file's own unless a real one is given. */
export function testCluster(): TestCluster {
  let client: Client | undefined
  let server: DevServer | undefined
  let hosts = realHosts ?? ''
  beforeAll(async () => {
    if (realHosts === undefined) {
      server = await startDevServer()
      hosts = server.hosts.join(',')
    }
    client = await connect(hosts)
  })
  afterAll(async () => {
    await client?.close()
    await server?.stop()
  })
  return {
    get client() {
      if (client === undefined) throw new Error('the client exists while tests run')
      return client
    },
    get hosts() {
      return hosts
    },
  }
}

let sets = 0

/** The name of a set that no other test of this run uses. */
export function freshSet(): string {
  return `t${process.pid}_${Date.now().toString(36)}_${sets++}`
}
