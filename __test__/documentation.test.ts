import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './support/cli.js'
import { problemOfCommand } from './support/commands.js'
import { markdownFiles, readPage, tagged } from './support/markdown.js'
import { findPython, hasWheels } from './support/numpy.js'
import { PageRunner } from './support/page-runner.js'
import { root } from './support/process.js'

/**
 * Every code block of every Markdown file, by what stands behind its fence:
 *
 * - `js`: all of a page are one program, in order; `// →` says what the expression before it gives.
 * - `js alone`: a program of its own, after the imports of the page.
 * - `js vitest`: a test file.
 * - `js bundle`: a build of a bundler; `npm run test:packages` runs it, and what it has built.
 * - `text`: what the block in front of it prints. `AEROSTRIDE_UPDATE_DOCS=1` writes it anew.
 * - `sh`: commands that exist, with their options.
 * - `sh run`: commands that are run, all of a page as one script.
 * - `python`: all of a page are one program, run where there is a Python.
 * - `rust`: stands word for word in a test of a crate, which is where it runs.
 * - `diagram`: no code.
 *
 * `127.0.0.1:3000` is an embedded server while a block runs, and the folder is the page's own.
 */
const TAGS = new Set(['js', 'js alone', 'js vitest', 'js bundle', 'text', 'sh', 'sh run', 'python', 'rust', 'diagram'])
const PRINTING = new Set(['js', 'js alone', 'sh run'])

const pages = markdownFiles().map(readPage)
const python = findPython()
if (python === undefined) process.stderr.write('python blocks of the documentation are skipped: there is no Python 3\n')

let runner: PageRunner

beforeAll(async () => {
  runner = await PageRunner.start()
})
afterAll(() => runner.stop())

/** The lines of code, without what only a place gives them. */
const plainLines = (code: string): string => code.replaceAll(/^\s+|\s+$/gm, '')

/** The tests of all crates, file by file. */
function rustTests(): string[] {
  return readdirSync(join(root, 'crates')).flatMap((crate) => {
    const names = readdirSync(join(root, 'crates', crate), { recursive: true }).map(String)
    const tests = names.filter((name) => /^tests[\\/].+\.rs$/.test(name))
    return tests.map((name) => plainLines(readFileSync(join(root, 'crates', crate, name), 'utf8')))
  })
}

describe.each(pages.filter(({ blocks }) => blocks.length > 0))('$file', (page) => {
  const { blocks, text } = page

  test('every block says how it is run', () => {
    expect(blocks.length * 2).toBe(text.match(/^ *```/gm)?.length)
    expect(blocks.filter(({ tag }) => !TAGS.has(tag))).toEqual([])
    const outputs = blocks.flatMap(({ tag }, index) => (tag === 'text' ? [blocks[index - 1]?.tag ?? 'nothing'] : []))
    expect(outputs.filter((tag) => !PRINTING.has(tag))).toEqual([])
  })

  /** The page, if it has such blocks. */
  const pageWith = (tag: string) => (tagged(page, tag).length > 0 ? [page] : [])

  test.each(pageWith('js'))('the program does what the page says', async () =>
    expect(await runner.runProgram(page)).toEqual([]),
  )

  test.each(tagged(page, 'js alone'))('the program in line $line does what the page says', async (block) => {
    expect(await runner.runAlone(page, block)).toEqual([])
  })

  test.each(tagged(page, 'js vitest'))('the tests in line $line pass', async (block) => {
    expect(await runner.runTestFile(page, block)).toMatch(/Tests +\d+ passed \(\d+\)/)
  })

  test.each(tagged(page, 'js bundle'))('the bundle in line $line is built where packages are tested', () => {
    expect(readFileSync(join(root, 'scripts', 'package-bundles.mjs'), 'utf8')).toContain(basename(page.file))
  })

  test.each(tagged(page, 'sh'))('the commands in line $line exist', ({ code }) => {
    expect(code.trim().split('\n').map(problemOfCommand).filter(Boolean)).toEqual([])
  })

  test.skipIf(process.platform === 'win32').each(pageWith('sh run'))('the commands do what the page says', async () =>
    expect(await runner.runShell(page)).toEqual([]),
  )

  const wheels = tagged(page, 'python').every(({ code }) => hasWheels(code))
  test.skipIf(python === undefined || !wheels).each(pageWith('python'))(
    'the Python program runs',
    () => expect(runner.runPython(page, python as string)).resolves.toBeUndefined(),
    300_000,
  )

  test.each(tagged(page, 'rust'))('the Rust in line $line is run by a test', ({ code }) => {
    expect(rustTests().some((tests) => tests.includes(plainLines(code)))).toBe(true)
  })
})

describe('commands in backquotes', () => {
  const first = /^([A-Z_]+=\S+ )*(npm|npx|cargo|aerostride-devserver|\.ci\/\w+|scripts\/\S+\.sh)( |$)/
  const commands = pages.flatMap(({ file, spans }) =>
    spans.filter((span) => first.test(span)).map((span) => [file, span] as const),
  )

  test.each(commands)('%s: %s', (_, command) => {
    expect(problemOfCommand(command)).toBeUndefined()
  })

  test('wrong ones are found', () => {
    const wrong = [
      'npm run nothing',
      'npm run bench -- --wrong',
      'npx aerostride reed',
      'npx aerostride read --wrong',
      'NO_SUCH_VARIABLE=1 npm test',
      'cargo test -p aerostride-nothing',
      'cargo test --test nothing',
      'scripts/nothing.sh',
      'no-such-program',
      'npm start | no-such-program',
    ]
    expect(wrong.filter((command) => problemOfCommand(command) === undefined)).toEqual([])
  })
})

test('every command has its help on the page about the command line', async () => {
  const { stdout } = await runCli(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) {3,}/gm)].map(([, name]) => name!)
  expect(commands).toContain('read')
  const shown = new Set(readPage('docs/cli.md').blocks.map(({ code }) => code.trim()))
  expect(commands.filter((name) => !shown.has(`npx aerostride ${name} --help`))).toEqual([])
})

describe('the reference in the guide', () => {
  const declarations = readFileSync(join(root, 'index.d.ts'), 'utf8')
  const reference = readFileSync(join(root, 'docs/guide.md'), 'utf8').split('## API reference')[1]!

  test('every option, method and property that it has exists', () => {
    const names = [...reference.matchAll(/`(?:client\.)?([a-zA-Z]{3,})(?:\([^`]*\))?`/g)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(40)
    for (const name of names) expect(declarations).toMatch(new RegExp(`\\b${name}\\b`))
  })

  test.each([
    'Client',
    'AdminMethods',
    'BatchMethods',
    'RecordMethods',
    'StreamMethods',
    'Transaction',
    'BackgroundJob',
    'Udfs',
    'Users',
    'Roles',
    'ClusterNode',
    'Ping',
    'BackgroundOptions',
    'BatchOperateOptions',
    'BatchOperateResult',
    'BatchApplyResult',
    'BatchExistsResult',
    'Batch',
    'KeyList',
    'ConnectOptions',
    'TlsOptions',
    'Host',
    'BatchReadOptions',
    'RecordReadOptions',
    'BatchWriteOptions',
    'BatchWriteResult',
    'GetOptions',
    'SelectOptions',
    'OperateOptions',
    'InfoOptions',
    'TruncateOptions',
    'ReadPolicy',
    'WritePolicy',
    'ClientStats',
    'LatencyStats',
    'NodeStats',
  ])('it has every member of %s', (type) => {
    const [, body = ''] =
      new RegExp(`declare (?:abstract )?(?:class|interface) ${type}\\b(.*?)\\n}`, 's').exec(declarations) ?? []
    const members = [...body.matchAll(/^ {4}(?:readonly |get )?(\w+)(?=[?(:<])/gm)].map(([, name]) => name!)
    expect(members).not.toEqual([])
    const quoted = new Set([...reference.matchAll(/`[^`\n]+`/g)].flatMap(([code]) => code.match(/\w+/g) ?? []))
    const missing = members.filter((name) => !quoted.has(name.replace(/Sync$/, '')) && name !== 'constructor')
    expect(missing).toEqual([])
  })
})

test.each(['DevServerOptions', 'DevTls', 'DevUser', 'DevNamespace', 'FaultConditions', 'Faults'])(
  'the page about the embedded server has every member of %s',
  (type) => {
    const declarations = readFileSync(join(root, 'devserver.d.ts'), 'utf8')
    const [, body = ''] = new RegExp(`interface ${type}\\b(.*?)\\n}`, 's').exec(declarations) ?? []
    const members = [...body.matchAll(/^ {4}'?([\w-]+)'?(?=[?:])/gm)].map(([, name]) => name!)
    expect(members).not.toEqual([])
    const { text } = readPage('docs/devserver.md')
    expect(members.filter((name) => !new RegExp(`[\\s{'(\x60]${name}\\b`).test(text))).toEqual([])
  },
)

test('the guide has every code of errors and every result code of the client', () => {
  const sources = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.ts'))
  const paths = [...sources.map((name) => join('src', name)), 'crates/core/src/error.rs', 'crates/node/src/error.rs']
  const text = paths.map((path) => readFileSync(join(root, path), 'utf8')).join('\n')
  const codes = new Set(text.match(/ERR_AEROSTRIDE_[A-Z]+(_[A-Z]+)*/g))
  // An abort becomes the signal's own reason.
  codes.delete('ERR_AEROSTRIDE_ABORTED')
  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8')
  expect([...codes].filter((code) => !guide.includes(`\`${code}\``))).toEqual([])
  const own = readFileSync(join(root, 'crates/core/src/codes.rs'), 'utf8').matchAll(/pub const \w+: i32 = (-?\d+);/g)
  const shown = new Set([...guide.matchAll(/^\| (-?\d[\d, -]*) \|/gm)].flatMap(([, list]) => list!.split(', ')))
  expect([...own].map(([, code]) => code!).filter((code) => !shown.has(code))).toEqual([])
})
