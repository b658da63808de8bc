import { codeOf } from '../kinds/code.js'
import type { Field } from '../kinds/kinds.js'

const FIELDS = 20

/** `dtype(13 bytes) { temperature: f8, humidity: i4, status: u1 }` */
export function inspectDtype(fields: readonly Field[], itemsize: number): string {
  const shown = fields.slice(0, FIELDS).map((field) => `${field.name}: ${codeOf(field)}`)
  if (fields.length > shown.length) shown.push(`… ${fields.length - shown.length} more`)
  return `dtype(${itemsize} bytes) { ${shown.join(', ')} }`
}
