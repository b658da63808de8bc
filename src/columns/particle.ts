import { receivedParticle } from '../arguments/particle.js'
import type { AnyValue } from '../kinds/literals.js'
import { Unpacker, integerOf } from './msgpack.js'

/** The type bytes of bins, as servers have them. */
export const PARTICLE = {
  nil: 0,
  int: 1,
  double: 2,
  string: 3,
  blob: 4,
  bool: 17,
  hll: 18,
  map: 19,
  list: 20,
  geojson: 23,
}

/** What comes in front of the text of a place on the earth: flags, and the number of its cells, of 8 bytes each. */
const GEO_HEADER = 3
const GEO_CELL = 8

/**
 * What a bin holds, of its type in one byte and its bytes: exactly what a read without a dtype gives. Nothing, or bytes that
 * are malformed, are `null` or bytes and no error: they are one cell's matter.
 */
export function decodeParticle(cell: Buffer, bigints: boolean): AnyValue {
  if (cell.length === 0) return null
  const value = cell.subarray(1)
  switch (cell[0]) {
    case PARTICLE.nil:
      return null
    case PARTICLE.int:
      return value.length === 8 ? integerOf(value.readBigInt64BE(), bigints) : copyOf(value)
    case PARTICLE.double:
      return value.length === 8 ? value.readDoubleBE() : copyOf(value)
    case PARTICLE.bool:
      return value.length > 0 && value[0] !== 0
    case PARTICLE.string:
      return value.toString()
    case PARTICLE.geojson:
      return receivedParticle(geoText(value))
    case PARTICLE.hll:
      return receivedParticle(copyOf(value))
    case PARTICLE.list:
    case PARTICLE.map:
      return unpacked(value, cell[0], bigints)
    default:
      return copyOf(value)
  }
}

/** Values outlive the batch and are changed by their owners. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

/** The text behind the header of a GeoJSON particle. */
function geoText(bytes: Buffer): string {
  if (bytes.length < GEO_HEADER) return bytes.toString()
  return bytes.toString('utf8', GEO_HEADER + bytes.readUInt16BE(1) * GEO_CELL)
}

/**
 * A list or map. What the reader of single records refuses, because text in it is not UTF-8 or a key is of another type, is
 * read once more with fewer demands, as a batch of records does it; what is no list or map then stays bytes.
 */
function unpacked(bytes: Buffer, type: number | undefined, bigints: boolean): AnyValue {
  try {
    return new Unpacker(bytes, bigints, true).collection(type === PARTICLE.list)
  } catch {
    return unpackedLeniently(bytes, bigints)
  }
}

function unpackedLeniently(bytes: Buffer, bigints: boolean): AnyValue {
  try {
    const unpacker = new Unpacker(bytes, bigints, false)
    const value = unpacker.value(0)
    return unpacker.isAtEnd && value !== undefined ? value : copyOf(bytes)
  } catch {
    return copyOf(bytes)
  }
}
