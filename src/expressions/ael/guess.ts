import type { Ast, CallAst, PartAst, PathAst } from './ast.js'
import { RETURN_WORDS, namedWord } from './ast.js'
import { isExpression, nodeOf } from '../expression.js'
import type { AnyType, ExpressionType } from '../types.js'
import { isDouble } from '../../arguments/double.js'
import { isBytes } from '../../tags.js'
import { FUNCTIONS } from './functions.js'

/**
 * What the text of an operand says of its type. A literal that is not firm gives way: an integer beside a float is a
 * float, text beside a blob is base64. Nothing is known of a bin or an element by itself.
 */
export interface Guess {
  readonly type: ExpressionType
  readonly firm: boolean
}

/** The variables that are in scope, and what is known of them. */
export type Scope = ReadonlyMap<string, AnyType>

const firm = (type: AnyType): Guess | undefined => (type === 'any' ? undefined : { type, firm: true })
const weak = (type: ExpressionType): Guess => ({ type, firm: false })

/** Guesses types, each part of a text once: parents ask again and again. */
export class Guesses {
  readonly #known = new Map<Ast, Guess | undefined>()

  constructor(private readonly values: readonly unknown[]) {}

  /** What an operand says of its type. */
  of(ast: Ast, scope: Scope): Guess | undefined {
    if (!this.#known.has(ast)) this.#known.set(ast, this.#guess(ast, scope))
    return this.#known.get(ast)
  }

  /** What several operands of one type say together. */
  join(asts: readonly Ast[], scope: Scope): Guess | undefined {
    const guesses = asts.map((each) => this.of(each, scope)).filter((each) => each !== undefined)
    return guesses.find((each) => each.firm) ?? guesses[0]
  }

  #guess(ast: Ast, scope: Scope): Guess | undefined {
    switch (ast.kind) {
      case 'int':
      case 'string':
        return weak(ast.kind)
      case 'float':
      case 'bool':
      case 'list':
      case 'map':
        return firm(ast.kind)
      case 'variable':
        return firm(scope.get(ast.name) ?? 'any')
      case 'placeholder':
        return guessOfValue(this.values[ast.index])
      case 'path':
        return guessOfPath(ast)
      case 'record':
        return firm(RECORD_TYPES[ast.name] ?? 'any')
      case 'logic':
        return firm('bool')
      case 'unary':
        return ast.operator === '~' ? firm('int') : this.of(ast.operand, scope)
      case 'binary':
        return this.#guessOfBinary(ast, scope)
      case 'let':
        return this.#guessOfLet(ast, scope)
      case 'when':
        return this.join([...ast.branches.map(([, value]) => value), ast.otherwise], scope)
      default:
        return this.#guessOfCall(ast, scope)
    }
  }

  #guessOfBinary({ operator, left, right }: Extract<Ast, { kind: 'binary' }>, scope: Scope): Guess | undefined {
    if (COMPARISONS.has(operator)) return firm('bool')
    if (operator === '**') return firm('float')
    return '+-*/'.includes(operator) ? this.join([left, right], scope) : firm('int')
  }

  #guessOfLet({ definitions, body }: Extract<Ast, { kind: 'let' }>, scope: Scope): Guess | undefined {
    const inner = new Map(scope)
    for (const [name, value] of definitions) inner.set(name, this.typeOfDefinition(value, inner))
    return this.of(body, inner)
  }

  /** What a variable is: what its value says, or what the value is by default. */
  typeOfDefinition(value: Ast, scope: Scope): AnyType {
    if (value.kind === 'call' && value.name === 'unknown') return 'any'
    return this.of(value, scope)?.type ?? fallbackOf(value)
  }

  #guessOfCall(ast: CallAst, scope: Scope): Guess | undefined {
    const rule = FUNCTIONS.get(ast.name)
    if (rule === undefined || rule.gives === undefined) return undefined
    if (rule.gives === 'same') return this.join(ast.args, scope)
    const { type } = { type: typeof rule.gives === 'function' ? rule.gives(ast) : rule.gives }
    return type === undefined ? undefined : firm(type)
  }
}

/** The operators that give a bool. */
export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '>=', '<', '<=', 'in'])

/** What the record knows of itself, by the name in text. */
export const RECORD_TYPES: Readonly<Record<string, ExpressionType>> = {
  lastUpdate: 'int',
  sinceUpdate: 'int',
  voidTime: 'int',
  ttl: 'int',
  setName: 'string',
  keyExists: 'bool',
  isTombstone: 'bool',
  recordSize: 'int',
  deviceSize: 'int',
  memorySize: 'int',
  digestModulo: 'int',
}

function guessOfValue(value: unknown): Guess | undefined {
  if (isExpression(value)) return firm(nodeOf(value).type)
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? weak('int') : firm('float')
    case 'bigint':
      return firm('int')
    case 'string':
      return weak('string')
    case 'boolean':
      return firm('bool')
    default:
      if (isDouble(value)) return firm('float')
      return isBytes(value) ? firm('blob') : Array.isArray(value) ? firm('list') : firm('map')
  }
}

/** The type that the end of a path says. */
function guessOfPath(path: PathAst): Guess | undefined {
  const { ending, parts } = path
  const last = lastPart(parts)
  const explicit = namedWord(ending?.named ?? [], 'type')?.toLowerCase() as ExpressionType | undefined
  switch (ending?.name) {
    case 'exists':
      return firm('bool')
    case 'asInt':
    case 'count':
    case 'type':
      return firm('int')
    case 'asFloat':
      return firm('float')
    default:
  }
  if (last === undefined) return explicit === undefined ? designated(parts) : firm(explicit)
  const returns = RETURN_WORDS[namedWord(ending?.named ?? [], 'return') ?? 'VALUE'] ?? 'value'
  if (returns === 'value' || returns === 'key') {
    return isOne(last) ? (explicit === undefined ? designated(parts) : firm(explicit)) : firm('list')
  }
  if (returns === 'count') return firm('int')
  if (returns === 'exists') return firm('bool')
  if (returns === 'keyValue' || returns === 'orderedMap' || returns === 'unorderedMap') return firm('map')
  return firm(isOne(last) ? 'int' : 'list')
}

/** `$.bin.[]` is a list and `$.bin.{}` a map. */
function designated(parts: readonly PartAst[]): Guess | undefined {
  const last = parts.at(-1)
  return last?.by === 'designator' ? firm(last.in) : undefined
}

/** The last part that selects something. */
export function lastPart(parts: readonly PartAst[]): PartAst | undefined {
  return parts.at(-1)?.by === 'designator' ? parts.at(-2) : parts.at(-1)
}

/** Whether a part selects one element, whose type is open. */
export function isOne(part: PartAst): boolean {
  return part.by === 'key' || part.by === 'index' || part.by === 'rank'
}

/** What an operand is where nothing says what it is: an element of a map is text, as for the official parser, all else an int. */
export function fallbackOf(ast: Ast): ExpressionType {
  return ast.kind === 'path' && ast.parts.at(-1)?.in === 'map' ? 'string' : 'int'
}
