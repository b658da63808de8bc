/** Runs a call; `onAbort` is called when the signal fires while the call is under way, and not after it. */
export async function listening<T>(
  signal: AbortSignal | undefined,
  onAbort: () => void,
  call: () => Promise<T>,
): Promise<T> {
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await call()
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

/** Runs a call that cannot be stopped: when the signal fires, its reason is thrown at once and the result is dropped. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  if (signal === undefined) return call()
  let reject: (reason: unknown) => void
  const aborted = new Promise<never>((_, rejectAborted) => {
    reject = rejectAborted
  })
  return listening(
    signal,
    () => reject(signal.reason),
    () => Promise.race([call(), aborted]),
  )
}
