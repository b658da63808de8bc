import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type DevServer, startDevServer } from '../src/devserver/index.js'
import { type Client, type ConnectOptions, connect, connectSync, dtype } from '../src/index.js'
import { testServer } from './support/server.js'

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

/** What opening a client rejects with. */
async function refusal(opened: Promise<Client>): Promise<unknown> {
  return opened.then(
    async (client) => {
      await client.close()
      return 'it was let in'
    },
    (error: unknown) => error,
  )
}

describe.each(doors)('users, %s', (_, open) => {
  const own = testServer({
    users: [
      { user: 'me', password: PASSWORD, roles: ['read-write'] },
      { user: 'old', password: PASSWORD, roles: ['read-write'], expired: true },
      { user: 'far', password: PASSWORD, roles: ['read-write'], external: true },
      { user: 'guest', password: PASSWORD, roles: ['read'] },
    ],
  })
  const options = (more: ConnectOptions): ConnectOptions => ({ hosts: own.server.hosts, connectTimeout: 2000, ...more })

  test.each([
    ['a password', PASSWORD],
    ['a function', () => PASSWORD],
  ])('%s', async (__, password) => {
    expect(await works(await open(options({ user: 'me', password })))).toEqual(WRITTEN)
  })

  test('a URL', async () => {
    expect(await works(await open({ hosts: `aerospike://me:${PASSWORD}@${own.server.hosts.join(',')}` }))).toEqual(
      WRITTEN,
    )
  })

  test.each<[string, ConnectOptions, number, RegExp]>([
    ['a wrong password', { user: 'me', password: `${PASSWORD}!` }, 62, /^login refused: Invalid password \(code 62\)/],
    ['an empty password', { user: 'me', password: '' }, 62, /^login refused: /],
    ['an unknown user', { user: 'somebody', password: PASSWORD }, 60, /^login refused: Invalid user \(code 60\)/],
    ['an expired password', { user: 'old', password: PASSWORD }, 63, /^login refused: Expired password \(code 63\)/],
    ['a user of a directory', { user: 'far', password: PASSWORD }, 62, /^login refused: /],
  ])('%s is refused', async (__, more, resultCode, message) => {
    const error = await refusal(open(options(more)))
    expect(error).toMatchObject({ name: 'ServerError', resultCode, message: expect.stringMatching(message) })
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD)
  })

  test('no user at all is refused', async () => {
    expect(await refusal(open(options({})))).toMatchObject({
      name: expect.stringMatching(/^(Connection|Server)Error$/),
    })
  })

  test('a password of a directory is not sent in clear', async () => {
    const error = await refusal(open(options({ user: 'far', password: PASSWORD, authMode: 'external' })))
    expect(error).toMatchObject({ message: expect.stringContaining('TLS') })
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD)
  })

  test('a user without the right is told so, over both planes', async () => {
    const client = await open(options({ user: 'guest', password: PASSWORD }))
    const keys = [1, 2, 3].map((id): [string, string, number] => ['test', 'secured', id])
    await expect(client.put(keys[0]!, { n: 5 })).rejects.toMatchObject({ name: 'ServerError', resultCode: 81 })
    const written = await client.batchWrite(keys, { dtype: schema, columns: { n: WRITTEN } })
    expect([...written.resultCodes]).toEqual([81, 81, 81])
    expect([...(await client.batchRead(keys, { dtype: schema })).resultCodes]).not.toContain(81)
    await client.close()
  })
})

/** Asks for new connections again and again, until a session of a second has ended more than once. */
test('a session that ends is renewed without a failed call, over both planes', async () => {
  const sessionTtl = 1
  await using server = await startDevServer({
    users: [{ user: 'me', password: PASSWORD, roles: ['read-write'] }],
    sessionTtl,
  })
  const client = await connect({ hosts: server.hosts, user: 'me', password: PASSWORD })
  const keys = [1, 2, 3].map((id): [string, string, number] => ['test', 'secured', id])
  const until = performance.now() + 2500 * sessionTtl
  let rounds = 0
  for (; performance.now() < until; rounds++) {
    // The connections break, so that new ones have to log in.
    server.setFaults(['on=batch times=1 cut=5', 'on=read times=1 cut=5'])
    await client.put(keys[0]!, { n: rounds })
    expect(await client.get(keys[0]!)).toMatchObject({ bins: { n: rounds } })
    const batch = await client.batchRead(keys.slice(0, 1), { dtype: schema })
    expect([...batch.columns.n]).toEqual([rounds])
  }
  expect(rounds).toBeGreaterThan(3)
  await client.close()
})

describe.each(doors)('a directory, %s', (_, open) => {
  const far = { user: 'far', password: PASSWORD, roles: ['read-write'], external: true }
  const own = testServer({ users: [far], tls: true })
  const options = (more: ConnectOptions): ConnectOptions => ({
    hosts: own.server.hosts,
    user: 'far',
    password: PASSWORD,
    tls: { ca: own.server.certificates!.ca, serverName: 'localhost' },
    ...more,
  })

  test('a password', async () => {
    expect(await works(await open(options({ authMode: 'external' })))).toEqual(WRITTEN)
  })

  test.each<[string, ConnectOptions, number]>([
    ['a wrong password', { authMode: 'external', password: `${PASSWORD}!` }, 62],
    ['an unknown user', { authMode: 'external', user: 'somebody' }, 60],
    ['the mode of users of the cluster’s own', {}, 62],
  ])('%s is refused', async (__, more, resultCode) => {
    const error = await refusal(open(options(more)))
    expect(error).toMatchObject({ name: 'ServerError', resultCode })
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD)
  })

  test('a missing user is an argument', async () => {
    const nobody = { hosts: own.server.hosts, authMode: 'external' } as const
    expect(await refusal(open(nobody))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('user is missing'),
    })
  })
})

/** As whom the server's client certificate names. */
const certified = ({ hosts, certificates }: DevServer): ConnectOptions => ({
  hosts,
  authMode: 'pki',
  tls: { ...certificates!, serverName: 'localhost' },
})

describe.each(doors)('users by certificate, %s', (_, open) => {
  const users = [{ user: 'ada', password: '', roles: ['read-write'] }]
  const own = testServer({ users, tls: { mutual: true, clientName: 'ada' } })
  const stranger = testServer({ users, tls: { mutual: true, clientName: 'eve' } })

  test('the user that the certificate names', async () => {
    expect(await works(await open(certified(own.server)))).toEqual(WRITTEN)
  })

  test('somebody whom the cluster does not know is refused', async () => {
    expect(await refusal(open(certified(stranger.server)))).toMatchObject({ name: 'ServerError', resultCode: 60 })
  })

  test.each<[string, () => ConnectOptions, string]>([
    [
      'a user beside the certificate',
      () => ({ ...certified(own.server), user: 'ada' }),
      'the certificate names the user',
    ],
    ['no TLS', () => ({ ...certified(own.server), tls: false }), 'TLS'],
  ])('%s is refused', async (__, wrong, message) => {
    expect(await refusal(open(wrong()))).toMatchObject({ message: expect.stringContaining(message) })
  })

  test('no certificate is refused', async () => {
    const tls = { ca: own.server.certificates!.ca, serverName: 'localhost' }
    expect(await refusal(open({ ...certified(own.server), tls }))).toMatchObject({
      name: expect.stringMatching(/^(ConnectionError|ServerError|TypeError)$/),
    })
  })
})

describe.each(doors)('certificates that have expired, %s', (_, open) => {
  test.each(['server', 'client'] as const)('that of the %s is refused', async (expired) => {
    await using server = await startDevServer({ tls: { mutual: true, expired } })
    const tls = { ...server.certificates!, serverName: 'localhost' }
    const error = await refusal(open({ hosts: server.hosts, tls, connectTimeout: 2000 }))
    expect(error).toMatchObject({ name: 'ConnectionError' })
    expect(inspect(error, { depth: 9 })).toMatch(/certificate.*expired/is)
  })
})

describe.each(doors)('TLS, %s', (_, open) => {
  const own = testServer({ tls: true })
  const mutual = testServer({ tls: { mutual: true } })

  test('with the authority', async () => {
    const { ca } = own.server.certificates!
    expect(await works(await open({ hosts: own.server.hosts, tls: { ca, serverName: 'localhost' } }))).toEqual(WRITTEN)
  })

  test('with a certificate of the client’s own, from a function', async () => {
    const { ca, cert, key } = mutual.server.certificates!
    expect(
      await works(
        await open({ hosts: mutual.server.hosts, tls: { ca, cert, key: () => key, serverName: 'localhost' } }),
      ),
    ).toEqual(WRITTEN)
  })

  test.each<[string, () => ConnectOptions]>([
    ['the authorities of the platform', () => ({ hosts: own.server.hosts, tls: { serverName: 'localhost' } })],
    [
      'another authority',
      () => ({ hosts: own.server.hosts, tls: { ca: mutual.server.certificates!.ca, serverName: 'localhost' } }),
    ],
    [
      'another name',
      () => ({ hosts: own.server.hosts, tls: { ca: own.server.certificates!.ca, serverName: 'elsewhere' } }),
    ],
    [
      'no certificate',
      () => ({ hosts: mutual.server.hosts, tls: { ca: mutual.server.certificates!.ca, serverName: 'localhost' } }),
    ],
    ['no TLS', () => ({ hosts: own.server.hosts })],
  ])('%s is refused', async (__, options) => {
    const error = await refusal(open({ connectTimeout: 2000, ...options() }))
    expect(error).toMatchObject({ name: expect.stringMatching(/^(ConnectionError|TimeoutError)$/) })
  })
})
