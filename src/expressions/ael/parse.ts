import { given } from '../../arguments/given.js'
import { invalidArgument, outOfRange } from '../../errors.js'
import type { Ast } from './ast.js'
import { AelError } from './error.js'
import { type GrammarError, parse } from './grammar.js'
import { hintFor } from './hints.js'
import { Recent } from '../recent.js'

/** A filter of more bytes is refused by the server. */
const MOST_LENGTH = 2 ** 20
/** Deeper brackets are refused, as every level takes stack while it is parsed. */
const MOST_NESTED = 200

const parsed = new Recent<Ast>()

/**
 * Parses text into what it says, which knows nothing of types yet. That takes longer than all the rest of compiling it, and
 * nobody changes what comes of it, so that the same text with other values in its places is not parsed again.
 */
export function parseText(text: unknown, name: string): Ast {
  if (typeof text !== 'string') throw invalidArgument(`${name} must be a string, not ${given(text)}`)
  if (text.length > MOST_LENGTH) throw outOfRange(`${name} has ${text.length} characters, at most ${MOST_LENGTH} fit`)
  return parsed.of(text, () => parseAnew(text, name))
}

function parseAnew(text: string, name: string): Ast {
  checkNesting(text, name)
  try {
    return parse(text)
  } catch (error) {
    if (!isGrammarError(error)) throw error
    throw new AelError(detailsOf(text, error), name)
  }
}

function isGrammarError(error: unknown): error is GrammarError {
  return error instanceof SyntaxError && 'location' in error
}

function checkNesting(text: string, name: string): void {
  let depth = 0
  // Quoted text counts as one piece, so that brackets in it do not.
  for (const { 0: piece, index } of text.matchAll(/'[^']*'|"[^"]*"|[([{]|[)\]}]/g)) {
    if ('([{'.includes(piece)) depth += 1
    else if (')]}'.includes(piece)) depth -= 1
    if (depth > MOST_NESTED) {
      throw new AelError({ text, at: index, problem: `brackets are nested more than ${MOST_NESTED} deep` }, name)
    }
  }
}

function detailsOf(text: string, { expected, found, location, isTooDeep, message }: GrammarError) {
  const at = location.start.offset
  if (isTooDeep === true) return { text, at, problem: message }
  const names = (expected ?? []).map(({ type, text: literal, description }) =>
    type === 'literal' ? JSON.stringify(literal) : (description ?? ''),
  )
  const saw = found === null ? 'the end' : JSON.stringify(wordAt(text, at))
  return { text, at, problem: `expected ${expectation(names)}, not ${saw}`, hint: hintFor(text, at) }
}

/** What stands at a position, as long as it belongs together. */
function wordAt(text: string, at: number): string {
  const word = /^([\p{L}\p{N}_$.]+|[=!<>&|^*~+-]+|[^])/u.exec(text.slice(at, at + 40))
  return word?.[0] ?? ''
}

const OPERATORS = ['"and"', '"or"', '"=="', '"!="', '"<"', '"<="', '">"', '">="', '"in"', '"+"', '"-"', '"*"', '"/"']
const VALUES = ['"$."', '"("', '"["', 'a number', 'text in quotes']

/** What could have come, in as few words as possible. */
function expectation(names: readonly string[]): string {
  const seen = new Set(names.filter((each) => each !== '' && each !== 'white space'))
  const parts: string[] = []
  if (VALUES.every((each) => seen.has(each))) return "a value, such as $.bin, 5 or 'text'"
  if (OPERATORS.some((each) => seen.has(each))) parts.push('an operator')
  const operators = new Set([...OPERATORS, '"%"', '"**"', '"&"', '"|"', '"^"', '"<<"', '">>"', '">>>"', '"."'])
  const rest = [...seen]
    .filter((each) => !operators.has(each) && !each.startsWith('['))
    .map((each) => WORDS[each] ?? each)
  const all = [...new Set([...parts, ...rest])]
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all.at(-1)}` : (all[0] ?? 'something else')
}

const WORDS: Readonly<Record<string, string>> = { 'end of input': 'the end' }
