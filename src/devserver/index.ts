import { adopt } from '../binding/realm.js'
import { invalidArgument, translated, translatedAsync } from '../errors.js'
import { type FaultRule, faultRule } from './fault-rule.js'
import { type DevPace, pace } from './pace.js'
import {
  type NativeCallOf,
  type NativeDevServer,
  type NativeDevServerOptions,
  type NativeDevTls,
  native,
} from '../binding/native.js'
import {
  type Check,
  type Checks,
  boolean,
  checkOptions,
  choice,
  integer,
  list,
  secret,
  text,
} from '../arguments/options.js'
import { disposable } from '../tags.js'

export type { FaultConditions, FaultRule, Faults } from './fault-rule.js'
export type { DevPace } from './pace.js'

/** A namespace of the embedded server. */
export interface DevNamespace {
  /** Up to 31 bytes. */
  name: string
  /** Bytes of records above which writes are refused with the real server's code. Default 2 GiB. */
  memoryLimit?: number | undefined
  /** Seconds that records live when the writer does not say. Default 0: for ever. */
  defaultTtl?: number | undefined
}

/** Somebody who may log in. */
export interface DevUser {
  /** The name to log in with. */
  user: string
  /** It is in no message and no debug print. */
  password: string
  /** `read`, `write`, `read-write`, `truncate`, `data-admin`, `sys-admin`, `user-admin`, `superuser`. Default none. */
  roles?: readonly string[] | undefined
  /** Known to a directory such as LDAP: let in with `authMode: 'external'` only. Default false. */
  external?: boolean | undefined
  /** The password has expired: a login with it is refused, and says so. Default false. */
  expired?: boolean | undefined
}

/** Certificates in PEM form. */
export interface DevTls {
  /** The server's chain and key; self-made ones when both are left out. */
  cert?: string | undefined
  /** The key of that chain's first certificate. */
  key?: string | undefined
  /** The name that clients expect the certificate to be for. Default `localhost`. */
  name?: string | undefined
  /** Only clients with a certificate of this authority are let in. */
  clientCa?: string | undefined
  /** With self-made certificates: only clients with the certificate of `server.certificates` are let in. */
  mutual?: boolean | undefined
  /** With self-made certificates: whom the client's names, for `authMode: 'pki'`. Default `aerostride`. */
  clientName?: string | undefined
  /** With self-made certificates: the one that has expired. Default none. */
  expired?: 'server' | 'client' | undefined
}

/** What a client needs to trust the self-made certificates: fits its `tls` option. */
export interface DevCertificates {
  /** The authority that has signed the others. */
  ca: string
  /** A certificate that a client can show. */
  cert: string
  /** Its key. */
  key: string
}

/** What the embedded server has done and holds. */
export interface DevServerStats {
  /** Open connections. */
  connections: number
  /** Connections that were ever accepted. */
  connectionsOpened: number
  /** Records. */
  objects: number
  /** Bytes that they take, index included. */
  memory: number
  /** How often the present fault rules have fired. */
  faults: number
}

/** Options of {@link startDevServer}. */
export interface DevServerOptions {
  /** Port of the first node; further nodes take the ports behind it. Free ports unless given. */
  port?: number | undefined
  /** Number of nodes. Default 1. */
  nodes?: number | undefined
  /** Copies of every record, as far as there are nodes. Default 2. */
  replicationFactor?: number | undefined
  /** The rack of every node, such as `[1, 1, 2]`; copies of a record are then on different racks. Default none. */
  racks?: readonly number[] | undefined
  /** Names, or names with settings. Default `test` and `bar`. */
  namespaces?: readonly (string | DevNamespace)[] | undefined
  /** With users, everybody has to log in. */
  users?: readonly DevUser[] | undefined
  /** Seconds that a login lasts. Default a day. */
  sessionTtl?: number | undefined
  /** All connections are TLS: `true` with self-made certificates, see {@link DevServer.certificates}. */
  tls?: boolean | DevTls | undefined
  /** What is to go wrong, see {@link FaultRule}; rules as words, such as `'on=batch delay=100'`, fit too. */
  faults?: readonly (FaultRule | string)[] | undefined
  /** What the choices of faults follow from. Default 0. */
  seed?: number | undefined
  /** Ms until the other nodes notice that one has stopped. Default as a real server: about 1,700. */
  failureDetection?: number | undefined
  /** Ms until a started node has joined the others. */
  joining?: number | undefined
  /** Ms that partitions take to move to a joined node. */
  migration?: number | undefined
  /** Ms until a new index can be queried; until then queries of it are refused with code 203. Default 0: at once. */
  indexBuilding?: number | undefined
  /**
   * Threads that the scans and queries of a node may have together; one more is refused with code 22. A scan has 4 of them, or as
   * many as it has partitions. Default 128.
   */
  queryThreadsLimit?: number | undefined
  /** How slow it is: `'real'` as a real server, or CPU time by kind of work. Default as fast as it can be. */
  pace?: 'real' | DevPace | undefined
}

/** The largest rack id that a real server takes. */
const MAX_RACK = 1_000_000

const MILLISECONDS = integer(0, 3_600_000, 'ms')

const NAMESPACE_CHECKS = {
  name: text,
  memoryLimit: integer(0, Number.MAX_SAFE_INTEGER),
  defaultTtl: integer(0, 2 ** 32 - 1),
}
const USER_CHECKS = { user: text, password: secret, roles: list(text), external: boolean, expired: boolean }
const TLS_CHECKS = {
  cert: secret,
  key: secret,
  name: text,
  clientCa: secret,
  mutual: boolean,
  clientName: text,
  expired: choice('server', 'client'),
}

/** Refuses options without those that have no default. */
function complete<T extends object>(checked: T, name: string, ...required: (keyof T & string)[]): T {
  const missing = required.find((each) => checked[each] === undefined)
  if (missing === undefined) return checked
  throw invalidArgument(`${name}.${missing} is missing`)
}

const namespace: Check<NativeDevNamespace> = (value, name) =>
  typeof value === 'string'
    ? { name: text(value, name) }
    : complete(checkOptions(value, name, NAMESPACE_CHECKS), name, 'name')

const user: Check<NativeDevUser> = (value, name) => {
  const checked = checkOptions<Omit<NativeDevUser, 'roles'> & { roles?: string[] }>(value, name, USER_CHECKS)
  return { ...complete(checked, name, 'user', 'password'), roles: checked.roles ?? [] }
}

const tls: Check<NativeDevTls | undefined> = (value, name) => {
  if (typeof value === 'boolean') return value ? {} : undefined
  return checkOptions<NativeDevTls>(value, name, TLS_CHECKS)
}

const CHECKS: Checks<NativeDevServerOptions> = {
  port: integer(0, 65_535),
  nodes: integer(1, 128),
  replicationFactor: integer(1, 128),
  racks: list(integer(0, MAX_RACK)),
  namespaces: list(namespace),
  users: list(user),
  sessionTtl: integer(1, 2 ** 31),
  tls: tls as Check<NativeDevTls>,
  faults: list(faultRule),
  seed: integer(0, Number.MAX_SAFE_INTEGER),
  failureDetection: MILLISECONDS,
  joining: MILLISECONDS,
  migration: MILLISECONDS,
  indexBuilding: MILLISECONDS,
  queryThreadsLimit: integer(1, 1024),
  pace,
}

type NativeDevNamespace = NonNullable<NativeDevServerOptions['namespaces']>[number]
type NativeDevUser = NonNullable<NativeDevServerOptions['users']>[number]

// The constructor is private: a server is made by startDevServer().
let createDevServer: (started: NativeDevServer) => DevServer

/** Servers that run: one that only its address is left of would be collected, and would stop. */
const running = new Set<NativeDevServer>()

/**
 * An in-memory Aerospike server within this process, for demos and tests. It has threads of its own: the event loop never
 * waits for it, and it does not keep the process alive.
 */
export class DevServer implements AsyncDisposable {
  /** Where its nodes listen, as `127.0.0.1:port`: what `connect` takes. */
  readonly hosts: readonly string[]
  /** With self-made certificates: what a client passes as `tls`. */
  readonly certificates: Readonly<DevCertificates> | null
  readonly #native: NativeDevServer

  static {
    createDevServer = (started) => new DevServer(started)
  }

  private constructor(started: NativeDevServer) {
    this.#native = started
    running.add(started)
    this.hosts = adopt(started.hosts)
    this.certificates = adopt(started.certificates ?? null)
  }

  /** Stops the server; resolves when its ports are closed and its threads have ended. */
  async stop(): Promise<void> {
    await translatedAsync(() => this.#native.stop().promise())
    running.delete(this.#native)
  }

  /** Stops a node as a crash would: its connections close and its memory is gone. Nodes count from 0. */
  async stopNode(node: number): Promise<void> {
    await this.#onNode(node, (index) => this.#native.stopNode(index))
  }

  /** Starts a stopped node, empty, on the address that it had. */
  async startNode(node: number): Promise<void> {
    await this.#onNode(node, (index) => this.#native.startNode(index))
  }

  /** Suspends a node: its connections stay open and nothing is answered. */
  async freezeNode(node: number): Promise<void> {
    await this.#onNode(node, (index) => this.#native.freezeNode(index))
  }

  /** Lets a suspended node go on. */
  async thawNode(node: number): Promise<void> {
    await this.#onNode(node, (index) => this.#native.thawNode(index))
  }

  /** Replaces all fault rules, for requests from now on; an empty list ends all faults. */
  setFaults(rules: readonly (FaultRule | string)[]): void {
    const words = list(faultRule)(rules, 'rules')
    translated(() => this.#native.setFaults(words))
  }

  /** What the server has done and holds; `null` once it has stopped. */
  stats(): DevServerStats | null {
    return adopt(this.#native.stats())
  }

  /** Stops the server at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #onNode(node: number, act: (index: number) => NativeCallOf<void>): Promise<void> {
    const index = integer(0, this.hosts.length - 1)(node, 'node')
    await translatedAsync(() => act(index).promise())
  }
}

disposable(DevServer, 'asyncDispose')

/** Starts an in-memory Aerospike server on loopback. Its records are gone when it stops. */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  return createDevServer(translated(() => native.startDevServer(checkOptions(options, 'options', CHECKS))))
}
