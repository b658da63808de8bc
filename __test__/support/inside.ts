import { isDeepStrictEqual } from 'node:util'
import type Aerospike from 'aerospike'
import {
  type Client,
  type ContextCreatingStep,
  type ContextStep,
  type Key,
  type Operation,
  ctx,
} from '../../src/index.js'
import { freshSet } from './server.js'

/** Operations on the inside of bins beside those of the official client. */

export type Theirs = Aerospike.operations.Operation

/** The same operation twice: ours and theirs. */
export type Pair = readonly [ours: Operation, theirs: Theirs]

/** The arguments and properties of an operation of theirs that have no types in common. */
export interface Fluent {
  withContext(steps: (context: TheirContext) => void): Fluent
  andReturn(returns: number): Fluent
  invertSelection(): Fluent
  withPolicy(policy: object): Fluent
  onOverflow(action: number): Fluent
}

/** The functions of a module of theirs, such as `Aerospike.lists`. */
export type Module = Readonly<Record<string, (...args: unknown[]) => Fluent>>

type TheirContext = Readonly<Record<string, (...args: unknown[]) => TheirContext>>

/** A context twice. */
export interface ContextPair {
  readonly ours: readonly (ContextStep | ContextCreatingStep)[]
  readonly theirs: (context: TheirContext) => void
}

/** What a client got: the result, or the code of the error. */
export type Outcome = { readonly result: unknown } | { readonly code: number | string }

/** The official client ends the process when it needs more connections than it has, which are 100. */
const AT_ONCE = 8

/** One for all: a namespace has at most 4,095 sets. */
const SET = freshSet()

/** A key of theirs. */
export type TheirKey = Aerospike.Key & Aerospike.KeyOptions

/** Runs an operation with either client, each on a record of its own that both begin alike. */
export class Beside {
  #ids = 0

  constructor(
    private readonly module: typeof Aerospike,
    private readonly client: () => Client,
    private readonly official: () => Aerospike.Client,
    private readonly start: (key: Key) => Promise<unknown>,
  ) {}

  theirKey([namespace, set, id]: Key): TheirKey {
    return new this.module.Key(namespace, set, id as string) as TheirKey
  }

  /** The record as theirs reads it. */
  async stored(key: Key): Promise<unknown> {
    const found = await this.official()
      .get(this.theirKey(key))
      .catch((error: { code: number }) => error.code)
    return typeof found === 'number' ? found : plain(found.bins)
  }

  async ours(key: Key, operation: Operation): Promise<Outcome> {
    return this.client()
      .operate(key, [operation], { results: 'list' })
      .then(
        ({ results }) => ({ result: plain(results[0]) }),
        (error: { resultCode?: number; message: string }) => ({ code: error.resultCode ?? error.message }),
      )
  }

  async theirs(key: Key, operation: Theirs, bin: string): Promise<Outcome> {
    return this.official()
      .operate(this.theirKey(key), [operation])
      .then(
        ({ bins }) => ({ result: plain((bins as Record<string, unknown>)[bin] ?? null) }),
        (error: { code: number }) => ({ code: error.code }),
      )
  }

  /**
   * What is not the same, of results, codes and the records that are left; nothing if all is well. Operations that change
   * nothing may share a record.
   */
  async differences(all: Iterable<Pair>, shared?: Key): Promise<string[]> {
    const differing: string[] = []
    const left = Array.from(all)
    while (left.length > 0) {
      const some = left.splice(0, AT_ONCE).map((pair) => this.#difference(pair, shared))
      differing.push(...(await Promise.all(some)))
    }
    return differing.filter((each) => each !== '')
  }

  async #difference([ours, theirs]: Pair, shared?: Key): Promise<string> {
    const { bin } = ours as { bin: string }
    const id = this.#ids++
    const [our, their]: [Key, Key] = [shared ?? ['test', SET, `ours ${id}`], shared ?? ['test', SET, `theirs ${id}`]]
    if (shared === undefined) await Promise.all([our, their].map((key) => this.start(key)))
    const mine = [await this.ours(our, ours), shared === undefined ? await this.stored(our) : undefined]
    const other = [await this.theirs(their, theirs, bin), shared === undefined ? await this.stored(their) : undefined]
    if (isDeepStrictEqual(mine, other)) return ''
    return `${textOf(ours)}: ${textOf(mine)} is not ${textOf(other)}`
  }
}

function textOf(what: unknown): string {
  return JSON.stringify(what, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

/** Values as both clients have them: pairs flat, bytes and sketches in hex, GeoJSON as text. */
export function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value) || value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return isPairs(value) ? value.flat().map(plain) : value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, each]) => [String(key), plain(each)]))
  const { buffer, bytes, text } = value as { buffer?: Buffer; bytes?: Uint8Array; text?: string }
  if (typeof text === 'string' && 'toJSON' in value) return text
  if (bytes instanceof Uint8Array || buffer instanceof Uint8Array) return plain(bytes ?? buffer)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

/** The entries of a map in an order: no list in these tests has only lists of two, the first of which is a key. */
function isPairs(list: readonly unknown[]): boolean {
  return (
    list.length > 0 && list.every((each) => Array.isArray(each) && each.length === 2 && typeof each[0] === 'string')
  )
}

/** How an operation is written with either client. */
export interface Written {
  /** Our options. */
  readonly options?: object
  /** What theirs takes behind the arguments. */
  readonly policy?: unknown
  /** Its name there. */
  readonly theirName?: string
}

/** Makes an operation of both clients by its name. `counts` has the arguments of those that take fewer too. */
export function pairs(
  ours: unknown,
  theirs: unknown,
  counts: Readonly<Record<string, number>>,
): (name: string, bin: string, args: readonly unknown[], written?: Written) => Pair {
  return (name, bin, args, { options = {}, policy, theirName = name } = {}) => {
    const rest = args.length < (counts[name] ?? args.length) ? [...args, undefined] : args
    const our = (ours as Readonly<Record<string, (...all: unknown[]) => Operation>>)[name]?.(bin, ...rest, options)
    const behind = policy === undefined ? [] : [policy]
    const their = (theirs as Module)[theirName]?.(bin, ...rest, ...behind)
    return [our as Operation, their as unknown as Theirs]
  }
}

/** Contexts with the clients' words. */
export const CONTEXTS: Readonly<Record<string, ContextPair>> = {
  nested: { ours: [ctx.listIndex(0)], theirs: (to) => to['addListIndex']?.(0) },
  'by rank': {
    ours: [ctx.listRank(-1), ctx.mapKey('in')],
    theirs: (to) => to['addListRank']?.(-1)?.['addMapKey']?.('in'),
  },
  'by value': { ours: [ctx.listValue([9, 8, 7, 8])], theirs: (to) => to['addListValue']?.([9, 8, 7, 8]) },
  map: { ours: [ctx.mapKey('a')], theirs: (to) => to['addMapKey']?.('a') },
  'map by index': { ours: [ctx.mapIndex(0)], theirs: (to) => to['addMapIndex']?.(0) },
  'map by rank': { ours: [ctx.mapRank(-1)], theirs: (to) => to['addMapRank']?.(-1) },
  'map by value': { ours: [ctx.mapValue([4, 5])], theirs: (to) => to['addMapValue']?.([4, 5]) },
  'no such key': { ours: [ctx.mapKey('z')], theirs: (to) => to['addMapKey']?.('z') },
  'made key': { ours: [ctx.mapKeyCreate('z')], theirs: (to) => to['addMapKeyCreate']?.('z', 0) },
  'made key of an ordered map': {
    ours: [ctx.mapKeyCreate('z', { order: 'keyOrdered' })],
    theirs: (to) => to['addMapKeyCreate']?.('z', 1),
  },
  'made key of a map ordered by values': {
    ours: [ctx.mapKeyCreate('z', { order: 'keyValueOrdered' })],
    theirs: (to) => to['addMapKeyCreate']?.('z', 3),
  },
  'made list': { ours: [ctx.listIndexCreate(2)], theirs: (to) => to['addListIndexCreate']?.(2, 0, false) },
  'made list behind others': {
    ours: [ctx.listIndexCreate(5, { pad: true })],
    theirs: (to) => to['addListIndexCreate']?.(5, 0, true),
  },
  'made list too far': { ours: [ctx.listIndexCreate(5)], theirs: (to) => to['addListIndexCreate']?.(5, 0, false) },
  'made ordered list': {
    ours: [ctx.listIndexCreate(2, { order: 'ordered' })],
    theirs: (to) => to['addListIndexCreate']?.(2, 1, false),
  },
}

/** Bins and contexts into them, and into nothing. */
export const IN_CONTEXT: readonly (readonly [bin: string, context: string])[] = [
  ['nested', 'nested'],
  ['nested', 'by rank'],
  ['nested', 'by value'],
  ['map', 'map'],
  ['map', 'map by index'],
  ['map', 'map by rank'],
  ['map', 'map by value'],
  ['map', 'no such key'],
  ['text', 'nested'],
  ['missing', 'nested'],
]

/** The same where a step makes something. */
export const IN_MADE: readonly (readonly [bin: string, context: string])[] = [
  ['map', 'made key'],
  ['missing', 'made key'],
  ['missing', 'made key of an ordered map'],
  ['missing', 'made key of a map ordered by values'],
  ['nested', 'made list'],
  ['missing', 'made list'],
  ['nested', 'made list behind others'],
  ['nested', 'made list too far'],
  ['nested', 'made ordered list'],
]

/** A selection of each bin and inside of each context, also inverted if it may select many. */
export function everywhere(
  selected: (bin: string, inverted: boolean) => Pair,
  isMany: boolean,
  bins: readonly string[],
  contexts: readonly (readonly [bin: string, context: string])[],
): Pair[] {
  return (isMany ? [false, true] : [false]).flatMap((inverted) => [
    ...bins.map((bin) => selected(bin, inverted)),
    ...contexts.map(([bin, context]) => within(selected(bin, inverted), context)),
  ])
}

/** A pair inside a context. */
export function within([ours, theirs]: Pair, context: string): Pair {
  const { ours: steps, theirs: build } = CONTEXTS[context] as ContextPair
  const { options } = ours as { options?: object }
  const nested = { ...ours, options: { ...options, context: steps } } as Operation
  return [nested, (theirs as unknown as Fluent).withContext(build) as unknown as Theirs]
}
