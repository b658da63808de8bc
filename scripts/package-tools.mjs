// What scripts/test-packages.mjs runs the packages with: Node.js in several versions, Bun and Deno, package managers,
// bundlers, and the checkers of packages. All come from the ordinary registry, in the versions below.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './install.mjs'
import { run } from './run.mjs'
import { Problem, step } from './terminal.mjs'

export const NODE_VERSIONS = ['20', '22', '24']
const MANAGERS = { pnpm: '10.20.0', yarn: '1.22.22' }
const CHECKERS = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' }
const BUNDLERS = { webpack: '5.112.2', 'node-loader': '2.1.0', esbuild: '0.28.2' }
const BUN = '1.4.5'
const DENO = '2.9.6'

/** Installs everything into a folder; gives the paths of the programs. */
export async function installTools(folder) {
  return step('Installing Node.js 20, 22, 24, Bun, Deno and the tools', async () => {
    const nodes = NODE_VERSIONS.map((version) => `node${version}@npm:${nodePackage()}@${version}`)
    const others = Object.entries({ ...MANAGERS, ...CHECKERS, ...BUNDLERS, ...runtimePackages() })
    await install(folder, [...nodes, ...others.map(([name, version]) => `${name}@${version}`)])
    return programs(join(folder, 'node_modules'))
  })
}

function programs(modules) {
  const nodes = NODE_VERSIONS.map((version) => [version, join(modules, `node${version}`, 'bin', 'node')])
  const [bun, deno] = Object.keys(runtimePackages())
  return {
    modules,
    nodes: Object.fromEntries(nodes),
    bun: join(modules, bun, 'bin', 'bun'),
    deno: join(modules, deno, 'deno'),
    pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
    yarn: join(modules, 'yarn', 'bin', 'yarn.js'),
    publint: join(modules, 'publint', 'src', 'cli.js'),
    attw: join(modules, '@arethetypeswrong', 'cli', 'dist', 'index.js'),
  }
}

const nodePackage = () => `node-${process.platform}-${process.arch}`

/** The packages with the programs themselves: those called `bun` and `deno` fetch them by a script. */
function runtimePackages() {
  const { platform, arch } = process
  const bun = `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`
  const deno = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`
  return { [bun]: BUN, [deno]: DENO }
}

async function install(folder, specifiers) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const [program, ...before] = npm()
  const args = [...before, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--force', ...specifiers]
  const { code, output } = await run(program, args, { cwd: folder })
  if (code !== 0) throw new Problem('npm could not install the tools.', '', output)
}
