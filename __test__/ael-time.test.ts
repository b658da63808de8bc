import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsedOrError, pieces, report } from './support/ael-texts.js'
import { golden } from './support/golden.js'

/** The time that AEL text takes is linear in its length, whatever it repeats. */

const expressions = (golden('expressions-text.json') as { text: string }[])
  .map(({ text }) => text)
  .filter((text) => text !== '')
const seconds = Number(process.env['AEROSTRIDE_AEL_SECONDS'] ?? 2)
const isLong = process.env['AEROSTRIDE_AEL_SECONDS'] !== undefined
const timeout = 1000 * (2 * seconds + 120)

/** The least CPU time of so many tries, in ms: another process that takes the processor meanwhile adds nothing to it. */
function time(text: string, tries = 5): number {
  const times = Array.from({ length: tries }, () => {
    const start = process.cpuUsage()
    parsedOrError(text)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

/** A text in which one part stands again and again, `length` characters long or a little more. */
function repeated([before, part, after]: readonly [string, string, string], length: number): string {
  return before + part.repeat(Math.ceil(length / part.length)) + after
}

/**
 * Lengths of which the second is eight times the first; a quadratic parser would take 64 times as long for it. A linear one may
 * take more than eight times as long, because only the long text fills the memory so that garbage is collected.
 */
const [SHORT, LONG] = [16_000, 128_000]
const MOST_RATIO = 40

/** What takes less for the long text is not worth a comparison: a collection of garbage takes as long. */
const FEW_MS = 100

/** Rounds in which a busy machine may spoil the comparison; a parser that is not linear fails in all of them. */
const ROUNDS = 5

const isLinear = (parts: readonly [string, string, string]): boolean => {
  const [short, long] = [repeated(parts, SHORT), repeated(parts, LONG)]
  let [leastShort, leastLong] = [Infinity, time(long, 1)]
  for (let round = 0; round < ROUNDS && leastLong >= FEW_MS; round++) {
    leastLong = Math.min(leastLong, time(long))
    leastShort = Math.min(leastShort, time(short))
    if (leastLong / leastShort < MOST_RATIO) return true
  }
  return leastLong < FEW_MS
}

test.each([
  ['$.a == 1', " or $.b.c.[0] in ['x', 'y']", ''],
  ['', "$.'a b'.c.[0] + ", '1'],
  ['$.a in [', "'x', ", "'y']"],
  ['let (x = 1', ', y = ${x}', ') then (${y})'],
  ['when (', '$.a > 1 => 2, ', 'default => 3)'],
  ['$.a', '.b', ''],
] as const)('%s, and many times %s', (...parts) => {
  expect(isLinear(parts)).toBe(true)
})

/** An expression of which a part is repeated. */
const pumped = fc.tuple(fc.constantFrom(...expressions), fc.nat(), fc.nat()).map(([text, one, other]) => {
  const [a, b] = [one % text.length, other % text.length]
  const [from, to] = [Math.min(a, b), Math.max(a, b)]
  return [text.slice(0, from), text.slice(from, to + 1), text.slice(to + 1)] as const
})

const some = fc.array(pieces, { maxLength: 6 })
const anyParts = fc
  .tuple(some, fc.array(pieces, { minLength: 1, maxLength: 6 }), some)
  .map(([before, part, after]) => [before.join(''), part.join(''), after.join('')] as const)

test(
  'any part that is repeated takes as long each time',
  () => {
    fc.assert(
      fc.property(fc.oneof(pumped, anyParts), (parts) => {
        expect(isLinear(parts)).toBe(true)
      }),
      { numRuns: 1_000_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
    )
    if (isLong) console.log(report())
  },
  timeout,
)
