import type { Batch } from './batch.js'
import { AerostrideError, nameOnPrototype } from '../errors.js'
import { idText } from '../keys/ids.js'
import type { Key } from '../keys/key.js'
import type { NativeLoss } from '../binding/native.js'

/** A value does not fit its field, and the read has `onLoss: 'throw'`. */
export class ConversionError extends AerostrideError {
  /** The first row with such a value. */
  readonly row: number
  /** The key of that row. */
  readonly key: Key
  /** The name of the field and bin. */
  readonly field: string
  /** The type of the bin: `'Int'`, `'Double'`, ... */
  readonly binType: string
  /** The bin's value as text. */
  readonly value: string
  /** Whether the value lost something or could not be converted at all. */
  readonly reason: 'lossy' | 'mismatched'
  /** The whole batch, as `onLoss: 'allow'` would return it. */
  readonly batch: Batch

  static {
    nameOnPrototype(this, 'ConversionError')
  }

  /** @internal */
  constructor(loss: NativeLoss, batch: Batch, key: Key, code: string) {
    super(messageOf(loss, key, code), { code: 'ERR_AEROSTRIDE_CONVERSION' })
    this.row = loss.row
    this.key = key
    this.field = loss.field
    this.binType = loss.binType
    this.value = loss.value
    this.reason = loss.reason
    this.batch = batch
    // A printed error should not print its whole batch.
    Object.defineProperty(this, 'batch', { enumerable: false })
  }
}

function messageOf(loss: NativeLoss, key: Key, code: string): string {
  const [namespace, set, id] = key
  const where = `row ${loss.row}, key [${namespace}, ${set}, ${idText(id)}], bin ${JSON.stringify(loss.field)}`
  const what = loss.reason === 'lossy' ? 'does not fit without loss into' : 'cannot become'
  return `${where}: the ${loss.binType} ${loss.value} ${what} ${code}; use another dtype, or onLoss 'allow' or 'null'`
}
