import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './process.js'

const MIN_PYTHON = [3, 9]

/** A Python that can make virtual environments, or nothing where there is none. */
export function findPython(): string | undefined {
  const probe = `import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < (${MIN_PYTHON.join(', ')}))`
  return ['python3', 'python'].find((name) => spawnSync(name, ['-c', probe], { stdio: 'ignore' }).status === 0)
}

const PACKAGES: Record<string, string> = { numpy: 'numpy>=2,<3', aerospike_py: 'aerospike-py==0.14.4' }

/** Whether there are wheels for this platform of all that a program imports. */
export function hasWheels(program: string): boolean {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
  return !/^(import|from) aerospike_py\b/m.test(program) || glibcVersionRuntime !== undefined
}

/** The Python of a virtual environment with numpy. */
export function numpyPython(python: string): string {
  return environmentOf(python, ['numpy'])
}

/** The Python of a virtual environment with those of our packages that a program imports. */
export function pythonWith(python: string, program: string): string {
  const imported = Object.keys(PACKAGES).filter((name) => new RegExp(`^(import|from) ${name}\\b`, 'm').test(program))
  return environmentOf(python, imported.includes('numpy') ? imported : ['numpy', ...imported])
}

/** An environment for each set of packages. It is made once and kept beside the other caches of node_modules. */
function environmentOf(python: string, modules: readonly string[]): string {
  const folder = join(root, 'node_modules', '.cache', ['aerostride', ...modules].join('-'))
  const own = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
  const probe = `import ${modules.join(', ')}`
  if (existsSync(own) && spawnSync(own, ['-c', probe], { stdio: 'ignore' }).status === 0) return own
  mkdirSync(folder, { recursive: true })
  execFileSync(python, ['-m', 'venv', '--clear', folder])
  const wanted = modules.map((name) => PACKAGES[name] as string)
  execFileSync(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted])
  return own
}
