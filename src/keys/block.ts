import type { NativeKey } from '../binding/native.js'
import { INTEGER, INTEGER_BYTES, STRING, writeSafeInteger } from './ids.js'
import type { Key, PrimaryKey } from './key.js'
import { MAX_NAMESPACE_BYTES, MAX_SET_BYTES } from './names.js'

/**
 * Memory in which the binding finds all about a few keys at once, and which is the same for every call: making typed arrays for
 * a few keys and handing them over costs more than all else about them.
 *
 * In words: how many keys there are, their type, the bytes of the namespace and of the set, both names, the end of each
 * key; then the keys, as {@link PackedIds} has them. `crates/node/src/key_block.rs` reads it.
 */
const block = new Uint8Array(64 * 1024)
const words = new Uint32Array(block.buffer)
const view = new DataView(block.buffer)
const utf8 = new TextEncoder()

/** Where the names begin, in bytes. */
const NAMES = 16
/** Where the ends begin, in words. */
const ENDS = 28
/** Longer text is left to the engine's encoder, which is faster but takes a while to begin. */
const SHORT = 64
/** More keys are packed into memory of their own, where they are encoded at once. */
const MOST_KEYS = 1024

/** The names that are in the block: nearly all calls have those of the call before. */
let namespaceInside: string | undefined
let setInside: string | undefined

/** Whose keys are in the block. */
let ownerInside: object | undefined

/** How often keys were entered: a getter among the keys may begin another call. */
let entered = 0

/**
 * Enters keys of the commonest kind: all of one set, and ASCII strings or safe integers. Gives a copy of the primary keys, or
 * `undefined` for any others, right or wrong.
 */
export function enterKeys(keys: readonly Key[]): PrimaryKey[] | undefined {
  const turn = begun()
  const count = keys.length
  if (count === 0 || count > MOST_KEYS) return undefined
  const first: unknown = keys[0]
  if (!Array.isArray(first) || !enterNames(first[0], first[1])) return undefined
  const ids = typeof first[2] === 'string' ? enterStrings(keys) : enterIntegers(keys)
  return turn === entered ? ids : undefined
}

/** Joined, the engine encodes all of them at once. */
function enterStrings(keys: readonly Key[]): string[] | undefined {
  const { length } = keys
  const ids: string[] = []
  const begin = enterHeader(length, STRING)
  let joined = ''
  for (let row = 0; row < length; row++) {
    const key: unknown = keys[row]
    if (!isOfNamesInside(key)) return undefined
    const id = key[2]
    if (typeof id !== 'string') return undefined
    joined += id
    words[ENDS + row] = joined.length
    ids.push(id)
  }
  return enterText(joined, begin) < 0 ? undefined : ids
}

function enterIntegers(keys: readonly Key[]): number[] | undefined {
  const { length } = keys
  const ids: number[] = []
  const begin = enterHeader(length, INTEGER)
  let end = begin
  for (let row = 0; row < length; row++) {
    const key: unknown = keys[row]
    if (!isOfNamesInside(key)) return undefined
    const id = key[2]
    end = enterInteger(id, end)
    if (end < 0) return undefined
    words[ENDS + row] = end - begin
    // Zero may be negative, which no key is.
    ids.push((id as number) + 0)
  }
  return ids
}

function isOfNamesInside(key: unknown): key is readonly unknown[] {
  return Array.isArray(key) && key.length === 3 && key[0] === namespaceInside && key[1] === setInside
}

/** Enters the key of a call on one record that begins now, and was checked. One that is not of the commonest kind is given as it is. */
export function keyForCall(key: NativeKey): NativeKey | Uint8Array {
  const [namespace, set, type, id] = key
  begun()
  if ((type !== STRING && type !== INTEGER) || !enterNames(namespace, set)) return key
  const begin = enterHeader(1, type)
  const end = typeof id === 'string' ? enterText(id, begin) : enterInteger(id, begin)
  if (end < 0) return key
  words[ENDS] = end - begin
  return block
}

/** Says whose keys were entered. */
export function ownBlock(owner: object): void {
  ownerInside = owner
}

/** The block, if it still has the keys of this owner; once, as every call begins once. */
export function blockFor(owner: object): Uint8Array | undefined {
  if (owner !== ownerInside) return undefined
  ownerInside = undefined
  return block
}

/** What was inside is overwritten. */
function begun(): number {
  ownerInside = undefined
  return ++entered
}

/** Gives where the bytes of the keys begin. */
function enterHeader(count: number, type: number): number {
  words[0] = count
  words[1] = type
  return (ENDS + count) * Uint32Array.BYTES_PER_ELEMENT
}

function enterNames(namespace: unknown, set: unknown): boolean {
  if (namespace === namespaceInside && set === setInside) return true
  namespaceInside = undefined
  if (typeof namespace !== 'string' || typeof set !== 'string' || namespace === '') return false
  if (namespace.length > MAX_NAMESPACE_BYTES || set.length > MAX_SET_BYTES) return false
  const end = enterText(namespace, NAMES)
  if (end < 0 || enterText(set, end) < 0) return false
  words[2] = namespace.length
  words[3] = set.length
  namespaceInside = namespace
  setInside = set
  return true
}

/** Gives where the bytes end, or -1 where it is no safe integer or has no place. */
function enterInteger(id: unknown, at: number): number {
  const end = at + INTEGER_BYTES
  if (!Number.isSafeInteger(id) || end > block.length) return -1
  writeSafeInteger(view, at, id as number)
  return end
}

/** Gives where the bytes end, or -1 where the text is not ASCII or has no place. */
function enterText(text: string, at: number): number {
  const { length } = text
  if (at + length > block.length) return -1
  if (length > SHORT) {
    const { read, written } = utf8.encodeInto(text, block.subarray(at))
    return read === length && written === length ? at + length : -1
  }
  // Looked at once, which is faster than after each.
  let bits = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    bits |= code
    block[at + i] = code
  }
  return bits > 0x7f ? -1 : at + length
}
