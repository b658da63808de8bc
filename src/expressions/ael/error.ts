/** What is known of a mistake in text. */
export interface AelDetails {
  /** The text. */
  readonly text: string
  /** Where in it the mistake is, from 0. */
  readonly at: number
  /** What was expected there, or is wrong. */
  readonly problem: string
  /** What was probably meant. */
  readonly hint?: string | undefined
}

const MOST_LINE = 100

/** Text that is no expression: of the wrong form, or of types that do not go together. Nothing is sent then. */
export class AelError extends SyntaxError {
  /** Always `ERR_AEROSTRIDE_AEL`. */
  readonly code = 'ERR_AEROSTRIDE_AEL'
  /** The line of the mistake, from 1. */
  readonly line: number
  /** The column of the mistake, from 1, in UTF-16 units as JavaScript counts. */
  readonly column: number

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'AelError', configurable: true, writable: true })
  }

  constructor({ text, at, problem, hint }: AelDetails, name = 'AEL') {
    const { line, column } = positionOf(text, at)
    const meant = hint === undefined ? '' : `; ${hint}`
    super(`${name}, line ${line}, column ${column}: ${problem}${meant}\n${excerpt(text, at, column)}`)
    this.line = line
    this.column = column
  }
}

function positionOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: at - start + 1 }
}

/** The line, or what is around the mistake in a long one, and a mark below the mistake. */
function excerpt(text: string, at: number, column: number): string {
  const start = at - (column - 1)
  const end = text.indexOf('\n', at)
  const line = text.slice(start, end < 0 ? undefined : end)
  const from = column > MOST_LINE - 20 ? column - MOST_LINE / 2 : 0
  const shown = line.slice(from, from + MOST_LINE)
  return `  ${shown}\n  ${' '.repeat(column - 1 - from)}^`
}
