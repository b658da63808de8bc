import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Aerospike from 'aerospike'
import { describe, expect, test } from 'vitest'
import * as aerostride from '../src/index.js'
import { findPython, hasWheels, pythonWith } from './support/numpy.js'
import { outputOf, root } from './support/process.js'

/** The names in the tables of docs/migration.md exist: theirs in their packages, ours in this one. */

const page = readFileSync(join(root, 'docs/migration.md'), 'utf8').replaceAll('\r\n', '\n')

/** The names in the nth column of a section's table: `client.put(...)` is `client.put`. */
function namesOf(section: string, column: number): string[] {
  const [, text = ''] = page.split(`\n## ${section}\n`)
  const lines = text
    .split('\n## ', 1)[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const cells = lines.map((line) => line.split('|')[column]!)
  return cells.flatMap((cell) => [...cell.matchAll(/`(?:new |len\()?([a-zA-Z_][\w.]*)/g)].map(([, name]) => name!))
}

const NODE = 'From the official Node.js client'
const PYTHON = 'From aerospike-py'

/** `meta` of `batch.meta.gen`, and `put` of `client.put`. */
const methodOf = (name: string): string => name.split('.', 2).at(-1) as string

/** What has the name, if it exists; the length of a batch is a property of each. */
function ownerOf(name: string): object {
  if (name.startsWith('client.')) return aerostride.Client.prototype
  if (name.startsWith('ctx.')) return aerostride.ctx
  return name.startsWith('batch.')
    ? Object.assign(Object.create(aerostride.Batch.prototype), { length: 0 })
    : aerostride
}

test.each([NODE, PYTHON])('%s: our names exist', (section) => {
  const names = namesOf(section, 2)
  expect(names.length).toBeGreaterThan(10)
  const missing = names.filter((name) => !(methodOf(name) in ownerOf(name)))
  expect(missing).toEqual([])
})

const isTheirs = (name: string): boolean =>
  methodOf(name) in (name.startsWith('client.') ? Aerospike.Client.prototype : Aerospike)

test('the names of the official client exist', () => {
  const names = namesOf(NODE, 1)
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !isTheirs(name))).toEqual([])
})

test('the operations on the inside of bins are in op', () => {
  expect(['lists', 'maps', 'bitwise', 'hll'].filter((name) => !(name in Aerospike))).toEqual([])
  expect(['lists', 'maps', 'bits', 'hlls'].filter((name) => !(name in aerostride.op))).toEqual([])
})

const python = findPython()

describe.runIf(python !== undefined && hasWheels('import aerospike_py'))('aerospike-py', () => {
  test('its names exist', () => {
    const names = namesOf(PYTHON, 1)
    expect(names.length).toBeGreaterThan(10)
    const program = `
import aerospike_py, numpy as np, sys
owners = {'client': aerospike_py.AsyncClient, 'aerospike_py': aerospike_py, 'np': np}
fields = [name for name in dir(aerospike_py.NumpyBatchRecords)]
def known(name):
    owner, _, member = name.partition('.')
    if owner == 'batch': return member == '' or member in fields
    return hasattr(owners[owner], member)
print([name for name in sys.argv[1:] if not known(name)])
`.trimStart()
    const own = pythonWith(python!, program)
    expect(outputOf(own, ['-c', program, ...names]).trim()).toBe('[]')
  }, 300_000)
})
