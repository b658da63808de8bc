import { abortSignal } from './abort.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { checkNamespace } from '../keys/names.js'
import { type Check, type Checks, checkOptions, list, text } from '../arguments/options.js'
import { scopeOf } from './scope.js'
import type { Call } from './session.js'
import { isDate } from '../tags.js'

/** Options of `info`. */
export interface InfoOptions {
  /** The name of the one node to ask. Default all of them. */
  node?: string | undefined
  /** Aborts the call. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** The answers of the nodes: `replies[node][name]`. The value of a name that a node does not know is `ERROR...`. */
export type InfoReplies = Record<string, Record<string, string>>

/** Options of `truncate`. */
export interface TruncateOptions {
  /** Only records that were last written before; a bigint is nanoseconds since 1970. Default all there are. */
  before?: Date | bigint | undefined
  /** Aborts the call; the nodes may then have been told or not. A blocking one looks at it only before it begins. */
  signal?: AbortSignal | undefined
}

/** Options of `truncate` where it has no set. */
export interface TruncateNamespaceOptions extends TruncateOptions {
  /** Has to be true: every record of the namespace is deleted, whatever its set. */
  wholeNamespace: true
}

const INFO_CHECKS: Checks<{ node?: string; signal?: AbortSignal }> = { node: text, signal: abortSignal }

const NANOS_PER_MS = 1_000_000n
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn

const before: Check<bigint> = (value, name) => {
  const nanos = isDate(value) ? nanosOf(value, name) : value
  if (typeof nanos !== 'bigint') throw invalidArgument(`${name} must be a Date or a bigint, not ${given(value)}`)
  if (nanos <= 0n || nanos > MAX_INT64) throw outOfRange(`${name} must be a time after 1970, not ${given(value)}`)
  return nanos
}

function nanosOf(date: Date, name: string): bigint {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw outOfRange(`${name} is an invalid Date`)
  return BigInt(ms) * NANOS_PER_MS
}

const TRUNCATE_CHECKS: Checks<{ before?: bigint; signal?: AbortSignal }> = { before, signal: abortSignal }

const noCodes = (): number[] => []

/** `info`: what nodes say of themselves. */
export function infoCall(
  names: string | readonly string[],
  options: InfoOptions | undefined,
): Call<InfoReplies, InfoReplies> {
  const { node, signal } = checkOptions(options, 'options', INFO_CHECKS)
  const asked = typeof names === 'string' ? [text(names, 'names')] : list(text)(names, 'names')
  return {
    start: (client) => client.info(asked, node),
    signal,
    subject: { operation: 'info' },
    codes: noCodes,
    finish: (replies) =>
      Object.fromEntries(Object.entries(replies).map(([name, values]) => [name, inOrder(asked, values)])),
  }
}

/** The values in the order in which they were asked for; a node answers in one of its own. */
function inOrder(names: readonly string[], values: Record<string, string>): Record<string, string> {
  const answered = names.filter((name) => Object.hasOwn(values, name))
  return Object.fromEntries(answered.map((name) => [name, values[name] as string]))
}

/** `truncate`: deletes the records of a set, or of a whole namespace where an option says so in the place of the set. */
export function truncateCall(
  namespace: string,
  set: string | TruncateNamespaceOptions,
  options: TruncateOptions | undefined,
): Call<void, void> {
  const { set: chosen, options: checked } = scopeOf(set, options, TRUNCATE_CHECKS, 'delete')
  const { before: until, signal } = checked
  checkNamespace(namespace, 'namespace')
  return {
    start: (client) => client.truncate(namespace, chosen, until ?? 0n),
    signal,
    subject: { operation: 'truncate', namespace, ...(chosen !== undefined && { set: chosen }) },
    codes: noCodes,
    finish: () => {},
  }
}
