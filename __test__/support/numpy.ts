import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { outputOf, PROCESS_LIMIT, root } from './process.js'

const MIN_PYTHON = [3, 9]
const FRAMES_MIN_PYTHON = [3, 10]

/** A Python that can make virtual environments, or nothing where there is none. */
export function findPython(oldest: number[] = MIN_PYTHON): string | undefined {
  const probe = `import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < (${oldest.join(', ')}))`
  return ['python3', 'python'].find(
    (name) => spawnSync(name, ['-c', probe], { stdio: 'ignore', ...PROCESS_LIMIT }).status === 0,
  )
}

const PACKAGES: Record<string, string> = {
  numpy: 'numpy>=2,<3',
  aerospike_py: 'aerospike-py==0.14.4',
  pyarrow: 'pyarrow',
  pandas: 'pandas',
  polars: 'polars',
  duckdb: 'duckdb',
}

/** What is compiled is what is imported, when it is: the other files are many more. */
const INSTALL = ['-m', 'pip', 'install', '--no-compile', '--quiet', '--disable-pip-version-check']

/** A Python that is new enough for the data frame libraries. */
export function findFramesPython(): string | undefined {
  return findPython(FRAMES_MIN_PYTHON)
}

/** Whether there are wheels for this platform of all that a program imports. */
export function hasWheels(program: string): boolean {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
  return !/^(import|from) aerospike_py\b/m.test(program) || glibcVersionRuntime !== undefined
}

/** The Python of a virtual environment with numpy. */
export function numpyPython(python: string): string {
  return environmentOf(python, ['numpy'])
}

/** The Python of a virtual environment with the libraries that read Arrow. */
export function framesPython(python: string): string {
  return environmentOf(python, ['pyarrow', 'pandas', 'polars', 'duckdb'])
}

/** The Python of a virtual environment with those of our packages that a program imports. */
export function pythonWith(python: string, program: string): string {
  const imported = Object.keys(PACKAGES).filter((name) => new RegExp(`^(import|from) ${name}\\b`, 'm').test(program))
  return environmentOf(python, imported.includes('numpy') ? imported : ['numpy', ...imported])
}

/**
 * An environment for each set of packages. It is made once and kept beside the other caches of node_modules. Test files run
 * side by side and may make the same one: each makes it under a name of its own and moves it into place when it is
 * complete, and the first wins.
 */
function environmentOf(python: string, modules: readonly string[]): string {
  const cache = join(root, 'node_modules', '.cache')
  const name = ['aerostride', ...modules].join('-')
  const folder = join(cache, name)
  if (isComplete(folder, modules)) return pythonIn(folder)
  mkdirSync(cache, { recursive: true })
  const own = mkdtempSync(join(cache, `${name}-`))
  outputOf(python, ['-m', 'venv', own])
  const wanted = modules.map((module) => PACKAGES[module] as string)
  outputOf(pythonIn(own), [...INSTALL, ...wanted])
  moveInto(own, folder, modules)
  return pythonIn(folder)
}

function moveInto(own: string, folder: string, modules: readonly string[]): void {
  if (!isComplete(folder, modules)) rmSync(folder, { recursive: true, force: true })
  try {
    renameSync(own, folder)
  } catch {
    // Another test file was faster.
    rmSync(own, { recursive: true, force: true })
  }
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
}

function isComplete(folder: string, modules: readonly string[]): boolean {
  const probe = `import ${modules.join(', ')}`
  return spawnSync(pythonIn(folder), ['-c', probe], { stdio: 'ignore', ...PROCESS_LIMIT }).status === 0
}
