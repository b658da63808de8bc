// Checks that a tag can be released: `node scripts/check-release.mjs FOLDER TAG`. One version everywhere, a binary for
// every platform, and a section in the changelog.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'
import { main, Problem } from './terminal.mjs'

const read = (...path) => readFileSync(join(root, ...path), 'utf8')

await main(() => {
  const [folder, tag] = process.argv.slice(2)
  const { version } = JSON.parse(read('package.json'))
  const faults = []
  if (tag !== `v${version}`) faults.push(`the tag is ${tag}, package.json says ${version}`)
  if (!read('Cargo.toml').includes(`\nversion = "${version}"\n`)) faults.push(`Cargo.toml does not say ${version}`)
  if (!read('native', 'index.cjs').includes(`expected ${version} `))
    faults.push('native/index.cjs is of another version')
  if (!read('CHANGELOG.md').includes(`\n## ${version}`)) faults.push(`CHANGELOG.md has no section ${version}`)
  for (const platform of readdirSync(join(root, 'npm'))) {
    if (!existsSync(join(folder, `aerostride.${platform}.node`))) faults.push(`there is no binary for ${platform}`)
  }
  if (faults.length > 0) throw new Problem(`This cannot be released:\n  ${faults.join('\n  ')}`)
})
