// Passwords, private keys and the values of records are in nothing that somebody could print: errors with all that hangs on
// them, events, logs, statistics, the client itself, and what the command line writes.
import { tracingChannel } from 'node:diagnostics_channel'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Client, type ConnectOptions, type Key, connect, connectSync, dtype } from '../src/index.js'
import { runCli } from './support/cli.js'
import { type Door, doors } from './support/doors.js'
import { runProgram } from './support/process.js'
import { testCluster } from './support/server.js'

const PASSWORD = 'marker-password-Zq7'
const WRONG = 'marker-wrong-Zq7'
const VALUE = 'marker-value-Zq7'
const NUMBER = 7_305_519_284_417
/** In the middle of the PEM text of a private key. */
let keyMarker = ''

/** Everything that was said, by whatever way. */
const said: string[] = []

function hear(what: unknown): void {
  const seen = inspect(what, { depth: Infinity, showHidden: true, getters: true })
  const json = JSON.stringify(what, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  said.push(seen, json ?? '', what instanceof Error ? `${what.stack} ${what.message}` : String(what))
  if (what instanceof Error && what.cause !== undefined) hear(what.cause)
}

/** What a text looks like in bytes, hexadecimal and base64. */
function spellings(marker: string): string[] {
  const bytes = Buffer.from(marker)
  const list = [...bytes].join(', ')
  return [marker, bytes.toString('hex'), bytes.toString('base64').slice(0, -4), list]
}

/** The secrets that are in some text. */
function secretsIn(texts: readonly string[]): string[] {
  const markers = [PASSWORD, WRONG, VALUE, keyMarker].flatMap(spellings)
  const all = [...markers, String(NUMBER), '$2a$10$', 'BEGIN PRIVATE KEY']
  return all.filter((marker) => texts.some((text) => text.includes(marker)))
}

/** What was said since the last time. */
const heard = (): string[] => said.splice(0)

const schema = dtype({ secret: 'S40', number: 'i1' })
const keys: Key[] = Array.from({ length: 20 }, (_, n) => ['test', 'secrets', n])
const policy = { maxRetries: 1, socketTimeout: 100, totalTimeout: 1000 }

const base = (): ConnectOptions => {
  const { ca, cert, key } = cluster.server.certificates!
  return { hosts: cluster.hosts, tls: { ca, cert, key, serverName: 'localhost' }, connectTimeout: 500, logger: hear }
}

const cluster = testCluster({
  server: {
    users: [{ user: 'me', password: PASSWORD, roles: ['read-write'] }],
    tls: { mutual: true },
  },
  connect: ({ certificates }) => {
    keyMarker = certificates!.key.split('\n')[1]!.slice(10, 40)
    for (const operation of ['connect', 'batchRead', 'batchWrite', 'put', 'get', 'operate']) {
      tracingChannel(`aerostride:${operation}`).subscribe({
        start: hear,
        end: hear,
        asyncStart: hear,
        asyncEnd: hear,
        error: hear,
      })
    }
    return { ...base(), user: 'me', password: PASSWORD }
  },
  prepare: async (client) => {
    for (const key of keys) await client.put(key, { secret: VALUE, number: NUMBER })
  },
})

const RULES = [
  'on=batch name-beyond-op',
  'on=batch size=short',
  'on=batch size=huge',
  'on=batch type=1',
  'on=batch type=4',
  'on=batch cut=300',
  'on=batch index=foreign',
  'on=batch index=doubled',
  'on=batch lose=20',
  'on=batch garbage=300',
  'on=batch code=22',
  'on=batch silence',
  'on=batch refuse',
  'on=read garbage=64',
  'on=read size=short',
  'on=read name-beyond-op',
  'on=read code=22',
  'on=write code=22',
  'on=write size=short',
]

async function call(door: Door, method: Parameters<Door>[1], ...args: unknown[]): Promise<void> {
  const result = await door(cluster.client, method, ...args).catch((error: unknown) => error)
  if (result instanceof Error) hear(result)
  // A batch shows its rows, as it should; what it says about failures is for logs.
  else hear((result as { failures?: unknown } | null)?.failures ?? [])
}

describe.each(doors)('through the %s door', (_, door) => {
  test.each(RULES)('%s', async (rule) => {
    cluster.server.setFaults([rule])
    await call(door, 'batchRead', keys, { dtype: schema, policy })
    await call(door, 'batchRead', keys, { policy })
    await call(door, 'get', keys[0], { policy })
    await call(door, 'put', keys[0], { secret: VALUE, number: NUMBER }, { policy })
    const columns = { secret: keys.map(() => VALUE), number: keys.map(() => 1) }
    await call(door, 'batchWrite', keys, { dtype: schema, columns, policy })
    cluster.server.setFaults([])
    hear(cluster.client)
    hear(cluster.client.stats())
    const texts = heard()
    expect(texts.length).toBeGreaterThan(20)
    expect(secretsIn(texts)).toEqual([])
  })
})

describe.each<[string, (options: ConnectOptions) => Promise<Client>]>([
  ['connect', (options) => connect(options)],
  ['connectSync', async (options) => connectSync(options)],
])('%s', (_, open) => {
  /** What is said while connecting fails. */
  const refused = async (options: ConnectOptions): Promise<string[]> => {
    const opened = await open(options).catch((error: unknown) => error)
    if (!(opened instanceof Error)) throw new Error('nothing has failed')
    hear(opened)
    return heard()
  }

  test.each<[string, () => ConnectOptions]>([
    ['a wrong password', () => ({ user: 'me', password: WRONG })],
    ['a wrong password from a function', () => ({ user: 'me', password: () => WRONG })],
    [
      'external authentication that the server does not have',
      () => ({ user: 'me', password: WRONG, authMode: 'external' }),
    ],
    [
      'a key without its certificate',
      () => ({ tls: { ca: cluster.server.certificates!.ca, key: cluster.server.certificates!.key } }),
    ],
    [
      'a key that is none',
      () => ({ tls: { ...cluster.server.certificates!, key: keyMarker, serverName: 'localhost' } }),
    ],
    ['a key as authority', () => ({ tls: { ca: cluster.server.certificates!.key } })],
    [
      'a key as certificate',
      () => ({ tls: { ...cluster.server.certificates!, cert: cluster.server.certificates!.key } }),
    ],
    ['a password without a user', () => ({ password: PASSWORD })],
    ['a password that is a list', () => ({ user: 'me', password: [PASSWORD] as unknown as string })],
    ['a port that is none', () => ({ hosts: `aerospike://me:${PASSWORD}@127.0.0.1:99999` })],
    ['an unknown parameter', () => ({ hosts: `aerospike://me:${PASSWORD}@127.0.0.1:3000/?pasword=${WRONG}` })],
    ['a host that is none', () => ({ hosts: `aerospike://me:${PASSWORD}@` })],
    ['another scheme', () => ({ hosts: `aerospikes://me:${PASSWORD}@127.0.0.1` })],
    ['no scheme', () => ({ hosts: `me:${PASSWORD}@127.0.0.1:3000` })],
  ])('%s', async (__, more) => {
    expect(secretsIn(await refused({ ...base(), ...more() }))).toEqual([])
  })

  test('a server that breaks while somebody logs in', async () => {
    for (const rule of ['on=admin garbage=50', 'on=admin cut=9', 'on=admin size=huge', 'on=info garbage=20']) {
      cluster.server.setFaults([rule])
      expect(secretsIn(await refused({ ...base(), user: 'me', password: PASSWORD }))).toEqual([])
    }
    cluster.server.setFaults([])
  })
})

test('the command line shows none, whatever fails', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aerostride-'))
  const { ca, cert, key } = cluster.server.certificates!
  const [caFile, certFile, keyFile] = [ca, cert, key].map((pem, at) => {
    const file = join(directory, `${at}.pem`)
    writeFileSync(file, pem)
    return file
  }) as [string, string, string]
  const tls = ['--tls-ca', caFile, '--tls-cert', certFile, '--tls-key', keyFile, '--tls-name', 'localhost']
  const to = ['-H', cluster.server.hosts.join(','), '-U', 'me', ...tls]
  const runs: [string[], string][] = [
    [['info', 'build', ...to], WRONG],
    [['info', 'build', '-H', '127.0.0.1:1', '-U', 'me', ...tls], PASSWORD],
    [['info', 'build', '-H', `aerospike://me:${PASSWORD}@127.0.0.1:99999`], ''],
    [['info', 'build', ...to, '--tls-ca', keyFile], PASSWORD],
    [['info', 'build', ...to, '--tls-cert', keyFile], PASSWORD],
  ]
  for (const [args, password] of runs) {
    const ended = await runCli(args, { environment: { AEROSTRIDE_PASSWORD: password, NODE_DEBUG: 'aerostride' } })
    expect(ended.code).toBeGreaterThan(0)
    expect(secretsIn([ended.stderr, ended.stdout])).toEqual([])
  }
})

test('the debug log shows none', async () => {
  const program = `
    const { connect, dtype } = require('aerostride')
    const [hosts, tls, password, secret] = process.argv.slice(1)
    connect({ hosts, user: 'me', password, tls: JSON.parse(tls) }).then(async (client) => {
      const key = ['test', 'secrets', 'logged']
      await client.put(key, { secret })
      await client.batchRead([key], { dtype: dtype({ secret: 'S40' }) })
      await client.get(key)
      await client.close()
    })`
  const tls = JSON.stringify({ ...cluster.server.certificates, serverName: 'localhost' })
  const args = [cluster.server.hosts.join(','), tls, PASSWORD, VALUE]
  const ended = await runProgram(program, args, () => {}, { NODE_DEBUG: 'aerostride' })
  expect(ended).toMatchObject({ code: 0, stdout: '' })
  expect(ended.stderr).toContain('batchRead')
  expect(secretsIn([ended.stderr])).toEqual([])
})

test('the markers are found where they are', () => {
  expect(secretsIn([`password: '${PASSWORD}'`])).toEqual([PASSWORD])
  expect(secretsIn([inspect(Buffer.from(VALUE).toString('hex'))])).toHaveLength(1)
  expect(secretsIn([cluster.server.certificates!.key])).toContain(keyMarker)
  hear(new Error('outer', { cause: { password: PASSWORD } }))
  expect(secretsIn(heard())).toEqual([PASSWORD])
})
