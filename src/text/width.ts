/** The mark that asks for a symbol as emoji. */
const EMOJI_MARK = '\ufe0f'
const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/u

// What follows is made when a text needs it: looking up the scripts takes more time than loading twenty files.

/** What a terminal shows two columns wide: the scripts of East Asia, their full-width forms, and emoji. */
const isWide = (grapheme: string): boolean =>
  /^[\p{Emoji_Presentation}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{sc=Yi}\p{sc=Tangut}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u.test(
    grapheme,
  )
/** Forms that are narrow whatever their script, such as the half-width katakana. */
const isNarrow = (grapheme: string): boolean => /^[\u00b7\uff61-\uffdc\uffe8-\uffee]/u.test(grapheme)
const isInvisible = (grapheme: string): boolean => /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}]+$/u.test(grapheme)

let segmenter: Intl.Segmenter | undefined

function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemesOf(text)) width += widthOfGrapheme(segment)
  return width
}

function widthOfGrapheme(grapheme: string): number {
  if (isInvisible(grapheme)) return 0
  if (isNarrow(grapheme)) return 1
  return isWide(grapheme) || grapheme.includes(EMOJI_MARK) ? 2 : 1
}

/** A text that takes at most `width` columns; one that was cut ends with an ellipsis, and never in half a character. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let cut = ''
  let used = 1
  for (const { segment } of graphemesOf(text)) {
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
