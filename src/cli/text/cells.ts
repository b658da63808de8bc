import { ownValue } from '../../arguments/options.js'
import type { Field } from '../../kinds/kinds.js'
import { InputError } from '../command.js'
import { parseJson } from './json.js'

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
  if (kind === 'any') return valueOfAnyText(text)
  if (kind === '?') return booleanOf(text, place)
  return kind.startsWith('f') ? floatOf(text, place) : integerOf(text, place)
}

/** The value of a cell of JSON: text stands for bytes, and for integers that JSON numbers cannot hold. */
export function valueOfJson(value: unknown, place: CellPlace): unknown {
  const { kind, shape } = place.field
  const isText = shape.length === 0 && (kind === 'S' || kind === 'utf8' || kind === 'any')
  if (Array.isArray(value) && kind !== 'any') return value.map(floatOfJson)
  if (typeof value !== 'string' || isText) return value
  return value === '' ? valueOfEmptyText(place) : valueOf(value, place)
}

function wrong({ field, line }: CellPlace, text: string, what: string): InputError {
  return new InputError(`line ${line}, ${field.name}: ${JSON.stringify(text)} is not ${what}`)
}

function integerOf(text: string, place: CellPlace): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw wrong(place, text, 'an integer')
  return BigInt(text)
}

function floatOf(text: string, place: CellPlace): number {
  const number = Number(text)
  if (Number.isNaN(number) && text.toLowerCase() !== 'nan') throw wrong(place, text, 'a number')
  return number
}

const BOOLEANS: Record<string, boolean> = { true: true, false: false, 1: true, 0: false }

function booleanOf(text: string, place: CellPlace): boolean {
  const value = ownValue(BOOLEANS, text.toLowerCase())
  if (value === undefined) throw wrong(place, text, 'true or false')
  return value
}

/** A date as ISO 8601 has it, or a count of the field's unit. */
function instantOf(text: string, place: CellPlace): Date | bigint {
  if (/^-?\d{1,19}$/.test(text)) return BigInt(text)
  const date = new Date(text)
  if (Number.isNaN(date.getTime()))
    throw wrong(place, text, 'a date such as 2026-01-31T12:30:00Z, or a count since 1970')
  return date
}

/** The value of a text in a column of any type: JSON where it is that, else text. */
export function valueOfAnyText(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
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

/** JSON has no such numbers, and what `scan` writes has their names. */
const floatOfJson = (value: unknown): unknown => SPECIAL.get(value) ?? value

function arrayOf(text: string, place: CellPlace): unknown {
  try {
    const value: unknown = parseJson(text)
    if (Array.isArray(value)) return value.map(floatOfJson)
  } catch {
    // Said below, with the line.
  }
  throw wrong(place, text, 'an array of numbers')
}
