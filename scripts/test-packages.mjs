// `npm run test:packages`: installs the packages as a user does. They are packed, published to a registry on loopback,
// and installed into empty projects by npm, pnpm and yarn, on several Node.js versions, where neither cargo nor a
// compiler is on the PATH; there the README's quick start has to run, with `import` and with `require`.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { platformName } from './binding.mjs'
import { prepare } from './build.mjs'
import { npm } from './install.mjs'
import { pack } from './pack.mjs'
import { startRegistry } from './registry.mjs'
import { root, run } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

const NODE_VERSIONS = ['20', '22', '24']
const MANAGERS = { pnpm: '10.20.0', yarn: '1.22.22' }
const EXPECTED = 'read 100 rows, the first at 20 degrees, sensor_42 at 42 percent'

const work = mkdtempSync(join(realpathSync(tmpdir()), 'aerostride-packages-'))

// The npm that started this runs on every one of the Node.js versions.
const npmCli = process.env.npm_execpath

await main(async () => {
  if (npmCli === undefined || process.platform === 'win32') {
    throw new Problem('This has to be started by npm, on Linux or macOS.', 'Run `npm run test:packages`.')
  }
  await prepare()
  const archives = await pack(binariesOfAllPlatforms())
  const registry = await step('Starting a registry', () => startRegistry(work))
  try {
    await publish(registry, archives)
    const tools = await installTools()
    for (const node of Object.values(tools.nodes)) await tryManager(registry, tools, node, 'npm')
    for (const name of ['npm --ignore-scripts', 'pnpm', 'yarn'])
      await tryManager(registry, tools, tools.nodes['22'], name)
    await checkMissingBinary(registry, tools)
  } finally {
    await registry.stop()
    rmSync(work, { recursive: true, force: true })
  }
})

/**
 * This platform's binary, and empty files in place of the others: every package has to be in the registry, as it is in the
 * real one, and the package manager has to choose the right one.
 */
function binariesOfAllPlatforms() {
  const folder = join(work, 'binaries')
  mkdirSync(folder)
  for (const platform of readdirSync(join(root, 'npm'))) writeFileSync(join(folder, `aerostride.${platform}.node`), '')
  const addon = `aerostride.${platformName()}.node`
  copyFileSync(join(root, 'native', addon), join(folder, addon))
  return folder
}

/** Ours, and the one package that ours depends on, so that nothing has to come from anywhere else. */
async function publish(registry, archives) {
  await step('Publishing to it', async (report, note) => {
    const [program, ...before] = npm()
    const dependency = join(root, 'node_modules', '@petamoriken', 'float16')
    for (const archive of [...archives, dependency]) {
      report(archive)
      const { code, output } = await run(program, [...before, 'publish', '--ignore-scripts', archive], {
        env: registry.environment,
        cwd: work,
      })
      if (code !== 0) throw new Problem(`${archive} cannot be published.`, '', output)
    }
    note(`${archives.length + 1} packages`)
  })
}

/** Node.js in several versions, and the package managers, from the ordinary registry. */
async function installTools() {
  return step('Installing Node.js 20, 22, 24, pnpm and yarn', async () => {
    const { platform, arch } = process
    const nodes = NODE_VERSIONS.map((version) => [version, `node-${platform === 'win32' ? 'win' : platform}-${arch}`])
    const aliases = nodes.map(([version, name]) => `node${version}@npm:${name}@${version}`)
    const folder = join(work, 'tools')
    await install(folder, [...aliases, ...Object.entries(MANAGERS).map(([name, version]) => `${name}@${version}`)])
    const modules = join(folder, 'node_modules')
    return {
      nodes: Object.fromEntries(
        NODE_VERSIONS.map((version) => [version, join(modules, `node${version}`, 'bin', 'node')]),
      ),
      pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
      yarn: join(modules, 'yarn', 'bin', 'yarn.js'),
    }
  })
}

async function install(folder, specifiers) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const [program, ...before] = npm()
  const args = [...before, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--force', ...specifiers]
  const { code, output } = await run(program, args, { cwd: folder })
  if (code !== 0) throw new Problem('npm could not install the tools.', '', output)
}

/** One empty project: install, then the quick start in both module systems. */
async function tryManager(registry, tools, node, manager) {
  const version = (await run(node, ['--version'])).output
  await step(`${manager} on Node.js ${version.slice(1)}`, async (_report, note) => {
    const project = emptyProject(`${manager}-${version}`.replaceAll(' ', ''))
    const environment = { ...registry.environment, PATH: pathWithout(project, node) }
    await must(node, installCommand(manager, tools), { cwd: project, env: environment })
    for (const [file, text] of Object.entries(quickStart())) {
      writeFileSync(join(project, file), text)
      const output = await must(node, [file], { cwd: project, env: environment })
      if (!output.includes(EXPECTED)) throw new Problem(`${file} has printed something else.`, '', output)
    }
    note('import and require')
  })
}

function installCommand(manager, tools) {
  const commands = {
    npm: [npmCli, 'install', 'aerostride'],
    'npm --ignore-scripts': [npmCli, 'install', '--ignore-scripts', 'aerostride'],
    pnpm: [tools.pnpm, 'add', 'aerostride'],
    yarn: [tools.yarn, 'add', '--non-interactive', 'aerostride'],
  }
  return commands[manager]
}

function emptyProject(name) {
  const project = join(work, 'projects', name)
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package.json'), `{ "name": "project", "version": "1.0.0", "private": true }\n`)
  return project
}

/** A PATH with Node.js and a shell on it, and nothing that could compile. */
function pathWithout(project, node) {
  const folder = join(project, '.path')
  mkdirSync(folder)
  symlinkSync(node, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  return [folder].join(delimiter)
}

/** The README's quick start, as it stands and rewritten to `require`; one line is added to see what it has read. */
function quickStart() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const [, code] = /## Quick start\n+```js\n([\s\S]*?)```/.exec(readme)
  const report =
    'console.log(`read ${batch.length} rows, the first at ${batch.at(0).temperature} degrees, ' +
    "sensor_42 at ${batch.get('sensor_42').humidity} percent`)\n"
  const esm = code.replace('await client.close()', `${report}await client.close()`)
  const cjs = esm.replaceAll(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = require($2)')
  return { 'quick-start.mjs': esm, 'quick-start.cjs': `async function main() {\n${cjs}}\n\nmain()\n` }
}

/** Without the platform's package the error has to name it, and what to do. */
async function checkMissingBinary(registry, tools) {
  await step('The error where the binary is missing', async (_report, note) => {
    const project = emptyProject('missing')
    const node = tools.nodes['22']
    const env = { ...registry.environment, PATH: pathWithout(project, node) }
    await must(node, [npmCli, 'install', '--omit=optional', 'aerostride'], { cwd: project, env })
    const { code, output } = await run(node, ['-e', "require('aerostride')"], { cwd: project, env })
    const name = `aerostride-${platformName()}`
    const good = code !== 0 && output.includes(name) && output.includes('delete both, then install again')
    if (!good) throw new Problem(`The error does not name ${name} and the remedy.`, '', output)
    note(`names ${name}`)
  })
}

async function must(program, args, options) {
  const { code, output } = await run(program, args, options)
  if (code !== 0) throw new Problem(`${args.join(' ')} has failed.`, '', output)
  return output
}
