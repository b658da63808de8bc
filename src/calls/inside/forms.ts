import { type Check, type Checks, boolean, choice, integer } from '../../arguments/options.js'
import { type MapOrder, contextOption, createListFlags, createMapFlags } from '../../expressions/context.js'
import type { CreatingStep, Step } from '../../expressions/node.js'
import { INVERTED, ONLY_MAPS, RETURN_CODES } from '../../expressions/reads.js'

/** The options of an operation: their checks, and what the server gets of them before and behind the arguments. */
export interface Form {
  readonly checks: Checks<Record<string, unknown>>
  readonly before?: (options: Options) => readonly unknown[]
  readonly behind?: (options: Options) => readonly unknown[]
  /** The flags that the last step of a context gets. */
  readonly creates?: (options: Options) => number
}

/** Options that were checked: flags as bits, choices as their numbers. */
export type Options = Readonly<Record<string, unknown>> & {
  readonly context?: readonly (Step | CreatingStep)[]
}

const flag =
  (bits: number): Check<number> =>
  (value, name) =>
    boolean(value, name) ? bits : 0

function numbered(numbers: Readonly<Record<string, number>>): Check<number> {
  const known = choice(...Object.keys(numbers))
  return (value, name) => numbers[known(value, name)] as number
}

const sum = (options: Options, ...names: readonly string[]): number =>
  names.reduce((bits, name) => bits | Number(options[name] ?? 0), 0)

const PERSISTS_INDEX = 0x10
const LIST_ORDERS = { unordered: 0, ordered: 1 } as const
const MAP_ORDERS = { unordered: 0, keyOrdered: 1, keyValueOrdered: 3 } as const

const context = { context: contextOption }
const listOrder = { order: numbered(LIST_ORDERS) }
const mapOrder = { order: numbered(MAP_ORDERS), persistIndex: flag(PERSISTS_INDEX) }
const denials = { unique: flag(1), skipDenied: flag(4) }
const exists = { exists: numbered({ update: 0, create: 1, updateOnly: 2 }), skipDenied: flag(4) }
const partial = { partial: flag(8) }
const bounded = { bounded: flag(2) }
const RETURNS = { none: 0, ...RETURN_CODES }
const ofLists = ([name]: [string, number]): boolean => !ONLY_MAPS.some((each) => each === name)
const LIST_RETURNS = Object.fromEntries(Object.entries(RETURNS).filter(ofLists))

/** What is persisted is the index of a bin: inside a context it is nothing. */
const attributes = (options: Options): number =>
  options.context === undefined || options.context.length === 0
    ? sum(options, 'order', 'persistIndex')
    : sum(options, 'order')

const listFlags = (options: Options): number => sum(options, 'unique', 'bounded', 'skipDenied', 'partial')
const mapFlags = (options: Options): number => sum(options, 'exists', 'skipDenied', 'partial')

function selecting(returns: Readonly<Record<string, number>>, byDefault: number, isMany: boolean): Form {
  return {
    checks: { ...context, return: numbered(returns), ...(isMany ? { inverted: flag(INVERTED) } : {}) },
    before: (options) => [Number(options['return'] ?? byDefault) | sum(options, 'inverted')],
  }
}

/** What the options of the operations are. */
export const FORMS = {
  none: { checks: {} },
  context: { checks: context },
  listCreate: {
    checks: { ...context, ...listOrder, pad: boolean, persistIndex: flag(PERSISTS_INDEX) },
    behind: (options) => [attributes(options)],
    creates: ({ order, pad }) =>
      createListFlags({ order: order === LIST_ORDERS.ordered ? 'ordered' : 'unordered', pad: pad === true }),
  },
  listSetOrder: {
    checks: { ...context, ...listOrder, persistIndex: flag(PERSISTS_INDEX) },
    behind: (options) => [attributes(options)],
  },
  sort: {
    checks: { ...context, descending: flag(1), dropDuplicates: flag(2) },
    behind: (options) => [sum(options, 'descending', 'dropDuplicates')],
  },
  listAppend: {
    checks: { ...context, ...listOrder, ...denials },
    behind: (options) => [attributes(options), listFlags(options)],
  },
  listAppendItems: {
    checks: { ...context, ...listOrder, ...denials, ...partial },
    behind: (options) => [attributes(options), listFlags(options)],
  },
  listInsert: { checks: { ...context, ...denials, ...bounded }, behind: (options) => [listFlags(options)] },
  listInsertItems: {
    checks: { ...context, ...denials, ...bounded, ...partial },
    behind: (options) => [listFlags(options)],
  },
  listIncrement: { checks: { ...context, ...listOrder }, behind: (options) => [attributes(options), 0] },
  listOne: selecting(LIST_RETURNS, RETURNS.value, false),
  listMany: selecting(LIST_RETURNS, RETURNS.value, true),
  listRemoveOne: selecting(LIST_RETURNS, RETURNS.none, false),
  listRemoveMany: selecting(LIST_RETURNS, RETURNS.none, true),
  mapCreate: {
    checks: { ...context, ...mapOrder },
    behind: (options) => [attributes(options)],
    creates: ({ order }) => createMapFlags({ order: orderOf(order) }),
  },
  mapSetOrder: { checks: { ...context, ...mapOrder }, behind: (options) => [attributes(options)] },
  mapIncrement: { checks: { ...context, ...mapOrder }, behind: (options) => [attributes(options)] },
  mapPut: {
    checks: { ...context, ...mapOrder, ...exists },
    behind: (options) => [attributes(options), mapFlags(options)],
  },
  mapPutItems: {
    checks: { ...context, ...mapOrder, ...exists, ...partial },
    behind: (options) => [attributes(options), mapFlags(options)],
  },
  mapOne: selecting(RETURNS, RETURNS.value, false),
  mapMany: selecting(RETURNS, RETURNS.value, true),
  mapRemoveOne: selecting(RETURNS, RETURNS.none, false),
  mapRemoveMany: selecting(RETURNS, RETURNS.none, true),
  bits: { checks: { ...exists, ...partial }, behind: (options) => [mapFlags(options)] },
  resize: {
    checks: {
      ...exists,
      ...partial,
      from: numbered({ end: 0, front: 1 }),
      only: numbered({ grow: 2, shrink: 4 }),
    },
    behind: (options) => [mapFlags(options), sum(options, 'from', 'only')],
  },
  bitsAdd: {
    checks: {
      ...exists,
      ...partial,
      signed: flag(1),
      overflow: numbered({ fail: 0, saturate: 2, wrap: 4 }),
    },
    behind: (options) => [mapFlags(options), sum(options, 'signed', 'overflow')],
  },
  getInt: { checks: { signed: boolean }, behind: ({ signed }) => [signed === true] },
  hllInit: {
    checks: { ...exists, indexBits: integer(4, 16), minHashBits: integer(4, 51) },
    behind: (options) => [options['indexBits'] ?? -1, options['minHashBits'] ?? -1, mapFlags(options)],
  },
  hllUnion: {
    checks: { ...exists, allowFold: flag(8) },
    behind: (options) => [sum(options, 'exists', 'skipDenied', 'allowFold')],
  },
} as const satisfies Record<string, Form>

function orderOf(number: unknown): MapOrder {
  return number === MAP_ORDERS.keyOrdered
    ? 'keyOrdered'
    : number === MAP_ORDERS.keyValueOrdered
      ? 'keyValueOrdered'
      : 'unordered'
}
