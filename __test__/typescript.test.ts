import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, runNode } from './support/process.js'

/** A compiler takes seconds, and a busy machine is given some time. */
const LIMIT = 300_000

/** The declarations that are published, under the oldest compiler that infers rows from dtypes, ours, and the newest. */

const compilers = ['typescript-oldest', 'typescript', 'typescript-newest']
const program = join('__test__', 'typescript', 'use.ts')

const versionOf = (compiler: string): string => {
  const file = join(root, 'node_modules', compiler, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

describe.each(compilers)('%s', (compiler) => {
  test(
    'a program has the types of its dtypes',
    async () => {
      const options = '--noEmit --strict --target es2022 --lib es2023,esnext.disposable --module node16 --types node'
      // Compilers that look for a tsconfig.json beside files that are named have to be told not to.
      const newer = compiler === 'typescript-oldest' ? [] : ['--ignoreConfig']
      const tsc = join('node_modules', compiler, 'bin', 'tsc')
      const ended = await runNode([tsc, ...options.split(' '), '--skipLibCheck', ...newer, program])
      expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, '', ''])
    },
    LIMIT,
  )
})

test.each(['index.d.ts', 'index.v5.6.d.ts', 'devserver.d.ts'])('%s needs no types of Node.js', (file) => {
  const declarations = readFileSync(join(root, file), 'utf8')
  const imported = [...declarations.matchAll(/ from '(.*)';/g)].map(([, name]) => name)
  expect(imported.filter((name) => !['apache-arrow', '@petamoriken/float16'].includes(name as string))).toEqual([])
  expect(declarations).not.toMatch(/\b(Buffer|NodeJS)\b/)
})

test('the guide names the oldest compiler', () => {
  const [major, minor] = versionOf('typescript-oldest').split('.')
  expect(readFileSync(join(root, 'docs', 'guide.md'), 'utf8')).toContain(`TypeScript ${major}.${minor} or newer`)
})
