import { nearest } from '../../arguments/nearest.js'
import { RESERVED } from '../print-text.js'

/** What was probably meant, by what stands at the place where parsing stopped. */
interface Hint {
  readonly at: RegExp
  /** What stands before it. */
  readonly after?: RegExp
  readonly says: string
}

const HINTS: readonly Hint[] = [
  {
    at: /^/,
    after: /\$\.\s*(true|false|and|or|not|let|then|when|default|exclusive)\s*$/,
    says: "a bin of that name stands in quotes: $.'true'",
  },
  { at: /^=(?!=)/, after: /=\s*$/, says: 'did you mean "=="?' },
  { at: /^=(?![=>])/, says: 'did you mean "=="?' },
  { at: /^<>/, says: 'did you mean "!="?' },
  { at: /^>/, after: /<\s*$/, says: 'did you mean "!="?' },
  { at: /^&&/, says: 'did you mean "and"?' },
  { at: /^&/, after: /&\s*$/, says: 'did you mean "and"?' },
  { at: /^\|\|/, says: 'did you mean "or"?' },
  { at: /^\|/, after: /\|\s*$/, says: 'did you mean "or"?' },
  { at: /^and\b/i, after: /^\s*$/, says: '"and" stands between two conditions' },
  { at: /^(AND|OR|NOT)\b/i, says: 'operators are written in small letters' },
  { at: /^!(?!=)/, says: 'did you mean "not(…)"?' },
  { at: /^\$?/, after: /\bnot\s+$/, says: 'what "not" applies to stands in parentheses: not($.bin == 1)' },
  { at: /^(==|!=|<=|>=|<|>)/, says: 'comparisons are not chained; join two of them with "and"' },
  { at: /^(null|nil|none|undefined)\b/i, says: 'whether a bin is there says $.bin.exists()' },
  { at: /^\./, after: /\d\s*$/, says: 'a float has digits on both sides of its point, such as 1.0' },
  { at: /^;/, says: 'a text has one expression; join two with "and" or "or"' },
  {
    at: /^\d/,
    after: /\$\.[\w.]*\.\s*$/,
    says: "a key of digits stands in quotes: $.bin.'1'; an index stands in brackets: $.bin.[1]",
  },
  {
    at: /^[^\x20-\x7e]/,
    after: /\$\.[\w.]*$/,
    says: "names with other characters than letters, digits and _ stand in quotes: $.'größe'",
  },
  { at: /^-/, after: /\$\.[\w.]*\w$/, says: "a name with a - stands in quotes: $.'my-bin'" },
  { at: /^\[/, after: /\$\.[\w.]*\w\s*$/, says: 'a list element stands behind a point: $.bin.[0]' },
  { at: /^[`]/, says: 'text stands in single or double quotes' },
]

/** What was probably meant at a position of text. */
export function hintFor(text: string, at: number): string | undefined {
  const rest = text.slice(at, at + 40)
  const before = text.slice(Math.max(0, at - 60), at)
  return bareName(text, at) ?? HINTS.find((hint) => hint.at.test(rest) && (hint.after?.test(before) ?? true))?.says
}

/** A name where a value should be: a bin without its `$.`, or a quote that is not closed. */
function bareName(text: string, at: number): string | undefined {
  if (unclosed(text)) return 'a quote is not closed'
  // The parser stops behind a name, where the parenthesis of a function would be.
  const name = /(?:^|[^\w$.'"])([A-Za-z_]\w*)\s*$/.exec(text.slice(Math.max(0, at - 60), at))?.[1]
  if (name === undefined || isWord(name.toLowerCase()) || text[at] === '(') return undefined
  return `did you mean $.${name} or '${name}'?`
}

/** What is never the name of a bin. */
const isWord = (name: string): boolean => name === 'in' || RESERVED.has(name)

function unclosed(text: string): boolean {
  return /['"]/.test(text.replaceAll(/'[^']*'|"[^"]*"/g, ''))
}

/** The name that was probably meant by a mistyped one, or that it begins. */
export function closest(name: string, names: readonly string[]): string | undefined {
  const word = name.slice(0, 40)
  const begun = word.length > 2 ? names.find((each) => each.toLowerCase().startsWith(word.toLowerCase())) : undefined
  return begun ?? nearest(word, names)
}
