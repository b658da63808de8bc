// Empty projects for scripts/test-packages.mjs, where neither cargo nor a compiler is on the PATH, and the programs that
// have to run in them.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'
import { Problem } from './terminal.mjs'

const EXPECTED = 'read 100 rows, the first at 20 degrees, sensor_42 at 42 percent'

// The npm that started this runs on every one of the Node.js versions.
export const npmCli = process.env.npm_execpath

/** A project with nothing in it but a manifest, and its environment: `node` and a shell, and nothing that compiles. */
export function emptyProject(work, name, node, environment) {
  const folder = join(work, 'projects', name)
  const path = join(folder, '.path')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(folder, 'package.json'), `{ "name": "project", "version": "1.0.0", "private": true }\n`)
  symlinkSync(node, join(path, 'node'))
  symlinkSync('/bin/sh', join(path, 'sh'))
  writeFileSync(join(path, 'npm'), `#!/bin/sh\nexec node ${JSON.stringify(npmCli)} "$@"\n`, { mode: 0o755 })
  return { folder, node, env: { ...environment, PATH: path } }
}

/** The README's quick start, as it stands and rewritten to `require`; one line is added to see what it has read. */
export async function runQuickStart({ folder, node, env }) {
  const [, code] = /## Quick start\n+```js\n([\s\S]*?)```/.exec(readReadme())
  const report =
    'console.log(`read ${batch.length} rows, the first at ${batch.at(0).temperature} degrees, ' +
    "sensor_42 at ${batch.get('sensor_42').humidity} percent`)\n"
  const esm = code.replace('await client.close()', `${report}await client.close()`)
  for (const [file, text] of [
    ['quick-start.mjs', esm],
    ['quick-start.cjs', `async function main() {\n${required(esm)}}\n\nmain()\n`],
  ]) {
    writeFileSync(join(folder, file), text)
    const output = await must(node, [file], { cwd: folder, env })
    if (!output.includes(EXPECTED)) throw new Problem(`${file} has printed something else.`, '', output)
  }
}

/** The two commands with which the README says that the package is packed and installed, as they stand there. */
export function installLines() {
  const [, code] = /## Install\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(readReadme())
  const lines = code.trim().split('\n')
  if (lines.length !== 2) throw new Problem('The README has to say in two lines how to install the package.', '', code)
  return lines
}

/** Puts the program of __test__/smoke into a project, in both module systems, and the optional package that it uses. */
export function placeSmoke(folder) {
  const esm = readFileSync(join(root, '__test__', 'smoke', 'smoke.mjs'), 'utf8')
  writeFileSync(join(folder, 'smoke.mjs'), esm)
  writeFileSync(join(folder, 'smoke.cjs'), required(esm))
  for (const name of ['apache-arrow', 'flatbuffers', 'json-with-bigint', 'tslib'])
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
}

/** Runs a program that has to print the last line of the smoke program. */
export async function runSmoke(program, args, options) {
  const output = await must(program, args, options)
  if (!output.includes('smoke: everything works')) throw new Problem(`${args.join(' ')} has not finished.`, '', output)
}

/** `import` statements as calls of `require`. */
const required = (code) => code.replaceAll(/^import (?:\* as )?(\{.*\}|\w+) from ('.*')$/gm, 'const $1 = require($2)')

const readReadme = () => readFileSync(join(root, 'README.md'), 'utf8')

export async function must(program, args, options) {
  const { code, output } = await run(program, args, options)
  if (code !== 0) throw new Problem(`${args.join(' ')} has failed.`, '', output)
  return output
}
