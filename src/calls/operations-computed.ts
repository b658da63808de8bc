import type { NativeOperation } from '../binding/native.js'
import { type Check, type Checks, boolean, checkOptions, choice } from '../arguments/options.js'
import { expressionOption } from '../expressions/filter.js'

/** Options of `op.compute`. */
export interface ComputeOptions {
  /** Leaves the result out where the expression has no value, instead of failing the call. Default false. */
  readonly skipUnknown?: boolean | undefined
}

/** Options of `op.writeComputed`. */
export interface WriteComputedOptions extends ComputeOptions {
  /** Writes the bin always, only if it exists, or only if it does not. Default `'update'`. */
  readonly exists?: 'update' | 'updateOnly' | 'create' | undefined
  /** Deletes the bin where the expression results in nil, which otherwise fails with code 26. Default false. */
  readonly allowDelete?: boolean | undefined
  /** Leaves the bin as it is where `exists` or `allowDelete` deny the write, instead of failing the call. Default false. */
  readonly skipDenied?: boolean | undefined
}

/** The server's flags of operations with an expression. */
const FLAGS = { createOnly: 1, updateOnly: 2, allowDelete: 4, skipDenied: 8, skipUnknown: 16 } as const

const flag =
  (bits: number): Check<number> =>
  (value, name) =>
    boolean(value, name) ? bits : 0

const exists: Check<number> = (value, name) => {
  const when = choice('update', 'updateOnly', 'create')(value, name)
  return when === 'create' ? FLAGS.createOnly : when === 'updateOnly' ? FLAGS.updateOnly : 0
}

const READ_CHECKS: Checks<{ skipUnknown?: number }> = { skipUnknown: flag(FLAGS.skipUnknown) }

const WRITE_CHECKS: Checks<Record<keyof WriteComputedOptions, number>> = {
  ...READ_CHECKS,
  exists,
  allowDelete: flag(FLAGS.allowDelete),
  skipDenied: flag(FLAGS.skipDenied),
}

/** Checks what an operation computes into what the binding takes: the expression as bytes, and flags. */
export function checkComputed(
  kind: 'compute' | 'writeComputed',
  { expression, options }: Readonly<Record<string, unknown>>,
  name: string,
): Pick<NativeOperation, 'expression' | 'flags'> {
  const bits = checkOptions<object>(options, `${name}.options`, kind === 'compute' ? READ_CHECKS : WRITE_CHECKS)
  return {
    expression: expressionOption(expression, `${name}.expression`),
    flags: Object.values(bits as Record<string, number>).reduce((sum, each) => sum | each, 0),
  }
}
