// Bills of materials, in CycloneDX: `node scripts/sbom.mjs FOLDER` writes one of the npm package and one of the binaries,
// which are attached to every release.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { npm } from './install.mjs'
import { linkedCrates } from './notices.mjs'
import { root, run } from './run.mjs'
import { main, Problem } from './terminal.mjs'

const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

await main(async () => {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) throw new Problem('The folder is missing.', 'Say `node scripts/sbom.mjs FOLDER`.')
  mkdirSync(resolve(folder), { recursive: true })
  write(folder, `${name}-${version}.npm.cdx.json`, await ofPackage())
  write(folder, `${name}-${version}.binary.cdx.json`, await ofBinaries())
})

function write(folder, file, bill) {
  writeFileSync(join(resolve(folder), file), `${JSON.stringify(bill, null, 2)}\n`)
  console.log(`${file}: ${bill.components.length} components`)
}

/** npm's own: what `npm install` of the package brings, without the tools of its developers. */
async function ofPackage() {
  const [program, ...before] = npm()
  const args = [
    'sbom',
    '--omit=dev',
    '--omit=peer',
    '--package-lock-only',
    '--sbom-format=cyclonedx',
    '--loglevel=error',
  ]
  const { code, output } = await run(program, [...before, ...args])
  if (code !== 0) throw new Problem('npm cannot write a bill of materials.', '', output)
  const bill = JSON.parse(output.slice(output.search(/^\{/m)))
  // npm calls it after the folder.
  bill.metadata.component.name = name
  return bill
}

/** The crates that are linked into the binary on any of the platforms, and what they depend on each other for. */
async function ofBinaries() {
  const crates = await linkedCrates()
  const checksums = checksumsOf(readFileSync(join(root, 'Cargo.lock'), 'utf8'))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { type: 'library', 'bom-ref': `${name}@${version}`, name: `${name}-node`, version } },
    components: crates.map((crate) => component(crate, checksums)),
    dependencies: [{ ref: `${name}@${version}`, dependsOn: crates.map(purl) }],
  }
}

function purl(crate) {
  return `pkg:cargo/${crate.name}@${crate.version}`
}

function component(crate, checksums) {
  return {
    type: 'library',
    'bom-ref': purl(crate),
    name: crate.name,
    version: crate.version,
    ...(crate.description === null ? {} : { description: crate.description.trim() }),
    hashes: [{ alg: 'SHA-256', content: checksums.get(`${crate.name} ${crate.version}`) }],
    licenses: [{ expression: crate.license.replaceAll('/', ' OR ') }],
    purl: purl(crate),
  }
}

/** What cargo checks every download against. */
function checksumsOf(lock) {
  const packages = lock.matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/gm)
  return new Map([...packages].map(([, crate, number, checksum]) => [`${crate} ${number}`, checksum]))
}
