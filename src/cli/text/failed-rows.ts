import type { Failure } from '../../batch/failure.js'

/** What a code means, and what to do about it. */
const ADVICE: Readonly<Record<number, string>> = {
  2: ', the record does not exist',
  5: ', the record exists already',
  20: ', the namespace does not exist',
  22: ', forbidden; a ttl is refused where the namespace has no nsup-period',
}

/** Why rows have failed, in the words of the first of them; `undefined` where none has. */
export function reasonOf(
  codes: Iterable<number>,
  failures: readonly Failure[],
  isFailure: (code: number) => boolean,
): string | undefined {
  for (const code of codes) {
    if (isFailure(code))
      return failures.find((failure) => failure.code === code)?.message ?? `result code ${code}${ADVICE[code] ?? ''}`
  }
  return undefined
}

/** What is said at the end where rows have failed. */
export function failedRows(failed: number, all: number, what: string, reason: string | undefined): string {
  return `aerostride: ${failed} of ${all} ${what}${reason === undefined ? '' : `: ${reason}`}`
}
