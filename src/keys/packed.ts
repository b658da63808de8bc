import { given } from '../arguments/given.js'
import { enterKeys, ownBlock } from './block.js'
import { invalidArgument } from '../errors.js'
import { type Label, type IdReader, type PackedIds, idReader, packIds, packJoined } from './ids.js'
import type { Key, KeySource, PrimaryKey } from './key.js'
import { checkNamespace, checkSet } from './names.js'

/**
 * Keys as bytes, in the form the native side reads.
 *
 * This is a copy: what the caller does to the array or its tuples afterwards changes neither a read under way nor a batch.
 */
export class PackedKeys implements KeySource {
  readonly length: number
  readonly groups: string[]
  readonly groupOf: Uint32Array | undefined
  #ids: PackedIds | (() => PackedIds)
  #read: IdReader | undefined

  /**
   * The ids may be made when they are first asked for, which nobody does for most batches of a scan. What reads them is made
   * of them where it is not given.
   */
  constructor(
    groups: string[],
    groupOf: Uint32Array | undefined,
    ids: PackedIds | (() => PackedIds),
    length: number,
    read?: IdReader,
  ) {
    this.groups = groups
    this.groupOf = groupOf
    this.#ids = ids
    this.length = length
    this.#read = read
  }

  get ids(): PackedIds {
    return typeof this.#ids === 'function' ? (this.#ids = this.#ids()) : this.#ids
  }

  groupAt(row: number): number {
    return this.groupOf === undefined ? 0 : (this.groupOf[row] as number)
  }

  idAt(row: number): PrimaryKey {
    return (this.#read ??= idReader(this.ids))(row)
  }
}

/** Packs tuples; namespace and set are looked at only where they differ from the tuple before. */
export function packKeys(keys: readonly Key[]): PackedKeys {
  if (!Array.isArray(keys)) {
    throw invalidArgument(`keys must be an array of [namespace, set, primaryKey] or a KeyList, not ${given(keys)}`)
  }
  return packFew(keys) ?? packTuples(keys, (row) => `keys[${row}]`)
}

/** Keys that are in the block of the binding, for the call that begins next; otherwise they are packed. */
function packFew(keys: readonly Key[]): PackedKeys | undefined {
  const ids = enterKeys(keys)
  if (ids === undefined) return undefined
  const [namespace, set] = keys[0] as Key
  const packed = new PackedKeys(
    [namespace, set],
    undefined,
    () => packIds(ids, String),
    ids.length,
    (row) => ids[row] as PrimaryKey,
  )
  ownBlock(packed)
  return packed
}

/** Packs tuples that the caller knows by other names. One pass over the tuples. As long as all primary keys are strings, which they nearly always are, it joins them too. */
export function packTuples(keys: readonly Key[], label: Label): PackedKeys {
  const length = keys.length
  const groups = new Groups(length)
  const ends = new Uint32Array(length)
  let joined = ''
  let strings = true
  let namespace: string | undefined
  let set: string | undefined
  for (let row = 0; row < length; row++) {
    const key = keys[row] as Key
    if (!Array.isArray(key) || key.length !== 3) throw notATuple(key, label(row))
    if (row === 0 || key[0] !== namespace || key[1] !== set) {
      groups.enter(row, key[0], key[1], label)
      namespace = key[0]
      set = key[1]
    }
    groups.assign(row)
    const id = key[2]
    if (strings && typeof id === 'string') {
      joined += id
      ends[row] = joined.length
    } else {
      strings = false
    }
  }
  const labelId: Label = (row) => `${label(row)}[2]`
  const ids = (): PrimaryKey[] => keys.map((key) => key[2])
  const packed = strings ? packJoined(joined, ends, ids as () => string[], labelId) : packIds(ids(), labelId)
  return new PackedKeys(groups.names, groups.groupOf, packed, length)
}

function notATuple(key: unknown, name: string): TypeError {
  return invalidArgument(`${name} must be [namespace, set, primaryKey], not ${given(key)}`)
}

/** Numbers the distinct pairs of namespace and set. Rows are only noted from the second pair on: most batches have one. */
class Groups {
  readonly names: string[] = []
  groupOf: Uint32Array | undefined
  readonly #rows: number
  readonly #numbers = new Map<string, Map<string, number>>()
  #current = 0

  constructor(rows: number) {
    this.#rows = rows
  }

  enter(row: number, namespace: string, set: string, label: Label): void {
    this.#current = this.#numbers.get(namespace)?.get(set) ?? this.#add(row, namespace, set, label)
  }

  assign(row: number): void {
    if (this.groupOf !== undefined) this.groupOf[row] = this.#current
  }

  /** A pair is checked when it is met for the first time: rows may alternate between sets. */
  #add(row: number, namespace: string, set: string, label: Label): number {
    checkNamespace(namespace, `${label(row)}[0]`)
    checkSet(set, `${label(row)}[1]`)
    if (row > 0) this.groupOf ??= new Uint32Array(this.#rows)
    const number = this.names.push(namespace, set) / 2 - 1
    const sets = this.#numbers.get(namespace) ?? new Map<string, number>()
    this.#numbers.set(namespace, sets.set(set, number))
    return number
  }
}
