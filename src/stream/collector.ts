import { outOfRange } from '../errors.js'
import { integer } from '../arguments/options.js'
import { type Batch, createBatch, partsOf } from '../batch/batch.js'
import type { BatchParts } from '../batch/parts.js'
import { type Memory, allocate, cellBytes } from '../columns/memory.js'
import type { PackedKeys } from '../keys/packed.js'
import { joinedKeys } from './keys.js'

const GIB = 0x4000_0000
const NUMBER_BYTES = 4

/** Options of `toBatch`. */
export interface ToBatchOptions {
  /** Maximum size of the batch in bytes; a larger one is a `RangeError`. Default 1 GiB. */
  maxBytes?: number | undefined
}

/** Checks the limit of a batch that takes everything. */
export function checkMaxBytes(value: unknown): number {
  return value === undefined ? GIB : integer(1, Number.MAX_SAFE_INTEGER, 'bytes')(value, 'options.maxBytes')
}

/** Takes the batches of a stream to make one of them. */
export class Collector {
  readonly #most: number
  readonly #parts: BatchParts[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a batch, or throws where all together would be too large. */
  add(batch: Batch): void {
    const parts = partsOf(batch)
    this.#bytes += parts.memory.at.byteLength
    if (this.#bytes > this.#most) {
      throw outOfRange(
        `toBatch: the rows need more than ${this.#most} bytes (maxBytes); read them batch by batch, or allow more`,
      )
    }
    this.#parts.push(parts)
  }

  /** One batch of everything that was taken; `empty` makes the one without rows. */
  join(empty: () => Batch): Batch {
    const [first] = this.#parts
    if (first === undefined) return empty()
    if (this.#parts.length === 1) return createBatch(first)
    const length = this.#parts.reduce((sum, { memory }) => sum + memory.length, 0)
    const at = first.layoutFor(length)
    const memory: Memory = { ...first.memory, buffer: allocate(at.byteLength), length, at }
    let row = 0
    for (const part of this.#parts) {
      copyInto(memory, part.memory, row)
      row += part.memory.length
    }
    return createBatch({
      memory,
      keys: joinedKeys(this.#parts.map(({ keys }) => keys as PackedKeys)),
      conversions: sums(this.#parts.map(({ conversions }) => conversions)),
      failures: [],
      layoutFor: first.layoutFor,
      ...(first.digests === undefined ? {} : { digests: joined(this.#parts.map(({ digests }) => digests)) }),
    })
  }
}

/** Copies all rows of one batch behind those before them, region by region. */
function copyInto(to: Memory, from: Memory, row: number): void {
  const copy = (target: number, source: number, size: number): void => {
    new Uint8Array(to.buffer).set(new Uint8Array(from.buffer, source, size * from.length), target + row * size)
  }
  if (to.layout === 'rows') copy(0, 0, to.at.itemsize)
  to.fields.forEach((field, index) => {
    if (to.layout === 'columns') {
      copy(to.at.offsets[index] as number, from.at.offsets[index] as number, cellBytes(field))
    }
    copy(to.at.valid[index] as number, from.at.valid[index] as number, 1)
  })
  copy(to.at.gen, from.at.gen, NUMBER_BYTES)
  copy(to.at.ttl, from.at.ttl, NUMBER_BYTES)
  copy(to.at.resultCodes, from.at.resultCodes, NUMBER_BYTES)
}

function sums(counts: readonly (readonly number[])[]): number[] {
  return (counts[0] ?? []).map((_, index) => counts.reduce((sum, each) => sum + (each[index] ?? 0), 0))
}

function joined(parts: readonly (Uint8Array | undefined)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts.map((part) => part ?? new Uint8Array(0))))
}
