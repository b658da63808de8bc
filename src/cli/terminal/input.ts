import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { InputError } from '../command.js'

const BLOCK = 1 << 20
const STANDARD_INPUT = 0
const WAIT_MS = 10

/** A text that is read block by block. */
export class TextInput {
  /** How many bytes there are; 0 where that is not known beforehand. */
  readonly size: number
  /** How many bytes have been read. */
  read = 0
  readonly #file: number

  /** Opens a file, or standard input for `-`. */
  constructor(path: string) {
    this.#file = path === '-' ? STANDARD_INPUT : open(path)
    this.size = sizeOf(this.#file)
  }

  /** The text in blocks. Closes the file at the end. */
  *blocks(): Generator<string> {
    const buffer = Buffer.alloc(BLOCK)
    const decoder = new StringDecoder('utf8')
    try {
      for (;;) {
        const bytes = readSome(this.#file, buffer)
        if (bytes === 0) break
        this.read += bytes
        yield decoder.write(buffer.subarray(0, bytes))
      }
      yield decoder.end()
    } finally {
      if (this.#file !== STANDARD_INPUT) closeSync(this.#file)
    }
  }

  /** The lines, without their ends. */
  *lines(): Generator<string> {
    let rest = ''
    for (const block of this.blocks()) {
      const lines = (rest + block).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
    }
    if (rest !== '') yield rest
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new InputError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function sizeOf(file: number): number {
  try {
    return fstatSync(file).size
  } catch {
    return 0
  }
}

/** A pipe may have nothing yet, which is an error for a file that does not block; Windows ends a pipe with an error too. */
function readSome(file: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(file, buffer)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS)
    }
  }
}
