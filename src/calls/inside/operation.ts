import { checkOptions, isObject } from '../../arguments/options.js'
import type { NativeOperation } from '../../binding/native.js'
import { encodeContext } from '../../expressions/encode.js'
import type { CreatingStep, Step } from '../../expressions/node.js'
import { INVERTED, allOfMap } from '../../expressions/reads.js'
import { invalidArgument } from '../../errors.js'
import { given } from '../../arguments/given.js'
import type { Form, Options } from './forms.js'
import { type InsideName, RULES, type Rule } from './rules.js'

declare const result: unique symbol

/** A step of an `operate` call on the inside of a bin: of a list, a map, bits or a HyperLogLog. Made by {@link op}. */
export interface InsideOperation<R = unknown> {
  /** What it does. */
  readonly op: InsideName
  /** The bin. */
  readonly bin: string
  /** Its arguments. */
  readonly args: readonly unknown[]
  /** Its options. */
  readonly options?: object | undefined
  /** The type of what it results in, which no operation has as a property. */
  readonly [result]?: R
}

/** What an operation results in; `null` where the bin, or what it selects, is not there. */
export type ResultOf<O> = O extends InsideOperation<infer R> ? (unknown extends R ? unknown : R | null) : unknown

/** A builder of operations: the bin, the arguments, and the options behind the last argument that it can have. */
export function builder(name: InsideName): (bin: string, ...rest: readonly unknown[]) => InsideOperation<never> {
  const count = RULES[name].args.length
  return (bin, ...rest) => {
    const options = rest[count]
    const operation = { op: name, bin, args: rest.slice(0, count) }
    return options === undefined ? operation : { ...operation, options: options as object }
  }
}

/** Options with an order, which has to be there. What is no object of options stays what it is, and is refused. */
export function ordering(order: unknown, options: unknown): unknown {
  return options === undefined || isObject(options) ? { ...options, order: order ?? null } : options
}

/** Checks an operation on the inside of a bin into what the binding takes. Its bin has been checked. */
export function checkInside(
  rule: Rule,
  bin: string,
  { op, args, options }: Readonly<Record<string, unknown>>,
  name: string,
): NativeOperation {
  if (!Array.isArray(args)) throw invalidArgument(`${name}.args must be an array, not ${given(args)}`)
  const { checks, before, behind } = rule.form
  const checked = checkOptions<object>(options, `${name}.options`, checks) as Options
  const value = [...(before?.(checked) ?? []), ...checkArguments(rule, args, name), ...(behind?.(checked) ?? [])]
  const operation = { op: rule.of, bin, ...codeAndValue(op as InsideName, rule, value) }
  const context = contextOf(rule.form, checked)
  return context.length === 0 ? operation : { ...operation, context: encodeContext(context) }
}

/** An operation's code and what follows it: all but nothing of a map is asked for as all of it. */
function codeAndValue(name: InsideName, { code }: Rule, value: unknown[]): { code: number; value: unknown[] } {
  const [returned, list] = value
  // What stands first in other operations can be any value.
  if (typeof returned !== 'number' || !Array.isArray(list) || (returned & INVERTED) === 0) return { code, value }
  const returnCode = returned & ~INVERTED
  const whole = allOfMap(name, returnCode, list.length)
  return whole === undefined ? { code, value } : { code: RULES[whole].code, value: [returnCode, 0] }
}

function checkArguments({ args: wanted }: Rule, args: readonly unknown[], name: string): unknown[] {
  const checked: unknown[] = []
  for (const [index, { name: argument, check, isOptional, fallback }] of wanted.entries()) {
    const value = args[index] === undefined ? fallback : args[index]
    // Only what stands last can be left out.
    if (value === undefined && isOptional === true) break
    checked.push(check(value, `${name}.${argument}`))
  }
  return checked
}

/** The context, whose last step says what an operation that creates something creates. */
function contextOf({ creates }: Form, options: Options): readonly (Step | CreatingStep)[] {
  const { context = [] } = options
  const last = context.at(-1)
  if (creates === undefined || last === undefined) return context
  return [...context.slice(0, -1), { ...last, creates: creates(options) } as CreatingStep]
}
