import { type Dtype, dtype } from '../../dtype/dtype.js'
import { UsageError } from '../command.js'

const FIELD = /^([^:]+):([^:[\]]+)(?:\[([\d,\s]+)\])?$/
/** Commas between fields, and not those within the brackets of a shape. */
const BETWEEN_FIELDS = /,(?![^[]*\])/

/** Reads `temperature:f8,embedding:f4[128]`, the form in which a batch prints its fields. */
export function parseDtype(text: string): Dtype {
  const fields = text.split(BETWEEN_FIELDS).map((part) => {
    const match = FIELD.exec(part.trim())
    if (match === null)
      throw new UsageError(`--dtype has ${JSON.stringify(part)}, which is not 'bin:code' or 'bin:code[shape]'`)
    const [, name = '', code = '', shape] = match
    const dimensions = shape === undefined ? [] : [shape.split(',').map(Number)]
    return [name, code, ...dimensions] as [string, string, number[]]
  })
  return dtype(fields)
}
