import { checkBinName } from '../arguments/bin-name.js'
import { type Filter, filterOption, withFilter } from '../expressions/filter.js'
import { abortSignal } from './abort.js'
import { Batch } from '../batch/batch.js'
import { memoryOf } from '../batch/reuse.js'
import type { Failure } from '../batch/failure.js'
import { Dtype, layoutOf, nativeDtypeOf, readsOf, refuseDtype } from '../dtype/dtype.js'
import { invalidArgument, outOfRange, translated } from '../errors.js'
import { nativeCodeOf } from '../kinds/code.js'
import type { ArrowTableLike } from '../arrow/input.js'
import type { ArrowVector } from '../arrow/vector.js'
import { columnsByName, dtypeOfColumns, fillFrom, isArrowTable } from './arrow-write.js'
import { applyMask, validOf } from '../columns/fill.js'
import { oneOf, quote } from '../arguments/given.js'
import { type Memory, allocate, allocateForReply } from '../columns/memory.js'
import { type NativeColumnarWrite, type NativeDtype, type NativeOutcome, native } from '../binding/native.js'
import { type Checks, checkOptions, instance, isObject, ownValue } from '../arguments/options.js'
import { type CheckedWritePolicy, type WritePolicy, writePolicy } from '../policies/policy.js'
import { type Keys, type PlannedKeys, planKeys, subjectOf } from './plan-keys.js'
import type { ColumnInput } from '../columns/types.js'
import type { Schema } from '../kinds/literals.js'
import type { Call, DefaultPolicies } from './session.js'

/** How a write of many records behaves: a policy as of `put`, without generations, which belong to single records. */
export type BatchWritePolicy = Omit<WritePolicy, 'generation' | 'generationPolicy'>

/** Options of a write of many records. */
export interface BatchOptions {
  /** How the write behaves: timeouts, ttl, how to treat existing records. */
  policy?: BatchWritePolicy | undefined
  /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and its row has result code 27. */
  filter?: Filter | undefined
  /** Aborts the write; some rows may have been written. A blocking write checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** Options of a columnar write. */
export interface BatchWriteOptions<S extends Schema = Schema> extends BatchOptions {
  /** The types of the columns, and how they are stored. Default what the types of Arrow's columns say, if all are of Arrow. */
  dtype?: Dtype<S> | undefined
  /** A column per field, with a value per key: values, vectors of Arrow, or a whole table of Arrow. */
  columns: { readonly [K in keyof S]: ColumnInput<S[K]> | ArrowVector } | ArrowTableLike
  /** Per field 1 or true for the cells to write. Default all cells that have a value. */
  valid?: { readonly [K in keyof S]?: Uint8Array | readonly boolean[] | undefined } | undefined
}

/** Rows that are written as they are: a batch, or a table or record batch of `apache-arrow`, whose types say the dtype. */
export type WritableRows = Batch | ArrowTableLike

/** The outcome of a write of many records, row by row. */
export interface BatchWriteResult {
  /** Number of rows: one per key. */
  readonly length: number
  /** How many have result code 0. */
  readonly ok: number
  /** Per row 0 for success, negative for codes of the client; -2 if the row had no cell to write. */
  readonly resultCodes: Int32Array<ArrayBuffer>
  /** Per row the record's generation after the write. */
  readonly gen: Uint32Array<ArrayBuffer>
  /** The requests that failed. */
  readonly failures: readonly Failure[]
  /**
   * Per row 1 where the record may have been written although its code is not 0: the row was sent and not answered, the
   * server's time was up, or a retry was answered after an attempt of which nobody knows. So a code 5 of `exists: 'create'`
   * with a 1 here may come from this very call.
   */
  readonly inDoubt: Uint8Array<ArrayBuffer>
}

/** Rows by number as a mask. */
export function maskOf(rows: Iterable<number>, length: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(length)
  for (const row of rows) mask[row] = 1
  return mask
}

interface CheckedOptions {
  dtype?: Dtype
  columns?: object
  valid?: Record<string, unknown>
  policy?: CheckedWritePolicy
  filter?: Uint8Array
  signal?: AbortSignal
}

const anObject = instance(isObject, 'an object')

const BATCH_CHECKS: Checks<Pick<CheckedOptions, 'policy' | 'filter' | 'signal'>> = {
  policy: writePolicy,
  filter: filterOption,
  signal: abortSignal,
}

const COLUMN_CHECKS: Checks<CheckedOptions> = {
  ...BATCH_CHECKS,
  dtype: instance((value) => value instanceof Dtype, 'what dtype() returns'),
  columns: anObject,
  valid: anObject,
}

/** Columns in the layout that the native side writes from. */
interface Source {
  readonly dtype: NativeDtype
  readonly memory: Memory
}

/** A columnar write as a call. */
export function batchWriteCall(
  keys: Keys,
  from: BatchWriteOptions | WritableRows,
  options: BatchOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeOutcome, BatchWriteResult> {
  refuseDtype(from, 'options')
  const isTable = isArrowTable(from)
  const checked =
    from instanceof Batch || isTable
      ? checkOptions<CheckedOptions>(options, 'options', BATCH_CHECKS as Checks<CheckedOptions>)
      : checkOptions(from, 'options', COLUMN_CHECKS)
  const planned = planKeys(keys)
  // Before the columns are filled, which is work for nothing.
  checked.signal?.throwIfAborted()
  const source =
    from instanceof Batch
      ? sourceOfBatch(from, planned)
      : sourceOfColumns(
          isTable ? { ...checked, columns: from } : checked,
          planned,
          isTable ? 'table' : 'options.columns',
        )
  for (const { name } of source.memory.fields) checkBinName(name, 'dtype')
  return writeCall(planned, source, checked, defaults)
}

function sourceOfBatch(batch: Batch, keys: PlannedKeys): Source {
  const memory = memoryOf(batch)
  if (memory.length !== keys.source.length) {
    throw outOfRange(`the batch has ${memory.length} rows, and there are ${keys.source.length} keys`)
  }
  const fields = memory.fields.map((field) => ({
    name: field.name,
    code: nativeCodeOf(field),
    shape: [...field.shape],
  }))
  return { dtype: translated(() => native.parseDtype(fields)), memory }
}

function sourceOfColumns(checked: CheckedOptions, keys: PlannedKeys, label: string): Source {
  if (checked.columns === undefined)
    throw invalidArgument('options.columns must be an object with a column per field, not undefined')
  const { valid = {} } = checked
  const columns = columnsByName(checked.columns, label)
  const dtype = checked.dtype ?? dtypeOfColumns(columns, label)
  if (readsOf(dtype) !== undefined) {
    throw invalidArgument(
      'options.dtype has fields that are read from elsewhere; write with a dtype whose fields are bins',
    )
  }
  checkNames(columns, label, dtype)
  checkNames(valid, 'options.valid', dtype)
  const rows = keys.source.length
  const at = layoutOf(nativeDtypeOf(dtype), rows, 'columns', false)
  const memory: Memory = {
    buffer: allocate(at.byteLength),
    length: rows,
    fields: dtype.fields,
    layout: 'columns',
    align: false,
    at,
    blocks: [],
  }
  dtype.names.forEach((name, index) => {
    const column = ownValue(columns, name)
    if (column === undefined) throw invalidArgument(`${label}.${name} is missing: every field has a column`)
    fillFrom(memory, index, column, `${label}.${name}`)
    const mask = ownValue(valid, name)
    if (mask !== undefined) applyMask(validOf(memory, index), mask, `options.valid.${name}`)
  })
  return { dtype: nativeDtypeOf(dtype), memory }
}

function checkNames(byName: Record<string, unknown>, what: string, { names }: Dtype): void {
  const unknown = Object.keys(byName).find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw invalidArgument(`${what}: the dtype has no field ${quote(unknown)}; it has ${oneOf(names)}`)
}

/** Where codes and generations come back: the layout of a dtype without fields. */
const NO_FIELDS: { dtype?: NativeDtype } = {}

function writeCall(
  keys: PlannedKeys,
  { dtype, memory }: Source,
  checked: CheckedOptions,
  defaults: DefaultPolicies,
): Call<NativeOutcome, BatchWriteResult> {
  const { length, layout, align, buffer, at, blocks = [] } = memory
  const resultAt = native.layoutOf((NO_FIELDS.dtype ??= native.parseDtype([])), length, 'columns', false)
  const resultBytes = allocateForReply(resultAt.byteLength)
  const { buffer: result } = resultBytes
  const options: NativeColumnarWrite = {
    policy: withFilter(defaults.write, checked),
    layout,
    align,
    blocks: [...blocks],
  }
  const columns = new Uint8Array(buffer, 0, at.byteLength)
  return {
    start: (client) => client.batchWrite(keys.toNative(), dtype, columns, resultBytes, options),
    subject: subjectOf('batchWrite', keys.source),
    codes: ({ resultCodes }) => resultCodes,
    signal: checked.signal,
    finish: ({ ok, failures, inDoubt }) => ({
      length,
      ok,
      resultCodes: new Int32Array(result, resultAt.resultCodes, length),
      gen: new Uint32Array(result, resultAt.gen, length),
      failures,
      inDoubt: maskOf(inDoubt ?? [], length),
    }),
  }
}
