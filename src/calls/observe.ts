import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'
import { debuglog } from 'node:util'
import { ConversionError } from '../batch/conversion-error.js'
import { AerostrideError } from '../errors.js'
import { isError } from '../tags.js'

/** What a call is about, without any value or secret: keys and bins are not in it. */
export interface Subject {
  /** The method: `batchRead`, `put`, ... A blocking twin has the name of the other door. */
  readonly operation: string
  /** The namespace, where all keys have the same one. */
  readonly namespace?: string
  /** The set, where all keys have the same one. */
  readonly set?: string
  /** How many keys the call has; at the end of a scan or query, how many rows it has delivered. */
  readonly rows?: number
}

/** A call as tracing channels and loggers see it. Its results are filled in at the end of the call. */
export interface CallEvent extends Subject {
  /** How many rows have each result code. */
  codes?: Record<number, number>
  /** Milliseconds from the call to its end. */
  durationMs?: number
  /** The error it rejects with. A `ConversionError`, which quotes a value, is replaced by an error that has only its code. */
  error?: unknown
}

/** Called at the end of every call. It must not throw; if it does, the process gets an uncaught exception and the call goes on. */
export type Logger = (event: Readonly<CallEvent>) => void

/** A call that can be observed: what it is about, and the result codes in what it gives. */
export interface Observed<T> {
  readonly subject: Subject
  readonly codes: (result: T) => Iterable<number>
}

const debug = debuglog('aerostride')
const channels = new Map<string, TracingChannel<string, CallEvent>>()

/** The tracing channel of an operation. Made once each: publishing to one that nobody listens to costs a lookup. */
export function channelOf(operation: string): TracingChannel<string, CallEvent> {
  const known = channels.get(operation)
  if (known !== undefined) return known
  const made = tracingChannel<string, CallEvent>(`aerostride:${operation}`)
  channels.set(operation, made)
  return made
}

/** Whether anybody listens. `hasSubscribers` of a tracing channel is younger than Node.js 20. */
export function isTraced({ start, end, asyncStart, asyncEnd, error }: TracingChannel<string, CallEvent>): boolean {
  return (
    start.hasSubscribers ||
    end.hasSubscribers ||
    asyncStart.hasSubscribers ||
    asyncEnd.hasSubscribers ||
    error.hasSubscribers
  )
}

/** Whether anybody is to be told of a call. */
export function isObserved({ subject }: Observed<never>, logger: Logger | undefined): boolean {
  return isLogged(logger) || isTraced(channelOf(subject.operation))
}

/**
 * Runs a call, and tells whoever listens: its tracing channel, the debug log, the client's logger.
 *
 * The result is kept out of the event: a tracer that writes down what it is given would write down records.
 */
export function observe<T>(call: Observed<T>, logger: Logger | undefined, work: () => Promise<T>): Promise<T> {
  const channel = channelOf(call.subject.operation)
  if (isTraced(channel)) return traced(channel, call, logger, work)
  return isLogged(logger) ? logged(call, { ...call.subject }, logger, work) : work()
}

async function traced<T>(
  channel: TracingChannel<string, CallEvent>,
  call: Observed<T>,
  logger: Logger | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const event = { ...call.subject }
  let result: T | undefined
  let failure: { readonly error: unknown } | undefined
  const done = channel.tracePromise(async () => {
    try {
      result = await logged(call, event, logger, work)
    } catch (error) {
      failure = { error }
      throw published(error)
    }
  }, event)
  await done.catch((error: unknown) => {
    throw failure === undefined ? error : failure.error
  })
  return result as T
}

/** The same for the blocking door. */
export function observeSync<T>(call: Observed<T>, logger: Logger | undefined, work: () => T): T {
  const channel = channelOf(call.subject.operation)
  if (!isTraced(channel)) return isLogged(logger) ? loggedSync(call, { ...call.subject }, logger, work) : work()
  const event = { ...call.subject }
  let result: T | undefined
  let failure: { readonly error: unknown } | undefined
  try {
    channel.traceSync(() => {
      try {
        result = loggedSync(call, event, logger, work)
      } catch (error) {
        failure = { error }
        throw published(error)
      }
    }, event)
  } catch (error) {
    throw failure === undefined ? error : failure.error
  }
  return result as T
}

/** A conversion error has a key, a value and the whole batch in it: those who observe hear of its code only. */
export function published(error: unknown): unknown {
  if (!(error instanceof ConversionError)) return error
  return new AerostrideError('a value does not fit its field', { code: error.code })
}

/** Whether calls are written down. */
export function isLogged(logger: Logger | undefined): boolean {
  return logger !== undefined || debug.enabled
}

async function logged<T>(
  call: Observed<T>,
  event: CallEvent,
  logger: Logger | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now()
  try {
    const result = await work()
    event.codes = countCodes(call.codes(result))
    return result
  } catch (error) {
    event.error = published(error)
    throw error
  } finally {
    finish(event, started, logger)
  }
}

function loggedSync<T>(call: Observed<T>, event: CallEvent, logger: Logger | undefined, work: () => T): T {
  const started = performance.now()
  try {
    const result = work()
    event.codes = countCodes(call.codes(result))
    return result
  } catch (error) {
    event.error = published(error)
    throw error
  } finally {
    finish(event, started, logger)
  }
}

function countCodes(codes: Iterable<number>): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

/** Writes a call down at its end. */
export function finish(event: CallEvent, started: number, logger: Logger | undefined): void {
  event.durationMs = performance.now() - started
  if (debug.enabled) debug('%s', lineOf(event))
  try {
    logger?.(event)
  } catch (error) {
    // As diagnostics_channel treats its subscribers: a broken logger is the process's problem, not this call's.
    process.nextTick(() => {
      throw error
    })
  }
}

/** `batchRead test.sensors, 100 rows, codes 0: 99, 2: 1, 0.8 ms` */
function lineOf({ operation, namespace, set, rows, codes, error, durationMs = 0 }: CallEvent): string {
  const place = namespace === undefined ? '' : ` ${namespace}${set === undefined || set === '' ? '' : `.${set}`}`
  const parts = [`${operation}${place}`]
  if (rows !== undefined) parts.push(`${rows} ${rows === 1 ? 'row' : 'rows'}`)
  if (codes !== undefined && Object.keys(codes).length > 0) parts.push(`codes ${countsText(codes)}`)
  if (error !== undefined) parts.push(errorText(error))
  return [...parts, `${durationMs.toFixed(1)} ms`].join(', ')
}

function countsText(codes: Record<number, number>): string {
  return Object.entries(codes)
    .map(([code, count]) => `${code}: ${count}`)
    .join(', ')
}

/** What a signal gives as its reason may say anything: it is not logged. */
function errorText(error: unknown): string {
  if (error instanceof AerostrideError) return `failed: ${error.code} ${error.message}`
  return `failed: ${isError(error) ? error.name : typeof error}`
}
