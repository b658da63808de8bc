import { describe, expect, test, beforeAll } from 'vitest'
import { type Key, double, exp } from '../src/index.js'
import { type Difference, REASONS, differences } from './support/ael-differences.js'
import { freshSet, testCluster } from './support/server.js'
import { golden } from './support/golden.js'

/**
 * What a server makes of the bytes of the official parser where ours are others: it refuses them, or finds no record by
 * them, whatever the records hold. `AEROSTRIDE_TEST_HOSTS` asks a real server the same.
 */

const cluster = testCluster()
const set = freshSet()

/** Records for which what the texts ask is true, and others. */
const records: readonly Record<string, unknown>[] = [
  { bin: [1, 4, 5, 'blue', 7, 10, 12], name: 'x', a: double(0.5), x: 2, list: [double(1.5), double(2.5)] },
  { bin: [4], name: 1, a: 0, x: double(2), f: double(2), z: 1, map: { a: [1, 2] } },
  { bin: { a: 1, b: 5, c: 'red', 'k 1': 10, d: 7, e: 12 }, name: true, f: 2, x: 1, list: [1, 2] },
  { bin: { a: Uint8Array.of(1, 2, 3) }, name: '', list: [], map: {} },
  { bin: 4, a: 'text' },
  { other: 1 },
]
const keys: Key[] = records.map((_, row) => ['test', set, row])

beforeAll(() => cluster.client.putMany(records.map((bins, row) => [keys[row]!, bins as never])))

/** What a filter of these bytes comes to for each record. One by one, as a batch with a filter that is refused ends as a whole. */
async function codesOf(hex: string): Promise<number[]> {
  const filter = Buffer.from(hex, 'hex')
  const codeOf = (key: Key) =>
    cluster.client.get(key, { filter }).then(
      () => 0,
      ({ resultCode }: { resultCode: number }) => resultCode,
    )
  return Promise.all(keys.map(codeOf))
}

const [REFUSED, FILTERED_OUT] = [4, 27]

/** The one code that every record has for the official bytes; some are the same in meaning and differ in another way. */
const CODES: Readonly<Record<keyof typeof REASONS, number | undefined>> = {
  types: REFUSED,
  swapped: REFUSED,
  exists: FILTERED_OUT,
  maps: FILTERED_OUT,
  count: REFUSED,
  existence: undefined,
  lists: undefined,
  floats: REFUSED,
  base64: REFUSED,
  cast: REFUSED,
  undefined: REFUSED,
}

/** The only entry whose official bytes find records: others than it asks for. */
const COUNTED = '$.bin.{!#-1:1~10}.count() > 2'

interface Entry {
  readonly text: string
  readonly hex?: string
  readonly refused?: boolean
}
const entries = new Map((golden('expressions-text.json') as Entry[]).map((each) => [each.text, each]))
const all: [string, Difference][] = Object.entries(differences)

describe('the official bytes of', () => {
  const sent = all.filter(([text, { why }]) => CODES[why] !== undefined && text !== COUNTED)

  test.each(sent.map(([text, { why }]) => [text, why] as const))('%s find nothing: %s', async (text, why) => {
    expect(await codesOf(entries.get(text)!.hex!)).toEqual(records.map(() => CODES[why]))
  })

  test('a rank from a value read value and rank in each other’s place', async () => {
    const { hex } = entries.get(COUNTED)!
    const map = exp.map('bin')
    // Everything but one element from the rank before 10 on: all six but one.
    const meant = exp.gt(exp.maps.getByValueRelativeRankRange(map, 10, -1, 2, { return: 'count', inverted: true }), 2)
    const swapped = exp.gt(exp.maps.getByValueRelativeRankRange(map, -1, 10, 2, { return: 'count', inverted: true }), 2)
    expect(hex).toBe(Buffer.from(swapped.toBytes()).toString('hex'))
    expect(differences[COUNTED]?.ours).toBe(Buffer.from(meant.toBytes()).toString('hex'))
    const selected = async (value: number, rank: number) => {
      const read = exp.maps.getByValueRelativeRankRange(map, value, rank, 1)
      const filter = exp.eq(read, [value === 10 ? 7 : -1])
      return (await cluster.client.batchRead(keys, { filter })).map(({ resultCode }) => resultCode)
    }
    expect(await selected(10, -1)).toEqual([27, 27, 0, 27, 27, 27])
    expect(await selected(-1, 10)).toEqual([27, 27, 27, 27, 27, 27])
  })

  test('existence read the bin, as an int, which is no filter, or as a bool', async () => {
    expect(await codesOf(entries.get('$.name.exists()')!.hex!)).toEqual(records.map(() => REFUSED))
    expect(await codesOf(entries.get('not($.name.exists())')!.hex!)).toEqual(records.map(() => FILTERED_OUT))
  })
})

describe('our bytes', () => {
  const ours = all.filter(([, each]) => each.ours !== undefined)

  test.each(ours.map(([text, each]) => [text, each.ours!]))('of %s are taken by a server', async (_, hex) => {
    expect((await codesOf(hex)).filter((code) => code !== 0 && code !== FILTERED_OUT)).toEqual([])
  })

  test('find what the text asks for', async () => {
    const found = await Promise.all(
      ours.map(async ([text, each]) => {
        const codes = await codesOf(each.ours!)
        return [text, codes.flatMap((code, row) => (code === 0 ? [row] : []))] as const
      }),
    )
    expect(Object.fromEntries(found)).toEqual({
      '$.a + 1.5 == 2': [0],
      '$.bin.{!#-1:1~10}.count() > 2': [2],
      '$.bin.[0].get(return: COUNT) == 1': [0, 1],
      '$.bin.a.get(return: COUNT) == 1': [2, 3],
      '$.bin.{#0}.get(return: COUNT) == 1': [2, 3],
      "$.bin.a.get(type: BLOB) == 'AQID'": [3],
      '$.list == [1.5, 2.5]': [0],
      '$.list == [[1], [2]]': [],
      '$.list == []': [3],
      // A map is stored in no order, as other clients store it, and equals no other then.
      "$.map == {'a': [1, 2]}": [],
      '$.map == {}': [3],
      '[1, 2] == $.list': [2],
      '$.name.exists()': [0, 1, 2, 3],
      'not($.name.exists())': [4, 5],
      '2.5.asInt() == $.x': [0],
      '2.asFloat() == $.f': [1],
    })
  })
})

test('what the official parser refuses and is taken here has no bytes to compare', () => {
  const lists = all.filter(([, { why }]) => why === 'lists')
  expect(lists.map(([text]) => entries.get(text)?.refused)).toEqual(lists.map(() => true))
})
