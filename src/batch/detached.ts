import { given } from '../arguments/given.js'
import { integer, isObject } from '../arguments/options.js'
import { type NativeDtype, native } from '../binding/native.js'
import { type Memory, transfer } from '../columns/memory.js'
import { checkViews, repackCells, viewCellsOf } from '../columns/repack.js'
import { invalidArgument, outOfRange, translated } from '../errors.js'
import { type PackedKeyParts, keyPartsOf, keysOfParts } from '../keys/parts.js'
import { nativeCodeOf } from '../kinds/code.js'
import type { Field, Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { isArrayBuffer, isBytes, isTransferred, typedArrayName } from '../tags.js'
import type { Failure } from './failure.js'
import type { BatchParts, Mismatch } from './parts.js'

/**
 * A batch as plain data, on its way to another thread: `worker.postMessage(parts, parts.transfer)` moves its memory, and
 * `Batch.from(parts)` makes a batch of it there.
 */
export interface DetachedBatch<S extends Schema = Schema, L extends Layout = Layout> {
  /** What `postMessage` is to move instead of copying it: the buffer, and those of the blocks. */
  readonly transfer: readonly ArrayBuffer[]
  /** The one buffer that contains everything but what is in the blocks. */
  readonly buffer: ArrayBuffer
  /** The values that are longer than their cells. They were copied, because other batches may share the blocks. */
  readonly blocks: readonly Uint8Array<ArrayBuffer>[]
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
  /** Which types of bins were mismatched. */
  readonly mismatches: readonly Mismatch[]
  /** Whether all integers of `any` fields are bigints. */
  readonly bigints: boolean
  /** The requests that failed. */
  readonly failures: readonly Failure[]
  /** The schema as a type; this property does not exist at run time. */
  readonly schema?: S
}

const MOST_ROWS = 0xffff_ffff

/** Takes the memory out of a batch. */
export function detached({ memory, keys, conversions, failures, mismatches = [] }: BatchParts): DetachedBatch {
  // Before anything moves: keys that cannot be packed leave the batch as it was.
  const packed = keyPartsOf(keys)
  const buffer = transfer(memory.buffer)
  const { length, layout, align, bigints = false } = memory
  const blocks = ownBlocks({ ...memory, buffer })
  const fields = memory.fields.map((field) => ({ ...field, shape: [...field.shape] }))
  return {
    transfer: [buffer, ...blocks.map((block) => block.buffer)],
    buffer,
    blocks,
    length,
    layout,
    align,
    fields,
    keys: packed,
    conversions: [...conversions],
    mismatches: mismatches.map((mismatch) => ({ ...mismatch })),
    bigints,
    failures: failures.map((failure) => ({ ...failure })),
  }
}

/** Copies what the cells name in blocks, and has them name the copies. */
function ownBlocks(memory: Memory): Uint8Array<ArrayBuffer>[] {
  const own: Uint8Array<ArrayBuffer>[] = []
  for (const cells of viewCellsOf(memory)) own.push(...repackCells(cells, memory.blocks ?? [], own.length))
  return own
}

/** Checks what was detached, and makes the parts of a batch of it: nothing that it says of lengths is believed. */
export function partsOfDetached(parts: unknown): BatchParts {
  if (!isObject(parts)) throw invalidArgument(`parts must be what batch.detach() gives, not ${given(parts)}`)
  const { buffer, length, layout, align, fields, keys, conversions, failures, blocks = [], mismatches = [] } = parts
  if (!isArrayBuffer(buffer)) throw invalidArgument(`parts.buffer must be an ArrayBuffer, not ${given(buffer)}`)
  const rows = integer(0, MOST_ROWS)(length, 'parts.length')
  if (layout !== 'columns' && layout !== 'rows')
    throw outOfRange(`parts.layout must be 'columns' or 'rows', not ${given(layout)}`)
  if (!Array.isArray(blocks) || !blocks.every(isBytes))
    throw invalidArgument(`parts.blocks must be an array of Uint8Arrays, not ${given(blocks)}`)
  const dtype = dtypeOf(fields)
  const bytes: Bytes = {
    buffer,
    length: rows,
    layout,
    align: align === true,
    blocks,
    bigints: parts['bigints'] === true,
  }
  const memory = memoryOf(dtype, bytes)
  return {
    memory,
    keys: keysOfParts(keys, rows, 'parts.keys'),
    conversions: countsOf(conversions, memory.fields.length * 3),
    mismatches: mismatchesOf(mismatches),
    failures: failuresOf(failures),
    layoutFor: (selected) => native.layoutOf(dtype, selected, layout, memory.align),
  }
}

type Bytes = Pick<Memory, 'buffer' | 'length' | 'layout' | 'align' | 'blocks' | 'bigints'>

function memoryOf(dtype: NativeDtype, bytes: Bytes): Memory {
  const at = translated(() => native.layoutOf(dtype, bytes.length, bytes.layout, bytes.align))
  if (bytes.buffer.byteLength < at.byteLength || isTransferred(bytes.buffer)) {
    throw outOfRange(
      `parts.buffer has ${bytes.buffer.byteLength} bytes, and ${bytes.length} rows need ${at.byteLength}; it may have been given away`,
    )
  }
  const memory: Memory = { ...bytes, fields: native.fieldsOf(dtype), at }
  checkViews(memory)
  return memory
}

function dtypeOf(fields: unknown): NativeDtype {
  if (!Array.isArray(fields)) throw invalidArgument(`parts.fields must be an array, not ${given(fields)}`)
  const specs = Array.from(fields, (field: unknown, index) => {
    const { name, descr, kind, shape } = isObject(field) ? field : {}
    if (![name, descr, kind].every((each) => typeof each === 'string') || !Array.isArray(shape)) {
      throw invalidArgument(`parts.fields[${index}] must be a field of a dtype, not ${given(field)}`)
    }
    return { name: name as string, code: nativeCodeOf(field as Field), shape: shape.map(Number) }
  })
  return translated(() => native.parseDtype(specs))
}

function countsOf(counts: unknown, needed: number): number[] {
  if (!Array.isArray(counts) || counts.length !== needed)
    throw invalidArgument(`parts.conversions must be an array of ${needed} counts, not ${given(counts)}`)
  return counts.map(Number)
}

function mismatchesOf(mismatches: unknown): Mismatch[] {
  if (!Array.isArray(mismatches) || !mismatches.every(isObject))
    throw invalidArgument(`parts.mismatches must be an array of counts, not ${given(mismatches)}`)
  return mismatches.map(({ field, type, count }) => ({
    field: Number(field),
    type: String(type),
    count: Number(count),
  }))
}

function failuresOf(failures: unknown): Failure[] {
  if (!Array.isArray(failures)) throw invalidArgument(`parts.failures must be an array, not ${given(failures)}`)
  return Array.from(failures, (failure: unknown, index) => {
    if (!isObject(failure) || typedArrayName(failure['rows']) !== 'Uint32Array')
      throw invalidArgument(`parts.failures[${index}] must be a failure of a batch, not ${given(failure)}`)
    return failure as unknown as Failure
  })
}
