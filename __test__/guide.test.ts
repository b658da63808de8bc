import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findPython, numpyPython } from './support/numpy.js'
import { root } from './support/process.js'

let folder = ''

beforeAll(async () => {
  // Inside the repository, where `import 'aerostride'` finds the package itself.
  await mkdir(join(root, 'temp'), { recursive: true })
  folder = await mkdtemp(join(root, 'temp', 'guide-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** The code blocks of a language in a Markdown file. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .filter(([, tag]) => tag === language)
    .map(([, , code]) => code!)
}

const CHECK = `
import { inspect as inspectForGuide } from 'node:util'
import { deepStrictEqual as equalInGuide } from 'node:assert'
const given = []
function checkInGuide(expected, value) {
  given.push(expected)
  equalInGuide(inspectForGuide(value, { breakLength: Infinity }), expected)
}
process.on('exit', () => console.log(given.length, 'checks'))
`

/** Lines \`expression // → text\` become checks; imports are hoisted by the language itself. */
function checked(code: string): string {
  return code.replaceAll(/^(\s*)(\S.*?) \/\/ → (.+)$/gm, (_, indent: string, expression: string, expected: string) => {
    return `${indent}checkInGuide(${JSON.stringify(expected)}, (${expression}))`
  })
}

async function run(name: string, code: string): Promise<string> {
  const file = join(folder, `${name}.mjs`)
  await writeFile(file, code)
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })
}

test('the guide is one program that does what it says', async () => {
  const program = blocks('docs/guide.md', 'js').join('\n')
  const promises = program.match(/ \/\/ → /g)!.length
  const output = await run('guide', CHECK + checked(program))
  expect(output).toBe(`${promises} checks\n`)
  const python = findPython()
  if (python === undefined) return
  const script = blocks('docs/guide.md', 'python').join('\n')
  execFileSync(numpyPython(python), ['-c', script], { cwd: folder })
}, 300_000)

test('the quick start of the README runs', async () => {
  expect(await run('readme', blocks('README.md', 'js')[0]!)).toBe('')
})

test('every option, method and property of the reference exists', () => {
  const declarations = readFileSync(join(root, 'index.d.ts'), 'utf8')
  const reference = readFileSync(join(root, 'docs/guide.md'), 'utf8').split('## API reference')[1]!
  const names = [...reference.matchAll(/`(?:client\.)?([a-zA-Z]{3,})(?:\([^`]*\))?`/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(40)
  for (const name of names) expect(declarations).toMatch(new RegExp(`\\b${name}\\b`))
})
