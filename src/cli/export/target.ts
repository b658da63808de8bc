import { write } from 'node:fs'
import { extname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Pieces } from '../../files/encoder.js'
import { type Encoders, EXTENSIONS, type FileFormat } from '../../files/formats.js'
import { type Output, openOutput, openResumed } from '../../files/output.js'
import { PartsSink, type PartsSettings, newFolder, removeBehind } from '../../files/parts.js'
import { isFolder } from '../../files/save.js'
import { FileSink, type Position, type Sink } from '../../files/sink.js'
import { InputError, UsageError } from '../command.js'
import { eraseProgress } from '../terminal/progress.js'

const writeTo = promisify(write)
const STANDARD_OUTPUT = 1
const WAIT_MS = 5

/** Standard output. While a pipe is full the event loop goes on, so that Ctrl-C is heard. */
export class StandardOutput implements Output {
  length = 0

  async write(pieces: Pieces): Promise<void> {
    if (process.stdout.isTTY) eraseProgress()
    for (const piece of pieces) {
      for (let at = 0; at < piece.byteLength;) {
        try {
          at += (await writeTo(STANDARD_OUTPUT, piece, at)).bytesWritten
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
          await setTimeout(WAIT_MS)
        }
      }
      this.length += piece.byteLength
    }
  }

  overwrite(): Promise<void> {
    return Promise.reject(new UsageError('a pipe cannot be written twice: add --output FILE'))
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}

  async discard(): Promise<void> {}
}

/** A new file, or standard output. */
export async function openFile(path: string | undefined): Promise<Output> {
  if (path === undefined) return new StandardOutput()
  return openOutput(path).catch((error) => throwAs(error, path))
}

/** Where an export goes, and in which form. */
export interface Target {
  readonly format: FileFormat
  /** A file, a folder that ends with a slash or is one, or standard output. */
  readonly path: string | undefined
  readonly prefix: string
  readonly rowsPerFile: number
}

const OF_EXTENSIONS: Readonly<Record<string, FileFormat>> = {
  ...Object.fromEntries(Object.entries(EXTENSIONS).map(([format, extension]) => [extension, format as FileFormat])),
  '.jsonl': 'ndjson',
  '.feather': 'arrow',
  '.pq': 'parquet',
}

/** The format that the name of a file says. */
export function formatOfName(path: string | undefined): FileFormat | undefined {
  return path === undefined ? undefined : OF_EXTENSIONS[extname(path).toLowerCase()]
}

/** Arrow's file format ends with a list of what is in it, so that a pipe gets the stream format. */
export function arrowFormat(format: FileFormat, path: string | undefined): FileFormat {
  if (format !== 'arrow') return format
  return path === undefined || formatOfName(path) === 'arrows' ? 'arrows' : 'arrow'
}

/** Whether a path names a folder of files. */
export function isFolderTarget({ path }: Target): boolean {
  return path !== undefined && isFolder(path)
}

/** Files that are complete only with their end cannot be appended to, and are numbered files of a folder instead. */
export function checkResumable(target: Target): void {
  const { format, path } = target
  if (path === undefined) throw new UsageError('--resume needs --output: what went through a pipe cannot be taken back')
  if (isFolderTarget(target) || ['csv', 'ndjson', 'arrows'].includes(format)) return
  const name = path.slice(0, path.length - extname(path).length)
  const remedy = format === 'npy' ? 'write csv, ndjson or arrow' : `name a folder, such as --output ${name}/`
  throw new UsageError(`--resume: a ${format} file cannot go on where it ended; ${remedy}`)
}

function partsOf({ format, path, prefix, rowsPerFile }: Target): PartsSettings {
  return { folder: path as string, prefix, extension: EXTENSIONS[format], rowsPerFile }
}

/** Prepares a folder for an export that begins. */
export async function prepare(target: Target): Promise<void> {
  if (isFolderTarget(target)) await newFolder(partsOf(target)).catch((error) => throwAs(error, target.path))
}

/**
 * Opens the files. With the position of an earlier run, or of one that begins and may be interrupted, they go on there: what was
 * written behind it goes.
 */
export async function openTarget(target: Target, encoders: Encoders, from: Position | undefined): Promise<Sink> {
  const { path } = target
  try {
    if (path === undefined) return new FileSink(encoders.next(), new StandardOutput())
    if (!isFolderTarget(target)) {
      if (from === undefined) return new FileSink(encoders.next(), await openOutput(path))
      return new FileSink(encoders.next(), await openResumed(path, from.length ?? 0), from.rows)
    }
    await removeBehind(partsOf(target), from?.files ?? 0)
    return new PartsSink(partsOf(target), () => encoders.next(), from)
  } catch (error) {
    return throwAs(error, path)
  }
}

/** An error of the file system as one that names the output; any other as it is, and a pipe that nobody reads too. */
export function withPath(error: unknown, path: string | undefined): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (!code.startsWith('E') || code.startsWith('ERR_') || code === 'EPIPE') return error
  return new InputError(`${path ?? 'standard output'} cannot be written (${code})`)
}

function throwAs(error: unknown, path: string | undefined): never {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code.startsWith('ERR_')) throw new InputError(message)
  throw new InputError(`${path} cannot be written (${code})`)
}
