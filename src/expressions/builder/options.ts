import { type Check, type Checks, boolean, checkOptions } from '../../arguments/options.js'
import { contextOption } from '../context.js'

/** Options of one function of the builder, whose name is in the messages. */
export function optionsOf<T extends object>(name: string, options: unknown, checks: Partial<Checks<T>>): T {
  return checkOptions(options, `${name}: options`, checks as Checks<T>)
}

/** What is checked where it is used. */
const anything: Check<never> = (value) => value as never

const context = contextOption as Check<never>

/** Where a read or a change of a list or map happens. */
export const IN_CONTEXT = { context }

/** A removal of several elements. */
export const REMOVED = { inverted: boolean, context }

/** A read of one element. */
export const ONE = { return: anything, as: anything, context }

/** A read of several elements. */
export const MANY = { return: anything, inverted: boolean, context }
