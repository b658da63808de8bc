import { ownValue } from '../../arguments/options.js'
import { type ReadShape, readNode } from '../build.js'
import { regexNode } from '../builder/operators.js'
import { type Node, REGEX_FLAGS, constantNode, makeNode } from '../node.js'
import { type Argument, ONLY_MAPS, type ReadName, readRule } from '../reads.js'
import { type AnyType, typeName } from '../types.js'
import type { Ast, CallAst, Named } from './ast.js'
import type { Compiling } from './compiling.js'
import { FUNCTIONS } from './functions.js'
import type { Scope } from './guess.js'
import { closest } from './hints.js'
import { returnWord, typeWord } from './path.js'
import { pathCallNode, stepsOf } from './steps.js'

/** A function of text as a node. */
export function callNode(compiler: Compiling, call: CallAst, want: AnyType | undefined, scope: Scope): Node {
  const rule = FUNCTIONS.get(call.name)
  if (rule === undefined) throw unknownFunction(compiler, call)
  if (rule.kind === 'path') return pathCallNode(compiler, call, scope)
  if (rule.kind === 'special') return specialNode(compiler, call, scope)
  if (rule.kind === 'read') return readOf(compiler, call, rule.read, want, scope)
  allow(compiler, call, [])
  if (rule.wants === 'inList') {
    const [value, list] = [call.args.slice(0, 1), call.args.slice(1)]
    const args = [...compiler.nodes(value, undefined, scope), ...compiler.nodes(list, 'list', scope)]
    return compiler.operation(call, rule.operation, call.args, args)
  }
  const { wants } = rule
  const same = wants === 'same' ? compiler.joint(call.args, want, scope) : undefined
  const args = call.args.map((each, index) =>
    compiler.node(each, same ?? (typeof wants === 'string' ? (wants as AnyType) : wants[index]), scope),
  )
  return compiler.operation(call, rule.operation, call.args, args)
}

/** Functions of other languages, and how they are written here. */
const FOREIGN: Readonly<Record<string, string>> = {
  pow: 'a power is written a ** b',
  mod: 'a remainder is written a % b',
  bitCount: 'did you mean countOneBits()?',
  if: 'a choice is written when(condition => value, default => other)',
  sqrt: 'a square root is written a ** 0.5',
  like: 'regex(text, pattern) matches regular expressions',
}

function unknownFunction(compiler: Compiling, { at, name }: CallAst): Error {
  const close = closest(name, [...FUNCTIONS.keys()])
  const hint = ownValue(FOREIGN, name) ?? (close === undefined ? undefined : `did you mean ${close}()?`)
  return compiler.error(at, `there is no function ${name}()`, hint)
}

/** Refuses arguments whose names a function does not have. */
function allow(compiler: Compiling, { name, named }: CallAst, names: readonly string[]): void {
  const wrong = named.find((each) => !names.includes(each.name))
  if (wrong === undefined) return
  const takes = names.length === 0 ? 'none with a name' : names.join(', ')
  throw compiler.error(wrong.at, `${name} has no argument ${wrong.name}; it takes ${takes}`)
}

function specialNode(compiler: Compiling, call: CallAst, scope: Scope): Node {
  const { name } = call
  switch (name) {
    case 'regex':
      return regexOf(compiler, call, scope)
    case 'key':
      return keyOf(compiler, call)
    case 'geo':
      return constantNode({ type: 'geo', value: onlyString(compiler, call) })
    case 'blob':
      return constantNode({ type: 'blob', value: compiler.base64(onlyString(compiler, call), call.at) })
    case 'float':
      return floatOf(compiler, call)
    default:
  }
  allow(compiler, call, [])
  if (call.args.length > 0) throw compiler.error(call.at, `${name} takes no arguments`)
  if (name === 'nil') return constantNode({ type: 'nil' })
  if (name === 'unknown' || name === 'removed') return makeNode({ kind: name, type: 'any' })
  if (name === 'infinity' || name === 'wildcard') return makeNode({ kind: 'bound', type: 'any', bound: name })
  return makeNode({ kind: 'record', type: 'int', field: name as 'deviceSize' | 'memorySize' })
}

function onlyString(compiler: Compiling, call: CallAst): string {
  allow(compiler, call, [])
  const [only, ...more] = call.args
  if (only?.kind !== 'string' || more.length > 0) throw compiler.error(call.at, `${call.name} takes one text in quotes`)
  return compiler.text(only.value, only.at)
}

/** Floats that have no digits. */
function floatOf(compiler: Compiling, call: CallAst): Node {
  const text = onlyString(compiler, call)
  if (text !== 'Infinity' && text !== '-Infinity')
    throw compiler.error(call.at, "expected float('Infinity') or float('-Infinity')")
  return constantNode({ type: 'float', value: Number(text) })
}

function keyOf(compiler: Compiling, call: CallAst): Node {
  allow(compiler, call, ['type'])
  const [type] = call.named
  if (type === undefined || call.args.length > 0)
    throw compiler.error(call.at, 'expected key(type: INT), STRING or BLOB')
  return makeNode({ kind: 'key', type: typeWord(compiler, type.at, wordOf(compiler, type)) })
}

function regexOf(compiler: Compiling, call: CallAst, scope: Scope): Node {
  allow(compiler, call, Object.keys(REGEX_FLAGS))
  const [subject, pattern, ...more] = call.args
  if (subject === undefined || pattern?.kind !== 'string' || more.length > 0) {
    throw compiler.error(call.at, 'expected regex(text, pattern), of which the pattern stands in quotes')
  }
  const text = compiler.node(subject, 'string', scope)
  if (text.type !== 'string' && text.type !== 'any' && compiler.source.checked) {
    throw compiler.error(subject.at, `expected a string, not ${typeName(text.type)}`)
  }
  const flags = call.named
    .filter((each) => isTrue(compiler, each))
    .map(({ name }) => REGEX_FLAGS[name as keyof typeof REGEX_FLAGS])
  try {
    return regexNode(
      text,
      pattern.value,
      flags.reduce((sum, flag) => sum | flag, 0),
    )
  } catch (error) {
    throw compiler.error(pattern.at, (error as Error).message)
  }
}

function wordOf(compiler: Compiling, { at, name, value }: Named): string {
  if (typeof value === 'string') return value
  throw compiler.error(at, `expected a word in capitals for ${name}`)
}

function isTrue(compiler: Compiling, { at, name, value }: Named): boolean {
  if (typeof value !== 'string' && value.kind === 'bool') return value.value
  throw compiler.error(at, `expected true or false for ${name}`)
}

function readOf(compiler: Compiling, call: CallAst, name: ReadName, want: AnyType | undefined, scope: Scope): Node {
  const { source: wanted, gives, removes } = readRule(name)
  const selects = gives === 'one' || gives === 'many'
  const context = wanted === 'list' || wanted === 'map' ? ['context'] : []
  const many = gives === 'many' ? ['return', 'inverted'] : removes === true ? ['inverted'] : []
  allow(compiler, call, [...context, ...(gives === 'one' ? ['type', 'return'] : many)])
  const [first, ...rest] = call.args
  if (first === undefined) throw compiler.error(call.at, `${name} takes a ${wanted} first`)
  const source = compiler.node(first, wanted, scope)
  const shape = shapeOf(compiler, call, want)
  const isNested = (shape.context?.length ?? 0) > 0 && ['list', 'map'].includes(source.type)
  if (source.type !== wanted && source.type !== 'any' && !isNested) {
    throw compiler.error(first.at, `expected ${typeName(wanted)}, not ${typeName(source.type)}`)
  }
  if (selects && wanted === 'list' && ONLY_MAPS.includes(shape.returns ?? 'value')) {
    throw compiler.error(call.at, 'a list has no keys to return')
  }
  return readNode(name, source, argumentsOf(compiler, call, name, rest, scope), shape)
}

function argumentsOf(compiler: Compiling, call: CallAst, name: ReadName, asts: readonly Ast[], scope: Scope): Node[] {
  const { args } = readRule(name)
  const least = args.filter((each) => !each.endsWith('?')).length
  if (asts.length < least || asts.length > args.length) {
    const takes = least === args.length ? String(least) : `${least} or ${args.length}`
    throw compiler.error(call.at, `${name} takes ${takes} arguments behind the first one, not ${asts.length}`)
  }
  return asts.map((each, index) => {
    const wanted = WANTS[args[index] as Argument]
    const node = compiler.node(each, wanted, scope)
    if (wanted === undefined || node.type === wanted || node.type === 'any') return node
    throw compiler.error(each.at, `expected ${typeName(wanted)}, not ${typeName(node.type)}`)
  })
}

const WANTS: Readonly<Record<Argument, 'int' | 'bool' | 'list' | 'map' | 'blob' | undefined>> = {
  int: 'int',
  'int?': 'int',
  flag: 'int',
  bool: 'bool',
  list: 'list',
  map: 'map',
  blob: 'blob',
  value: undefined,
  'value?': undefined,
}

function shapeOf(compiler: Compiling, { named }: CallAst, want: AnyType | undefined): ReadShape {
  const find = (name: string): Named | undefined => named.find((each) => each.name === name)
  const [type, returns, inverted, context] = [find('type'), find('return'), find('inverted'), find('context')]
  const wanted = want === undefined || want === 'any' ? 'int' : want
  return {
    as: type === undefined ? wanted : typeWord(compiler, type.at, wordOf(compiler, type)),
    returns: returns && returnWord(compiler, returns.at, wordOf(compiler, returns)),
    inverted: inverted !== undefined && isTrue(compiler, inverted),
    context: context === undefined ? [] : stepsOf(compiler, context),
  }
}
