import { given } from '../arguments/given.js'
import { isObject } from '../arguments/options.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { typedArrayName } from '../tags.js'
import { NO_KEY, type PackedIds, packIds } from './ids.js'
import type { KeySource, PrimaryKey } from './key.js'
import { PackedKeys } from './packed.js'

/** Packed keys as plain data. */
export interface PackedKeyParts {
  /** Namespace and set of every group: `[ns, set, ns, set, ...]`. */
  readonly groups: readonly string[]
  /** The group of each key; `undefined` if there is only one group. */
  readonly groupOf: Uint32Array | undefined
  /** The type of every key, or a single one for all. */
  readonly types: Uint8Array
  /** Where each key ends in `data`; empty when every key is an integer. */
  readonly ends: Uint32Array
  /** The keys, one after the other. */
  readonly data: Uint8Array
}

/** The keys of a batch as plain data: as they are where they are packed. */
export function keyPartsOf(source: KeySource): PackedKeyParts {
  const { groups, groupOf, ids } = packedKeysOf(source)
  return { groups: [...groups], groupOf, ...ids }
}

/** The keys of a batch in packed form. */
export function packedKeysOf(source: KeySource): PackedKeys {
  return source instanceof PackedKeys ? source : packed(source)
}

function packed(source: KeySource): PackedKeys {
  const { length, groups } = source
  const groupOf = groups.length > 2 ? Uint32Array.from({ length }, (_, row) => source.groupAt(row)) : undefined
  const ids = Array.from({ length }, (_, row): PrimaryKey | null => source.idAt(row))
  return new PackedKeys([...groups], groupOf, packIdsOrNull(ids), length)
}

/** Ids of which some may be `null`: those of records that were written without their key. */
function packIdsOrNull(ids: readonly (PrimaryKey | null)[]): PackedIds {
  if (!ids.includes(null)) return packIds(ids as readonly PrimaryKey[], String)
  const { types, ends, data } = packIds(
    ids.map((id) => id ?? ''),
    String,
  )
  return {
    types: Uint8Array.from(ids, (id, row) => (id === null ? NO_KEY : (types[row] ?? types[0] ?? NO_KEY))),
    ends,
    data,
  }
}

const INTEGER_BYTES = 8

/** Checks plain data, and makes the keys of `length` rows of it; `name` is how the caller knows it. */
export function keysOfParts(parts: unknown, length: number, name: string): PackedKeys {
  const { groups, groupOf, types, ends, data } = isObject(parts) ? parts : {}
  const isWhole =
    Array.isArray(groups) &&
    groups.every((each) => typeof each === 'string') &&
    (groupOf === undefined || typedArrayName(groupOf) === 'Uint32Array') &&
    typedArrayName(types) === 'Uint8Array' &&
    typedArrayName(ends) === 'Uint32Array' &&
    typedArrayName(data) === 'Uint8Array'
  if (!isWhole) throw invalidArgument(`${name} must be the keys of a detached batch, not ${given(parts)}`)
  const ids = { types: types as Uint8Array, ends: ends as Uint32Array, data: data as Uint8Array }
  const keys = new PackedKeys(groups, groupOf as Uint32Array | undefined, ids, length)
  if (!fits(keys)) throw outOfRange(`${name} are not the keys of ${length} rows`)
  return keys
}

/** Whether every row has a group, a type and bytes. */
function fits({ groups, groupOf, ids: { types, ends, data }, length }: PackedKeys): boolean {
  const pairs = groups.length / 2
  if (!Number.isInteger(pairs) || (length > 0 && pairs === 0)) return false
  if (groupOf !== undefined && (groupOf.length !== length || groupOf.some((group) => group >= pairs))) return false
  if (types.length !== 1 && types.length !== length) return false
  if (ends.length === 0) return data.length === length * INTEGER_BYTES
  return (
    ends.length === length &&
    ends.every((end, row) => end <= data.length && (row === 0 || end >= (ends[row - 1] as number)))
  )
}
