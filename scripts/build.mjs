// Builds the native binding and the TypeScript sources. Both are incremental: what has not changed is not built again.
import { readdirSync, rmSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { installDependencies } from './install.mjs'
import { checkRequirements } from './requirements.mjs'
import { root, run, tool } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

/** Everything `npm start` and `npm test` need before they can do their own job. */
export async function prepare() {
  await checkRequirements()
  await installDependencies()
  await buildNative()
  await buildTypeScript()
}

/** The release build of crates/node: native/*.node, and the generated index.cjs and index.d.ts beside it. */
export async function buildNative() {
  await step('Building the native core (release)', async (report, note) => {
    const args = ['build', '--platform', '--release', '--manifest-path', 'crates/node/Cargo.toml']
    const outputs = ['--output-dir', 'native', '--js', 'index.cjs', '--dts', 'index.d.ts']
    const progress = cargoProgress(report)
    const command = [tool('@napi-rs', 'cli', 'dist', 'cli.js'), ...args, ...outputs]
    const { code, output } = await run(process.execPath, command, { onLine: progress.onLine, env: cargoEnvironment })
    if (code !== 0) throw compileProblem('The native core does not build.', output)
    note(progress.summary())
  })
}

/** src/ to dist/, CommonJS. */
export async function buildTypeScript() {
  await step('Compiling TypeScript', async () => {
    removeStaleOutput()
    const args = [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']
    const { code, output } = await run(process.execPath, args)
    if (code !== 0) throw new Problem('TypeScript does not compile.', '', output)
  })
}

/** cargo draws its progress bar for us to read, although nobody looks at the stream itself. */
export const cargoEnvironment = { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '160' }

/** Reads cargo's output: what it compiles now, how far it is, and how much there was to do. */
export function cargoProgress(report) {
  let compiled = 0
  const onLine = (line) => {
    const bar = /Building \[[=> ]*\] (\d+)\/(\d+)(?:: (.*))?$/.exec(line)
    if (bar !== null) return report(`${bar[1]}/${bar[2]}  ${bar[3] ?? ''}`)
    if (/^\s*Compiling /.test(line)) compiled++
    else if (/^\s*(Downloading|Downloaded|Updating|Locking|Blocking) /.test(line)) report(line.trim())
  }
  return { onLine, summary: () => (compiled === 0 ? 'nothing changed' : `${compiled} crates compiled`) }
}

/** What the compiler said, and a remedy for the one failure that is the machine's and not the code's. */
export function compileProblem(message, output) {
  const lines = output.split('\n').filter((line) => !/^\s*(Compiling|Downloaded|Downloading|Locking|Adding) /.test(line))
  const noLinker = /linker `[^`]+` not found|link\.exe` not found/.test(output)
  const remedy = {
    linux: 'A C linker is missing: install it with `apt install build-essential` (or gcc by your own package manager).',
    darwin: 'A C linker is missing: install it with `xcode-select --install`.',
    win32: 'A linker is missing: install the Visual Studio Build Tools with the C++ workload.',
  }
  return new Problem(message, noLinker ? remedy[process.platform] : '', lines.join('\n'))
}

/** The compiler leaves the output of deleted sources behind, and the package would ship it. */
function removeStaleOutput() {
  const dist = join(root, 'dist')
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = join(root, 'src', name.replace(/(\.d\.ts|\.js)$/, '.ts'))
    if (/\.(js|d\.ts)$/.test(name) && !existsSync(source)) rmSync(join(dist, name))
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const [only] = process.argv.slice(2)
    if (only === undefined) return prepare()
    await checkRequirements()
    await installDependencies()
    if (only === 'native') return buildNative()
    if (only === 'ts') return buildTypeScript()
    throw new Problem(`Nothing called '${only}' to build.`, 'Say `native`, `ts`, or nothing for both.')
  })
}
