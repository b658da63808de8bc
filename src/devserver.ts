import { translated } from './errors.js'
import { type NativeDevServer, type NativeDevServerOptions, native } from './native.js'
import { type Checks, checkOptions, integer, list, text } from './options.js'

/** Options of {@link startDevServer}. */
export interface DevServerOptions {
  /** Port of the first node; a free one unless given. */
  port?: number | undefined
  /** Number of nodes. Default 1. */
  nodes?: number | undefined
  /** Copies of every record, as far as there are nodes. Default 2. */
  replicationFactor?: number | undefined
  /** Names of the namespaces. Default `test` and `bar`. */
  namespaces?: string[] | undefined
}

const CHECKS: Checks<NativeDevServerOptions> = {
  port: integer(0, 65_535),
  nodes: integer(1, 128),
  replicationFactor: integer(1, 128),
  namespaces: list(text),
}

// The constructor is private: a server is made by startDevServer().
let createDevServer: (started: NativeDevServer) => DevServer

/** An in-memory Aerospike server within this process, for demos and tests. */
export class DevServer implements AsyncDisposable {
  /** Where it listens, as `127.0.0.1:port`: what `connect` takes. */
  readonly hosts: readonly string[]
  readonly #native: NativeDevServer

  static {
    createDevServer = (started) => new DevServer(started)
  }

  private constructor(started: NativeDevServer) {
    this.#native = started
    this.hosts = started.hosts
  }

  /** Stops the server and closes its connections. */
  async stop(): Promise<void> {
    await this.#native.stop()
  }

  /** Stops the server at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Starts an in-memory Aerospike server on loopback. Its records are gone when it stops. */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  return createDevServer(translated(() => native.startDevServer(checkOptions(options, 'options', CHECKS))))
}
