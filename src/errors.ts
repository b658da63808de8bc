import { isError } from './tags.js'

/** Details of an {@link AerostrideError} beyond its message. */
export interface ErrorDetails {
  /** Stable identifier of the kind of failure, such as `ERR_AEROSTRIDE_TIMEOUT`. */
  readonly code?: string | undefined
  /** Result code of the server (0 and above) or of the client (negative). */
  readonly resultCode?: number | undefined
  /** The node that was asked, as `name host:port`. */
  readonly node?: string | undefined
  /** How many times the request was sent. */
  readonly attempts?: number | undefined
  /** The failure behind this one. */
  readonly cause?: unknown
  /** Whether a write may have been done all the same. Default false. */
  readonly inDoubt?: boolean | undefined
}

/** Base class of all errors of this package, except for bad arguments, which are `TypeError` and `RangeError`. */
export class AerostrideError extends Error {
  /** Stable identifier of the kind of failure, such as `ERR_AEROSTRIDE_TIMEOUT`. */
  readonly code: string
  /** Result code of the server (0 and above) or of the client (negative), if there is one. */
  declare readonly resultCode?: number
  /** The node that was asked, as `name host:port`, if one was asked. */
  declare readonly node?: string
  /** How many times the request was sent, if it was sent. */
  declare readonly attempts?: number
  /**
   * Whether a write may have been done all the same: it was sent and not answered, the server's time was up, or a further
   * attempt was answered after one of which nobody knows. Read the record before writing again what must not be done twice.
   */
  declare readonly inDoubt: boolean
  /** Of a scan or query: where another one can go on, behind everything that was delivered. */
  declare readonly cursor?: string

  static {
    nameOnPrototype(this, 'AerostrideError')
    Object.defineProperty(this.prototype, 'inDoubt', { value: false, configurable: true, writable: true })
  }

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code ?? 'ERR_AEROSTRIDE'
    // Only what is known becomes a property, so that a printed error carries no `undefined` lines.
    if (details.resultCode !== undefined) this.resultCode = details.resultCode
    if (details.node !== undefined) this.node = details.node
    if (details.attempts !== undefined) this.attempts = details.attempts
    if (details.inDoubt === true) this.inDoubt = true
  }
}

/** A connection to the cluster or to a node could not be opened, or broke. */
export class ConnectionError extends AerostrideError {
  static {
    nameOnPrototype(this, 'ConnectionError')
  }
}

/** The time that the policy or the connect options allow has passed. */
export class TimeoutError extends AerostrideError {
  static {
    nameOnPrototype(this, 'TimeoutError')
  }
}

/** A node answered with a result code other than success. */
export class ServerError extends AerostrideError {
  static {
    nameOnPrototype(this, 'ServerError')
  }
}

/** The client was closed before or during the call. */
export class ClosedError extends AerostrideError {
  static {
    nameOnPrototype(this, 'ClosedError')
  }
}

/** The name goes where `Error` itself keeps it: an own property would be printed with every error. */
export function nameOnPrototype(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true })
}

/** A bad argument: the `TypeError` or `RangeError` that JavaScript users expect, with a `code` as Node's own have. */
export type ArgumentError = (TypeError | RangeError) & { code: string }

/** A `TypeError` for an argument of the wrong kind or shape. */
export function invalidArgument(message: string): TypeError & { code: string } {
  return Object.assign(new TypeError(message), { code: 'ERR_AEROSTRIDE_INVALID_ARGUMENT' })
}

/** A `RangeError` for an argument of the right kind whose value does not fit. */
export function outOfRange(message: string): RangeError & { code: string } {
  return Object.assign(new RangeError(message), { code: 'ERR_AEROSTRIDE_OUT_OF_RANGE' })
}

/** What the binding says of a failure: plain data, of which the error is built here, in the caller's realm. */
interface NativeFailure {
  /** The name of its class. */
  readonly kind: string
  readonly code: string
  readonly message: string
  readonly resultCode?: number | null
  readonly node?: string | null
  readonly attempts?: number | null
  readonly inDoubt?: boolean
}

const CLASSES: Record<string, typeof AerostrideError> = {
  AerostrideError,
  ConnectionError,
  TimeoutError,
  ServerError,
  ClosedError,
}

/**
 * Turns whatever the native side threw into the error the caller sees.
 *
 * An abort becomes the signal's own reason, as `fetch` and the rest of the platform do it.
 */
export function fromNative(thrown: unknown, signal?: AbortSignal): unknown {
  const failures = failuresOf(thrown)
  const [first] = failures
  if (first === undefined) return isOfNodeApi(thrown) ? faultOf(thrown) : thrown
  if (first.kind === 'AbortError') return abortReason(signal, first.message)
  return build(failures)
}

/** Runs a blocking native call and turns what it throws into the error the caller sees. */
export function translated<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw fromNative(error)
  }
}

/** The same for the other door. The binding rejects wrong values before there is a promise, by throwing: both end here. */
export async function translatedAsync<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromNative(error, signal)
  }
}

/** What the binding throws has a property `failures`: the failure, its cause, the cause of that, and so on. */
function failuresOf(thrown: unknown): readonly NativeFailure[] {
  if (typeof thrown !== 'object' || thrown === null || !('failures' in thrown)) return []
  return Array.isArray(thrown.failures) ? thrown.failures : []
}

/** The codes of errors that Node-API makes by itself, in the realm that has loaded the binding. */
const NODE_API_CODES: ReadonlySet<unknown> = new Set(
  `InvalidArg GenericFailure ObjectExpected StringExpected NameExpected FunctionExpected NumberExpected BooleanExpected
   ArrayExpected BigintExpected DateExpected ArrayBufferExpected DetachableArraybufferExpected PendingException Cancelled
   QueueFull Closing WouldDeadlock Unknown`.split(/\s+/),
)

/** An error that says nothing of a failure: a value that no check in front of the binding has refused, or a panic. */
function isOfNodeApi(thrown: unknown): thrown is Error {
  return isError(thrown) && NODE_API_CODES.has((thrown as { code?: unknown }).code)
}

function faultOf(thrown: Error): AerostrideError {
  const message = `a fault of this library, please report it: ${thrown.message}`
  return new AerostrideError(message, { code: 'ERR_AEROSTRIDE_INTERNAL', cause: thrown })
}

function abortReason(signal: AbortSignal | undefined, message: string): unknown {
  return signal?.aborted === true ? (signal.reason as unknown) : new DOMException(message, 'AbortError')
}

/** The error of the first failure, with those behind it as its causes. */
function build(failures: readonly NativeFailure[]): unknown {
  return failures.reduceRight<unknown>((cause, failure) => {
    const details = detailsOf(failure, cause)
    if (failure.kind === 'TypeError') return withCode(new TypeError(failure.message), details)
    if (failure.kind === 'RangeError') return withCode(new RangeError(failure.message), details)
    return new (CLASSES[failure.kind] ?? AerostrideError)(failure.message, details)
  }, undefined)
}

function withCode(error: Error, { code }: ErrorDetails): Error {
  return Object.assign(error, { code })
}

function detailsOf({ code, resultCode, node, attempts, inDoubt }: NativeFailure, cause: unknown): ErrorDetails {
  return {
    code,
    ...(isKnown(resultCode) ? { resultCode } : {}),
    ...(isKnown(node) ? { node } : {}),
    ...(isKnown(attempts) ? { attempts } : {}),
    ...(cause === undefined ? {} : { cause }),
    ...(inDoubt === true ? { inDoubt } : {}),
  }
}

/** An optional value of the binding may be absent either way. */
function isKnown<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null
}
