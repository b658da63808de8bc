import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { markdownFiles, readPage } from './support/markdown.js'
import { root } from './support/process.js'

/** Every link of every Markdown file, without asking anything of a network. */

const pages = new Map(markdownFiles().map((file) => [file, readPage(file)]))

/** Why a link of a page leads nowhere, or nothing. */
function problemOf(file: string, target: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:/i.test(target)) return externalProblem(target)
  const [path = '', anchor] = target.split('#', 2)
  if (path.startsWith('/')) return 'is absolute'
  const file2 = path === '' ? file : posix.join(posix.dirname(file), decodeURI(path))
  if (file2.startsWith('..') || !existsSync(join(root, file2))) return 'does not exist'
  if (anchor === undefined) return undefined
  return pages.get(file2)?.anchors.has(anchor) === true ? undefined : 'has no such heading'
}

function externalProblem(target: string): string | undefined {
  if (!URL.canParse(target)) return 'is no URL'
  return new URL(target).protocol === 'https:' ? undefined : 'is not https'
}

/** Paths in backquotes, such as `crates/wire` and `.ci/run`: those of the repository have to exist. */
function isPath(span: string): boolean {
  const [first] = span.split('/')
  return /^[\w.-]+(\/[\w.-]+)+\/?$/.test(span) && existsSync(join(root, first as string))
}

/** Written by commands, and in no clean clone. */
const MADE = /^(native\/.*\.node|dist|temp|target)(\/|$)/

describe.each([...pages.values()])('$file', ({ file, targets, spans }) => {
  test('every link leads somewhere', () => {
    const broken = targets.map((target) => [target, problemOf(file, target)]).filter(([, problem]) => problem)
    expect(broken).toEqual([])
  })

  test('every path that it names exists', () => {
    const places = [root, join(root, dirname(file))]
    const named = spans.filter((span) => isPath(span) && !MADE.test(span))
    const missing = named.filter((span) => !places.some((place) => existsSync(join(place, span))))
    expect(missing).toEqual([])
  })
})

test('broken links are found', () => {
  const found = ['nowhere.md', '#nowhere', 'docs/guide.md#nowhere', 'http://example.org', 'https://', '/docs', '../x']
  expect(found.filter((target) => problemOf('README.md', target) === undefined)).toEqual([])
  expect(
    ['docs/guide.md#writing', '#quick-start', 'https://example.org/#a'].map((target) => problemOf('README.md', target)),
  ).toEqual([undefined, undefined, undefined])
})
