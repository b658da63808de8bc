import type { OperationName } from '../operations.js'
import { READS, type ReadName, readRule, typeOfRead } from '../reads.js'
import { type ExpressionType, type Returns, TYPE_CODES } from '../types.js'
import { type CallAst, RETURN_WORDS, namedWord } from './ast.js'

/** A function of text: what it stands for, what its operands are taken for, and what it gives. */
export type FunctionRule = {
  /** The type of what it gives, where that is known before its operands are. */
  readonly gives: ExpressionType | 'same' | ((call: CallAst) => ExpressionType | undefined) | undefined
} & (
  | {
      readonly kind: 'operation'
      readonly operation: OperationName
      /** What each operand is taken for; `same` is one type for all. */
      readonly wants: readonly ExpressionType[] | ExpressionType | 'same' | 'inList'
    }
  | { readonly kind: 'read'; readonly read: ReadName }
  | { readonly kind: 'special' }
  | { readonly kind: 'path' }
)

const of = (
  operation: OperationName,
  wants: readonly ExpressionType[] | ExpressionType | 'same' | 'inList',
  gives: ExpressionType | 'same',
): FunctionRule => ({ kind: 'operation', operation, wants, gives })
const path = (gives: FunctionRule['gives']): FunctionRule => ({ kind: 'path', gives })
const special = (gives: FunctionRule['gives']): FunctionRule => ({ kind: 'special', gives })

/** Functions that are no reads. The first ones are those of the official parser. */
const PLAIN: Readonly<Record<string, FunctionRule>> = {
  abs: of('abs', 'same', 'same'),
  ceil: of('ceil', 'float', 'float'),
  floor: of('floor', 'float', 'float'),
  log: of('log', 'float', 'float'),
  min: of('min', 'same', 'same'),
  max: of('max', 'same', 'same'),
  countOneBits: of('intCount', 'int', 'int'),
  findBitLeft: of('intLeftScan', ['int', 'bool'], 'int'),
  findBitRight: of('intRightScan', ['int', 'bool'], 'int'),
  not: of('not', 'bool', 'bool'),
  exclusive: of('exclusive', 'bool', 'bool'),
  add: of('add', 'same', 'same'),
  sub: of('sub', 'same', 'same'),
  mul: of('mul', 'same', 'same'),
  div: of('div', 'same', 'same'),
  intAnd: of('intAnd', 'int', 'int'),
  intOr: of('intOr', 'int', 'int'),
  intXor: of('intXor', 'int', 'int'),
  toInt: of('toInt', 'float', 'int'),
  toFloat: of('toFloat', 'int', 'float'),
  geoCompare: of('geoCompare', 'geo', 'bool'),
  inList: of('inList', 'inList', 'bool'),
  'maps.keys': of('mapKeys', 'map', 'list'),
  'maps.values': of('mapValues', 'map', 'list'),
  regex: special('bool'),
  key: special((call) => typeOf(call)),
  geo: special('geo'),
  blob: special('blob'),
  float: special('float'),
  nil: special('nil'),
  infinity: special(undefined),
  wildcard: special(undefined),
  unknown: special(undefined),
  removed: special(undefined),
  'paths.select': path((call) => (namedWord(call.named, 'return') === 'TREE' ? undefined : 'list')),
  'paths.modify': path(undefined),
  'paths.remove': path(undefined),
  'element.key': path((call) => typeOf(call)),
  'element.value': path((call) => typeOf(call)),
  'element.index': path('int'),
  deviceSize: special('int'),
  memorySize: special('int'),
}

/** The type that a call names. */
function typeOf({ named }: CallAst): ExpressionType | undefined {
  const type = namedWord(named, 'type')?.toLowerCase()
  return type !== undefined && Object.hasOwn(TYPE_CODES, type) ? (type as ExpressionType) : undefined
}

/** What a call is to return. */
function returnOf({ named }: CallAst): Returns | undefined {
  return RETURN_WORDS[namedWord(named, 'return') ?? 'VALUE']
}

function reading(read: ReadName): FunctionRule {
  const { gives, modifies } = readRule(read)
  if (modifies === true) {
    return {
      kind: 'read',
      read,
      gives: ({ named }) => (named.some(({ name }) => name === 'context') ? undefined : (gives as ExpressionType)),
    }
  }
  if (gives !== 'one' && gives !== 'many') return { kind: 'read', read, gives }
  return { kind: 'read', read, gives: (call) => typeOfRead(read, returnOf(call), typeOf(call)) }
}

/** Every function of text by its name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionRule> = new Map([
  ...Object.entries(PLAIN),
  ...(Object.keys(READS) as ReadName[]).map((name) => [name, reading(name)] as const),
])
