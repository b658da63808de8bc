import type { NativeFilled } from '../binding/native.js'
import { DIGEST_BYTES, NO_KEY, type PackedIds } from '../keys/ids.js'
import { PackedKeys } from '../keys/packed.js'

/** What the binding says of a row whose record was written without its key. */
const WITHOUT_KEY = 0
/** The binding's type of a digest. */
const DIGEST = 0

/**
 * The keys of a stream's batch: user keys, with `null` for a record that was written without its key, or digests where those
 * were asked for.
 */
export function streamKeys(namespace: string, set: string, filled: NativeFilled): PackedKeys {
  const { rows, sets, setOf, keyTypes, keyEnds, keyBytes, digests } = filled
  const groups = sets.length === 0 ? [namespace, set] : sets.flatMap((name) => [namespace, name])
  return new PackedKeys(
    groups,
    setOf.length === 0 ? undefined : setOf,
    () => idsOf({ rows, keyTypes, keyEnds, keyBytes, digests }),
    rows,
  )
}

type RawIds = Pick<NativeFilled, 'rows' | 'keyTypes' | 'keyEnds' | 'keyBytes' | 'digests'>

function idsOf({ rows, keyTypes, keyEnds, keyBytes, digests }: RawIds): PackedIds {
  if (digests.length > 0) {
    const ends = Uint32Array.from({ length: rows }, (_, row) => (row + 1) * DIGEST_BYTES)
    return { types: new Uint8Array(rows).fill(DIGEST), ends, data: digests }
  }
  if (keyTypes.length < rows) {
    return { types: new Uint8Array(rows).fill(NO_KEY), ends: new Uint32Array(rows), data: keyBytes }
  }
  return { types: keyTypes.map((type) => (type === WITHOUT_KEY ? NO_KEY : type)), ends: keyEnds, data: keyBytes }
}
