import { type Client, createClient, type DefaultPolicies } from './client.js'
import { invalidArgument, translated, translatedAsync } from './errors.js'
import { given } from './given.js'
import { type CheckedHost, type Hosts, parseHosts } from './hosts.js'
import { type NativeConnectOptions, native } from './native.js'
import { type Checks, boolean, checkOptions, integer, isObject, text } from './options.js'
import { type ReadPolicy, type WritePolicy, readPolicy, writePolicy } from './policy.js'

const MAX_MS = 0x7fff_ffff
const MAX_CONNECTIONS = 65_535

/** How to connect. */
export interface ConnectOptions {
  /** Where to begin; the rest of the cluster is found from there. */
  hosts: Hosts
  /** Milliseconds until a connection attempt is given up. */
  connectTimeout?: number | undefined
  /** The name the cluster must have; a node of another one is refused. */
  clusterName?: string | undefined
  /** Asks the nodes for their alternate addresses, for clients outside their network. Default false. */
  useServicesAlternate?: boolean | undefined
  /** Upper limit of the connections to one node. */
  maxConnsPerNode?: number | undefined
  /** Policies for the calls that give none of their own. */
  policies?: { read?: ReadPolicy | undefined; write?: WritePolicy | undefined } | undefined
}

interface CheckedConnect extends Omit<NativeConnectOptions, 'hosts'> {
  hosts?: CheckedHost[]
  policies?: DefaultPolicies
}

const POLICY_CHECKS: Checks<DefaultPolicies> = { read: readPolicy, write: writePolicy }

const CONNECT_CHECKS: Checks<CheckedConnect> = {
  hosts: parseHosts,
  connectTimeout: integer(1, MAX_MS, 'milliseconds'),
  clusterName: text,
  useServicesAlternate: boolean,
  maxConnsPerNode: integer(1, MAX_CONNECTIONS),
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
  const { hosts, policies = {}, ...rest } = checkOptions<CheckedConnect>(target, 'options', CONNECT_CHECKS)
  if (hosts === undefined)
    throw invalidArgument(`options.hosts is missing: name at least one host, such as '127.0.0.1:3000'`)
  return { options: { ...rest, hosts }, policies }
}

/** A single host may be an object too: it has `host`, options have `hosts`. */
function isOptions(target: unknown): target is ConnectOptions {
  if (typeof target === 'string' || Array.isArray(target)) return false
  if (!isObject(target))
    throw invalidArgument(`connect takes 'host:port', a list of hosts or options, not ${given(target)}`)
  return !('host' in target)
}
