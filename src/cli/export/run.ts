import type { Batch } from '../../batch/batch.js'
import type { Stream } from '../../stream/stream.js'
import type { Position, Sink } from '../../files/sink.js'
import { Progress } from '../terminal/progress.js'

/** Saves how far an export is, of which `position` says what is durable. */
export type Checkpoint = (position: Position, isDone: boolean) => Promise<void>

/** An export under way. */
export interface Export {
  readonly stream: Stream<Batch>
  readonly sink: Sink
  /** Rows of earlier runs, and at most of all. */
  readonly before: number
  readonly limit: number | undefined
  /** Looks at every batch. */
  readonly onBatch: (batch: Batch) => void
  /** Saves the state, where there is one, and after how many rows. */
  readonly checkpoint: Checkpoint | undefined
  readonly saveEvery: number
  /** Ends the export in the middle. */
  readonly signal: AbortSignal
}

/** How an export ended. */
export interface Outcome {
  readonly position: Position
  /** Rows of this run. */
  readonly rows: number
  /** Whether it was ended in the middle. */
  readonly isStopped: boolean
  /** Why not all rows are there. */
  readonly failure?: unknown
}

/**
 * Writes what the stream delivers. Whatever ends it, but for a failure of writing itself, the output can be read then, and the
 * state says where to go on: the rows are on the disk before the state says so. Without a state a file of which rows are missing
 * does not get its name, unless somebody wanted it to end there.
 */
export async function runExport(job: Export): Promise<Outcome> {
  const { sink, checkpoint, signal } = job
  const progress = new Progress('scanning')
  const written = new Written(job, progress)
  try {
    await written.all()
    written.isWriting = true
    progress.end()
    const position = await sink.end()
    await checkpoint?.(position, true)
    return { position, rows: written.rows, isStopped: false }
  } catch (error) {
    progress.end()
    const isEmpty = job.before + written.rows === 0
    // Nothing is left of an export that failed at once, not even the header of a table.
    if (written.isWriting || (isEmpty && (!signal.aborted || checkpoint === undefined))) {
      await sink.abort().catch(() => {})
      if (written.isWriting || !signal.aborted) throw error
      return { position: { rows: 0 }, rows: 0, isStopped: true }
    }
    return { ...(await interrupted(job)), rows: written.rows, ...(!signal.aborted && { failure: error }) }
  }
}

async function interrupted({ sink, checkpoint, signal }: Export): Promise<{ position: Position; isStopped: boolean }> {
  if (checkpoint !== undefined) {
    const position = await sink.commit(true)
    if (position !== undefined) await checkpoint(position, false)
  }
  return { position: await sink.end(checkpoint !== undefined || signal.aborted), isStopped: true }
}

/** The loop, and how far it is. */
class Written {
  rows = 0
  /** Whether it is writing, and not waiting for rows. */
  isWriting = false
  readonly #job: Export
  readonly #progress: Progress
  #saved = 0

  constructor(job: Export, progress: Progress) {
    this.#job = job
    this.#progress = progress
  }

  async all(): Promise<void> {
    const { stream, signal, limit, before } = this.#job
    if (limit !== undefined && before >= limit) return
    for await (const batch of stream) {
      this.isWriting = true
      await this.#write(batch)
      this.isWriting = false
      signal.throwIfAborted()
    }
  }

  async #write(batch: Batch): Promise<void> {
    const { sink, onBatch, checkpoint, saveEvery } = this.#job
    onBatch(batch)
    await sink.write(batch)
    this.rows += batch.length
    this.#progress.at(this.#part(), this.rows)
    if (checkpoint === undefined || this.rows - this.#saved < saveEvery) return
    const position = await sink.commit(false)
    if (position === undefined) return
    await checkpoint(position, false)
    this.#saved = this.rows
  }

  /** How much of everything is done, whichever ends first: the partitions or the limit. */
  #part(): number {
    const { stream, limit, before } = this.#job
    const { partitionsDone, partitions } = stream.progress
    const ofPartitions = partitionsDone / Math.max(1, partitions)
    return limit === undefined ? ofPartitions : Math.max(ofPartitions, (before + this.rows) / limit)
  }
}
