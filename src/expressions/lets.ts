import type { Node } from './node.js'

/**
 * A variable of a let that another let inside of it defines again, if there is one. Servers refuse that (code 4), for every
 * record: a definition sees the names in front of it, and its own, as taken.
 */
export function definedAgain(definitions: readonly (readonly [string, Node])[], body: Node): string | undefined {
  const names = new Set<string>()
  for (const [name, value] of definitions) {
    if (names.has(name)) return name
    names.add(name)
    const again = definedIn(value, names, new Set())
    if (again !== undefined) return again
  }
  return definedIn(body, names, new Set())
}

/** A name that a let somewhere in a tree defines. Parts that stand in several places are looked at once. */
function definedIn(node: Node, names: ReadonlySet<string>, seen: Set<Node>): string | undefined {
  if (seen.has(node)) return undefined
  seen.add(node)
  if (node.kind === 'let') {
    const own = node.definitions.find(([name]) => names.has(name))
    if (own !== undefined) return own[0]
  }
  for (const part of partsOf(node)) {
    const found = definedIn(part, names, seen)
    if (found !== undefined) return found
  }
  return undefined
}

function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'operation':
      return node.args
    case 'read':
      return [node.source, ...node.args]
    case 'regex':
      return [node.text]
    case 'let':
      return [...node.definitions.map(([, value]) => value), node.body]
    // Its filters and its change are expressions by themselves, which see no variables around them.
    case 'path':
      return [node.source]
    default:
      return []
  }
}

/** A variable that no let in a tree defines, if there is one. */
export function freeVariable(node: Node, names: ReadonlySet<string> = new Set()): string | undefined {
  if (node.kind === 'variable') return names.has(node.name) ? undefined : node.name
  if (node.kind !== 'let') return firstFree(partsOf(node), names)
  const known = new Set(names)
  for (const [name, value] of node.definitions) {
    const free = freeVariable(value, known)
    if (free !== undefined) return free
    known.add(name)
  }
  return freeVariable(node.body, known)
}

function firstFree(nodes: readonly Node[], names: ReadonlySet<string>): string | undefined {
  for (const each of nodes) {
    const free = freeVariable(each, names)
    if (free !== undefined) return free
  }
  return undefined
}
