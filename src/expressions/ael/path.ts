import { ownValue } from '../../arguments/options.js'
import { checkBinName } from '../../arguments/bin-name.js'
import { type ReadShape, operationNode, readNode } from '../build.js'
import { existsNode } from '../builder/values.js'
import { type ConstantItem, type Node, type Step, constantNode, makeNode } from '../node.js'
import { ONLY_MAPS, type ReadName } from '../reads.js'
import { type AnyType, type ExpressionType, type Returns, TYPE_CODES } from '../types.js'
import { type Ending, type PartAst, type PartValue, type PathAst, RETURN_WORDS } from './ast.js'
import type { Compiling } from './compiling.js'
import { fallbackOf, isOne, lastPart } from './guess.js'
import { closest } from './hints.js'

const ENDINGS = ['get', 'count', 'exists', 'type', 'asInt', 'asFloat']
/** Names that the language has, for operations that change something. */
const WRITES = new Set(['remove', 'insert', 'set', 'append', 'increment', 'clear', 'sort'])

/** What a path ends with, checked. */
interface End {
  readonly name: string | undefined
  readonly type: ExpressionType | undefined
  readonly returns: Returns | undefined
}

/** A bin or a place in it as a node; `want` is what its place takes it for. */
export function pathNode(compiler: Compiling, path: PathAst, want: AnyType | undefined): Node {
  checkName(compiler, path)
  const end = endOf(compiler, path.ending)
  const selecting = lastPart(path.parts)
  if (selecting === undefined) return binNode(compiler, path, end, want)
  if (end.name === 'type') throw compiler.error(path.ending?.at ?? path.at, 'only a bin has .type()')
  if (end.name === 'asInt') return cast(read(compiler, path, { ...end, type: 'float' }, want), 'toInt')
  if (end.name === 'asFloat') return cast(read(compiler, path, { ...end, type: 'int' }, want), 'toFloat')
  if (end.name === 'count') return countNode(compiler, path, selecting)
  return read(compiler, path, end.name === 'exists' ? { ...end, returns: 'exists' } : end, want)
}

function checkName(compiler: Compiling, { at, bin }: PathAst): void {
  try {
    checkBinName(bin, '$')
  } catch (error) {
    throw compiler.error(at, (error as Error).message.slice('$: '.length))
  }
}

function endOf(compiler: Compiling, ending: Ending | undefined): End {
  if (ending === undefined) return { name: undefined, type: undefined, returns: undefined }
  const { at, name, named } = ending
  if (WRITES.has(name)) throw compiler.error(at, `${name}() changes something, which no expression does`)
  if (!ENDINGS.includes(name)) {
    const close = closest(name, ENDINGS)
    throw compiler.error(
      at,
      `there is no function ${name}()`,
      close === undefined ? `there are ${ENDINGS.join(', ')}` : `did you mean ${close}()?`,
    )
  }
  if (name === 'get' && named.length === 0) throw compiler.error(at, 'expected get(type: …) or get(return: …)')
  if (name !== 'get' && named.length > 0) throw compiler.error(at, `${name}() takes no arguments`)
  return { name, ...endOfGet(compiler, named) }
}

function endOfGet(compiler: Compiling, named: Ending['named']): Pick<End, 'type' | 'returns'> {
  let [type, returns]: [ExpressionType | undefined, Returns | undefined] = [undefined, undefined]
  for (const each of named) {
    const word = typeof each.value === 'string' ? each.value : ''
    if (each.name === 'type') type = typeWord(compiler, each.at, word)
    else if (each.name === 'return') returns = returnWord(compiler, each.at, word)
    else throw compiler.error(each.at, `get takes type and return, not ${each.name}`)
  }
  return { type, returns }
}

/** A type as text has it: INT, STRING, … */
export function typeWord(compiler: Compiling, at: number, word: string): ExpressionType {
  const names = Object.keys(TYPE_CODES).map((each) => each.toUpperCase())
  if (names.includes(word)) return word.toLowerCase() as ExpressionType
  const close = closest(word, names)
  throw compiler.error(
    at,
    `there is no type ${word}`,
    close === undefined ? `there are ${names.join(', ')}` : `did you mean ${close}?`,
  )
}

/** What comes back, as text has it: VALUE, COUNT, … */
export function returnWord(compiler: Compiling, at: number, word: string): Returns {
  const returns = ownValue(RETURN_WORDS, word)
  if (returns !== undefined) return returns
  const names = Object.keys(RETURN_WORDS)
  const close = closest(word, names)
  throw compiler.error(
    at,
    `nothing returns ${word}`,
    close === undefined ? `there are ${names.join(', ')}` : `did you mean ${close}?`,
  )
}

function binNode(compiler: Compiling, path: PathAst, end: End, want: AnyType | undefined): Node {
  const { bin: name, parts, at } = path
  const [designator] = parts
  const bin = (type: ExpressionType): Node => makeNode({ kind: 'bin', type, name })
  const designated = designator?.in
  switch (end.name) {
    case 'exists':
      return existsNode(name)
    case 'type':
      return makeNode({ kind: 'binType', type: 'int', name })
    case 'asInt':
      return operationNode('toInt', [bin('float')])
    case 'asFloat':
      return operationNode('toFloat', [bin('int')])
    case 'count':
      return designated === 'map' ? readNode('maps.size', bin('map'), []) : readNode('lists.size', bin('list'), [])
    default:
  }
  if (designated !== undefined) {
    if (end.type !== undefined && end.type !== designated && compiler.source.checked) {
      throw compiler.error(
        path.ending?.at ?? at,
        `${designated === 'list' ? '[]' : '{}'} says that the bin is a ${designated}`,
      )
    }
    return bin(designated)
  }
  if (end.returns !== undefined) throw compiler.error(path.ending?.at ?? at, 'a bin as a whole has no return')
  return bin(end.type ?? (want === undefined || want === 'any' ? 'int' : want))
}

function cast(node: Node, name: 'toInt' | 'toFloat'): Node {
  return makeNode({ kind: 'operation', type: name === 'toInt' ? 'int' : 'float', name, args: [node] }, [node])
}

/** How many elements a range has, or how many are in the one element that is selected. */
function countNode(compiler: Compiling, path: PathAst, selecting: PartAst): Node {
  const end = { name: 'count', type: undefined, returns: undefined }
  if (!isOne(selecting)) return read(compiler, path, { ...end, returns: 'count' }, undefined)
  const isMap = path.parts.at(-1)?.by === 'designator' && path.parts.at(-1)?.in === 'map'
  const inner = read(compiler, path, { ...end, type: isMap ? 'map' : 'list' }, undefined)
  return readNode(isMap ? 'maps.size' : 'lists.size', inner, [])
}

/** The read of what a path selects, in the context of the parts before it. */
function read(compiler: Compiling, path: PathAst, end: End, want: AnyType | undefined): Node {
  const parts = path.parts.filter(({ by }, index) => by !== 'designator' || index < path.parts.length - 1)
  const last = parts.at(-1) as PartAst
  const designated = path.parts.at(-1)?.by === 'designator' ? path.parts.at(-1)?.in : undefined
  const context = parts.slice(0, -1).map((each) => stepOf(compiler, each))
  const source = makeNode({ kind: 'bin', type: (parts[0] as PartAst).in, name: path.bin })
  const { returns = 'value' } = end
  if (last.in === 'list' && ONLY_MAPS.includes(returns)) {
    throw compiler.error(path.ending?.at ?? path.at, 'a list has no keys to return')
  }
  checkTypeOfRange(compiler, path, last, end)
  const wanted = want === undefined || want === 'any' ? fallbackOf(path) : want
  const as = end.type ?? designated ?? wanted
  const shape: ReadShape = { returns, as, context, inverted: last.inverted === true }
  const [name, args] = selectionOf(compiler, last)
  return readNode(name, source, args.map(constantNode), shape)
}

/** A range gives a list, and text that says otherwise is mistaken. */
function checkTypeOfRange(compiler: Compiling, path: PathAst, last: PartAst, { name, type, returns }: End): void {
  if (name !== 'get' || type === undefined || isOne(last) || !compiler.source.checked) return
  const gives = returns === undefined || returns === 'value' || returns === 'key' ? 'list' : undefined
  if (gives !== undefined && type !== gives) {
    throw compiler.error(
      path.ending?.at ?? path.at,
      `a range gives a list, not ${type.toUpperCase()}`,
      'one element is $.bin.[0] or $.bin.{#0}',
    )
  }
}

const STEPS = {
  list: { index: 'listIndex', rank: 'listRank', value: 'listValue' },
  map: { index: 'mapIndex', rank: 'mapRank', value: 'mapValue', key: 'mapKey' },
} as const

function stepOf(compiler: Compiling, part: PartAst): Step {
  const steps: Readonly<Record<string, Step['by']>> = STEPS[part.in]
  const by = steps[part.by]
  if (by === undefined || !('value' in part) || part.inverted === true) {
    throw compiler.error(part.at, 'expected one element here, as only the end of a path can be a range')
  }
  return {
    by,
    at: part.by === 'index' || part.by === 'rank' ? position(compiler, part.value) : constant(compiler, part.value),
  }
}

const READS_OF = {
  index: 'getByIndex',
  rank: 'getByRank',
  value: 'getByValue',
  key: 'getByKey',
  indexes: 'getByIndexRange',
  ranks: 'getByRankRange',
  values: 'getByValueList',
  keys: 'getByKeyList',
  valueRange: 'getByValueRange',
  keyRange: 'getByKeyRange',
  relativeIndexes: 'getByKeyRelativeIndexRange',
  relativeRanks: 'getByValueRelativeRankRange',
} as const

/** The read of a part, and its arguments. */
function selectionOf(compiler: Compiling, part: PartAst): [ReadName, ConstantItem[]] {
  if (part.by === 'designator') throw compiler.error(part.at, 'expected something that selects an element')
  if (part.inverted === true && ['index', 'rank', 'value'].includes(part.by)) {
    throw compiler.error(part.at, 'only a range or a list of values can be everything but itself')
  }
  const name = `${part.in}s.${READS_OF[part.by]}` as ReadName
  return [name, argumentsOf(compiler, part)]
}

function argumentsOf(compiler: Compiling, part: Exclude<PartAst, { by: 'designator' }>): ConstantItem[] {
  switch (part.by) {
    case 'index':
    case 'rank':
      return [position(compiler, part.value)]
    case 'key':
    case 'value':
      return [constant(compiler, part.value)]
    case 'keys':
    case 'values':
      return [{ type: 'list', value: part.values.map((each) => constant(compiler, each)) }]
    case 'indexes':
    case 'ranks':
      return range(compiler, part)
    case 'keyRange':
      return [part.begin, ...(part.end === undefined ? [] : [part.end])].map((each) => constant(compiler, each))
    case 'valueRange':
      return [part.begin, ...(part.end === undefined ? [] : [part.end])].map((each) => position(compiler, each))
    default:
      return [constant(compiler, part.to), ...range(compiler, part)]
  }
}

/** A beginning, and how many there are from there to the end. */
function range(compiler: Compiling, { start, end }: { start: PartValue; end?: PartValue | undefined }): ConstantItem[] {
  const from = position(compiler, start)
  if (end === undefined) return [from]
  const to = position(compiler, end)
  return [from, { type: 'int', value: (to as { value: bigint }).value - (from as { value: bigint }).value }]
}

/** Positions have 32 bits. */
function position(compiler: Compiling, { at, value }: PartValue): ConstantItem {
  if (typeof value === 'string') throw compiler.error(at, 'expected a whole number')
  if (value > 0x7fff_ffffn || value < -0x8000_0000n) throw compiler.error(at, 'expected a whole number of 32 bits')
  return { type: 'int', value }
}

function constant(compiler: Compiling, part: PartValue): ConstantItem {
  return typeof part.value === 'string'
    ? { type: 'string', value: compiler.text(part.value, part.at) }
    : position(compiler, part)
}
