import { types } from 'node:util'

/**
 * What a value is by what the engine says of it, and not by `instanceof`.
 *
 * Every realm (a `vm` context, each test file under Jest, vitest's `vmThreads`) has classes of its own, so that an
 * `Int32Array` of one is no instance of the `Int32Array` of another. All such checks stand here.
 */

/** Whether the value is a `Uint8Array`, or a `Buffer`, of whichever realm. */
export const isBytes = (value: unknown): value is Uint8Array => types.isUint8Array(value)

/** Whether the value is a `Date`. */
export const isDate = (value: unknown): value is Date => types.isDate(value)

/** Whether the value is a `Map`. */
export const isMap = (value: unknown): value is Map<unknown, unknown> => types.isMap(value)

/** Whether the value is a `Set`. */
export const isSet = (value: unknown): value is Set<unknown> => types.isSet(value)

/** Whether the value is an `ArrayBuffer`; a `SharedArrayBuffer` is none. */
export const isArrayBuffer = (value: unknown): value is ArrayBuffer => types.isArrayBuffer(value)

/** Whether the value is an `Error`. */
export const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error

/** Whether the memory behind bytes was given away: they have no length any more, and are not what they were. */
export function isDetached({ byteLength, buffer }: ArrayBufferView): boolean {
  return byteLength === 0 && isTransferred(buffer)
}

/** The same of a buffer; one of no bytes may be there, or given away. */
export function isTransferred(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false
  // `buffer.detached` is younger than Node.js 20.
  try {
    void new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}

/** Whether the value is a promise, or is awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Whether the value is an `AbortSignal`: of Node.js, of another realm, or of a browser's environment in a test. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  return Object.prototype.toString.call(value) === '[object AbortSignal]' && 'aborted' in (value as object)
}

/** The class of a typed array, such as `'Int32Array'`; `undefined` for anything else. */
export function typedArrayName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // Before Node.js 24 halves are in a class of a library, whose arrays are proxies that no check of the engine knows.
  const known = ArrayBuffer.isView(value) || types.isProxy(value)
  const tag: unknown = known ? (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] : undefined
  return typeof tag === 'string' && tag.endsWith('Array') ? tag : undefined
}

/**
 * What an object holds that `structuredClone` and `postMessage` would copy without what it stands for. They stop at a
 * symbol, and their error quotes its text; comparisons and copies of the object do not mind it.
 */
export function notCloneable(what: string): symbol {
  return Symbol.for(what)
}

/**
 * Gives a class its disposers where the realm has no symbols for them: `vm` contexts have none before Node.js 24. They go
 * under the names that compilers of `using` fall back to.
 */
export function disposable(made: { readonly prototype: object }, name: 'asyncDispose' | 'dispose'): void {
  if ((Symbol as Partial<typeof Symbol>)[name] !== undefined) return
  // A method that was declared under a symbol that is not there is called `undefined`.
  const method = Object.getOwnPropertyDescriptor(made.prototype, 'undefined') as PropertyDescriptor
  Reflect.deleteProperty(made.prototype, 'undefined')
  Object.defineProperty(made.prototype, Symbol.for(`Symbol.${name}`), method)
}
