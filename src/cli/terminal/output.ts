import { closeSync, openSync, writeSync } from 'node:fs'
import { InputError } from '../command.js'

const STANDARD_OUTPUT = 1
const WAIT_MS = 5

/** Standard output or a file, written before the next line of code runs: the blocking calls leave no time to do it later. */
export class Output {
  readonly #file: number

  constructor(path: string | undefined) {
    this.#file = path === undefined ? STANDARD_OUTPUT : open(path)
  }

  /** Writes text. */
  write(text: string): void {
    if (text !== '') this.writeBytes(Buffer.from(text))
  }

  /** Writes bytes, all of them: a pipe may take some only, or none for the moment. */
  writeBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      try {
        at += writeSync(this.#file, bytes, at)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS)
      }
    }
  }

  /** Closes a file. */
  end(): void {
    if (this.#file !== STANDARD_OUTPUT) closeSync(this.#file)
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw new InputError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}
