import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { type Check, checkOptions, integer, isObject } from '../arguments/options.js'

/** How slow the embedded server is: CPU time that requests take beside what they take anyway, in nanoseconds. */
export interface DevPace {
  /** For every request except info and logins. Default 0. */
  request?: number | undefined
  /** For every row of a batch. Default 0. */
  row?: number | undefined
  /** For every record of a scan or query. Default 0. */
  record?: number | undefined
  /** Threads that share the partitions of a scan or query. Default 1; a real server has 4. */
  threads?: number | undefined
}

const NANOSECONDS = integer(0, 1_000_000_000, 'ns')
const CHECKS = { request: NANOSECONDS, row: NANOSECONDS, record: NANOSECONDS, threads: integer(1, 64) }

/** Checks a pace, and gives it as the words that the native side reads. */
export const pace: Check<string> = (value, name) => {
  if (value === 'real') return value
  if (!isObject(value)) {
    throw invalidArgument(`${name} must be 'real' or an object such as { record: 400 }, not ${given(value)}`)
  }
  const checked: Record<string, number> = checkOptions<DevPace>(value, name, CHECKS) as Record<string, number>
  return Object.entries(checked)
    .map(([word, number]) => `${word}=${number}`)
    .join(' ')
}
