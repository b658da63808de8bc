import type { NativeOperation, NativeWorkedRows, NativeWrittenRecords } from '../binding/native.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { checkOptions } from '../arguments/options.js'
import {
  type BatchOperateOptions,
  type BatchOperateResult,
  type BatchRemoveOptions,
  OPERATE_CHECKS,
  REMOVE_CHECKS,
  finishRows,
  finishWritten,
  planWork,
} from './batch-work.js'
import type { BatchWriteResult } from './batch-write.js'
import { type Operation, checkOperations, lastAnswers } from './operations.js'
import { type Keys, subjectOf } from './plan-keys.js'
import type { Call, DefaultPolicies } from './session.js'

/** The same operations for every key, or a list of operations per key. */
export type BatchOperations = readonly Operation[] | readonly (readonly Operation[])[]

/** `batchOperate`: operations on each of many records. */
export function batchOperateCall(
  keys: Keys,
  operations: BatchOperations,
  options: BatchOperateOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeWorkedRows, BatchOperateResult> {
  const work = planWork(keys, checkOptions(options, 'options', OPERATE_CHECKS), defaults)
  const { source, toNative } = work.planned
  const lists = checkLists(operations, source.length)
  return {
    start: (client) => client.batchOperate(toNative(), lists, work.terms, work.policy),
    signal: work.signal,
    subject: subjectOf('batchOperate', source),
    codes: ({ resultCodes }) => resultCodes,
    finish: (worked) => {
      const result = finishRows(work, worked)
      const records = result.records.map((record, row) =>
        record.bins === null
          ? record
          : { ...record, bins: lastAnswers(lists[lists.length === 1 ? 0 : row] as NativeOperation[], record.bins) },
      )
      return { ...result, records }
    },
  }
}

function checkLists(operations: unknown, rows: number): NativeOperation[][] {
  if (!Array.isArray(operations)) {
    throw invalidArgument(
      `operations must be an array of operations, or an array of such arrays, one per key, not ${given(operations)}`,
    )
  }
  const perKey = Array.isArray(operations[0]) || (operations.length === 0 && rows === 0)
  if (!perKey) return [checkOperations(operations, 'operations')]
  if (operations.length !== rows) {
    throw outOfRange(`operations has ${operations.length} lists, and there are ${rows} keys`)
  }
  return Array.from(operations, (list, row) => checkOperations(list, `operations[${row}]`))
}

/** `batchRemove`: deletes many records. */
export function batchRemoveCall(
  keys: Keys,
  options: BatchRemoveOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeWrittenRecords, BatchWriteResult> {
  const work = planWork(keys, checkOptions(options, 'options', REMOVE_CHECKS), defaults)
  const { source, toNative } = work.planned
  return {
    start: (client) => client.batchRemove(toNative(), work.terms, work.policy),
    signal: work.signal,
    subject: subjectOf('batchRemove', source),
    codes: ({ resultCodes }) => resultCodes,
    finish: (written) => finishWritten(written, source.length),
  }
}
