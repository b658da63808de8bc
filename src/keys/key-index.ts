import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { isDigestKey, normalInteger } from './ids.js'
import type { Key, KeySource, PrimaryKey } from './key.js'
import { isBytes } from '../tags.js'

/** Finds the row of a key. Of equal keys the last one wins, as in a map filled from first to last. */
export class KeyIndex {
  readonly #source: KeySource
  #anywhere: RowMap | undefined
  #perGroup: RowMap[] | undefined

  constructor(source: KeySource) {
    this.#source = source
  }

  /** The row of a primary key in whichever set, or of a whole key; -1 where there is none. */
  find(key: PrimaryKey | Key): number {
    return isTuple(key) ? this.#findTuple(key) : this.#all().get(key)
  }

  #findTuple(key: Key): number {
    if (key.length !== 3)
      throw invalidArgument(`key must be a primary key or [namespace, set, primaryKey], not ${given(key)}`)
    const group = groupOf(this.#source.groups, key[0], key[1])
    if (group < 0) return -1
    return this.#source.groups.length === 2 ? this.#all().get(key[2]) : (this.#groups()[group] as RowMap).get(key[2])
  }

  #all(): RowMap {
    return (this.#anywhere ??= buildOne(this.#source))
  }

  #groups(): RowMap[] {
    return (this.#perGroup ??= buildPerGroup(this.#source))
  }
}

/** Rows by primary key. Bytes and digests have maps of their own, as the string made of them could be another key. */
class RowMap {
  readonly #rows = new Map<string | number | bigint, number>()
  #blobs: Map<string, number> | undefined
  #digests: Map<string, number> | undefined

  set(id: PrimaryKey | null, row: number): void {
    // A record of a scan that was written without its key.
    if (id === null) return
    if (typeof id !== 'object') this.#rows.set(id, row)
    else if (isBytes(id)) (this.#blobs ??= new Map<string, number>()).set(bytesAsText(id), row)
    else (this.#digests ??= new Map<string, number>()).set(bytesAsText(id.digest), row)
  }

  get(id: PrimaryKey): number {
    if (isBytes(id)) return this.#blobs?.get(bytesAsText(id)) ?? -1
    if (isDigestKey(id)) return isBytes(id.digest) ? (this.#digests?.get(bytesAsText(id.digest)) ?? -1) : -1
    return this.#rows.get(typeof id === 'bigint' ? normalInteger(id) : id) ?? -1
  }
}

function isTuple(key: PrimaryKey | Key): key is Key {
  return Array.isArray(key)
}

function bytesAsText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function groupOf(groups: readonly string[], namespace: string, set: string): number {
  for (let at = 0; at < groups.length; at += 2) {
    if (groups[at] === namespace && groups[at + 1] === set) return at / 2
  }
  return -1
}

function buildOne(source: KeySource): RowMap {
  const map = new RowMap()
  for (let row = 0; row < source.length; row++) map.set(source.idAt(row), row)
  return map
}

function buildPerGroup(source: KeySource): RowMap[] {
  const maps = Array.from({ length: source.groups.length / 2 }, () => new RowMap())
  for (let row = 0; row < source.length; row++) (maps[source.groupAt(row)] as RowMap).set(source.idAt(row), row)
  return maps
}
