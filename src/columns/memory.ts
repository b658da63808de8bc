import { AerostrideError, outOfRange } from '../errors.js'
import { isTransferred } from '../tags.js'
import type { NativeLayout } from '../binding/native.js'
import type { Field, Layout } from '../kinds/kinds.js'

/** One buffer and where everything is in it: what batches, columns and files are views of. */
export interface Memory {
  readonly buffer: ArrayBuffer
  /** Rows in the buffer. */
  readonly length: number
  readonly fields: readonly Field[]
  readonly layout: Layout
  /** Only of interest in the rows layout: whether records are padded as a C compiler does it. */
  readonly align: boolean
  readonly at: NativeLayout
  /** What the view cells of text, bytes and lists name by its number. Batches made of one another share them. */
  readonly blocks?: readonly Uint8Array[]
  /** Whether it is a part of a larger memory: the places are then not those that a layout of `length` rows has. */
  readonly isPart?: boolean
  /** Whether all integers of `any` cells are bigints, and not only those that a number cannot hold. */
  readonly bigints?: boolean
}

/** A cleared buffer, or an error that says what to do where there is no room for it. */
export function allocate(byteLength: number): ArrayBuffer {
  return orOutOfRange(byteLength, () => new ArrayBuffer(byteLength))
}

/** In a `vm` context the buffers of `Buffer` are not of the class that the caller knows. */
const unsafeIsOwn = Buffer.allocUnsafeSlow(1).buffer instanceof ArrayBuffer

/**
 * All bytes of a buffer that the binding fills. It may hold anything until then: the binding writes every byte of it before a
 * batch is made of it, so clearing it here would only keep the first request waiting.
 */
export function allocateForReply(byteLength: number): Uint8Array<ArrayBuffer> {
  return orOutOfRange(byteLength, () =>
    unsafeIsOwn ? Buffer.allocUnsafeSlow(byteLength) : new Uint8Array(new ArrayBuffer(byteLength)),
  )
}

function orOutOfRange<T>(byteLength: number, make: () => T): T {
  try {
    return make()
  } catch {
    throw outOfRange(
      `keys and dtype ask for a buffer of ${byteLength} bytes, which cannot be allocated; read fewer keys at once`,
    )
  }
}

/** The bytes of one cell. */
export function cellBytes(field: Field): number {
  return field.itemsize * field.count
}

/** The bytes of everything: of the buffer as far as it is used, and of the blocks. */
export function totalBytes({ at, blocks = [] }: Memory): number {
  return blocks.reduce((sum, block) => sum + block.length, at.byteLength)
}

const NUMBER_BYTES = 4

/** The rows from `start` to before `end` of memory in the columns layout: the same buffer, looked at from there. */
export function sliceMemory(memory: Memory, start: number, end: number): Memory {
  const { at } = memory
  const moved: NativeLayout = {
    ...at,
    offsets: at.offsets.map((offset, index) => offset + start * (at.strides[index] as number)),
    valid: at.valid.map((offset) => offset + start),
    gen: at.gen + start * NUMBER_BYTES,
    ttl: at.ttl + start * NUMBER_BYTES,
    resultCodes: at.resultCodes + start * NUMBER_BYTES,
  }
  return { ...memory, length: end - start, at: moved, isPart: true }
}

/** Whether the memory is still there, also that of no rows: a buffer that was transferred has no bytes left. */
export function isPresent({ buffer, at }: Memory): boolean {
  return buffer.byteLength >= at.byteLength && !isTransferred(buffer)
}

/** Typed arrays over a transferred buffer read as empty; this makes that an error instead of zeros. */
export function checkPresent(memory: Memory): void {
  if (isPresent(memory)) return
  throw new AerostrideError(
    'the memory of this batch was given away: by release(), detach(), a later batchRead with `into`, or by transferring its buffer',
    { code: 'ERR_AEROSTRIDE_BATCH_MOVED' },
  )
}

/** Moves the bytes to a new ArrayBuffer without copying them; the old one is empty afterwards. */
export function transfer(buffer: ArrayBuffer): ArrayBuffer {
  const own = (buffer as { transfer?: () => ArrayBuffer }).transfer
  return own === undefined ? structuredClone(buffer, { transfer: [buffer] }) : own.call(buffer)
}
