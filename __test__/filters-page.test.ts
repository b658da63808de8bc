import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Key, double } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

/** The questions of docs/filters.md, each asked of an embedded server. */

const cluster = testCluster()
const set = freshSet()

const bins = {
  hot: { temperature: double(35.5), humidity: 60, limit: 70, city: 'Rome', active: true, reading: 5, flags: 4 },
  mild: { temperature: double(25), humidity: 85, limit: 40, city: 'Oslo', active: false, reading: 'five', flags: 3 },
  cold: { temperature: double(-5.5), city: 'Paris', humidity: 41, limit: 30 },
  tagged: {
    tags: ['new', 'hot', 'x'],
    scores: [85, 95, 70],
    profile: { email: 'a@b', address: { zip: 184 }, name: 'Ada' },
  },
  plain: { tags: ['old'], scores: [50], profile: { name: 'Eve', address: { zip: 1 } } },
}
const names = Object.keys(bins) as (keyof typeof bins)[]
const keys: Key[] = names.map((name) => ['test', set, name])

beforeAll(() => cluster.client.putMany(names.map((name, row) => [keys[row]!, bins[name]] as never)))

const dry = ['tagged', 'plain']
const all = [...names]

/** Which records each question finds, in the order of the page. */
const found: readonly (readonly string[])[] = [
  ['hot'],
  ['mild'],
  ['hot', 'mild'],
  ['cold'],
  ['hot', 'mild'],
  ['hot', 'mild'],
  ['hot'],
  ['hot', 'mild', 'cold'],
  dry,
  ['cold', ...dry],
  ['hot'],
  ['mild'],
  ['hot'],
  ['hot', 'mild'],
  ['hot', 'cold'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['tagged'],
  ['mild', 'cold'],
  ['hot', 'mild'],
  ['hot'],
  ['hot'],
  ['hot'],
  ['mild', 'cold'],
  ['hot', 'mild'],
  all,
  all,
  [],
  [],
]

const page = readFileSync('docs/filters.md', 'utf8')
const table = /<!-- cookbook -->\n([^]*?)<!-- end -->/.exec(page)?.[1] ?? ''
const rows = [...table.matchAll(/^\| (.*?) \| `(.*)` \|$/gm)].map(([, question = '', filter = '']) => [
  question,
  // A bar in a cell of a table is written with a backslash.
  filter.replaceAll('\\|', '|'),
])

describe('the cookbook', () => {
  test('has an answer per question', () => {
    expect(rows).toHaveLength(found.length)
  })

  test.each(rows.map(([question, filter], row) => [question, filter!, row] as const))('%s', async (_, filter, row) => {
    const read = await cluster.client.batchRead(keys, { filter })
    const matching = names.filter((__, index) => read[index]!.resultCode === 0)
    expect(read.filter(({ resultCode }) => resultCode !== 0 && resultCode !== 27)).toEqual([])
    // Which tenth of the digests a record is in is nothing that a page could say.
    expect(filter.includes('digestModulo') ? [] : matching).toEqual(found[row])
  })
})
