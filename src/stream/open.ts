import { translated } from '../errors.js'
import { checkNamespace, checkSet } from '../keys/names.js'
import type { Batch } from '../batch/batch.js'
import type { NativeClient } from '../binding/native.js'
import { checkStream } from './options.js'
import { type Source, openStream } from './pull.js'
import type { StreamRecord } from './record.js'
import { Stream, SyncStream } from './stream.js'

/** What a step of a stream gives: a batch of columns, or records. */
export type Rows = Batch | StreamRecord[]

/** Where records are looked for, and how, as the caller wrote it. */
type Wanted = readonly [namespace: string, set: string, options: unknown]

interface Opened {
  readonly source: Source<Rows>
  readonly signal: AbortSignal | undefined
}

function open(client: NativeClient, [namespace, set, options]: Wanted, isQuery: boolean): Opened {
  checkNamespace(namespace, 'namespace')
  checkSet(set, 'set')
  const checked = checkStream(options, isQuery)
  checked.signal?.throwIfAborted()
  const source = translated(() => openStream(client, namespace, set, checked)) as Source<Rows>
  return { source, signal: checked.signal }
}

const stream = ({ source, signal }: Opened): Stream<Rows> => new Stream(source, signal)
const syncStream = ({ source, signal }: Opened): SyncStream<Rows> => new SyncStream(source, signal)

/** A scan that is awaited step by step. */
export const scan = (client: NativeClient, ...wanted: Wanted): Stream<Rows> => stream(open(client, wanted, false))

/** A scan whose every step returns when it is done. */
export const scanSync = (client: NativeClient, ...wanted: Wanted): SyncStream<Rows> =>
  syncStream(open(client, wanted, false))

/** A query of a secondary index that is awaited step by step. */
export const query = (client: NativeClient, ...wanted: Wanted): Stream<Rows> => stream(open(client, wanted, true))

/** A query whose every step returns when it is done. */
export const querySync = (client: NativeClient, ...wanted: Wanted): SyncStream<Rows> =>
  syncStream(open(client, wanted, true))
