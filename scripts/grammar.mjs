// Writes the parser of AEL text from its grammar. The result is committed: nothing but this script needs the generator.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import peggy from 'peggy'
import { root } from './run.mjs'

const GRAMMAR = join(root, 'src/expressions/ael/grammar.peggy')
const PARSER = join(root, 'src/expressions/ael/grammar.ts')

const HEAD = `// Generated from grammar.peggy by \`npm run grammar\`.
// @ts-nocheck
/* eslint-disable */
import type { Ast } from './ast.js'

/** What the parser throws: where it stopped, what it found there and what would have gone on. */
export interface GrammarError extends Error {
  readonly expected: readonly { readonly type: string; readonly text?: string; readonly description?: string }[] | null
  readonly found: string | null
  readonly location: { readonly start: { readonly offset: number } }
  readonly isTooDeep?: boolean
}

/** Parses text. */
export const { parse }: { parse(text: string): Ast } = `

/** The parser as TypeScript. */
export function parserSource() {
  const source = peggy.generate(readFileSync(GRAMMAR, 'utf8'), {
    output: 'source',
    format: 'bare',
    grammarSource: 'AEL',
  })
  // What nobody reads needs no indentation and no comments, which are a third of it.
  const lines = source.split('\n').map((line) => line.trim())
  return `${HEAD}${lines.filter((line) => line !== '' && !/^(\/\/|\/\*\*.*\*\/$)/.test(line)).join('\n')}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--print')) process.stdout.write(parserSource())
  else writeFileSync(PARSER, parserSource())
}
