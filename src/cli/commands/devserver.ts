import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DevServer, type DevServerOptions, type DevUser, startDevServer } from '../../devserver/index.js'
import { type Command, type Given, InputError, count } from '../command.js'

const DEFAULT_PORT = 3000
const FOREVER_MS = 0x7fff_ffff

const FLAGS = {
  port: {
    type: 'string',
    short: 'p',
    value: 'PORT',
    help: `port of the first node; default ${DEFAULT_PORT}, 0 for a free one`,
  },
  nodes: { type: 'string', value: 'N', help: 'number of nodes; default 1' },
  'replication-factor': { type: 'string', value: 'N', help: 'copies of every record; default 2' },
  racks: { type: 'string', value: 'A,B', help: 'rack of every node, such as 1,1,2; default none' },
  namespace: {
    type: 'string',
    short: 'n',
    multiple: true,
    value: 'NAME',
    help: 'a namespace, may be repeated; default test and bar',
  },
  users: {
    type: 'string',
    value: 'FILE',
    help: 'JSON: [{ "user": ..., "password": ..., "roles": [...] }]; everybody has to log in',
  },
  tls: { type: 'string', value: 'DIR', help: 'encrypt connections; writes ca.pem, cert.pem and key.pem for clients' },
  fault: {
    type: 'string',
    multiple: true,
    value: 'RULE',
    help: "something that goes wrong, such as 'on=batch delay=100'; may be repeated",
  },
  seed: { type: 'string', value: 'N', help: 'what the choices of faults follow from; default 0' },
} as const

/** `aerostride devserver` */
export const devserver: Command<typeof FLAGS> = {
  name: 'devserver',
  operands: '',
  details: 'Runs a server on 127.0.0.1 until Ctrl-C. Its records are in memory, and gone when it stops.',
  flags: FLAGS,
  examples: ['aerostride devserver', "aerostride devserver --port 3100 --nodes 3 --fault 'on=batch delay=100'"],
  async run(given) {
    const server = await startDevServer(optionsOf(given))
    if (given.tls !== undefined) writeCertificates(server, given.tls)
    process.stdout.write(`listening on ${server.hosts.join(',')}\n`)
    await stopSignal()
    await server.stop()
  },
}

function optionsOf(given: Given<typeof FLAGS>): DevServerOptions {
  const options: DevServerOptions = {
    port: count(given.port, 'port', 0, DEFAULT_PORT),
    nodes: count(given.nodes, 'nodes', 1, 1),
  }
  if (given['replication-factor'] !== undefined) {
    options.replicationFactor = count(given['replication-factor'], 'replication-factor', 1, 2)
  }
  if (given.racks !== undefined) options.racks = given.racks.split(',').map((rack) => count(rack, 'racks', 0, 0))
  if (given.namespace !== undefined) options.namespaces = given.namespace
  if (given.users !== undefined) options.users = usersOf(given.users)
  if (given.tls !== undefined) options.tls = true
  if (given.fault !== undefined) options.faults = given.fault
  if (given.seed !== undefined) options.seed = count(given.seed, 'seed', 0, 0)
  return options
}

function usersOf(path: string): DevUser[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DevUser[]
  } catch (error) {
    // Not the parser's own words: they quote the file, passwords included.
    throw new InputError(`${path} ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}`)
  }
}

function writeCertificates({ certificates }: DevServer, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, pem] of Object.entries(certificates ?? {})) {
      writeFileSync(join(folder, `${name}.pem`), pem, { mode: 0o600 })
    }
  } catch (error) {
    throw new InputError(`--tls: ${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** The server's threads do not keep the process alive; a timer does, until a signal comes. */
async function stopSignal(): Promise<void> {
  const timer = setInterval(() => {}, FOREVER_MS)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  clearInterval(timer)
}
