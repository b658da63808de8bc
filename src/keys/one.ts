import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import type { NativeKey } from '../binding/native.js'
import { DIGEST, INTEGER, STRING, checkId, isDigestKey, normalInteger } from './ids.js'
import type { Key, PrimaryKey } from './key.js'
import { checkNamespace, checkSet } from './names.js'

/** The names that were checked last: nearly all calls have those of the call before. */
let checked: readonly [namespace: string, set: string] | undefined

/** Checks the key of a call on one record, and gives it as the binding takes it: a copy, which nothing changes afterwards. */
export function oneKey(key: Key): NativeKey {
  if (!Array.isArray(key) || key.length !== 3) {
    throw invalidArgument(`key must be [namespace, set, primaryKey], not ${given(key)}`)
  }
  const [namespace, set, id] = key as Key
  if (checked === undefined || checked[0] !== namespace || checked[1] !== set) {
    checkNamespace(namespace, 'key[0]')
    checkSet(set, 'key[1]')
    checked = [namespace, set]
  }
  const type = checkId(id, 'key[2]')
  if (type === STRING || type === INTEGER) return [namespace, set, type, id as string | number | bigint]
  const bytes = isDigestKey(id) ? id.digest : (id as Uint8Array)
  return [namespace, set, type, Uint8Array.prototype.slice.call(bytes)]
}

/** The key as a record shows it. */
export function shownKey([namespace, set, type, id]: NativeKey): Key {
  return [namespace, set, shownId(type, id)]
}

function shownId(type: number, id: NativeKey[3]): PrimaryKey {
  if (typeof id === 'string') return id
  if (typeof id !== 'object') return normalInteger(id)
  return type === DIGEST ? { digest: id.slice() } : id.slice()
}
