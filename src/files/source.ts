import type { TableSource } from '../arrow/table.js'
import { type Batch, partsOf } from '../batch/batch.js'
import { checkPresent, totalBytes } from '../columns/memory.js'

/** What a batch has for Arrow. */
export function sourceOf(batch: Batch): TableSource {
  const { memory, keys } = partsOf(batch)
  checkPresent(memory)
  return { memory, keys }
}

/** The bytes of a batch, blocks included. */
export function bytesOf(batch: Batch): number {
  return totalBytes(partsOf(batch).memory)
}
