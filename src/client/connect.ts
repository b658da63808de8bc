import { type Client, createClient } from './client.js'
import { environmentOptions } from './environment.js'
import { type Source, withAddress } from './sources.js'
import { invalidArgument, translated, translatedAsync } from '../errors.js'
import { given } from '../arguments/given.js'
import { type CheckedHost, type Hosts, parseHosts } from './hosts.js'
import { type NativeClient, type NativeConnectOptions, native } from '../binding/native.js'
import { type Logger, type Observed, observe, observeSync } from '../calls/observe.js'
import {
  type Check,
  type Checks,
  boolean,
  checkOptions,
  choice,
  integer,
  isObject,
  list,
  text,
} from '../arguments/options.js'
import { type ReadPolicy, type WritePolicy, readPolicy, writePolicy } from '../policies/policy.js'
import {
  type CheckedTls,
  type Secret,
  type Secrets,
  type TlsOptions,
  password,
  reveal,
  revealSync,
  tls,
} from './security.js'
import { type DefaultPolicies, Session } from '../calls/session.js'

const MAX_MS = 0x7fff_ffff
const MAX_CONNECTIONS = 65_535
const MAX_BATCHES = 1_000_000
const MAX_RACK = 1_000_000

/** How to connect. */
export interface ConnectOptions {
  /** The hosts to contact first; they name the rest of the cluster. Default the value of `AEROSTRIDE_HOSTS`. */
  hosts?: Hosts | undefined
  /** User name, if the cluster has security enabled. */
  user?: string | undefined
  /** The user's password, or a function that fetches it. It never appears in errors or logs. */
  password?: Secret<string> | undefined
  /** Who authenticates the user: the cluster itself, a directory behind it, or the certificate in `tls`. Default `'internal'`. */
  authMode?: 'internal' | 'external' | 'pki' | undefined
  /** Encrypts all connections: `true`, or an object with your own certificates. Default false. */
  tls?: boolean | TlsOptions | undefined
  /** Milliseconds after which a connection attempt fails. Default 1000. */
  connectTimeout?: number | undefined
  /** The name that the cluster must have; nodes of other clusters are refused. */
  clusterName?: string | undefined
  /** Uses the alternate addresses of the nodes, for clients outside their network. Default false. */
  useServicesAlternate?: boolean | undefined
  /** Maximum number of data connections to one node. Default 100. */
  maxConnsPerNode?: number | undefined
  /** Connections to each node that are opened in advance and kept, for calls on single records. Default 0. */
  minConnsPerNode?: number | undefined
  /**
   * Milliseconds after which an idle connection is closed. Default 55000: servers before 8.1 close connections after a minute.
   */
  idleTimeout?: number | undefined
  /** Milliseconds between two looks at the nodes: whether some have come, gone or moved. At least 250. Default 1000. */
  tendInterval?: number | undefined
  /** Maximum number of columnar batches that run at the same time; further ones wait. Default 64. */
  maxRunningBatches?: number | undefined
  /** Maximum number of batches that wait; further ones are refused. Default 10000. */
  maxQueuedBatches?: number | undefined
  /**
   * The racks that this client is on or near, the best first: reads with the policy `replica: 'preferRack'` go there. The
   * server must have racks (Enterprise).
   */
  rackIds?: readonly number[] | undefined
  /** Policies for calls without their own policy. */
  policies?:
    | {
        /** For calls that only read. */
        read?: ReadPolicy | undefined
        /** For all other calls. */
        write?: WritePolicy | undefined
      }
    | undefined
  /** Called at the end of every call with its method, duration and result codes. */
  logger?: Logger | undefined
}

interface CheckedConnect extends Omit<NativeConnectOptions, 'hosts' | 'password' | 'tls'> {
  hosts?: CheckedHost[]
  password?: Secret<string>
  tls?: CheckedTls | false
  policies?: DefaultPolicies
  logger?: Logger
}

const POLICY_CHECKS: Checks<DefaultPolicies> = { read: readPolicy, write: writePolicy }

const logger: Check<Logger> = (value, name) => {
  if (typeof value !== 'function') throw invalidArgument(`${name} must be a function, not ${given(value)}`)
  return value as Logger
}

const CONNECT_CHECKS: Checks<CheckedConnect> = {
  hosts: parseHosts,
  user: text,
  password,
  authMode: choice('internal', 'external', 'pki'),
  tls,
  connectTimeout: integer(1, MAX_MS, 'milliseconds'),
  clusterName: text,
  useServicesAlternate: boolean,
  maxConnsPerNode: integer(1, MAX_CONNECTIONS),
  minConnsPerNode: integer(0, MAX_CONNECTIONS),
  idleTimeout: integer(1, MAX_MS, 'milliseconds'),
  tendInterval: integer(250, MAX_MS, 'milliseconds'),
  maxRunningBatches: integer(1, MAX_BATCHES),
  maxQueuedBatches: integer(0, MAX_BATCHES),
  rackIds: list(integer(0, MAX_RACK)),
  policies: (value, name) => checkOptions(value, name, POLICY_CHECKS),
  logger,
}

/**
 * Connects to a cluster: `connect('127.0.0.1:3000')`, `connect(['a:3000', 'b'])`, `connect({ hosts, user, password })` or
 * `connect('aerospike://user@host:3000/?tls=true')`.
 *
 * Host strings are `host`, `host:port` or several of them joined by commas; an IPv6 address stands in brackets. Without
 * hosts the environment says where, and how: `AEROSTRIDE_HOSTS`, `AEROSTRIDE_USER`, `AEROSTRIDE_PASSWORD`,
 * `AEROSTRIDE_AUTH_MODE`, `AEROSTRIDE_CLUSTER_NAME`, `AEROSTRIDE_USE_SERVICES_ALTERNATE`, `AEROSTRIDE_RACK_IDS`,
 * `AEROSTRIDE_TLS` and `AEROSTRIDE_TLS_CA`, `_CERT`, `_KEY`, `_NAME`.
 */
export async function connect(target?: Hosts | ConnectOptions): Promise<Client> {
  const plan = planConnect(target)
  const options = { ...plan.options, ...(await reveal(plan.secrets)) }
  return clientOf(
    plan,
    await observe(CONNECTING, plan.logger, () => translatedAsync(() => native.NativeClient.connect(options).promise())),
  )
}

/** `connect` that returns when it is done, for scripts and command-line tools. */
export function connectSync(target?: Hosts | ConnectOptions): Client {
  const plan = planConnect(target)
  const options = { ...plan.options, ...revealSync(plan.secrets) }
  return clientOf(
    plan,
    observeSync(CONNECTING, plan.logger, () => translated(() => native.NativeClient.connect(options).wait())),
  )
}

const CONNECTING: Observed<NativeClient> = { subject: { operation: 'connect' }, codes: () => [] }

interface ConnectPlan {
  readonly options: NativeConnectOptions
  readonly secrets: Secrets
  readonly policies: DefaultPolicies
  readonly logger: Logger | undefined
}

function clientOf({ policies, logger: heard }: ConnectPlan, connected: NativeClient): Client {
  return createClient(new Session(connected, policies, heard))
}

function planConnect(target: unknown): ConnectPlan {
  const merged = withSources(isOptions(target) ? { ...target } : { hosts: target })
  const checked = checkOptions<CheckedConnect>(merged, 'options', CONNECT_CHECKS)
  const { hosts = [], policies = {}, logger: heard, password: secret, tls: chosen, ...rest } = checked
  const encryption = chosen === false ? undefined : chosen
  if (secret !== undefined && rest.user === undefined) {
    throw invalidArgument('options.user is missing, and a password is given')
  }
  return {
    options: { ...rest, hosts: hosts.map((host) => ({ ...tlsNameOf(encryption), ...host })) },
    secrets: {
      ...(secret !== undefined && { password: secret }),
      ...(encryption !== undefined && { tls: encryption }),
    },
    policies,
    logger: heard,
  }
}

function tlsNameOf(encryption: CheckedTls | undefined): { tlsName?: string } {
  return encryption?.serverName === undefined ? {} : { tlsName: encryption.serverName }
}

/** Who says the hosts says the rest as well: credentials of the environment go to the hosts of the environment only. */
function withSources(options: Source): object {
  if (options['hosts'] !== undefined) return withAddress(options)
  const environment = environmentOptions()
  if (environment['hosts'] === undefined) {
    throw invalidArgument(
      `options.hosts is missing: name at least one host, such as '127.0.0.1:3000', or set AEROSTRIDE_HOSTS`,
    )
  }
  return withAddress(options, environment)
}

/** A single host may be an object too: it has `host`, options have `hosts`. */
function isOptions(target: unknown): target is ConnectOptions {
  if (target === undefined || typeof target === 'string' || Array.isArray(target)) return false
  if (!isObject(target))
    throw invalidArgument(`connect takes 'host:port', a list of hosts or options, not ${given(target)}`)
  return !('host' in target)
}
