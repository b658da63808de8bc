import type { Memory } from '../columns/memory.js'
import type { NpyArray, NpyField } from './npy-header.js'

/** Cells one after the other at a distance. */
interface Cells {
  readonly bytes: Uint8Array
  readonly offset: number
  readonly stride: number
}

/** Up to here a loop over bytes beats making a view per cell. */
const SHORT_CELL = 32

/** Writes the array of a `.npy` file into cleared memory, and marks every cell as valid. */
export function fillFromNpy(memory: Memory, array: NpyArray, records: Uint8Array): void {
  const source = array.isFortran ? rowsFirst(array, records) : records
  const bytes = new Uint8Array(memory.buffer)
  array.fields.forEach((field, index) => {
    const size = field.shape.reduce((product, each) => product * each, field.itemsize)
    const from: Cells = { bytes: source, offset: field.offset, stride: array.itemsize }
    const offset = memory.at.offsets[index] as number
    const to: Cells = { bytes, offset, stride: memory.at.strides[index] as number }
    copyCells(from, to, size, array.rows)
    if (field.isBigEndian) reverseElements(to, field.itemsize, size, array.rows)
    if (field.code === '?') asBooleans(to, size, array.rows)
    const valid = memory.at.valid[index] as number
    bytes.fill(1, valid, valid + array.rows)
  })
}

/** An array whose first dimension changes fastest, with its last one changing fastest. */
function rowsFirst({ rows, fields }: NpyArray, columns: Uint8Array): Uint8Array {
  const { shape, itemsize } = fields[0] as NpyField
  const places = fortranPlaces(shape)
  const sorted = new Uint8Array(columns.length)
  let to = 0
  for (let row = 0; row < rows; row++) {
    for (const place of places) {
      const from = (place * rows + row) * itemsize
      for (let byte = 0; byte < itemsize; byte++) sorted[to++] = columns[from + byte] as number
    }
  }
  return sorted
}

/** Where each element of a cell is, in the order of C, if the first dimension of the cell changes fastest. */
function fortranPlaces(shape: readonly number[]): number[] {
  let places = [0]
  let step = 1
  const steps = shape.map((size) => {
    const own = step
    step *= size
    return own
  })
  shape.forEach((size, dimension) => {
    const own = steps[dimension] as number
    places = places.flatMap((place) => Array.from({ length: size }, (_, at) => place + at * own))
  })
  return places
}

function copyCells(from: Cells, to: Cells, size: number, rows: number): void {
  if (from.stride === size && to.stride === size) {
    to.bytes.set(from.bytes.subarray(from.offset, from.offset + size * rows), to.offset)
  } else if (size <= SHORT_CELL) copyShort(from, to, size, rows)
  else copyLong(from, to, size, rows)
}

function copyShort(from: Cells, to: Cells, size: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const [source, target] = [from.offset + row * from.stride, to.offset + row * to.stride]
    for (let byte = 0; byte < size; byte++) to.bytes[target + byte] = from.bytes[source + byte] as number
  }
}

function copyLong(from: Cells, to: Cells, size: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const start = from.offset + row * from.stride
    to.bytes.set(from.bytes.subarray(start, start + size), to.offset + row * to.stride)
  }
}

/** Turns the bytes of every element around. */
function reverseElements({ bytes, offset, stride }: Cells, itemsize: number, size: number, rows: number): void {
  const isContiguous = stride === size
  const length = isContiguous ? size * rows : size
  for (let row = 0; row < (isContiguous ? 1 : rows); row++) {
    const cell = Buffer.from(bytes.buffer, offset + row * stride, length)
    if (itemsize === 2) cell.swap16()
    else if (itemsize === 4) cell.swap32()
    else if (itemsize === 8) cell.swap64()
  }
}

/** numpy takes any byte but 0 as true; a column holds 1 for it. */
function asBooleans({ bytes, offset, stride }: Cells, size: number, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const start = offset + row * stride
    for (let at = start; at < start + size; at++) if (bytes[at] !== 0) bytes[at] = 1
  }
}
