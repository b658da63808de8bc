/** Characters that a terminal obeys instead of showing them, and those that end a line or turn the direction of what follows. */
const OBEYED = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const SHORT: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
}

/** A text with such characters as JSON escapes them. That of JSON stays JSON, and means the same. */
export function visible(text: string): string {
  return text.replaceAll(OBEYED, escaped)
}

function escaped(character: string): string {
  return SHORT[character] ?? String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
