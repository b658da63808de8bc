import { isMap, typedArrayName } from '../tags.js'
import { native } from './native.js'

/**
 * The binding is loaded once for the whole process, and makes its objects with the classes of the realm that loaded it. Where
 * this module runs in another one (under Jest every test file is a `vm` context), they are made anew from the classes that
 * the caller knows, so that `instanceof` and comparisons of classes hold. Elsewhere nothing is copied.
 */
const isForeign = Object.getPrototypeOf(native.fieldsOf(native.parseDtype([]))) !== Array.prototype

/** What the binding has given, in the classes of this realm. */
export function adopt<T>(given: T): T {
  return isForeign ? (copyOf(given) as T) : given
}

/** Exported for tests, which run in the realm of the binding. */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Array.from(value, copyOf)
  if (isMap(value)) return new Map(Array.from(value, ([key, each]) => [copyOf(key), copyOf(each)] as const))
  const array = typedArrayName(value)
  if (array !== undefined) return arrayOf(array, value as ArrayBufferView)
  return isPlain(value) ? plainCopy(value) : value
}

/** A view of this realm on the same bytes. */
function arrayOf(name: string, { buffer, byteOffset, byteLength }: ArrayBufferView): ArrayBufferView {
  const view = (globalThis as unknown as Record<string, typeof Uint8Array>)[name] ?? Uint8Array
  return new view(buffer as ArrayBuffer, byteOffset, byteLength / view.BYTES_PER_ELEMENT)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Properties are defined, as one may be called `__proto__`. */
function plainCopy(value: object): object {
  const copy = {}
  for (const [name, each] of Object.entries(value)) {
    const property = { value: copyOf(each), enumerable: true, configurable: true, writable: true }
    Object.defineProperty(copy, name, property)
  }
  return copy
}
