// `npm run pack`: the packages as they are published, in target/packages: the main one and this platform's, or one per
// platform whose binary is in the folder given as argument. The repository's own package.json is private, because what
// is published differs from it: no development scripts, and the platform packages as optional dependencies.
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPublished, buildTypeScript } from './build.mjs'
import { targetDirectory } from './cargo.mjs'
import { installDependencies, npm } from './install.mjs'
import { thirdPartyNotices } from './notices.mjs'
import { checkRequirements } from './requirements.mjs'
import { root, run } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

/** What a package may have when it is installed: a binary with debug information has ten times as much. */
const MOST_BYTES = 6_000_000

/** Where the packages are unless a caller says otherwise. */
export const packagesFolder = async () => join(await targetDirectory(), 'packages')

/** Packs everything; gives the paths of the archives, the platform packages first, as they have to be published. */
export async function pack(binaries, output) {
  rmSync(output, { recursive: true, force: true })
  const platforms = readdirSync(join(root, 'npm')).filter((platform) => existsSync(join(binaries, addonOf(platform))))
  if (platforms.length === 0)
    throw new Problem(`There is no binary in ${binaries}.`, 'Run `npm run pack` without a folder to build one.')
  const archives = []
  const notices = await thirdPartyNotices()
  for (const platform of platforms)
    archives.push(await packOne(output, platform, () => stagePlatform(platform, binaries, notices)))
  archives.push(await packOne(output, 'aerostride', stageMain))
  return archives
}

async function packOne(output, name, stage) {
  return step(`Packing ${name}`, async (_report, note) => {
    const folder = join(output, name)
    for (const [file, content] of Object.entries(await stage())) place(join(folder, file), content)
    const [{ filename, size, unpackedSize }] = await npmJson(['pack', '--json', '--pack-destination', output], folder)
    if (unpackedSize > MOST_BYTES) throw tooLarge(name, unpackedSize)
    note(`${kib(size)} packed, ${kib(unpackedSize)} unpacked`)
    return join(output, filename)
  })
}

const tooLarge = (name, bytes) =>
  new Problem(
    `The package ${name} has ${kib(bytes)}, and at most ${kib(MOST_BYTES)} are allowed.`,
    'Is its binary built with `--profile dist`? `npm run pack` without a folder builds it so.',
  )

/** What npm would take from the repository, with a manifest for users. */
async function stageMain() {
  const [{ files }] = await npmJson(['pack', '--dry-run', '--json'], root)
  const staged = Object.fromEntries(files.map(({ path }) => [path, from(path)]))
  return { ...staged, 'package.json': publishedManifest() }
}

function stagePlatform(platform, binaries, notices) {
  const manifest = readManifest('npm', platform)
  return {
    'package.json': {
      ...manifest,
      version: readManifest().version,
      files: [...manifest.files, 'THIRD-PARTY-NOTICES.md'],
    },
    'THIRD-PARTY-NOTICES.md': notices,
    'README.md': from('npm', platform, 'README.md'),
    LICENSE: from('LICENSE'),
    [addonOf(platform)]: { from: join(binaries, addonOf(platform)) },
  }
}

/** The manifest without what only the repository needs; every platform package at exactly the same version. */
function publishedManifest() {
  const { private: _private, scripts: _scripts, devDependencies: _dev, napi: _napi, ...manifest } = readManifest()
  const names = readdirSync(join(root, 'npm')).map((platform) => readManifest('npm', platform).name)
  return { ...manifest, optionalDependencies: Object.fromEntries(names.map((name) => [name, manifest.version])) }
}

async function build() {
  await checkRequirements()
  await installDependencies()
  const binaries = await buildPublished()
  await buildTypeScript()
  return binaries
}

const from = (...path) => ({ from: join(root, ...path) })
const readManifest = (...path) => JSON.parse(readFileSync(join(root, ...path, 'package.json'), 'utf8'))
const addonOf = (platform) => `aerostride.${platform}.node`
const kib = (bytes) => `${Math.round(bytes / 1024).toLocaleString('en')} KiB`

function place(file, content) {
  mkdirSync(dirname(file), { recursive: true })
  if (typeof content === 'string') writeFileSync(file, content)
  else if (content.from === undefined) writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
  else cpSync(content.from, file)
}

async function npmJson(args, cwd) {
  const [program, ...before] = npm()
  const { code, output } = await run(program, [...before, ...args, '--loglevel=error'], { cwd })
  if (code !== 0) throw new Problem(`npm ${args[0]} has failed.`, '', output)
  const text = output.slice(output.search(/^[[{]/m), output.search(/^[\]}]/m) + 1)
  const parsed = JSON.parse(text)
  return Array.isArray(parsed) ? parsed : Object.values(parsed)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const [given] = process.argv.slice(2)
    // Whoever names a folder has built everything already, perhaps on other machines.
    const binaries = given === undefined ? await build() : resolve(given)
    for (const archive of await pack(binaries, await packagesFolder())) console.log(archive)
  })
}
