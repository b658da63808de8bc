import { type Place, PlacedColumn } from './column.js'
import { elementReader } from './cells.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { isDate } from '../tags.js'
import type { DatetimeUnit } from '../kinds/kinds.js'

/** What a cell is in JavaScript: `Date`s count milliseconds, and would cut smaller parts of a second. */
export type Instant = Date | bigint

let createDatetime: (place: Place) => DatetimeColumn

export { createDatetime }

const PER_MILLISECOND: Record<Exclude<DatetimeUnit, 's'>, bigint> = { ms: 1n, us: 1000n, ns: 1_000_000n }

/** The date of a number of ticks, without what is smaller than a millisecond; an invalid one beyond what dates can be. */
export function dateOf(ticks: bigint, unit: DatetimeUnit): Date {
  if (unit === 's') return new Date(Number(ticks) * 1000)
  const part = PER_MILLISECOND[unit]
  const rest = ticks % part
  // Towards the past, also before 1970.
  return new Date(Number((ticks - rest) / part - (rest < 0n ? 1n : 0n)))
}

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** numpy's "not a time". */
export const NAT = INT64_MIN

/** The ticks of a date, or of a count of them: a bigint or a safe integer; `name` is how the caller knows it. */
export function ticksOf(value: unknown, unit: DatetimeUnit, name: () => string): bigint {
  const ticks = isDate(value) ? ticksOfDate(value, unit, name) : countOf(value, unit, name)
  if (ticks >= INT64_MIN && ticks <= INT64_MAX) return ticks
  throw outOfRange(`${name()} is beyond what int64 counts in ${unit}: ${given(value)}`)
}

function ticksOfDate(date: Date, unit: DatetimeUnit, name: () => string): bigint {
  const time = date.getTime()
  if (Number.isNaN(time)) throw outOfRange(`${name()} is an invalid Date; use null for a cell without a value`)
  if (unit !== 's') return BigInt(time) * PER_MILLISECOND[unit]
  if (time % 1000 === 0) return BigInt(time / 1000)
  throw outOfRange(`${name()} is a Date with milliseconds, which datetime64[s] cannot hold; use datetime64[ms]`)
}

function countOf(value: unknown, unit: DatetimeUnit, name: () => string): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value !== 'number')
    throw invalidArgument(
      `${name()} must be a Date, or a count of ${unit} as a bigint or an integer, not ${given(value)}`,
    )
  if (Number.isSafeInteger(value)) return BigInt(value)
  throw outOfRange(`${name()} must be a bigint or a safe integer for datetime64[${unit}], not ${given(value)}`)
}

/** What a row holds of a number of ticks. */
export function instantOf(ticks: bigint, unit: DatetimeUnit): Instant {
  return unit === 's' || unit === 'ms' ? dateOf(ticks, unit) : ticks
}

/** A column of `datetime64`: counts of a unit since 1970, in either layout. */
export class DatetimeColumn<
  T extends Instant = Instant,
  D = BigInt64Array<ArrayBuffer> | undefined,
> extends PlacedColumn<T> {
  /** What is counted: `'s'`, `'ms'`, `'us'` or `'ns'`. */
  readonly unit: DatetimeUnit
  readonly #place: Place
  readonly #read: (row: number) => bigint

  static {
    createDatetime = (place) => new DatetimeColumn(place)
  }

  private constructor(place: Place) {
    super(place)
    this.unit = place.field.unit as DatetimeUnit
    this.#place = place
    this.#read = elementReader('i8', new DataView(place.memory.buffer), place.offset, place.stride) as (
      row: number,
    ) => bigint
  }

  /** The ticks of all rows: a view, no copy. The rows layout has no such array: see `flatten()`. */
  get data(): D {
    const { memory, offset } = this.#place
    if (memory.layout === 'rows') return undefined as D
    if (this.length > 0) this.checkRow(0)
    return new BigInt64Array(memory.buffer, offset, this.length) as D
  }

  /** The ticks of a row. */
  ticks(row: number): bigint {
    this.checkRow(row)
    return this.#read(row)
  }

  /** The date of a row, without what is smaller than a millisecond; an invalid date where no `Date` can be. */
  date(row: number): Date {
    return dateOf(this.ticks(row), this.unit)
  }

  /** `date(row)` where the unit is `s` or `ms`, `ticks(row)` where it is smaller. */
  override get(row: number): T {
    return instantOf(this.ticks(row), this.unit) as T
  }

  /** All values, each as `get(row)` gives it. */
  toArray(): T[] {
    return Array.from(this)
  }

  /** The ticks of all rows in an array of their own, from either layout. */
  flatten(): BigInt64Array<ArrayBuffer> {
    if (this.length > 0) this.checkRow(0)
    return BigInt64Array.from({ length: this.length }, (_, row) => this.#read(row))
  }
}
