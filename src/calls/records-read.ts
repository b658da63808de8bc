import { type Filter, filterOption } from '../expressions/filter.js'
import { type Checks, checkOptions } from '../arguments/options.js'
import {
  type CheckedReadPolicy,
  type Integers,
  type ReadPolicy,
  integersOption,
  readPolicy,
  withIntegers,
} from '../policies/policy.js'
import type { NativeReadPolicy, NativeRecord, NativeTransaction } from '../binding/native.js'
import { refuseDtype } from '../dtype/dtype.js'
import { invalidArgument } from '../errors.js'
import { abortSignal } from './abort.js'
import { COLUMN_OPTIONS } from './batch-read.js'
import { type Keys, type PlannedKeys, planKeys, subjectOf } from './plan-keys.js'
import { type ReadRecord, recordOf } from './record.js'
import { type Transaction, termsOf, transactionOption } from './transaction.js'
import { binNames } from './values.js'
import type { Call, DefaultPolicies } from './session.js'

/** Options of a batch read without a dtype. */
export interface RecordReadOptions {
  /** How the read behaves: timeouts, retries, replicas. */
  policy?: ReadPolicy | undefined
  /** Which records: AEL text, an expression or its bytes. One that it rejects has result code 27. */
  filter?: Filter | undefined
  /** The bins to read. Default all. */
  bins?: readonly string[] | undefined
  /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
  /** The transaction that the read is a part of. */
  transaction?: Transaction | undefined
  /** Aborts the read. A blocking read checks it only at the start. */
  signal?: AbortSignal | undefined
}

interface CheckedOptions {
  policy?: CheckedReadPolicy
  filter?: Uint8Array
  transaction?: NativeTransaction
  bins?: string[]
  integers?: boolean
  signal?: AbortSignal
}

const CHECKS: Checks<CheckedOptions> = {
  policy: readPolicy,
  filter: filterOption,
  transaction: transactionOption,
  bins: binNames,
  integers: integersOption,
  signal: abortSignal,
}

/** A batch read of ordinary records, checked and ready to go through either door. */
interface RecordPlan {
  readonly keys: PlannedKeys
  readonly bins: string[] | null
  readonly policy: NativeReadPolicy
  readonly signal: AbortSignal | undefined
}

/** Checks the arguments of a read of ordinary records. */
function planRecords(keys: Keys, options: RecordReadOptions | undefined, defaults: CheckedReadPolicy): RecordPlan {
  refuseDtype(options, 'options')
  const alone = COLUMN_OPTIONS.find((name) => options !== undefined && Object.hasOwn(Object(options), name))
  if (alone !== undefined) throw invalidArgument(`options.${alone} is for reads into columns: options.dtype is missing`)
  const checked = checkOptions(options, 'options', CHECKS, COLUMN_OPTIONS)
  const planned = planKeys(keys)
  const policy = withIntegers(termsOf(defaults, checked), checked.integers)
  return { keys: planned, bins: checked.bins ?? null, policy, signal: checked.signal }
}

/** A batch read of ordinary records as a call. */
export function recordsReadCall(
  keys: Keys,
  options: RecordReadOptions | undefined,
  { read = {} }: DefaultPolicies,
): Call<NativeRecord[], ReadRecord[]> {
  const { keys: planned, bins, policy, signal } = planRecords(keys, options, read)
  return {
    start: (client) => client.batchReadRecords(planned.toNative(), bins, policy),
    subject: subjectOf('batchRead', planned.source),
    codes: (records) => records.map(({ resultCode }) => resultCode),
    signal,
    finish: (records) => records.map((record, row) => recordOf(planned.source, row, record)),
  }
}
