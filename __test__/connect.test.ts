import { once } from 'node:events'
import { type AddressInfo, type Server, createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { AerostrideError, type Client, ClosedError, type Key, connect, connectSync, dtype } from '../src/index.js'
import { doors } from './support/doors.js'
import { ServerProcess } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const sensor = dtype({ temperature: 'f8' })

/** In milliseconds: what waits for nothing ends long before, however busy the machine is. */
const SOON = 20_000

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A port that nobody listens on: one that was just given back. */
async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  server.close()
  await once(server, 'close')
  return port
}

/** A host that accepts connections and never says anything. */
async function silentHost(): Promise<string> {
  const server = createServer((socket) => closers.push(() => socket.destroy()))
  closers.push(() => server.close())
  return `127.0.0.1:${await listening(server)}`
}

const connects = [
  ['connect', async (target: Parameters<typeof connect>[0]) => connect(target)],
  ['connectSync', async (target: Parameters<typeof connect>[0]) => connectSync(target)],
] as const

describe.each(connects)('%s', (_, open) => {
  test.each([
    ['a string', () => cluster.hosts],
    ['a list', () => cluster.hosts.split(',')],
    [
      'an object',
      () => ({ host: cluster.hosts.split(':')[0]!, port: Number(cluster.hosts.split(',')[0]!.split(':')[1]) }),
    ],
    ['options', () => ({ hosts: cluster.hosts, connectTimeout: 5000, policies: { read: { totalTimeout: 3000 } } })],
    ['a dead seed and a living one', async () => [`127.0.0.1:${await freePort()}`, cluster.hosts]],
  ])('%s', async (__, target) => {
    const client = await open(await target())
    const key: Key = ['test', freshSet(), 1]
    await client.put(key, { temperature: 20.5 })
    expect((await client.batchRead([key], { dtype: sensor })).columns.temperature[0]).toBe(20.5)
    await client.close()
  })

  test('a port that refuses', async () => {
    const host = `127.0.0.1:${await freePort()}`
    const error: unknown = await open(host).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AerostrideError)
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'ERR_AEROSTRIDE_CONNECTION',
      message: expect.stringContaining(host),
    })
  })

  test('a host that does not answer, within the connect timeout', async () => {
    const started = performance.now()
    const error: unknown = await open({ hosts: await silentHost(), connectTimeout: 300 }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(AerostrideError)
    expect((error as Error).name).toMatch(/^(ConnectionError|TimeoutError)$/)
    expect(performance.now() - started).toBeLessThan(SOON)
  })

  test.each([
    [undefined, TypeError, "options.hosts is missing: name at least one host, such as '127.0.0.1:3000'"],
    [null, TypeError, "connect takes 'host:port', a list of hosts or options, not null"],
    [5, TypeError, "connect takes 'host:port', a list of hosts or options, not the number 5"],
    [{}, TypeError, "options.hosts is missing: name at least one host, such as '127.0.0.1:3000'"],
    [{ hosts: [] }, RangeError, 'options.hosts must name at least one host'],
    [{ hosts: ['a', 'b:x'] }, RangeError, 'options.hosts[1]: the port in "b:x" must be an integer from 1 to 65535'],
    [
      'http://a:3000/path',
      RangeError,
      "options.hosts begins with 'http://': write the host without it, as 'a:3000'; a URL begins with 'aerospike://' and is given alone",
    ],
    ['tcp://[::1]', RangeError, /^options\.hosts begins with 'tcp:\/\/': write the host without it, as '\[::1\]'; /],
    ['https://', RangeError, /^options\.hosts begins with 'https:\/\/': write the host without it; a URL /],
    [['a', 'aerospike://b:3000'], RangeError, /^options\.hosts\[1\] begins with 'aerospike:\/\/': .* as 'b:3000'; /],
    [{ host: 'http://a:3000', port: 3000 }, RangeError, /^options\.hosts\.host begins with 'http:\/\/': .* as 'a'; /],
    [
      { host: 'http://me:secret@a' },
      RangeError,
      /^(?!.*secret)options\.hosts\.host begins with 'http:\/\/': .* without it; /,
    ],
    [
      { hosts: 'a', timeout: 5 },
      TypeError,
      /^options has no option "timeout"; did you mean connectTimeout\? It takes hosts, user, password, /,
    ],
    [{ hosts: 'a', connectTimeout: 0 }, RangeError, /^options\.connectTimeout must be an integer from 1 /],
    [{ hosts: 'a', password: 'secret' }, TypeError, 'options.user is missing, and a password is given'],
    [
      { hosts: 'a', user: 'me', password: 123_456 },
      TypeError,
      /^options\.password must be a string or a function that returns one, not a value of type number$/,
    ],
    [{ hosts: 'a', authMode: 'ldap' }, RangeError, /^options\.authMode must be 'internal', 'external' or 'pki'/],
    [{ hosts: 'a', tls: 'yes' }, TypeError, /^options\.tls must be true, false or \{ ca, cert, key, serverName \}/],
    [
      { hosts: 'a', tls: { key: 5 } },
      TypeError,
      /^options\.tls\.key must be PEM text, as a string or bytes, the path of a file, or a function/,
    ],
    [
      { hosts: 'a', tls: { cert: 'x' } },
      TypeError,
      /^options\.tls\.key is missing: a certificate and its key are given together$/,
    ],
    [{ hosts: 'a', policies: { write: { ttl: 'x' } } }, TypeError, /^options\.policies\.write\.ttl must be an integer/],
  ])('%j is refused', async (target, errorClass, message) => {
    const error: unknown = await open(target as never).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(errorClass)
    expect((error as Error).message).toMatch(message)
  })
})

describe.each(doors)('close through the %s door', (_, door) => {
  test('further closes do nothing, further calls are refused', async () => {
    const client = await connect(cluster.hosts)
    await door(client, 'close')
    await door(client, 'close')
    const key: Key = ['test', 'demo', 1]
    for (const call of [
      () => door(client, 'put', key, { a: 1 }),
      () => door(client, 'get', key),
      () => door(client, 'batchRead', [key]),
      () => door(client, 'batchRead', [key], { dtype: sensor }),
      () => door(client, 'batchRead', [], { dtype: sensor }),
    ]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ClosedError)
      expect(error).toMatchObject({
        name: 'ClosedError',
        code: 'ERR_AEROSTRIDE_CLOSED',
        message: 'the client is closed; connect again for further calls',
      })
    }
  })
})

test('await using closes', async () => {
  const client = await connect(cluster.hosts)
  await client[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]()
  await expect(client.get(['test', 'demo', 1])).rejects.toThrow(ClosedError)
})

describe.skipIf(process.platform === 'win32')('a server that fails during a batch', () => {
  const keys = Array.from({ length: 100 }, (_, id): Key => ['test', 'demo', id])

  /** A signal takes a moment to arrive: the server is silent once a read has not been answered. */
  async function silence(server: ServerProcess, client: Client): Promise<void> {
    server.silence()
    const answered = async (): Promise<boolean> => {
      const reading = client.batchRead(keys, { dtype: sensor, policy: { totalTimeout: 50 } })
      return reading.then(
        () => true,
        () => false,
      )
    }
    while (await answered());
  }

  async function withServer(work: (server: ServerProcess, client: Client) => Promise<void>): Promise<void> {
    const server = await ServerProcess.start()
    const client = await connect(server.hosts)
    try {
      // Connections are open and the partition map is there.
      await client.batchRead(keys, { dtype: sensor })
      await work(server, client)
    } finally {
      await server.kill()
      await client.close()
    }
  }

  test('silence ends with the total timeout', async () => {
    await withServer(async (server, client) => {
      await silence(server, client)
      const started = performance.now()
      const read = client.batchRead(keys, { dtype: sensor, policy: { totalTimeout: 300 } })
      await expect(read).rejects.toMatchObject({ name: 'TimeoutError', code: 'ERR_AEROSTRIDE_TIMEOUT' })
      expect(performance.now() - started).toBeLessThan(SOON)
      server.wake()
      expect((await client.batchRead(keys, { dtype: sensor })).resultCodes.every((code) => code === 2)).toBe(true)
    })
  })

  test('silence ends with the signal, which gives the reason', async () => {
    await withServer(async (server, client) => {
      await silence(server, client)
      const controller = new AbortController()
      const read = client.batchRead(keys, { dtype: sensor, signal: controller.signal })
      const records = client.batchRead(keys, { signal: controller.signal })
      const reason = new Error('changed my mind')
      controller.abort(reason)
      await Promise.all([expect(read).rejects.toBe(reason), expect(records).rejects.toBe(reason)])
      server.wake()
    })
  })

  test('close ends a batch that is under way', async () => {
    await withServer(async (server, client) => {
      await silence(server, client)
      const read = client.batchRead(keys, { dtype: sensor })
      const closed = client.close()
      await expect(read).rejects.toThrow(ClosedError)
      await closed
    })
  })

  test('a server that dies fails the batch, and soon', async () => {
    await withServer(async (server, client) => {
      await silence(server, client)
      const read = client
        .batchRead(keys, { dtype: sensor, policy: { totalTimeout: 5000 } })
        .catch((thrown: unknown) => thrown)
      await server.kill()
      const error = await read
      expect(error).toBeInstanceOf(AerostrideError)
      expect((error as Error).name).toMatch(/^(ConnectionError|TimeoutError)$/)
    })
  })
})
