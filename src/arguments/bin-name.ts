import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate, quote } from './given.js'

const MAX_BIN_BYTES = 15

/** Checks a bin's name; `name` is how the caller knows it. */
export function checkBinName(bin: unknown, name: string): asserts bin is string {
  if (typeof bin !== 'string') throw invalidArgument(`${name} must be the name of a bin, not ${given(bin)}`)
  if (bin === '') throw outOfRange(`${name}: the name of a bin must not be empty`)
  if (hasLoneSurrogate(bin)) {
    throw outOfRange(`${name}: the bin ${quote(bin)} has a lone surrogate, which UTF-8 cannot hold`)
  }
  if (bin.includes('\0')) throw outOfRange(`${name}: the bin ${quote(bin)} has a NUL, which no name of a bin can have`)
  const bytes = Buffer.byteLength(bin)
  if (bytes > MAX_BIN_BYTES) {
    throw outOfRange(`${name}: the bin ${quote(bin)} has ${bytes} bytes, at most ${MAX_BIN_BYTES} fit`)
  }
}
