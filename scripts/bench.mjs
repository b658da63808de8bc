// `npm run bench`: builds the client, the server and the peers in release, then hands over to benchmarks/main.mjs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { cargoBuild, cargoProgress, targetDirectory } from './cargo.mjs'
import { root, run, show } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

/** Measurements that have programs of their own. */
const APART = ['--scan', '--computed', '--text', '--export']

await main(async () => {
  const options = process.argv.slice(2).filter((option) => !['--python', ...APART].includes(option))
  await prepare()
  const apart = APART.find((option) => process.argv.includes(option))
  const script = `${apart?.slice(2) ?? 'main'}.mjs`
  const program = [join(root, 'benchmarks', script), '--binaries', JSON.stringify(await buildBinaries())]
  if (process.argv.includes('--python')) program.push('--interpreter', await pythonEnvironment())
  process.exitCode = await show(process.execPath, [...program, ...options])
})

async function buildBinaries() {
  return step('Building the benchmark programs (release)', async (report, note) => {
    const progress = cargoProgress(report)
    // The binding has no program, but naming it gives every dependency the features it has been built with already.
    const packages = ['aerostride-node', 'aerostride-devserver', 'aerostride-benchmarks'].flatMap((name) => [
      '-p',
      name,
    ])
    const args = ['--release', '--bins', ...packages]
    const { artifacts } = await cargoBuild(args, progress)
    note(progress.summary())
    const binary = (name) => artifacts.get(name)?.[0]
    return {
      devserver: binary('aerostride-devserver'),
      floor: binary('bench-floor'),
      crate: binary('bench-crate'),
      load: binary('bench-load'),
      scan: binary('bench-scan'),
    }
  })
}

/** A virtual environment with the Python clients at the versions of benchmarks/requirements.txt; gives its interpreter. */
async function pythonEnvironment() {
  const folder = join(await targetDirectory(), 'bench-venv')
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']))
  await step('Installing the Python clients', async (report) => {
    if (!existsSync(python)) await python3(['-m', 'venv', folder])
    const onLine = (line) => report(line)
    const args = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '-r',
      join(root, 'benchmarks', 'requirements.txt'),
    ]
    const { code, output } = await run(python, args, { onLine })
    if (code !== 0)
      throw new Problem('pip could not install the Python clients.', 'Leave out --python to go on without.', output)
  })
  return python
}

async function python3(args) {
  const { code, output } = await run('python3', args)
  if (code !== 0)
    throw new Problem('Python 3 is missing or has no venv.', 'Leave out --python to go on without.', output)
}
