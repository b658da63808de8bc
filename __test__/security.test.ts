import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DevServer, startDevServer } from '../src/devserver.js'
import { type Client, type ConnectOptions, connect, connectSync, dtype } from '../src/index.js'

/** Logging in and TLS, over the connections of single records and those of batches. */

const PASSWORD = 'correct-horse-battery'
const schema = dtype({ n: 'i4' })
const doors: [string, (options: ConnectOptions) => Promise<Client>][] = [
  ['connect', (options) => connect(options)],
  ['connectSync', async (options) => connectSync(options)],
]

const WRITTEN = [1, 2, 3]

/** Uses both kinds of connections, and gives what was written and read back. */
async function works(client: Client): Promise<number[]> {
  const keys = [1, 2, 3].map((id): [string, string, number] => ['test', 'secured', id])
  await client.put(keys[0]!, { n: 5 })
  await client.batchWrite(keys, { dtype: schema, columns: { n: WRITTEN } })
  const batch = await client.batchRead(keys, { dtype: schema })
  await client.close()
  return [...batch.columns.n]
}

describe.each(doors)('users, %s', (_, open) => {
  let server: DevServer
  beforeAll(async () => {
    server = await startDevServer({ users: [{ user: 'me', password: PASSWORD, roles: ['read-write'] }] })
  })
  afterAll(() => server.stop())
  const options = (more: ConnectOptions): ConnectOptions => ({ hosts: server.hosts, connectTimeout: 2000, ...more })

  test.each([
    ['a password', PASSWORD],
    ['a function', () => PASSWORD],
  ])('%s', async (__, password) => {
    expect(await works(await open(options({ user: 'me', password })))).toEqual(WRITTEN)
  })

  test('a URL', async () => {
    expect(await works(await open({ hosts: `aerospike://me:${PASSWORD}@${server.hosts.join(',')}` }))).toEqual(WRITTEN)
  })

  test.each<[string, ConnectOptions]>([
    ['a wrong password', { user: 'me', password: `${PASSWORD}!` }],
    ['an unknown user', { user: 'somebody', password: PASSWORD }],
    ['no user at all', {}],
  ])('%s is refused', async (__, more) => {
    const error: unknown = await open(options(more)).then(
      (client) => client.close(),
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: expect.stringMatching(/^(ConnectionError|ServerError|AerostrideError)$/) })
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD)
  })
})

describe.each(doors)('TLS, %s', (_, open) => {
  let server: DevServer
  let mutual: DevServer
  beforeAll(async () => {
    server = await startDevServer({ tls: true })
    mutual = await startDevServer({ tls: { mutual: true } })
  })
  afterAll(async () => {
    await server.stop()
    await mutual.stop()
  })

  test('with the authority', async () => {
    const { ca } = server.certificates!
    expect(await works(await open({ hosts: server.hosts, tls: { ca, serverName: 'localhost' } }))).toEqual(WRITTEN)
  })

  test('with a certificate of the client’s own, from a function', async () => {
    const { ca, cert, key } = mutual.certificates!
    expect(
      await works(await open({ hosts: mutual.hosts, tls: { ca, cert, key: () => key, serverName: 'localhost' } })),
    ).toEqual(WRITTEN)
  })

  test.each<[string, () => ConnectOptions]>([
    ['the authorities of the platform', () => ({ hosts: server.hosts, tls: { serverName: 'localhost' } })],
    [
      'another authority',
      () => ({ hosts: server.hosts, tls: { ca: mutual.certificates!.ca, serverName: 'localhost' } }),
    ],
    ['another name', () => ({ hosts: server.hosts, tls: { ca: server.certificates!.ca, serverName: 'elsewhere' } })],
    ['no certificate', () => ({ hosts: mutual.hosts, tls: { ca: mutual.certificates!.ca, serverName: 'localhost' } })],
    ['no TLS', () => ({ hosts: server.hosts })],
  ])('%s is refused', async (__, options) => {
    const error: unknown = await open({ connectTimeout: 2000, ...options() }).then(
      (client) => client.close(),
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: expect.stringMatching(/^(ConnectionError|TimeoutError)$/) })
  })
})
