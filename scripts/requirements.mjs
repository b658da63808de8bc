// What has to be on the machine before anything can be built: Node.js and Rust, and nothing else.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'
import { Problem } from './terminal.mjs'

const oldestNode = 20

/** Says what is missing, and how to get it, before the first step fails for a reason nobody understands. */
export async function checkRequirements() {
  checkNode()
  await checkCargo()
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= oldestNode) return
  throw new Problem(
    `Node.js ${process.versions.node} is too old: aerostride needs ${oldestNode} or newer.`,
    'Install a current release from https://nodejs.org (or `nvm install --lts`), then run the command again.',
  )
}

async function checkCargo() {
  const wanted = toolchainChannel()
  const { code, output, missing } = await run('cargo', ['--version'])
  if (missing) {
    throw new Problem(
      'Rust is not installed: `cargo` is not on the PATH.',
      'Install it from https://rustup.rs, open a new shell, then run the command again.',
    )
  }
  if (code !== 0) {
    throw new Problem(
      `cargo does not start. The Rust toolchain ${wanted} is probably not installed.`,
      `Run \`rustup toolchain install ${wanted} --profile minimal --component clippy,rustfmt\`, then run the command again.`,
      output,
    )
  }
  const version = /cargo (\d+\.\d+\.\d+)/.exec(output)?.[1]
  if (version !== undefined && isOlder(version, wanted)) {
    throw new Problem(
      `Rust ${version} is too old: aerostride needs ${wanted} or newer.`,
      'Run `rustup update stable` (or install Rust from https://rustup.rs), then run the command again.',
    )
  }
}

/** The pinned toolchain, which is also the oldest that is tested. */
function toolchainChannel() {
  return /channel = "([^"]+)"/.exec(readFileSync(join(root, 'rust-toolchain.toml'), 'utf8'))[1]
}

function isOlder(version, than) {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number))
  for (let i = 0; i < 3; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) < (b[i] ?? 0)
  return false
}
