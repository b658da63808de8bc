import { given } from '../arguments/given.js'
import { integer, isObject } from '../arguments/options.js'
import { type NativeDtype, native } from '../binding/native.js'
import { type Memory, transfer } from '../columns/memory.js'
import { invalidArgument, outOfRange, translated } from '../errors.js'
import { type PackedKeyParts, keyPartsOf, keysOfParts } from '../keys/parts.js'
import type { Field, Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { isArrayBuffer, typedArrayName } from '../tags.js'
import type { Failure } from './failure.js'
import type { BatchParts } from './parts.js'

/**
 * A batch as plain data, on its way to another thread: `worker.postMessage(parts, parts.transfer)` moves its memory, and
 * `Batch.from(parts)` makes a batch of it there.
 */
export interface DetachedBatch<S extends Schema = Schema, L extends Layout = Layout> {
  /** What `postMessage` is to move instead of copying it: the buffer. */
  readonly transfer: readonly ArrayBuffer[]
  /** The one buffer that contains everything. */
  readonly buffer: ArrayBuffer
  /** Rows in the batch. */
  readonly length: number
  /** `'columns'` or `'rows'`. */
  readonly layout: L
  /** Whether the records of the rows layout are padded. */
  readonly align: boolean
  /** The fields, in order. */
  readonly fields: readonly Field[]
  /** The keys, packed. They are copied on the way. */
  readonly keys: PackedKeyParts
  /** missing, lossy and mismatched of each field in turn. */
  readonly conversions: readonly number[]
  /** The requests that failed. */
  readonly failures: readonly Failure[]
  /** The schema as a type; this property does not exist at run time. */
  readonly schema?: S
}

const MOST_ROWS = 0xffff_ffff

/** Takes the memory out of a batch. */
export function detached({ memory, keys, conversions, failures }: BatchParts): DetachedBatch {
  // Before anything moves: keys that cannot be packed leave the batch as it was.
  const packed = keyPartsOf(keys)
  const buffer = transfer(memory.buffer)
  const { length, layout, align } = memory
  const fields = memory.fields.map((field) => ({ ...field, shape: [...field.shape] }))
  return {
    transfer: [buffer],
    buffer,
    length,
    layout,
    align,
    fields,
    keys: packed,
    conversions: [...conversions],
    failures: failures.map((failure) => ({ ...failure })),
  }
}

/** Checks what was detached, and makes the parts of a batch of it: nothing that it says of lengths is believed. */
export function partsOfDetached(parts: unknown): BatchParts {
  if (!isObject(parts)) throw invalidArgument(`parts must be what batch.detach() gives, not ${given(parts)}`)
  const { buffer, length, layout, align, fields, keys, conversions, failures } = parts
  if (!isArrayBuffer(buffer)) throw invalidArgument(`parts.buffer must be an ArrayBuffer, not ${given(buffer)}`)
  const rows = integer(0, MOST_ROWS)(length, 'parts.length')
  if (layout !== 'columns' && layout !== 'rows')
    throw outOfRange(`parts.layout must be 'columns' or 'rows', not ${given(layout)}`)
  const dtype = dtypeOf(fields)
  const memory = memoryOf(dtype, { buffer, length: rows, layout, align: align === true })
  return {
    memory,
    keys: keysOfParts(keys, rows, 'parts.keys'),
    conversions: countsOf(conversions, memory.fields.length * 3),
    failures: failuresOf(failures),
    layoutFor: (selected) => dtype.layout(selected, layout, memory.align),
  }
}

type Bytes = Pick<Memory, 'buffer' | 'length' | 'layout' | 'align'>

function memoryOf(dtype: NativeDtype, bytes: Bytes): Memory {
  const at = translated(() => dtype.layout(bytes.length, bytes.layout, bytes.align))
  if (bytes.buffer.byteLength < at.byteLength) {
    throw outOfRange(
      `parts.buffer has ${bytes.buffer.byteLength} bytes, and ${bytes.length} rows need ${at.byteLength}; it may have been given away`,
    )
  }
  return { ...bytes, fields: dtype.fields as Field[], at }
}

function dtypeOf(fields: unknown): NativeDtype {
  if (!Array.isArray(fields)) throw invalidArgument(`parts.fields must be an array, not ${given(fields)}`)
  const specs = Array.from(fields, (field: unknown, index) => {
    const { name, descr, shape } = isObject(field) ? field : {}
    if (typeof name !== 'string' || typeof descr !== 'string' || !Array.isArray(shape)) {
      throw invalidArgument(`parts.fields[${index}] must be a field of a dtype, not ${given(field)}`)
    }
    return { name, code: descr, shape: shape.map(Number) }
  })
  return translated(() => new native.NativeDtype(specs))
}

function countsOf(counts: unknown, needed: number): number[] {
  if (!Array.isArray(counts) || counts.length !== needed)
    throw invalidArgument(`parts.conversions must be an array of ${needed} counts, not ${given(counts)}`)
  return counts.map(Number)
}

function failuresOf(failures: unknown): Failure[] {
  if (!Array.isArray(failures)) throw invalidArgument(`parts.failures must be an array, not ${given(failures)}`)
  return Array.from(failures, (failure: unknown, index) => {
    if (!isObject(failure) || typedArrayName(failure['rows']) !== 'Uint32Array')
      throw invalidArgument(`parts.failures[${index}] must be a failure of a batch, not ${given(failure)}`)
    return failure as unknown as Failure
  })
}
