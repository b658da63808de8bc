import { ownValue } from '../../arguments/options.js'
import { hasLoneSurrogate } from '../../arguments/given.js'
import { isExpression, nodeOf } from '../expression.js'
import { constantOf, constantOfType, mapItem } from '../constant.js'
import { type ConstantItem, type Node, type RecordField, constantNode, makeNode } from '../node.js'
import { OPERATIONS, type OperationName, type OperationRule, isFault, resultOf } from '../operations.js'
import { readNode } from '../build.js'
import { letOf } from '../builder/operators.js'
import { type AnyType, type ExpressionType, typeName } from '../types.js'
import type { Ast } from './ast.js'
import { callNode } from './call.js'
import type { Compiling, Source } from './compiling.js'
import { AelError } from './error.js'
import { COMPARISONS, Guesses, RECORD_TYPES, type Scope, fallbackOf, isOne } from './guess.js'
import { closest } from './hints.js'
import { pathNode } from './path.js'

const MOST_INT = 2n ** 63n - 1n

/** Makes an expression of parsed text, from the types that its parts say or that their places want. */
export class Compiler implements Compiling {
  readonly #guesses: Guesses
  /** The values that the text has a place for. */
  readonly #used = new Set<number>()

  constructor(readonly source: Source) {
    this.#guesses = new Guesses(source.values)
  }

  /** Refuses values that the text has no place for: one in quotes is text. */
  checkValues(): void {
    const unused = this.source.values.findIndex((_, index) => !this.#used.has(index))
    if (unused < 0) return
    throw this.error(
      0,
      `the text has no place for value ${unused}`,
      `?${unused} is its place, without quotes around it`,
    )
  }

  /** An error at a position of the text. */
  error(at: number, problem: string, hint?: string): AelError {
    return new AelError({ text: this.source.text, at, problem, hint }, this.source.name)
  }

  /** The node of an operand that its place takes for `want`, if it does. */
  node(ast: Ast, want: AnyType | undefined, scope: Scope): Node {
    switch (ast.kind) {
      case 'int':
        return this.#int(ast, ast.value, want)
      case 'float':
      case 'bool':
        return constantNode({ type: ast.kind, value: ast.value } as ConstantItem)
      case 'string':
        return constantNode(this.#string(ast, want))
      case 'list':
      case 'map':
        return constantNode(this.#item(ast))
      case 'variable':
        return this.#variable(ast, scope)
      case 'placeholder':
        return this.#placeholder(ast, want)
      case 'path':
        return pathNode(this, ast, want)
      case 'record':
        return this.#record(ast)
      case 'logic':
        return this.operation(ast, ast.name, ast.args, this.nodes(ast.args, 'bool', scope))
      case 'unary':
        return this.#unary(ast, want, scope)
      case 'binary':
        return this.#binary(ast, want, scope)
      case 'let':
        return this.#let(ast, want, scope)
      case 'when':
        return this.#when(ast, want, scope)
      default:
        return callNode(this, ast, want, scope)
    }
  }

  /** The nodes of operands that are all taken for one type. */
  nodes(asts: readonly Ast[], want: AnyType | undefined, scope: Scope): Node[] {
    return asts.map((each) => this.node(each, want, scope))
  }

  /** An operation, or an error at the operand that does not fit. */
  operation(ast: Ast, name: OperationName, asts: readonly Ast[], args: readonly Node[]): Node {
    const type = resultOf(
      name,
      args.map((each) => each.type),
    )
    if (!isFault(type)) return makeNode({ kind: 'operation', type, name, args }, args)
    if (!this.source.checked) {
      const { gives } = OPERATIONS[name] as OperationRule
      return makeNode(
        { kind: 'operation', type: gives === 'same' ? (args[0]?.type ?? 'any') : gives, name, args },
        args,
      )
    }
    if (type.index < 0) throw this.error(ast.at, `${name} takes ${type.fits} operands, not ${args.length}`)
    const wrong = args[type.index] as Node
    const at = (asts[type.index] as Ast).at
    throw this.error(at, `expected ${type.fits}, not ${typeName(wrong.type)}`, hintOfType(asts, args))
  }

  /** The type that operands of one type have together: what they say, what the place wants, or what they are by default. */
  joint(asts: readonly Ast[], want: AnyType | undefined, scope: Scope): ExpressionType {
    const said = this.#guesses.join(asts, scope)
    if (said !== undefined) return said.type
    if (want !== undefined && want !== 'any') return want
    const [first = 'int', ...others] = asts.map(fallbackOf)
    return others.includes(first) || others.length === 0 ? first : 'int'
  }

  #int(ast: Ast, value: bigint, want: AnyType | undefined): Node {
    if (want === 'float') return constantNode({ type: 'float', value: Number(value) })
    if (value > MOST_INT || value < -MOST_INT - 1n) throw this.error(ast.at, 'expected an integer of 64 bits')
    return constantNode({ type: 'int', value })
  }

  #string({ at, value }: Extract<Ast, { kind: 'string' }>, want: AnyType | undefined): ConstantItem {
    if (want !== 'blob') return { type: 'string', value: this.text(value, at) }
    return { type: 'blob', value: this.base64(value, at) }
  }

  /** Text that UTF-8 can hold. */
  text(value: string, at: number): string {
    if (!hasLoneSurrogate(value)) return value
    throw this.error(at, 'expected text without lone surrogates, which UTF-8 cannot hold')
  }

  /** Bytes that are written as base64. */
  base64(value: string, at: number): Uint8Array {
    const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0
    if (!isBase64) throw this.error(at, 'expected base64, as a blob is compared with')
    return Uint8Array.from(Buffer.from(value, 'base64'))
  }

  /** A constant list or map, or what is in one. */
  #item(ast: Ast): ConstantItem {
    switch (ast.kind) {
      case 'list':
        return { type: 'list', value: ast.items.map((each) => this.#item(each)) }
      case 'map':
        return this.#map(ast)
      default: {
        const node = this.node(ast, undefined, new Map())
        if (node.kind === 'constant') return node.item
        throw this.error(ast.at, 'expected a constant: nothing in a list or map is computed')
      }
    }
  }

  #map({ at, pairs }: Extract<Ast, { kind: 'map' }>): ConstantItem {
    try {
      return mapItem(
        pairs.map(([key, value]) => [this.#item(key), this.#item(value)] as const),
        'the map',
      )
    } catch (error) {
      throw error instanceof AelError ? error : this.error(at, (error as Error).message)
    }
  }

  #variable({ at, name }: Extract<Ast, { kind: 'variable' }>, scope: Scope): Node {
    const type = scope.get(name)
    if (type !== undefined) return makeNode({ kind: 'variable', type, name })
    const close = closest(name, [...scope.keys()])
    const hint = close === undefined ? `let(${name} = …) then (…) defines it` : `did you mean \${${close}}?`
    throw this.error(at, `there is no variable ${name} here`, hint)
  }

  #placeholder({ at, index }: Extract<Ast, { kind: 'placeholder' }>, want: AnyType | undefined): Node {
    const { values } = this.source
    if (index >= values.length) {
      throw this.error(at, `there is no value for ?${index}`, `${values.length} were given, of which the first is ?0`)
    }
    this.#used.add(index)
    const value = values[index]
    if (isExpression(value)) return nodeOf(value)
    try {
      const item =
        want === 'float' ? constantOfType(value, 'float', `value ${index}`) : constantOf(value, `value ${index}`)
      return constantNode(item)
    } catch (error) {
      throw Object.assign(error as Error, { message: `${this.source.name}: ${(error as Error).message}` })
    }
  }

  #record({ at, name, args }: Extract<Ast, { kind: 'record' }>): Node {
    const type = ownValue(RECORD_TYPES, name)
    if (type === undefined) {
      const close = closest(name, Object.keys(RECORD_TYPES))
      const hint =
        close === undefined
          ? `a function of a bin stands behind its name: $.bin.${name}()`
          : `did you mean $.${close}()?`
      throw this.error(at, `the record has no ${name}()`, hint)
    }
    if (name === 'digestModulo') return this.#digestModulo(at, args)
    if (args.length > 0) throw this.error(at, `${name} takes no arguments`)
    const field = name === 'deviceSize' || name === 'memorySize' ? 'recordSize' : (name as RecordField)
    return makeNode({ kind: 'record', type, field })
  }

  #digestModulo(at: number, [modulus, ...more]: readonly Ast[]): Node {
    const isNumber = modulus?.kind === 'int' && modulus.value >= 1n && modulus.value <= MOST_INT
    if (!isNumber || more.length > 0) throw this.error(at, 'expected $.digestModulo(n) of an integer from 1 on')
    return makeNode({ kind: 'digestModulo', type: 'int', modulus: modulus.value })
  }

  #unary(ast: Extract<Ast, { kind: 'unary' }>, want: AnyType | undefined, scope: Scope): Node {
    const { operator, operand } = ast
    if (operator === '+') return this.node(operand, want, scope)
    if (operator === '~') return this.operation(ast, 'intNot', [operand], [this.node(operand, 'int', scope)])
    if (operand.kind === 'int') return this.#int(ast, -operand.value, want)
    // The sign of a number that is cast belongs to the number.
    if (operand.kind === 'call' && isCastOfLiteral(operand)) {
      const signed = operand.args.map((each) => ({ at: ast.at, kind: 'unary' as const, operator, operand: each }))
      return this.node({ ...operand, args: signed }, want, scope)
    }
    const type = this.joint([operand], want, scope)
    const node = this.node(operand, type, scope)
    const negative = negated(node)
    if (negative !== undefined) return negative
    const zero = constantNode(node.type === 'float' ? { type: 'float', value: 0 } : { type: 'int', value: 0n })
    return this.operation(ast, 'sub', [ast, operand], [zero, node])
  }

  #binary(ast: Extract<Ast, { kind: 'binary' }>, want: AnyType | undefined, scope: Scope): Node {
    const { operator, left, right } = ast
    if (operator === 'in') return this.#in(ast, scope)
    const rule = BINARY[operator] as BinaryRule
    const asts = [left, right]
    const type = rule.operands ?? this.joint(asts, COMPARISONS.has(operator) ? undefined : want, scope)
    return this.operation(ast, rule.name, asts, this.nodes(asts, type, scope))
  }

  /** What is on the left has to be known, as no place in the list tells it. */
  #in({ left, right }: Extract<Ast, { kind: 'binary' }>, scope: Scope): Node {
    const list = this.node(right, 'list', scope)
    if (list.type !== 'list' && list.type !== 'any' && this.source.checked) {
      throw this.error(right.at, `expected a list behind "in", not ${typeName(list.type)}`)
    }
    const element = this.#elementType(right, list)
    const type = this.#guesses.of(left, scope)?.type ?? element
    if (type === undefined && left.kind === 'path') {
      throw this.error(left.at, 'the type of what is looked for is not known', 'say it with .get(type: …)')
    }
    const value = this.node(left, element ?? type, scope)
    if (element !== undefined && value.type !== 'any' && value.type !== element && this.source.checked) {
      throw this.error(left.at, `expected ${typeName(element)} as in the list, not ${typeName(value.type)}`)
    }
    return readNode('lists.getByValue', list, [value], { returns: 'exists' })
  }

  #elementType({ at }: Ast, list: Node): ExpressionType | undefined {
    if (list.kind !== 'constant' || list.item.type !== 'list') return undefined
    const [first, ...others] = list.item.value
    const other = others.find(({ type }) => type !== first?.type)
    if (first === undefined || other === undefined) return first?.type
    throw this.error(at, `expected elements of one type, not ${typeName(first.type)} and ${typeName(other.type)}`)
  }

  #let({ at, definitions, body }: Extract<Ast, { kind: 'let' }>, want: AnyType | undefined, scope: Scope): Node {
    const inner = new Map(scope)
    const named = definitions.map(([name, value]) => {
      const node = this.node(value, this.#guesses.of(value, inner)?.type, inner)
      inner.set(name, node.type)
      return [name, node] as const
    })
    const result = this.node(body, want, inner)
    try {
      return letOf(named, result)
    } catch (error) {
      throw this.error(at, (error as Error).message)
    }
  }

  #when(ast: Extract<Ast, { kind: 'when' }>, want: AnyType | undefined, scope: Scope): Node {
    const values = [...ast.branches.map(([, value]) => value), ast.otherwise]
    const type = this.joint(values, want, scope)
    const asts = [...ast.branches.flat(), ast.otherwise]
    const args = asts.map((each, index) =>
      this.node(each, index % 2 === 0 && index < asts.length - 1 ? 'bool' : type, scope),
    )
    return this.operation(ast, 'cond', asts, args)
  }
}

interface BinaryRule {
  readonly name: OperationName
  /** What both operands are taken for, where the operator says it. */
  readonly operands?: ExpressionType
}

const BINARY: Readonly<Record<string, BinaryRule>> = {
  '==': { name: 'eq' },
  '!=': { name: 'ne' },
  '>': { name: 'gt' },
  '>=': { name: 'ge' },
  '<': { name: 'lt' },
  '<=': { name: 'le' },
  '+': { name: 'add' },
  '-': { name: 'sub' },
  '*': { name: 'mul' },
  '/': { name: 'div' },
  '%': { name: 'mod', operands: 'int' },
  '**': { name: 'pow', operands: 'float' },
  '&': { name: 'intAnd', operands: 'int' },
  '|': { name: 'intOr', operands: 'int' },
  '^': { name: 'intXor', operands: 'int' },
  '<<': { name: 'intLeftShift', operands: 'int' },
  '>>': { name: 'intArithmeticRightShift', operands: 'int' },
  '>>>': { name: 'intRightShift', operands: 'int' },
}

function isCastOfLiteral({ name, args }: Extract<Ast, { kind: 'call' }>): boolean {
  return (name === 'toInt' || name === 'toFloat') && (args[0]?.kind === 'int' || args[0]?.kind === 'float')
}

function negated(node: Node): Node | undefined {
  if (node.kind !== 'constant') return undefined
  const { item } = node
  if (item.type === 'float') return constantNode({ type: 'float', value: -item.value })
  return item.type === 'int' ? constantNode({ type: 'int', value: -item.value }) : undefined
}

/** How to say what was meant when types do not go together. */
function hintOfType(asts: readonly Ast[], args: readonly Node[]): string | undefined {
  const types = new Set(args.map((each) => each.type))
  if (types.has('int') && types.has('float')) return 'ints and floats do not mix; .asFloat() and .asInt() convert'
  const index = asts.findIndex((each) => each.kind === 'path' && isOpen(each))
  const other = args.find((_, at) => at !== index)
  if (index < 0 || other === undefined || other.type === 'any') return undefined
  return `.get(type: ${other.type.toUpperCase()}) says that a bin is of that type`
}

/** Whether a path reads one thing, of any type: its end says which one. */
function isOpen({ parts, ending }: Extract<Ast, { kind: 'path' }>): boolean {
  const last = parts.at(-1)
  return (
    (last === undefined || isOne(last)) && (ending === undefined || ending.named.some(({ name }) => name === 'type'))
  )
}
