import type { Batch } from '../batch/batch.js'

/** Bytes to write, one piece after the other. */
export type Pieces = readonly Uint8Array[]

/** Turns batches into the bytes of a format, which go to a file or a pipe in this order. */
export interface Encoder {
  /** The bytes of some more rows: those that can be written already. */
  rows(batch: Batch): Pieces | Promise<Pieces>
  /** What is left at the end. */
  end(): Pieces | Promise<Pieces>
  /** Lets go of what it has; nobody wants the rest. */
  abort?(): void
  /** What replaces the first bytes of the file after `end`, in formats that begin with the number of rows. */
  readonly head?: Uint8Array
}

/** The columns that a file has besides those of the dtype, and their names. */
export interface ExtraColumns {
  readonly key?: string
  readonly gen?: string
  readonly ttl?: string
}
