// The licences of everything that is linked into the binary, as one text for the platform packages: they ask for their
// notices to be kept.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from './run.mjs'
import { Problem } from './terminal.mjs'

const HEAD = `# Third-party notices

The binary of aerostride contains the Rust standard library and the following Rust crates, under the licences that follow.
Where a crate offers a choice, MIT is chosen.
`

/** What a crate that has no licence file of its own says about itself. */
const MIT = (holders) => `MIT License

Copyright (c) ${holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

const STANDARD_LIBRARY = { name: 'The Rust standard library', license: 'MIT OR Apache-2.0' }

/** The whole text. */
export async function thirdPartyNotices() {
  const crates = await linkedCrates()
  const texts = new Map([[MIT('The Rust Project Contributors'), [STANDARD_LIBRARY]]])
  for (const crate of crates) {
    for (const text of licenceTexts(crate)) texts.set(text, [...(texts.get(text) ?? []), crate])
  }
  const list = [STANDARD_LIBRARY, ...crates].map(({ name, version = '', license }) =>
    `* ${name} ${version}`.trimEnd().concat(`: ${license}`),
  )
  const sections = [...texts].map(([text, users]) => `## ${users.map(({ name }) => name).join(', ')}\n\n${text}`)
  return `${HEAD}\n${list.join('\n')}\n\n${sections.join('\n\n')}\n`
}

/** Every crate that the binding links on any of the platforms: neither build tools nor what only tests use. */
export async function linkedCrates() {
  const packages = new Map((await metadata()).packages.map((entry) => [`${entry.name} v${entry.version}`, entry]))
  const names = await linkedNames()
  const crates = names.map((name) => packages.get(name)).filter((entry) => entry.source !== null)
  return crates.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** As cargo itself resolves the features of this one crate: a description of the workspace has those of all of them. */
async function linkedNames() {
  const { napi } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const targets = napi.targets.flatMap((target) => ['--target', target])
  const what = ['-p', 'aerostride-node', '--edges', 'normal,no-proc-macro', '--locked']
  const lines = await cargo(['tree', ...what, ...targets, '--prefix', 'none', '--format', '{p}'])
  return [...new Set(lines.flatMap((line) => /^\S+ v\S+/.exec(line) ?? []))]
}

async function metadata() {
  const lines = await cargo(['metadata', '--format-version=1', '--locked'])
  return JSON.parse(lines.find((line) => line.startsWith('{')))
}

async function cargo(args) {
  const { code, output } = await run('cargo', args)
  if (code !== 0) throw new Problem('cargo cannot read the workspace.', '', output)
  return output.split('\n')
}

/** The licence and notice files in a crate's folder, without those of the licences that are not chosen. */
function licenceTexts(crate) {
  const folder = dirname(crate.manifest_path)
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && /^(licen[cs]e|copying|notice|unlicense)/i.test(file.name))
    .map(({ name }) => name)
  if (files.length === 0) return [standardText(crate)]
  return chosen(crate, files).map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
}

/** Only MIT where it is one of the choices and has a file of its own; the texts of a crate with several parts all stay. */
function chosen({ license }, files) {
  const choices = license.split(/ OR |\//)
  const ofMit = files.filter((name) => /mit/i.test(name))
  if (!choices.includes('MIT') || ofMit.length === 0) return files
  return [...ofMit, ...files.filter((name) => /^notice/i.test(name))]
}

function standardText({ name, version, license, authors }) {
  if (!license.split(/ OR |\//).includes('MIT')) {
    throw new Problem(`${name} ${version} has no licence file, and is licensed ${license}.`)
  }
  return MIT(authors.length > 0 ? authors.join(', ') : `the authors of ${name}`)
}
