import { given, quote } from '../arguments/given.js'
import { joinMemories } from '../columns/join.js'
import { checkPresent } from '../columns/memory.js'
import { invalidArgument } from '../errors.js'
import { joinedKeys } from '../keys/joined.js'
import type { FoundKey } from '../keys/key.js'
import { codeOf } from '../kinds/code.js'
import type { Field, Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { Batch, createBatch, partsOf } from './batch.js'
import { summedMismatches } from './conversions.js'
import type { Failure } from './failure.js'
import type { BatchParts } from './parts.js'

/**
 * One batch of the rows of several, in their order, in memory of its own. They need the same fields and the same layout.
 *
 * Keys, validity, generations, ttls, result codes, failures and conversions of all of them are in it. The bytes of fields
 * such as text are not copied: the blocks that hold them are those of the given batches.
 */
export function concat<S extends Schema, L extends Layout, K extends FoundKey>(
  batches: readonly Batch<S, L, K>[],
): Batch<S, L, K> {
  if (!Array.isArray(batches)) throw invalidArgument(`batches must be an array of batches, not ${given(batches)}`)
  const parts = Array.from(batches, (batch: unknown, index) => {
    if (!(batch instanceof Batch)) throw invalidArgument(`batches[${index}] must be a batch, not ${given(batch)}`)
    return partsOf(batch as Batch)
  })
  const [first] = parts
  if (first === undefined) throw invalidArgument('batches must have at least one batch, whose fields the result has')
  parts.forEach((part, index) => {
    checkPresent(part.memory)
    checkAlike(first, part, `batches[${index}]`)
  })
  return createBatch(joinedParts(parts)) as unknown as Batch<S, L, K>
}

function checkAlike({ memory: first }: BatchParts, { memory }: BatchParts, name: string): void {
  const [wanted, has] = [first.fields, memory.fields]
  if (memory.layout !== first.layout) {
    throw invalidArgument(`${name} has the ${memory.layout} layout, and batches[0] the ${first.layout} layout`)
  }
  if (memory.layout === 'rows' && memory.at.itemsize !== first.at.itemsize && memory.align !== first.align) {
    throw invalidArgument(
      `${name} has ${alignText(memory.align)} records, and batches[0] ${alignText(first.align)} ones`,
    )
  }
  for (let at = 0; at < Math.max(wanted.length, has.length); at++) {
    if (fieldText(wanted[at]) === fieldText(has[at])) continue
    throw invalidArgument(
      `${name} differs in field ${at}: it has ${fieldText(has[at])}, and batches[0] ${fieldText(wanted[at])}`,
    )
  }
}

const alignText = (align: boolean): string => (align ? 'aligned' : 'packed')

function fieldText(field: Field | undefined): string {
  return field === undefined ? 'none' : `${quote(field.name)}: ${codeOf(field)}`
}

/** The parts of one batch of the rows of several, whose fields and layout are the same. */
export function joinedParts(parts: readonly BatchParts[]): BatchParts {
  const first = parts[0] as BatchParts
  const digests = parts.map((part) => part.digests)
  return {
    memory: joinMemories(
      parts.map(({ memory }) => memory),
      first.layoutFor,
    ),
    keys: joinedKeys(parts.map(({ keys }) => keys)),
    conversions: sums(parts.map(({ conversions }) => conversions)),
    mismatches: summedMismatches(parts),
    failures: joinedFailures(parts),
    layoutFor: first.layoutFor,
    ...(digests.includes(undefined) ? {} : { digests: joined(digests as Uint8Array[]) }),
  }
}

function sums(counts: readonly (readonly number[])[]): number[] {
  return (counts[0] ?? []).map((_, index) => counts.reduce((sum, each) => sum + (each[index] ?? 0), 0))
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts))
}

/** The failures of all, about the rows as they are numbered now. */
function joinedFailures(parts: readonly BatchParts[]): Failure[] {
  let before = 0
  return parts.flatMap(({ failures, memory }) => {
    const first = before
    before += memory.length
    return failures.map((failure) => ({ ...failure, rows: failure.rows.map((row) => row + first) }))
  })
}
