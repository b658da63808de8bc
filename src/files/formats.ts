import { RecordBatches } from '../arrow/batches.js'
import type { KeyKind } from '../arrow/build.js'
import { type ArrowLibrary, loadArrow } from '../arrow/library.js'
import type { Batch } from '../batch/batch.js'
import type { Field } from '../kinds/kinds.js'
import type { Encoder, ExtraColumns } from './encoder.js'
import { IpcEncoder } from './ipc.js'
import { NpyEncoder } from './npy.js'
import { type Compression, ParquetEncoder } from './parquet.js'
import { loadParquet } from './parquet-library.js'
import { CsvEncoder, NdjsonEncoder } from './text.js'

/** The formats of files; `arrows` is Arrow's stream format, which begins with the schema and goes on for ever. */
export const FILE_FORMATS = ['csv', 'ndjson', 'npy', 'arrow', 'arrows', 'parquet'] as const

/** One of {@link FILE_FORMATS}. */
export type FileFormat = (typeof FILE_FORMATS)[number]

/** How the names of files of a format end. */
export const EXTENSIONS: Readonly<Record<FileFormat, string>> = {
  csv: '.csv',
  ndjson: '.ndjson',
  npy: '.npy',
  arrow: '.arrow',
  arrows: '.arrows',
  parquet: '.parquet',
}

/** What is written, and how. */
export interface FileSettings {
  readonly fields: readonly Field[]
  /** A batch without rows, for streams that have none. */
  readonly empty: () => Batch
  readonly extras: ExtraColumns
  /** Who asks, for the message where a library is missing. */
  readonly method: string
  readonly arrow?: ArrowLibrary
  readonly views?: boolean
  readonly compression?: Compression
  readonly rowGroupRows?: number
  /** Whether the file has its beginning already. */
  readonly isResumed?: boolean
  readonly keyKind?: KeyKind | undefined
}

/** Makes the encoders of one export, whose files have the same columns. */
export interface Encoders {
  next(): Encoder
  /** What the keys are, in a format that has to know; it does after the first batch. */
  readonly keyKind: KeyKind | undefined
}

/** Loads what a format needs, and says how its files are made. */
export function encodersOf(format: FileFormat, settings: FileSettings): Encoders {
  const { fields, extras, empty, isResumed = false } = settings
  if (format === 'csv') return textEncoders(() => new CsvEncoder(fields, { ...extras, isResumed }))
  if (format === 'ndjson') return textEncoders(() => new NdjsonEncoder(extras))
  if (format === 'npy') return textEncoders(() => new NpyEncoder(empty))
  return arrowEncoders(format, settings)
}

const textEncoders = (next: () => Encoder): Encoders => ({ next, keyKind: undefined })

function arrowEncoders(format: 'arrow' | 'arrows' | 'parquet', settings: FileSettings): Encoders {
  const { extras, empty, method, views, keyKind, isResumed = false } = settings
  const arrow = settings.arrow ?? loadArrow(method)
  const isParquet = format === 'parquet'
  const shape = { ...extras, isWritten: true, isParquet, keyKind, views: views !== false && !isParquet }
  const batches = new RecordBatches(arrow, shape)
  const parquet = isParquet ? loadParquet(method) : undefined
  return {
    next: () =>
      parquet === undefined
        ? new IpcEncoder(arrow, batches, { format: format === 'arrow' ? 'file' : 'stream', empty, isResumed })
        : new ParquetEncoder(arrow, parquet, batches, settings),
    get keyKind() {
      return batches.keyKind
    },
  }
}
