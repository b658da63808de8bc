import { type Collection, type IndexTarget, type Where, between, contains, equal } from '../../stream/where.js'
import { UsageError } from '../command.js'

const CONDITION = /^(?:(list|mapKeys|mapValues):)?(@?)([^=]+)=(.+)$/s
const RANGE = /^(-?\d{1,19})\.\.(-?\d{1,19})$/
const INTEGER = /^-?\d{1,19}$/
const QUOTED = /^"(.*)"$/s

/**
 * Reads what `--index` looks for: `age=20..30`, `city=Rome`, `code="42"` for text of digits, `list:tags=red` and `mapKeys:`,
 * `mapValues:` for elements, and `@name=5` for an index by its name.
 */
export function parseIndex(text: string): Where {
  const match = CONDITION.exec(text)
  if (match === null) {
    throw new UsageError(
      `--index must be such as 'age=20..30', 'city=Rome' or 'list:tags=red', not ${JSON.stringify(text)}`,
    )
  }
  const [, elements, named, name = '', value = ''] = match
  const target: IndexTarget = named === '@' ? { index: name } : name
  const range = RANGE.exec(value)
  if (range !== null) {
    const [low, high] = [BigInt(range[1] as string), BigInt(range[2] as string)]
    return elements === undefined ? between(target, low, high) : contains(target, elements as Collection, low, high)
  }
  const wanted = INTEGER.test(value) ? BigInt(value) : (QUOTED.exec(value)?.[1] ?? value)
  return elements === undefined ? equal(target, wanted) : contains(target, elements as Collection, wanted)
}
