import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { quote } from '../arguments/given.js'
import type { Batch } from '../batch/batch.js'
import { outOfRange } from '../errors.js'
import type { Encoder } from './encoder.js'
import { openOutput } from './output.js'
import { FileSink, type Position, type Sink } from './sink.js'

/** A folder of files, and what they are called: `part-00000.parquet` and so on. */
export interface PartsSettings {
  readonly folder: string
  readonly prefix: string
  readonly extension: string
  /** Rows after which a file ends. A batch is never split. */
  readonly rowsPerFile: number
}

const DIGITS = 5

/** The name of a file by its number. */
export function partName({ prefix, extension }: PartsSettings, number: number): string {
  return `${prefix}-${String(number).padStart(DIGITS, '0')}${extension}`
}

/** The files of the same export that are in its folder, temporary ones included. */
export async function partsIn(settings: PartsSettings): Promise<string[]> {
  const { folder, prefix, extension } = settings
  const names = await readdir(folder)
  return names.filter((name) => {
    const bare = name.startsWith('.') && name.endsWith('.tmp') ? name.slice(1, -'.tmp'.length) : name
    if (!bare.startsWith(`${prefix}-`) || !bare.endsWith(extension)) return false
    return /^\d+$/.test(bare.slice(prefix.length + 1, -extension.length))
  })
}

/** Makes the folder, and refuses one that has files of such an export already: they would be taken for this one's. */
export async function newFolder(settings: PartsSettings): Promise<void> {
  await mkdir(settings.folder, { recursive: true })
  const [first] = await partsIn(settings)
  if (first !== undefined) {
    throw outOfRange(
      `${settings.folder} has ${quote(first)} already; remove the files of the earlier export, or write elsewhere`,
    )
  }
}

/** Removes what an export has written behind its first `files` files. */
export async function removeBehind(settings: PartsSettings, files: number): Promise<void> {
  const known = new Set(Array.from({ length: files }, (_, number) => partName(settings, number)))
  const unknown = (await partsIn(settings)).filter((name) => !known.has(name))
  await Promise.all(unknown.map((name) => rm(join(settings.folder, name))))
}

/**
 * Files in a folder, one after the other. Whatever is in the folder under its name is whole.
 */
export class PartsSink implements Sink {
  readonly #settings: PartsSettings
  readonly #encoderOf: () => Encoder
  #open: FileSink | undefined
  #openRows = 0
  #files: number
  #rows: number

  constructor(settings: PartsSettings, encoderOf: () => Encoder, { files = 0, rows }: Position = { rows: 0 }) {
    this.#settings = settings
    this.#encoderOf = encoderOf
    this.#files = files
    this.#rows = rows
  }

  async write(batch: Batch): Promise<void> {
    if (batch.length === 0) return
    this.#open ??= await this.#begun()
    await this.#open.write(batch)
    this.#openRows += batch.length
    if (this.#openRows >= this.#settings.rowsPerFile) await this.#end(true)
  }

  async commit(isLast: boolean): Promise<Position | undefined> {
    if (this.#open !== undefined && !isLast) return undefined
    await this.#end(true)
    return this.#position()
  }

  /** A stream without rows has one file without rows, which says what columns there are. */
  async end(isComplete = true): Promise<Position> {
    if (this.#files === 0) this.#open ??= await this.#begun()
    await this.#end(isComplete)
    return this.#position()
  }

  async abort(): Promise<void> {
    await this.#open?.abort()
  }

  #position(): Position {
    return { rows: this.#rows, files: this.#files }
  }

  async #begun(): Promise<FileSink> {
    const { folder } = this.#settings
    return new FileSink(this.#encoderOf(), await openOutput(join(folder, partName(this.#settings, this.#files))))
  }

  async #end(isComplete: boolean): Promise<void> {
    const open = this.#open
    if (open === undefined) return
    await open.end(isComplete)
    this.#open = undefined
    if (!isComplete) return
    this.#files++
    this.#rows += this.#openRows
    this.#openRows = 0
  }
}
