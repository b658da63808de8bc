import { filterOption } from '../../expressions/filter.js'

/** The options of the commands that read and write records. */
export const RECORD_FLAGS = {
  namespace: { type: 'string', short: 'n', value: 'NAME', help: 'the namespace of the records' },
  set: { type: 'string', short: 's', value: 'NAME', help: 'the set of the records; default none' },
  dtype: {
    type: 'string',
    short: 'd',
    value: 'FIELDS',
    help: 'bins and their types, such as temperature:f8,embedding:f4[128]',
  },
  'key-type': { type: 'string', value: 'TYPE', help: 'string (default), int, hex or digest' },
  'key-column': {
    type: 'string',
    mayBeEmpty: true,
    value: 'NAME',
    help: 'what csv and ndjson call the key; default key',
  },
} as const

/** What the commands that read can write. */
export const FORMATS = ['table', 'csv', 'ndjson', 'npy', 'arrow', 'parquet'] as const

/** Which records, of a command that reads. */
export const WHERE_FLAG = {
  where: {
    type: 'string',
    value: 'AEL',
    help: "only the records that match, such as '$.temperature > 30'",
  },
} as const

/** The filter of `--where`, if it was given. */
export function filterOfWhere(where: string | undefined): Uint8Array | undefined {
  return where === undefined ? undefined : filterOption(where, '--where')
}
