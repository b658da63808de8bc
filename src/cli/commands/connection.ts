import { readFileSync } from 'node:fs'
import type { Client } from '../../client/client.js'
import { type ConnectOptions, connectSync } from '../../client/connect.js'
import { environmentOptions } from '../../client/environment.js'
import { withAddress } from '../../client/sources.js'
import { ConnectionError } from '../../errors.js'
import { type Given, InputError, UsageError, count } from '../command.js'

/** The options of every command that talks to a cluster. */
export const CONNECTION_FLAGS = {
  hosts: {
    type: 'string',
    short: 'H',
    value: 'HOSTS',
    help: 'host:port,... or a URL; default $AEROSTRIDE_HOSTS or 127.0.0.1:3000',
  },
  user: { type: 'string', short: 'U', value: 'NAME', help: 'user; the password comes from $AEROSTRIDE_PASSWORD' },
  'password-file': { type: 'string', value: 'FILE', help: 'read the password from the first line of a file' },
  tls: { type: 'boolean', help: 'encrypt connections' },
  'tls-ca': { type: 'string', value: 'FILE', help: 'authorities that sign the nodes’ certificates, PEM' },
  'tls-cert': { type: 'string', value: 'FILE', help: 'the client’s own certificate, PEM' },
  'tls-key': { type: 'string', value: 'FILE', help: 'its key, PEM' },
  'tls-name': { type: 'string', value: 'NAME', help: 'the name in the nodes’ certificates' },
  timeout: { type: 'string', value: 'MS', help: 'milliseconds for each request; default 10000' },
} as const

const DEFAULT_HOST = '127.0.0.1:3000'
const TLS_FLAGS = { ca: 'tls-ca', cert: 'tls-cert', key: 'tls-key', serverName: 'tls-name' } as const

type ConnectionFlags = Given<typeof CONNECTION_FLAGS>

/** Connects, works and closes. */
export function withClient<T>(given: ConnectionFlags, work: (client: Client) => T): T {
  const client = connected(connectOptions(given))
  try {
    return work(client)
  } finally {
    client.closeSync()
  }
}

/** Connects, works and closes; the event loop goes on meanwhile. */
export async function withClientAsync<T>(given: ConnectionFlags, work: (client: Client) => Promise<T>): Promise<T> {
  const client = connected(connectOptions(given))
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

/** Who has named no host and has no server either is told how to get one. */
function connected(options: ConnectOptions): Client {
  try {
    return connectSync(options)
  } catch (error) {
    if (options.hosts !== DEFAULT_HOST || !(error instanceof ConnectionError)) throw error
    throw new InputError(`${error.message}; 'aerostride devserver' runs one for trying out, --hosts names another`)
  }
}

/** What the options say goes before what a URL says, and that before the environment. */
export function connectOptions(given: ConnectionFlags): ConnectOptions {
  const totalTimeout = count(given.timeout, 'timeout', 1, 10_000)
  const file = given['password-file']
  const typed = {
    hosts: given.hosts,
    user: given.user,
    password: file === undefined ? undefined : firstLine(file),
    tls: tlsOf(given),
    policies: { read: { totalTimeout }, write: { totalTimeout } },
  }
  return { hosts: DEFAULT_HOST, ...withAddress(typed, environmentOptions()) }
}

function tlsOf(given: ConnectionFlags): Record<string, string> | boolean | undefined {
  const details = tlsOptions(given)
  return Object.keys(details).length > 0 ? details : given.tls
}

function tlsOptions(given: ConnectionFlags): Record<string, string> {
  const options: Record<string, string> = {}
  for (const [option, flag] of Object.entries(TLS_FLAGS)) {
    const value = given[flag]
    if (value !== undefined) options[option] = value
  }
  return options
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/, 1).join('')
  } catch (error) {
    throw new UsageError(`--password-file: ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
