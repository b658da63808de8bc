import { arrayOver } from './arrays.js'
import { BlockWriter } from './block-writer.js'
import { codeOf } from '../kinds/code.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { type Fit, fitOf } from './fit.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { encodeParticle } from './particle-encode.js'
import { type Target, checkLength, eachValue } from './target.js'
import type { NumericKind, ViewKind } from '../kinds/kinds.js'
import { isBytes, typedArrayName } from '../tags.js'
import { BinaryColumn, ListColumn, TextColumn, ValueColumn, elementBytes } from './view-column.js'

/** Writes the value of a row. */
type Put = (writer: BlockWriter, value: unknown, row: number) => void

const PUTS: Record<ViewKind, (target: Target) => Put> = { utf8: textPut, binary: bytesPut, list: listPut, any: anyPut }

/** Fills a column whose cells have any length; what is longer than a cell is added to `blocks`. */
export function fillViews(target: Target, kind: ViewKind, input: unknown, blocks: Uint8Array[]): void {
  const { rows, name, field } = target
  const writer = new BlockWriter(target, blocks)
  const own = ownBytes(target, input)
  if (own !== undefined) {
    checkLength(target, own.length, rows)
    for (let row = 0; row < rows; row++) writer.bytes(row, own.bytes(row))
    return
  }
  if (!Array.isArray(input))
    throw invalidArgument(`${name} must be an array of ${rows} values for ${codeOf(field)}, not ${given(input)}`)
  checkLength(target, input.length, rows)
  const put = PUTS[kind](target)
  eachValue(target, input, (value, row) => put(writer, value, row))
}

interface OwnBytes {
  readonly length: number
  bytes(row: number): Uint8Array
}

/** The bytes of a batch's own column, where they are what the field has, too. */
function ownBytes({ field, name }: Target, input: unknown): OwnBytes | undefined {
  const { kind, element } = field
  if (input instanceof ListColumn) {
    if (kind === 'list' && input.element === element)
      return { length: input.length, bytes: (row) => elementBytes(input.row(row)) }
    throw invalidArgument(`${name} is a column of lists of ${input.element}, which does not fit ${codeOf(field)}`)
  }
  if (input instanceof ValueColumn && kind === 'any') return input
  if (input instanceof TextColumn && (kind === 'utf8' || kind === 'binary')) return input
  if (input instanceof BinaryColumn && (kind === 'utf8' || kind === 'binary')) return input
  return undefined
}

function textPut({ name }: Target): Put {
  return (writer, value, row) => {
    if (isBytes(value)) writer.bytes(row, value)
    else if (typeof value !== 'string')
      throw invalidArgument(`${name}[${row}] must be a string or UTF-8 in a Uint8Array, not ${given(value)}`)
    else if (hasLoneSurrogate(value)) throw outOfRange(`${name}[${row}] has a lone surrogate, which UTF-8 cannot hold`)
    else writer.text(row, value)
  }
}

function bytesPut({ name }: Target): Put {
  return (writer, value, row) => {
    if (!isBytes(value)) throw invalidArgument(`${name}[${row}] must be a Uint8Array, not ${given(value)}`)
    writer.bytes(row, value)
  }
}

function listPut({ field, name }: Target): Put {
  const element = field.element as NumericKind
  const fit = fitOf(element)
  const ownArray = typedArrayName(arrayOver(element, new ArrayBuffer(0), 0, 0))
  return (writer, value, row) => {
    const label = `${name}[${row}]`
    const isOwn = element !== '?' && typedArrayName(value) === ownArray && ArrayBuffer.isView(value)
    writer.bytes(row, isOwn ? elementBytes(value as never) : fittedElements(element, fit, value, label))
  }
}

function fittedElements(element: NumericKind, fit: Fit, value: unknown, label: string): Uint8Array {
  if (!Array.isArray(value) && typedArrayName(value) === undefined)
    throw invalidArgument(`${label} must be an array or a typed array for a list of ${element}, not ${given(value)}`)
  const { length } = value as ArrayLike<unknown>
  const size = element === '?' ? 1 : Number(element[1])
  const elements = arrayOver(element, new ArrayBuffer(size * length), 0, length)
  for (let at = 0; at < length; at++) {
    ;(elements as { [at: number]: unknown })[at] = fit((value as ArrayLike<unknown>)[at], () => `${label}[${at}]`)
  }
  return new Uint8Array(elements.buffer)
}

function anyPut({ name }: Target): Put {
  return (writer, value, row) => writer.bytes(row, encodeParticle(value, `${name}[${row}]`))
}
