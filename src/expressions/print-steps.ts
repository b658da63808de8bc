import type { Node, PathStep } from './node.js'
import { printItem, stepText } from './print-text.js'
import type { AnyType } from './types.js'

/** Prints an operand, as which type its place takes it. */
type PrintOperand = (node: Node, want: AnyType | undefined) => string

/** A path as a function of text. */
export function pathCallText(node: Extract<Node, { kind: 'path' }>, printOperand: PrintOperand): string {
  const { source, steps, gives, change, lenient } = node
  const isRemoval = change?.kind === 'removed'
  const name = gives !== 'changed' ? 'select' : isRemoval ? 'remove' : 'modify'
  const args = [
    printOperand(source, 'nil'),
    `steps: [${steps.map((each) => pathStepText(each, printOperand)).join(', ')}]`,
  ]
  if (change !== undefined && !isRemoval) args.push(`change: ${printOperand(change, 'nil')}`)
  if (name === 'select' && gives !== 'values') args.push(`return: ${gives.toUpperCase()}`)
  if (lenient) args.push('lenient: true')
  return `paths.${name}(${args.join(', ')})`
}

function pathStepText(step: PathStep, printOperand: PrintOperand): string {
  if (step.by === 'all') return 'all()'
  if ('filter' in step) return `${step.by}(${printOperand(step.filter, 'bool')})`
  return step.by === 'mapKeys' ? `mapKeys(${printItem(step.at)})` : stepText(step)
}

/** What an element says of itself, as a function of text. */
export function elementText({ part, type }: Extract<Node, { kind: 'element' }>): string {
  return part === 'index' ? 'element.index()' : `element.${part}(type: ${type.toUpperCase()})`
}
