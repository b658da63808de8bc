import { statSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { STREAM_CHECKS, doubledName } from '../arrow/table.js'
import type { ArrowOptions } from '../arrow/types.js'
import { given } from '../arguments/given.js'
import { type Checks, checkOptions, choice, integer, text } from '../arguments/options.js'
import type { ArrowLibrary } from '../arrow/library.js'
import type { Batch } from '../batch/batch.js'
import { invalidArgument } from '../errors.js'
import type { Field } from '../kinds/kinds.js'
import type { ExtraColumns } from './encoder.js'
import { EXTENSIONS, type FileFormat, encodersOf } from './formats.js'
import { openOutput } from './output.js'
import { COMPRESSIONS, type Compression } from './parquet.js'
import { PartsSink, newFolder } from './parts.js'
import { FileSink, type Position, type Sink } from './sink.js'
import { sourceOf } from './source.js'

/** How the batches of a stream become a table or record batches. */
export type RecordBatchOptions = Pick<ArrowOptions, 'key' | 'gen' | 'ttl' | 'views' | 'arrow'>

/** How a stream is written into a file, or into the files of a folder. */
export interface SaveOptions extends Pick<ArrowOptions, 'key' | 'gen' | 'ttl'> {
  /** Rows after which a file of a folder ends; batches are not split. Default 1,000,000. */
  rowsPerFile?: number | undefined
  /** How the names of the files of a folder begin. Default `part`; give every shard its own. */
  prefix?: string | undefined
}

/** Options of `saveIPC` of a stream. */
export interface SaveStreamIPCOptions extends SaveOptions, Pick<ArrowOptions, 'views' | 'arrow'> {
  /** The file format, which is the default, or the stream format. */
  format?: 'stream' | 'file' | undefined
}

/** Options of `saveParquet`. */
export interface SaveParquetOptions extends SaveOptions, Pick<ArrowOptions, 'arrow'> {
  /** How pages are compressed. Default `'snappy'`. */
  compression?: Compression | undefined
  /** Rows of a row group. Default 65,536, or fewer if those would exceed 16 MiB. */
  rowGroupRows?: number | undefined
}

/** What was written. */
export interface Saved {
  /** Rows in all files. */
  readonly rows: number
  /** Number of files. */
  readonly files: number
}

interface CheckedSave {
  key?: boolean | string
  gen?: boolean | string
  ttl?: boolean | string
  views?: boolean
  arrow?: ArrowLibrary
  rowsPerFile?: number
  prefix?: string
  format?: 'stream' | 'file'
  compression?: Compression
  rowGroupRows?: number
}

const { key, gen, ttl, views, arrow } = STREAM_CHECKS
const MOST_ROWS = 0xffff_ffff
const ROWS_PER_FILE = 1_000_000

const SAVE_CHECKS = { key, gen, ttl, rowsPerFile: integer(1, MOST_ROWS), prefix: text }
const IPC_CHECKS = { ...SAVE_CHECKS, format: choice('stream', 'file'), views, arrow }
const PARQUET_CHECKS = {
  ...SAVE_CHECKS,
  compression: choice(...COMPRESSIONS),
  rowGroupRows: integer(1, MOST_ROWS),
  arrow,
}

/** The methods of a stream that write files. */
export type SaveMethod = 'saveCsv' | 'saveNdjson' | 'saveIPC' | 'saveParquet'

const CHECKS: Record<SaveMethod, object> = {
  saveCsv: SAVE_CHECKS,
  saveNdjson: SAVE_CHECKS,
  saveIPC: IPC_CHECKS,
  saveParquet: PARQUET_CHECKS,
}

/** The batches of a stream, and one without rows. */
export interface Batches {
  readonly batches: AsyncIterable<Batch>
  readonly empty: () => Batch
}

/** Writes all batches of a stream into a file, or into files of a folder where the path ends with a slash or is one. */
export async function save(method: SaveMethod, from: Batches, path: unknown, options: unknown): Promise<Saved> {
  const checked = checkOptions<CheckedSave>(options, 'options', CHECKS[method] as Checks<CheckedSave>)
  const name = pathOf(path)
  const { prefix = 'part', rowsPerFile = ROWS_PER_FILE, format: ipcFormat = 'file', ...rest } = checked
  const format = FORMATS[method](ipcFormat)
  const { fields } = sourceOf(from.empty()).memory
  const settings = { ...rest, fields, empty: from.empty, extras: extrasOf(checked, fields), method }
  const encoders = encodersOf(format, settings)
  if (!isFolder(name)) {
    const { rows } = await saveInto(new FileSink(encoders.next(), await openOutput(name)), from.batches)
    return { rows, files: 1 }
  }
  const parts = { folder: name, prefix, extension: EXTENSIONS[format], rowsPerFile }
  await newFolder(parts)
  const { rows, files = 0 } = await saveInto(new PartsSink(parts, () => encoders.next()), from.batches)
  return { rows, files }
}

const FORMATS: Record<SaveMethod, (ipc: 'stream' | 'file') => FileFormat> = {
  saveCsv: () => 'csv',
  saveNdjson: () => 'ndjson',
  saveIPC: (format) => (format === 'file' ? 'arrow' : 'arrows'),
  saveParquet: () => 'parquet',
}

function pathOf(path: unknown): string {
  if (typeof path === 'string') return text(path, 'path')
  if (path instanceof URL) return fileURLToPath(path)
  throw invalidArgument(`path must be a string or a URL, not ${given(path)}`)
}

/** Whether a path says a folder: it ends as one, or is one. */
export function isFolder(path: string): boolean {
  if (path.endsWith('/') || path.endsWith(sep)) return true
  try {
    return statSync(path).isDirectory()
  } catch {
    // Whoever opens it says what is wrong.
    return false
  }
}

type Wanted = Pick<CheckedSave, 'key' | 'gen' | 'ttl'>

/** The names of the columns that are asked for besides the fields. */
function extrasOf(wanted: Wanted, fields: readonly Field[]): ExtraColumns {
  const taken = new Set(fields.map(({ name }) => name))
  const extras: Record<string, string> = {}
  for (const extra of ['key', 'gen', 'ttl'] as const) {
    const column = wanted[extra]
    if (column === undefined || column === false) continue
    const name = column === true ? extra : column
    if (taken.has(name)) throw doubledName(extra, name)
    taken.add(name)
    extras[extra] = name
  }
  return extras
}

/**
 * Writes what comes. A stream that fails in the middle leaves a file that can be read, with everything that it had delivered
 * until then: `cursor` of the error says where another stream goes on. Of one that fails at once, and of a file that cannot be
 * written, nothing is left.
 */
async function saveInto(sink: Sink, batches: AsyncIterable<Batch>): Promise<Position> {
  let isEmpty = true
  let isWriting = false
  try {
    for await (const batch of batches) {
      isWriting = true
      await sink.write(batch)
      isWriting = false
      isEmpty &&= batch.length === 0
    }
    isWriting = true
    return await sink.end()
  } catch (error) {
    await (isWriting || isEmpty ? sink.abort() : sink.end()).catch(() => {})
    throw error
  }
}
