import type { Expression } from '../expression.js'
import type { ExpressionType, Item, Literal } from '../types.js'

/** An expression of a type, or a literal that stands for a constant of it. */
export type Operand<T extends ExpressionType> = Expression<T> | Literal<T>

/** An operand of any type. */
export type AnyOperand = Expression | Item

/** Two operands of one type, at least one of them an expression: its type is the literal's. */
export interface Comparison {
  <T extends ExpressionType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<'bool'>
  <T extends ExpressionType>(left: Literal<NoInfer<T>>, right: Expression<T>): Expression<'bool'>
}

/** Operands of one type, ints or floats; the result is of the same. */
export interface Arithmetic<T extends ExpressionType = 'int' | 'float'> {
  <O extends T>(
    first: Expression<O>,
    second: Operand<NoInfer<O>>,
    ...more: readonly Operand<NoInfer<O>>[]
  ): Expression<O>
  <O extends T>(
    first: Literal<NoInfer<O>>,
    second: Expression<O>,
    ...more: readonly Operand<NoInfer<O>>[]
  ): Expression<O>
}
