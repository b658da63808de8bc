import type { Block } from './markdown.js'

/** The JavaScript of a page as one program, and what it has to print. */

const PRELUDE = `
import { inspect as inspectForPage } from 'node:util'
import { deepStrictEqual as equalOnPage } from 'node:assert'
let checksOnPage = 0
function checkOnPage(expected, value) {
  equalOnPage(inspectForPage(value, { breakLength: Infinity }), expected)
  checksOnPage++
}
process.on('exit', () => console.log('\\n' + checksOnPage + ' checks'))
`

const MARK = '— block '

/** Lines `expression // → text` become checks; imports are hoisted by the language itself. */
function checked(code: string): string {
  return code.replaceAll(/^(\s*)(\S.*?) \/\/ → (.+)$/gm, (_, indent: string, expression: string, expected: string) => {
    return `${indent}checkOnPage(${JSON.stringify(expected)}, (${expression}))`
  })
}

/** The blocks in order, as one program that tells whose output follows. */
export function programOf(blocks: readonly Block[]): string {
  return PRELUDE + blocks.map(({ code, line }) => `console.log('\\n${MARK}${line}')\n${checked(code)}`).join('\n')
}

/** How many checks the program of the blocks makes. */
export function checksOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { code }) => sum + (code.match(/ \/\/ → /g)?.length ?? 0), 0)
}

/** What each block has printed, by its line, and how many checks there were. */
export function outputsOf(stdout: string): { outputs: Map<number, string>; checks: number } {
  const [, checks = '-1'] = /\n(\d+) checks\n$/.exec(stdout) ?? []
  const parts = stdout
    .slice(0, stdout.lastIndexOf(`\n${checks} checks`))
    .split(`\n${MARK}`)
    .slice(1)
  const outputs = parts.map((part): [number, string] => {
    const end = part.indexOf('\n')
    return [Number(part.slice(0, end)), part.slice(end + 1)]
  })
  return { outputs: new Map(outputs), checks: Number(checks) }
}

/** The imports of a page, for blocks that stand alone. */
export function importsOf(blocks: readonly Block[]): string {
  const lines = blocks.flatMap(({ code }) => code.match(/^import .+$/gm) ?? [])
  return `${[...new Set(lines)].join('\n')}\n`
}
