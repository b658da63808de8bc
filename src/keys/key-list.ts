import { invalidArgument, outOfRange, translated } from '../errors.js'
import { given } from '../arguments/given.js'
import { blockFor } from './block.js'
import { normalInteger, packIds } from './ids.js'
import type { DigestKey, KeySource, PrimaryKey } from './key.js'
import { notCloneable } from '../tags.js'
import { PackedKeys } from './packed.js'
import { checkNamespace, checkSet } from './names.js'
import { isDetached, typedArrayName } from '../tags.js'
import { type NativeIntegerKind, type NativeKeyList, type NativeKeys, native } from '../binding/native.js'

/** The integer typed arrays that can be keys. */
export type IntegerArray =
  Int8Array | Int16Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array | Uint32Array | BigUint64Array

/** The ids that {@link keyList} takes: primary keys of one type, or an integer typed array. */
export type Ids =
  | readonly string[]
  | readonly number[]
  | readonly bigint[]
  | readonly Uint8Array[]
  | readonly DigestKey[]
  | IntegerArray

// The constructor is private: a list is made by keyList(), and only this package sees what it wraps.
let createKeyList: (source: KeySource, compiled: NativeKeyList) => KeyList
let nativeOf: (list: KeyList) => NativeKeyList
let sourceOf: (list: KeyList) => KeySource

/** Keys of one set, packed once and their digests computed once, for any number of batches. Made by {@link keyList}. */
export class KeyList {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a KeyList; make one with keyList() where it is needed')
  /** The namespace of every key. */
  readonly namespace: string
  /** The set of every key, `''` for none. */
  readonly set: string
  /** How many keys there are. */
  readonly length: number
  readonly #native: NativeKeyList
  readonly #source: KeySource

  static {
    createKeyList = (source, compiled) => new KeyList(source, compiled)
    nativeOf = (of) => of.#native
    sourceOf = (of) => of.#source
  }

  private constructor(source: KeySource, compiled: NativeKeyList) {
    this.namespace = source.groups[0] as string
    this.set = source.groups[1] as string
    this.length = source.length
    this.#native = compiled
    this.#source = source
  }
}

export { nativeOf as nativeKeyListOf, sourceOf as keyListSource }

/**
 * Packs the keys of one set for reuse. `ids` are copied, so later changes of the array have no effect.
 *
 * An integer typed array stands for integer keys, a `Uint8Array` too; blob keys are an array of `Uint8Array`s.
 */
export function keyList(namespace: string, set: string, ids: Ids): KeyList {
  checkNamespace(namespace, 'namespace')
  checkSet(set, 'set')
  const kind = integerKind(ids)
  if (kind !== undefined && isDetached(ids as IntegerArray)) throw outOfRange('ids: their memory was given away')
  return translated(() =>
    kind === undefined ? listOfIds(namespace, set, ids) : listOfIntegers(namespace, set, ids as IntegerArray, kind),
  )
}

/** The kind of each integer typed array, by the name of its class. */
const KINDS: Readonly<Record<string, NativeIntegerKind>> = {
  Int8Array: 'i1',
  Int16Array: 'i2',
  Int32Array: 'i4',
  BigInt64Array: 'i8',
  Uint8Array: 'u1',
  Uint16Array: 'u2',
  Uint32Array: 'u4',
  BigUint64Array: 'u8',
}

function integerKind(ids: unknown): NativeIntegerKind | undefined {
  return KINDS[typedArrayName(ids) ?? '']
}

function listOfIds(namespace: string, set: string, ids: unknown): KeyList {
  if (!Array.isArray(ids)) throw invalidArgument(`ids must be an array or an integer typed array, not ${given(ids)}`)
  const packed = packIds(ids as PrimaryKey[], (row) => `ids[${row}]`)
  const source = new PackedKeys([namespace, set], undefined, packed, ids.length)
  return createKeyList(source, native.hashKeys(toArrays(source)))
}

function listOfIntegers(namespace: string, set: string, ids: IntegerArray, kind: NativeIntegerKind): KeyList {
  if (kind === 'u8') checkInt64(ids as BigUint64Array)
  // A Buffer has a `slice` of its own, which does not copy.
  const copy = Uint8Array.prototype.slice.call(ids) as IntegerArray
  const bytes = new Uint8Array(copy.buffer, copy.byteOffset, copy.byteLength)
  return createKeyList(new IntegerKeys([namespace, set], copy), native.hashIntegers(namespace, set, bytes, kind))
}

const MAX_INT64 = 0x7fff_ffff_ffff_ffffn

function checkInt64(ids: BigUint64Array): void {
  const row = ids.findIndex((id) => id > MAX_INT64)
  if (row >= 0) throw outOfRange(`ids[${row}]: ${given(ids[row])} does not fit into a signed 64-bit integer`)
}

/** Integer keys as the typed array that they came in. */
class IntegerKeys implements KeySource {
  readonly length: number
  readonly groups: readonly string[]
  readonly #ids: IntegerArray

  constructor(groups: readonly string[], ids: IntegerArray) {
    this.groups = groups
    this.length = ids.length
    this.#ids = ids
  }

  groupAt(): number {
    return 0
  }

  idAt(row: number): PrimaryKey {
    return normalInteger(this.#ids[row] as number | bigint)
  }
}

/** The form in which the binding takes keys of a call that begins now. */
export function toNative(keys: PackedKeys): NativeKeys | Uint8Array {
  return blockFor(keys) ?? toArrays(keys)
}

/** The same as typed arrays. */
export function toArrays(keys: PackedKeys): NativeKeys {
  const { types, ends, data } = keys.ids
  const packed: NativeKeys = { count: keys.length, groups: keys.groups, types, ends, data }
  if (keys.groupOf !== undefined) packed.groupOf = keys.groupOf
  return packed
}
