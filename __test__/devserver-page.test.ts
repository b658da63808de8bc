import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './support/process.js'

/** The page on the embedded server: the test file that it shows is run as it stands. */

let folder = ''

beforeAll(async () => {
  // Inside the repository, where `import 'aerostride/devserver'` finds the package itself.
  await mkdir(join(root, 'temp'), { recursive: true })
  folder = await mkdtemp(join(root, 'temp', 'devserver-page-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('the test file of the page passes', async () => {
  const page = await readFile(join(root, 'docs/devserver.md'), 'utf8')
  const blocks = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code!)
  const shown = blocks.filter((code) => code.includes("from 'vitest'"))
  expect(shown).toHaveLength(1)
  await writeFile(join(folder, 'page.test.mjs'), shown[0]!)
  // Without a configuration of its own it would run by that of the repository.
  await writeFile(join(folder, 'vitest.config.mjs'), 'export default {}\n')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const environment = { ...process.env, NO_COLOR: '1' }
  const run = promisify(execFile)(process.execPath, [vitest, 'run', '--root', folder], { env: environment })
  const { stdout } = await run
  expect(stdout).toMatch(/Tests +1 passed \(1\)/)
}, 60_000)
