import { translated } from '../errors.js'
import { checkNamespace, checkSet } from '../keys/names.js'
import type { Batch } from '../batch/batch.js'
import type { NativeClient } from '../binding/native.js'
import type { Session } from '../calls/session.js'
import type { StreamWatch } from '../calls/observe-stream.js'
import { checkStream } from './options.js'
import { type Source, openStream } from './pull.js'
import type { StreamRecord } from './record.js'
import { Stream, SyncStream } from './stream.js'

/** What a step of a stream gives: a batch of columns, or records. */
export type Rows = Batch | StreamRecord[]

/** Where records are looked for, and how, as the caller wrote it. */
type Wanted = readonly [namespace: string, set: string, options: unknown]

/** Who opens streams: a client's session, or a call that is observed as a whole. */
type Opener = Pick<Session, 'native' | 'watch'>

/** Opens streams that are a part of a call, of which nobody hears by themselves. */
export const unwatched = (native: NativeClient): Opener => ({ native, watch: () => undefined })

interface Opened {
  readonly source: Source<Rows>
  readonly signal: AbortSignal | undefined
  readonly watch: () => StreamWatch | undefined
}

function open(session: Opener, [namespace, set, options]: Wanted, operation: string, isSync: boolean): Opened {
  checkNamespace(namespace, 'namespace')
  checkSet(set, 'set')
  const checked = checkStream(options, operation === 'query')
  checked.signal?.throwIfAborted()
  const source = translated(() => openStream(session.native, namespace, set, checked)) as Source<Rows>
  return { source, signal: checked.signal, watch: () => session.watch({ operation, namespace, set }, isSync) }
}

const stream = (session: Opener, wanted: Wanted, operation: string): Stream<Rows> => {
  const { source, signal, watch } = open(session, wanted, operation, false)
  return new Stream(source, signal, watch)
}
const syncStream = (session: Opener, wanted: Wanted, operation: string): SyncStream<Rows> => {
  const { source, signal, watch } = open(session, wanted, operation, true)
  return new SyncStream(source, signal, watch)
}

/** A scan that is awaited step by step. */
export const scan = (session: Opener, ...wanted: Wanted): Stream<Rows> => stream(session, wanted, 'scan')

/** A scan whose every step returns when it is done. */
export const scanSync = (session: Opener, ...wanted: Wanted): SyncStream<Rows> => syncStream(session, wanted, 'scan')

/** A query of a secondary index that is awaited step by step. */
export const query = (session: Opener, ...wanted: Wanted): Stream<Rows> => stream(session, wanted, 'query')

/** A query whose every step returns when it is done. */
export const querySync = (session: Opener, ...wanted: Wanted): SyncStream<Rows> => syncStream(session, wanted, 'query')
