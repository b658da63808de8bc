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

/** The Python of a virtual environment with numpy. It is made once and kept beside the other caches of node_modules. */
export function numpyPython(python: string): string {
  const folder = join(root, 'node_modules', '.cache', 'aerostride-numpy')
  const own = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
  if (existsSync(own) && spawnSync(own, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0) return own
  mkdirSync(folder, { recursive: true })
  execFileSync(python, ['-m', 'venv', '--clear', folder])
  execFileSync(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'numpy>=2,<3'])
  return own
}
