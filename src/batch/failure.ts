/** One request that failed, and the rows it was for. */
export interface Failure {
  /** The node that was asked; if the client itself failed the rows, the reason instead. */
  readonly node: string
  /** The result code that the rows have. */
  readonly code: number
  /** A description of the failure. */
  readonly message: string
  /** The rows of the batch, ascending. */
  readonly rows: Uint32Array
  /** Of a write: whether one of the rows may have been written all the same. */
  readonly inDoubt?: boolean
}
