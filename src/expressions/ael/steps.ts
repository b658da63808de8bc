import { ownValue } from '../../arguments/options.js'
import { type PathReturn, faultOf, pathOf } from '../builder/paths.js'
import { type Node, type PathStep, type Step, makeNode } from '../node.js'
import { typeName } from '../types.js'
import type { Ast, CallAst, Named } from './ast.js'
import type { Compiling } from './compiling.js'
import type { Scope } from './guess.js'
import { typeWord } from './path.js'

/** Steps into one element. */
const STEPS: readonly Step['by'][] = ['listIndex', 'listRank', 'listValue', 'mapIndex', 'mapRank', 'mapKey', 'mapValue']
/** What stands inside of a path is an expression by itself. */
const NO_VARIABLES: Scope = new Map()

/** Steps that only paths have. */
const PATH_STEPS = ['all', 'filter', 'mapKeys', 'and']

const RETURNS: Readonly<Record<string, PathReturn>> = {
  TREE: 'tree',
  VALUES: 'values',
  KEYS: 'keys',
  ENTRIES: 'entries',
}

/** The steps of a context. */
export function stepsOf(compiler: Compiling, { at, value }: Named): Step[] {
  return listOf(compiler, at, value, 'context').map((each) => stepOf(compiler, each, STEPS))
}

function listOf(compiler: Compiling, at: number, value: Ast | string, name: string): readonly Ast[] {
  if (typeof value === 'string' || value.kind !== 'list')
    throw compiler.error(at, `expected a list of steps for ${name}`)
  return value.items
}

function stepOf(compiler: Compiling, ast: Ast, known: readonly string[]): Step {
  const by = ast.kind === 'call' ? STEPS.find((step) => step === ast.name) : undefined
  if (ast.kind !== 'call' || by === undefined || ast.args.length !== 1 || ast.named.length > 0) {
    throw compiler.error(ast.at, `expected a step such as mapKey('a') or listIndex(0)`, `there are ${known.join(', ')}`)
  }
  const node = compiler.node(ast.args[0] as Ast, undefined, new Map())
  if (node.kind !== 'constant') throw compiler.error(ast.at, 'expected a constant')
  const isPosition = by.endsWith('Index') || by.endsWith('Rank')
  if (isPosition && node.type !== 'int') throw compiler.error(ast.at, `expected a whole number for ${by}`)
  return { by, at: node.item }
}

/** A function of paths, or of the elements that they lead to, as a node. */
export function pathCallNode(compiler: Compiling, call: CallAst, scope: Scope): Node {
  if (call.name.startsWith('element.')) return elementNode(compiler, call)
  const isModify = call.name === 'paths.modify'
  const names = ['steps', 'lenient', ...(isModify ? ['change'] : call.name === 'paths.select' ? ['return'] : [])]
  const named = (name: string): Named | undefined => call.named.find((each) => each.name === name)
  const wrong = call.named.find((each) => !names.includes(each.name))
  if (wrong !== undefined)
    throw compiler.error(wrong.at, `${call.name} has no argument ${wrong.name}; it takes ${names.join(', ')}`)
  const [first, ...more] = call.args
  const [given, change] = [named('steps'), named('change')]
  if (first === undefined || more.length > 0 || given === undefined || isModify !== (change !== undefined)) {
    throw compiler.error(call.at, `expected ${call.name}($.bin, steps: […]${isModify ? ', change: …' : ''})`)
  }
  const source = compiler.node(first, undefined, scope)
  if (source.type !== 'list' && source.type !== 'map') {
    throw compiler.error(first.at, `expected a list or a map, not ${typeName(source.type)}`)
  }
  const steps = pathSteps(compiler, given)
  const lenient = isTrue(compiler, named('lenient'))
  if (call.name === 'paths.select')
    return pathOf(source, steps, returnOf(compiler, named('return')), undefined, lenient)
  const made =
    change === undefined
      ? makeNode({ kind: 'removed', type: 'any' })
      : compiler.node(valueOf(compiler, change), undefined, NO_VARIABLES)
  return pathOf(source, steps, 'changed', made, lenient)
}

function pathSteps(compiler: Compiling, { at, value }: Named): PathStep[] {
  const steps = listOf(compiler, at, value, 'steps').map((each) => pathStep(compiler, each))
  const fault = steps.length === 0 ? 'expected a step' : faultOf(steps)
  if (fault !== undefined) throw compiler.error(at, fault)
  return steps
}

function pathStep(compiler: Compiling, ast: Ast): PathStep {
  if (ast.kind !== 'call' || !PATH_STEPS.includes(ast.name)) return stepOf(compiler, ast, [...STEPS, ...PATH_STEPS])
  const { name, args, named } = ast
  const [only, ...more] = args
  if (named.length > 0 || more.length > 0 || (only === undefined) !== (name === 'all')) {
    throw compiler.error(ast.at, `expected all(), filter(condition), and(condition) or mapKeys([…])`)
  }
  if (only === undefined) return { by: 'all' }
  if (name !== 'mapKeys') {
    const filter = compiler.node(only, 'bool', NO_VARIABLES)
    if (filter.type === 'bool' || filter.type === 'any') return { by: name as 'filter' | 'and', filter }
    throw compiler.error(only.at, `expected a bool, not ${typeName(filter.type)}`)
  }
  const keys = compiler.node(only, 'list', NO_VARIABLES)
  if (keys.kind !== 'constant' || keys.type !== 'list') throw compiler.error(only.at, 'expected a list of keys')
  return { by: 'mapKeys', at: keys.item }
}

function returnOf(compiler: Compiling, named: Named | undefined): PathReturn {
  if (named === undefined) return 'values'
  const found = typeof named.value === 'string' ? ownValue(RETURNS, named.value) : undefined
  if (found !== undefined) return found
  throw compiler.error(named.at, `expected one of ${Object.keys(RETURNS).join(', ')} for return`)
}

function valueOf(compiler: Compiling, { at, name, value }: Named): Ast {
  if (typeof value !== 'string') return value
  throw compiler.error(at, `expected an expression for ${name}`)
}

function isTrue(compiler: Compiling, named: Named | undefined): boolean {
  if (named === undefined) return false
  const { at, name, value } = named
  if (typeof value !== 'string' && value.kind === 'bool') return value.value
  throw compiler.error(at, `expected true or false for ${name}`)
}

function elementNode(compiler: Compiling, { at, name, args, named }: CallAst): Node {
  const part = name.slice('element.'.length) as 'key' | 'value' | 'index'
  const [type, ...more] = named
  const isIndex = part === 'index'
  if (
    args.length > 0 ||
    more.length > 0 ||
    (type === undefined) !== isIndex ||
    (type !== undefined && type.name !== 'type')
  ) {
    throw compiler.error(
      at,
      isIndex ? 'element.index takes no arguments' : `expected ${name}(type: INT) or another type`,
    )
  }
  if (type === undefined) return makeNode({ kind: 'element', type: 'int', part })
  const word = typeof type.value === 'string' ? type.value : ''
  return makeNode({ kind: 'element', type: typeWord(compiler, type.at, word), part })
}
