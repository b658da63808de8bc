import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { float16Library } from './float16.js'
import type { NumericKind } from '../kinds/kinds.js'

/** Says how the caller knows a value, for error messages. */
export type ValueLabel = () => string

/** Turns a value into an element of a kind, or throws where it is none: a write loses nothing without saying so. */
export type Fit = (value: unknown, label: ValueLabel) => number | bigint

/** An integer of up to 32 bits, from a number or a bigint. */
function smallInteger(kind: string, low: number, high: number): Fit {
  return (value, label) => {
    const number = typeof value === 'bigint' ? Number(value) : value
    if (typeof number !== 'number') throw wrongType(value, label, 'an integer')
    if (Number.isInteger(number) && number >= low && number <= high) return number
    throw outOfRange(`${label()} must be an integer from ${low} to ${high} for ${kind}, not ${given(value)}`)
  }
}

/** A 64-bit integer, from a bigint or a safe integer. */
function bigInteger(kind: string, low: bigint, high: bigint): Fit {
  return (value, label) => {
    if (typeof value !== 'bigint' && typeof value !== 'number') throw wrongType(value, label, 'a bigint or an integer')
    if (typeof value === 'number' && !Number.isSafeInteger(value)) {
      throw outOfRange(`${label()} must be a bigint or a safe integer for ${kind}, not ${given(value)}`)
    }
    const integer = BigInt(value)
    if (integer >= low && integer <= high) return integer
    throw outOfRange(`${label()} must be from ${low} to ${high} for ${kind}, not ${given(value)}`)
  }
}

/** Rounding is what a smaller float is for; becoming infinite is not. */
function float(kind: string, round: (value: number) => number): Fit {
  return (value, label) => {
    if (typeof value !== 'number') throw wrongType(value, label, 'a number')
    if (Number.isFinite(round(value)) || !Number.isFinite(value)) return value
    throw outOfRange(`${label()} is too large for ${kind}: ${given(value)}`)
  }
}

const bool: Fit = (value, label) => {
  if (value === true || value === 1) return 1
  if (value === false || value === 0) return 0
  throw invalidArgument(`${label()} must be true, false, 1 or 0, not ${given(value)}`)
}

function wrongType(value: unknown, label: ValueLabel, what: string): TypeError {
  return invalidArgument(`${label()} must be ${what}, not ${given(value)}`)
}

const FITS: Record<NumericKind, Fit> = {
  i1: smallInteger('i1', -0x80, 0x7f),
  i2: smallInteger('i2', -0x8000, 0x7fff),
  i4: smallInteger('i4', -0x8000_0000, 0x7fff_ffff),
  i8: bigInteger('i8', -(2n ** 63n), 2n ** 63n - 1n),
  u1: smallInteger('u1', 0, 0xff),
  u2: smallInteger('u2', 0, 0xffff),
  u4: smallInteger('u4', 0, 0xffff_ffff),
  u8: bigInteger('u8', 0n, 2n ** 64n - 1n),
  f2: float('f2', (value) => float16Library().f16round(value)),
  f4: float('f4', Math.fround),
  f8: float('f8', (value) => value),
  '?': bool,
}

/** The check of a kind. Chosen once per column, so that the loop over rows tests no kinds. */
export function fitOf(kind: NumericKind): Fit {
  return FITS[kind]
}
