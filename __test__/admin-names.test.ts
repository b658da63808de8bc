import { describe, expect, test } from 'vitest'
import { type BackgroundJob, type Client, type Key, dtype, equal, op } from '../src/index.js'
import { doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()

async function filled(client: Client): Promise<string> {
  const set = freshSet()
  await client.put(['test', set, 1], { a: 1 })
  return set
}

describe.each(doors)('names in info commands, %s', (_, door) => {
  test.each([';x', '\nnamespaces', '\t', '\r', '\0', '=x', ':x', ',x'])(
    'a set that ends in %j is refused',
    async (end) => {
      const { client } = cluster
      const set = await filled(client)
      await expect(door(client, 'truncate', 'test', set + end)).rejects.toMatchObject({
        code: 'ERR_AEROSTRIDE_INVALID_ARGUMENT',
        message: expect.stringMatching(
          /^set is ".*", which cannot be sent in an info command: it has '.*' at position \d+$/,
        ),
      })
      expect(await client.exists(['test', set, 1])).toBe(true)
    },
  )

  test('a namespace and an info name are checked too', async () => {
    const { client } = cluster
    const code = 'ERR_AEROSTRIDE_INVALID_ARGUMENT'
    const truncated = door(client, 'truncate', 'test;set=x', { wholeNamespace: true })
    await expect(truncated).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^namespace is "test;set=x"/),
    })
    const asked = door(client, 'info', ['build', 'node\ntruncate-namespace:namespace=test'])
    await expect(asked).rejects.toMatchObject({ code, message: expect.stringMatching(/^names\[1\] is /) })
    await expect(door(client, 'info', 'build\tx')).rejects.toMatchObject({ code })
  })

  test.each([
    ['truncate', 'delete', undefined],
    ['background', 'change', { operations: [op.write('a', 2)] }],
  ] as const)('%s: a set that is missing is no whole namespace', async (method, what, rest) => {
    const { client } = cluster
    const set = await filled(client)
    const instead = `to ${what} every record of the namespace, give \\{ wholeNamespace: true \\} in its place`
    const cases: [unknown[], string][] = [
      [[], `^set must be a string, not undefined; ${instead}$`],
      [[undefined], `^set must be a string, not undefined; ${instead}$`],
      [[null], `^set must be a string, not null; ${instead}$`],
      [[undefined, rest ?? { before: new Date() }], `^set must be a string, not undefined; ${instead}$`],
      [['', rest], `^set must not be empty; ${instead}$`],
      [[{ ...rest }], '^options\\.wholeNamespace must be true if no set is given$'],
      [[{ ...rest, wholeNamespace: false }], '^options\\.wholeNamespace must be true if no set is given$'],
      [[{ wholeNamespace: true }, {}], '^pass the options instead of the set if there is no set$'],
      [[set, { ...rest, wholeNamespace: true }], 'has no option "wholeNamespace"'],
    ]
    for (const [args, message] of cases) {
      const refused = door(client, method, 'test', ...args)
      await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(message) })
    }
    expect((await client.get(['test', set, 1]))?.bins).toEqual({ a: 1 })
  })
})

test.each(doors)('a whole namespace is emptied where that is asked for, %s', async (_, door) => {
  const { client } = cluster
  const kept = await filled(client)
  await door(client, 'truncate', 'bar', { wholeNamespace: true, before: new Date() })
  await client.put(['bar', kept, 1], { a: 1 })
  await door(client, 'truncate', 'bar', { wholeNamespace: true })
  expect(await client.exists(['bar', kept, 1])).toBe(false)
  expect(await client.exists(['test', kept, 1])).toBe(true)
})

test.each(doors)('a job changes a whole namespace where that is asked for, %s', async (_, door) => {
  const { client } = cluster
  const set = await filled(client)
  await client.put(['bar', set, 1], { a: 1 })
  await client.put(['bar', '', set], { a: 1 })
  const whole = { wholeNamespace: true, operations: [op.write('a', 2)], filter: '$.a == 1' }
  const job = (await door(client, 'background', 'bar', whole)) as BackgroundJob
  expect(await job.wait({ interval: 1 })).toMatchObject({ done: true })
  const keys: Key[] = [
    ['bar', set, 1],
    ['bar', '', set],
    ['test', set, 1],
  ]
  expect((await client.batchRead(keys)).map(({ bins }) => bins)).toEqual([{ a: 2 }, { a: 2 }, { a: 1 }])
  await client.batchRemove(keys)
})

test.each(doors)('an empty set is all records that a scan, a query or a sample can find, %s', async (_, door) => {
  const { client } = cluster
  const set = await filled(client)
  const keys: Key[] = [
    ['bar', set, 1],
    ['bar', '', set],
  ]
  for (const key of keys) await client.put(key, { everywhere: 7 })
  const schema = dtype({ everywhere: 'i4' })
  const scanned = (filter: string): Promise<number> =>
    client
      .scan('bar', '', { dtype: schema, filter })
      .toBatch()
      .then(({ length }) => length)
  expect(await scanned('$.everywhere == 7')).toBe(2)
  expect(await scanned("$.everywhere == 7 and $.setName() == ''")).toBe(1)
  await door(client, 'createIndex', 'bar', '', { name: set, bin: 'everywhere', type: 'numeric' })
  const found = await client.query('bar', '', { dtype: schema, where: equal('everywhere', 7) }).toBatch()
  expect(found.length).toBe(2)
  const sample = (await door(client, 'inferDtype', 'bar', '', { filter: '$.everywhere == 7' })) as { records: number }
  expect(sample.records).toBe(2)
  await door(client, 'dropIndex', 'bar', set)
  await client.batchRemove(keys)
})
