/** The result code of what was done. */
export const SUCCESS = 0

/** The result code of a record that does not exist. */
export const NOT_FOUND = 2

/** How many rows have the code 0. */
export function succeeded(resultCodes: Int32Array): number {
  return resultCodes.reduce((count, code) => count + Number(code === SUCCESS), 0)
}
