import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Pieces } from './encoder.js'

/** Where the bytes of a file go. */
export interface Output {
  /** Bytes so far, those of an earlier run too. */
  readonly length: number
  write(pieces: Pieces): Promise<void>
  /** Writes the first bytes again. */
  overwrite(head: Uint8Array): Promise<void>
  /** Resolves when everything is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** Opens a file that is empty then, or with `length` ends there and goes on. */
export async function openOutput(path: string, length = 0): Promise<Output> {
  const file = await open(path, length === 0 ? 'w' : 'r+')
  try {
    if (length > 0) await cutTo(file, path, length)
    return new FileOutput(file, length)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** What was written behind a length is not known to be whole, and goes. */
async function cutTo(file: FileHandle, path: string, length: number): Promise<void> {
  const { size } = await file.stat()
  if (size < length) {
    const message = `${path} has ${size} bytes, and had ${length} when its state was written: it was changed`
    throw Object.assign(new Error(message), { code: 'ERR_AEROSTRIDE_FILE_CHANGED' })
  }
  await file.truncate(length)
}

class FileOutput implements Output {
  readonly #file: FileHandle
  #length: number

  constructor(file: FileHandle, length: number) {
    this.#file = file
    this.#length = length
  }

  get length(): number {
    return this.#length
  }

  async write(pieces: Pieces): Promise<void> {
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength;) {
        const { bytesWritten } = await this.#file.write(piece, at, piece.byteLength - at, this.#length)
        at += bytesWritten
        this.#length += bytesWritten
      }
    }
  }

  async overwrite(head: Uint8Array): Promise<void> {
    await this.#file.write(head, 0, head.byteLength, 0)
  }

  sync(): Promise<void> {
    return this.#file.datasync()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Makes the names in a folder durable; nothing where a system has no such thing. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Windows does not open folders, and some file systems do not synchronise them.
    if (!['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'].includes(code)) throw error
  }
}

/** Makes the name of a file durable. */
export function syncName(path: string): Promise<void> {
  return syncFolder(dirname(path))
}
