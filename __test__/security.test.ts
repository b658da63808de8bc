import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type DevServer, type DevServerOptions, startDevServer } from '../src/devserver.js'
import { type Client, connect, connectSync, dtype } from '../src/index.js'

/** Login and TLS over both planes: a put goes over the control plane, a columnar read over the data plane. */

const number = dtype({ n: 'i4' })
const users = [
  { user: 'ada', password: 'a secret of ada', roles: ['read-write'] },
  { user: 'bob', password: 'a secret of bob', roles: ['read'] },
]
const running: (Client | DevServer)[] = []
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one[Symbol.asyncDispose]()
})

async function server(options: DevServerOptions): Promise<DevServer> {
  const started = await startDevServer(options)
  running.push(started)
  return started
}

type Target = Exclude<Parameters<typeof connect>[0], string | readonly unknown[]>

const doors: [string, (target: Target) => Promise<Client>][] = [
  ['connect', async (target) => connect(target)],
  ['connectSync', async (target) => connectSync(target)],
]

/** What both planes have done: `null` when every record was written and read. */
async function faultOfPlanes(opened: Client): Promise<string | null> {
  const keys = Array.from({ length: 40 }, (_, n): [string, string, number] => ['test', 'secure', n])
  for (const [n, key] of keys.entries()) await opened.put(key, { n })
  const batch = await opened.batchRead(keys, { dtype: number })
  const read = [...batch.columns.n].every((n, row) => n === row && batch.resultCodes[row] === 0)
  return read ? null : batch.failures.map((failed) => failed.message).join(', ')
}

const pem = (name: string): string => readFileSync(join(__dirname, '../fixtures/tls', name), 'utf8')

describe.each(doors)('%s', (_door, open) => {
  async function client(target: Target): Promise<Client> {
    const opened = await open(target)
    running.push(opened)
    return opened
  }

  async function error(target: Target): Promise<Error & { code?: string; resultCode?: number }> {
    return client(target).then(
      () => expect.unreachable('the connection was refused'),
      (refused: unknown) => refused as Error,
    )
  }

  test('the right password, on one node and on three', async () => {
    for (const nodes of [1, 3]) {
      const { hosts } = await server({ users, nodes })
      expect(
        await faultOfPlanes(await client({ hosts: hosts[0]!, user: 'ada', password: 'a secret of ada' })),
      ).toBeNull()
    }
  })

  test('a wrong, missing or unknown user or password', async () => {
    const { hosts } = await server({ users })
    const wrong = await error({ hosts: hosts[0]!, user: 'ada', password: 'not the secret' })
    expect(wrong).toMatchObject({ name: 'ServerError', code: 'ERR_AEROSTRIDE_SERVER', resultCode: 62 })
    expect(wrong.message).toContain('check user and password')
    const unknown = await error({ hosts: hosts[0]!, user: 'eve', password: 'not the secret' })
    expect(unknown).toMatchObject({ name: 'ServerError', resultCode: 60 })
    const nobody = await error({ hosts: hosts[0]! })
    expect(nobody.message).toContain('login')
    for (const each of [wrong, unknown, nobody])
      expect(JSON.stringify(each) + each.stack).not.toContain('not the secret')
  })

  test('a role that may not write is refused with the code of the server', async () => {
    const { hosts } = await server({ users })
    const reader = await client({ hosts: hosts[0]!, user: 'bob', password: 'a secret of bob' })
    await expect(reader.put(['test', 'secure', 1], { n: 1 })).rejects.toMatchObject({
      name: 'ServerError',
      resultCode: 81,
    })
    const batch = await reader.batchRead([['test', 'secure', 1]], { dtype: number })
    expect([...batch.resultCodes]).toEqual([2])
  })

  test('tokens that have expired are renewed', async () => {
    const { hosts } = await server({ users, sessionTtl: 1 })
    const opened = await client({ hosts: hosts[0]!, user: 'ada', password: 'a secret of ada' })
    expect(await faultOfPlanes(opened)).toBeNull()
    // New connections log in again, because the token is past the margin at which it is used.
    const reads = Array.from({ length: 8 }, () => opened.batchRead([['test', 'secure', 1]], { dtype: number }))
    for (const batch of await Promise.all(reads)) expect([...batch.columns.n]).toEqual([1])
  })

  test('self-made certificates, with and without a login', async () => {
    for (const more of [{}, { users }, { users, nodes: 3 }]) {
      const { hosts, certificates } = await server({ tls: true, ...more })
      const login = 'users' in more ? { user: 'ada', password: 'a secret of ada' } : {}
      expect(
        await faultOfPlanes(await client({ hosts: hosts[0]!, tls: { ca: certificates!.ca }, ...login })),
      ).toBeNull()
    }
  })

  test('an authority that is not trusted', async () => {
    const { hosts } = await server({ tls: true })
    const other = await server({ tls: true })
    const refused = await error({ hosts: hosts[0]!, tls: { ca: other.certificates!.ca } })
    expect(refused.name).toBe('ConnectionError')
    expect((refused.cause as Error).message).toMatch(/no TLS with .*certificate/i)
  })

  test('a certificate that has expired', async () => {
    const { hosts } = await server({ tls: { cert: pem('expired.pem'), key: pem('expired-key.pem') } })
    const refused = await error({ hosts: hosts[0]!, tls: { ca: pem('ca.pem') } })
    expect(refused.name).toBe('ConnectionError')
    expect((refused.cause as Error).message).toMatch(/expired/i)
  })

  test('mutual TLS: with the certificate, and without', async () => {
    const { hosts, certificates } = await server({ tls: { mutual: true } })
    expect(await faultOfPlanes(await client({ hosts: hosts[0]!, tls: certificates! }))).toBeNull()
    expect((await error({ hosts: hosts[0]!, tls: { ca: certificates!.ca } })).name).toBe('ConnectionError')
  })

  test('no TLS where the server wants it, and the other way round', async () => {
    const secured = await server({ tls: true })
    expect((await error({ hosts: secured.hosts[0]! })).message).toContain('whether it wants TLS')
    const plain = await server({})
    const refused = await error({ hosts: plain.hosts[0]!, tls: { ca: secured.certificates!.ca }, connectTimeout: 500 })
    expect(refused.message).toContain('whether it wants TLS')
  })
})
