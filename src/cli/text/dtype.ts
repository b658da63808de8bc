import { type Dtype, dtype } from '../../dtype/dtype.js'
import { UsageError } from '../command.js'

const FIELD = /^([^:]+):((?:M8|datetime64)\[\w*\]|[^:[\]]+)(?:\[([\d,\s]*)\])?$/
/** Commas between fields, and not those within the brackets of a shape. */
const BETWEEN_FIELDS = /,(?![^[]*\])/

/**
 * Reads `temperature:f8,embedding:f4[128],scores:f4[],at:datetime64[ms]`, the form in which a batch prints its fields. Empty
 * brackets are a list of any length.
 */
export function parseDtype(text: string): Dtype {
  const fields = text.split(BETWEEN_FIELDS).map((part) => {
    const match = FIELD.exec(part.trim())
    if (match === null)
      throw new UsageError(`--dtype has ${JSON.stringify(part)}, which is not 'bin:code' or 'bin:code[shape]'`)
    const [, name = '', code = '', shape] = match
    if (shape !== undefined && shape.trim() === '') return [name, code, null] as [string, string, null]
    const dimensions = shape === undefined ? [] : [shape.split(',').map(Number)]
    return [name, code, ...dimensions] as [string, string, number[]]
  })
  return dtype(fields)
}
