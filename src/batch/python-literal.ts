import { quote } from '../arguments/given.js'

/** What a literal of Python is here: tuples and lists are arrays, dictionaries are maps, `None` is null. */
export type Literal = string | number | boolean | null | readonly Literal[] | ReadonlyMap<Literal, Literal>

/** Deeper than any description of an array; who nests deeper only wants to fill the stack. */
const MOST_DEPTH = 32
const SPACE = /[ \t\n\r\f]*/y
const NUMBER = /-?\d+(?=[^\w.]|L|$)L?/y
const WORD = /[A-Za-z]+/y
const WORDS: Record<string, boolean | null> = { True: true, False: false, None: null }
const ESCAPES: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }

/** Reads a literal of Python: what `ast.literal_eval` would, as far as headers of `.npy` files need it. Runs nothing. */
export function parseLiteral(text: string): Literal {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): Literal {
    if (depth > MOST_DEPTH) throw this.#wrong(`no more than ${MOST_DEPTH} brackets in each other`)
    this.#skip(SPACE)
    const next = this.#text[this.#at]
    if (next === "'" || next === '"') return this.#string(next)
    if (next === '(') return this.#items(')', depth)
    if (next === '[') return this.#items(']', depth)
    if (next === '{') return this.#entries(depth)
    return this.#plain()
  }

  end(): void {
    this.#skip(SPACE)
    if (this.#at < this.#text.length) throw this.#wrong('its end')
  }

  /** A number, `True`, `False` or `None`. */
  #plain(): Literal {
    const number = this.#skip(NUMBER)
    if (number !== '') return Number(number.replace('L', ''))
    const start = this.#at
    const word = WORDS[this.#skip(WORD)]
    if (word !== undefined) return word
    this.#at = start
    throw this.#wrong('a string, an integer, True, False, None, a tuple, a list or a dictionary')
  }

  #items(close: string, depth: number): Literal {
    const items: Literal[] = []
    let hasComma = true
    this.#at++
    for (; !this.#closes(close); hasComma = this.#comma()) {
      if (!hasComma) throw this.#wrong(`"," or ${quote(close)}`)
      items.push(this.value(depth + 1))
    }
    // Brackets around one value without a comma are no tuple.
    return close === ')' && items.length === 1 && !hasComma ? (items[0] as Literal) : items
  }

  #entries(depth: number): Literal {
    const entries = new Map<Literal, Literal>()
    this.#at++
    for (let hasComma = true; !this.#closes('}'); hasComma = this.#comma()) {
      if (!hasComma) throw this.#wrong('"," or "}"')
      const key = this.value(depth + 1)
      this.#skip(SPACE)
      if (this.#text[this.#at++] !== ':') throw this.#wrong('":"', -1)
      entries.set(key, this.value(depth + 1))
    }
    return entries
  }

  #string(quoted: string): string {
    let value = ''
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text[at] as string
      if (char === quoted) {
        this.#at = at + 1
        return value
      }
      if (char === '\\') {
        this.#at = at + 1
        value += this.#escape()
        at = this.#at - 1
      } else value += char
    }
    throw this.#wrong(`${quote(quoted)} at the end of the string`)
  }

  /** What stands for a character behind a backslash; it goes past it. */
  #escape(): string {
    const kind = this.#text[this.#at++] ?? ''
    const plain = ESCAPES[kind]
    if (plain !== undefined) return plain
    const digits = HEX_DIGITS[kind] ?? 0
    const hex = this.#text.slice(this.#at, this.#at + digits)
    const code = digits > 0 && hex.length === digits && /^[\da-f]+$/i.test(hex) ? Number.parseInt(hex, 16) : -1
    if (code < 0 || code > 0x10_ffff) throw this.#wrong('an escape such as \\n, \\x41 or \\u0041', -1)
    this.#at += digits
    return String.fromCodePoint(code)
  }

  /** Whether a bracket closes here; goes past it. */
  #closes(close: string): boolean {
    this.#skip(SPACE)
    if (this.#text[this.#at] !== close) return false
    this.#at++
    return true
  }

  #comma(): boolean {
    this.#skip(SPACE)
    if (this.#text[this.#at] !== ',') return false
    this.#at++
    return true
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }

  #wrong(expected: string, back = 0): SyntaxError {
    const at = Math.min(this.#at + back, this.#text.length)
    const found = at < this.#text.length ? quote(this.#text.slice(at, at + 12)) : 'its end'
    return new SyntaxError(`character ${at + 1} of the header: expected ${expected}, not ${found}`)
  }
}
