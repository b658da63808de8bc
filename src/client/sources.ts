import { isObject } from '../arguments/options.js'
import { invalidArgument } from '../errors.js'
import { isAddress, parseAddress } from './address.js'

/** The connect options of one source: what was typed, a URL, the environment. */
export type Source = Readonly<Record<string, unknown>>

/**
 * The options of several sources, of which the first goes before the others, option by option. What belongs together is
 * never mixed: a password goes to no other user than the one it was given with, a key to no other certificate.
 */
export function layered(...sources: Source[]): Record<string, unknown> {
  const merged: Record<string, unknown> = Object.assign({}, ...sources.map(withoutUndefined).toReversed())
  delete merged['password']
  const password = passwordFor(merged['user'], sources)
  const tls = layeredTls(sources.map((source) => source['tls']))
  return { ...merged, ...(password !== undefined && { password }), ...(tls !== undefined && { tls }) }
}

/** A source whose hosts are a URL, as two: the URL has options of its own, which go before those beside it in `later`. */
export function withAddress(typed: Source, later: Source = {}): Record<string, unknown> {
  const hosts = typed['hosts'] ?? later['hosts']
  if (!isAddress(hosts)) return layered(typed, later)
  const address = parseAddress(hosts, 'options.hosts')
  return { ...layered(typed, address.options, later), hosts: address.hosts }
}

/** The first password that was given with this user, or with none. */
function passwordFor(user: unknown, sources: readonly Source[]): unknown {
  const withOne = sources.filter(({ password }) => password !== undefined)
  const own = withOne.find((source) => source['user'] === undefined || source['user'] === user)
  if (own === undefined && withOne.length > 0) {
    throw invalidArgument('options.password is missing: the one in the URL or the environment belongs to another user')
  }
  return own?.['password']
}

const PAIR = ['cert', 'key']

/** `true` leaves the details to the sources behind it, `false` is the end of it. */
function layeredTls(choices: readonly unknown[]): unknown {
  const given = choices.filter((choice) => choice !== undefined)
  if (given.length === 0 || (given[0] !== true && !isObject(given[0]))) return given[0]
  const end = given.findIndex((choice) => choice !== true && !isObject(choice))
  const details = (end < 0 ? given : given.slice(0, end)).filter(isObject).map(withoutUndefined)
  if (details.length === 0) return true
  const paired = details.findIndex((each) => PAIR.some((name) => name in each))
  const kept = details.map((each, at) => (at > paired ? without(each, PAIR) : each))
  return Object.assign({}, ...(paired < 0 ? details : kept).toReversed()) as unknown
}

function without(options: Source, names: readonly string[]): Source {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name)))
}

function withoutUndefined(options: object): Source {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
