// `npm run test:packages`: installs the packages as a user does. They are packed, published to a registry on loopback,
// and installed into empty projects by npm, pnpm and yarn, on several Node.js versions, where neither cargo nor a
// compiler is on the PATH; there the README's quick start has to run, with `import` and with `require`. What is packed is
// checked as well: the files, the entries and the types.
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
const CHECKERS = { publint: '0.3.25', '@arethetypeswrong/cli': '0.18.5' }
const EXPECTED = 'read 100 rows, the first at 20 degrees, sensor_42 at 42 percent'

/** Every file of the main package, and no other. */
const EXPECTED_FILES = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^(index|devserver)\.(mjs|d\.ts|d\.mts)$/,
  /^native\/index\.cjs$/,
  /^dist\/(cli\/)?[a-z0-9-]+\.js$/,
]

/** A program that needs the types of everything. */
const TYPED = `
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

export async function program() {
  const server = await startDevServer()
  const client = await connect({ hosts: server.hosts })
  const batch = await client.batchRead([['test', 'demo', 1]], { dtype: dtype({ temperature: 'f8' }) })
  const temperature: Float64Array = batch.columns.temperature
  return { temperature, table: batch.toArrow({ key: true }) }
}
`

const OTHER_PLATFORM = process.platform === 'darwin' ? ['--os=linux', '--cpu=x64'] : ['--os=darwin', '--cpu=arm64']

const work = mkdtempSync(join(realpathSync(tmpdir()), 'aerostride-packages-'))

// The npm that started this runs on every one of the Node.js versions.
const npmCli = process.env.npm_execpath

await main(async () => {
  if (npmCli === undefined || process.platform === 'win32') {
    throw new Problem('This has to be started by npm, on Linux or macOS.', 'Run `npm run test:packages`.')
  }
  await prepare()
  const archives = await pack(binariesOfAllPlatforms())
  const mainArchive = archives.at(-1)
  await checkFiles(mainArchive)
  const registry = await step('Starting a registry', () => startRegistry(work))
  try {
    await publish(registry, archives)
    const tools = await installTools()
    await checkEntries(tools, mainArchive)
    for (const node of Object.values(tools.nodes)) await tryManager(registry, tools, node, 'npm')
    for (const name of ['npm --ignore-scripts', 'pnpm', 'yarn'])
      await tryManager(registry, tools, tools.nodes['22'], name)
    await checkTypes(registry, tools)
    await checkMissingBinary(registry, tools, 'no binary', ['--omit=optional'])
    await checkMissingBinary(registry, tools, 'the binary of another platform', OTHER_PLATFORM)
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
  return step('Installing Node.js 20, 22, 24, pnpm, yarn and the checkers', async () => {
    const { platform, arch } = process
    const nodes = NODE_VERSIONS.map((version) => [version, `node-${platform === 'win32' ? 'win' : platform}-${arch}`])
    const aliases = nodes.map(([version, name]) => `node${version}@npm:${name}@${version}`)
    const folder = join(work, 'tools')
    const others = Object.entries({ ...MANAGERS, ...CHECKERS }).map(([name, version]) => `${name}@${version}`)
    await install(folder, [...aliases, ...others])
    const modules = join(folder, 'node_modules')
    return {
      nodes: Object.fromEntries(
        NODE_VERSIONS.map((version) => [version, join(modules, `node${version}`, 'bin', 'node')]),
      ),
      pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
      yarn: join(modules, 'yarn', 'bin', 'yarn.js'),
      publint: join(modules, 'publint', 'src', 'cli.js'),
      attw: join(modules, '@arethetypeswrong', 'cli', 'dist', 'index.js'),
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
    const command = join('node_modules', 'aerostride', 'dist', 'cli', 'main.js')
    const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const said = await must(node, [command, '--version'], { cwd: project, env: environment })
    if (!said.includes(own)) throw new Problem('`aerostride --version` says something else.', '', said)
    note('import, require and the command')
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

/** What a user gets: nothing that is not needed, and nothing missing. */
async function checkFiles(archive) {
  await step('The files of the package', async (_report, note) => {
    const files = (await must('tar', ['--list', '--file', archive], {})).split('\n').map((line) => line.slice(8))
    const unknown = files.filter((file) => !EXPECTED_FILES.some((pattern) => pattern.test(file)))
    const missing = EXPECTED_FILES.filter((pattern) => !files.some((file) => pattern.test(file)))
    if (unknown.length > 0) throw new Problem(`The package has files that nobody needs: ${unknown.join(', ')}.`)
    if (missing.length > 0) throw new Problem(`The package lacks ${missing.join(', ')}.`)
    note(`${files.length} files`)
  })
}

/** The entries are what package.json says, and their types are what Node.js loads, for every way to import them. */
async function checkEntries(tools, archive) {
  await step('publint and attw', async (_report, note) => {
    const node = tools.nodes['22']
    await must(node, [tools.publint, archive, '--strict'], { cwd: work })
    await must(node, [tools.attw, archive, '--no-emoji', '--no-color'], { cwd: work })
    note('no errors')
  })
}

/** The declarations compile where libraries are checked too, and where the optional packages are not installed. */
async function checkTypes(registry, tools) {
  await step('The types, without the optional packages', async (_report, note) => {
    const project = emptyProject('types')
    const node = tools.nodes['22']
    const env = { ...registry.environment, PATH: pathWithout(project, node) }
    await must(node, [npmCli, 'install', 'aerostride'], { cwd: project, env })
    for (const file of ['program.mts', 'program.cts']) writeFileSync(join(project, file), TYPED)
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const types = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node']
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', ...types]
    for (const module of ['node20', 'nodenext'])
      await must(node, [compiler, ...options, '--module', module, 'program.mts', 'program.cts'], { cwd: project })
    note('with skipLibCheck off')
  })
}

/** Without the platform's package the error has to name it, and what to do. */
async function checkMissingBinary(registry, tools, what, flags) {
  await step(`The error where there is ${what}`, async (_report, note) => {
    const project = emptyProject(what.replaceAll(' ', '-'))
    const node = tools.nodes['22']
    const env = { ...registry.environment, PATH: pathWithout(project, node) }
    await must(node, [npmCli, 'install', ...flags, 'aerostride'], { cwd: project, env })
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
