import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Token, type Tokens, marked } from 'marked'
import { root } from './process.js'

/** A fenced code block of a page. */
export interface Block {
  /** What stands behind the fence: a language, and what a test is to do with it. */
  readonly tag: string
  readonly code: string
  /** The line of the opening fence, from 1. */
  readonly line: number
}

/** A Markdown file of the repository. */
export interface Page {
  /** Its path from the root, with slashes. */
  readonly file: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Where links and images lead. */
  readonly targets: readonly string[]
  /** The anchors of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>
  /** What stands between single backquotes. */
  readonly spans: readonly string[]
}

/** What is not written by us, or not for readers. */
const SKIPPED = new Set(['.git', 'node_modules', 'target', 'dist', 'temp', 'corpus', 'artifacts', 'etc', '.venv'])

/** The blocks of a page with some of the tags. */
export const tagged = (page: Page, ...tags: string[]): Block[] => page.blocks.filter(({ tag }) => tags.includes(tag))

/** Every Markdown file of the repository. */
export function markdownFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

/** Reads a page. */
export function readPage(file: string): Page {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
  return { file, text, ...partsOf(text) }
}

function partsOf(text: string): Omit<Page, 'file' | 'text'> {
  const blocks: Block[] = []
  const targets: string[] = []
  const anchors = new Set<string>()
  const spans: string[] = []
  let position = 0
  // The callback is synchronous, so nothing in what comes back is waited for.
  void marked.walkTokens(marked.lexer(text), (token) => {
    if (token.type === 'code') {
      const { code, tag } = codeOf(token as Tokens.Code)
      position = text.indexOf(`\`\`\`${tag}\n`, position) + 1
      blocks.push({ tag, code, line: text.slice(0, position).split('\n').length })
    } else if (token.type === 'link' || token.type === 'image') targets.push((token as Tokens.Link).href)
    else if (token.type === 'heading') anchors.add(freeAnchor(token as Tokens.Heading, anchors))
    else if (token.type === 'codespan') spans.push((token as Tokens.Codespan).text)
  })
  return { blocks, targets, anchors, spans }
}

const codeOf = ({ text, lang = '' }: Tokens.Code) => ({ code: `${text}\n`, tag: lang })

/** Lower case, without punctuation, with hyphens for spaces; the second of two equal ones gets a number. */
function freeAnchor({ tokens }: Tokens.Heading, taken: ReadonlySet<string>): string {
  const anchor = plainText(tokens)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
  for (let copy = 0; ; copy++) {
    const numbered = copy === 0 ? anchor : `${anchor}-${copy}`
    if (!taken.has(numbered)) return numbered
  }
}

function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => ('tokens' in token && token.tokens !== undefined ? plainText(token.tokens) : token.raw))
    .join('')
}

/** Whether tests write what pages say about the program, in place of comparing it. */
export const updating = process.env['AEROSTRIDE_UPDATE_DOCS'] === '1'

/** Writes other code into a block of a page. */
export function updateBlock({ file, text }: Page, { tag, line }: Block, code: string): void {
  // The lines of the file may have moved since the page was read: blocks before this one were updated.
  const before = text
    .split('\n')
    .slice(0, line - 1)
    .join('\n')
    .split('```').length
  const parts = readFileSync(join(root, file), 'utf8').split('```')
  parts[before] = `${tag}\n${code}\n`
  writeFileSync(join(root, file), parts.join('```'))
}
