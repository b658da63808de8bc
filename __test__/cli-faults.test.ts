import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cliPath, runCli } from './support/cli.js'
import { type Ended, root } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const folder = mkdtempSync(join(tmpdir(), 'aerostride-cli-faults-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (args: string[], input?: string): Promise<Ended> =>
  runCli(args, { environment: { AEROSTRIDE_HOSTS: cluster.hosts }, ...(input !== undefined && { input }) })

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

describe('data that a terminal would obey', () => {
  const set = freshSet()
  const evil = '\u001B]0;title\u0007\u001B[31m\u009B31m\u202Ered\r\n'
  const shown = String.raw`\u001b]0;title\u0007\u001b[31m\u009b31m\u202ered\r\n`
  const obeyed = /[\p{Cc}\u202E]/u

  beforeAll(() =>
    cluster.client.put(
      ['test', set, evil],
      { text: evil, 'b\u001B[1m': 1, more: [evil] },
      { policy: { sendKey: true } },
    ),
  )

  test.each([
    ['scan', '-d', 'text:utf8'],
    ['scan'],
    ['schema'],
    ['schema', '--json'],
    ['read', '-d', 'text:utf8', evil],
    ['read', evil],
  ])('%j', async (command, ...args) => {
    const { code, stdout, stderr } = await run([command, '-n', 'test', '-s', set, ...args])
    expect(code).toBe(0)
    for (const line of [...linesOf(stdout), ...linesOf(stderr)]) expect(line).not.toMatch(obeyed)
  })

  test('is shown as JSON escapes it', async () => {
    const table = await run(['scan', '-n', 'test', '-s', set, '-d', 'text:utf8'])
    expect(linesOf(table.stdout)[1]).toBe(`${shown}  ${shown}`)
    const record = JSON.parse((await run(['read', '-n', 'test', '-s', set, evil])).stdout) as object
    expect(record).toMatchObject({ key: evil, bins: { text: evil, more: [evil] } })
    const schema = JSON.parse((await run(['schema', '-n', 'test', '-s', set, '--json'])).stdout) as object
    expect(schema).toMatchObject({ bins: { 'b\u001B[1m': { type: 'i8' } } })
  })

  test('and in a message too', async () => {
    const { stderr } = await run(['read', '-n', 'test', '-k', `/no/\u001B[31m`])
    expect(stderr).toBe('aerostride: /no/\\u001b[31m cannot be read (ENOENT)\n')
  })

  test('a csv file has it as it is', async () => {
    const { stdout } = await run(['scan', '-n', 'test', '-s', set, '-d', 'text:utf8', '-f', 'csv', '--keys', 'none'])
    expect(stdout).toBe(`text\n"${evil}"\n`)
  })
})

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  test.each([['info'], ['info', '--help'], ['--version'], ['bench', '--rows', '1', '--rounds', '1']])(
    '%j',
    async (...args) => {
      const full = openSync('/dev/full', 'w')
      const environment = { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts }
      const stdio = ['ignore', full, 'pipe'] as const
      const child = spawn(process.execPath, [cliPath, ...args], { env: environment, stdio: [...stdio] })
      let stderr = ''
      child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      expect(await once(child, 'close')).toEqual([1, null])
      expect(stderr).toBe('aerostride: standard output cannot be written (ENOSPC)\n')
    },
  )
})

test.skipIf(process.platform === 'win32')('Ctrl-C before the first row leaves the earlier file as it is', async () => {
  const set = freshSet()
  await cluster.client.putMany(Array.from({ length: 100 }, (_, id) => [['test', set, id], { id }]))
  const output = join(folder, 'earlier.csv')
  writeFileSync(output, 'the earlier export\n')
  const args = ['scan', '-n', 'test', '-s', set, '-d', 'id:i8', '-o', output, '--records-per-second', '1']
  const child = spawn(process.execPath, [cliPath, ...args], {
    cwd: root,
    env: { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close')
  while (!readdirSync(folder).includes('.earlier.csv.tmp')) await new Promise((done) => setTimeout(done, 1))
  child.kill('SIGINT')
  expect(await ended).toEqual([130, null])
  expect(stderr).toBe('aerostride: stopped after 0 rows\n')
  expect(readFileSync(output, 'utf8')).toBe('the earlier export\n')
  expect(readdirSync(folder)).not.toContain('.earlier.csv.tmp')
})

/** Rows with the keys 0, 1 and so on, and what is behind them. */
const csv = (rows: number, last = ''): string =>
  `key,n\n${Array.from({ length: rows }, (_, row) => `${row},1\n`).join('')}${last}`

describe('an import that fails in the middle', () => {
  test('says how many records it has written', async () => {
    const set = freshSet()
    const { code, stderr } = await run(
      ['write', '-n', 'test', '-s', set, '-d', 'n:i8', '-f', 'csv'],
      csv(20_001, 'x,y\n'),
    )
    expect(code).toBe(1)
    expect(stderr).toBe('aerostride: line 20003, n: "y" is not an integer; 20,000 records had been written by then\n')
  })

  test('names the file of a folder', async () => {
    const files = join(folder, 'import')
    mkdirSync(files)
    writeFileSync(join(files, 'a.csv'), csv(1))
    writeFileSync(join(files, 'b.csv'), csv(1, 'x,y\n'))
    const { stderr } = await run(['write', '-n', 'test', '-s', freshSet(), '-d', 'n:i8', files])
    expect(stderr).toBe(
      `aerostride: ${join(files, 'b.csv')}: line 3, n: "y" is not an integer; 1 record had been written by then\n`,
    )
  })

  test('a folder of several formats is refused, unless one is chosen', async () => {
    const [files, set] = [join(folder, 'formats'), freshSet()]
    mkdirSync(files)
    writeFileSync(join(files, 'a.csv'), 'key,n\na,1\n')
    writeFileSync(join(files, 'b.ndjson'), '{"key":"b","n":2}\n')
    const write = ['write', '-n', 'test', '-s', set, '-d', 'n:i8', files]
    expect(await run(write)).toMatchObject({
      code: 2,
      stderr: `aerostride: ${files} has files of several formats, such as a.csv and b.ndjson: choose one with --format; see aerostride write --help\n`,
    })
    for (const format of ['csv', 'ndjson']) {
      expect(await run([...write, '-f', format])).toMatchObject({ code: 0, stderr: '1 record written\n' })
    }
    expect((await cluster.client.get(['test', set, 'b']))?.bins).toEqual({ n: 2 })
    expect(await run([...write, '-f', 'parquet'])).toMatchObject({
      code: 1,
      stderr: `aerostride: ${files} has no file of parquet\n`,
    })
  })

  test('of a folder as of one', async () => {
    const { code, stderr } = await run(['read', '-n', 'test', '-k', folder])
    expect([code, stderr]).toEqual([1, `aerostride: ${folder} cannot be read (EISDIR)\n`])
  })
})

test('a state that cannot be written is named, and not the output', async () => {
  const set = freshSet()
  await cluster.client.put(['test', set, 1], { n: 1 })
  const [output, state] = [join(folder, 'resumed.csv'), join(folder, 'no-folder', 'state')]
  const scan = ['scan', '-n', 'test', '-s', set, '-d', 'n:i8', '-o', output, '--resume', state]
  expect(await run(scan)).toMatchObject({
    code: 1,
    stderr: `aerostride: --resume: ${state} cannot be written (ENOENT)\n`,
  })
})

test('bench measures nothing that was not written', async () => {
  expect(await run(['bench', '-n', 'nowhere', '--rows', '2'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^aerostride: 2 of 2 records could not be written: .*"nowhere".*\n$/),
  })
})

test('users without a password are refused by name', async () => {
  const users = join(folder, 'users.json')
  writeFileSync(users, '[{ "user": "a" }]')
  expect(await run(['devserver', '--users', users])).toMatchObject({
    code: 2,
    stderr: 'aerostride: --users[0].password is missing; see aerostride devserver --help\n',
  })
})

const hasTerminals = spawnSync('python3', ['-c', 'import pty'], { stdio: 'ignore' }).status === 0

test.skipIf(!hasTerminals)(
  'in a terminal, rows and messages stand on lines of their own and not behind the bar',
  async () => {
    const keys = join(folder, 'keys.txt')
    writeFileSync(keys, Array.from({ length: 10_001 }, (_, id) => `key_${id}\n`).join(''))
    const terminal = ['-c', 'import pty, sys; pty.spawn(sys.argv[1:])', process.execPath, cliPath]
    const child = spawn('python3', [...terminal, 'read', '-n', 'test', '-d', 'a:i8', '-f', 'csv', '-k', keys], {
      env: { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
    await once(child, 'close')
    const lines = shown.split(/\r*\n|\r\p{Cc}\[2K/u)
    expect(lines.filter((line) => line.startsWith('reading ')).length).toBeGreaterThan(0)
    expect(lines.filter((line) => line.startsWith('reading ') && /key_|aerostride/.test(line))).toEqual([])
    expect(lines).toContain('key_10000,')
    expect(lines).toContain('aerostride: 10001 of 10001 keys have no record')
  },
)
