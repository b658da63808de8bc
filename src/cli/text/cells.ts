import { quote } from '../../arguments/given.js'
import { ownValue } from '../../arguments/options.js'
import type { DatetimeUnit, Field } from '../../kinds/kinds.js'
import { InputError } from '../command.js'
import { TOO_FINE, ticksOfText } from './dates.js'
import { ImpossibleValue, parseJson } from './json.js'

/** Where a cell is, for the message about it. */
export interface CellPlace {
  readonly field: Field
  readonly line: number
}

/** The value of a cell of text, `null` where it is empty: what a column of the field can be written from. */
export function valueOfText(text: string, place: CellPlace): unknown {
  if (text === '') return null
  return valueOf(text, place)
}

/** The value of `""`: empty text or no bytes, and nothing in a column of anything else. */
export function valueOfEmptyText(place: CellPlace): unknown {
  const { kind, shape } = place.field
  const isText = shape.length === 0 && ['S', 'utf8', 'any', 'V', 'binary'].includes(kind)
  return isText ? valueOf('', place) : null
}

function valueOf(text: string, place: CellPlace): unknown {
  const { kind, shape } = place.field
  if (shape.length > 0) return arrayOf(text, place)
  if (kind === 'list') return arrayOf(text, place)
  if (kind === 'S' || kind === 'utf8') return text
  if (kind === 'V' || kind === 'binary') return bytesOf(text, place)
  if (kind === 'M8') return instantOf(text, place)
  if (kind === 'any') return valueOfAnyText(text, () => `line ${place.line}, ${place.field.name}`)
  if (kind === '?') return booleanOf(text, place)
  return isFloat(kind) ? floatOf(text, place) : integerOf(text, place)
}

/** The value of a cell of JSON: text stands for bytes, and for integers that JSON numbers cannot hold. */
export function valueOfJson(value: unknown, place: CellPlace): unknown {
  const { kind, shape } = place.field
  const isText = shape.length === 0 && (kind === 'S' || kind === 'utf8')
  if (kind === 'any') return value
  if (Array.isArray(value)) return elementsOf(value, place.field)
  if (typeof value === 'bigint' && isFloat(kind)) return Number(value)
  if (typeof value !== 'string' || isText) return value
  return value === '' ? valueOfEmptyText(place) : valueOf(value, place)
}

function wrong({ field, line }: CellPlace, text: string, what: string): InputError {
  return new InputError(`line ${line}, ${field.name}: ${quote(text)} is not ${what}`)
}

function integerOf(text: string, place: CellPlace): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw wrong(place, text, 'an integer')
  return BigInt(text)
}

const FLOAT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i
/** As other programs write them, too. */
const SPECIAL_FLOAT = /^\s*(?<sign>[+-]?)(?<name>nan|inf(?:inity)?)\s*$/i

function floatOf(text: string, place: CellPlace): number {
  const special = SPECIAL_FLOAT.exec(text)?.groups
  if (special !== undefined) {
    if (special['name']?.toLowerCase() === 'nan') return Number.NaN
    return special['sign'] === '-' ? -Infinity : Infinity
  }
  if (!FLOAT.test(text)) throw wrong(place, text, 'a number')
  const number = Number(text)
  if (!Number.isFinite(number)) throw wrong(place, text, 'a number that a float can hold')
  return number
}

const BOOLEANS: Record<string, boolean> = { true: true, false: false, 1: true, 0: false }

function booleanOf(text: string, place: CellPlace): boolean {
  const value = ownValue(BOOLEANS, text.toLowerCase())
  if (value === undefined) throw wrong(place, text, 'true or false')
  return value
}

/** A date as ISO 8601 has it, or a count of the field's unit. */
function instantOf(text: string, place: CellPlace): bigint {
  if (/^-?\d{1,19}$/.test(text)) return BigInt(text)
  const unit = place.field.unit as DatetimeUnit
  const ticks = ticksOfText(text, unit)
  if (ticks === TOO_FINE)
    throw wrong(place, text, `a whole number of ${unit}; use a smaller unit, such as datetime64[ns]`)
  if (ticks === undefined) throw wrong(place, text, 'a date such as 2026-01-31T12:30:00Z, or a count since 1970')
  return ticks
}

/** The value of a text in a column of any type: JSON where it is that, else text; `label` says where it stands. */
export function valueOfAnyText(text: string, label: () => string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof ImpossibleValue) throw new InputError(`${label()}: ${error.message}`)
    return text
  }
}

function bytesOf(text: string, place: CellPlace): Uint8Array {
  if (!/^([\da-f]{2})*$/i.test(text)) throw wrong(place, text, 'hex')
  return Buffer.from(text, 'hex')
}

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

const isFloat = (kind: string | undefined): boolean => kind?.startsWith('f') === true

/** The elements of a list. JSON has no NaN, and what `scan` writes has its name; integers of any size are floats, too. */
function elementsOf(list: readonly unknown[], field: Field): unknown[] {
  const isOfFloats = isFloat(field.element ?? field.kind)
  return list.map((value): unknown => {
    if (Array.isArray(value)) return elementsOf(value, field)
    if (typeof value === 'bigint') return isOfFloats ? Number(value) : value
    return SPECIAL.get(value) ?? value
  })
}

function arrayOf(text: string, place: CellPlace): unknown {
  const value = valueOfAnyText(text, () => `line ${place.line}, ${place.field.name}`)
  if (Array.isArray(value)) return elementsOf(value, place.field)
  throw wrong(place, text, 'an array of numbers')
}
