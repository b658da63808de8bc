import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate, oneOf, quote } from './given.js'
import { nearest } from './nearest.js'

/** Checks one value and returns what the native side takes; `name` is how the caller knows the argument. */
export type Check<T> = (value: unknown, name: string) => T

/** One check per option that exists; an option without one does not exist. */
export type Checks<T> = { readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>> }

/**
 * Checks an options object property by property and returns a copy without the undefined ones.
 *
 * An unknown name is an error: a mistyped `totalTimeOut` that is silently ignored costs hours. `elsewhere` are names of
 * options that exist in another form of the call, for the message of that error.
 */
export function checkOptions<T extends object>(
  options: unknown,
  name: string,
  checks: Checks<T>,
  elsewhere: readonly string[] = [],
): T {
  if (options === undefined) return {} as T
  if (!isObject(options)) throw invalidArgument(`${name} must be an object, not ${given(options)}`)
  const checked: Record<string, unknown> = {}
  // Pairs of names and values would be made by the engine's slow path, for every call.
  for (const key of Object.keys(options)) {
    const value = options[key]
    const check = ownValue(checks as Record<string, Check<unknown>>, key)
    if (check === undefined) throw unknownOption(name, key, [...elsewhere, ...Object.keys(checks)])
    if (value !== undefined) checked[key] = check(value, `${name}.${key}`)
  }
  return checked as T
}

/** Whether the value is an object that can carry options: not null, no array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What an object has under a name. Names of bins may be those of what all objects inherit, such as `constructor`. */
export function ownValue<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined
}

/** The error for an option that does not exist: which one was meant, and all that there are. */
export function unknownOption(name: string, key: string, known: readonly string[]): TypeError {
  const meant = nearest(key, known)
  const takes = `it takes ${oneOf(known)}`
  const remedy = meant === undefined ? takes : `did you mean ${meant}? ${takes.replace('it', 'It')}`
  return invalidArgument(`${name} has no option ${quote(key)}; ${remedy}`)
}

/** An integer from `low` to `high`, both included. */
export function integer(low: number, high: number, unit = ''): Check<number> {
  const fits = `an integer from ${low} to ${high}${unit === '' ? '' : ` (${unit})`}`
  return (value, name) => {
    if (typeof value !== 'number') throw invalidArgument(`${name} must be ${fits}, not ${given(value)}`)
    if (!Number.isInteger(value) || value < low || value > high) {
      throw outOfRange(`${name} must be ${fits}, not ${given(value)}`)
    }
    return value
  }
}

/** A boolean, and nothing that merely looks like one. */
export const boolean: Check<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw invalidArgument(`${name} must be true or false, not ${given(value)}`)
  return value
}

/** A string that is not empty. */
export const text: Check<string> = (value, name) => {
  if (typeof value !== 'string') throw invalidArgument(`${name} must be a string, not ${given(value)}`)
  if (value === '') throw outOfRange(`${name} must not be empty`)
  if (hasLoneSurrogate(value))
    throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold: ${quote(value)}`)
  return value
}

/** A string that must not be printed, whatever is wrong with it. */
export const secret: Check<string> = (value, name) => {
  if (typeof value !== 'string') throw invalidArgument(`${name} must be a string, not a value of type ${typeof value}`)
  return value
}

/** One of a few strings. */
export function choice<const T extends string>(...choices: readonly T[]): Check<T> {
  const quoted = oneOf(choices.map((each) => `'${each}'`))
  return (value, name) => {
    if (typeof value !== 'string') throw invalidArgument(`${name} must be ${quoted}, not ${given(value)}`)
    if (!choices.includes(value as T)) throw outOfRange(`${name} must be ${quoted}, not ${given(value)}`)
    return value as T
  }
}

/** An instance of a class. */
export function instance<T>(isOne: (value: unknown) => value is T, what: string): Check<T> {
  return (value, name) => {
    if (!isOne(value)) throw invalidArgument(`${name} must be ${what}, not ${given(value)}`)
    return value
  }
}

/** An array whose elements all pass a check. */
export function list<T>(element: Check<T>): Check<T[]> {
  return (value, name) => {
    if (!Array.isArray(value)) throw invalidArgument(`${name} must be an array, not ${given(value)}`)
    // Unlike `map`, this looks at the holes of an array too.
    return Array.from(value, (each, index) => element(each, `${name}[${index}]`))
  }
}
