import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { updating } from './markdown.js'
import { root } from './process.js'

const END = '<!-- end -->'

/**
 * The part of a page between `<!-- made: NAME -->` and `<!-- end -->`, which a test makes. Where `AEROSTRIDE_UPDATE_DOCS=1`
 * is set it is written first.
 */
export function madePart(file: string, name: string, made: string): string {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  const begin = `<!-- made: ${name} -->\n`
  const from = text.indexOf(begin) + begin.length
  const to = text.indexOf(END, from)
  if (from < begin.length || to < 0) throw new Error(`${file} has no part called ${name}`)
  if (!updating) return text.slice(from, to)
  writeFileSync(path, text.slice(0, from) + made + text.slice(to))
  return made
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(tableLine).join('')
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}
