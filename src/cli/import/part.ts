import type { Dtype } from '../../dtype/dtype.js'
import type { Key } from '../../keys/key.js'
import type { KeyType } from '../text/keys.js'

/** Rows at once: of a call, and in memory. */
export const ROWS_AT_ONCE = 10_000

/** What is written, and how the rows of a file become records. */
export interface ImportPlan {
  readonly namespace: string
  readonly set: string
  /** The columns that are written. Arrow and Parquet say their own types. */
  readonly dtype: Dtype | undefined
  readonly keyColumn: string
  /** How keys are read; nothing where the type of the column says it. */
  readonly keyType: KeyType | undefined
}

/** Some rows on their way: their keys, the columns as `batchWrite` takes them, and where the rows stand in the file. */
export interface Part {
  readonly keys: Key[]
  readonly dtype: Dtype | undefined
  readonly columns: object
  /** How a message names a row: `line 5`. */
  readonly labelOf: (row: number) => string
  /** How much of the file has been read. */
  readonly part: number
}
