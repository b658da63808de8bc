/** What a terminal shows two columns wide: the scripts of East Asia, their full-width forms, and emoji. */
const WIDE =
  /^[\p{Emoji_Presentation}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{sc=Yi}\p{sc=Tangut}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u
/** Forms that are narrow whatever their script, such as the half-width katakana. */
const NARROW = /^[\u00b7\uff61-\uffdc\uffe8-\uffee]/u
/** The mark that asks for a symbol as emoji. */
const EMOJI_MARK = '\ufe0f'
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}]+$/u
const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment)
  return width
}

function widthOfGrapheme(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0
  if (NARROW.test(grapheme)) return 1
  return WIDE.test(grapheme) || grapheme.includes(EMOJI_MARK) ? 2 : 1
}

/** A text that takes at most `width` columns; one that was cut ends with an ellipsis, and never in half a character. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let cut = ''
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += widthOfGrapheme(segment)
    if (used > width) break
    cut += segment
  }
  return `${cut}…`
}

/** A text with spaces behind it. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** A text with spaces before it. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}
