import { codeOf } from '../kinds/code.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import type { Field } from '../kinds/kinds.js'
import { typedArrayName } from '../tags.js'

/** One column on its way into memory: where it goes, and where its cells are marked as there. */
export interface Target {
  readonly field: Field
  readonly rows: number
  readonly buffer: ArrayBuffer
  readonly offset: number
  readonly valid: Uint8Array
  /** How the caller knows the column. */
  readonly name: string
}

/** Calls `put` for every value that is there; the cells of the others are marked as not there. */
export function eachValue(target: Target, list: ArrayLike<unknown>, put: (value: unknown, row: number) => void): void {
  for (let row = 0; row < list.length; row++) {
    const value = list[row]
    if (value === null || value === undefined) target.valid[row] = 0
    else put(value, row)
  }
}

/** The values as what has them by number; `what` says what fits. */
export function listOf({ field, name }: Target, values: unknown, what: string): ArrayLike<unknown> {
  if (Array.isArray(values) || typedArrayName(values) !== undefined) {
    return values as ArrayLike<unknown>
  }
  throw invalidArgument(`${name} must be ${what} for ${codeOf(field)}, not ${given(values)}`)
}

/** Refuses another number of values than `needed`. */
export function checkLength({ field, name, rows }: Target, length: number, needed: number): void {
  if (length === needed) return
  const what = needed === rows ? `${rows} keys need ${rows}` : `${rows} keys of ${codeOf(field)} need ${needed}`
  throw outOfRange(`${name} has ${length} values, and ${what}`)
}
