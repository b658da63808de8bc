import { quote } from '../../arguments/given.js'
import type { Client } from '../../client/client.js'
import { type InferOptions, NO_RECORDS } from '../../schema/infer.js'
import type { InferredDtype } from '../../schema/inferred.js'
import { tableOfSeen } from '../../schema/table.js'
import { type Command, InputError, count, required } from '../command.js'
import { jsonText } from '../../text/json.js'
import { visible } from '../../text/visible.js'
import { CONNECTION_FLAGS, withClient } from './connection.js'
import { RECORD_FLAGS, WHERE_FLAG, filterOfWhere } from './record-flags.js'

const FLAGS = {
  namespace: RECORD_FLAGS.namespace,
  set: { ...RECORD_FLAGS.set, help: 'the set of the records' },
  sample: { type: 'string', value: 'N', help: 'records to look at; default 10000, 0 for all' },
  depth: { type: 'string', value: 'N', help: 'how deep to look into lists and maps; default 2' },
  ...WHERE_FLAG,
  compact: { type: 'boolean', help: 'the smallest types that hold what was seen' },
  json: { type: 'boolean', help: 'print all of it as JSON' },
  ...CONNECTION_FLAGS,
} as const

/** `aerostride schema` */
export const schema: Command<typeof FLAGS> = {
  name: 'schema',
  operands: '',
  details:
    'Scans a sample of a set without changing it, and prints what its bins hold and a dtype to paste.\n' +
    'The sizes are bytes of the longest text or blob, and elements of the longest list or map.',
  flags: FLAGS,
  examples: [
    'aerostride schema -n test -s sensors',
    'aerostride schema -n test -s sensors --sample 0 --depth 3',
    "aerostride schema -n test -s sensors --where '$.humidity.exists()' --json",
  ],
  run(given) {
    const namespace = required(given.namespace, 'namespace', 'test')
    const set = required(given.set, 'set', 'sensors')
    const sample = count(given.sample, 'sample', 0, 10_000)
    const depth = count(given.depth, 'depth', 0, 2)
    const [filter, compact] = [filterOfWhere(given.where), given.compact === true]
    const options = { sample: sample === 0 ? Infinity : sample, depth, compact, filter }
    const inferred = withClient(given, (client) => sampled(client, namespace, set, options))
    const { records, isWhole, bins } = inferred
    if (given.json === true) {
      process.stdout.write(`${visible(jsonText({ records, isWhole, dtype: inferred.toString(), bins }))}\n`)
    } else {
      const whole = filter === undefined ? 'all that there are' : 'all that match'
      const heading = `${records} ${records === 1 ? 'record' : 'records'}, ${isWhole ? whole : 'a sample'}\n`
      process.stdout.write(`${heading}\n${tableOfSeen(inferred)}\n${inferred.toString()}\n`)
    }
  },
}

/** That there is nothing to look at is no wrong argument. */
function sampled(client: Client, namespace: string, set: string, options: InferOptions): InferredDtype {
  try {
    return client.inferDtypeSync(namespace, set, options)
  } catch (error) {
    if ((error as Error).message.startsWith(NO_RECORDS)) throw new InputError(`no records were found in ${quote(set)}`)
    throw error
  }
}
