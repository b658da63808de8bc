import type { NativeKey, NativeKeyList, NativeKeys } from '../binding/native.js'
import type { Key, KeySource } from '../keys/key.js'
import { KeyList, keyListSource, nativeKeyListOf, toNative } from '../keys/key-list.js'
import { packKeys } from '../keys/packed.js'
import type { Subject } from './observe.js'

/** The keys of a batch: tuples, or a list that was packed before. */
export type Keys = readonly Key[] | KeyList

/** Keys as both sides need them: packed for the binding, and readable for the batch. */
export interface PlannedKeys {
  readonly source: KeySource
  /** For the binding, at the moment when the call begins: those of a few keys are where the next call has its own. */
  readonly toNative: () => NativeKeys | NativeKeyList | Uint8Array
}

/** Packs keys, or takes them as they were packed. */
export function planKeys(keys: Keys): PlannedKeys {
  if (keys instanceof KeyList) return { source: keyListSource(keys), toNative: () => nativeKeyListOf(keys) }
  const source = packKeys(keys)
  return { source, toNative: () => toNative(source) }
}

/** What a call on many keys is about. */
export function subjectOf(operation: string, { groups, length }: KeySource): Subject {
  const [namespace, set] = groups
  return groups.length === 2 && namespace !== undefined && set !== undefined
    ? { operation, namespace, set, rows: length }
    : { operation, rows: length }
}

/** What a call on one record is about. */
export function subjectOfOne(operation: string, [namespace, set]: NativeKey): Subject {
  return { operation, namespace, set, rows: 1 }
}
