// Regular expressions of filters, as the C library of a real server has them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Key, type RegexOptions, exp } from '../src/index.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const set = freshSet()
const texts = ['5', 'd', '\\', ']', 'aa', 'AB', 'é', '*a', 'aba', 'a+b', 'ab\nc', 'ab\0c', 'a|b']
const keys = texts.map((_, index): Key => ['test', set, index])

beforeAll(() => cluster.client.putMany(keys.map((key, index) => [key, { text: texts[index] as string }])))
afterAll(() => cluster.client.batchRemove(keys))

const extended = { extended: true }

test.each<[pattern: string, options: RegexOptions, found: string[]]>([
  [String.raw`\d`, {}, ['d']],
  [String.raw`[\d]`, {}, ['d', '\\']],
  [']', {}, [']']],
  ['[]5]', extended, ['5', ']']],
  ['^[[:digit:][:upper:]]', {}, ['5', 'AB']],
  ['^..$', extended, ['aa', 'AB', 'é', '*a', 'ab\0c']],
  ['*a', {}, ['*a']],
  ['a+', {}, ['a+b']],
  ['^(a|b)+$', extended, ['aa', 'aba', 'ab\0c']],
  ['^(a|b)+$', { extended: true, ignoreCase: true }, ['aa', 'AB', 'aba', 'ab\0c']],
  ['a|b', {}, ['a|b']],
  ['^(a|b){2,3}$', extended, ['aa', 'aba', 'ab\0c']],
  ['^(a|b){,2}$', extended, ['aa', 'ab\0c']],
  [String.raw`^a\{2\}$`, {}, ['aa']],
  ['^ab$', {}, ['ab\0c']],
  ['^ab$', { newline: true }, ['ab\nc', 'ab\0c']],
  ['^c$', { newline: true, noSubstrings: true }, ['ab\nc']],
  ['ab.c', {}, ['ab\nc']],
  ['ab.c', { newline: true }, []],
  ['ab[^x]c', { newline: true }, []],
  ['^ab$', { noSubstrings: true }, ['ab\0c']],
])('%s %j', async (pattern, options, found) => {
  const filter = exp.regex(exp.string('text'), pattern, options)
  const records = await cluster.client.scan('test', set, { filter }).toBatch()
  expect(new Set(records.map(({ bins }) => bins['text']))).toEqual(new Set(found))
})

test.each(['[z-a]', '[5-a-z]', '[', '(?i)ab', '^*a', '(a'])('%s is refused', async (pattern) => {
  const filter = exp.regex(exp.string('text'), pattern, extended)
  await expect(cluster.client.scan('test', set, { filter }).toBatch()).rejects.toMatchObject({ resultCode: 4 })
})
