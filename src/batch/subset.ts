import { copyRows } from '../columns/compact.js'
import { type Memory, sliceMemory } from '../columns/memory.js'
import type { BatchParts } from './parts.js'
import { SelectedKeys, SlicedKeys, selectFailures, sliceFailures } from './selection.js'

const DIGEST_BYTES = 20

/** The parts of a batch of chosen rows, in memory of its own. A row may be chosen several times. */
export function chosenRows(parts: BatchParts, rows: Uint32Array): BatchParts {
  const { keys, failures, layoutFor, digests, memory: from } = parts
  const at = layoutFor(rows.length)
  const { isPart: _, ...whole } = from
  const memory: Memory = { ...whole, buffer: new ArrayBuffer(at.byteLength), length: rows.length, at }
  copyRows(from, memory, rows)
  return {
    ...parts,
    memory,
    keys: new SelectedKeys(keys, rows),
    failures: selectFailures(failures, rows, from.length),
    ...(digests === undefined ? {} : { digests: chosenDigests(digests, rows) }),
  }
}

function chosenDigests(digests: Uint8Array<ArrayBuffer>, rows: Uint32Array): Uint8Array<ArrayBuffer> {
  const kept = new Uint8Array(rows.length * DIGEST_BYTES)
  rows.forEach((row, at) => {
    kept.set(digests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES), at * DIGEST_BYTES)
  })
  return kept
}

/** The rows from `start` to before `end` in the same memory, which is in the columns layout. */
export function slicedRows(parts: BatchParts, start: number, end: number): BatchParts {
  const { keys, failures, digests, memory } = parts
  return {
    ...parts,
    memory: sliceMemory(memory, start, end),
    keys: new SlicedKeys(keys, start, end),
    failures: sliceFailures(failures, start, end),
    ...(digests === undefined ? {} : { digests: digests.subarray(start * DIGEST_BYTES, end * DIGEST_BYTES) }),
  }
}

/** The memory of a batch in the layout of its number of rows: a copy, where the batch is a slice of another one. */
export function wholeMemory(parts: BatchParts): Memory {
  const { memory } = parts
  if (memory.isPart !== true) return memory
  return chosenRows(
    parts,
    Uint32Array.from({ length: memory.length }, (_, row) => row),
  ).memory
}
