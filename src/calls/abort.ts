import { type NativeAbort, native } from '../binding/native.js'
import { type Check, instance } from '../arguments/options.js'
import { isAbortSignal } from '../tags.js'

/** Checks the option `signal`. */
export const abortSignal: Check<AbortSignal> = instance(isAbortSignal, 'an AbortSignal')

/** How a call can be aborted: by whom, and what tells the native side. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined
  readonly abort?: NativeAbort | undefined
}

/** What a call needs so that a signal ends it. Throws the signal's reason where it has been aborted already. */
export function abortable(signal: AbortSignal | undefined): Abortable {
  signal?.throwIfAborted()
  return signal === undefined ? {} : { signal, abort: new native.NativeAbort() }
}

/** Runs a call, and aborts it natively when its signal fires. */
export async function listening<T>({ signal, abort }: Abortable, call: () => Promise<T>): Promise<T> {
  if (signal === undefined) return call()
  const onAbort = (): void => abort?.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // A tracer may have fired it since the arguments were checked.
    if (signal.aborted) onAbort()
    return await call()
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
