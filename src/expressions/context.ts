import { type Check, type Checks, boolean, checkOptions, choice, isObject } from '../arguments/options.js'
import { given } from '../arguments/given.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { typedNode } from './build.js'
import { constantOf } from './constant.js'
import type { Expression } from './expression.js'
import type { ConstantItem, CreatingStep, PathStep, Step } from './node.js'
import type { Item, MapKey } from './types.js'

/** One step into a list or a map. Made by {@link ctx}. */
export type ContextStep = Step

/** A step of a path, which may lead to any number of elements. Made by {@link ctx}; every step into one element is one too. */
export type PathContextStep = PathStep

/** One step into a list or a map that an operation makes if it is not there. Made by {@link ctx}. */
export type ContextCreatingStep = CreatingStep

/** Options of a step that makes a list. */
export interface CreateListOptions {
  /** The order of the list that is made. Default `'unordered'`. */
  readonly order?: 'unordered' | 'ordered' | undefined
  /**
   * Fills the list around it up with null, where the index is behind its end. Default false: the call fails with code 26. So does one
   * whose index is in front of the list, such as -3 of 2 elements: told to fill up there, a server of build 8.1.2 ends with a
   * segmentation fault, and it is not told.
   */
  readonly pad?: boolean | undefined
}

/** Options of a step that makes a map. */
export interface CreateMapOptions {
  /** The order of the map that is made. Default `'unordered'`. */
  readonly order?: MapOrder | undefined
}

/** The order of a map: by nothing, by its keys, or by its keys and, for reads by rank, its values too. */
export type MapOrder = 'unordered' | 'keyOrdered' | 'keyValueOrdered'

/** The server's flags of what a step makes. */
const CREATES = { unordered: 0x40, padded: 0x80, ordered: 0xc0, keyOrdered: 0x80, keyValueOrdered: 0xc0 } as const

/** The flags of a list that a step makes. */
export function createListFlags({ order, pad = false }: CreateListOptions): number {
  return order === 'ordered' ? CREATES.ordered : pad ? CREATES.padded : CREATES.unordered
}

/** The flags of a map that a step makes. */
export function createMapFlags({ order = 'unordered' }: CreateMapOptions): number {
  return CREATES[order]
}

/** What a step goes by, checked: a server answers a wrong one with a code that says nothing of it. */
type Place = (value: unknown, name: string) => ConstantItem

const position: Place = (value, name) => {
  const at = constantOf(Object.is(value, -0) ? 0 : value, name)
  if (at.type === 'int') return at
  throw invalidArgument(`${name} must be an integer, not ${given(value)}`)
}

const mapKey: Place = (value, name) => {
  const at = constantOf(value, name)
  if (at.type === 'int' || at.type === 'string' || at.type === 'blob') return at
  throw invalidArgument(`${name} must be a string, an integer or a Uint8Array, not ${given(value)}`)
}

function mapKeys(values: unknown, name: string): ConstantItem {
  if (!Array.isArray(values)) throw invalidArgument(`${name} must be an array of keys, not ${given(values)}`)
  return { type: 'list', value: Array.from(values, (each, index) => mapKey(each, `${name}[${index}]`)) }
}

const step = (by: Step['by'], at: ConstantItem): ContextStep => Object.freeze({ by, at })

const creating = (by: CreatingStep['by'], at: ConstantItem, creates: number): ContextCreatingStep =>
  Object.freeze({ by, at, creates })

/** More elements than this are in no record. */
const MOST_PADDING = 0x7ff_ffff

/**
 * Servers of build 8.1.2 take an index for one of 32 bits without a sign where they pad: a negative one in front of the list ends
 * them, and one from 2^32 on is that of another element.
 */
function creatingList(at: ConstantItem, options: CreateListOptions): ContextCreatingStep {
  const index = Number(at.value)
  const isPadded = options.pad === true && options.order !== 'ordered'
  if (isPadded && index > MOST_PADDING) {
    throw outOfRange(`index must be at most ${MOST_PADDING} with pad, not ${given(at.value)}`)
  }
  return creating('listIndex', at, createListFlags({ ...options, pad: isPadded && index >= 0 }))
}

const LIST_CHECKS: Checks<CreateListOptions> = { order: choice('unordered', 'ordered'), pad: boolean }
const MAP_CHECKS: Checks<CreateMapOptions> = { order: choice('unordered', 'keyOrdered', 'keyValueOrdered') }

/** The steps to a list or map inside a bin: `[ctx.mapKey('profile'), ctx.listIndex(0)]`. */
export const ctx = {
  /** The element at an index of a list; -1 is the last. */
  listIndex: (index: number): ContextStep => step('listIndex', position(index, 'index')),
  /** The element at a rank of a list; 0 is the smallest, -1 the largest. */
  listRank: (rank: number): ContextStep => step('listRank', position(rank, 'rank')),
  /** The first element of a list with a value. */
  listValue: (value: Item): ContextStep => step('listValue', constantOf(value, 'value')),
  /** The element at an index of a map, in the order of its keys. */
  mapIndex: (index: number): ContextStep => step('mapIndex', position(index, 'index')),
  /** The element at a rank of a map, in the order of its values. */
  mapRank: (rank: number): ContextStep => step('mapRank', position(rank, 'rank')),
  /** The element of a map under a key. */
  mapKey: (key: MapKey): ContextStep => step('mapKey', mapKey(key, 'key')),
  /** The first element of a map with a value. */
  mapValue: (value: Item): ContextStep => step('mapValue', constantOf(value, 'value')),
  /** The list at an index of a list, which an operation that writes makes if it is not there. */
  listIndexCreate: (index: number, options?: CreateListOptions): ContextCreatingStep =>
    creatingList(position(index, 'index'), checkOptions(options, 'options', LIST_CHECKS)),
  /** The map under a key of a map, which an operation that writes makes if it is not there. */
  mapKeyCreate: (key: MapKey, options?: CreateMapOptions): ContextCreatingStep =>
    creating('mapKey', mapKey(key, 'key'), createMapFlags(checkOptions(options, 'options', MAP_CHECKS))),
  /** Every element of a list or map. Only in paths, as are the following ones. */
  all: (): PathContextStep => Object.freeze({ by: 'all' }),
  /** The elements of a list or map that pass a filter, which sees them as `exp.element`. */
  filter: (filter: Expression<'bool'>): PathContextStep =>
    Object.freeze({ by: 'filter', filter: typedNode(filter, 'bool', 'filter') }),
  /** The elements of a map under several keys. */
  mapKeys: (keys: readonly MapKey[]): PathContextStep => Object.freeze({ by: 'mapKeys', at: mapKeys(keys, 'keys') }),
  /** Of what the step before it leads to, the elements that pass a filter. */
  and: (filter: Expression<'bool'>): PathContextStep =>
    Object.freeze({ by: 'and', filter: typedNode(filter, 'bool', 'filter') }),
} as const

const WAYS: ReadonlySet<unknown> = new Set([
  'listIndex',
  'listRank',
  'listValue',
  'mapIndex',
  'mapRank',
  'mapKey',
  'mapValue',
] satisfies Step['by'][])

/** Checks steps that {@link ctx} has made. */
export const contextOption: Check<readonly (Step | CreatingStep)[]> = (value, name) => {
  if (!Array.isArray(value)) throw invalidArgument(`${name} must be an array of what ctx makes, not ${given(value)}`)
  return Array.from(value, (each: unknown, index) => {
    if (isObject(each) && WAYS.has(each['by']) && isObject(each['at'])) return each as unknown as Step
    throw invalidArgument(`${name}[${index}] must be a step such as ctx.mapKey('a'), not ${given(each)}`)
  })
}
