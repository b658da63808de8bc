import { describe, expect, test } from 'vitest'
import type { Client } from '../src/index.js'
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

  test('a set that is missing does not empty the namespace', async () => {
    const { client } = cluster
    const set = await filled(client)
    const instead = 'to delete every record of the namespace, give \\{ wholeNamespace: true \\} in its place'
    const cases: [unknown[], string][] = [
      [[], `^set must be a string, not undefined; ${instead}$`],
      [[undefined], `^set must be a string, not undefined; ${instead}$`],
      [[null], `^set must be a string, not null; ${instead}$`],
      [[undefined, { before: new Date() }], `^set must be a string, not undefined; ${instead}$`],
      [[''], `^set must not be empty; ${instead}$`],
      [[{}], '^options\\.wholeNamespace must be true if no set is given$'],
      [[{ wholeNamespace: false }], '^options\\.wholeNamespace must be true if no set is given$'],
      [[{ wholeNamespace: true }, {}], '^pass the options instead of the set if there is no set$'],
      [[set, { wholeNamespace: true }], 'has no option "wholeNamespace"'],
    ]
    for (const [args, message] of cases) {
      const refused = door(client, 'truncate', 'test', ...args)
      await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(message) })
    }
    expect(await client.exists(['test', set, 1])).toBe(true)
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
