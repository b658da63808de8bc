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
export function readOptions(
  { layout = 'columns', align = false, onLoss = 'allow', bins, policy: given, filter }: Chosen,
  defaults: CheckedReadPolicy | undefined,
): NativeReadOptions | undefined {
  const policy = given === undefined && filter === undefined ? defaults : withFilter(defaults, chosen(given, filter))
  const isUsual = policy === undefined || isEmpty(policy)
  if (isUsual && bins === undefined && layout === 'columns' && !align && onLoss === 'allow') return undefined
  const options: NativeReadOptions = { layout, align, onLoss }
  if (!isUsual) options.policy = policy
  if (bins !== undefined) options.bins = bins
  return options
}

function chosen(
  policy: CheckedReadPolicy | undefined,
  filter: Uint8Array | undefined,
): Pick<Chosen, 'policy' | 'filter'> {
  return { ...(policy === undefined ? {} : { policy }), ...(filter === undefined ? {} : { filter }) }
}

const isEmpty = (policy: CheckedReadPolicy): boolean => Object.keys(policy).length === 0
