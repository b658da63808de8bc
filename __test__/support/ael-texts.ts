import fc from 'fast-check'
import { AelError, type Expression, exp } from '../../src/index.js'

/** Pieces of AEL text, which random texts are made of. */
export const pieces = fc.constantFrom(
  '$.',
  '$.a',
  '.b',
  '.[0]',
  '.{#-1}',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ' ',
  '\n',
  ',',
  ':',
  '=',
  '==',
  '>',
  '=>',
  '!',
  '~',

  'and',
  'or',
  'not',
  'in',
  'let',
  'then',
  'when',
  'default',
  '${x}',
  '?0',
  '1',
  '-',
  '2.5',
  "'s'",
  "'",
  '"',
  '**',
  '+',
  '.get(type: INT)',
  '.count()',
  'regex',
  'lists.getByIndex',
  'key(type: INT)',
  '0x',
  'é',
  '\0',
  '\ud800',
)

/** What {@link parsedOrError} was asked. */
export const asked = { texts: 0, characters: 0, slowest: 0, of: '' }

/** Shorter texts take what a call takes, and not what their characters take. */
const FEW_CHARACTERS = 100

/** The expression of a text, or what is wrong with it; anything else that is thrown is a fault. */
export function parsedOrError(text: string): Expression | AelError {
  const start = performance.now()
  const result = parsed(text)
  const each = (performance.now() - start) / text.length
  if (each > asked.slowest && text.length >= FEW_CHARACTERS) again(text)
  asked.texts += 1
  asked.characters += text.length
  return result
}

/** What took longest is tried again: it may have been something else that took the time. */
function again(text: string): void {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now()
    parsed(text)
    return performance.now() - start
  })
  const each = Math.min(...times) / text.length
  if (each > asked.slowest) Object.assign(asked, { slowest: each, of: text })
}

function parsed(text: string): Expression | AelError {
  try {
    return exp.parse(text)
  } catch (error) {
    if (error instanceof AelError) return error
    throw error
  }
}

/** One line of how many texts there were, and which took longest for its length. */
export function report(): string {
  const { texts, characters, slowest, of } = asked
  const micros = (slowest * 1000).toFixed(3)
  return `${texts} texts, ${characters} characters, at most ${micros} µs a character: ${JSON.stringify(of.slice(0, 200))}`
}
