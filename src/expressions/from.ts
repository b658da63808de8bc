import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { checkBinName } from '../arguments/bin-name.js'
import { compileAst } from './ael.js'
import type { PartAst, PathAst } from './ael/ast.js'
import { parseText } from './ael/parse.js'
import { Packer } from './bytes.js'
import { type Expression, isExpression } from './expression.js'
import type { ExpressionType } from './types.js'

/** What a field is read from: a bin, a place in a bin, or what is computed of the record. */
export type From = string | Expression

/** What a request reads for a field. */
export interface FieldRead {
  /** The bin, or the name under which the result comes. */
  readonly name: string
  /** The value of an expression read; none for the bin itself. */
  readonly expression?: Uint8Array
  /** Whether the result is a list, and the value is its first element. */
  readonly inList: boolean
}

/** A result that fails is left out, where it would end the whole row otherwise. */
const EVAL_NO_FAIL = 16

/**
 * What is read for a field; `type` is what the field's code makes of it, `position` that of the field.
 *
 * The server has to be told of which type an expression is, and a place in a list or map can hold any. So the place is
 * asked for as a range of one element: that is a list whatever the element is, and an empty one where there is none. The
 * value comes as it is stored, and is converted or counted as a mismatch as that of a bin. List and map operations would
 * give the same, but one that fails, on a bin of another type or a nested list that is not there, ends the row.
 */
export function readOf(from: unknown, type: ExpressionType, position: number, name: string): FieldRead {
  if (typeof from !== 'string') return computed(position, expressionOf(from, name), false)
  if (!isComputed(from)) {
    checkBinName(from, name)
    return { name: from, inList: false }
  }
  const ast = parseText(from, name)
  const place = ast.kind === 'path' && ast.ending === undefined ? ast : undefined
  if (place?.parts.length === 0) {
    checkBinName(place.bin, name)
    return { name: place.bin, inList: false }
  }
  const range = place === undefined ? undefined : asRange(place)
  const source = { text: from, name }
  if (range === undefined) return computed(position, compileAst(ast, source, { hint: type }), false)
  return computed(position, compileAst(range, source, { hint: 'list' }), true)
}

/** An expression that is none of bytes: fields have no use for them. */
function expressionOf(from: unknown, name: string): Expression {
  if (isExpression(from)) return from
  throw invalidArgument(`${name} must be AEL text or an expression, not ${given(from)}`)
}

/** The functions that read something of the record without `$.`; `element.key` is another one. */
const READING = /(?<![\w.])(?:key\s*\(\s*type\s*:|(?:deviceSize|memorySize)\s*\(\s*\))/

/**
 * Whether text reads something of the record; other text is the name of a bin. Parsing it would not tell: text with a mistake
 * in it would be the name of a bin too, and there would be no error.
 */
export function isComputed(from: string): boolean {
  return from.includes('$.') || READING.test(from)
}

/** A path to one element as the range that holds it alone; none for other paths. */
function asRange(path: PathAst): PathAst | undefined {
  const last = path.parts.at(-1)
  const range = last && rangeOf(last)
  return range && { ...path, parts: [...path.parts.slice(0, -1), range] }
}

function rangeOf(part: PartAst): PartAst | undefined {
  const { at } = part
  // Everything but one element is an error that the path itself gives.
  if (part.inverted === true) return undefined
  switch (part.by) {
    case 'key':
      return { at, in: part.in, by: 'keys', values: [part.value] }
    case 'index':
    case 'rank': {
      const { value } = part.value
      // What is not a number of 32 bits is an error that the path itself gives.
      if (typeof value === 'string' || value >= 0x7fff_ffffn) return undefined
      const by = part.by === 'index' ? 'indexes' : 'ranks'
      return { at, in: part.in, by, start: part.value, end: { at, value: value + 1n } }
    }
    default:
      return undefined
  }
}

/** Results have names that no bin has, so that none is taken for one. */
function computed(position: number, expression: Expression, inList: boolean): FieldRead {
  return { name: `\u0001${position}`, expression: readValue(expression), inList }
}

/** The value of an expression read: the expression and its flags. */
function readValue(expression: Expression): Uint8Array {
  const out = new Packer()
  out.array(2)
  out.raw(expression.toBytes())
  out.int(EVAL_NO_FAIL)
  return out.bytes()
}
