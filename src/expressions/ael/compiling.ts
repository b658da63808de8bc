import type { Node } from '../node.js'
import type { OperationName } from '../operations.js'
import type { AnyType, ExpressionType } from '../types.js'
import type { Ast } from './ast.js'
import type { AelError } from './error.js'
import type { Scope } from './guess.js'

/** What compiling needs to know of the text. */
export interface Source {
  readonly text: string
  /** How the caller knows the text. */
  readonly name: string
  /** What stands for `?0`, `?1`, … */
  readonly values: readonly unknown[]
  /** Without checks of types the bytes are those of the official parser, which the server may refuse. */
  readonly checked: boolean
}

/** What paths and functions need of the compiler that they are parts of. */
export interface Compiling {
  readonly source: Source
  /** An error at a position of the text. */
  error(at: number, problem: string, hint?: string): AelError
  /** The node of an operand that its place takes for `want`, if it does. */
  node(ast: Ast, want: AnyType | undefined, scope: Scope): Node
  /** The nodes of operands that are all taken for one type. */
  nodes(asts: readonly Ast[], want: AnyType | undefined, scope: Scope): Node[]
  /** An operation, or an error at the operand that does not fit. */
  operation(ast: Ast, name: OperationName, asts: readonly Ast[], args: readonly Node[]): Node
  /** The type that operands of one type have together. */
  joint(asts: readonly Ast[], want: AnyType | undefined, scope: Scope): ExpressionType
  /** Text that UTF-8 can hold. */
  text(value: string, at: number): string
  /** Bytes that are written as base64. */
  base64(value: string, at: number): Uint8Array
}
