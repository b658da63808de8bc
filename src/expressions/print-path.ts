import type { ConstantItem, Node, Step } from './node.js'
import { isBareName, printString } from './print-text.js'
import type { AnyType, ExpressionType } from './types.js'

type Read = Extract<Node, { kind: 'read' }>
type Bin = Extract<Node, { kind: 'bin' }>

/** An element of a list or map as a path has it, or `undefined` for what no path can say. */
type Part = string | undefined

/**
 * A bin, or a read that a path can say, as that path: `$.profile.tags.[0]`.
 *
 * `want` is the type that the reader takes it for; where it is of another one a function at the end says so.
 */
export function pathText(node: Node, want: AnyType | undefined): string | undefined {
  if (node.kind === 'bin') return binText(node) + typeText(node.type, want ?? 'int')
  if (node.kind !== 'read') return undefined
  if (node.name === 'lists.size' || node.name === 'maps.size') return sizeText(node)
  const path = selectionText(node)
  return path === undefined ? undefined : path + endText(node, want ?? fallbackOf(node))
}

/** What a bin or element is taken for where nothing says what it is: an element of a map for text, all else for an int. */
export function fallbackOf(node: Node): ExpressionType {
  return node.kind === 'read' && node.name.startsWith('maps') && needsType(node) ? 'string' : 'int'
}

/** Whether what a path reads is one element, of which the text has to tell the type. */
export function needsType({ name, returns }: Read): boolean {
  const isOne = name.endsWith('ByIndex') || name.endsWith('ByRank') || name.endsWith('ByKey')
  return isOne && (returns === 'value' || returns === 'key')
}

/** A cast at the end of a path: `$.f.asInt()`. */
export function castText(node: Extract<Node, { kind: 'operation' }>): string | undefined {
  const [source] = node.args
  if (source === undefined || (source.kind === 'read' && !needsType(source))) return undefined
  const path = pathText(source, source.type)
  if (path === undefined || path.endsWith(')')) return undefined
  return `${path}.${node.name === 'toInt' ? 'asInt' : 'asFloat'}()`
}

function binText({ name }: Bin): string {
  return `$.${isBareName(name) ? name : printString(name)}`
}

function typeText(type: AnyType, want: AnyType): string {
  return type === want ? '' : `.get(type: ${type.toUpperCase()})`
}

/** How many elements something has: the bin itself, or one element of it. */
function sizeText({ name, source, context }: Read): string | undefined {
  if (context.length > 0) return undefined
  const designator = name === 'lists.size' ? '.[]' : '.{}'
  if (source.kind === 'bin') return `${binText(source)}${designator}.count()`
  if (source.kind !== 'read' || source.returns !== 'value' || !needsType(source)) return undefined
  const path = selectionText(source)
  return path === undefined ? undefined : `${path}${name === 'lists.size' ? '' : designator}.count()`
}

function endText(node: Read, want: AnyType): string {
  const { returns, type } = node
  if (returns === 'value') return needsType(node) ? typeText(type, want) : ''
  if (returns === 'exists') return '.exists()'
  const returned = `return: ${(returns ?? 'value').replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
  if (needsType(node) && type !== want) return `.get(type: ${type.toUpperCase()}, ${returned})`
  return `.get(${returned})`
}

/** The bin, the way to a list or map in it, and what is selected there. */
function selectionText(node: Read): string | undefined {
  const { source, context } = node
  if (source.kind !== 'bin') return undefined
  const parts = [...context.map(partOfStep), partOfRead(node)]
  const first = context[0]?.by ?? node.name
  if (!first.startsWith(source.type) || parts.includes(undefined)) return undefined
  return [binText(source), ...parts].join('.')
}

function partOfStep({ by, at }: Step): Part {
  if (by === 'mapKey') return keyText(at)
  const inside = by.endsWith('Value')
    ? prefixed('=', valueText(at))
    : prefixed(by.endsWith('Rank') ? '#' : '', intText(at))
  return enclosed(by.startsWith('list') ? 'list' : 'map', inside)
}

function partOfRead({ name, args, inverted }: Read): Part {
  const items = args.map((each) => (each.kind === 'constant' ? each.item : undefined))
  if (items.includes(undefined)) return undefined
  const [kind, method] = name.split('.') as [string, string]
  if (method === 'getByKey') return keyText(items[0])
  const inside = INSIDES[method]?.(...(items as ConstantItem[]))
  // One value has no text for everything but it.
  if (inside === undefined || (inverted && method === 'getByValue')) return undefined
  return enclosed(kind === 'lists' ? 'list' : 'map', inverted ? `!${inside}` : inside)
}

function enclosed(kind: 'list' | 'map', inside: Part): Part {
  if (inside === undefined) return undefined
  return kind === 'list' ? `[${inside}]` : `{${inside}}`
}

function prefixed(prefix: string, text: Part): Part {
  return text === undefined ? undefined : prefix + text
}

/** What stands in the brackets of each read. */
const INSIDES: Readonly<Record<string, (...items: ConstantItem[]) => Part>> = {
  getByIndex: (index) => intText(index),
  getByRank: (rank) => prefixed('#', intText(rank)),
  getByValue: (value) => prefixed('=', valueText(value)),
  getByValueList: (values) => prefixed('=', listText(values, valueText, 2)),
  getByKeyList: (keys) => listText(keys, keyText, 1),
  getByIndexRange: (index, count) => rangeText(index, count),
  getByRankRange: (rank, count) => prefixed('#', rangeText(rank, count)),
  getByValueRange: (begin, end) => prefixed('=', boundsText(begin, end, ':', intText)),
  getByKeyRange: (begin, end) => boundsText(begin, end, '-', keyText),
  getByValueRelativeRankRange: (value, rank, count) => prefixed('#', relativeText(rank, count, valueText(value))),
  getByKeyRelativeIndexRange: (key, index, count) => relativeText(index, count, keyText(key)),
}

const MOST_INT = 0x7fff_ffffn

/** Integers in paths have 32 bits. */
function intText(item: ConstantItem | undefined): Part {
  if (item?.type !== 'int' || item.value > MOST_INT || item.value < -MOST_INT - 1n) return undefined
  return String(item.value)
}

function valueText(item: ConstantItem | undefined): Part {
  return item?.type === 'string' ? printString(item.value) : intText(item)
}

function keyText(item: ConstantItem | undefined): Part {
  if (item?.type !== 'string') return undefined
  return isBareName(item.value) ? item.value : printString(item.value)
}

function listText(list: ConstantItem | undefined, text: (item: ConstantItem) => Part, least: number): Part {
  if (list?.type !== 'list' || list.value.length < least) return undefined
  const texts = list.value.map(text)
  return texts.includes(undefined) ? undefined : texts.join(',')
}

/** From one position up to another, which is the first one and the count. */
function rangeText(start: ConstantItem | undefined, count: ConstantItem | undefined): Part {
  const from = intText(start)
  if (from === undefined || start?.type !== 'int') return undefined
  if (count === undefined) return `${from}:`
  const to = count.type === 'int' ? intText({ type: 'int', value: start.value + count.value }) : undefined
  return to === undefined ? undefined : `${from}:${to}`
}

function relativeText(start: ConstantItem | undefined, count: ConstantItem | undefined, value: Part): Part {
  const range = rangeText(start, count)
  return range === undefined || value === undefined ? undefined : `${range}~${value}`
}

function boundsText(
  begin: ConstantItem | undefined,
  end: ConstantItem | undefined,
  between: string,
  text: (item: ConstantItem | undefined) => Part,
): Part {
  const [from, to] = [text(begin), end === undefined ? '' : text(end)]
  return from === undefined || to === undefined ? undefined : from + between + to
}
