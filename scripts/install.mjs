// Installs what package-lock.json says, when node_modules holds something else.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from './run.mjs'
import { Problem, step } from './terminal.mjs'

/** Runs `npm ci` unless everything is there already. */
export async function installDependencies() {
  if (isInstalled()) return
  await step('Installing the npm dependencies', async (report, note) => {
    const [program, ...before] = npm()
    const args = [...before, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=http']
    let fetched = 0
    const onLine = (line) => /npm http fetch GET 200/.test(line) && report(`${++fetched} answers from the registry`)
    const { code, output } = await run(program, args, { onLine })
    if (code !== 0) throw installProblem(output)
    note(/added \d+ packages/.exec(output)?.[0] ?? '')
  })
}

/** The npm that started us, run by the same Node.js; else the one on the PATH. */
export function npm() {
  const path = process.env.npm_execpath
  if (path !== undefined && /npm-cli\.c?js$/.test(path)) return [process.execPath, path]
  // On Windows `npm` is a script of the shell; the program it starts lies beside Node.js.
  if (process.platform !== 'win32') return ['npm']
  return [process.execPath, join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js')]
}

function installProblem(output) {
  const errors = output.split('\n').filter((line) => line.startsWith('npm error'))
  return new Problem(
    'npm could not install the dependencies.',
    'Is the registry reachable (`npm ping`)? Behind a proxy, set `npm config set proxy` and run the command again.',
    errors.slice(0, 20).join('\n'),
  )
}

/** Compares the lock file with npm's own note of what it has put into node_modules. */
function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(([path, entry]) => {
    const there = present[path]
    // Optional packages for other platforms are never installed.
    if (there === undefined) return path === '' || entry.optional === true
    return there.version === entry.version && there.integrity === entry.integrity
  })
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}
