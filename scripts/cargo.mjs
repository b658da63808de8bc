// Runs cargo for the other scripts: what it compiles now, what came out, and what to say when it fails.
import { run } from './run.mjs'
import { Problem } from './terminal.mjs'

/** `cargo build` with these arguments; `artifacts` maps a target's name to the files that it gave. */
export async function cargoBuild(args, progress, env = {}) {
  const artifacts = new Map()
  const onLine = (line) => {
    const message = parseMessage(line)
    if (message === undefined) progress.onLine(line)
    else if (message.reason === 'compiler-artifact') artifacts.set(message.target.name, filesOf(message))
  }
  const command = ['build', '--message-format=json-render-diagnostics', ...args]
  const { code, output } = await run('cargo', command, { onLine, env: { ...cargoEnvironment, ...env } })
  if (code !== 0) throw compileProblem('The Rust crates do not build.', output)
  return { artifacts }
}

/** The folder cargo builds into. */
export async function targetDirectory() {
  const { code, output } = await run('cargo', ['metadata', '--no-deps', '--format-version=1'])
  if (code !== 0) throw new Problem('cargo cannot read the workspace.', '', output)
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{'))).target_directory
}

/** cargo draws its progress bar for us to read, although nobody looks at the stream itself. */
export const cargoEnvironment = { CARGO_TERM_PROGRESS_WHEN: 'always', CARGO_TERM_PROGRESS_WIDTH: '160' }

/** Reads cargo's output: what it compiles now, how far it is, and how much there was to do. */
export function cargoProgress(report) {
  let compiled = 0
  const onLine = (line) => {
    const bar = /Building \[[=> ]*\] (\d+)\/(\d+)(?:: (.*))?$/.exec(line)
    if (bar !== null) report(`${bar[1]}/${bar[2]}  ${bar[3] ?? ''}`)
    else if (/^\s*Compiling /.test(line)) compiled++
    else if (/^\s*(Downloading|Downloaded|Updating|Locking|Blocking) /.test(line)) report(line.trim())
  }
  const summary = () => {
    if (compiled === 0) return 'nothing changed'
    return `${compiled} ${compiled === 1 ? 'crate' : 'crates'} compiled`
  }
  return { onLine, summary }
}

/** What the compiler said, and a remedy for the one failure that is the machine's and not the code's. */
export function compileProblem(message, output) {
  const noise = /^\s*(Compiling|Downloaded|Downloading|Locking|Adding) |^\{/
  const lines = output.split('\n').filter((line) => !noise.test(line))
  const noLinker = /linker `[^`]+` not found|link\.exe` not found/.test(output)
  return new Problem(message, noLinker ? linkerRemedy[process.platform] : '', lines.join('\n'))
}

const linkerRemedy = {
  linux: 'A C linker is missing: install it with `apt install build-essential` (or gcc by your own package manager).',
  darwin: 'A C linker is missing: install it with `xcode-select --install`.',
  win32: 'A linker is missing: install the Visual Studio Build Tools with the C++ workload.',
}

function parseMessage(line) {
  return line.startsWith('{"reason":') ? JSON.parse(line) : undefined
}

const filesOf = ({ filenames, executable }) => (executable === null ? filenames : [executable])
