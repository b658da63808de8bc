import { invalidArgument, outOfRange } from '../errors.js'
import { given, quote } from '../arguments/given.js'
import { type Checks, checkOptions, integer, isObject, text } from '../arguments/options.js'

/** The port an Aerospike node listens on unless it was told otherwise. */
export const DEFAULT_PORT = 3000
const MAX_PORT = 65_535

/** A node of the cluster to contact first. */
export interface Host {
  /** Name or address; an IPv6 address needs no brackets here. */
  host: string
  /** Port, 3000 unless given. */
  port?: number | undefined
  /** The name in the node's certificate, if it differs from `host`. */
  tlsName?: string | undefined
}

/** The hosts to contact first: `'host:port'`, several of these joined by commas, objects, or a list of either. */
export type Hosts = string | Host | readonly (string | Host)[]

/** A host with nothing left open. */
export interface CheckedHost {
  host: string
  port: number
  tlsName?: string
}

const HOST_CHECKS: Checks<Partial<CheckedHost>> = { host: text, port: integer(1, MAX_PORT), tlsName: text }

/** Reads every form of {@link Hosts}; `name` is how the caller knows the argument. */
export function parseHosts(hosts: unknown, name: string): CheckedHost[] {
  const list: readonly unknown[] = Array.isArray(hosts) ? hosts : [hosts]
  if (list.length === 0) throw outOfRange(`${name} must name at least one host`)
  return Array.from(list).flatMap((host, index) => parseOne(host, Array.isArray(hosts) ? `${name}[${index}]` : name))
}

function parseOne(host: unknown, name: string): CheckedHost[] {
  if (typeof host === 'string') return host.split(',').map((part) => parseText(part.trim(), name))
  if (!isObject(host)) throw invalidArgument(`${name} must be 'host:port' or { host, port }, not ${given(host)}`)
  const checked = checkOptions<Partial<CheckedHost>>(host, name, HOST_CHECKS)
  if (checked.host === undefined) throw invalidArgument(`${name}.host is missing`)
  refuseScheme(checked.host, `${name}.host`, /^[^/?#@:]+(?![^@]*@)/)
  return [{ ...checked, host: checked.host, port: checked.port ?? DEFAULT_PORT }]
}

function parseText(part: string, name: string): CheckedHost {
  // What stands before an '@' may be a password: it is not quoted.
  if (part.includes('@')) {
    throw outOfRange(`${name} has an '@': write 'aerospike://user@host:port', or user and password as options`)
  }
  if (part === '') throw outOfRange(`${name} has an empty host: write 'host:port' or 'host:port,host:port'`)
  refuseScheme(part, name, /^[^/?#@]+/)
  return part.startsWith('[') ? parseBracketed(part, name) : parsePlain(part, name)
}

/**
 * A URL of aerospike:// is taken apart before, unless it is one of several hosts. What may be a password is not repeated.
 */
function refuseScheme(host: string, name: string, fitting: RegExp): void {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/i.exec(host) ?? []
  if (scheme === undefined) return
  const bare = fitting.exec(rest)?.[0]
  throw outOfRange(
    `${name} begins with '${scheme}': write the host without it${bare === undefined ? '' : `, as '${bare}'`}; a URL begins with 'aerospike://' and is given alone`,
  )
}

function parseBracketed(part: string, name: string): CheckedHost {
  const match = /^\[([^[\]]+)\](?::(.*))?$/.exec(part)
  if (match === null) throw outOfRange(`${name}: ${quote(part)} is not '[address]' or '[address]:port'`)
  return { host: match[1] as string, port: parsePort(match[2], part, name) }
}

function parsePlain(part: string, name: string): CheckedHost {
  const [host, port, ...rest] = part.split(':')
  if (rest.length > 0) {
    throw outOfRange(
      `${name}: ${quote(part)} has more than one colon; write an IPv6 address in brackets, as '[::1]:3000'`,
    )
  }
  if (host === undefined || host === '') throw outOfRange(`${name}: ${quote(part)} has no host before the colon`)
  return { host, port: parsePort(port, part, name) }
}

function parsePort(port: string | undefined, part: string, name: string): number {
  if (port === undefined) return DEFAULT_PORT
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN
  if (!(number >= 1 && number <= MAX_PORT)) {
    throw outOfRange(`${name}: the port in ${quote(part)} must be an integer from 1 to ${MAX_PORT}`)
  }
  return number
}
