import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { isAddress, parseAddress } from '../src/client/address.js'
import { environmentOptions } from '../src/client/environment.js'
import { type Source, layered, withAddress } from '../src/client/sources.js'
import { parseHosts } from '../src/client/hosts.js'
import { type Client, type ConnectOptions, connect, connectSync } from '../src/index.js'
import { reveal, revealSync, tls } from '../src/client/security.js'
import { testCluster } from './support/server.js'

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const SECRET = 'correct-horse-battery'
const folder = mkdtempSync(join(tmpdir(), 'aerostride-connect-'))
const pemFile = join(folder, 'ca.pem')
writeFileSync(pemFile, PEM)
writeFileSync(join(folder, 'other.txt'), SECRET)
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

describe('URLs', () => {
  test.each([
    ['aerospike://a', { hosts: 'a', options: {} }],
    ['aerospike://a:3100,[::1]:3200/', { hosts: 'a:3100,[::1]:3200', options: {} }],
    ['AEROSPIKE://a', { hosts: 'a', options: {} }],
    [' Aerospike://Me@A?tls=true\n', { hosts: 'A', options: { user: 'Me', tls: true } }],
    ['aerospike://me@a', { hosts: 'a', options: { user: 'me' } }],
    ['aerospike://me:p%40ss%3A@a', { hosts: 'a', options: { user: 'me', password: 'p@ss:' } }],
    ['aerospike://me:p@ss@a', { hosts: 'a', options: { user: 'me', password: 'p@ss' } }],
    [
      'aerospike://a/?connectTimeout=500&clusterName=blue&useServicesAlternate&maxConnsPerNode=8&authMode=external',
      {
        hosts: 'a',
        options: {
          connectTimeout: 500,
          clusterName: 'blue',
          useServicesAlternate: true,
          maxConnsPerNode: 8,
          authMode: 'external',
        },
      },
    ],
    ['aerospike://a?tls=true', { hosts: 'a', options: { tls: true } }],
    ['aerospike://a?tls=false', { hosts: 'a', options: { tls: false } }],
    [
      'aerospike://a?ca=/etc/ca.pem&serverName=db',
      { hosts: 'a', options: { tls: { ca: '/etc/ca.pem', serverName: 'db' } } },
    ],
  ])('%s', (url, expected) => {
    expect(isAddress(url)).toBe(true)
    expect(parseAddress(url, 'hosts')).toEqual(expected)
  })

  test.each([
    ['aerospike://', "hosts has no host: write 'aerospike://host:port'"],
    [`aerospike://me:${SECRET}@`, "hosts has no host: write 'aerospike://host:port'"],
    [`aerospike://me:${SECRET}@a/test`, "hosts has a path after its hosts, where nothing can stand but '/?options'"],
    [`aerospike://me:${SECRET}%zz@a`, "hosts: user or password has a '%' that begins no escape; write it as '%25'"],
    [
      `aerospike://me:${SECRET}@a?timeout=5`,
      /^hosts has no option "timeout"; did you mean connectTimeout\? It takes connectTimeout, .* or serverName$/,
    ],
    [`aerospike://me:${SECRET}@a?connectTimeout=soon`, 'hosts?connectTimeout must be a number, not "soon"'],
    [`aerospike://me:${SECRET}@a?tls=maybe`, 'hosts?tls must be true or false, not "maybe"'],
  ])('%s is refused, and nothing secret is said', (url, message) => {
    const refused = (): unknown => parseAddress(url, 'hosts')
    expect(refused).toThrow(message)
    expect(refused).not.toThrow(SECRET)
  })

  test('a password before a plain host is not quoted', () => {
    const refused = (): unknown => parseHosts(`me:${SECRET}@a:3000`, 'hosts')
    expect(refused).toThrow("hosts has an '@': write 'aerospike://user@host:port', or user and password as options")
    expect(refused).not.toThrow(SECRET)
  })
})

describe('the environment', () => {
  test('its variables are options', () => {
    expect(
      environmentOptions({
        AEROSTRIDE_HOSTS: 'a,b',
        AEROSTRIDE_USER: 'me',
        AEROSTRIDE_PASSWORD: SECRET,
        AEROSTRIDE_AUTH_MODE: 'external',
        AEROSTRIDE_CLUSTER_NAME: 'blue',
        AEROSTRIDE_USE_SERVICES_ALTERNATE: '1',
        AEROSTRIDE_TLS: '1',
        AEROSTRIDE_TLS_CA: pemFile,
        AEROSTRIDE_TLS_NAME: 'db',
      }),
    ).toEqual({
      hosts: 'a,b',
      user: 'me',
      password: SECRET,
      authMode: 'external',
      clusterName: 'blue',
      useServicesAlternate: true,
      tls: { ca: pemFile, serverName: 'db' },
    })
    expect(environmentOptions({ AEROSTRIDE_TLS: 'true' })).toEqual({ tls: true })
    expect(environmentOptions({ AEROSTRIDE_HOSTS: '', AEROSTRIDE_TLS: '' })).toEqual({})
    expect(() => environmentOptions({ AEROSTRIDE_TLS: 'perhaps' })).toThrow('AEROSTRIDE_TLS must be true or false')
  })
})

describe('options of several sources', () => {
  const url = 'aerospike://bob:of-bob@db'
  const alice = { user: 'alice', password: 'of-alice' }
  const bob = { user: 'bob', password: 'of-bob' }

  test.each<[string, object, object, object]>([
    ['the URL goes before the environment', { hosts: url }, alice, bob],
    ['a user of the environment does not get the password of the URL', { hosts: url }, { user: 'alice' }, bob],
    ['what is typed goes before the URL', { hosts: url, ...alice }, {}, alice],
    ['a URL of the environment goes before the rest of it', {}, { hosts: url, ...alice }, bob],
    ['the same user twice', { hosts: url, user: 'bob' }, alice, bob],
    ['halves that complete each other', { hosts: 'aerospike://bob@db' }, { password: 'of-bob' }, bob],
    [
      'a password that is typed for the user of the URL',
      { hosts: 'aerospike://bob@db', password: 'of-bob' },
      alice,
      bob,
    ],
    ['undefined is not typed', { hosts: url, user: undefined, password: undefined }, {}, bob],
    [
      'the rest of the URL goes before the environment',
      { hosts: `${url}?clusterName=a` },
      { clusterName: 'b' },
      { ...bob, clusterName: 'a' },
    ],
  ])('%s', (_, typed, environment, expected) => {
    expect(withAddress(typed as Source, environment as Source)).toMatchObject({ hosts: 'db', ...expected })
  })

  test.each<[string, object, object]>([
    ['a user who is typed, and a password of another in the URL', { hosts: url, user: 'alice' }, {}],
    ['a user in the URL, and a password of another in the environment', { hosts: 'aerospike://bob@db' }, alice],
  ])('%s', (_, typed, environment) => {
    expect(() => withAddress(typed as Source, environment as Source)).toThrow(
      'options.password is missing: the one in the URL or the environment belongs to another user',
    )
  })

  test.each<[string, unknown[], unknown]>([
    ['a certificate with its own key', [{ cert: 'a' }, { cert: 'b', key: 'b', ca: 'b' }], { cert: 'a', ca: 'b' }],
    ['details from behind a switch', [true, undefined, { ca: 'b' }], { ca: 'b' }],
    ['a switch alone', [undefined, true], true],
    ['none, whatever comes behind', [false, { ca: 'b' }], false],
    ['nothing from behind a switch that is off', [{ ca: 'a' }, false, { serverName: 'c' }], { ca: 'a' }],
    ['nothing', [undefined], undefined],
  ])('tls: %s', (_, choices, expected) => {
    expect(layered(...choices.map((tlsOfSource) => ({ tls: tlsOfSource })))['tls']).toEqual(expected)
  })
})

describe('secrets', () => {
  test.each([
    ['a value', SECRET],
    ['a function', () => SECRET],
  ])('%s, through both doors', async (_, password) => {
    await expect(reveal({ password })).resolves.toEqual({ password: SECRET })
    expect(revealSync({ password })).toEqual({ password: SECRET })
  })

  test('a function that takes time is for connect', async () => {
    const password = async (): Promise<string> => SECRET
    await expect(reveal({ password })).resolves.toEqual({ password: SECRET })
    expect(() => revealSync({ password })).toThrow('options.password gave a promise, which connectSync cannot wait for')
  })

  test('a vault that fails says so itself', async () => {
    const sealed = new Error('the vault is sealed')
    await expect(reveal({ password: () => Promise.reject(sealed) })).rejects.toBe(sealed)
    expect(() => revealSync({ password: () => Promise.reject(sealed) })).toThrow('gave a promise')
  })

  test.each([
    ['PEM text', PEM],
    ['its bytes', Buffer.from(PEM)],
    ['the path of a file', pemFile],
    ['a function', () => PEM],
  ])('a certificate as %s', async (_, ca) => {
    const expected = { tls: { ca: Buffer.from(PEM) } }
    await expect(reveal({ tls: { ca } })).resolves.toEqual(expected)
    expect(revealSync({ tls: { ca } })).toEqual(expected)
  })

  test.each([
    [
      { ca: '/no/such/file' },
      'options.tls.ca is not PEM text, and as the path of a file it cannot be read: "/no/such/file" gives ENOENT',
    ],
    [
      { key: SECRET },
      'options.tls.key is not PEM text, and as the path of a file it cannot be read: the file gives ENOENT',
    ],
    [{ key: join(folder, 'other.txt') }, 'options.tls.key: the file is not in PEM form, it has no -----BEGIN line'],
    [{ cert: () => 5 as never }, 'options.tls.cert must give PEM text, its bytes or a path'],
  ])('%j is refused', async (options, message) => {
    const error: unknown = await reveal({ tls: options }).catch((thrown: unknown) => thrown)
    expect((error as Error).message).toBe(message)
    expect(inspect(error)).not.toContain(SECRET)
    expect(() => revealSync({ tls: options })).toThrow(message)
  })

  test('tls is a switch or options', () => {
    expect(tls(true, 'tls')).toEqual({})
    expect(tls(false, 'tls')).toBe(false)
    expect(() => tls('yes', 'tls')).toThrow(
      'tls must be true, false or { ca, cert, key, serverName }, not the string "yes"',
    )
    expect(() => tls({ cert: PEM }, 'tls')).toThrow('tls.key is missing: a certificate and its key are given together')
    expect(() => tls({ pem: PEM }, 'tls')).toThrow('tls has no option "pem"; it takes ca, cert, key or serverName')
  })
})

const cluster = testCluster()
const connects: [string, (target?: string | ConnectOptions) => Promise<Client>][] = [
  ['connect', (target) => connect(target)],
  ['connectSync', async (target) => connectSync(target)],
]

describe.each(connects)('%s', (_, open) => {
  test('a URL, and options that go before its own', async () => {
    for (const target of [
      `aerospike://${cluster.hosts}/?connectTimeout=5000`,
      { hosts: `aerospike://${cluster.hosts}?clusterName=another`, clusterName: undefined, connectTimeout: 5000 },
    ]) {
      const client = await open(target).catch((error: unknown) => error)
      // A cluster of another name is refused, so the name in the URL counts where none is given.
      expect(client instanceof Error).toBe(typeof target === 'object')
      if (!(client instanceof Error)) await (client as Client).close()
    }
  })

  test('the environment, where no hosts are given', async () => {
    vi.stubEnv('AEROSTRIDE_HOSTS', cluster.hosts)
    for (const target of [undefined, {}, { connectTimeout: 5000 }]) {
      const client = await open(target)
      expect(await client.exists(['test', 'demo', 'nobody'])).toBe(false)
      await client.close()
    }
    vi.stubEnv('AEROSTRIDE_CLUSTER_NAME', 'another')
    await expect(open()).rejects.toMatchObject({ name: 'ConnectionError' })
    // Whoever names the hosts is not spoken for by the environment.
    await (await open(cluster.hosts)).close()
  })

  test('limits', async () => {
    const client = await open({ hosts: cluster.hosts, maxConnsPerNode: 4, maxRunningBatches: 2, maxQueuedBatches: 10 })
    expect(await client.batchRead([['test', 'demo', 'nobody']])).toMatchObject([{ resultCode: 2 }])
    await client.close()
  })

  test.each<[object, string]>([
    [
      { hosts: 'a', password: 5 },
      'options.password must be a string or a function that returns one, not a value of type number',
    ],
    [{ hosts: 'a', password: SECRET }, 'options.user is missing, and a password is given'],
    [{ hosts: 'a', user: 'me', password: () => 5 }, 'options.password must give a string'],
    [
      { hosts: 'a', authMode: 'ldap' },
      `options.authMode must be 'internal', 'external' or 'pki', not the string "ldap"`,
    ],
    [
      { hosts: 'a', authMode: 'pki', user: 'me' },
      "authMode is 'pki', where the certificate names the user; leave out user",
    ],
    [{ hosts: 'a', tls: { key: SECRET } }, 'options.tls.cert is missing: a certificate and its key are given together'],
    [{ hosts: 'a', logger: {} }, 'options.logger must be a function, not an object'],
    [{ hosts: 'a', maxQueuedBatches: -1 }, 'options.maxQueuedBatches must be an integer from 0 to 1000000'],
  ])('%j is refused', async (target, message) => {
    const error: unknown = await open(target as ConnectOptions).catch((thrown: unknown) => thrown)
    expect((error as Error).message).toContain(message)
    expect(inspect(error)).not.toContain(SECRET)
  })
})
