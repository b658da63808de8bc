import type { Batch } from '../batch/batch.js'
import type { Encoder } from './encoder.js'
import type { Output } from './output.js'

/** How far a file or a folder of files is complete. */
export interface Position {
  /** Rows in what is complete. */
  readonly rows: number
  /** Bytes of the file. */
  readonly length?: number
  /** Files of the folder. */
  readonly files?: number
}

/** Takes batches one after the other, and makes a file or several of them. */
export interface Sink {
  write(batch: Batch): Promise<void>
  /**
   * Makes everything durable, and says how far that is. Nothing where that would end a file that is not full yet, and does
   * not have to: with `isLast` it has to.
   */
  commit(isLast: boolean): Promise<Position | undefined>
  /** Ends what is written. It can be read then, however many batches there were; a file that is not complete has no name yet. */
  end(isComplete?: boolean): Promise<Position>
  /** Lets go of everything, after a failure of writing: nothing is left of the file. */
  abort(): Promise<void>
}

/** One file, or standard output. */
export class FileSink implements Sink {
  readonly #encoder: Encoder
  readonly #output: Output
  #rows: number

  constructor(encoder: Encoder, output: Output, rows = 0) {
    this.#encoder = encoder
    this.#output = output
    this.#rows = rows
  }

  async write(batch: Batch): Promise<void> {
    await this.#output.write(await this.#encoder.rows(batch))
    this.#rows += batch.length
  }

  async commit(): Promise<Position> {
    await this.#output.sync()
    return { rows: this.#rows, length: this.#output.length }
  }

  async end(isComplete = true): Promise<Position> {
    await this.#output.write(await this.#encoder.end())
    const { head } = this.#encoder
    if (head !== undefined) await this.#output.overwrite(head)
    const position = await this.commit()
    await this.#output.close(isComplete)
    return position
  }

  async abort(): Promise<void> {
    this.#encoder.abort?.()
    await this.#output.discard()
  }
}
