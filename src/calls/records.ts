import { NOT_FOUND, SUCCESS } from './codes.js'
import { abortSignal } from './abort.js'
import { type Filter, filterOption } from '../expressions/filter.js'
import type { Key } from '../keys/key.js'
import { keyForCall } from '../keys/block.js'
import { oneKey, shownKey } from '../keys/one.js'
import type {
  NativeFound,
  NativeKey,
  NativeOperated,
  NativeOperation,
  NativeRecord,
  NativeTransaction,
} from '../binding/native.js'
import type { ResultOf } from './inside/operation.js'
import {
  type Operation,
  alignedAnswers,
  binsOfAnswers,
  checkOperations,
  eachBin,
  lastAnswers,
  refuseUnanswered,
} from './operations.js'
import { type Checks, checkOptions, choice } from '../arguments/options.js'
import {
  type CheckedReadPolicy,
  type CheckedWritePolicy,
  type Integers,
  type ReadPolicy,
  type WritePolicy,
  integersOption,
  readPolicy,
  withIntegers,
  writePolicy,
} from '../policies/policy.js'
import { subjectOfOne } from './plan-keys.js'
import { type ReadRecord, foundRecord, readRecord } from './record.js'
import type { Subject } from './observe.js'
import type { Call, DefaultPolicies } from './session.js'
import { type Transaction, termsOf, transactionOption } from './transaction.js'
import { type Bins, binNames, checkBins } from './values.js'

/** Options of a call that reads one record. */
export interface ReadOptions {
  /** How the read behaves: timeouts, retries, replicas. */
  policy?: ReadPolicy | undefined
  /** AEL text, an expression or its bytes. A record that it rejects makes the call reject, with result code 27. */
  filter?: Filter | undefined
  /** The transaction that the read is a part of. */
  transaction?: Transaction | undefined
  /** Aborts the read. A blocking read checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** Options of `select`. */
export interface SelectOptions extends ReadOptions {
  /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
}

/** Options of `get`. */
export interface GetOptions extends SelectOptions {
  /** The bins to read. Default all. */
  bins?: readonly string[] | undefined
}

/** Options of a call that writes one record. */
export interface WriteOptions {
  /** How the write behaves: timeouts, ttl, generation, what to do with a record that exists. */
  policy?: WritePolicy | undefined
  /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and the call rejects with result code 27. */
  filter?: Filter | undefined
  /** The transaction that the write is a part of. */
  transaction?: Transaction | undefined
  /** Aborts the write; the record may then be written or not. A blocking write looks at it only before it begins. */
  signal?: AbortSignal | undefined
}

/** Options of `operate`. */
export interface OperateOptions extends WriteOptions {
  /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
  /**
   * `'list'` returns what each operation results in, in the order of the operations, as `results` of the record. Default
   * `'bins'`: the last result of each bin.
   */
  results?: 'bins' | 'list' | undefined
}

/** A record after operations, with what each of them results in. */
export interface OperatedRecord<R extends readonly unknown[] = unknown[]> extends ReadRecord {
  /** One result of each operation, in their order; `null` where an operation has none. */
  readonly results: R
}

/** What operations result in, as a tuple of their types. */
export type ResultsOf<O extends readonly Operation[]> = { -readonly [I in keyof O]: ResultOf<O[I]> }

interface CheckedRead {
  policy?: CheckedReadPolicy
  filter?: Uint8Array
  transaction?: NativeTransaction
  bins?: string[]
  integers?: boolean
  signal?: AbortSignal
}

interface CheckedWrite {
  policy?: CheckedWritePolicy
  filter?: Uint8Array
  transaction?: NativeTransaction
  integers?: boolean
  signal?: AbortSignal
}

const READ_CHECKS: Checks<Pick<CheckedRead, 'policy' | 'filter' | 'transaction' | 'signal'>> = {
  policy: readPolicy,
  filter: filterOption,
  transaction: transactionOption,
  signal: abortSignal,
}
const SELECT_CHECKS: Checks<Omit<CheckedRead, 'bins'>> = { ...READ_CHECKS, integers: integersOption }
const GET_CHECKS: Checks<CheckedRead> = { ...SELECT_CHECKS, bins: binNames }
const WRITE_CHECKS: Checks<Omit<CheckedWrite, 'integers'>> = {
  policy: writePolicy,
  filter: filterOption,
  transaction: transactionOption,
  signal: abortSignal,
}
const OPERATE_CHECKS: Checks<CheckedWrite & { results?: 'bins' | 'list' }> = {
  ...WRITE_CHECKS,
  integers: integersOption,
  results: choice('bins', 'list'),
}

/** The key of a call on one record, and what that call is about. */
function oneOf(operation: string, key: Key): readonly [NativeKey, Subject] {
  const of = oneKey(key)
  return [of, subjectOfOne(operation, of)]
}

/** The binding looks for every option of a policy that it gets. */
function toNativeTerms<T extends object>(terms: T): T | null {
  for (const _ in terms) return terms
  return null
}

/** What the options of a write come to. */
interface WriteTerms {
  readonly policy: CheckedWritePolicy & { transaction?: NativeTransaction }
  readonly signal: AbortSignal | undefined
}

function writeTerms(options: unknown, defaults: DefaultPolicies): WriteTerms {
  const checked = checkOptions(options, 'options', WRITE_CHECKS)
  return { policy: termsOf(defaults.write, checked), signal: checked.signal }
}

const succeeded = (): number[] => [SUCCESS]
const done = (): void => {}
const same = <T>(value: T): T => value

/** `get`: one record, or `null`. */
export function getCall(
  key: Key,
  options: GetOptions | undefined,
  defaults: DefaultPolicies,
  operation = 'get',
): Call<NativeFound | null, ReadRecord | null> {
  const checked = checkOptions(options, 'options', GET_CHECKS)
  const { bins, integers, signal } = checked
  const of = oneKey(key)
  const terms = toNativeTerms(withIntegers(termsOf(defaults.read, checked), integers))
  return {
    start: (client) => client.get(keyForCall(of), bins ?? null, terms),
    begin: (begins) => begins.get(keyForCall(of), bins ?? null, terms),
    signal,
    subject: subjectOfOne(operation, of),
    codes: (record) => [record === null ? NOT_FOUND : record.resultCode],
    finish: (found) => (found === null ? null : foundRecord(shownKey(of), found)),
  }
}

/** `select`: some bins of one record, or `null`. */
export function selectCall(
  key: Key,
  bins: readonly string[],
  options: SelectOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeFound | null, ReadRecord | null> {
  // Checked here too: `bins` is an argument of its own, and no option.
  checkOptions(options, 'options', SELECT_CHECKS)
  return getCall(key, { ...options, bins: binNames(bins, 'bins') }, defaults, 'select')
}

/** `exists`: whether there is a record. */
export function existsCall(
  key: Key,
  options: ReadOptions | undefined,
  defaults: DefaultPolicies,
): Call<boolean, boolean> {
  const checked = checkOptions(options, 'options', READ_CHECKS)
  const of = oneKey(key)
  const [terms, signal] = [toNativeTerms(termsOf(defaults.read, checked)), checked.signal]
  return {
    start: (client) => client.exists(keyForCall(of), terms),
    begin: (begins) => begins.exists(keyForCall(of), terms),
    signal,
    subject: subjectOfOne('exists', of),
    codes: foundCode,
    finish: same,
  }
}

function foundCode(found: boolean): number[] {
  return [found ? SUCCESS : NOT_FOUND]
}

/** `put`: writes bins. */
export function putCall(
  key: Key,
  bins: Bins,
  options: WriteOptions | undefined,
  defaults: DefaultPolicies,
): Call<void, void> {
  const { policy, signal } = writeTerms(options, defaults)
  const [of, subject] = oneOf('put', key)
  checkBins(bins, 'bins')
  return { start: (client) => client.put(of, bins, policy), signal, subject, codes: succeeded, finish: done }
}

/** `touch`: renews the ttl. */
export function touchCall(key: Key, options: WriteOptions | undefined, defaults: DefaultPolicies): Call<void, void> {
  const { policy, signal } = writeTerms(options, defaults)
  const [of, subject] = oneOf('touch', key)
  return { start: (client) => client.touch(of, policy), signal, subject, codes: succeeded, finish: done }
}

/** `remove`: deletes a record; whether there was one. */
export function removeCall(
  key: Key,
  options: WriteOptions | undefined,
  defaults: DefaultPolicies,
): Call<boolean, boolean> {
  const { policy, signal } = writeTerms(options, defaults)
  const [of, subject] = oneOf('remove', key)
  return { start: (client) => client.remove(of, policy), signal, subject, codes: foundCode, finish: same }
}

/** `operate`: several operations on one record, all or none of them. */
export function operateCall(
  key: Key,
  operations: readonly Operation[],
  options: OperateOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeOperated, ReadRecord | OperatedRecord> {
  const terms = checkOptions(options, 'options', OPERATE_CHECKS)
  const { integers, signal, results } = terms
  const policy = withIntegers(termsOf(defaults.write, terms), integers)
  const [of, subject] = oneOf('operate', key)
  const checked = checkOperations(operations, 'operations')
  const isList = results === 'list'
  if (isList) refuseUnanswered(checked, 'operations')
  return {
    start: (client) => client.operate(of, checked, policy, isList),
    signal,
    subject,
    codes: (record) => [record.resultCode],
    finish: (record) => operated(of, checked, record, isList),
  }
}

function operated(
  of: NativeKey,
  operations: readonly NativeOperation[],
  { answers, ...record }: NativeOperated,
  isList: boolean,
): ReadRecord | OperatedRecord {
  const results = answers === null ? [] : alignedAnswers(operations, answers)
  const bins = answers === null ? lastAnswers(operations, record.bins) : binsOfAnswers(operations, results)
  const read = readRecord(shownKey(of), { ...record, bins })
  return isList ? { ...read, results } : read
}

/** `add`, `append` and `prepend`: the same operation on each of the bins. */
export function eachBinCall(
  kind: 'add' | 'append' | 'prepend',
  key: Key,
  bins: Bins,
  options: WriteOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeRecord, void> {
  const { policy, signal } = writeTerms(options, defaults)
  const [of, subject] = oneOf(kind, key)
  const operations = eachBin(kind, bins)
  return {
    start: (client) => client.operate(of, operations, policy),
    signal,
    subject,
    codes: succeeded,
    finish: done,
  }
}
