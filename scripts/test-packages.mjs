// `npm run test:packages`: installs the packages as a user does. They are packed and installed as the README says, then
// published to a registry on loopback and installed into empty projects by npm, pnpm and yarn, on several Node.js
// versions, where neither cargo nor a compiler is on the PATH; there the README's quick start has to run, with `import`
// and with `require`. Bun, Deno and what webpack and esbuild make of it run a program that uses everything. What is
// packed is checked as well: the size, the files, the entries and the types.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { platformName } from './binding.mjs'
import { targetDirectory } from './cargo.mjs'
import { installDependencies, npm } from './install.mjs'
import { pack } from './pack.mjs'
import { tryBundlers } from './package-bundles.mjs'
import { emptyProject, installLines, must, npmCli, placeSmoke, runQuickStart, runSmoke } from './package-projects.mjs'
import { installTools } from './package-tools.mjs'
import { startRegistry } from './registry.mjs'
import { root, run } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

/** Every file of the main package, and no other. */
const EXPECTED_FILES = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^(index|devserver)\.(mjs|d\.ts|d\.mts)$/,
  /^index\.v5\.6\.d\.(ts|mts)$/,
  /^native\/index\.cjs$/,
  /^dist\/([a-z-]+\/)*[a-z0-9-]+\.js$/,
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

await main(async () => {
  if (npmCli === undefined || process.platform === 'win32') {
    throw new Problem('This has to be started by npm, on Linux or macOS.', 'Run `npm run test:packages`.')
  }
  await installDependencies()
  const [packing, installing] = installLines()
  await packAsTheReadmeSays(packing)
  await checkSizeLimit()
  const archives = await pack(await binariesOfAllPlatforms(), join(work, 'packages'))
  const mainArchive = archives.at(-1)
  await checkFiles(mainArchive)
  const registry = await step('Starting a registry', () => startRegistry(work))
  try {
    const tools = await installTools(join(work, 'tools'))
    const project = (name, node = tools.nodes['22']) => emptyProject(work, name, node, registry.environment)
    await publish(registry, dependencies())
    await installAsTheReadmeSays(installing, project('readme'))
    await publish(registry, archives)
    await checkEntries(tools, mainArchive)
    for (const node of Object.values(tools.nodes)) await tryManager(project, tools, node, 'npm')
    for (const name of ['npm --ignore-scripts', 'pnpm', 'yarn'])
      await tryManager(project, tools, tools.nodes['22'], name)
    await tryRuntimes(project('runtimes'), tools)
    await tryBundlers(project('bundlers'), tools, work)
    await checkTypes(project('types'))
    await checkMissingBinary(project('no-binary'), 'no binary', ['--omit=optional'])
    await checkMissingBinary(project('other-platform'), 'the binary of another platform', OTHER_PLATFORM)
  } finally {
    await registry.stop()
    rmSync(work, { recursive: true, force: true })
  }
})

/** The README's command, as it stands: from a clone to target/packages. */
async function packAsTheReadmeSays(line) {
  await step(commandOf(line), async (report) => {
    const { code, output } = await run('/bin/sh', ['-c', line], { onLine: report })
    if (code !== 0) throw new Problem(`${commandOf(line)} has failed.`, '', output)
  })
}

/** The README's second command, as it stands, in a project where `path/to` leads to the clone. */
async function installAsTheReadmeSays(line, project) {
  await step(commandOf(line), async (_report, note) => {
    mkdirSync(join(project.folder, 'path'))
    symlinkSync(root, join(project.folder, 'path', 'to'))
    await must('/bin/sh', ['-c', line], { cwd: project.folder, env: project.env })
    await runQuickStart(project)
    note('import and require')
  })
}

function commandOf(line) {
  return line.replace(/\s*#.*/, '')
}

/** A binary with debug information must not be packed by mistake. */
async function checkSizeLimit() {
  const folder = join(work, 'too-large')
  mkdirSync(folder)
  writeFileSync(join(folder, `aerostride.${platformName()}.node`), Buffer.alloc(7_000_000))
  const refusal = await pack(folder, join(work, 'refused')).catch((error) => error)
  if (!(refusal instanceof Problem) || !/at most/.test(refusal.message))
    throw new Problem('A package of 7 MB is packed, and should be refused.')
}

/**
 * This platform's binary, and empty files in place of the others: every package has to be in the registry, as it is in the
 * real one, and the package manager has to choose the right one.
 */
async function binariesOfAllPlatforms() {
  const folder = join(work, 'binaries')
  mkdirSync(folder)
  for (const platform of readdirSync(join(root, 'npm'))) writeFileSync(join(folder, `aerostride.${platform}.node`), '')
  await cp(join(await targetDirectory(), 'binaries'), folder, { recursive: true })
  return folder
}

/** What ours depends on, from node_modules, so that nothing has to come from anywhere else. */
function dependencies() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.keys(manifest.dependencies).map((name) => join(root, 'node_modules', ...name.split('/')))
}

async function publish(registry, packages) {
  await step('Publishing to it', async (report, note) => {
    const [program, ...before] = npm()
    for (const each of packages) {
      report(each)
      await must(program, [...before, 'publish', '--ignore-scripts', each], { env: registry.environment, cwd: work })
    }
    note(`${packages.length} ${packages.length === 1 ? 'package' : 'packages'}`)
  })
}

/** One empty project: install, then the quick start in both module systems. */
async function tryManager(project, tools, node, manager) {
  const version = (await run(node, ['--version'])).output
  await step(`${manager} on Node.js ${version.slice(1)}`, async (_report, note) => {
    const { folder, env } = project(`${manager}-${version}`.replaceAll(' ', ''), node)
    await must(node, installCommand(manager, tools), { cwd: folder, env })
    await runQuickStart({ folder, node, env })
    const command = join('node_modules', 'aerostride', 'dist', 'cli', 'main.js')
    const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const said = await must(node, [command, '--version'], { cwd: folder, env })
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

/** Everything that the package can do, on every runtime, in both module systems. */
async function tryRuntimes({ folder, node, env }, tools) {
  await must(node, [npmCli, 'install', 'aerostride'], { cwd: folder, env })
  placeSmoke(folder)
  const runtimes = [
    ...Object.entries(tools.nodes).map(([version, program]) => [`Node.js ${version}`, program, []]),
    ['Bun', tools.bun, ['run']],
    ['Deno', tools.deno, ['run', '--allow-all']],
  ]
  for (const [name, program, args] of runtimes) {
    await step(`The smoke program on ${name}`, async (_report, note) => {
      for (const file of ['smoke.mjs', 'smoke.cjs'])
        await runSmoke(program, [...args, file], { cwd: folder, env: { ...env, DENO_DIR: join(work, 'deno') } })
      note('import and require')
    })
  }
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
async function checkTypes({ folder, node, env }) {
  await step('The types, without the optional packages', async (_report, note) => {
    await must(node, [npmCli, 'install', 'aerostride'], { cwd: folder, env })
    for (const file of ['program.mts', 'program.cts']) writeFileSync(join(folder, file), TYPED)
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const ofNode = ['--typeRoots', join(root, 'node_modules', '@types'), '--types', 'node']
    const ofBrowsers = ['--lib', 'es2023,esnext.disposable,dom']
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023']
    for (const types of [
      [...ofNode, '--module', 'node20'],
      [...ofNode, '--module', 'nodenext'],
      [...ofBrowsers, '--module', 'nodenext'],
    ])
      await must(node, [compiler, ...options, ...types, 'program.mts', 'program.cts'], { cwd: folder })
    note('with skipLibCheck off')
  })
}

/** Without the platform's package the error has to name it, and what to do. */
async function checkMissingBinary({ folder, node, env }, what, flags) {
  await step(`The error where there is ${what}`, async (_report, note) => {
    await must(node, [npmCli, 'install', ...flags, 'aerostride'], { cwd: folder, env })
    const { code, output } = await run(node, ['-e', "require('aerostride')"], { cwd: folder, env })
    const name = `aerostride-${platformName()}`
    const good = code !== 0 && output.includes(name) && output.includes('delete both, then install again')
    if (!good) throw new Problem(`The error does not name ${name} and the remedy.`, '', output)
    note(`names ${name}`)
  })
}
