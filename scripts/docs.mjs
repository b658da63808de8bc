// `npm run docs`: the API reference in temp/api, and docs/architecture.svg, which is committed, from the .dot file beside it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installDependencies } from './install.mjs'
import { root, run, tool } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

await main(async () => {
  await installDependencies()
  await drawArchitecture()
  await writeReference()
})

async function drawArchitecture() {
  await step('Drawing docs/architecture.svg', async () => {
    const { instance } = await import('@viz-js/viz')
    const viz = await instance()
    const source = readFileSync(join(root, 'docs', 'architecture.dot'), 'utf8')
    writeFileSync(join(root, 'docs', 'architecture.svg'), viz.renderString(source, { format: 'svg' }))
  })
}

/** What is exported and not documented, and links that lead nowhere, are errors: see typedoc.json. */
async function writeReference() {
  await step('Writing the API reference', async (_report, note) => {
    const { code, output } = await run(process.execPath, [tool('typedoc', 'bin', 'typedoc')])
    if (code !== 0) throw new Problem('The API reference cannot be written.', 'See the messages below.', output)
    note('temp/api/index.html')
  })
}
