import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outputOf, root } from './support/process.js'

let folder = ''

/** A project in which this package is installed, as npm does it, and Arrow is there or not. */
function project(name: string, withArrow: boolean): void {
  const modules = join(folder, name, 'node_modules')
  const own = join(modules, 'aerostride')
  mkdirSync(own, { recursive: true })
  for (const part of ['package.json', 'index.mjs', 'devserver.mjs', 'dist', 'native'])
    cpSync(join(root, part), join(own, part), { recursive: true })
  for (const each of ['@petamoriken', ...(withArrow ? ARROW_AND_ITS_OWN : [])])
    cpSync(join(root, 'node_modules', each), join(modules, each), { recursive: true })
}

const ARROW_AND_ITS_OWN = ['apache-arrow', 'flatbuffers', 'json-with-bigint', 'tslib']

function run(name: string, system: string, code: string, flags: string[] = []): string {
  const file = join(folder, name, `program.${system}`)
  writeFileSync(file, code)
  return outputOf(process.execPath, [...flags, file], { cwd: join(folder, name) })
}

const IMPORTS = `
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'
`

const MAIN = `
async function main() {
  const server = await startDevServer()
  const client = await connect({ hosts: server.hosts })
  await client.put(['test', 'demo', 1], { x: 5 })
  const batch = await client.batchRead([['test', 'demo', 1], ['test', 'demo', 2]], { dtype: dtype({ x: 'i4' }) })
  use(batch)
  await client.close()
  await server.stop()
}
main()
`

/** A program in either module system. */
function program(system: string, imports: string, use: string): string {
  const code = `${IMPORTS}${imports}\nfunction use(batch) {\n${use}\n}\n${MAIN}`
  if (system === 'mjs') return code
  return code.replaceAll(/^import (\{.*\}|\* as \w+) from ('.*')$/gm, (_, names: string, from: string) => {
    return `const ${names.replace('* as ', '')} = require(${from})`
  })
}

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'aerostride-arrow-'))
  project('without', false)
  project('with', true)
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('without apache-arrow', () => {
  test.each(['mjs', 'cjs'])('everything else works, and the error says what to install: %s', (system) => {
    const use = `
      console.log(batch.columns.x[0])
      for (const method of ['toArrow', 'toIPC']) {
        try { batch[method]() } catch (error) { console.log(error.constructor.name, error.code, error.message) }
      }`
    expect(run('without', system, program(system, '', use)).split('\n')).toEqual([
      '5',
      'AerostrideError ERR_AEROSTRIDE_MISSING_PACKAGE toArrow needs the package apache-arrow, which is not installed; install it: npm install apache-arrow',
      'AerostrideError ERR_AEROSTRIDE_MISSING_PACKAGE toIPC needs the package apache-arrow, which is not installed; install it: npm install apache-arrow',
      '',
    ])
  })
})

// Before 20.19 and 22.12 `require` cannot load what `import` loads: there the table is made by the other copy.
const requiresModules = (process.features as { require_module?: boolean }).require_module === true

describe('with apache-arrow', () => {
  test.each(requiresModules ? ['mjs', 'cjs'] : ['cjs'])(
    'the table is of the copy that the program itself loads: %s',
    (system) => {
      const use = `
        const table = batch.toArrow()
        console.log(Object.getPrototypeOf(table) === arrow.Table.prototype)
        console.log(arrow.tableFromIPC(arrow.tableToIPC(table)).getChild('x').toJSON().join())
        console.log(batch.toIPC().length > 0)`
      const code = program(system, `import * as arrow from 'apache-arrow'`, use)
      expect(run('with', system, code)).toBe('true\n5,\ntrue\n')
    },
  )

  test.skipIf(!requiresModules)('an older Node.js, which cannot load that copy at once, gets the other one', () => {
    const use = `
      const table = batch.toArrow()
      console.log(table instanceof arrow.Table, Object.getPrototypeOf(table) === arrow.Table.prototype)
      console.log(Object.getPrototypeOf(batch.toArrow({ arrow })) === arrow.Table.prototype)
      console.log(arrow.tableFromIPC(batch.toIPC()).getChild('x').toJSON().join())`
    const code = program('mjs', `import * as arrow from 'apache-arrow'`, use)
    const output = run('with', 'mjs', code, ['--no-experimental-require-module'])
    expect(output).toBe('true false\ntrue\n5,\n')
  })

  test('it is loaded when it is first used, and not before', () => {
    const use = `
      const loaded = () => Object.keys(require.cache).some((file) => file.includes('apache-arrow'))
      console.log(loaded())
      batch.toArrow()
      console.log(loaded())`
    expect(run('with', 'cjs', program('cjs', '', use))).toBe('false\ntrue\n')
  })
})
