// Builds what docs/bundling.md shows with webpack and esbuild, as it stands there, and runs what was built.
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must, npmCli, placeSmoke, runSmoke } from './package-projects.mjs'
import { root } from './run.mjs'
import { Problem, step } from './terminal.mjs'

/** What runs a configuration of webpack: its command-line tool would be a package more. */
const WEBPACK = `
import webpack from 'webpack'
import config from './webpack.config.mjs'

webpack(config.map((each) => ({ ...each, context: import.meta.dirname ?? process.cwd() })), (error, stats) => {
  if (error) throw error
  const said = stats.toString({ all: false, errors: true, warnings: true })
  console.log(said)
  process.exitCode = said.trim() === '' ? 0 : 1
})
`

/** Every example, in a project with the package; a bundle with everything in it also runs where there is no package. */
export async function tryBundlers(project, tools, work) {
  const { folder, node, env } = project
  await must(node, [npmCli, 'install', 'aerostride'], { cwd: folder, env })
  placeSmoke(folder)
  for (const name of ['webpack', 'node-loader', 'esbuild'])
    symlinkSync(join(tools.modules, name), join(folder, 'node_modules', name))
  for (const example of examples()) {
    const outside = example.includes('external')
    const bundler = example.includes("from 'esbuild'") ? 'esbuild' : 'webpack'
    await step(`${bundler}, the package ${outside ? 'outside' : 'copied'}`, async (_report, note) => {
      for (const entry of ['main.mjs', 'main.cjs'])
        await tryExample({ example, bundler, entry, outside }, project, work)
      note('CommonJS and ES modules')
    })
  }
}

/** An example as it stands, and with an entry that uses `require`. */
async function tryExample({ example, bundler, entry, outside }, { folder, node, env }, work) {
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  cpSync(join(folder, entry.replace('main', 'smoke')), join(folder, entry))
  const [file, program] = bundler === 'esbuild' ? ['build.mjs', 'build.mjs'] : ['webpack.config.mjs', 'webpack.mjs']
  writeFileSync(join(folder, 'webpack.mjs'), WEBPACK)
  writeFileSync(
    join(folder, file),
    example.replaceAll('main.mjs', (name, at) => entryOr(name, entry, example, at)),
  )
  await must(node, [program], { cwd: folder, env })
  const place = outside ? folder : alone(folder, work)
  // A program that uses `require` itself becomes a CommonJS bundle.
  for (const output of ['main.cjs', 'main.mjs'].slice(0, entry === 'main.cjs' ? 1 : 2))
    await runSmoke(node, [join('dist', output)], { cwd: place, env })
}

/** The entry is replaced, and what is built keeps its name. */
const entryOr = (name, entry, example, at) =>
  /(entryPoints: \['|entry: '\.\/)$/.test(example.slice(0, at)) ? entry : name

/** The built folder by itself, with no package in reach. */
function alone(folder, work) {
  const place = join(work, 'alone')
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place)
  cpSync(join(folder, 'dist'), join(place, 'dist'), { recursive: true })
  return place
}

function examples() {
  const page = readFileSync(join(root, 'docs', 'bundling.md'), 'utf8')
  const found = [...page.matchAll(/```js bundle\n([\s\S]*?)```/g)].map(([, code]) => code)
  if (found.length !== 4) throw new Problem(`docs/bundling.md has ${found.length} examples, and should have 4.`)
  return found
}
