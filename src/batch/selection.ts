import { type ArrowVector, bytesOfBools, isBoolVector, isVector } from '../arrow/vector.js'
import { noSuchRow } from '../columns/column.js'
import type { Failure } from './failure.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import type { KeySource, PrimaryKey } from '../keys/key.js'
import { isBytes, typedArrayName } from '../tags.js'

/** A mask of any form, for rows of any type. */
type AnyMask<R> = Uint8Array | readonly boolean[] | ArrowVector<boolean> | ((row: R, index: number) => boolean)

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

function byPosition(mask: unknown, length: number): (row: number) => boolean {
  const marks = isBoolVector(mask) ? bytesOfBools(mask) : mask
  if (!isBytes(marks) && !Array.isArray(marks)) {
    throw invalidArgument(
      `mask must be a Uint8Array, an array of booleans, an Arrow vector of Bool or a function, not ${given(mask)}`,
    )
  }
  if (marks.length !== length) throw outOfRange(`mask has ${marks.length} elements, the batch has ${length} rows`)
  return (row) => Boolean(marks[row])
}

/** The rows that indices name, in their order; a mask names the rows that it keeps. Negative ones count from the end. */
export function takenRows(indices: unknown, length: number): Uint32Array {
  if (isBoolVector(indices)) return selectRows(indices, length, () => undefined)
  const at = isVector(indices) ? (index: number) => indices.get(index) : elementAt(indices)
  const rows = new Uint32Array((indices as ArrayLike<unknown>).length)
  for (let index = 0; index < rows.length; index++) rows[index] = rowOf(at(index), index, length)
  return rows
}

function elementAt(indices: unknown): (index: number) => unknown {
  if (Array.isArray(indices) || typedArrayName(indices) !== undefined) {
    return (index) => (indices as ArrayLike<unknown>)[index]
  }
  throw invalidArgument(`indices must be an array, a typed array or an Arrow vector of integers, not ${given(indices)}`)
}

function rowOf(value: unknown, index: number, length: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number') throw invalidArgument(`indices[${index}] must be an integer, not ${given(value)}`)
  const row = number < 0 ? number + length : number
  if (Number.isInteger(row) && row >= 0 && row < length) return row
  throw noSuchRow(value, length, `indices[${index}]`)
}

/** A position as `Array.prototype.slice` takes it: counted from the end where it is negative, and kept within the rows. */
export function slicePosition(value: unknown, name: string, length: number, absent: number): number {
  if (value === undefined) return absent
  if (typeof value !== 'number') throw invalidArgument(`${name} must be an integer, not ${given(value)}`)
  const whole = Math.trunc(value) || 0
  return Math.min(length, Math.max(0, whole < 0 ? whole + length : whole))
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

/** The keys of the rows from `start` to before `end`. */
export class SlicedKeys implements KeySource {
  readonly length: number
  readonly groups: readonly string[]
  readonly #source: KeySource
  readonly #start: number

  constructor(source: KeySource, start: number, end: number) {
    this.#source = source
    this.#start = start
    this.groups = source.groups
    this.length = end - start
  }

  groupAt(row: number): number {
    return this.#source.groupAt(this.#start + row)
  }

  idAt(row: number): PrimaryKey {
    return this.#source.idAt(this.#start + row)
  }
}

/** The failures as the chosen rows see them: renumbered, and without those that concern none of them. */
export function selectFailures(failures: readonly Failure[], rows: Uint32Array, length: number): Failure[] {
  if (failures.length === 0) return []
  const { first, places } = placesOf(rows, length)
  return failures
    .map((failure) => {
      const numbers = Array.from(failure.rows, (row) => places.subarray(first[row], first[row + 1]))
      return { ...failure, rows: Uint32Array.from(numbers.flatMap((each) => [...each])).toSorted() }
    })
    .filter((failure) => failure.rows.length > 0)
}

/** Where each row of a batch was chosen: its places are those from `first[row]` to before `first[row + 1]`. */
function placesOf(rows: Uint32Array, length: number): { first: Uint32Array; places: Uint32Array } {
  const first = new Uint32Array(length + 1)
  for (const row of rows) first[row + 1] = (first[row + 1] as number) + 1
  for (let row = 0; row < length; row++) first[row + 1] = (first[row + 1] as number) + (first[row] as number)
  const next = first.slice()
  const places = new Uint32Array(rows.length)
  rows.forEach((row, place) => {
    places[next[row] as number] = place
    next[row] = (next[row] as number) + 1
  })
  return { first, places }
}

/** The failures that concern rows from `start` to before `end`, as those are numbered from 0 on. */
export function sliceFailures(failures: readonly Failure[], start: number, end: number): Failure[] {
  return failures
    .map((failure) => ({
      ...failure,
      rows: failure.rows.filter((row) => row >= start && row < end).map((row) => row - start),
    }))
    .filter((failure) => failure.rows.length > 0)
}
