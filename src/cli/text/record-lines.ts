import type { ReadRecord } from '../../calls/record.js'
import { jsonKey } from '../../files/text.js'
import { jsonText } from '../../text/json.js'
import { visible } from '../../text/visible.js'

/** Ordinary records, one JSON object per line. */
export function recordLines(records: readonly ReadRecord[]): string {
  return records
    .map(
      ({ key: [, , id], bins, gen, ttl, resultCode }) =>
        `{"key":${jsonKey(id)},"code":${resultCode},"gen":${gen},"ttl":${jsonText(ttl)},"bins":${jsonText(bins)}}`,
    )
    .map((line) => `${visible(line)}\n`)
    .join('')
}
