import { given, hasLoneSurrogate, quote } from '../arguments/given.js'
import { invalidArgument, outOfRange } from '../errors.js'

export const MAX_NAMESPACE_BYTES = 31
export const MAX_SET_BYTES = 63

/** Checks a namespace; `name` is how the caller knows it. */
export function checkNamespace(namespace: unknown, name: string): asserts namespace is string {
  if (typeof namespace !== 'string')
    throw invalidArgument(`${name}: the namespace must be a string, not ${given(namespace)}`)
  if (namespace === '') throw outOfRange(`${name}: the namespace must not be empty`)
  checkName(namespace, name, 'namespace', MAX_NAMESPACE_BYTES)
}

/** Checks a set; `name` is how the caller knows it. */
export function checkSet(set: unknown, name: string): asserts set is string {
  if (typeof set !== 'string')
    throw invalidArgument(`${name}: the set must be a string ('' for none), not ${given(set)}`)
  checkName(set, name, 'set', MAX_SET_BYTES)
}

function checkName(text: string, name: string, what: string, maxBytes: number): void {
  if (hasLoneSurrogate(text))
    throw outOfRange(`${name}: the ${what} ${quote(text)} has a lone surrogate, which UTF-8 cannot hold`)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxBytes)
    throw outOfRange(`${name}: the ${what} ${quote(text)} has ${bytes} bytes, at most ${maxBytes} fit`)
}
