import { outOfRange } from '../errors.js'
import { quote } from '../arguments/given.js'
import { unknownOption } from '../arguments/options.js'

/** What an `aerospike://` URL says: hosts as `connect` takes them, and options by their names. */
export interface Address {
  readonly hosts: string
  readonly options: Record<string, unknown>
}

const SCHEME = 'aerospike://'

/** How the text of each parameter becomes the option of the same name. */
const PARAMETERS: Record<string, (value: string, name: string) => unknown> = {
  connectTimeout: numeric,
  clusterName: asGiven,
  useServicesAlternate: truth,
  maxConnsPerNode: numeric,
  maxRunningBatches: numeric,
  maxQueuedBatches: numeric,
  rackIds: numbers,
  authMode: asGiven,
  tls: truth,
}

/** The parameters that describe TLS; any of them turns it on. */
const TLS_PARAMETERS = ['ca', 'cert', 'key', 'serverName']

/** Whether a text is a URL and not a host. Schemes are the same in capitals, and spaces around a URL are not of it: RFC 3986. */
export function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.trimStart().slice(0, SCHEME.length).toLowerCase() === SCHEME
}

/**
 * Reads `aerospike://user:password@host:port,host/?option=value`; `name` is how the caller knows the argument.
 *
 * Not by the URL class: it knows one host only, and its errors carry the whole text, password included.
 */
export function parseAddress(url: string, name: string): Address {
  const rest = url.trim().slice(SCHEME.length)
  const query = rest.indexOf('?')
  const [place, parameters] = query < 0 ? [rest, ''] : [rest.slice(0, query), rest.slice(query + 1)]
  const at = place.lastIndexOf('@')
  const hosts = place.slice(at + 1).replace(/\/$/, '')
  if (hosts === '') throw outOfRange(`${name} has no host: write '${SCHEME}host:port'`)
  if (hosts.includes('/'))
    throw outOfRange(`${name} has a path after its hosts, where nothing can stand but '/?options'`)
  return { hosts, options: { ...credentials(place.slice(0, Math.max(at, 0)), name), ...optionsOf(parameters, name) } }
}

function credentials(text: string, name: string): Record<string, unknown> {
  if (text === '') return {}
  const colon = text.indexOf(':')
  const user = decoded(colon < 0 ? text : text.slice(0, colon), name)
  return colon < 0 ? { user } : { user, password: decoded(text.slice(colon + 1), name) }
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw outOfRange(`${name}: user or password has a '%' that begins no escape; write it as '%25'`)
  }
}

function optionsOf(query: string, name: string): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  const tls: Record<string, string> = {}
  for (const [key, value] of new URLSearchParams(query)) {
    if (TLS_PARAMETERS.includes(key)) tls[key] = value
    else options[key] = parameterOf(key, name)(value, `${name}?${key}`)
  }
  return Object.keys(tls).length === 0 ? options : { ...options, tls }
}

function parameterOf(key: string, name: string): (value: string, name: string) => unknown {
  if (Object.hasOwn(PARAMETERS, key)) return PARAMETERS[key] as (value: string, name: string) => unknown
  throw unknownOption(name, key, [...Object.keys(PARAMETERS), ...TLS_PARAMETERS])
}

function asGiven(value: string): string {
  return value
}

function numeric(value: string, name: string): number {
  if (!/^\d{1,10}$/.test(value)) throw outOfRange(`${name} must be a number, not ${quote(value)}`)
  return Number(value)
}

/** Numbers joined by commas. */
export function numbers(value: string, name: string): number[] {
  return value.split(',').map((each) => numeric(each.trim(), name))
}

/** `true`, `false`, or nothing, which is `true`; the environment's 1 and 0 too. */
export function truth(value: string, name: string): boolean {
  if (value === '' || value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  throw outOfRange(`${name} must be true or false, not ${quote(value)}`)
}
