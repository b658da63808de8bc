import { afterAll, beforeAll } from 'vitest'
import { type Client, type ConnectOptions, connect } from '../../src/index.js'
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/devserver/index.js'

/** A real cluster to test against, as `host:port`, instead of an embedded server. */
const realHosts = process.env['AEROSTRIDE_TEST_HOSTS']

/** What the tests of a file, or of a `describe` block, need. */
export interface ClusterOptions {
  /** An embedded server with these options, even where the environment names a real cluster. */
  readonly server?: DevServerOptions
  /** How the client connects, beside the hosts: options, or what is made of the server once it runs. */
  readonly connect?: ConnectOptions | ((server: DevServer) => ConnectOptions)
  /** Runs as soon as the client is connected, before the tests. */
  readonly prepare?: (client: Client, server: DevServer) => Promise<unknown>
}

/** A client for the tests, and where it is connected to. */
export interface TestCluster {
  readonly client: Client
  readonly hosts: string
  /** The embedded server; an error with a real cluster. */
  readonly server: DevServer
}

/** Connects before the tests and closes after them; the server is their own unless a real one is given. */
export function testCluster({ server: options, connect: how = {}, prepare }: ClusterOptions = {}): TestCluster {
  const isReal = realHosts !== undefined && options === undefined
  const own = isReal ? undefined : testServer(options)
  let client: Client | undefined
  const hostsNow = (): string => own?.server.hosts.join(',') ?? realHosts ?? ''
  const serverNow = (): DevServer => running(own?.server, 'an embedded server')
  beforeAll(async () => {
    client = await connect({ hosts: hostsNow(), ...(typeof how === 'function' ? how(serverNow()) : how) })
    await prepare?.(client, own?.server as DevServer)
  })
  afterAll(() => client?.close())
  return {
    get client() {
      return running(client, 'the client')
    },
    get hosts() {
      return hostsNow()
    },
    get server() {
      return serverNow()
    },
  }
}

/** Starts an embedded server before the tests and stops it after them. */
export function testServer(options: DevServerOptions = {}): { readonly server: DevServer } {
  let server: DevServer | undefined
  beforeAll(async () => {
    server = await startDevServer(options)
  })
  afterAll(() => server?.stop())
  return {
    get server() {
      return running(server, 'the server')
    },
  }
}

function running<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} exists while tests run`)
  return value
}

let sets = 0

/** The name of a set that no other test of this run uses. */
export function freshSet(): string {
  return `t${process.pid}_${Date.now().toString(36)}_${sets++}`
}
