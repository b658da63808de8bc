import type * as Library from '@petamoriken/float16'

type Float16ArrayConstructor = new (
  buffer: ArrayBuffer,
  byteOffset: number,
  length: number,
) => Library.Float16Array<ArrayBuffer>

/** The engine's own class where it has one (from Node 24): a real typed array is much faster than any imitation. */
const native = (globalThis as { Float16Array?: Float16ArrayConstructor }).Float16Array

let loaded: typeof Library | undefined

/** What reads and rounds halves, loaded when it is first needed: few dtypes have them, and it takes some 15 ms. */
export function float16Library(): typeof Library {
  return (loaded ??= require('@petamoriken/float16') as typeof Library)
}

/** The class behind `f2` columns. */
export function float16Class(): Float16ArrayConstructor {
  return native ?? float16Library().Float16Array
}
