// The memory of batches that others go on with.
import { given } from '../arguments/given.js'
import { type Memory, checkPresent, transfer } from '../columns/memory.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { Batch, partsOf } from './batch.js'
import { wholeMemory } from './subset.js'

/** The memory of a batch that still has it, for writing from it: a slice's is copied. */
export function memoryOf(batch: Batch): Memory {
  const parts = partsOf(batch)
  checkPresent(parts.memory)
  return wholeMemory(parts)
}

/** Takes a batch's memory for a read of `byteLength` bytes: the batch is empty afterwards. Checks first, then moves. */
export function takeMemory(batch: unknown, byteLength: number): ArrayBuffer {
  if (!(batch instanceof Batch)) throw invalidArgument(`into must be a batch of an earlier read, not ${given(batch)}`)
  const { memory } = partsOf(batch as Batch)
  checkPresent(memory)
  if (memory.isPart === true)
    throw invalidArgument('into must be a batch of its own, not a slice, which shares its memory')
  const { buffer } = memory
  if (buffer.byteLength < byteLength) {
    throw outOfRange(`into: the old batch has ${buffer.byteLength} bytes, this read needs ${byteLength}`)
  }
  return transfer(buffer)
}
