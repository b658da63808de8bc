import { isMissing, missingPackage } from '../arrow/library.js'

/** A record batch in the memory of the library. Passing it on gives it away. */
export interface WasmBatch {
  readonly numRows: number
  /** The batch as a stream of Arrow's IPC format; it is gone afterwards. */
  intoIPCStream(): Uint8Array
}

/** A table in the memory of the library. */
interface WasmTable {
  recordBatches(): WasmBatch[]
  free(): void
}

/** How a file is written. */
export interface WriterProperties {
  readonly free: () => void
}

interface PropertiesBuilder {
  setCompression(compression: number): PropertiesBuilder
  setMaxRowGroupSize(rows: number): PropertiesBuilder
  setCreatedBy(text: string): PropertiesBuilder
  build(): WriterProperties
}

/** A file of Parquet that is being read. */
export interface ParquetFile {
  metadata(): { numRowGroups(): number; rowGroup(index: number): { numRows(): number } }
  stream(options: { batchSize: number; rowGroups: number[] }): Promise<ReadableStream<WasmBatch>>
  free(): void
}

/** What of `parquet-wasm` is used. It is optional, so that its own types may be missing. */
export interface ParquetLibrary {
  readonly Table: { fromIPCStream(bytes: Uint8Array): WasmTable }
  readonly Compression: Readonly<Record<string, number>>
  readonly WriterPropertiesBuilder: new () => PropertiesBuilder
  readonly ParquetFile: { fromFile(file: Blob): Promise<ParquetFile> }
  transformParquetStream(
    batches: ReadableStream<WasmBatch>,
    properties: WriterProperties,
  ): Promise<ReadableStream<Uint8Array>>
  writeParquet(table: WasmTable, properties: WriterProperties): Uint8Array
}

/** The library, loaded when it is first needed: it takes some 30 ms. */
export function loadParquet(method: string): ParquetLibrary {
  try {
    return require('parquet-wasm') as ParquetLibrary
  } catch (error) {
    if (!isMissing(error, 'parquet-wasm')) throw error
    throw missingPackage('parquet-wasm', method, error)
  }
}
