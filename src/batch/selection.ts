import type { Failure } from './failure.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import type { KeySource, PrimaryKey } from '../keys/key.js'
import { isBytes } from '../tags.js'

/** A mask of any form, for rows of any type. */
type AnyMask<R> = Uint8Array | readonly boolean[] | ((row: R, index: number) => boolean)

/** The numbers of the rows that a mask keeps, ascending. */
export function selectRows<R>(mask: AnyMask<R>, length: number, read: (row: number) => R): Uint32Array {
  const rows = new Uint32Array(length)
  let count = 0
  const keeps = typeof mask === 'function' ? (row: number) => mask(read(row), row) : byPosition(mask, length)
  for (let row = 0; row < length; row++) {
    if (keeps(row)) rows[count++] = row
  }
  return rows.subarray(0, count)
}

function byPosition(mask: Uint8Array | readonly boolean[], length: number): (row: number) => boolean {
  if (!isBytes(mask) && !Array.isArray(mask)) {
    throw invalidArgument(`mask must be a Uint8Array, an array of booleans or a function, not ${given(mask)}`)
  }
  if (mask.length !== length) throw outOfRange(`mask has ${mask.length} elements, the batch has ${length} rows`)
  return (row) => Boolean(mask[row])
}

/** The keys of chosen rows. */
export class SelectedKeys implements KeySource {
  readonly length: number
  readonly groups: readonly string[]
  readonly #source: KeySource
  readonly #rows: Uint32Array

  constructor(source: KeySource, rows: Uint32Array) {
    this.#source = source
    this.#rows = rows
    this.groups = source.groups
    this.length = rows.length
  }

  groupAt(row: number): number {
    return this.#source.groupAt(this.#rows[row] as number)
  }

  idAt(row: number): PrimaryKey {
    return this.#source.idAt(this.#rows[row] as number)
  }
}

/** The failures as the chosen rows see them: renumbered, and without those that concern none of them. */
export function selectFailures(failures: readonly Failure[], rows: Uint32Array, length: number): Failure[] {
  if (failures.length === 0) return []
  const numbers = new Int32Array(length).fill(-1)
  rows.forEach((row, number) => {
    numbers[row] = number
  })
  return failures
    .map((failure) => ({
      ...failure,
      rows: failure.rows.map((row) => numbers[row] as number).filter((row) => row !== -1 >>> 0),
    }))
    .filter((failure) => failure.rows.length > 0)
}
