// Child processes, with their output read line by line.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** The repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Runs a program to its end and gives `{ code, output }`; a program that cannot be started gives code -1 and `missing`.
 * After `timeout` milliseconds it is ended. `onLine` sees every line of both streams as it arrives, without colours; cargo's progress bar counts as lines too.
 */
export function run(program, args, { onLine = () => {}, env = {}, cwd = root, timeout = 0 } = {}) {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout, stdio: ['ignore', 'pipe', 'pipe'] }
    const child = spawn(program, args, options)
    const lines = []
    const take = (line) => {
      const plain = stripVTControlCharacters(line).trimEnd()
      if (plain === '') return
      if (!/^\s*Building \[/.test(plain)) lines.push(plain)
      onLine(plain)
    }
    for (const stream of [child.stdout, child.stderr]) splitLines(stream, take)
    child.on('error', (error) => resolve({ code: -1, output: error.message, missing: error.code === 'ENOENT' }))
    child.on('close', (code) => resolve({ code: code ?? -1, output: lines.join('\n'), missing: false }))
  })
}

/** Runs a program that owns the terminal meanwhile; gives its exit code. */
export function show(program, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
    child.on('error', () => resolve(-1))
    child.on('close', (code) => resolve(code ?? -1))
  })
}

function splitLines(stream, take) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    const parts = (rest + chunk).split(/\r\n|\n|\r/)
    rest = parts.pop()
    for (const part of parts) take(part)
  })
  stream.on('end', () => take(rest))
}

/** A file inside an installed package: the entry of a command-line tool, run with this very Node.js. */
export const tool = (...path) => join(root, 'node_modules', ...path)
