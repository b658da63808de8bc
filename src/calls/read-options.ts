import { withFilter } from '../expressions/filter.js'
import type { NativeReadOptions } from '../binding/native.js'
import type { CheckedReadPolicy } from '../policies/policy.js'

/** What a columnar read is told after its checks. */
interface Chosen extends Partial<Pick<NativeReadOptions, 'layout' | 'align' | 'onLoss' | 'bins'>> {
  readonly policy?: CheckedReadPolicy
  readonly filter?: Uint8Array
}

/**
 * The options of a columnar read as the binding takes them. It looks for each one that there may be, so that there are none
 * where all are the defaults.
 */
export function readOptions(chosen: Chosen, defaults: CheckedReadPolicy | undefined): NativeReadOptions | undefined {
  const { layout = 'columns', align = false, onLoss = 'allow', bins, policy: given, filter } = chosen
  const policy = given === undefined && filter === undefined ? defaults : withFilter(defaults, chosen)
  const isUsual = policy === undefined || isEmpty(policy)
  if (isUsual && bins === undefined && layout === 'columns' && !align && onLoss === 'allow') return undefined
  const options: NativeReadOptions = { layout, align, onLoss }
  if (!isUsual) options.policy = policy
  if (bins !== undefined) options.bins = bins
  return options
}

const isEmpty = (policy: CheckedReadPolicy): boolean => Object.keys(policy).length === 0
