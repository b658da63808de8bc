// Builds the native binding and the TypeScript sources. Both are incremental: what has not changed is not built again.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { platformName, publishBinding } from './binding.mjs'
import { cargoBuild, cargoProgress, targetDirectory } from './cargo.mjs'
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
    const progress = cargoProgress(report)
    const types = join(await targetDirectory(), 'napi-types')
    mkdirSync(types, { recursive: true })
    const { artifacts } = await cargoBuild(['--release', '-p', 'aerostride-node'], progress, {
      NAPI_TYPE_DEF_TMP_FOLDER: types,
    })
    await publishBinding(libraryOf(artifacts), types)
    note(progress.summary())
  })
}

/**
 * The binary of this platform as it is published: compiled as one piece, without debug information. That takes minutes,
 * so tests and the demo use the release build instead. Gives the folder in which the binary is.
 */
export async function buildPublished() {
  return step('Building the native core as it is published', async (report, note) => {
    const progress = cargoProgress(report)
    const { artifacts } = await cargoBuild(['--profile', 'dist', '-p', 'aerostride-node'], progress)
    const folder = join(await targetDirectory(), 'binaries')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    copyFileSync(libraryOf(artifacts), join(folder, `aerostride.${platformName()}.node`))
    note(progress.summary())
    return folder
  })
}

const libraryOf = (artifacts) => artifacts.get('aerostride_node').find((file) => /\.(so|dylib|dll)$/.test(file))

/**
 * Compiles src/ into dist/, CommonJS. `afresh`: nothing is kept of compilations before, on which the order of the members in
 * the types that the compiler infers depends.
 */
export async function buildTypeScript({ afresh = false } = {}) {
  await step('Compiling TypeScript', async () => {
    removeStaleOutput()
    if (afresh) rmSync(join(root, 'dist', 'build.tsbuildinfo'), { force: true })
    const args = [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']
    const { code, output } = await run(process.execPath, args)
    if (code !== 0) throw new Problem('TypeScript does not compile.', '', output)
  })
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
