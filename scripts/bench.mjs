// `npm run bench`: builds the client, the server and the peers in release, then hands over to benchmarks/main.mjs.
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { cargoBuild, cargoProgress } from './cargo.mjs'
import { root, show } from './run.mjs'
import { main, step } from './terminal.mjs'

await main(async () => {
  await prepare()
  const binaries = await buildBinaries()
  const program = [join(root, 'benchmarks', 'main.mjs'), '--binaries', JSON.stringify(binaries)]
  process.exitCode = await show(process.execPath, [...program, ...process.argv.slice(2)])
})

async function buildBinaries() {
  return step('Building the benchmark programs (release)', async (report, note) => {
    const progress = cargoProgress(report)
    const args = ['--release', '--bins', '-p', 'aerostride-devserver', '-p', 'aerostride-benchmarks']
    const { artifacts } = await cargoBuild(args, progress)
    note(progress.summary())
    const binary = (name) => artifacts.get(name)?.[0]
    return {
      devserver: binary('aerostride-devserver'),
      floor: binary('bench-floor'),
      crate: binary('bench-crate'),
      load: binary('bench-load'),
    }
  })
}
