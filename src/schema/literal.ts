import type { ChosenType } from './choose.js'

/** A field of a literal: its name and what it becomes. */
export type LiteralField = readonly [name: string, type: ChosenType]

const BARE = /^[A-Za-z_$][\w$]*$/
/** JavaScript moves such keys of an object to the front. */
const POSITION = /^(0|[1-9]\d*)$/

/** A dtype as code to paste: `dtype({ temperature: 'f8' })`, or a list of fields where an object would change them. */
export function dtypeLiteral(fields: readonly LiteralField[]): string {
  const needsList = fields.some(([name]) => POSITION.test(name) || name === '__proto__')
  const lines = fields.map((field) => `  ${needsList ? listEntry(field) : objectEntry(field)},\n`)
  return needsList ? `dtype([\n${lines.join('')}])` : `dtype({\n${lines.join('')}})`
}

function objectEntry([name, type]: LiteralField): string {
  return `${BARE.test(name) ? name : quoted(name)}: ${typeText(type)}`
}

function listEntry([name, type]: LiteralField): string {
  return typeof type === 'string' ? `[${quoted(name)}, ${quoted(type)}]` : `[${quoted(name)}, ${partsText(type)}]`
}

/** What a field becomes, as code: `'f8'`, `['f8', null]`. */
export function typeText(type: ChosenType): string {
  return typeof type === 'string' ? quoted(type) : `[${partsText(type)}]`
}

const partsText = ([code, shape]: readonly [string, number | null]): string => `${quoted(code)}, ${shape}`

/** A string in single quotes. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
  return `'${escaped.replaceAll("'", String.raw`\'`)}'`
}
