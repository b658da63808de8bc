// Checks what is to be published: a binary is small enough, and runs on the distributions it is meant for.
// `node scripts/check-binary.mjs FOLDER`
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { main, Problem } from './terminal.mjs'

/** A platform package has to stay below 6 MB, and the notices and licences in it take 130 kB. */
const MOST_BYTES = 5_870_000
const OLDEST_GLIBC = '2.17'

await main(async () => {
  const [folder] = process.argv.slice(2)
  const binaries = readdirSync(folder).filter((name) => name.endsWith('.node'))
  if (binaries.length === 0) throw new Problem(`There is no binary in ${folder}.`)
  for (const name of binaries) await check(name, join(folder, name))
})

async function check(name, file) {
  const { size } = statSync(file)
  if (size > MOST_BYTES) throw new Problem(`${name} has ${size} bytes: more than ${MOST_BYTES}.`)
  const needs = /linux-.*-gnu/.test(name) ? await newestGlibc(file) : undefined
  if (needs !== undefined && compare(needs, OLDEST_GLIBC) > 0) {
    throw new Problem(`${name} needs glibc ${needs}: newer than ${OLDEST_GLIBC}.`)
  }
  console.log(`${name}: ${size} bytes${needs === undefined ? '' : `, glibc ${needs}`}`)
}

/** The newest version among the symbols that the binary takes from glibc. */
async function newestGlibc(file) {
  const { code, output } = await run('readelf', ['--version-info', '--wide', file])
  if (code !== 0) throw new Problem(`readelf cannot read ${file}.`, '', output)
  const versions = [...output.matchAll(/GLIBC_(\d+(?:\.\d+)+)/g)].map(([, version]) => version)
  return versions.toSorted(compare).at(-1)
}

function compare(a, b) {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  const at = left.findIndex((part, i) => part !== (right[i] ?? 0))
  return at === -1 ? left.length - right.length : left[at] - (right[at] ?? 0)
}
