import type { Field } from '../../kinds/kinds.js'
import { InputError } from '../command.js'

/** Where a cell is, for the message about it. */
export interface CellPlace {
  readonly field: Field
  readonly line: number
}

/** The value of a cell of text, `null` where it is empty: what a column of the field can be written from. */
export function valueOfText(text: string, place: CellPlace): unknown {
  if (text === '') return null
  const { kind, shape } = place.field
  if (shape.length > 0) return arrayOf(text, place)
  if (kind === 'S') return text
  if (kind === 'V') return bytesOf(text, place)
  if (kind === '?') return booleanOf(text, place)
  return kind.startsWith('f') ? floatOf(text, place) : integerOf(text, place)
}

/** The value of a cell of JSON: text stands for bytes, and for integers that JSON numbers cannot hold. */
export function valueOfJson(value: unknown, place: CellPlace): unknown {
  const { kind, shape } = place.field
  return typeof value === 'string' && (kind !== 'S' || shape.length > 0) ? valueOfText(value, place) : value
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
  const value = BOOLEANS[text.toLowerCase()]
  if (value === undefined) throw wrong(place, text, 'true or false')
  return value
}

function bytesOf(text: string, place: CellPlace): Uint8Array {
  if (!/^([\da-f]{2})*$/i.test(text)) throw wrong(place, text, 'hex')
  return Buffer.from(text, 'hex')
}

function arrayOf(text: string, place: CellPlace): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
  } catch {
    // Said below, with the line.
  }
  throw wrong(place, text, 'an array of numbers')
}
