import { contiguousCells } from './contiguous.js'
import type { Memory } from './memory.js'
import { invalidArgument } from '../errors.js'
import { codeOf, isViewKind } from '../kinds/code.js'
import type { Field, ViewKind } from '../kinds/kinds.js'

/** What a `.npy` file begins with. */
export const NPY_MAGIC = '\u0093NUMPY'
const ALIGNMENT = 64
/** numpy leaves room in the header for the first dimension to grow to this many digits. */
const GROWTH_DIGITS = 21
const SHORT_HEADER_MAX = 0xffff

/** What to read a field as whose cells have a fixed size. */
const FIXED: Record<ViewKind, string> = {
  utf8: "read it as 'S{n}', or",
  binary: "read it as 'V{n}', or",
  list: 'read it with a shape, or',
  any: 'read it as a number or text, or',
}

/** Refuses fields whose cells have any length: numpy's arrays have none such. */
export function checkFixedSize(fields: readonly Field[]): void {
  for (const field of fields) {
    if (!isViewKind(field.kind)) continue
    throw invalidArgument(
      `toNpy: the values of ${JSON.stringify(field.name)}, which is ${codeOf(field)}, have any length, and those of a .npy file have one size; ${FIXED[field.kind]} use toArrow() or toIPC()`,
    )
  }
}

/** The cells of field number `index` as a `.npy` file of an ordinary array: a vector, or with a sub-array a matrix. */
export function npyOfColumn(memory: Memory, index: number): Uint8Array<ArrayBuffer> {
  const field = memory.fields[index] as Field
  checkFixedSize([field])
  const { descr, shape } = field
  const header = npyHeader(`'${descr}'`, [memory.length, ...shape])
  const cells = contiguousCells(memory, index)
  const file = new Uint8Array(header.length + cells.length)
  file.set(header)
  file.set(cells, header.length)
  return file
}

/** Magic, version, length and the Python literal that describes the array, padded so that the data start aligned. */
export function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const literal = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${tuple(shape)}, }`
  const text = literal + ' '.repeat(GROWTH_DIGITS - String(shape[0]).length)
  const body = Buffer.from(text, isLatin1(text) ? 'latin1' : 'utf8')
  const short = isLatin1(text) && paddedLength(body.length, 2) <= SHORT_HEADER_MAX
  const version = short ? 1 : isLatin1(text) ? 2 : 3
  return assemble(version, body, short ? 2 : 4)
}

/** `(5,)`, `(2, 3)` */
export function tuple(numbers: readonly number[]): string {
  return numbers.length === 1 ? `(${numbers[0]},)` : `(${numbers.join(', ')})`
}

function isLatin1(text: string): boolean {
  return !/[\u0100-\uffff]/.test(text)
}

/** The header's length as the file states it: text, padding and line feed, so that the whole is a multiple of 64. */
function paddedLength(text: number, lengthBytes: number): number {
  const before = NPY_MAGIC.length + 2 + lengthBytes
  return Math.ceil((before + text + 1) / ALIGNMENT) * ALIGNMENT - before
}

function assemble(version: number, body: Buffer, lengthBytes: 2 | 4): Uint8Array {
  const length = paddedLength(body.length, lengthBytes)
  const before = NPY_MAGIC.length + 2 + lengthBytes
  const header = Buffer.alloc(before + length, ' ')
  header.write(NPY_MAGIC, 'latin1')
  header[NPY_MAGIC.length] = version
  header[NPY_MAGIC.length + 1] = 0
  header.writeUIntLE(length, NPY_MAGIC.length + 2, lengthBytes)
  body.copy(header, before)
  header[header.length - 1] = 0x0a
  return header
}
