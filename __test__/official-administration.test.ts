import Aerospike from 'aerospike'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BackgroundJob, type Client, type Key, type Ping, between, connect, equal, op } from '../src/index.js'
import { type Door, doors } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'
import { theirKey } from './support/their-key.js'

/** Users, roles, modules, jobs and nodes, beside the official client. */

const pathOf = (folder: string, module: string): string => join(folder, `${module}.lua`)
const keysOf = (set: string): Key[] => Array.from({ length: 100 }, (_, id): Key => ['test', set, id])
const names = async (client: Client): Promise<string[]> => (await client.udfs.list()).map(({ name }) => name)
const binsOf = async (client: Client, set: string): Promise<unknown[]> =>
  (await client.batchRead(keysOf(set))).map(({ bins }) => bins)
let modules = 0
const freshModule = (): string => `t${process.pid}_${Date.now().toString(36)}_${modules++}`

const ROOT = { user: 'root', password: 'root secret' }

describe('users and roles', () => {
  const cluster = testCluster({
    server: { users: [{ ...ROOT, roles: ['user-admin', 'read-write'] }] },
    connect: ROOT,
  })
  let official: Aerospike.Client
  beforeAll(async () => {
    official = await Aerospike.connect({ hosts: cluster.hosts, ...ROOT, log: { level: Aerospike.log.OFF } })
  })
  afterAll(() => official.close())

  const theirUser = async (name: string): Promise<unknown> => {
    const { roles } = (await official.queryUser(name, null as never)) as unknown as { roles: string[] }
    return roles.toSorted()
  }
  let count = 0
  const fresh = (what: string): string => `${what}${process.pid}${count++}`

  describe.each(doors)('through the %s door', (_, door) => {
    const call = (...args: [Parameters<Door>[1], ...unknown[]]): Promise<unknown> => door(cluster.client, ...args)

    test('a user is made, changed and dropped, and the official client sees it', async () => {
      const name = fresh('ada')
      await call('users.create', name, 'first', ['read'])
      expect(await theirUser(name)).toEqual(['read'])
      await call('users.grant', name, ['write', 'truncate'])
      await call('users.revoke', name, ['truncate'])
      expect(await theirUser(name)).toEqual(['read', 'write'])
      expect(await call('users.get', name)).toMatchObject({ name, roles: ['read', 'write'] })
      await call('users.changePassword', name, 'second')
      const own = await connect({ hosts: cluster.hosts, user: name, password: 'second' })
      await own.users.changePassword(name, 'third')
      await own.close()
      await expect(connect({ hosts: cluster.hosts, user: name, password: 'first' })).rejects.toThrow('code 62')
      await (await connect({ hosts: cluster.hosts, user: name, password: 'third' })).close()
      await call('users.drop', name)
      await expect(call('users.get', name)).rejects.toMatchObject({ name: 'ServerError', resultCode: 60 })
    })

    test('what the official client makes is listed', async () => {
      const name = fresh('eve')
      await official.createUser(name, 'secret', ['read-write'])
      expect(await call('users.list')).toEqual(
        expect.arrayContaining([expect.objectContaining({ name, roles: ['read-write'] })]),
      )
      const role = fresh('theirs')
      await official.createRole(
        role,
        [new Aerospike.admin.Privilege(10, { namespace: 'test', set: 'demo' })],
        {},
        ['127.0.0.1'],
        5,
        6,
      )
      expect(await call('roles.get', role)).toEqual({
        name: role,
        privileges: [{ code: 'read', namespace: 'test', set: 'demo' }],
        allowlist: ['127.0.0.1'],
        readQuota: 5,
        writeQuota: 6,
      })
    })

    test('a role is made, changed and dropped, and the official client sees it', async () => {
      const name = fresh('analyst')
      await call('roles.create', name, {
        privileges: ['truncate', { code: 'read', namespace: 'test', set: 'demo' }],
        allowlist: ['127.0.0.1', '10.0.0.0/8'],
        readQuota: 10,
        writeQuota: 20,
      })
      const theirs = async (): Promise<unknown> => official.queryRole(name, null as never)
      expect(await theirs()).toMatchObject({
        name,
        readQuota: 10,
        writeQuota: 20,
        whitelist: ['127.0.0.1', '10.0.0.0/8'],
        privileges: [{ code: 14 }, { code: 10, namespace: 'test', set: 'demo' }],
      })
      await call('roles.revoke', name, ['truncate'])
      await call('roles.grant', name, ['sindex-admin'])
      await call('roles.setQuotas', name, { read: 1 })
      await call('roles.setAllowlist', name, [])
      expect(await theirs()).toMatchObject({ readQuota: 1, writeQuota: 0, privileges: [{ code: 10 }, { code: 4 }] })
      const known = { name, allowlist: [], readQuota: 1, writeQuota: 0 }
      expect(await call('roles.get', name)).toMatchObject(known)
      expect(await call('roles.list')).toEqual(expect.arrayContaining([expect.objectContaining(known)]))
      await call('roles.drop', name)
      await expect(call('roles.get', name)).rejects.toMatchObject({ resultCode: 70 })
    })

    test('a role allows what it says, and nothing else', async () => {
      const [role, name] = [fresh('reader'), fresh('bob')]
      await call('roles.create', role, { privileges: [{ code: 'read', namespace: 'test', set: 'open' }] })
      await call('users.create', name, 'secret', [role])
      const own = await connect({ hosts: cluster.hosts, user: name, password: 'secret' })
      expect(await door(own, 'get', ['test', 'open', 1])).toBeNull()
      await expect(door(own, 'get', ['test', 'other', 1])).rejects.toMatchObject({ resultCode: 81 })
      await expect(door(own, 'batchRemove', [['test', 'open', 1]])).resolves.toMatchObject({
        resultCodes: Int32Array.of(81),
      })
      await expect(door(own, 'users.list')).rejects.toMatchObject({ resultCode: 81 })
      await own.close()
    })

    test.each<[string, number, () => Promise<unknown>]>([
      ['an unknown role', 70, () => call('users.create', fresh('x'), 'secret', ['no such role'])],
      ['a user that exists', 61, () => call('users.create', 'root', 'secret', [])],
      ['a role that exists', 71, () => call('roles.create', 'read')],
      ['an address that is none', 73, () => call('roles.create', fresh('x'), { allowlist: ['nowhere'] })],
      ['a user that does not exist', 60, () => call('users.drop', 'nobody')],
    ])('%s is refused with code %d', async (__, resultCode, refused) => {
      await expect(refused()).rejects.toMatchObject({ name: 'ServerError', resultCode })
    })
  })
})

describe('functions, jobs and nodes', () => {
  const cluster = testCluster()
  let official: Aerospike.Client
  let folder: string
  beforeAll(async () => {
    official = await Aerospike.connect({ hosts: cluster.hosts, log: { level: Aerospike.log.OFF } })
    folder = await mkdtemp(join(tmpdir(), 'aerostride-udf-'))
  })
  afterAll(async () => {
    official.close()
    await rm(folder, { recursive: true })
  })

  const LUA = `function add(record, bin, by)
  record[bin] = (record[bin] or 0) + by
  aerospike:update(record)
  return record[bin]
end
function echo(record, value) return value end
function fail(record) error('no way') end
`
  const isReal = process.env['AEROSTRIDE_TEST_HOSTS'] !== undefined

  describe.each(doors)('through the %s door', (_, door) => {
    const call = (...args: [Parameters<Door>[1], ...unknown[]]): Promise<unknown> => door(cluster.client, ...args)
    test('modules of files, URLs and bytes are listed as those of the official client, and removed', async () => {
      const [file, url, bytes, theirs] = [freshModule(), freshModule(), freshModule(), freshModule()]
      for (const module of [file, url, theirs]) writeFileSync(pathOf(folder, module), LUA)
      await call('udfs.register', pathOf(folder, file))
      await call('udfs.register', pathToFileURL(pathOf(folder, url)))
      await call('udfs.register', Buffer.from(LUA), { name: `${bytes}.lua` })
      const job = await official.udfRegister(pathOf(folder, theirs))
      await job.wait(10)
      const listed = (await call('udfs.list')) as { name: string; hash: string; language: string }[]
      const own = listed.filter(({ name }) => [file, url, bytes, theirs].includes(name.replace('.lua', '')))
      expect(own).toHaveLength(4)
      expect(own.every(({ hash, language }) => language === 'LUA' && /^[0-9a-f]{40}$/.test(hash))).toBe(true)
      for (const module of [file, url, bytes, theirs]) expect(await call('udfs.remove', `${module}.lua`)).toBe(true)
      expect(await call('udfs.remove', `${file}.lua`)).toBe(false)
      expect((await names(cluster.client)).filter((name) => name.startsWith(file))).toEqual([])
    })

    test('a job in the background writes what its operations say to the records of its set', async () => {
      const set = freshSet()
      const keys = Array.from({ length: 200 }, (__, id): Key => ['test', set, id])
      await cluster.client.putMany(keys.map((key, n) => [key, { n }] as const))
      const job = (await call('background', 'test', set, {
        operations: [op.add('n', 1000), op.write('seen', true)],
        filter: '$.n < 50',
      })) as BackgroundJob
      const ended = await job.wait({ interval: 5 })
      expect(ended).toMatchObject({ done: true, succeeded: 50, failed: 0 })
      expect(await job.progress()).toEqual(ended)
      expect(job.progressSync()).toEqual(ended)
      expect(job.waitSync()).toEqual(ended)
      const records = await cluster.client.batchRead(keys)
      expect(records.map(({ bins }) => bins)).toEqual(
        keys.map((__, n) => (n < 50 ? { n: n + 1000, seen: true } : { n })),
      )
    })

    test('a job in the background over an index changes what the official client changes', async () => {
      const [ours, theirs] = [freshSet(), freshSet()]
      for (const set of [ours, theirs]) {
        await cluster.client.putMany(keysOf(set).map((key, n) => [key, { n }] as const))
        await cluster.client.createIndex('test', set, { name: `i_${set}`, bin: 'n', type: 'numeric' })
      }
      const job = (await call('background', 'test', ours, {
        where: between('n', 10, 19),
        operations: [op.write('chosen', 1)],
        policy: { ttl: -1 },
      })) as BackgroundJob
      await job.wait({ interval: 5 })
      const query = official.query('test', theirs)
      query.where(Aerospike.filter.range('n', 10, 19))
      const their = await query.operate([Aerospike.operations.write('chosen', 1)])
      await their.waitUntilDone(10)
      expect(await binsOf(cluster.client, ours)).toEqual(await binsOf(cluster.client, theirs))
      expect((await binsOf(cluster.client, ours)).filter((bins) => 'chosen' in (bins as object))).toHaveLength(10)
      for (const set of [ours, theirs]) await cluster.client.dropIndex('test', `i_${set}`)
    })

    test('a job in the background finds records by a place inside a bin', async () => {
      const set = freshSet()
      await cluster.client.putMany(
        keysOf(set).map((key, n) => [key, { profile: { city: n % 4 === 0 ? 'Rome' : 'Oslo' } }] as const),
      )
      const place = { bin: 'profile', path: ['city'] }
      await cluster.client.createIndex('test', set, { name: `i_${set}`, ...place, type: 'string' })
      const options = { where: equal(place, 'Rome'), operations: [op.write('chosen', 1)] }
      await ((await call('background', 'test', set, options)) as BackgroundJob).wait({ interval: 5 })
      const chosen = (await binsOf(cluster.client, set)).map((bins) => 'chosen' in (bins as object))
      expect(chosen).toEqual(chosen.map((_each, n) => n % 4 === 0))
      await cluster.client.dropIndex('test', `i_${set}`)
    })

    test('the signal of a job ends the waiting, and not the job', async () => {
      const set = freshSet()
      await cluster.client.put(['test', set, 1], { n: 1 })
      const job = (await call('background', 'test', set, { operations: [op.add('n', 1)] })) as BackgroundJob
      await expect(job.wait({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
      expect((await job.wait({ interval: 1 })).done).toBe(true)
    })

    test('nodes answer, and are those of the official client', async () => {
      const pings = (await call('ping')) as Ping[]
      expect(pings.map(({ node }) => node)).toEqual(
        official
          .getNodes()
          .map(({ name }) => name)
          .toSorted(),
      )
      for (const { ms, error } of pings) expect([error, ms! >= 0 && ms! < 60_000]).toEqual([undefined, true])
      expect(cluster.client.nodes().map(({ name, address }) => ({ name, address }))).toEqual(official.getNodes())
      expect(
        cluster.client.nodes().every(({ active, version }) => active && /^\d+\.\d+\.\d+\.\d+$/.test(version)),
      ).toBe(true)
      expect(cluster.client.isConnected()).toBe(true)
    })

    // The embedded server has no Lua.
    test.runIf(isReal)('functions return, write and fail as the official client has it', async () => {
      const module = freshModule()
      await call('udfs.register', Buffer.from(LUA), { name: `${module}.lua` })
      const set = freshSet()
      const keys = [1, 2, 3].map((id): Key => ['test', set, id])
      await cluster.client.putMany(keys.map((key) => [key, { n: 1 }] as const))
      expect(await call('apply', keys[0], { module, function: 'add', args: ['n', 5] })).toBe(6)
      expect(await official.apply(theirKey(keys[0]!), { module, funcname: 'add', args: ['n', 5] })).toBe(11)
      const values = [7, 'text', [1, [2]], { a: 1 }, Buffer.from('b'), 1.5, null]
      for (const value of values) {
        const ours = await call('apply', keys[0], { module, function: 'echo', args: [value] })
        const theirs = await official.apply(theirKey(keys[0]!), { module, funcname: 'echo', args: [value] as never })
        expect(ours).toEqual(theirs instanceof Uint8Array ? Uint8Array.from(theirs) : theirs)
      }
      await expect(call('apply', keys[0], { module, function: 'fail' })).rejects.toMatchObject({
        name: 'ServerError',
        resultCode: 100,
        message: expect.stringContaining('no way'),
      })
      await expect(call('apply', keys[0], { module, function: 'nothing' })).rejects.toMatchObject({ resultCode: 100 })
      const many = await call('batchApply', keys, [
        { module, function: 'add', args: ['n', 1] },
        { module, function: 'fail' },
        { module, function: 'echo', args: ['x'] },
      ])
      expect(many).toMatchObject({ ok: 2, resultCodes: Int32Array.of(0, 100, 0), values: [12, null, 'x'] })
      const failure = { code: 100, message: expect.stringContaining('no way'), rows: Uint32Array.of(1) }
      expect(many).toMatchObject({ failures: [failure] })
      const job = (await call('background', 'test', set, {
        udf: { module, function: 'add', args: ['n', 100] },
      })) as BackgroundJob
      expect(await job.wait({ interval: 5 })).toMatchObject({ done: true, succeeded: 3, failed: 0 })
      expect((await cluster.client.batchRead(keys)).map(({ bins }) => bins!['n'])).toEqual([112, 101, 101])
      await call('udfs.remove', `${module}.lua`)
    })

    test.runIf(isReal)('code that does not compile is refused with its line', async () => {
      await expect(call('udfs.register', Buffer.from('-- fine\nnot lua'), { name: 'bad.lua' })).rejects.toThrow(
        /bad\.lua, line 2: .*not/,
      )
    })
  })

  test('a client that is closed has no nodes', async () => {
    const client = await connect(cluster.hosts)
    await client.close()
    expect(client.isConnected()).toBe(false)
    expect(client.nodes()).toEqual([])
  })
})
