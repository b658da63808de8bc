import { filterOption, withFilter } from '../expressions/filter.js'
import type { NativeWrittenRecords } from '../binding/native.js'
import { abortSignal } from './abort.js'
import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { toNative } from '../keys/key-list.js'
import type { Key } from '../keys/key.js'
import { packTuples } from '../keys/packed.js'
import { type Checks, checkOptions } from '../arguments/options.js'
import { type CheckedWritePolicy, writePolicy } from '../policies/policy.js'
import { subjectOf } from './plan-keys.js'
import type { Call, DefaultPolicies } from './session.js'
import { type Bins, checkBins } from './values.js'
import { type BatchOptions, type BatchWriteResult, maskOf } from './batch-write.js'

/** A record to write: its key and its bins. */
export type KeyAndBins = readonly [key: Key, bins: Bins]

const CHECKS: Checks<{ policy?: CheckedWritePolicy; filter?: Uint8Array; signal?: AbortSignal }> = {
  policy: writePolicy,
  filter: filterOption,
  signal: abortSignal,
}

const SUCCESS = 0

/** `putMany`: writes records of any shape in one batch. */
export function putManyCall(
  records: readonly KeyAndBins[],
  options: BatchOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeWrittenRecords, BatchWriteResult> {
  const checked = checkOptions(options, 'options', CHECKS)
  const policy = withFilter(defaults.write, checked)
  checkRecords(records)
  const keys = records.map(([key]) => key)
  const source = packTuples(keys, (row) => `records[${row}][0]`)
  const bins = records.map(([, each], row) => {
    checkBins(each, `records[${row}][1]`)
    return each
  })
  const packed = toNative(source)
  return {
    start: (client) => client.putMany(packed, bins, policy),
    signal: checked.signal,
    subject: subjectOf('putMany', source),
    codes: ({ resultCodes }) => resultCodes,
    finish: ({ resultCodes, gen, failures, inDoubt }) => ({
      length: records.length,
      ok: resultCodes.reduce((count, code) => count + Number(code === SUCCESS), 0),
      resultCodes,
      gen,
      failures,
      inDoubt: maskOf(inDoubt, records.length),
    }),
  }
}

function checkRecords(records: unknown): asserts records is KeyAndBins[] {
  if (!Array.isArray(records)) throw invalidArgument(`records must be an array of [key, bins], not ${given(records)}`)
  // By number, as `forEach` leaves the holes of an array out.
  for (let row = 0; row < records.length; row++) {
    const record: unknown = records[row]
    if (!Array.isArray(record) || record.length !== 2) {
      throw invalidArgument(`records[${row}] must be [key, bins], not ${given(record)}`)
    }
  }
}
