// A package registry on loopback, for scripts/test-packages.mjs: verdaccio, with nothing behind it.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { targetDirectory } from './cargo.mjs'
import { npm } from './install.mjs'
import { run } from './run.mjs'
import { Problem } from './terminal.mjs'

// The newest that runs on Node.js 20.
const VERSION = '6.2.0'

/** Starts it in `folder`; `environment` makes npm, pnpm and yarn use it, and it alone. */
export async function startRegistry(folder) {
  const program = await installVerdaccio()
  const port = await freePort()
  const config = join(folder, 'verdaccio.yaml')
  writeFileSync(config, configuration(join(folder, 'storage')))
  const child = spawn(process.execPath, [program, '--config', config, '--listen', `127.0.0.1:${port}`], { cwd: folder })
  await answering(child, `http://127.0.0.1:${port}/-/ping`)
  return { environment: environment(folder, port), stop: () => stop(child) }
}

/** Installed once, beside the build's output: too much for the development dependencies of everybody. */
async function installVerdaccio() {
  const folder = join(await targetDirectory(), 'verdaccio')
  mkdirSync(folder, { recursive: true })
  // It asks for `node-fetch` by a tag, which not every mirror of the registry has.
  const overrides = { 'node-fetch': '2.7.0' }
  const manifest = { private: true, dependencies: { verdaccio: VERSION }, overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const [program, ...before] = npm()
  const { code, output } = await run(program, [...before, 'install', '--ignore-scripts', '--no-audit'], { cwd: folder })
  if (code !== 0) throw new Problem('npm could not install verdaccio.', '', output)
  return join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio')
}

function configuration(storage) {
  return [
    `storage: ${JSON.stringify(storage)}`,
    'web: { enable: false }',
    'uplinks: {}',
    "packages: { '**': { access: $all, publish: $all, unpublish: $all } }",
    'log: { type: stdout, format: pretty, level: error }',
    'max_body_size: 100mb',
    '',
  ].join('\n')
}

/** A home of its own, so that no setting of the person who runs this has a say. */
function environment(folder, port) {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const registry = `http://127.0.0.1:${port}/`
  writeFileSync(join(home, '.npmrc'), `registry=${registry}\n//127.0.0.1:${port}/:_authToken=anyone\naudit=false\n`)
  const inherited = Object.keys(process.env).filter((name) => /^npm_/i.test(name))
  return {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    HOME: home,
    npm_config_userconfig: join(home, '.npmrc'),
    npm_config_registry: registry,
    npm_config_cache: join(home, 'cache'),
    YARN_REGISTRY: registry,
    YARN_CACHE_FOLDER: join(home, 'yarn-cache'),
    npm_config_store_dir: join(home, 'pnpm-store'),
    NO_UPDATE_NOTIFIER: '1',
  }
}

/** Its process is ready when it answers, and not before. */
async function answering(child, url) {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const deadline = performance.now() + 60_000
  while (child.exitCode === null && performance.now() < deadline) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  child.kill()
  throw new Problem('The registry does not start.', '', output)
}

async function stop(child) {
  if (child.exitCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill()
  await exited
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
