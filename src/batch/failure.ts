/** One request that failed, and the rows it was for. */
export interface Failure {
  /** The node that was asked, or where the client itself failed the rows, the reason in its place. */
  readonly node: string
  /** The result code that the rows have. */
  readonly code: number
  /** What went wrong, in words. */
  readonly message: string
  /** The rows of the batch, ascending. */
  readonly rows: Uint32Array
}
