import { type Filter, filterOption } from '../expressions/filter.js'
import type { Failure } from '../batch/failure.js'
import type { NativeDtype, NativeOutcome } from '../binding/native.js'
import { native } from '../binding/native.js'
import { type Checks, checkOptions } from '../arguments/options.js'
import { allocateForReply } from '../columns/memory.js'
import { type CheckedReadPolicy, type ReadPolicy, readPolicy } from '../policies/policy.js'
import { readOptions } from './read-options.js'
import { SUCCESS, succeeded } from './codes.js'
import { abortSignal } from './abort.js'
import { type Keys, planKeys, subjectOf } from './plan-keys.js'
import type { Call, DefaultPolicies } from './session.js'

/** Options of `batchExists`. */
export interface BatchExistsOptions {
  /** How the read behaves: timeouts, retries, replicas. */
  policy?: ReadPolicy | undefined
  /** Which records count: AEL text, an expression or its bytes. One that it rejects has result code 27. */
  filter?: Filter | undefined
  /** Aborts the read. A blocking read checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** Which records exist, row by row, and what is known of them without their bins. */
export interface BatchExistsResult {
  /** Number of rows: one per key. */
  readonly length: number
  /** How many records exist. */
  readonly found: number
  /** Per row 1 where the record exists. */
  readonly exists: Uint8Array<ArrayBuffer>
  /** Per row 0 for a record that exists, 2 for one that does not, negative for codes of the client. */
  readonly resultCodes: Int32Array<ArrayBuffer>
  /** Per row how often the record was written; 0 where there is none. */
  readonly gen: Uint32Array<ArrayBuffer>
  /** Per row seconds until the record expires; 0xFFFFFFFF for a record that never expires, 0 where there is none. */
  readonly ttl: Uint32Array<ArrayBuffer>
  /** The requests that failed. */
  readonly failures: readonly Failure[]
}

const CHECKS: Checks<{ policy?: CheckedReadPolicy; filter?: Uint8Array; signal?: AbortSignal }> = {
  policy: readPolicy,
  filter: filterOption,
  signal: abortSignal,
}

/** Made once: the layout of rows without bins. */
const NO_FIELDS: { dtype?: NativeDtype } = {}

/** `batchExists`: a columnar read of no bins. */
export function batchExistsCall(
  keys: Keys,
  options: BatchExistsOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeOutcome | null, BatchExistsResult> {
  const checked = checkOptions(options, 'options', CHECKS)
  const { source, toNative } = planKeys(keys)
  const { length } = source
  const dtype = (NO_FIELDS.dtype ??= native.parseDtype([]))
  const at = native.layoutOf(dtype, length, 'columns', false)
  const bytes = allocateForReply(at.byteLength)
  const { buffer } = bytes
  const read = readOptions(checked, defaults.read)
  return {
    start: (client) => client.batchRead(toNative(), dtype, bytes, read),
    begin: (begins) => begins.batchRead(toNative(), dtype, bytes, read),
    subject: subjectOf('batchExists', source),
    codes: ({ resultCodes }) => resultCodes,
    signal: checked.signal,
    finish: (outcome) => {
      const resultCodes = new Int32Array(buffer, at.resultCodes, length)
      const exists = Uint8Array.from(resultCodes, (code) => Number(code === SUCCESS))
      return {
        length,
        found: succeeded(resultCodes),
        exists,
        resultCodes,
        gen: new Uint32Array(buffer, at.gen, length),
        ttl: new Uint32Array(buffer, at.ttl, length),
        failures: outcome?.failures ?? [],
      }
    },
  }
}
