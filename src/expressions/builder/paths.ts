import { given } from '../../arguments/given.js'
import { type Checks, boolean, choice } from '../../arguments/options.js'
import { invalidArgument } from '../../errors.js'
import { checkType, operandNode } from '../build.js'
import { type Expression, expressionOf, isExpression, nodeOf } from '../expression.js'
import { freeVariable } from '../lets.js'
import { type Node, type PathGives, type PathStep, makeNode } from '../node.js'
import type { ExpressionType, Literal } from '../types.js'
import { optionsOf } from './options.js'

/** What a path that reads gives of the elements at its end. */
export type PathReturn = Exclude<PathGives, 'changed'>

/** Options of paths. */
export interface PathOptions {
  /** Passes over elements whose filter, or change, has no result. By default the path has none either then. */
  readonly lenient?: boolean | undefined
}

/** Options of a path that reads. */
export interface PathSelectOptions<G extends PathReturn> extends PathOptions {
  /**
   * What is returned of the elements at the end: a list of their `'values'`, of their `'keys'` in maps, or of both by turns
   * (`'entries'`), or the whole list or map without what was not chosen (`'tree'`). Default `'values'`.
   */
  readonly return?: G | undefined
}

type Container = 'list' | 'map'

const PATH: Checks<PathOptions> = { lenient: boolean }
const SELECT: Checks<PathSelectOptions<PathReturn>> = { ...PATH, return: choice('tree', 'values', 'keys', 'entries') }

/** What an element says of itself, in the filters and changes of a path. */
export const element = {
  /** Its key, of an element of a map. */
  key: <const T extends ExpressionType = 'string'>(type?: T): Expression<T> => elementOf('key', type ?? 'string'),
  /** Its value. Of another type it is unknown, and so is what is made of it. */
  value: <const T extends ExpressionType>(type: T): Expression<T> => elementOf('value', type),
  /** Its index, of an element of a list. */
  index: (): Expression<'int'> => elementOf('index', 'int'),
} as const

function elementOf<T extends ExpressionType>(part: 'key' | 'value' | 'index', type: unknown): Expression<T> {
  checkType(type, `element.${part}: type`)
  return expressionOf<T>(makeNode({ kind: 'element', type, part }))
}

/** Paths through nested lists and maps, of which every step may lead to any number of elements. Servers have them from 8.1.1 on. */
export const paths = {
  /** What the steps lead to. */
  select: <K extends Container, const G extends PathReturn = 'values'>(
    source: Expression<K>,
    steps: readonly PathStep[],
    options?: PathSelectOptions<G>,
  ): Expression<G extends 'tree' ? K : 'list'> => {
    const { return: gives = 'values', lenient } = optionsOf<PathSelectOptions<PathReturn>>(
      'paths.select',
      options,
      SELECT,
    )
    return expressionOf(pathNode('paths.select', source, steps, gives, undefined, lenient))
  },
  /** The whole list or map, with the elements that the steps lead to changed to what an expression makes of each. */
  modify: <K extends Container>(
    source: Expression<K>,
    steps: readonly PathStep[],
    change: Expression | Literal<ExpressionType>,
    options?: PathOptions,
  ): Expression<K> => {
    const { lenient } = optionsOf<PathOptions>('paths.modify', options, PATH)
    const outcome = operandNode(change, 'any', 'paths.modify: change')
    return expressionOf(pathNode('paths.modify', source, steps, 'changed', outcome, lenient))
  },
  /** The whole list or map without the elements that the steps lead to. */
  remove: <K extends Container>(
    source: Expression<K>,
    steps: readonly PathStep[],
    options?: PathOptions,
  ): Expression<K> => {
    const { lenient } = optionsOf<PathOptions>('paths.remove', options, PATH)
    return expressionOf(pathNode('paths.remove', source, steps, 'changed', nodeOf(removed()), lenient))
  },
} as const

/** What takes an element out where it is the outcome of a change. */
export function removed(): Expression<never> {
  return expressionOf<never>(makeNode({ kind: 'removed', type: 'any' }))
}

function pathNode(
  name: string,
  source: unknown,
  steps: readonly PathStep[],
  gives: PathGives,
  change: Node | undefined,
  lenient: boolean | undefined,
): Node {
  if (!isExpression(source) || !['list', 'map'].includes(nodeOf(source).type)) {
    throw invalidArgument(`${name}: source must be an expression of a list or a map, not ${given(source)}`)
  }
  if (!Array.isArray(steps) || steps.length === 0 || !steps.every((each) => 'by' in Object(each))) {
    throw invalidArgument(`${name}: steps must be an array of what ctx makes, not ${given(steps)}`)
  }
  const fault = faultOf(steps) ?? variableFault(steps, change)
  if (fault !== undefined) throw invalidArgument(`${name}: ${fault}`)
  return pathOf(nodeOf(source), steps, gives, change, lenient === true)
}

/** What the server would refuse of steps. */
export function faultOf(steps: readonly PathStep[]): string | undefined {
  const at = steps.findIndex(({ by }, index) => by === 'and' && !isNarrowed(steps[index - 1]))
  if (at >= 0) return 'and() narrows a step that leads to elements by their key, index, rank or value'
  return steps.length > 64 ? `a path has at most 64 steps, not ${steps.length}` : undefined
}

function variableFault(steps: readonly PathStep[], change: Node | undefined): string | undefined {
  const filters = steps.flatMap((each) => ('filter' in each ? [each.filter] : []))
  const free = [...filters, ...(change === undefined ? [] : [change])].map((each) => freeVariable(each))
  const name = free.find((each) => each !== undefined)
  return name && `the variable ${name} is not known inside of a path; define it there`
}

function isNarrowed(step: PathStep | undefined): boolean {
  return step !== undefined && !['all', 'filter', 'and'].includes(step.by)
}

/** A path whose parts fit together. */
export function pathOf(
  source: Node,
  steps: readonly PathStep[],
  gives: PathGives,
  change: Node | undefined,
  lenient: boolean,
): Node {
  const type = gives === 'tree' || gives === 'changed' ? (source.type as ExpressionType) : 'list'
  const parts = [source, ...(change === undefined ? [] : [change])]
  for (const step of steps) if ('filter' in step) parts.push(step.filter)
  return makeNode({ kind: 'path', type, source, steps: Object.freeze([...steps]), gives, change, lenient }, parts)
}
