// The records that are exported: 8 bins of mixed kinds.
import { createRequire } from 'node:module'

const { connect, dtype, keyList } = createRequire(import.meta.url)('../../dist/index.js')

export const exported = dtype({
  healthy: '?',
  status: 'i4',
  id: 'i8',
  temperature: 'f8',
  site: 'utf8',
  raw: 'binary',
  scores: ['f4', null],
  at: 'datetime64[ms]',
})

const AT_ONCE = 20_000

/** Writes the records, with their keys: every tenth has no status, and every seventh an empty text. */
export async function writeExported(hosts, set, records, report) {
  const client = await connect(hosts)
  for (let begin = 0; begin < records; begin += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, records - begin) }, (_, at) => begin + at)
    const columns = {
      healthy: ids.map((id) => id % 2 === 0),
      status: ids.map((id) => (id % 10 === 0 ? null : id % 100)),
      id: ids.map((id) => BigInt(id) << 20n),
      temperature: ids.map((id) => 20 + (id % 1000) / 8),
      site: ids.map((id) => (id % 7 === 0 ? '' : `site of number ${id % 5000}`)),
      raw: ids.map((id) => Uint8Array.of(id % 256, 1, 2, 3, 4, 5, 6, 7)),
      scores: ids.map((id) => Float32Array.of(id, id / 2, id / 4, id / 8)),
      at: ids.map((id) => BigInt(1_700_000_000_000 + id)),
    }
    const keys = keyList('test', set, Int32Array.from(ids))
    const { ok } = await client.batchWrite(keys, { dtype: exported, columns, policy: { sendKey: true } })
    if (ok !== ids.length) throw new Error(`${ids.length - ok} records were not written`)
    report(`${(begin + ids.length).toLocaleString('en')} of ${records.toLocaleString('en')} records`)
  }
  await client.close()
}
