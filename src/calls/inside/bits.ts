import { builder } from './operation.js'
import type { BitsAddOptions, BitsGetIntOptions, BitsOptions, ResizeOptions } from './options.js'
import type { Int, Makes, Plain } from './selections.js'

type Range = [offset: Int, size: Int]
type Bytes = [...Range, value: Uint8Array]
type Shift = [...Range, shift: Int]
type Number = [...Range, value: Int]

/** Operations on the bits of a blob. Offsets and sizes are bits, unless bytes are named; a negative offset counts from the end. */
export const bits = {
  /** Makes the blob so many bytes long. */
  resize: builder('bits.resize') as Makes<null, ResizeOptions, [bytes: Int]>,
  /** Inserts bytes at an offset in bytes. */
  insert: builder('bits.insert') as Makes<null, BitsOptions, [byteOffset: Int, value: Uint8Array]>,
  /** Removes bytes from an offset in bytes on. */
  remove: builder('bits.remove') as Makes<null, BitsOptions, [byteOffset: Int, bytes: Int]>,
  /** Replaces bits by the first ones of a value. */
  set: builder('bits.set') as Makes<null, BitsOptions, Bytes>,
  /** Sets the bits that are set in a value. */
  or: builder('bits.or') as Makes<null, BitsOptions, Bytes>,
  /** Inverts the bits that are set in a value. */
  xor: builder('bits.xor') as Makes<null, BitsOptions, Bytes>,
  /** Clears the bits that are not set in a value. */
  and: builder('bits.and') as Makes<null, BitsOptions, Bytes>,
  /** Inverts bits. */
  not: builder('bits.not') as Makes<null, BitsOptions, Range>,
  /** Shifts bits to the left. */
  leftShift: builder('bits.leftShift') as Makes<null, BitsOptions, Shift>,
  /** Shifts bits to the right. */
  rightShift: builder('bits.rightShift') as Makes<null, BitsOptions, Shift>,
  /** Adds to the integer of up to 64 bits. */
  add: builder('bits.add') as Makes<null, BitsAddOptions, Number>,
  /** Subtracts from the integer of up to 64 bits. */
  subtract: builder('bits.subtract') as Makes<null, BitsAddOptions, Number>,
  /** Writes an integer of up to 64 bits. */
  setInt: builder('bits.setInt') as Makes<null, BitsOptions, Number>,
  /** The bits as a blob. */
  get: builder('bits.get') as Plain<Uint8Array, Range>,
  /** The number of bits that are set. */
  count: builder('bits.count') as Plain<number, Range>,
  /** The first bit with a value, counted from the offset; -1 if there is none. */
  leftScan: builder('bits.leftScan') as Plain<number, [...Range, value: boolean]>,
  /** The last bit with a value, counted from the offset; -1 if there is none. */
  rightScan: builder('bits.rightScan') as Plain<number, [...Range, value: boolean]>,
  /** The integer of up to 64 bits, most significant bit first. */
  getInt: builder('bits.getInt') as Makes<number | bigint, BitsGetIntOptions, Range>,
} as const
