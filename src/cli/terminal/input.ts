import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { InputError } from '../command.js'

const BLOCK = 1 << 20
const STANDARD_INPUT = 0
const WAIT_MS = 10
/** The byte order marks of a text that cannot be read. */
const UTF_16 = new Set([0xfffe, 0xfeff])
const UTF_8 = Buffer.from('\uFEFF')
const LINE_END = 0x0a

/** Bytes of a line, of which there are no more in one that stands for a record or a key. */
const LONGEST_LINE = 64 << 20

/** A text that is read block by block. */
export class TextInput {
  /** How many bytes there are; 0 where that is not known beforehand. */
  readonly size: number
  /** How many bytes have been read. */
  read = 0
  readonly #file: number
  readonly #path: string

  /** Opens a file, or standard input for `-`. */
  constructor(path: string) {
    this.#file = path === '-' ? STANDARD_INPUT : open(path)
    this.#path = path === '-' ? 'standard input' : path
    this.size = sizeOf(this.#file)
  }

  /** The bytes in blocks, each in memory of its own. Closes the file at the end. */
  *blocks(): Generator<Buffer> {
    try {
      for (;;) {
        const buffer = Buffer.allocUnsafe(BLOCK)
        const bytes = this.#into(buffer)
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

  #into(buffer: Buffer): number {
    try {
      return readSome(this.#file, buffer)
    } catch (error) {
      throw unreadable(this.#path, error)
    }
  }

  /** The lines of a text in UTF-8, without their ends, and without a byte order mark at the beginning. */
  *lines(): Generator<string> {
    let line = 1
    for (const text of wholeLines(this.blocks())) {
      checkUtf8(text, line)
      const lines = text.toString('utf8', line === 1 && text.subarray(0, 3).equals(UTF_8) ? 3 : 0).split('\n')
      // Behind the last line end is nothing, and what has no line end is the last line.
      if (lines.at(-1) === '') lines.pop()
      line += lines.length
      for (const each of lines) yield lineOf(each)
    }
  }
}

/** The text, cut behind line ends. */
function* wholeLines(blocks: Iterable<Buffer>): Generator<Buffer> {
  let pieces: Buffer[] = []
  let length = 0
  for (const block of blocks) {
    const end = block.lastIndexOf(LINE_END) + 1
    if (end > 0) {
      yield Buffer.concat([...pieces, block.subarray(0, end)])
      pieces = []
      length = 0
    }
    pieces.push(block.subarray(end))
    length += block.length - end
    if (length > LONGEST_LINE) throw new InputError(`a line has more than ${LONGEST_LINE} bytes`)
  }
  yield Buffer.concat(pieces)
}

/** Refuses what is not UTF-8, of which another text would be written. The text begins with a line of this number. */
export function checkUtf8(text: Buffer, firstLine: number): void {
  if (isUtf8(text)) return
  let [line, start] = [firstLine, 0]
  for (;;) {
    const end = text.indexOf(LINE_END, start) + 1
    if (end === 0 || !isUtf8(text.subarray(start, end))) break
    start = end
    line++
  }
  throw new InputError(`line ${line} is not UTF-8, which files of text have to be`)
}

function lineOf(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

function open(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): InputError {
  return new InputError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
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
