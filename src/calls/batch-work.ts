import { type Filter, filterOption } from '../expressions/filter.js'
import type { Failure } from '../batch/failure.js'
import type {
  NativeRecord,
  NativeRowTerms,
  NativeTransaction,
  NativeWorkedRows,
  NativeWrittenRecords,
} from '../binding/native.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { type Check, type Checks, checkOptions } from '../arguments/options.js'
import {
  type CheckedWritePolicy,
  type Integers,
  type WritePolicy,
  integersOption,
  withIntegers,
  writePolicy,
} from '../policies/policy.js'
import { typedArrayName } from '../tags.js'
import { abortSignal } from './abort.js'
import { type BatchWriteResult, maskOf } from './batch-write.js'
import { succeeded } from './codes.js'
import { type Keys, type PlannedKeys, planKeys } from './plan-keys.js'
import { type ReadRecord, recordOf } from './record.js'
import type { DefaultPolicies } from './session.js'
import { type Transaction, termsOf, transactionOption } from './transaction.js'

/** A number per key: an array or a typed array. */
export type PerKey = ArrayLike<number>

/** Options of batches that change or remove records. */
export interface BatchRemoveOptions {
  /** How the call behaves: timeouts, generation, what the server keeps. */
  policy?: WritePolicy | undefined
  /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and its row has result code 27. */
  filter?: Filter | undefined
  /** The generation that each record must have; a record with another one has result code 3. `batch.meta.gen` fits. */
  generations?: PerKey | undefined
  /** The transaction that the call is a part of. */
  transaction?: Transaction | undefined
  /** Aborts the call; some records may have been changed. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** Options of `batchOperate`. */
export interface BatchOperateOptions extends BatchRemoveOptions {
  /** The ttl of each record in seconds, as `policy.ttl`. */
  ttls?: PerKey | undefined
  /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
}

/** Options of `batchApply`. */
export interface BatchApplyOptions extends Omit<BatchOperateOptions, 'generations' | 'policy'> {
  /** How the call behaves. A function decides itself what it writes: generations and `exists` do not apply. */
  policy?: Omit<WritePolicy, 'generation' | 'generationPolicy' | 'exists'> | undefined
}

/** The outcome of `batchOperate`, row by row. */
export interface BatchOperateResult {
  /** Number of rows: one per key. */
  readonly length: number
  /** How many have result code 0. */
  readonly ok: number
  /** Per row 0 for success, 2 for a record that does not exist, negative for codes of the client. */
  readonly resultCodes: Int32Array<ArrayBuffer>
  /** Per row what its operations have read; `bins` is `null` where the code is not 0. */
  readonly records: readonly ReadRecord[]
  /** The requests that failed. */
  readonly failures: readonly Failure[]
  /** Per row 1 where the record may have been changed although its code is not 0. */
  readonly inDoubt: Uint8Array<ArrayBuffer>
}

/** The options of a batch that changes records, checked. */
export interface CheckedWork {
  policy?: CheckedWritePolicy
  filter?: Uint8Array
  generations?: Uint32Array
  ttls?: Int32Array
  integers?: boolean
  transaction?: NativeTransaction
  signal?: AbortSignal
}

const MAX_U32 = 0xffff_ffff
const MAX_TTL = 315_360_000

/** Checks that a value is numbers in an array or a typed array, each an integer from `low` to `high`. */
function numbers<T extends Int32Array | Uint32Array>(make: (length: number) => T, low: number, high: number): Check<T> {
  return (value, name) => {
    if (!Array.isArray(value) && typedArrayName(value) === undefined) {
      throw invalidArgument(`${name} must be an array or a typed array with a number per key, not ${given(value)}`)
    }
    const from = value as ArrayLike<unknown>
    const checked = make(from.length)
    for (let row = 0; row < from.length; row++) {
      const each = from[row]
      if (typeof each !== 'number' || !Number.isInteger(each) || each < low || each > high) {
        throw outOfRange(`${name}[${row}] must be an integer from ${low} to ${high}, not ${given(each)}`)
      }
      checked[row] = each
    }
    return checked
  }
}

/** Checks of the generations of rows. */
export const generationsOption: Check<Uint32Array> = numbers((length) => new Uint32Array(length), 0, MAX_U32)
/** Checks of the ttls of rows. */
export const ttlsOption: Check<Int32Array> = numbers((length) => new Int32Array(length), -2, MAX_TTL)

/** The checks of `batchRemove`. */
export const REMOVE_CHECKS: Checks<Omit<CheckedWork, 'ttls' | 'integers'>> = {
  policy: writePolicy,
  filter: filterOption,
  generations: generationsOption,
  transaction: transactionOption,
  signal: abortSignal,
}

/** The checks of `batchOperate`. */
export const OPERATE_CHECKS: Checks<CheckedWork> = { ...REMOVE_CHECKS, ttls: ttlsOption, integers: integersOption }

const APPLY_CHECKS: Checks<Omit<CheckedWork, 'generations'>> = {
  policy: (value, name) => {
    const policy = writePolicy(value, name)
    const foreign = (['generation', 'generationPolicy', 'exists'] as const).find((key) => policy[key] !== undefined)
    if (foreign === undefined) return policy
    throw invalidArgument(`${name}.${foreign} does not apply: a function decides itself what it writes`)
  },
  filter: filterOption,
  transaction: transactionOption,
  signal: abortSignal,
  ttls: ttlsOption,
  integers: integersOption,
}

/** Checks the options of a function that is applied. */
export function checkApply(options: unknown, checks: Partial<Checks<CheckedWork>> = APPLY_CHECKS): CheckedWork {
  return checkOptions(options, 'options', checks as Checks<CheckedWork>)
}

/** Checks the options of `apply`, whose one record has no terms of its own. */
export function checkApplyOne(options: unknown): CheckedWork {
  const { ttls: _, ...checks } = APPLY_CHECKS
  return checkApply(options, checks)
}

/** What a batch that changes records begins with. */
export interface PlannedWork {
  readonly planned: PlannedKeys
  readonly terms: NativeRowTerms
  readonly policy: CheckedWritePolicy & { bigints?: boolean }
  readonly signal: AbortSignal | undefined
}

/** The keys and terms of a batch that changes records. */
export function planWork(keys: Keys, checked: CheckedWork, defaults: DefaultPolicies): PlannedWork {
  const planned = planKeys(keys)
  const { length } = planned.source
  return {
    planned,
    terms: rowTerms(checked, length),
    policy: withIntegers(termsOf(defaults.write, checked), checked.integers),
    signal: checked.signal,
  }
}

/** The terms of rows, of which there are as many as keys. */
export function rowTerms({ ttls, generations }: CheckedWork, length: number): NativeRowTerms {
  for (const [name, values] of Object.entries({ ttls, generations })) {
    if (values !== undefined && values.length !== length) {
      throw outOfRange(`options.${name} has ${values.length} numbers, and there are ${length} keys`)
    }
  }
  return { ...(ttls !== undefined && { ttls }), ...(generations !== undefined && { generations }) }
}

/** The codes of rows. */
export function codesOf(records: readonly NativeRecord[]): Int32Array<ArrayBuffer> {
  return Int32Array.from(records, ({ resultCode }) => resultCode)
}

/** What both results have, and the records with their keys. */
export function finishRows({ planned: { source } }: PlannedWork, worked: NativeWorkedRows): BatchOperateResult {
  const resultCodes = codesOf(worked.records)
  return {
    length: source.length,
    ok: succeeded(resultCodes),
    resultCodes,
    records: worked.records.map((record, row) => recordOf(source, row, record)),
    failures: worked.failures,
    inDoubt: maskOf(worked.inDoubt, source.length),
  }
}

/** The outcome of a batch that reads nothing. */
export function finishWritten(written: NativeWrittenRecords, length: number): BatchWriteResult {
  const { resultCodes, gen, failures, inDoubt } = written
  return { length, ok: succeeded(resultCodes), resultCodes, gen, failures, inDoubt: maskOf(inDoubt, length) }
}
