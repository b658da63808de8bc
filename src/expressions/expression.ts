import { inspect } from 'node:util'
import { encode } from './encode.js'
import type { Node } from './node.js'
import { print } from './print.js'
import type { AnyType, ExpressionType } from './types.js'
import { notCloneable } from '../tags.js'

/** Where the class and the rest of the folder reach what an expression is made of. */
const nodes = new WeakMap<object, Node>()

/** What is declared of an expression so that one of ints is no expression of text; nothing is behind it. */
declare const result: unique symbol

/**
 * An expression that the server evaluates for each record. Made by {@link exp}, or from text by {@link ael}.
 *
 * It is immutable. `T` is the type of its value: an expression of type `'bool'` can be a filter.
 */
export class Expression<out T extends ExpressionType = ExpressionType> {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('an expression; clone its text or its toBytes()')
  /** Only for the compiler. */
  declare readonly [result]: T

  /** @internal */
  constructor(node: Node) {
    nodes.set(this, node)
  }

  /** The type of its value; `'any'` if the type is open, as with `unknown()`. */
  get type(): AnyType {
    return nodeOf(this).type
  }

  /** The bytes that are sent: MessagePack, as every Aerospike client packs a filter. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return encode(nodeOf(this))
  }

  /** The expression as AEL text, which `exp.parse` reads back. */
  toString(): string {
    return print(nodeOf(this))
  }

  /** The text, so that a log of it says something. */
  toJSON(): string {
    return this.toString()
  }

  /** @internal */
  [inspect.custom](): string {
    return `exp\`${this.toString()}\``
  }
}

/** What an expression is made of. */
export function nodeOf(expression: object): Node {
  const node = nodes.get(expression)
  if (node === undefined) throw new TypeError('not an expression')
  return node
}

/** Whether a value is an expression. */
export function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && nodes.has(value)
}

/** The expression of a node. Its type is what the caller knows it to be. */
export function expressionOf<T extends ExpressionType>(node: Node): Expression<T> {
  return new Expression<T>(node)
}
