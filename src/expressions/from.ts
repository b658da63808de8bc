import { checkBinName } from '../arguments/bin-name.js'
import { compileText } from './ael.js'
import { isOne } from './ael/guess.js'
import { parseText } from './ael/parse.js'
import { Packer } from './bytes.js'
import type { Expression } from './expression.js'
import { expressionOfType } from './filter.js'
import type { ExpressionType } from './types.js'

/** What a field is read from: a bin, a place in a bin, or what is computed of the record. */
export type From = string | Expression

/** What a request reads for a field. */
export interface FieldRead {
  /** The bin, or the name under which the result comes. */
  readonly name: string
  /** The values of expression reads; none for the bin itself. */
  readonly expressions: Uint8Array[]
}

/** A result that fails is left out, where it would end the whole row otherwise. */
const EVAL_NO_FAIL = 16

/** What can be stored at a place. One of these reads has a result: the one that asks for what is there. */
const STORED: readonly ExpressionType[] = ['int', 'float', 'string', 'bool', 'blob', 'list', 'map']

/**
 * What is read for a field; `type` is what the field's code makes of it, `position` that of the field.
 *
 * A place in a list or map is asked for as each type that can be there, so that its value comes as it is stored, and is
 * converted or counted as a mismatch as that of a bin. List and map operations would give the same, but one that fails,
 * on a bin of another type or an index that is not there, ends the row.
 */
export function readOf(from: unknown, type: ExpressionType, position: number, name: string): FieldRead {
  if (typeof from !== 'string') return computed(position, [expressionOfType(from, name, undefined)])
  // A name without `$.` is that of a bin.
  if (!from.includes('$.')) {
    checkBinName(from, name)
    return { name: from, expressions: [] }
  }
  const ast = parseText(from, name)
  const isPlace = ast.kind === 'path' && ast.ending === undefined
  if (isPlace && ast.parts.length === 0) {
    checkBinName(ast.bin, name)
    return { name: ast.bin, expressions: [] }
  }
  const last = isPlace ? ast.parts.at(-1) : undefined
  const types = last !== undefined && isOne(last) ? STORED : [type]
  return computed(
    position,
    types.map((want) => compileText(from, { name, hint: want })),
  )
}

/** Results have names that no bin has, so that none is taken for one. */
function computed(position: number, expressions: readonly Expression[]): FieldRead {
  return { name: `\u0001${position}`, expressions: expressions.map(readValue) }
}

/** The value of an expression read: the expression and its flags. */
function readValue(expression: Expression): Uint8Array {
  const out = new Packer()
  out.array(2)
  out.raw(expression.toBytes())
  out.int(EVAL_NO_FAIL)
  return out.bytes()
}
