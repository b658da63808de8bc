import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { root } from './process.js'

/** What each file imports of the same tree: paths from its root, with slashes. */
export type Graph = ReadonlyMap<string, readonly string[]>

/** Rows of folders and files, from the top down: each may import those of lower rows only, besides its own folder. */
export type Rows = readonly (readonly string[])[]

/** The imports between the TypeScript files of a folder of the repository, types included. */
export function importsIn(folder: string): Graph {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(join(root, folder, file), 'utf8'))]))
}

function importsOf(file: string, text: string): string[] {
  return ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts'))
    .filter((path) => !path.startsWith('..'))
}

/** Every circle of imports once, as the files along it. */
export function circlesIn(graph: Graph): string[][] {
  const circles: string[][] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    const begin = path.indexOf(file)
    if (begin >= 0) circles.push([...path.slice(begin), file])
    if (begin >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return circles
}

const placeOf = (file: string): string => file.split('/', 1).join('')

/** What stands in no row, and every import that does not lead to a lower one. */
export function upwardImports(graph: Graph, rows: Rows): string[] {
  const rowOf = new Map(rows.flatMap((names, row) => names.map((name) => [name, row] as const)))
  const homeless = [...new Set([...graph.keys()].map(placeOf))].filter((place) => !rowOf.has(place))
  const upward = [...graph].flatMap(([file, imports]) =>
    imports
      .filter((to) => placeOf(to) !== placeOf(file))
      .filter((to) => (rowOf.get(placeOf(to)) ?? -1) <= (rowOf.get(placeOf(file)) ?? -1))
      .map((to) => `${file} imports ${to}`),
  )
  return [...homeless.map((place) => `${place} stands in no row`), ...upward]
}

/** The rows of the table in docs/architecture.md whose first column names folders and files of `src/`. */
export function rowsOfPage(): Rows {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const table = /<!-- rows of src -->\n(.*?)\n\n/s.exec(page)?.[1] ?? ''
  return table
    .split('\n')
    .slice(2)
    .map((line) =>
      [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/\/$/, '')),
    )
}

/** Which crates of this repository each crate names, tests left out. */
export function cratesUsed(): Graph {
  const crates = readdirSync(join(root, 'crates')).filter((name) =>
    existsSync(join(root, 'crates', name, 'Cargo.toml')),
  )
  return new Map(
    crates.map((crate) => [crate, dependenciesOf(readFileSync(join(root, 'crates', crate, 'Cargo.toml'), 'utf8'))]),
  )
}

/** What a manifest names outside of `[dev-dependencies]`. */
export function dependenciesOf(manifest: string): string[] {
  const sections = manifest.split(/^(?=\[)/m).filter((section) => /^\[(.*\.)?(build-)?dependencies[\].]/.test(section))
  return [...sections.join('').matchAll(/^(?:\[dependencies\.)?aerostride-([a-z]+)/gm)].map(([, name = '']) => name)
}
