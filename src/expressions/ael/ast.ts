import type { Returns } from '../types.js'

/** Text as it was parsed, before anything is known of types. `at` is the position in the text. */
export type Ast = { readonly at: number; readonly depth?: number } & (
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'list'; readonly items: readonly Ast[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Ast, Ast])[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'placeholder'; readonly index: number }
  | PathAst
  | { readonly kind: 'record'; readonly name: string; readonly args: readonly Ast[] }
  | CallAst
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | '~'; readonly operand: Ast }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'logic'; readonly name: 'and' | 'or'; readonly args: readonly Ast[] }
  | {
      readonly kind: 'let'
      readonly definitions: readonly (readonly [name: string, value: Ast])[]
      readonly body: Ast
    }
  | { readonly kind: 'when'; readonly branches: readonly (readonly [Ast, Ast])[]; readonly otherwise: Ast }
)

/** A bin, or a place in it, and a function at the end. */
export interface PathAst {
  readonly kind: 'path'
  readonly at: number
  readonly bin: string
  readonly parts: readonly PartAst[]
  readonly ending: Ending | undefined
}

/** A function at the end of a path. */
export interface Ending {
  readonly at: number
  readonly name: string
  readonly named: readonly Named[]
}

/** An argument that has a name. */
export interface Named {
  readonly at: number
  readonly name: string
  readonly value: Ast | string
}

/** A function with arguments, some of which have names. */
export interface CallAst {
  readonly kind: 'call'
  readonly at: number
  readonly name: string
  readonly args: readonly Ast[]
  readonly named: readonly Named[]
}

/** A key, a value or a number in a path. */
export type PartValue = { readonly at: number; readonly value: string | bigint }

/** One step of a path. */
export type PartAst = {
  readonly at: number
  readonly in: 'list' | 'map'
  readonly inverted?: boolean
} & (
  | { readonly by: 'designator' }
  | { readonly by: 'key' | 'index' | 'rank' | 'value'; readonly value: PartValue }
  | { readonly by: 'keys' | 'values'; readonly values: readonly PartValue[] }
  | { readonly by: 'indexes' | 'ranks'; readonly start: PartValue; readonly end?: PartValue }
  | {
      readonly by: 'keyRange' | 'valueRange'
      readonly begin: PartValue
      readonly end?: PartValue
    }
  | {
      readonly by: 'relativeIndexes' | 'relativeRanks'
      readonly start: PartValue
      readonly end?: PartValue
      readonly to: PartValue
    }
)

/** What a path returns, as text has it. */
export const RETURN_WORDS: Readonly<Record<string, Returns>> = {
  VALUE: 'value',
  KEY_VALUE: 'keyValue',
  UNORDERED_MAP: 'unorderedMap',
  ORDERED_MAP: 'orderedMap',
  KEY: 'key',
  INDEX: 'index',
  RANK: 'rank',
  COUNT: 'count',
  NONE: 'count',
  EXISTS: 'exists',
  REVERSE_INDEX: 'reverseIndex',
  REVERSE_RANK: 'reverseRank',
}

/** A word that was given under a name. */
export function namedWord(named: readonly { name: string; value: unknown }[], name: string): string | undefined {
  const value = named.find((each) => each.name === name)?.value
  return typeof value === 'string' ? value : undefined
}
