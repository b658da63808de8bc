import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate, quote } from '../arguments/given.js'
import { isObject } from '../arguments/options.js'
import type { DigestKey, PrimaryKey } from './key.js'
import { isBytes, isDetached } from '../tags.js'

/** The type of a row whose record was written without its key: its id is `null`, which only streams have. */
export const NO_KEY = 255

/** The binding's type of a digest, and the particle types of user keys. */
export const DIGEST = 0
export const INTEGER = 1
export const STRING = 3
const BLOB = 4

/** Bytes of an integer. */
export const INTEGER_BYTES = 8
/** Bytes of a digest. */
export const DIGEST_BYTES = 20
const TWO_TO_32 = 0x1_0000_0000
/** The high word of a safe integer is from -2^21 to 2^21 - 1. */
const SAFE_HIGH = 0x20_0000
const NO_ENDS = new Uint32Array(0)
const utf8 = new TextEncoder()

/** Primary keys as bytes, one after the other. */
export interface PackedIds {
  /** Particle type of every key, or a single one for all. */
  readonly types: Uint8Array
  /** Where each key ends in `data`; empty when every key is an integer. */
  readonly ends: Uint32Array
  /** Integers as 8 bytes big-endian, strings as UTF-8, blobs and digests as they are. */
  readonly data: Uint8Array
}

/** Says how the caller knows the key at a position, for error messages. */
export type Label = (row: number) => string

/** Packs primary keys. Keys of one type, which nearly all batches have, go through a loop without type tests. */
export function packIds(ids: readonly PrimaryKey[], label: Label): PackedIds {
  const length = ids.length
  // Nearly all keys are strings, so the first look at their types joins them already.
  const strings = packStrings(ids, label)
  if (strings !== undefined) return strings
  let types = 0
  for (let row = 0; row < length; row++) types |= 1 << typeOf(ids[row], row, label)
  return types === 1 << INTEGER ? packIntegers(ids as readonly (number | bigint)[], label) : packMixed(ids, label)
}

function typeOf(id: unknown, row: number, label: Label): number {
  if (typeof id === 'string') return STRING
  if (typeof id === 'number' || typeof id === 'bigint') return INTEGER
  if (isBytes(id)) {
    if (isDetached(id)) throw outOfRange(`${label(row)}: the memory of the primary key was given away`)
    return BLOB
  }
  if (isObject(id) && 'digest' in id) return checkDigest(id['digest'], row, label)
  throw invalidArgument(
    `${label(row)}: the primary key must be a string, a safe integer, a bigint, a Uint8Array or { digest }, not ${given(id)}`,
  )
}

/** The type of a primary key that stands alone, after its check. */
export function checkId(id: PrimaryKey, name: string): number {
  const type = typeOf(id, 0, () => name)
  if (typeof id === 'string') utf8Length(id, 0, () => name)
  else if (typeof id === 'bigint') checkBigint(id, 0, () => name)
  else if (typeof id === 'number' && !Number.isSafeInteger(id)) throw notAnInteger(id, 0, () => name)
  return type
}

function checkBigint(id: bigint, row: number, label: Label): void {
  if (BigInt.asIntN(64, id) === id) return
  throw outOfRange(`${label(row)}: ${given(id)} does not fit into a signed 64-bit integer`)
}

function checkDigest(digest: unknown, row: number, label: Label): number {
  const fits = `${label(row)}.digest must be a Uint8Array of ${DIGEST_BYTES} bytes`
  if (!isBytes(digest)) throw invalidArgument(`${fits}, not ${given(digest)}`)
  if (isDetached(digest)) throw outOfRange(`${label(row)}: the memory of the digest was given away`)
  if (digest.byteLength !== DIGEST_BYTES) throw outOfRange(`${fits}, not of ${digest.byteLength}`)
  return DIGEST
}

/**
 * All strings are joined and encoded at once; `undefined` when a key is no string. Where the bytes are as many as the
 * UTF-16 units, everything was ASCII and the ends are those of the strings; else each key is measured. Appending to one
 * string is a third faster than `join`, because nothing is copied before the encoder needs it.
 */
function packStrings(ids: readonly PrimaryKey[], label: Label): PackedIds | undefined {
  const ends = new Uint32Array(ids.length)
  let joined = ''
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row]
    if (typeof id !== 'string') return undefined
    joined += id
    ends[row] = joined.length
  }
  return packJoined(joined, ends, () => ids as readonly string[], label)
}

/** Packs string keys that were joined already, `ends` being their ends in `joined`; `ids` gives them one by one. */
export function packJoined(joined: string, ends: Uint32Array, ids: () => readonly string[], label: Label): PackedIds {
  const data = utf8.encode(joined)
  const isAscii = data.length === joined.length
  return { types: Uint8Array.of(STRING), ends: isAscii ? ends : utf8Ends(ids(), label), data }
}

/** Every key is checked by itself: two lone surrogates of neighbours would join into a valid pair. */
function utf8Ends(ids: readonly string[], label: Label): Uint32Array {
  const ends = new Uint32Array(ids.length)
  let end = 0
  for (let row = 0; row < ids.length; row++) ends[row] = end += utf8Length(ids[row] as string, row, label)
  return ends
}

function utf8Length(id: string, row: number, label: Label): number {
  if (hasLoneSurrogate(id)) {
    throw outOfRange(`${label(row)}: the primary key ${quote(id)} has a lone surrogate, which UTF-8 cannot hold`)
  }
  return Buffer.byteLength(id)
}

function packIntegers(ids: readonly (number | bigint)[], label: Label): PackedIds {
  const data = new Uint8Array(ids.length * INTEGER_BYTES)
  const view = new DataView(data.buffer)
  for (let row = 0; row < ids.length; row++) writeInteger(view, row * INTEGER_BYTES, ids[row] as number, row, label)
  return { types: Uint8Array.of(INTEGER), ends: NO_ENDS, data }
}

function writeInteger(view: DataView, at: number, id: number | bigint, row: number, label: Label): void {
  if (typeof id === 'bigint') {
    checkBigint(id, row, label)
    view.setBigInt64(at, id)
    return
  }
  if (!Number.isSafeInteger(id)) throw notAnInteger(id, row, label)
  writeSafeInteger(view, at, id)
}

/** Writes a safe integer as 8 bytes. */
export function writeSafeInteger(view: DataView, at: number, id: number): void {
  view.setInt32(at, Math.floor(id / TWO_TO_32))
  view.setUint32(at + 4, id >>> 0)
}

function notAnInteger(id: number, row: number, label: Label): RangeError {
  const problem = Number.isInteger(id) ? 'is not a safe integer; give it as a bigint' : 'is not an integer'
  return outOfRange(`${label(row)}: ${given(id)} ${problem}`)
}

function packMixed(ids: readonly PrimaryKey[], label: Label): PackedIds {
  const types = new Uint8Array(ids.length)
  const ends = new Uint32Array(ids.length)
  let end = 0
  for (let row = 0; row < ids.length; row++) {
    types[row] = typeOf(ids[row], row, label)
    ends[row] = end += byteLength(ids[row] as PrimaryKey, row, label)
  }
  return { types, ends, data: writeMixed(ids, ends, end, label) }
}

function byteLength(id: PrimaryKey, row: number, label: Label): number {
  if (typeof id === 'string') return utf8Length(id, row, label)
  return typeof id === 'object' ? bytesOf(id).byteLength : INTEGER_BYTES
}

function writeMixed(ids: readonly PrimaryKey[], ends: Uint32Array, size: number, label: Label): Uint8Array {
  const data = new Uint8Array(size)
  const view = new DataView(data.buffer)
  for (let row = 0, start = 0; row < ids.length; start = ends[row++] as number) {
    const id = ids[row] as PrimaryKey
    if (typeof id === 'string') utf8.encodeInto(id, data.subarray(start))
    else if (typeof id === 'object') data.set(bytesOf(id), start)
    else writeInteger(view, start, id, row, label)
  }
  return data
}

/** The bytes of a blob or digest. */
function bytesOf(id: Uint8Array | DigestKey): Uint8Array {
  return isDigestKey(id) ? id.digest : id
}

/** Whether a primary key is a digest. Records of a scan may have none. */
export function isDigestKey(id: PrimaryKey | null): id is DigestKey {
  return typeof id === 'object' && id !== null && !isBytes(id)
}

/** A primary key as a person may see it, a digest as hex. */
export function idText(id: PrimaryKey | null): string {
  return isDigestKey(id) ? `digest ${Buffer.from(id.digest).toString('hex')}` : String(id)
}

/** Reads the key at a position back. */
export type IdReader = (row: number) => PrimaryKey

/** A reader of packed keys. Integers come as numbers where those are exact, blobs and digests as copies. */
export function idReader(ids: PackedIds): IdReader {
  const allStrings = ids.types.length === 1 && ids.types[0] === STRING
  const text = allStrings ? readString(ids.data, 0, ids.data.length) : ''
  return allStrings && text.length === ids.data.length ? asciiReader(ids.ends, text) : (row) => readId(ids, row)
}

/** ASCII keys are decoded all at once; each is then a slice, at the same positions as its bytes. */
function asciiReader(ends: Uint32Array, text: string): IdReader {
  return (row) => text.slice(row === 0 ? 0 : ends[row - 1], ends[row])
}

/** Where the bytes of a key end. */
export function endOf({ ends }: PackedIds, row: number): number {
  return ends.length === 0 ? (row + 1) * INTEGER_BYTES : (ends[row] as number)
}

function readId(ids: PackedIds, row: number): PrimaryKey {
  const type = ids.types.length === 1 ? ids.types[0] : ids.types[row]
  if (type === NO_KEY) return null as unknown as PrimaryKey
  const end = endOf(ids, row)
  if (type === INTEGER) return readInteger(ids.data, end - INTEGER_BYTES)
  const start = row === 0 ? 0 : (ids.ends[row - 1] as number)
  if (type === STRING) return readString(ids.data, start, end)
  const bytes = ids.data.slice(start, end)
  return type === DIGEST ? { digest: bytes } : bytes
}

function readInteger(data: Uint8Array, at: number): number | bigint {
  const view = new DataView(data.buffer, data.byteOffset + at, INTEGER_BYTES)
  const high = view.getInt32(0)
  return high >= -SAFE_HIGH && high < SAFE_HIGH
    ? safeOrBigint(high * TWO_TO_32 + view.getUint32(4), view)
    : view.getBigInt64(0)
}

/** -2^53 passes the test of the high word and is still not safe. */
function safeOrBigint(number: number, view: DataView): number | bigint {
  return Number.isSafeInteger(number) ? number : view.getBigInt64(0)
}

function readString(data: Uint8Array, start: number, end: number): string {
  return Buffer.from(data.buffer, data.byteOffset + start, end - start).toString()
}

/** A bigint as a number where that is exact: the form in which keys are given back and compared. */
export function normalInteger(id: number | bigint): number | bigint {
  if (typeof id === 'number') return id
  const number = Number(id)
  return Number.isSafeInteger(number) ? number : id
}
