// The licences of everything that is linked into the binary, as one text for the platform packages: most of them ask for
// their notice to be kept.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { run } from './run.mjs'
import { Problem } from './terminal.mjs'

const HEAD = `# Third-party notices

The binary of aerostride contains the following Rust crates, under the licences that follow.
`

/** The whole text. */
export async function thirdPartyNotices() {
  const { packages, resolve } = await metadata()
  const linked = linkedFrom('aerostride-node', packages, resolve).filter(({ source }) => source !== null)
  const texts = new Map()
  for (const crate of linked) {
    for (const text of licenceTexts(crate)) texts.set(text, [...(texts.get(text) ?? []), crate])
  }
  const list = linked.map(({ name, version, license }) => `* ${name} ${version}: ${license}`)
  const sections = [...texts].map(([text, crates]) => `## ${crates.map(({ name }) => name).join(', ')}\n\n${text}`)
  return `${HEAD}\n${list.join('\n')}\n\n${sections.join('\n\n')}\n`
}

async function metadata() {
  const { code, output } = await run('cargo', ['metadata', '--format-version=1', '--locked'])
  if (code !== 0) throw new Problem('cargo cannot read the workspace.', '', output)
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{')))
}

/** Every crate that a crate links, on any platform: neither build tools nor what only tests use. */
function linkedFrom(name, packages, resolve) {
  const byId = new Map(packages.map((entry) => [entry.id, entry]))
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]))
  const seen = new Set()
  const visit = (id) => {
    if (seen.has(id)) return
    seen.add(id)
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      const macros = byId.get(pkg).targets.some(({ kind }) => kind.includes('proc-macro'))
      if (!macros && kinds.some(({ kind }) => kind === null)) visit(pkg)
    }
  }
  visit(packages.find((entry) => entry.name === name).id)
  return [...seen].map((id) => byId.get(id)).toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** The licence and notice files in a crate's folder. A crate with a choice of licences has a file for each. */
function licenceTexts({ manifest_path: manifest }) {
  const folder = dirname(manifest)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { withFileTypes: true })
  const texts = files.filter((file) => file.isFile() && /^(licen[cs]e|copying|notice|unlicense)/i.test(file.name))
  return texts.map(({ name }) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
}
