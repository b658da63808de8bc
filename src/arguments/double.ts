import { inspect } from 'node:util'
import { invalidArgument } from '../errors.js'
import { given } from './given.js'
import { native } from '../binding/native.js'
import { notCloneable } from '../tags.js'

/** A number that is always stored as a Double. Made by {@link double}. */
export interface Double {
  /** The number. */
  readonly value: number
}

/**
 * Marks a number to be stored as a Double. Without it `put` stores an integer as an Int: 20.0 and 20 are one value in JavaScript.
 */
export function double(value: number): Double {
  if (typeof value !== 'number') throw invalidArgument(`value must be a number, not ${given(value)}`)
  return Object.assign(new native.NativeDouble(value), NOT_CLONEABLE)
}

/** Its number is not a property, so that a clone would be an empty object. */
const NOT_CLONEABLE = { cannotBeCloned: notCloneable('a double(); clone its value') }

/**
 * The value lives on the native side, where neither `console.log` nor `JSON.stringify` would find it. The class is one for the
 * whole process, and this module may be evaluated several times in it, by test runners for instance: the last one counts.
 */
Object.defineProperties(native.NativeDouble.prototype, {
  [inspect.custom]: {
    value(this: Double) {
      return `double(${inspect(this.value)})`
    },
    configurable: true,
  },
  toJSON: {
    value(this: Double) {
      return this.value
    },
    configurable: true,
  },
})

/** Whether a value was made by {@link double}. */
export function isDouble(value: unknown): value is Double {
  return value instanceof native.NativeDouble
}
