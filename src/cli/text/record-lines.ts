import type { ReadRecord } from '../../calls/record.js'
import { jsonText } from '../../text/json.js'
import { keyText } from './keys.js'

/** Ordinary records, one JSON object per line. */
export function recordLines(records: readonly ReadRecord[]): string {
  return records
    .map(
      ({ key, bins, gen, ttl, resultCode }) => `${jsonText({ key: keyText(key), code: resultCode, gen, ttl, bins })}\n`,
    )
    .join('')
}
