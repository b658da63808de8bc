import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '../command.js'

const BLOCK = 1 << 20
const STANDARD_INPUT = 0
const WAIT_MS = 10
/** The byte order marks of a text that cannot be read. */
const UTF_16 = new Set([0xfffe, 0xfeff])

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

  /** The bytes in blocks, each in memory of its own. Closes the file at the end. */
  *blocks(): Generator<Buffer> {
    try {
      for (;;) {
        const buffer = Buffer.allocUnsafe(BLOCK)
        const bytes = readSome(this.#file, buffer)
        if (bytes === 0) break
        if (this.read === 0 && bytes > 1 && UTF_16.has(buffer.readUInt16BE())) {
          throw new InputError('the text begins as UTF-16 does, and has to be UTF-8')
        }
        this.read += bytes
        yield buffer.subarray(0, bytes)
      }
    } finally {
      if (this.#file !== STANDARD_INPUT) closeSync(this.#file)
    }
  }

  /** The lines of a text in UTF-8, without their ends, and without a byte order mark at the beginning. */
  *lines(): Generator<string> {
    const decoder = new TextDecoder()
    let pieces: string[] = []
    for (const block of this.blocks()) {
      const [first = '', ...lines] = decoder.decode(block, { stream: true }).split('\n')
      pieces.push(first)
      if (lines.length === 0) continue
      yield lineOf(pieces.join(''))
      pieces = [lines.pop() ?? '']
      for (const line of lines) yield lineOf(line)
    }
    const last = pieces.join('') + decoder.decode()
    if (last !== '') yield lineOf(last)
  }
}

function lineOf(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
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
