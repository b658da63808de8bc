import type { FoundKey } from '../keys/key.js'
import type { BinValue } from '../calls/record.js'

/** An ordinary record of a scan or query. */
export interface StreamRecord {
  /** The key; its primary key is `null` if it is not stored. */
  readonly key: FoundKey
  /** The bins. */
  readonly bins: Record<string, BinValue>
  /** The generation: how often the record was written. */
  readonly gen: number
  /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
  readonly ttl: number
  /** The 20 bytes of its digest, with `keys: 'digest'`. */
  readonly digest?: Uint8Array
}
