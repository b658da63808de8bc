// From the library that cargo has built to the files in native/. `napi build` would do the same in one go, but it
// compiles the crate a second time on its second run; the release workflow, which builds once, uses it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

const outputDir = join(root, 'native')

/** Puts the library under the name the loader looks for, and generates the loader and its types. */
export async function publishBinding(library, typeDefDir) {
  const { readNapiConfig } = await import('@napi-rs/cli')
  const config = await readNapiConfig(join(root, 'package.json'))
  const addon = join(outputDir, `${config.binaryName}.${platformName()}.node`)
  const generated = ['index.cjs', 'index.d.ts'].map((name) => join(outputDir, name))
  if (isCurrent(addon, library) && generated.every((file) => existsSync(file))) return
  mkdirSync(outputDir, { recursive: true })
  await generate(config, typeDefDir)
  replace(library, addon)
}

/** What napi-rs calls this platform: `linux-x64-gnu`, `darwin-arm64`, `win32-x64-msvc`... */
export function platformName() {
  const abi = { linux: isMusl() ? 'musl' : 'gnu', win32: 'msvc' }[process.platform]
  return [process.platform, process.arch, abi].filter((part) => part !== undefined).join('-')
}

function isMusl() {
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

async function generate(config, typeDefDir) {
  const { generateTypeDef, writeJsBinding } = await import('@napi-rs/cli')
  const { exports, dts } = await generateTypeDef({
    typeDefDir,
    cwd: root,
    constEnum: config.constEnum,
    configDtsHeaderFile: config.dtsHeaderFile,
  })
  writeIfChanged(join(outputDir, 'index.d.ts'), dts)
  await writeJsBinding({
    platform: true,
    idents: exports,
    jsBinding: 'index.cjs',
    binaryName: config.binaryName,
    packageName: config.packageName,
    version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    outputDir,
  })
}

function isCurrent(addon, library) {
  if (!existsSync(addon)) return false
  const [copy, original] = [statSync(addon), statSync(library)]
  return copy.size === original.size && copy.mtimeMs >= original.mtimeMs
}

/** By renaming, because a process that has the old file loaded must keep it as it was. */
function replace(from, to) {
  copyFileSync(from, `${to}.new`)
  renameSync(`${to}.new`, to)
}

function writeIfChanged(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}
