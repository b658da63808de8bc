import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { isObject } from '../arguments/options.js'
import { constantOf } from '../expressions/constant.js'
import type { ContextStep } from '../expressions/context.js'
import { encodeContext } from '../expressions/encode.js'
import type { ConstantItem, Step } from '../expressions/node.js'
import { isBytes } from '../tags.js'

/**
 * A step into a list or map: a string is a map key, a number is a position in a list (negative ones count from the end), and an
 * object names the kind of step. What `ctx` makes is taken too, where it leads to one element and makes nothing.
 */
export type PathStep =
  | string
  | number
  | ContextStep
  | {
      /** The position in a list; negative ones count from the end. */
      readonly listIndex: number
    }
  | {
      /** The rank in a list, by value; 0 is the smallest, -1 the largest. */
      readonly listRank: number
    }
  | {
      /** The first element of a list that equals this value. */
      readonly listValue: string | number | bigint | Uint8Array
    }
  | {
      /** The index in a map, in the order of its keys. */
      readonly mapIndex: number
    }
  | {
      /** The rank in a map, by value; 0 is the smallest, -1 the largest. */
      readonly mapRank: number
    }
  | {
      /** The value of a map under this key. */
      readonly mapKey: string | number | bigint | Uint8Array
    }
  | {
      /** The first element of a map that has this value. */
      readonly mapValue: string | number | bigint | Uint8Array
    }

const STEPS = ['listIndex', 'listRank', 'listValue', 'mapIndex', 'mapRank', 'mapKey', 'mapValue'] as const
const WAYS_TO_MANY: ReadonlySet<unknown> = new Set(['all', 'filter', 'mapKeys', 'and'])
const POSITIONS: ReadonlySet<string> = new Set(['listIndex', 'listRank', 'mapIndex', 'mapRank'])

/** A context as the server stores it with an index, which it finds by these bytes. */
export function encodePath(path: unknown, name: string): Uint8Array {
  if (!Array.isArray(path) || path.length === 0) {
    throw invalidArgument(`${name} must be an array of steps such as ['profile', 'city'] or [0], not ${given(path)}`)
  }
  return encodeContext(path.map((step: unknown, index) => stepOf(step, `${name}[${index}]`)))
}

function stepOf(step: unknown, name: string): Step {
  if (typeof step === 'string') return { by: 'mapKey', at: itemOf(step, name) }
  if (typeof step === 'number') return { by: 'listIndex', at: itemOf(step, name) }
  const made = madeStep(step, name)
  if (made !== undefined) return made
  const entries = isObject(step) ? Object.entries(step) : []
  const [[kind, value] = []] = entries
  const by = STEPS.find((each) => each === kind)
  if (entries.length !== 1 || by === undefined) {
    throw invalidArgument(
      `${name} must be a map key, a list index, what ctx makes, or an object with one of ${STEPS.join(', ')}, not ${given(step)}`,
    )
  }
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  if (POSITIONS.has(by) && !isNumber) {
    throw invalidArgument(`${name}.${by} must be an integer, not ${given(value)}`)
  }
  return { by, at: itemOf(value, `${name}.${by}`) }
}

/** The step that `ctx` has made; nothing where it has not. An index has one place in a bin, and makes nothing there. */
function madeStep(step: unknown, name: string): Step | undefined {
  if (!isObject(step)) return undefined
  const { by, at, creates } = step
  if (typeof by !== 'string') return undefined
  if (WAYS_TO_MANY.has(by)) {
    throw invalidArgument(`${name} is ctx.${by}(), which leads to any number of elements; an index takes steps to one`)
  }
  if (!STEPS.includes(by as Step['by']) || !isObject(at)) return undefined
  if (creates === undefined) return step as unknown as Step
  throw invalidArgument(`${name} is ctx.${by}Create(), and an index makes nothing; use ctx.${by}()`)
}

function itemOf(value: unknown, name: string): ConstantItem {
  if (typeof value === 'number' || typeof value === 'bigint') return { type: 'int', value: integerOf(value, name) }
  if (typeof value === 'string' || isBytes(value)) return constantOf(value, name)
  throw invalidArgument(`${name} must be a string, an integer or a Uint8Array, not ${given(value)}`)
}

/** An int64 of a number or bigint. */
export function integerOf(value: number | bigint, name: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw outOfRange(`${name} must be a safe integer or a bigint, not ${given(value)}`)
  }
  const integer = BigInt(value)
  if (BigInt.asIntN(64, integer) !== integer) throw outOfRange(`${name}: ${given(value)} does not fit into an int64`)
  return integer
}
