/** A key of which only the digest is known: 20 bytes, RIPEMD-160 of set, type and user key. */
export interface DigestKey {
  /** The digest, 20 bytes. */
  readonly digest: Uint8Array
}

/**
 * The user's part of a key: a string, a safe integer, an int64, bytes, or the digest of any of them. `5` and `5n` are the same
 * key, `'5'` is another.
 */
export type PrimaryKey = string | number | bigint | Uint8Array | DigestKey

/** Where a record is: namespace, set (`''` for none) and primary key. */
export type Key = readonly [namespace: string, set: string, primaryKey: PrimaryKey]

/** The key of a record that was found and not asked for: its primary key is `null` where it is not stored. */
export type FoundKey = readonly [namespace: string, set: string, primaryKey: PrimaryKey | null]

/** The keys of a batch, in order, decoded when they are asked for. */
export interface KeySource {
  /** How many keys there are. */
  readonly length: number
  /** Namespace and set of every group: `[ns, set, ns, set, ...]`. */
  readonly groups: readonly string[]
  /** Which group key `row` belongs to. */
  groupAt(row: number): number
  /** The primary key of `row`; integers come as numbers where those are exact. */
  idAt(row: number): PrimaryKey
}

/** The whole key of a row. */
export function keyAt(source: KeySource, row: number): Key {
  const group = source.groupAt(row) * 2
  return [source.groups[group] as string, source.groups[group + 1] as string, source.idAt(row)]
}
