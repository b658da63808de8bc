import { constants } from 'node:fs'
import { type FileHandle, access, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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
  /** Ends it. A file gets its name now, unless it is not complete. */
  close(isComplete: boolean): Promise<void>
  /** Ends it without a trace. */
  discard(): Promise<void>
}

/** What a file is called until it is complete. Readers of a folder leave such names out. */
export const temporaryName = (path: string): string => join(dirname(path), `.${basename(path)}.tmp`)

/** Opens a file that gets its name when it is complete: until then, another one that has it stays as it is. */
export async function openOutput(path: string): Promise<Output> {
  const old = await stat(path).catch(notThere)
  if (old !== undefined && !old.isFile()) return new FileOutput(await open(path, 'w'), undefined)
  if (old === undefined) return named(path)
  await access(path, constants.W_OK)
  return named(await realpath(path), old.mode)
}

async function named(name: string, mode?: number): Promise<Output> {
  const temporary = temporaryName(name)
  const file = await open(temporary, 'w')
  return opened(file, async () => {
    if (mode !== undefined) await file.chmod(mode)
    return new FileOutput(file, { temporary, name })
  })
}

/** Opens a file of which a state says how much is complete: it ends after `length` bytes and goes on there. */
export async function openResumed(path: string, length: number): Promise<Output> {
  const file = await open(path, length === 0 ? 'w' : 'r+')
  return opened(file, async () => {
    if (length > 0) await cutTo(file, path, length)
    return new FileOutput(file, { temporary: path }, length)
  })
}

async function opened(file: FileHandle, output: () => Promise<Output>): Promise<Output> {
  try {
    return await output()
  } catch (error) {
    await file.close()
    throw error
  }
}

function notThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
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

/** What a file is called now, and once it is complete where that is another name. */
interface Names {
  readonly temporary: string
  readonly name?: string
}

class FileOutput implements Output {
  readonly #file: FileHandle
  /** Nothing for a pipe or a device: what is written there is gone. */
  readonly #names: Names | undefined
  #length: number
  #synced: number

  constructor(file: FileHandle, names: Names | undefined, length = 0) {
    this.#file = file
    this.#names = names
    this.#length = length
    this.#synced = length
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

  async sync(): Promise<void> {
    if (this.#names !== undefined) await this.#file.datasync()
    this.#synced = this.#length
  }

  async close(isComplete: boolean): Promise<void> {
    await this.#file.close()
    if (!isComplete || this.#names?.name === undefined) return
    await rename(this.#names.temporary, this.#names.name)
    await syncName(this.#names.name)
  }

  /** A file without another name stays if a state may know some of it. */
  async discard(): Promise<void> {
    await this.#file.close()
    if (this.#names === undefined || (this.#names.name === undefined && this.#synced > 0)) return
    await rm(this.#names.temporary, { force: true })
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
