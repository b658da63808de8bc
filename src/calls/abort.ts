import type { NativeCallOf } from '../binding/native.js'
import { type Check, instance } from '../arguments/options.js'
import { isAbortSignal } from '../tags.js'

/** Checks the option `signal`. */
export const abortSignal: Check<AbortSignal> = instance(isAbortSignal, 'an AbortSignal')

/** Begins a call, and ends it early when its signal fires. What had ended before is given up all the same. */
export function listening<T>(call: NativeCallOf<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? call.promise() : listeningTo(call, signal)
}

async function listeningTo<T>(call: NativeCallOf<T>, signal: AbortSignal): Promise<T> {
  const onAbort = (): void => call.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // A tracer may have fired it since the arguments were checked.
    if (signal.aborted) onAbort()
    const result = await call.promise()
    signal.throwIfAborted()
    return result
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
