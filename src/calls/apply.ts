import type { Failure } from '../batch/failure.js'
import type { NativeUdf, NativeWorkedRows } from '../binding/native.js'
import { outOfRange } from '../errors.js'
import type { Key } from '../keys/key.js'
import { oneKey } from '../keys/one.js'
import { withIntegers } from '../policies/policy.js'
import { type BatchApplyOptions, checkApply, checkApplyOne, finishRows, planWork } from './batch-work.js'
import { SUCCESS } from './codes.js'
import { type Keys, subjectOf, subjectOfOne } from './plan-keys.js'
import type { BinValue } from './record.js'
import type { Call, DefaultPolicies } from './session.js'
import { termsOf } from './transaction.js'
import { type Udf, checkUdf } from './udfs.js'

/** Options of `apply`. */
export type ApplyOptions = Omit<BatchApplyOptions, 'ttls'>

/** The outcome of `batchApply`, row by row. */
export interface BatchApplyResult {
  /** Number of rows: one per key. */
  readonly length: number
  /** How many have result code 0. */
  readonly ok: number
  /** Per row 0 for success, 100 for a function that failed, negative for codes of the client. */
  readonly resultCodes: Int32Array<ArrayBuffer>
  /** Per row what the function returned; `null` where it returned nothing or the code is not 0. */
  readonly values: readonly BinValue[]
  /** The requests that failed, and the functions that did, with code 100 and what the server says of them. */
  readonly failures: readonly Failure[]
  /** Per row 1 where the record may have been changed although its code is not 0. */
  readonly inDoubt: Uint8Array<ArrayBuffer>
}

/** `apply`: what a function makes of one record. */
export function applyCall(
  key: Key,
  udf: Udf,
  options: ApplyOptions | undefined,
  defaults: DefaultPolicies,
): Call<unknown, BinValue> {
  const checked = checkApplyOne(options)
  const policy = withIntegers(termsOf(defaults.write, checked), checked.integers)
  const [of, applied] = [oneKey(key), checkUdf(udf, 'udf')]
  return {
    start: (client) => client.apply(of, applied, policy),
    signal: checked.signal,
    subject: subjectOfOne('apply', of),
    codes: () => [SUCCESS],
    finish: (value) => value,
  }
}

/** `batchApply`: what functions make of many records. */
export function batchApplyCall(
  keys: Keys,
  udf: Udf | readonly Udf[],
  options: BatchApplyOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeWorkedRows, BatchApplyResult> {
  const work = planWork(keys, checkApply(options), defaults)
  const { source, toNative } = work.planned
  const udfs = checkUdfs(udf, source.length)
  return {
    start: (client) => client.batchApply(toNative(), udfs, work.terms, work.policy),
    signal: work.signal,
    subject: subjectOf('batchApply', source),
    codes: ({ resultCodes }) => resultCodes,
    finish: (worked) => {
      const { records, ...rest } = finishRows(work, worked)
      return { ...rest, values: records.map(({ bins }) => bins?.['SUCCESS'] ?? null) }
    },
  }
}

function checkUdfs(udf: Udf | readonly Udf[], rows: number): NativeUdf[] {
  if (!Array.isArray(udf)) return [checkUdf(udf, 'udf')]
  if (udf.length !== rows) throw outOfRange(`udf has ${udf.length} functions, and there are ${rows} keys`)
  return Array.from(udf, (each, row) => checkUdf(each, `udf[${row}]`))
}
