import { outOfRange } from '../errors.js'
import type { OperationName } from './operations.js'
import type { ReadName } from './reads.js'
import type { AnyType, ExpressionType, Returns } from './types.js'

/** A constant inside a list or a map. Maps are pairs in the server's order. */
export type ConstantItem =
  | { readonly type: 'nil'; readonly value?: undefined }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string' | 'geo'; readonly value: string }
  | { readonly type: 'blob' | 'hll'; readonly value: Uint8Array }
  | { readonly type: 'list'; readonly value: readonly ConstantItem[] }
  | { readonly type: 'map'; readonly value: readonly (readonly [ConstantItem, ConstantItem])[] }

/** The bounds that stand behind or before every value, and the one that equals any. */
export type Bound = 'infinity' | 'wildcard'

/** What a step of a context goes into, and its argument. */
export interface Step {
  /** How the element is found. */
  readonly by: 'listIndex' | 'listRank' | 'listValue' | 'mapIndex' | 'mapRank' | 'mapKey' | 'mapValue'
  /** Its index, rank, key or value. */
  readonly at: ConstantItem
  /** Only a step that makes what is not there has flags for it. */
  readonly creates?: undefined
}

/** A step that makes the list or map that it leads to, if there is none. */
export interface CreatingStep {
  /** How the element is found. */
  readonly by: 'listIndex' | 'mapKey'
  /** Its index or key. */
  readonly at: ConstantItem
  /** The server's flags of what is made. */
  readonly creates: number
}

/** A step of a path, which may choose any number of elements. */
export type PathStep =
  | Step
  | { readonly by: 'all' }
  | { readonly by: 'mapKeys'; readonly at: ConstantItem }
  /** Those that pass; `and` of those that the step before has chosen. */
  | { readonly by: 'filter' | 'and'; readonly filter: Node }

/** What a path gives of the elements at its end; `changed` is the whole with those changed. */
export type PathGives = 'tree' | 'values' | 'keys' | 'entries' | 'changed'

/** What the record itself knows. */
export type RecordField =
  | 'lastUpdate'
  | 'sinceUpdate'
  | 'voidTime'
  | 'ttl'
  | 'setName'
  | 'keyExists'
  | 'isTombstone'
  | 'recordSize'
  | 'deviceSize'
  | 'memorySize'

/** An expression as data. `depth` is that of the deepest part. */
export type Node = NodeKind & { readonly type: AnyType; readonly depth: number }

type NodeKind =
  | { readonly kind: 'constant'; readonly item: ConstantItem }
  | { readonly kind: 'bound'; readonly bound: Bound }
  | { readonly kind: 'unknown' }
  /** What takes an element out, as the outcome of a path's change. */
  | { readonly kind: 'removed' }
  /** What an element says of itself in a path. */
  | { readonly kind: 'element'; readonly type: ExpressionType; readonly part: 'key' | 'value' | 'index' }
  | {
      readonly kind: 'path'
      readonly type: ExpressionType
      readonly source: Node
      readonly steps: readonly PathStep[]
      readonly gives: PathGives
      /** What is made of each element, of a path that changes. */
      readonly change: Node | undefined
      readonly lenient: boolean
    }
  | { readonly kind: 'bin'; readonly type: ExpressionType; readonly name: string }
  | { readonly kind: 'binType'; readonly name: string }
  | { readonly kind: 'record'; readonly field: RecordField }
  | { readonly kind: 'digestModulo'; readonly modulus: bigint }
  | { readonly kind: 'key'; readonly type: ExpressionType }
  | { readonly kind: 'operation'; readonly name: OperationName; readonly args: readonly Node[] }
  | { readonly kind: 'regex'; readonly flags: number; readonly pattern: string; readonly text: Node }
  | { readonly kind: 'variable'; readonly name: string }
  | {
      readonly kind: 'let'
      readonly definitions: readonly (readonly [name: string, value: Node])[]
      readonly body: Node
    }
  | {
      readonly kind: 'read'
      readonly name: ReadName
      readonly type: ExpressionType
      readonly source: Node
      readonly args: readonly Node[]
      readonly returns: Returns | undefined
      readonly inverted: boolean
      readonly context: readonly Step[]
    }

/** Deeper expressions are refused: everything that walks over one recurses, here and on the server. */
const MOST_DEPTH = 1000

/** Makes a node of one of the kinds, one deeper than its deepest part. */
export function makeNode(node: NodeKind & { readonly type: AnyType }, parts: readonly Node[] = []): Node {
  const depth = 1 + parts.reduce((deepest, part) => Math.max(deepest, part.depth), 0)
  if (depth > MOST_DEPTH) throw outOfRange(`the expression is more than ${MOST_DEPTH} operations deep`)
  return Object.freeze({ ...node, depth })
}

/** The node of a constant. */
export function constantNode(item: ConstantItem): Node {
  return makeNode({ kind: 'constant', type: item.type, item })
}

/** POSIX's flags of regular expressions, under the names of their options. */
export const REGEX_FLAGS = { extended: 1, ignoreCase: 2, noSubstrings: 8, newline: 4 } as const
