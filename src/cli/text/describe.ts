import type { Batch } from '../../batch/batch.js'
import type { Dtype } from '../../dtype/dtype.js'
import type { Encoder, Pieces } from '../../files/encoder.js'
import { tableText } from '../../text/table.js'

const HEADER = ['column', 'count', 'mean', 'std', 'min', '25%', '50%', '75%', 'max']
const QUARTILES = [0.25, 0.5, 0.75]
const DIGITS = 6

/** What the values of each numeric column are like, as pandas' `describe` says it: invalid cells and NaN do not count. */
export class Description {
  readonly #values: Map<string, number[]>

  constructor(dtype: Dtype) {
    const numeric = dtype.fields.filter(({ kind, shape }) => /^([iuf]\d|\?)$/.test(kind) && shape.length === 0)
    this.#values = new Map(numeric.map(({ name }) => [name, []]))
  }

  /** Adds the rows of a batch in the columns layout. */
  add(batch: Batch): void {
    for (const [name, values] of this.#values) {
      const column = batch.columns[name] as unknown as ArrayLike<number | bigint>
      const valid = batch.valid[name] as Uint8Array
      for (let row = 0; row < valid.length; row++) {
        const value = Number(column[row])
        if (valid[row] === 1 && !Number.isNaN(value)) values.push(value)
      }
    }
  }

  /** The table. */
  toString(): string {
    return tableText(
      HEADER,
      Array.from(this.#values, ([name, values]) => [name, ...summary(values)]),
    )
  }
}

function summary(values: number[]): string[] {
  const sorted = Float64Array.from(values).toSorted()
  const { length } = sorted
  const mean = sorted.reduce((sum, value) => sum + value, 0) / length
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const std = length > 1 ? Math.sqrt(squares / (length - 1)) : Number.NaN
  const quartiles = QUARTILES.map((part) => quantile(sorted, part))
  const numbers = [mean, std, sorted[0] ?? Number.NaN, ...quartiles, sorted[length - 1] ?? Number.NaN]
  return [String(length), ...numbers.map(numberText)]
}

/** Between the two values nearest to the place, in proportion: numpy's default. */
function quantile(sorted: Float64Array, part: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = (sorted.length - 1) * part
  const low = sorted[Math.floor(place)] as number
  const high = sorted[Math.ceil(place)] as number
  return low === high ? low : low + (high - low) * (place - Math.floor(place))
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '-' : String(Number(value.toPrecision(DIGITS)))
}

/** The description in the place of rows. */
export class DescribeEncoder implements Encoder {
  readonly #description: Description

  constructor(dtype: Dtype) {
    this.#description = new Description(dtype)
  }

  rows(batch: Batch): Pieces {
    this.#description.add(batch)
    return []
  }

  end(): Pieces {
    return [Buffer.from(this.#description.toString())]
  }
}
