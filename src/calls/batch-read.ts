import { type Filter, filterOption } from '../expressions/filter.js'
import { type Batch, createBatch } from '../batch/batch.js'
import { takeMemory } from '../batch/reuse.js'
import { abortSignal } from './abort.js'
import { codeOf } from '../kinds/code.js'
import { COUNTS_PER_FIELD } from '../batch/conversions.js'
import { ConversionError } from '../batch/conversion-error.js'
import { Dtype, layoutOf, nativeDtypeOf } from '../dtype/dtype.js'
import { invalidArgument } from '../errors.js'
import { oneOf, quote } from '../arguments/given.js'
import { keyAt } from '../keys/key.js'
import { type Memory, allocateForReply } from '../columns/memory.js'
import { type NativeDtype, type NativeOutcome, type NativeReadOptions, native } from '../binding/native.js'
import { type Checks, boolean, checkOptions, choice, instance, isObject, list, text } from '../arguments/options.js'
import {
  type CheckedReadPolicy,
  type Integers,
  type ReadPolicy,
  integersOption,
  readPolicy,
} from '../policies/policy.js'
import type { Field, Layout } from '../kinds/kinds.js'
import type { FillValue, Schema } from '../kinds/literals.js'
import { readOptions } from './read-options.js'
import { type Keys, type PlannedKeys, planKeys, subjectOf } from './plan-keys.js'
import type { Call, DefaultPolicies } from './session.js'

/** How values that do not fit their field are handled: only counted, as an invalid cell, or with a {@link ConversionError}. */
export type OnLoss = 'allow' | 'null' | 'throw'

/** Options of a batch read into columns. */
export interface BatchReadOptions<S extends Schema = Schema, L extends Layout = Layout> {
  /** Which bins to read, and their types. */
  dtype: Dtype<S>
  /** How the read behaves: timeouts, retries, replicas. */
  policy?: ReadPolicy | undefined
  /** Which records: AEL text, an expression or its bytes. A row that it rejects has result code 27. */
  filter?: Filter | undefined
  /** The fields to request from the server; the other fields are then missing. Default all. */
  bins?: readonly (keyof S & string)[] | undefined
  /** Each column contiguous (the default), or records as in numpy. */
  layout?: L | undefined
  /** Pads the records of the rows layout as a C compiler does. Default false. */
  align?: boolean | undefined
  /** How to handle values that do not fit their field. Default `'allow'`. */
  onLoss?: OnLoss | undefined
  /**
   * What cells without a value hold, by field: `{ humidity: NaN }`. Default what the dtype says, else 0. `valid` is 0 all the
   * same.
   */
  fill?: { readonly [K in keyof S]?: FillValue | undefined } | undefined
  /** `'bigint'` gives all integers of `any` fields as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
  /** A batch whose memory is reused. It is unusable after the call, even if the read fails. */
  into?: Batch | undefined
  /** Aborts the read. A blocking read checks it only at the start. */
  signal?: AbortSignal | undefined
}

interface CheckedOptions {
  dtype?: Dtype
  policy?: CheckedReadPolicy
  filter?: Uint8Array
  bins?: string[]
  integers?: boolean
  layout?: Layout
  align?: boolean
  onLoss?: OnLoss
  fill?: Record<string, unknown>
  into?: unknown
  signal?: AbortSignal
}

const CHECKS: Checks<CheckedOptions> = {
  policy: readPolicy,
  filter: filterOption,
  bins: list(text),
  integers: integersOption,
  signal: abortSignal,
  dtype: instance((value) => value instanceof Dtype, 'what dtype() returns'),
  layout: choice('columns', 'rows'),
  align: boolean,
  onLoss: choice('allow', 'null', 'throw'),
  fill: instance(isObject, 'an object'),
  into: (value) => value,
}

/** The options that only a read into columns has. */
export const COLUMN_OPTIONS: readonly string[] = ['dtype', 'layout', 'align', 'onLoss', 'fill', 'into']

/** A batch read into columns, checked and ready to go through either door. */
interface BatchPlan {
  readonly keys: PlannedKeys
  readonly dtype: NativeDtype
  readonly memory: Memory
  /** All of the memory. */
  readonly bytes: Uint8Array
  readonly options: NativeReadOptions | undefined
  readonly signal: AbortSignal | undefined
}

/** Whether the options ask for columns. One that is undefined does too: it is a mistake, not a wish for records. */
export function asksForColumns(options: unknown): options is BatchReadOptions {
  return typeof options === 'object' && options !== null && 'dtype' in options
}

/** Checks everything before any memory moves: keys, options, then the size of `into`. */
function planBatch(keys: Keys, options: BatchReadOptions, defaults: CheckedReadPolicy): BatchPlan {
  const checked = checkOptions(options, 'options', CHECKS)
  const compiled = checked.dtype
  if (compiled === undefined) throw invalidArgument('options.dtype must be what dtype() returns, not undefined')
  if (checked.bins !== undefined) checkBins(checked.bins, compiled)
  const planned = planKeys(keys)
  checked.signal?.throwIfAborted()
  const dtype = nativeDtypeOf(compiled, checked.fill)
  const { memory, bytes } = reserve(compiled, planned.source.length, checked)
  return { keys: planned, dtype, memory, bytes, options: readOptions(checked, defaults), signal: checked.signal }
}

function checkBins(bins: readonly string[], of: Dtype): void {
  const names = of.names
  bins.forEach((bin, index) => {
    if (!names.includes(bin))
      throw invalidArgument(`options.bins[${index}]: the dtype has no field ${quote(bin)}; it has ${oneOf(names)}`)
  })
}

function reserve(of: Dtype, rows: number, checked: CheckedOptions): Pick<BatchPlan, 'memory' | 'bytes'> {
  const { layout = 'columns', align = false, integers = false, into } = checked
  const at = layoutOf(nativeDtypeOf(of), rows, layout, align)
  const bytes =
    into === undefined
      ? allocateForReply(at.byteLength)
      : new Uint8Array(takeMemory(into, at.byteLength), 0, at.byteLength)
  const { buffer } = bytes
  return { memory: { buffer, length: rows, fields: of.fields, layout, align, at, bigints: integers }, bytes }
}

/** A batch read into columns as a call. */
export function batchReadCall(
  keys: Keys,
  options: BatchReadOptions,
  { read = {} }: DefaultPolicies,
): Call<NativeOutcome | null, Batch> {
  const plan = planBatch(keys, options, read)
  return {
    start: (client) => client.batchRead(plan.keys.toNative(), plan.dtype, plan.bytes, plan.options),
    begin: (begins) => begins.batchRead(plan.keys.toNative(), plan.dtype, plan.bytes, plan.options),
    subject: subjectOf('batchRead', plan.keys.source),
    codes: (batch) => batch.resultCodes,
    // The native read gives its memory back before it rejects.
    signal: plan.signal,
    finish: (outcome) => finishBatch(plan, outcome),
  }
}

/** Counts where nothing was counted, by the number of fields. */
const noConversions: (readonly number[])[] = []

function zeros(fields: number): readonly number[] {
  return (noConversions[fields] ??= Array.from({ length: fields * COUNTS_PER_FIELD }, () => 0))
}

/** Makes the batch of what the native side reports, or the error that `onLoss: 'throw'` asks for. */
function finishBatch(plan: BatchPlan, outcome: NativeOutcome | null): Batch {
  const { dtype, keys, memory } = plan
  const counted = outcome?.conversions ?? []
  const batch = createBatch({
    memory: outcome === null || outcome.blocks.length === 0 ? memory : { ...memory, blocks: outcome.blocks },
    keys: keys.source,
    conversions: counted.length > 0 ? counted : zeros(memory.fields.length),
    mismatches: outcome?.mismatches ?? [],
    failures: outcome?.failures ?? [],
    layoutFor: (rows) => native.layoutOf(dtype, rows, memory.layout, memory.align),
  })
  const loss = outcome?.loss
  if (loss === undefined || loss === null) return batch
  const field = memory.fields.find(({ name }) => name === loss.field)
  throw new ConversionError(loss, batch, keyAt(keys.source, loss.row), codeOf(field as Field))
}
