import { constants, openAsBlob } from 'node:fs'
import { access, open } from 'node:fs/promises'
import type { RecordBatch } from 'apache-arrow'
import { loadArrow } from '../arrow/library.js'
import { loadParquet } from './parquet-library.js'

/** Some rows of a file, and how much of it has been read with them, from 0 to 1. */
export interface ReadBatch {
  readonly batch: RecordBatch
  readonly part: number
}

/** Rows of a batch of a file of Parquet. */
const BATCH_ROWS = 16_384

/** The record batches of a file of Arrow in either format, or of standard input: `-`. */
export async function* arrowBatches(path: string, method: string): AsyncGenerator<ReadBatch> {
  const { RecordBatchReader } = loadArrow(method)
  const file = path === '-' ? undefined : await open(path)
  try {
    const size = (await file?.stat())?.size ?? 0
    const reader = await (file === undefined ? RecordBatchReader.from(process.stdin) : RecordBatchReader.from(file))
    // The library takes what ends before its first message for a stream without batches.
    const { schema } = (await reader.open()) as { schema?: unknown }
    if (schema === undefined || schema === null) throw new Error('it ends before its schema')
    const total = reader.isFile() ? reader.numRecordBatches : 0
    let [batches, bytes] = [0, 0]
    for await (const batch of reader) {
      batches++
      bytes += batch.data.byteLength
      yield { batch, part: total > 0 ? batches / total : Math.min(1, bytes / Math.max(1, size)) }
    }
  } finally {
    await file?.close().catch(() => {})
  }
}

/** The rows of a file of Parquet, one row group after the other. */
export async function* parquetBatches(path: string, method: string): AsyncGenerator<ReadBatch> {
  const arrow = loadArrow(method)
  const { ParquetFile } = loadParquet(method)
  // `openAsBlob` does not say why it cannot.
  await access(path, constants.R_OK)
  const file = await ParquetFile.fromFile(await openAsBlob(path))
  try {
    const groups = file.metadata().numRowGroups()
    for (let group = 0; group < groups; group++) {
      const reader = (await file.stream({ batchSize: BATCH_ROWS, rowGroups: [group] })).getReader()
      for (;;) {
        const { value, done } = await reader.read()
        if (done) break
        for (const batch of arrow.tableFromIPC(value.intoIPCStream()).batches)
          yield { batch, part: (group + 1) / groups }
      }
    }
  } finally {
    file.free()
  }
}
