import type { NativeWrittenRecords } from '../binding/native.js'
import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { toArrays } from '../keys/key-list.js'
import type { Key } from '../keys/key.js'
import { packTuples } from '../keys/packed.js'
import { type Checks, checkOptions } from '../arguments/options.js'
import type { CheckedWritePolicy, WritePolicy } from '../policies/policy.js'
import { subjectOf } from './plan-keys.js'
import type { Call, DefaultPolicies } from './session.js'
import { type Bins, checkBins } from './values.js'
import { type BatchOperateOptions, type CheckedWork, OPERATE_CHECKS, finishWritten, rowTerms } from './batch-work.js'
import type { BatchWriteResult } from './batch-write.js'
import { termsOf } from './transaction.js'

/** A record to write: its key and its bins. */
export type KeyAndBins = readonly [key: Key, bins: Bins]

/** Options of `putMany`. */
export interface PutManyOptions extends Omit<BatchOperateOptions, 'integers' | 'policy'> {
  /** How the write behaves: timeouts, ttl, how to treat existing records. `generationPolicy` is for `generations`. */
  policy?: Omit<WritePolicy, 'generation'> | undefined
}

const { integers: _, ...CHECKS } = OPERATE_CHECKS

/** `putMany`: writes records of any shape in one batch. */
export function putManyCall(
  records: readonly KeyAndBins[],
  options: PutManyOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeWrittenRecords, BatchWriteResult> {
  const checked: CheckedWork = checkOptions(options, 'options', CHECKS as Checks<CheckedWork>)
  const policy = termsOf(defaults.write, checked)
  checkGenerations(policy, checked)
  checkRecords(records)
  const keys = records.map(([key]) => key)
  const source = packTuples(keys, (row) => `records[${row}][0]`)
  const bins = records.map(([, each], row) => {
    checkBins(each, `records[${row}][1]`)
    return each
  })
  const terms = rowTerms(checked, records.length)
  return {
    start: (client) => client.putMany(toArrays(source), bins, terms, policy),
    signal: checked.signal,
    subject: subjectOf('putMany', source),
    codes: ({ resultCodes }) => resultCodes,
    finish: (written) => finishWritten(written, records.length),
  }
}

/** One generation for all records is a mistake; that of each is in `generations`. */
function checkGenerations({ generationPolicy = 'none' }: CheckedWritePolicy, { generations }: CheckedWork): void {
  if (generationPolicy === 'none' || generations !== undefined) return
  throw invalidArgument(
    'policy.generationPolicy does not fit a batch write without options.generations; write such records with put',
  )
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
