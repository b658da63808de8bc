import { translated } from '../errors.js'
import { checkNamespace, checkSet } from '../keys/names.js'
import type { Batch } from '../batch/batch.js'
import type { NativeClient } from '../binding/native.js'
import { checkStream } from './options.js'
import { type Source, openStream } from './pull.js'
import type { StreamRecord } from './record.js'
import { Stream, SyncStream } from './stream.js'

type Rows = Batch | StreamRecord[]

function opened(
  client: NativeClient,
  namespace: string,
  set: string,
  options: unknown,
  isQuery: boolean,
): { source: Source<Rows>; signal: AbortSignal | undefined } {
  checkNamespace(namespace, 'namespace')
  checkSet(set, 'set')
  const checked = checkStream(options, isQuery)
  checked.signal?.throwIfAborted()
  const source = translated(() => openStream(client, namespace, set, checked)) as Source<Rows>
  return { source, signal: checked.signal }
}

/** A scan or query as an asynchronous stream. */
export function stream(
  client: NativeClient,
  namespace: string,
  set: string,
  options: unknown,
  isQuery: boolean,
): Stream<Rows> {
  const { source, signal } = opened(client, namespace, set, options, isQuery)
  return new Stream(source, signal)
}

/** The same for the blocking door. */
export function syncStream(
  client: NativeClient,
  namespace: string,
  set: string,
  options: unknown,
  isQuery: boolean,
): SyncStream<Rows> {
  const { source, signal } = opened(client, namespace, set, options, isQuery)
  return new SyncStream(source, signal)
}
