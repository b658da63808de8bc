import Aerospike from 'aerospike'
import type { Key } from '../../src/index.js'

/** A key of the official client. */
export type TheirKey = Aerospike.Key & Aerospike.KeyOptions

/** The same key for the official client, whose types do not agree with each other where optional properties are exact. */
export function theirKey([namespace, set, id]: Key): TheirKey {
  const its = typeof id === 'object' ? Buffer.from(id as Uint8Array) : id
  return new Aerospike.Key(namespace, set, its) as TheirKey
}
