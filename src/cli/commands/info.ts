import { type Command, oneOfWords } from '../command.js'
import { CONNECTION_FLAGS, withClient } from './connection.js'
import { tableText } from '../../text/table.js'

const DEFAULT_NAMES = ['build', 'edition', 'node', 'service', 'namespaces']

const FLAGS = {
  node: { type: 'string', value: 'NAME', help: 'ask one node only' },
  format: { type: 'string', short: 'f', value: 'FORMAT', help: 'table (default) or json' },
  ...CONNECTION_FLAGS,
} as const

/** `aerostride info` */
export const info: Command<typeof FLAGS> = {
  name: 'info',
  operands: '[NAME...]',
  details: `Asks every node for the values of names; without names for ${DEFAULT_NAMES.join(', ')}.`,
  flags: FLAGS,
  examples: ['aerostride info build namespaces', 'aerostride info namespace/test --format json'],
  run(given, operands) {
    const format = oneOfWords(given.format, 'format', ['table', 'json']) ?? 'table'
    const names = operands.length > 0 ? operands : DEFAULT_NAMES
    const replies = withClient(given, (client) =>
      client.infoSync(names, given.node === undefined ? {} : { node: given.node }),
    )
    process.stdout.write(format === 'json' ? `${JSON.stringify(replies, undefined, 2)}\n` : replyTable(replies))
  },
}

function replyTable(replies: Record<string, Record<string, string>>): string {
  const rows = Object.entries(replies).flatMap(([node, values]) =>
    Object.entries(values).map(([name, value]) => [node, name, value]),
  )
  return tableText(['node', 'name', 'value'], rows)
}
