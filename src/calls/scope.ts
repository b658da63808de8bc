import { given } from '../arguments/given.js'
import { type Checks, boolean, checkOptions, isObject } from '../arguments/options.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { checkSet } from '../keys/names.js'

/** What a call changes, and its other options. Without a set it is the whole namespace. */
export interface Scope<T> {
  readonly set: string | undefined
  readonly options: T
}

/**
 * The set of a call that changes all records, or `{ wholeNamespace: true }` in its place; `what` says what becomes of every record.
 *
 * A set that is missing or empty is no reason to change everything: it may be a mistake in the caller's own code.
 */
export function scopeOf<T extends object>(set: unknown, options: unknown, checks: Checks<T>, what: string): Scope<T> {
  if (isObject(set)) return { set: undefined, options: wholeNamespace(set, options, checks) }
  const instead = `to ${what} every record of the namespace, give { wholeNamespace: true } in its place`
  if (typeof set !== 'string') throw invalidArgument(`set must be a string, not ${given(set)}; ${instead}`)
  if (set === '') throw outOfRange(`set must not be empty; ${instead}`)
  checkSet(set, 'set')
  return { set, options: checkOptions(options, 'options', checks) }
}

function wholeNamespace<T extends object>(set: object, options: unknown, checks: Checks<T>): T {
  if (options !== undefined) throw invalidArgument('pass the options instead of the set if there is no set')
  type Whole = T & { wholeNamespace?: boolean }
  const wholeChecks = { ...checks, wholeNamespace: boolean } as unknown as Checks<Whole>
  const { wholeNamespace: whole, ...rest } = checkOptions<Whole>(set, 'options', wholeChecks)
  if (whole !== true) throw invalidArgument(`options.wholeNamespace must be true if no set is given`)
  return rest as unknown as T
}
