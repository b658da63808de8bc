import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { circlesIn, cratesUsed, dependenciesOf, importsIn, rowsOfPage, upwardImports } from './support/imports.js'
import { root } from './support/process.js'

const graph = importsIn('src')
const textOf = (file: string): string => readFileSync(join(root, 'src', file), 'utf8')

describe('src/', () => {
  test('is read: files, and imports of types too', () => {
    expect(graph.size).toBeGreaterThan(50)
    expect(graph.get('index.ts')).toContain('client/client.ts')
    expect(graph.get('columns/types.ts')).toContain('columns/column.ts')
  })

  test('no file imports itself by way of others', () => {
    expect(circlesIn(graph)).toEqual([])
  })

  test('imports lead down the rows of docs/architecture.md', () => {
    expect(upwardImports(graph, rowsOfPage())).toEqual([])
  })

  test('every row names something that is there', () => {
    expect(
      rowsOfPage()
        .flat()
        .filter((name) => !existsSync(join(root, 'src', name))),
    ).toEqual([])
    expect(rowsOfPage().length).toBeGreaterThan(8)
  })

  test('one file alone loads the addon', () => {
    const loaders = [...graph.keys()].filter((file) => textOf(file).includes('index.cjs'))
    expect(loaders).toEqual(['binding/native.ts'])
  })
})

test('no crate names one above it', () => {
  const mayUse: Record<string, string[]> = {
    regex: [],
    wire: [],
    columns: ['wire'],
    devserver: ['wire'],
    core: ['wire', 'columns'],
    node: ['wire', 'columns', 'core', 'devserver'],
  }
  const used = cratesUsed()
  expect([...used.keys()].toSorted()).toEqual(Object.keys(mayUse).toSorted())
  expect(used.get('node')).toContain('core')
  for (const [crate, names] of used)
    expect({ crate, ok: mayUse[crate] }).toEqual({ crate, ok: expect.arrayContaining([...names]) as string[] })
})

const graphOf = (imports: Record<string, string[]>): Map<string, string[]> => new Map(Object.entries(imports))

describe('what is wrong is found', () => {
  const rows = [['top', 'main.ts'], ['left', 'right'], ['bottom']]
  const right = { 'main.ts': ['top/a.ts'], 'top/a.ts': ['top/b.ts', 'left/c.ts'], 'left/c.ts': ['bottom/d.ts'] }

  test('nothing in a tree without faults, but two in one row that know each other', () => {
    expect(circlesIn(graphOf(right))).toEqual([])
    expect(upwardImports(graphOf(right), rows)).toEqual(['main.ts imports top/a.ts'])
  })

  test('a circle, of two files and of one', () => {
    expect(circlesIn(graphOf({ ...right, 'bottom/d.ts': ['left/c.ts'] }))).toEqual([
      ['left/c.ts', 'bottom/d.ts', 'left/c.ts'],
    ])
    expect(circlesIn(graphOf({ a: ['a'] }))).toEqual([['a', 'a']])
  })

  test('an import that goes up, one that goes sideways, and a folder that stands in no row', () => {
    const wrong = { 'bottom/d.ts': ['top/b.ts'], 'left/c.ts': ['right/e.ts'], 'new/f.ts': ['left/c.ts'] }
    expect(upwardImports(graphOf(wrong), rows)).toEqual([
      'new stands in no row',
      'bottom/d.ts imports top/b.ts',
      'left/c.ts imports right/e.ts',
    ])
  })

  test('dependencies of every kind, and not those of tests', () => {
    const manifest = [
      '[package]\nname = "aerostride-wire"',
      '[dependencies]\naerostride-core.workspace = true\ntokio = "1"',
      '[dependencies.aerostride-node]\nworkspace = true',
      '[target."cfg(unix)".dependencies]\naerostride-columns = { path = "../columns" }',
      '[dev-dependencies]\naerostride-devserver.workspace = true',
    ].join('\n\n')
    expect(dependenciesOf(manifest)).toEqual(['core', 'node', 'columns'])
  })
})
