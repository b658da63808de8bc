import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { isObject } from '../arguments/options.js'
import { isBytes } from '../tags.js'

/**
 * A step into a list or map: text is a map key, a number the position in a list (negative from the end), an object says
 * what it is.
 */
export type PathStep =
  | string
  | number
  | {
      /** The position in a list; negative ones count from the end. */
      readonly listIndex: number
    }
  | {
      /** The place in the order of values in a list; 0 is the smallest. */
      readonly listRank: number
    }
  | {
      /** The element of a list that is equal. */
      readonly listValue: string | number | bigint | Uint8Array
    }
  | {
      /** The position in the order of keys in a map. */
      readonly mapIndex: number
    }
  | {
      /** The place in the order of values in a map; 0 is the smallest. */
      readonly mapRank: number
    }
  | {
      /** The value of this key in a map. */
      readonly mapKey: string | number | bigint | Uint8Array
    }
  | {
      /** The element of a map that has this value. */
      readonly mapValue: string | number | bigint | Uint8Array
    }

const STEP_TYPES: Record<string, number> = {
  listIndex: 0x10,
  listRank: 0x11,
  listValue: 0x13,
  mapIndex: 0x20,
  mapRank: 0x21,
  mapKey: 0x22,
  mapValue: 0x23,
}
const POSITIONS = new Set(['listIndex', 'listRank', 'mapIndex', 'mapRank'])

const STRING = 3
const BLOB = 4
const utf8 = new TextEncoder()

/** The place inside a bin as the server keeps it: msgpack of the types and values of all steps. */
export function encodePath(path: unknown, name: string): Uint8Array {
  if (!Array.isArray(path) || path.length === 0) {
    throw invalidArgument(`${name} must be an array of steps such as ['profile', 'city'] or [0], not ${given(path)}`)
  }
  const out: number[] = []
  putHead(out, path.length * 2, 0x90, 16, [0xdc, 0xdd])
  path.forEach((step: unknown, index) => putStep(out, step, `${name}[${index}]`))
  return Uint8Array.from(out)
}

function putStep(out: number[], step: unknown, name: string): void {
  if (typeof step === 'string') return putTyped(out, 'mapKey', step, name)
  if (typeof step === 'number') return putTyped(out, 'listIndex', step, name)
  const entries = isObject(step) ? Object.entries(step) : []
  const [first] = entries
  if (entries.length !== 1 || first === undefined || !Object.hasOwn(STEP_TYPES, first[0])) {
    throw invalidArgument(
      `${name} must be a map key, a list index, or an object with one of ${Object.keys(STEP_TYPES).join(', ')}, not ${given(step)}`,
    )
  }
  putTyped(out, first[0], first[1], `${name}.${first[0]}`)
}

function putTyped(out: number[], kind: string, value: unknown, name: string): void {
  out.push(STEP_TYPES[kind] as number)
  if (typeof value === 'number' || typeof value === 'bigint') return putInteger(out, value, name)
  if (POSITIONS.has(kind)) throw invalidArgument(`${name} must be an integer, not ${given(value)}`)
  if (typeof value === 'string') return putBytes(out, STRING, utf8.encode(value))
  if (isBytes(value)) return putBytes(out, BLOB, value)
  throw invalidArgument(`${name} must be a string, an integer or a Uint8Array, not ${given(value)}`)
}

/** The server finds an index by these bytes, so that every integer has its shortest form. */
function putInteger(out: number[], value: number | bigint, name: string): void {
  const integer = integerOf(value, name)
  if (integer >= 0n && integer < 0x80n) out.push(Number(integer))
  else if (integer < 0n && integer >= -32n) out.push(Number(integer + 256n))
  else if (integer >= 0n) putWide(out, integer, [0xcc, 0xcd, 0xce, 0xcf], (bits) => integer < 1n << BigInt(bits))
  else {
    const fits = (bits: number): boolean => integer >= -(1n << BigInt(bits - 1))
    putWide(out, integer, [0xd0, 0xd1, 0xd2, 0xd3], fits)
  }
}

/** An int64 of a number or bigint. */
export function integerOf(value: number | bigint, name: string): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw outOfRange(`${name} must be a safe integer or a bigint, not ${given(value)}`)
  }
  const integer = BigInt(value)
  if (BigInt.asIntN(64, integer) !== integer) throw outOfRange(`${name}: ${given(value)} does not fit into an int64`)
  return integer
}

function putWide(out: number[], integer: bigint, heads: readonly number[], fits: (bits: number) => boolean): void {
  const width = [8, 16, 32, 64].findIndex(fits)
  const bits = 8 << width
  out.push(heads[width] as number)
  for (let shift = bits - 8; shift >= 0; shift -= 8) out.push(Number((integer >> BigInt(shift)) & 0xffn))
}

function putBytes(out: number[], type: number, bytes: Uint8Array): void {
  const size = bytes.length + 1
  if (size < 32) out.push(0xa0 | size)
  else if (size < 256) out.push(0xd9, size)
  else putHead(out, size, 0, 0, [0xda, 0xdb])
  out.push(type, ...bytes)
}

function putHead(out: number[], size: number, short: number, below: number, long: readonly [number, number]): void {
  if (size < below) out.push(short | size)
  else if (size < 0x1_0000) out.push(long[0], size >> 8, size & 0xff)
  else out.push(long[1], (size >>> 24) & 0xff, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff)
}
