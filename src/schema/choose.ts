import type { Tally } from './tally.js'

/** How types are chosen where several fit. */
export interface Rules {
  /** The smallest type that holds what was seen, instead of one that holds every value of the bin's type. */
  readonly compact: boolean
  /** Text of any length, or cells as long as the longest text that was seen. */
  readonly strings: 'utf8' | 'fixed'
  /** Lists of any length, or sub-arrays where all lists that were seen are of the same length. */
  readonly lists: 'any' | 'fixed'
}

/** What a field becomes, as a literal has it. */
export type ChosenType = string | readonly [code: string, shape: number | null]

const MOST_EXACT = BigInt(Number.MAX_SAFE_INTEGER)
const INTEGERS: readonly (readonly [code: string, low: bigint, high: bigint])[] = [
  ['u1', 0n, 0xffn],
  ['i1', -0x80n, 0x7fn],
  ['u2', 0n, 0xffffn],
  ['i2', -0x8000n, 0x7fffn],
  ['u4', 0n, 0xffff_ffffn],
  ['i4', -0x8000_0000n, 0x7fff_ffffn],
]

/** The type that holds every value that was seen, without a loss; `any` where no other one does. */
export function typeFor(seen: Tally, rules: Rules): ChosenType {
  const number = numberFor(seen, rules)
  if (number !== undefined) return number
  const [type, another] = seen.types.keys()
  if (type === undefined || another !== undefined) return 'any'
  if (type === 'String') return textFor(seen, rules)
  if (type === 'Blob') return 'binary'
  return type === 'List' ? listFor(seen, rules) : 'any'
}

/** The code for numbers and booleans; nothing where there is anything else, or what no number holds exactly. */
function numberFor({ types, ints, areSingles }: Tally, { compact }: Rules): string | undefined {
  switch ([...types.keys()].toSorted().join()) {
    case 'Bool':
      return '?'
    case 'Int':
      return compact
        ? (INTEGERS.find(([, low, high]) => ints !== undefined && holds(low, ints, high))?.[0] ?? 'i8')
        : 'i8'
    case 'Double':
      return compact && areSingles ? 'f4' : 'f8'
    case 'Double,Int':
      return ints !== undefined && holds(-MOST_EXACT, ints, MOST_EXACT) ? 'f8' : undefined
    default:
      return undefined
  }
}

const holds = (least: bigint, { low, high }: { low: bigint; high: bigint }, most: bigint): boolean =>
  least <= low && high <= most

function textFor({ longest = 0, isReplaced, endsWithNul, isBraced }: Tally, { strings }: Rules): string {
  // What may not be UTF-8 stays as it is in `any`.
  if (isReplaced) return 'any'
  // A cell of a fixed size loses a NUL at the end, and does not take GeoJSON.
  return strings === 'fixed' && !endsWithNul && !isBraced ? `S${Math.max(1, longest)}` : 'utf8'
}

function listFor({ elements, sizes }: Tally, rules: Rules): ChosenType {
  const code = elements === undefined ? undefined : numberFor(elements, rules)
  // Rows show booleans of lists as 0 and 1; in `any` they stay booleans.
  if (code === undefined || code === '?' || sizes === undefined) return 'any'
  return [code, rules.lists === 'fixed' && sizes.low === sizes.high ? sizes.low : null]
}
