import { type Client, createClient, type DefaultPolicies } from './client.js'
import { invalidArgument, translated, translatedAsync } from './errors.js'
import { given } from './given.js'
import { type CheckedHost, type Hosts, parseHosts } from './hosts.js'
import { type NativeConnectOptions, native } from './native.js'
import { type Checks, boolean, checkOptions, choice, integer, isObject, secret, text } from './options.js'
import { type CheckedTls, type TlsOptions, tlsOptions } from './tls.js'
import { type ReadPolicy, type WritePolicy, readPolicy, writePolicy } from './policy.js'

const MAX_MS = 0x7fff_ffff
const MAX_CONNECTIONS = 65_535
const MAX_BATCHES = 1_000_000

/** How to connect. */
export interface ConnectOptions {
  /** Where to begin; the rest of the cluster is found from there. */
  hosts: Hosts
  /** User name, where the cluster has security enabled. */
  user?: string | undefined
  /** The user's password. It is in no error and no log. */
  password?: string | undefined
  /** Who knows the user: the cluster itself, a directory behind it, or the certificate in `tls`. Default `'internal'`. */
  authMode?: 'internal' | 'external' | 'pki' | undefined
  /** Encrypts all connections: `true`, or with certificates of one's own. Default false. */
  tls?: boolean | TlsOptions | undefined
  /** Milliseconds until a connection attempt is given up. Default 1000. */
  connectTimeout?: number | undefined
  /** The name the cluster must have; a node of another one is refused. */
  clusterName?: string | undefined
  /** Asks the nodes for their alternate addresses, for clients outside their network. Default false. */
  useServicesAlternate?: boolean | undefined
  /** Upper limit of the data connections to one node. Default 100. */
  maxConnsPerNode?: number | undefined
  /** Upper limit of the columnar batches that run at the same time; more wait. Default 64. */
  maxRunningBatches?: number | undefined
  /** Upper limit of the batches that wait; one more is refused. Default 10000. */
  maxQueuedBatches?: number | undefined
  /** Policies for the calls that give none of their own. */
  policies?: { read?: ReadPolicy | undefined; write?: WritePolicy | undefined } | undefined
}

interface CheckedConnect extends Omit<NativeConnectOptions, 'hosts' | 'tls'> {
  hosts?: CheckedHost[]
  tls?: CheckedTls | false
  policies?: DefaultPolicies
}

const POLICY_CHECKS: Checks<DefaultPolicies> = { read: readPolicy, write: writePolicy }

const CONNECT_CHECKS: Checks<CheckedConnect> = {
  hosts: parseHosts,
  user: text,
  password: secret,
  authMode: choice('internal', 'external', 'pki'),
  tls: tlsOptions,
  connectTimeout: integer(1, MAX_MS, 'milliseconds'),
  clusterName: text,
  useServicesAlternate: boolean,
  maxConnsPerNode: integer(1, MAX_CONNECTIONS),
  maxRunningBatches: integer(1, MAX_BATCHES),
  maxQueuedBatches: integer(0, MAX_BATCHES),
  policies: (value, name) => checkOptions(value, name, POLICY_CHECKS),
}

/**
 * Connects to a cluster: `connect('127.0.0.1:3000')`, `connect(['a:3000', 'b'])` or `connect({ hosts, connectTimeout: 500 })`.
 *
 * Host strings are `host`, `host:port` or several of them joined by commas; an IPv6 address stands in brackets.
 */
export async function connect(target: Hosts | ConnectOptions): Promise<Client> {
  const { options, policies } = planConnect(target)
  return createClient(await translatedAsync(() => native.NativeClient.connect(options)), policies)
}

/** `connect` that returns when it is done, for scripts and command-line tools. */
export function connectSync(target: Hosts | ConnectOptions): Client {
  const { options, policies } = planConnect(target)
  return createClient(
    translated(() => native.NativeClient.connectSync(options)),
    policies,
  )
}

interface ConnectPlan {
  options: NativeConnectOptions
  policies: DefaultPolicies
}

function planConnect(target: unknown): ConnectPlan {
  if (!isOptions(target)) return { options: { hosts: parseHosts(target, 'hosts') }, policies: {} }
  const { hosts, policies = {}, tls, ...rest } = checkOptions<CheckedConnect>(target, 'options', CONNECT_CHECKS)
  if (hosts === undefined) {
    throw invalidArgument(`options.hosts is missing: name at least one host, such as '127.0.0.1:3000'`)
  }
  if (rest.password !== undefined && rest.user === undefined) {
    throw invalidArgument('options.user is missing, and a password is given')
  }
  return { options: withTls({ ...rest, hosts }, tls), policies }
}

/** The name in the certificates belongs to the hosts, where one has none of its own. */
function withTls(options: NativeConnectOptions, tls: CheckedTls | false | undefined): NativeConnectOptions {
  if (tls === undefined || tls === false) return options
  const { serverName, ...certificates } = tls
  const hosts =
    serverName === undefined ? options.hosts : options.hosts.map((host) => ({ tlsName: serverName, ...host }))
  return { ...options, hosts, tls: certificates }
}

/** A single host may be an object too: it has `host`, options have `hosts`. */
function isOptions(target: unknown): target is ConnectOptions {
  if (typeof target === 'string' || Array.isArray(target)) return false
  if (!isObject(target))
    throw invalidArgument(`connect takes 'host:port', a list of hosts or options, not ${given(target)}`)
  return !('host' in target)
}
