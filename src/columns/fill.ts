import { type NumericArray, arrayOver } from './arrays.js'
import { codeOf, isViewKind } from '../kinds/code.js'
import { BytesColumn, StridedColumn, SubarrayColumn } from './column.js'
import { DatetimeColumn, ticksOf } from './datetime.js'
import { fillViews } from './fill-views.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { type Fit, fitOf } from './fit.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { type Memory, cellBytes } from './memory.js'
import { type Target, checkLength, eachValue, listOf } from './target.js'
import type { DatetimeUnit, Field, NumericKind } from '../kinds/kinds.js'
import { isBytes, typedArrayName } from '../tags.js'

/** Fills column number `index` of memory in the columns layout. `null` and `undefined` among values leave their cells out. */
export function fillColumn(memory: Memory, index: number, input: unknown, name: string): void {
  const field = memory.fields[index] as Field
  const target: Target = {
    field,
    rows: memory.length,
    buffer: memory.buffer,
    offset: memory.at.offsets[index] as number,
    valid: validOf(memory, index).fill(1),
    name,
  }
  if (isViewKind(field.kind)) {
    fillViews(target, field.kind, input, blocksOf(memory))
    return
  }
  const values = contiguous(target, input)
  if (field.kind === 'M8') fillDatetimes(target, values)
  else if (field.kind === 'S' || field.kind === 'V') fillBytes(target, values)
  else if (field.shape.length > 0) fillSubarrays(target, values)
  else fillNumbers(target, values)
}

/** Where values go that are longer than their cells. */
function blocksOf({ blocks }: Memory): Uint8Array[] {
  return blocks as Uint8Array[]
}

/** The mask of column number `index`. */
export function validOf(memory: Memory, index: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer, memory.at.valid[index], memory.length)
}

/** The columns of a batch that are no typed arrays, as what the loops below take. */
function contiguous(target: Target, input: unknown): unknown {
  if (input instanceof SubarrayColumn) return flattened(target, input)
  if (input instanceof StridedColumn) return input.toArray()
  if (input instanceof BytesColumn) return Array.from({ length: input.length }, (_, row) => input.bytes(row))
  return input
}

/** Cells of another shape would be cut anew, even where they have as many elements; flat ones fit any shape. */
function flattened({ field, name }: Target, column: SubarrayColumn): unknown {
  const { shape } = column
  if (shape.length === 1 || shape.join() === field.shape.join()) return column.flatten()
  throw outOfRange(`${name} has cells of the shape [${shape.join(', ')}], which do not fit ${codeOf(field)}`)
}

/** Dates, or counts of the field's unit. */
function fillDatetimes(target: Target, values: unknown): void {
  const { field, rows, buffer, offset, name } = target
  const unit = field.unit as DatetimeUnit
  const cells = new BigInt64Array(buffer, offset, rows)
  if (values instanceof DatetimeColumn && values.unit !== unit)
    throw invalidArgument(`${name} counts ${values.unit}, and the field ${unit}; use datetime64[${values.unit}]`)
  const ticks = values instanceof DatetimeColumn ? values.flatten() : values
  const list = listOf(target, ticks, `an array of ${rows} Dates, or of counts of ${unit}`)
  checkLength(target, list.length, rows)
  if (isArrayOf(cells, list)) cells.set(list as never)
  else
    eachValue(target, list, (value, row) => {
      cells[row] = ticksOf(value, unit, () => `${name}[${row}]`)
    })
}

function fillNumbers(target: Target, values: unknown): void {
  const { field, rows } = target
  const cells = elementsOf(target)
  if (isArrayOf(cells, values) && field.kind !== '?') {
    checkLength(target, values.length, rows)
    cells.set(values as never)
    return
  }
  const list = listOf(target, values, `a typed array or an array of ${rows} values`)
  checkLength(target, list.length, rows)
  const fit = fitOf(field.kind as NumericKind)
  eachValue(target, list, (value, row) => {
    cells[row] = fit(value, () => `${target.name}[${row}]`)
  })
}

/** The whole column as its typed array, writable by index. */
function elementsOf({ field, buffer, offset, rows }: Target): NumericArray & { [at: number]: number | bigint } {
  return arrayOver(field.kind as NumericKind, buffer, offset, rows * field.count)
}

function isArrayOf(cells: NumericArray, values: unknown): values is NumericArray {
  return typedArrayName(values) === typedArrayName(cells)
}

function fillSubarrays(target: Target, values: unknown): void {
  const { field, rows, name } = target
  const cells = elementsOf(target)
  if (isArrayOf(cells, values) && field.kind !== '?') {
    checkLength(target, values.length, rows * field.count)
    cells.set(values as never)
    return
  }
  const list = listOf(target, values, `a flat typed array or an array of ${rows} arrays`)
  if (!Array.isArray(list)) {
    throw invalidArgument(
      `${name} must be ${given(cells).replace(/^an? /, 'a flat ')} or an array, not ${given(values)}`,
    )
  }
  checkLength(target, list.length, rows)
  const fit = fitOf(field.kind as NumericKind)
  eachValue(target, list, (value, row) => fillSubarray({ target, cells, fit }, value, row))
}

interface Subarrays {
  readonly target: Target
  readonly cells: NumericArray & { [at: number]: number | bigint }
  readonly fit: Fit
}

/** One cell: a typed array or an array, flat in C order or nested as the shape is. */
function fillSubarray({ target, cells, fit }: Subarrays, value: unknown, row: number): void {
  const { count, shape } = target.field
  const name = `${target.name}[${row}]`
  const list = listOf({ ...target, name }, value, `an array of ${count} values`)
  const elements = shape.length > 1 && isNested(list) ? unnested({ ...target, name }, list, shape) : list
  if (elements.length !== count) {
    throw outOfRange(`${name} has ${elements.length} values, and ${codeOf(target.field)} needs ${count}`)
  }
  for (let at = 0; at < count; at++) cells[row * count + at] = fit(elements[at], () => `${name}[${at}]`)
}

function isNested(list: ArrayLike<unknown>): boolean {
  return Array.isArray(list) && list.some((each) => typeof each === 'object' && each !== null)
}

/** The elements of an array that is nested as the shape is. Any other nesting of as many elements would put them elsewhere. */
function unnested(target: Target, value: unknown, shape: readonly number[]): unknown[] {
  const [size = 0, ...inner] = shape
  const list = Array.from(listOf(target, value, `an array of ${size}, as the shape is nested,`))
  if (list.length !== size) {
    throw outOfRange(
      `${target.name} has ${list.length} elements, and ${codeOf(target.field)} needs ${size} at this depth`,
    )
  }
  if (inner.length === 0) return list
  return list.flatMap((each, at) => unnested({ ...target, name: `${target.name}[${at}]` }, each, inner))
}

const utf8 = new TextEncoder()

/** Strings or bytes per cell, or all cells as they lie in memory. */
function fillBytes(target: Target, values: unknown): void {
  const { field, rows, buffer, offset } = target
  const size = cellBytes(field)
  const cells = new Uint8Array(buffer, offset, rows * size)
  if (isBytes(values)) {
    checkLength(target, values.length, rows * size)
    cells.set(values)
    return
  }
  const what = field.kind === 'S' ? 'strings' : 'Uint8Arrays'
  if (!Array.isArray(values)) {
    throw invalidArgument(`${target.name} must be an array of ${what} for ${codeOf(field)}, not ${given(values)}`)
  }
  checkLength(target, values.length, rows)
  eachValue(target, values, (value, row) => cells.set(bytesOf(target, value, row), row * size))
}

function bytesOf({ field, name }: Target, value: unknown, row: number): Uint8Array {
  const bytes = field.kind === 'S' && typeof value === 'string' ? utf8.encode(value) : value
  if (!isBytes(bytes)) {
    const what = field.kind === 'S' ? 'a string or a Uint8Array' : 'a Uint8Array'
    throw invalidArgument(`${name}[${row}] must be ${what} for ${codeOf(field)}, not ${given(value)}`)
  }
  if (typeof value === 'string' && hasLoneSurrogate(value)) {
    throw outOfRange(`${name}[${row}] has a lone surrogate, which UTF-8 cannot hold`)
  }
  if (bytes.length <= field.itemsize) return bytes
  throw outOfRange(`${name}[${row}] has ${bytes.length} bytes, at most ${field.itemsize} fit into ${codeOf(field)}`)
}

/** Takes the cells out that a mask leaves out; `name` is how the caller knows it. */
export function applyMask(valid: Uint8Array, mask: unknown, name: string): void {
  if (!isBytes(mask) && !Array.isArray(mask)) {
    throw invalidArgument(`${name} must be a Uint8Array or an array of booleans, not ${given(mask)}`)
  }
  if (mask.length !== valid.length) {
    throw outOfRange(`${name} has ${mask.length} elements, and there are ${valid.length} keys`)
  }
  for (let row = 0; row < valid.length; row++) if (!mask[row]) valid[row] = 0
}
