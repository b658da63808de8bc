import { byField } from '../columns/rows.js'
import type { BatchParts, Conversions, Mismatch } from './parts.js'

/** missing, lossy, mismatched */
export const COUNTS_PER_FIELD = 3

/** What happened to the values of each field, by its name. */
export function conversionsOf({ memory, conversions, mismatches = [] }: BatchParts): Record<string, Conversions> {
  return byField(memory, (index) => {
    const at = index * COUNTS_PER_FIELD
    const [missing = 0, lossy = 0, mismatched = 0] = conversions.slice(at, at + COUNTS_PER_FIELD)
    const types = mismatches.filter(({ field }) => field === index).map(({ type, count }) => [type, count] as const)
    const counts: Conversions = { missing, lossy, mismatched }
    return types.length === 0 ? counts : { ...counts, mismatchedTypes: Object.fromEntries(types) }
  })
}

/** The mismatches of several batches together. */
export function summedMismatches(parts: readonly BatchParts[]): Mismatch[] {
  const sums = new Map<string, Mismatch>()
  for (const { field, type, count } of parts.flatMap(({ mismatches = [] }) => mismatches)) {
    const key = `${field} ${type}`
    sums.set(key, { field, type, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()].toSorted((a, b) => a.field - b.field)
}
