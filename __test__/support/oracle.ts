import { f16round, setFloat16 } from '@petamoriken/float16'
import { GeoJSON, HyperLogLog, double } from '../../src/index.js'
import type { Field } from '../../src/kinds/kinds.js'
import type { OnLoss } from '../../src/index.js'

/**
 * The conversion table once more: one value at a time, with exact integers and no regard for speed. It shares nothing
 * with the implementation but the words of the table.
 */

/** A bin as the server stores it. */
export type Bin =
  | { type: 'int'; value: bigint }
  | { type: 'double'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'blob'; value: Uint8Array }
  | { type: 'list'; value: Bin[] }
  | { type: 'map'; value: Record<string, Bin> }
  | { type: 'hll'; value: Uint8Array }
  | { type: 'geojson'; value: string }

/** What became of a value. */
export type Outcome = 'exact' | 'lossy' | 'mismatched'

/** A cell and what became of the value that went into it. */
export interface Cell {
  bytes: Uint8Array
  outcome: Outcome
}

/** The name of a bin's type, as messages and counts have it. */
export const TYPE_NAMES: Record<Bin['type'], string> = {
  int: 'Int',
  double: 'Double',
  bool: 'Bool',
  string: 'String',
  blob: 'Blob',
  list: 'List',
  map: 'Map',
  hll: 'HLL',
  geojson: 'GeoJSON',
}

/** The JavaScript value that a read without a dtype gives for this bin. */
export function toValue(bin: Bin): unknown {
  if (bin.type === 'int') return Number.isSafeInteger(Number(bin.value)) ? Number(bin.value) : bin.value
  if (bin.type === 'list') return bin.value.map(toValue)
  if (bin.type === 'map')
    return Object.fromEntries(Object.entries(bin.value).map(([key, each]) => [key, toValue(each)]))
  if (bin.type === 'geojson') return new GeoJSON(bin.value)
  return bin.type === 'hll' ? new HyperLogLog(bin.value) : bin.value
}

/** The JavaScript value that `put` stores as this bin. */
export function toPut(bin: Bin): unknown {
  if (bin.type === 'double') return double(bin.value)
  if (bin.type === 'list') return bin.value.map(toPut)
  if (bin.type === 'map') return Object.fromEntries(Object.entries(bin.value).map(([key, each]) => [key, toPut(each)]))
  if (bin.type === 'geojson') return new GeoJSON(bin.value)
  return bin.type === 'hll' ? new HyperLogLog(bin.value) : bin.value
}

/** The cell of a field for a bin; of a field whose cells have any length the value alone, of `any` nothing of it. */
export function convert(field: Field, bin: Bin): Cell {
  const size = isVariable(field) ? 0 : field.itemsize * field.count
  if (field.kind === 'any') return { bytes: new Uint8Array(0), outcome: 'exact' }
  const cell = field.shape.length > 0 ? intoArray(field, bin) : intoScalar(field, bin)
  return cell ?? { bytes: new Uint8Array(size), outcome: 'mismatched' }
}

/** Whether the cells of a field have any length. */
export function isVariable({ kind }: Pick<Field, 'kind'>): boolean {
  return kind === 'utf8' || kind === 'binary' || kind === 'list' || kind === 'any'
}

/** The cell as a policy leaves it: lossy ones are `blank` under `'null'`. */
export function settle(cell: Cell, onLoss: OnLoss, blank: Uint8Array): { bytes: Uint8Array; valid: number } {
  const kept = cell.outcome === 'exact' || (cell.outcome === 'lossy' && onLoss !== 'null')
  return { bytes: kept ? cell.bytes : blank, valid: kept ? 1 : 0 }
}

function intoScalar(field: Field, bin: Bin): Cell | undefined {
  if (field.kind === 'utf8' || field.kind === 'binary') return intoVariable(field, bin)
  if (field.kind === 'list') return intoList(field, bin)
  if (field.kind === 'S' || field.kind === 'V') return intoBytes(field, bin)
  // A date is a count.
  const kind = field.kind === 'M8' ? 'i8' : field.kind
  if (bin.type === 'int') return fromInt(kind, bin.value)
  if (bin.type === 'double') return fromDouble(kind, bin.value)
  if (bin.type === 'bool') return fromInt(kind, bin.value ? 1n : 0n)
  return undefined
}

function intoVariable({ kind }: Field, bin: Bin): Cell | undefined {
  const fits = kind === 'utf8' ? ['string', 'geojson'] : ['string', 'blob', 'hll']
  return fits.includes(bin.type) ? { bytes: Buffer.from(bin.value as string), outcome: 'exact' } : undefined
}

function intoList({ name, element }: Field, bin: Bin): Cell | undefined {
  const size = element === '?' ? 1 : Number(element![1])
  if (bin.type === 'blob') return bin.value.length % size === 0 ? { bytes: bin.value, outcome: 'exact' } : undefined
  if (bin.type !== 'list') return undefined
  const scalar: Field = { name, kind: element!, itemsize: size, shape: [], count: 1, descr: '' }
  return elementByElement(scalar, bin.value)
}

function intoBytes(field: Field, bin: Bin): Cell | undefined {
  if (bin.type === 'blob') return padded(bin.value, field.itemsize, false)
  return bin.type === 'string' && field.kind === 'S' ? padded(Buffer.from(bin.value), field.itemsize, false) : undefined
}

/** Cut or padded to a size; cutting always loses something, padding only where the length means something. */
function padded(bytes: Uint8Array, size: number, paddingLoses: boolean): Cell {
  const cell = new Uint8Array(size)
  cell.set(bytes.subarray(0, size))
  const lossy = bytes.length > size || (paddingLoses && bytes.length < size)
  return { bytes: cell, outcome: lossy ? 'lossy' : 'exact' }
}

function intoArray(field: Field, bin: Bin): Cell | undefined {
  if (bin.type === 'blob') return padded(bin.value, field.itemsize * field.count, true)
  if (bin.type !== 'list') return undefined
  const items = bin.value[0]?.type === 'list' ? flattened(bin.value, field.shape) : bin.value
  if (items === undefined || items.length !== field.count) return undefined
  return elementByElement({ ...field, shape: [], count: 1 }, items)
}

function elementByElement(scalar: Field, items: Bin[]): Cell | undefined {
  const cells = items.map((item) =>
    item.type === 'int' || item.type === 'double' || item.type === 'bool' ? intoScalar(scalar, item) : undefined,
  )
  if (!cells.every((cell) => cell !== undefined)) return undefined
  return {
    bytes: Buffer.concat(cells.map((cell) => cell.bytes)),
    outcome: cells.some((cell) => cell.outcome === 'lossy') ? 'lossy' : 'exact',
  }
}

/** The numbers of lists that are nested exactly as the shape. */
function flattened(items: Bin[], shape: readonly number[]): Bin[] | undefined {
  const [length, ...inner] = shape
  if (items.length !== length) return undefined
  if (inner.length === 0) return items
  const parts = items.map((item) => (item.type === 'list' ? flattened(item.value, inner) : undefined))
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined
}

function fromInt(kind: string, value: bigint): Cell {
  if (kind === '?') return { bytes: Uint8Array.of(value === 0n ? 0 : 1), outcome: 'exact' }
  if (kind.startsWith('f')) return intToFloat(kind, value)
  const bits = 8 * Number(kind[1])
  const wrapped = kind.startsWith('i') ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
  return { bytes: integerBytes(wrapped, bits / 8), outcome: wrapped === value ? 'exact' : 'lossy' }
}

function intToFloat(kind: string, value: bigint): Cell {
  const single = roundToBits(value, 24)
  const float = kind === 'f8' ? roundToBits(value, 53) : kind === 'f4' ? single : f16round(single)
  const same = Number.isFinite(float) && BigInt(float) === value
  return { bytes: floatBytes(kind, float), outcome: same ? 'exact' : 'lossy' }
}

/** An integer with only so many significant bits, rounded to nearest and from the middle to even. */
function roundToBits(value: bigint, bits: number): number {
  const magnitude = value < 0n ? -value : value
  const excess = magnitude.toString(2).length - bits
  if (excess <= 0) return Number(value)
  const unit = 1n << BigInt(excess)
  const rest = magnitude % unit
  let units = magnitude / unit
  if (rest * 2n > unit || (rest * 2n === unit && units % 2n === 1n)) units += 1n
  return Number(units * unit) * (value < 0n ? -1 : 1)
}

function fromDouble(kind: string, value: number): Cell | undefined {
  if (kind === '?') return undefined
  if (kind.startsWith('f')) return doubleToFloat(kind, value)
  if (!Number.isFinite(value)) return undefined
  const whole = BigInt(Math.trunc(value))
  if (BigInt.asIntN(64, whole) !== whole) return undefined
  const { bytes, outcome } = fromInt(kind, whole)
  return { bytes, outcome: Math.trunc(value) === value ? outcome : 'lossy' }
}

function doubleToFloat(kind: string, value: number): Cell {
  const float = kind === 'f8' ? value : kind === 'f4' ? Math.fround(value) : f16round(value)
  const overflowed = Number.isFinite(value) && !Number.isFinite(float)
  return { bytes: floatBytes(kind, float), outcome: overflowed ? 'lossy' : 'exact' }
}

function floatBytes(kind: string, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(Number(kind[1])))
  if (kind === 'f2') setFloat16(view, 0, value, true)
  else if (kind === 'f4') view.setFloat32(0, value, true)
  else view.setFloat64(0, value, true)
  return new Uint8Array(view.buffer)
}

function integerBytes(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, byte) => Number(BigInt.asUintN(8, value >> BigInt(8 * byte))))
}
