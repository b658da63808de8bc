import { codeOf } from '../kinds/code.js'
import type { Field } from '../kinds/kinds.js'
import { type Batch, createBatch } from '../batch/batch.js'
import { ConversionError } from '../batch/conversion-error.js'
import { type Memory, allocateForReply } from '../columns/memory.js'
import { type Dtype, layoutOf, nativeDtypeOf, readsOf } from '../dtype/dtype.js'
import { keyAt } from '../keys/key.js'
import type {
  NativeClient,
  NativeDtype,
  NativeFilled,
  NativeLayout,
  NativeStream,
  NativeStreamOptions,
} from '../binding/native.js'
import type { StreamRecord } from './record.js'
import { withIntegers } from '../policies/policy.js'
import type { CheckedStream } from './options.js'
import { streamKeys } from './keys.js'
import { queryOf } from './where.js'

/** Rows of a batch, unless rows are large. */
const BATCH_ROWS = 32_768
/** A batch has about so many bytes at most. */
const BATCH_BYTES = 8 * 1024 * 1024
const FEWEST_ROWS = 256
/** Ordinary records are objects, which cost more memory than rows. */
const BATCH_RECORDS = 1024
/** Generation, ttl and result code of a row. */
const META_BYTES = 12
/** Buffers that are kept for later batches; more than a stream can use at the same time are of no use. */
const MOST_SPARE = 8

/** A stream's native side, and the memory that it has of us: lends what is missing, and makes batches of what comes. */
export interface Source<T> {
  readonly native: NativeStream
  /** Lends as many batches as the native side can use. */
  lend(): void
  /** Makes what the consumer gets. */
  finish(filled: NativeFilled): T
  /** A batch without rows. */
  empty(): T
}

/** Opens a stream of batches or of records. Nothing is asked of the server before the first pull. */
export function openStream(
  client: NativeClient,
  namespace: string,
  set: string,
  checked: CheckedStream,
): Source<Batch> | Source<StreamRecord[]> {
  const native = client.stream(nativeOptions(namespace, set, checked))
  const { dtype } = checked
  return dtype === undefined
    ? recordSource(native, namespace, set, checked)
    : new ColumnSource(native, namespace, set, dtype, checked)
}

function nativeOptions(namespace: string, set: string, checked: CheckedStream): NativeStreamOptions {
  const { dtype, bins, where, filter, partitions, after, keys = 'user', maxRows = 0, recordsPerSecond = 0 } = checked
  const names = dtype === undefined ? bins : dtype.names
  const reads = dtype === undefined ? undefined : readsOf(dtype)
  return {
    namespace,
    set,
    keys,
    maxRows,
    recordsPerSecond,
    policy: withIntegers(checked.policy ?? {}, checked.integers),
    ...(names === undefined ? {} : { bins: names }),
    ...(reads === undefined ? {} : { reads: [...reads] }),
    ...(where === undefined ? {} : { index: queryOf(where) }),
    ...(filter === undefined ? {} : { filter }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(after === undefined ? {} : { after }),
  }
}

class ColumnSource implements Source<Batch> {
  readonly native: NativeStream
  readonly #namespace: string
  readonly #set: string
  readonly #dtype: Dtype
  readonly #native: NativeDtype
  readonly #checked: CheckedStream
  readonly #rows: number
  readonly #lent = new Map<number, Memory>()
  #nextId = 0
  /** Buffers of batches that were released, or copied because they were not full. */
  readonly #spare: ArrayBuffer[] = []
  readonly #placed: Pick<Memory, 'layout' | 'align'>

  constructor(native: NativeStream, namespace: string, set: string, dtype: Dtype, checked: CheckedStream) {
    this.native = native
    this.#namespace = namespace
    this.#set = set
    this.#dtype = dtype
    this.#native = nativeDtypeOf(dtype, checked.fill)
    this.#checked = checked
    this.#rows = checked.batchRows ?? rowsFor(dtype)
    this.#placed = { layout: checked.layout ?? 'columns', align: checked.align ?? false }
  }

  lend(): void {
    while (this.#lent.size < this.native.wanted) this.#lendOne()
  }

  #lendOne(): void {
    const memory = this.#memory(this.#rows, (size) => this.#spare.pop() ?? allocateForReply(size).buffer)
    const { layout, align, buffer } = memory
    const id = ++this.#nextId
    const bytes = new Uint8Array(buffer, 0, memory.at.byteLength)
    const { onLoss = 'allow' } = this.#checked
    this.native.lendColumns(id, this.#native, bytes, this.#rows, layout, align, onLoss)
    this.#lent.set(id, memory)
  }

  #memory(length: number, buffer: (byteLength: number) => ArrayBuffer): Memory {
    const { integers = false } = this.#checked
    const at = this.#layout(length)
    const { fields } = this.#dtype
    return { buffer: buffer(at.byteLength), length, fields, ...this.#placed, at, bigints: integers }
  }

  #layout(rows: number): NativeLayout {
    return layoutOf(this.#native, rows, this.#placed.layout, this.#placed.align)
  }

  finish(filled: NativeFilled): Batch {
    const lent = this.#lent.get(filled.id) as Memory
    this.#lent.delete(filled.id)
    const filledMemory = filled.rows === lent.length ? lent : this.#cut(lent, filled.rows)
    const memory: Memory = { ...filledMemory, blocks: filled.blocks }
    const batch = this.#batch(memory, filled)
    if (filled.loss === undefined || filled.loss === null) return batch
    const field = memory.fields.find(({ name }) => name === filled.loss?.field)
    const key = keyAt(streamKeys(this.#namespace, this.#set, filled), filled.loss.row)
    throw new ConversionError(filled.loss, batch, key, codeOf(field as Field))
  }

  /** The rows of a batch that is not full lie together at the beginning; the rest of its memory is used again. */
  #cut(lent: Memory, rows: number): Memory {
    const memory = this.#memory(rows, (size) => lent.buffer.slice(0, size))
    this.#reuse(lent.buffer)
    return memory
  }

  /** What this stream has made has the size of its batches; batches that were made of others have any. */
  readonly #reuse = (buffer: ArrayBuffer): void => {
    const { byteLength } = this.#layout(this.#rows)
    if (buffer.byteLength >= byteLength && this.#spare.length < MOST_SPARE) this.#spare.push(buffer)
  }

  #batch(memory: Memory, filled: NativeFilled): Batch {
    return createBatch({
      memory,
      reuse: this.#reuse,
      keys: streamKeys(this.#namespace, this.#set, filled),
      conversions: filled.conversions,
      mismatches: filled.mismatches,
      failures: [],
      layoutFor: (rows) => layoutOf(this.#native, rows, memory.layout, memory.align),
      ...(this.#checked.keys === 'digest' ? { digests: filled.digests } : {}),
    })
  }

  empty(): Batch {
    const filled: NativeFilled = { ...NOTHING, conversions: this.#dtype.fields.flatMap(() => [0, 0, 0]) }
    return this.#batch(
      this.#memory(0, (size) => new ArrayBuffer(size)),
      filled,
    )
  }
}

const NOTHING: NativeFilled = {
  id: 0,
  rows: 0,
  conversions: [],
  blocks: [],
  mismatches: [],
  keyTypes: new Uint8Array(0),
  keyEnds: new Uint32Array(0),
  keyBytes: new Uint8Array(0),
  digests: new Uint8Array(0),
  sets: [],
  setOf: new Uint32Array(0),
}

function rowsFor(dtype: Dtype): number {
  const bytes = dtype.itemsize + dtype.fields.length + META_BYTES
  return Math.max(FEWEST_ROWS, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / bytes)))
}

function recordSource(
  native: NativeStream,
  namespace: string,
  set: string,
  { batchRows = BATCH_RECORDS }: CheckedStream,
): Source<StreamRecord[]> {
  let [lent, nextId] = [0, 0]
  return {
    native,
    lend: () => {
      for (; lent < native.wanted; lent++) native.lendRecords(++nextId, batchRows)
    },
    finish: (filled) => {
      lent--
      const keys = streamKeys(namespace, set, filled)
      const digestAt = (row: number): Uint8Array => filled.digests.slice(row * 20, row * 20 + 20)
      return (filled.records ?? []).map(({ bins, gen, ttl }, row) => ({
        key: keyAt(keys, row),
        bins: bins ?? {},
        gen,
        ttl,
        ...(filled.digests.length === 0 ? {} : { digest: digestAt(row) }),
      }))
    },
    empty: () => [],
  }
}
