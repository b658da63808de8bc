import { given } from '../arguments/given.js'
import { invalidArgument } from '../errors.js'
import type { Ast } from './ael/ast.js'
import { Compiler } from './ael/compile.js'
import type { Source } from './ael/compiling.js'
import { parseText } from './ael/parse.js'
import { type Expression, expressionOf } from './expression.js'
import { type AnyType, type ExpressionType, typeName } from './types.js'

/** How text is compiled. */
interface Options extends Wish {
  /** How the caller knows the text. */
  readonly name?: string
  /** What stands for `?0`, `?1`, … */
  readonly values?: readonly unknown[]
  readonly checked?: boolean
}

/** Of which type an expression is to be. */
interface Wish {
  /** What the whole text is taken for, and has to be. */
  readonly want?: AnyType
  /** What the whole text is taken for, where it says nothing else. */
  readonly hint?: AnyType
}

/** Compiles text. */
export function compileText(text: unknown, options: Options = {}): Expression {
  const { name = 'text', values = [], checked = true } = options
  return compileAst(parseText(text, name), { text: text as string, name, values, checked }, options)
}

/** Compiles text that was parsed. */
export function compileAst(
  ast: Ast,
  { text, name, values = [], checked = true }: Partial<Source> & Pick<Source, 'text' | 'name'>,
  { want, hint }: Wish,
): Expression {
  const compiler = new Compiler({ text, name, values, checked })
  const node = compiler.node(ast, want ?? hint, new Map())
  compiler.checkValues()
  if (want !== undefined && node.type !== want && node.type !== 'any' && checked) {
    throw compiler.error(ast.at, `expected ${typeName(want)} as a whole, not ${typeName(node.type)}`)
  }
  return expressionOf(node)
}

/**
 * An expression from AEL text, with values in the place of `?0`, `?1`, …
 *
 * Values never become part of the text: a string is compared as it is, whatever it contains. A value may also be an expression.
 * `ael` is also a tag of template literals, whose placeholders are the values. The type is that of a filter unless you name
 * another one. Throws an {@link AelError} if the text is not an expression or its types do not match.
 */
export function ael<T extends ExpressionType = 'bool'>(text: string, ...values: readonly unknown[]): Expression<T>
export function ael<T extends ExpressionType = 'bool'>(
  text: TemplateStringsArray,
  ...values: readonly unknown[]
): Expression<T>
export function ael(text: string | TemplateStringsArray, ...values: readonly unknown[]): Expression {
  if (typeof text === 'string') return compileText(text, { name: 'text', values })
  if (!Array.isArray(text)) throw invalidArgument(`text must be a string or a template, not ${given(text)}`)
  const whole = text.reduce((before, part, index) => `${before}?${index - 1} ${part}`)
  return compileText(whole, { name: 'the template', values })
}
