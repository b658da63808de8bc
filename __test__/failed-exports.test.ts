// What is left of an export that fails: nothing that looks like one that has ended well.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dtype, keyList } from '../src/index.js'
import { cliPath, runCli } from './support/cli.js'
import { type Ended, root, soon } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const parent = mkdtempSync(join(tmpdir(), 'aerostride-failed-'))
afterAll(() => rmSync(parent, { recursive: true }))
let folders = 0
let folder = ''
beforeEach(() => {
  folder = join(parent, String(folders++))
  mkdirSync(folder)
})

const cluster = testCluster({ server: { nodes: 1 } })
const run = (args: string[]): Promise<Ended> => runCli(args, { environment: { AEROSTRIDE_HOSTS: cluster.hosts } })

const SET = freshSet()
const ROWS = 6000
const sample = dtype({ id: 'i4' })

beforeAll(async () => {
  const ids = Int32Array.from({ length: ROWS }, (_, id) => id)
  const policy = { sendKey: true }
  await cluster.client.batchWrite(keyList('test', SET, ids), { dtype: sample, columns: { id: ids }, policy })
})

describe('of a stream', () => {
  const methods = { saveCsv: 'x.csv', saveNdjson: 'x.ndjson', saveIPC: 'x.arrow', saveParquet: 'x.parquet' } as const
  const each = Object.entries(methods) as [keyof typeof methods, string][]

  test.each(each)(
    'that fails before its first row, %s leaves nothing, and an earlier file as it was',
    async (method, name) => {
      const save = (path: string) => {
        const controller = new AbortController()
        const stream = cluster.client.scan('test', SET, { dtype: sample, signal: controller.signal })
        controller.abort()
        return stream[method](path)
      }
      await expect(save(join(folder, name))).rejects.toThrow(/abort/)
      await expect(save(`${join(folder, 'parts')}/`)).rejects.toThrow(/abort/)
      expect(readdirSync(folder)).toEqual(['parts'])
      expect(readdirSync(join(folder, 'parts'))).toEqual([])
      writeFileSync(join(folder, name), 'earlier')
      await expect(save(join(folder, name))).rejects.toThrow(/abort/)
      expect(readFileSync(join(folder, name), 'utf8')).toBe('earlier')
    },
  )

  test.each(['saveIPC', 'saveParquet'] as const)('whose rows cannot be written, %s leaves nothing', async (method) => {
    const set = freshSet()
    const policy = { sendKey: true }
    for (const id of [1, 'one']) await cluster.client.put(['test', set, id], { id: 1 }, { policy })
    const stream = cluster.client.scan('test', set, { dtype: sample, batchRows: 1 })
    await expect(stream[method](join(folder, 'x'), { key: true })).rejects.toThrow(/keys of several types/)
    expect(readdirSync(folder)).toEqual([])
  })

  test('a file that is replaced keeps its permissions, and a link leads where it did', async () => {
    const [path, link] = [join(folder, 'x.csv'), join(folder, 'link.csv')]
    writeFileSync(path, 'earlier')
    chmodSync(path, 0o600)
    symlinkSync(path, link)
    await cluster.client.scan('test', SET, { dtype: sample, maxRows: 1 }).saveCsv(link)
    expect(readFileSync(path, 'utf8')).toMatch(/^id\n\d+\n$/)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).toSorted()).toEqual(['link.csv', 'x.csv'])
    expect((await cluster.client.scan('test', SET, { dtype: sample }).saveCsv('/dev/null')).rows).toBe(ROWS)
  })
})

const scanOf = (...more: string[]): string[] => ['scan', '-n', 'test', '-d', 'id:i4', ...more]

/** Runs an export into a file until it has some of the rows, and lets that happen to it. */
async function halfway(path: string, event: (kill: (signal: NodeJS.Signals) => void) => void) {
  const args = [cliPath, ...scanOf('-s', SET, '--batch-rows', '100', '--records-per-second', '600', '-o', path)]
  const environment = { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts }
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close')
  const temporary = join(folder, '.x.csv.tmp')
  while (!existsSync(temporary) || statSync(temporary).size < 2000) await soon()
  event((signal) => child.kill(signal))
  const [code] = (await ended) as [number | null]
  return { code, stderr, temporary }
}

describe('of the command', () => {
  test.each(['csv', 'ndjson', 'npy', 'arrow', 'parquet'])('that fails at once, %s', async (extension) => {
    const set = freshSet()
    await cluster.client.put(['test', set, 'k'], { id: 'text' }, { policy: { sendKey: true } })
    const path = join(folder, `x.${extension}`)
    const scanned = await run(scanOf('-s', set, '--on-loss', 'throw', '-o', path))
    expect(scanned).toMatchObject({ code: 1, stderr: expect.stringContaining('id') })
    const read = await run(['read', '-n', 'test', '-s', set, '-d', 'id:i4', '--on-loss', 'throw', '-o', path, 'k'])
    expect(read).toMatchObject({ code: 1, stderr: expect.stringContaining('id') })
    expect(readdirSync(folder)).toEqual([])
  })

  test('that fails at once and is to go on, which it does', async () => {
    const set = freshSet()
    const policy = { sendKey: true }
    await cluster.client.put(['test', set, 'k'], { id: 'text' }, { policy })
    const [path, state] = [join(folder, 'x.csv'), join(folder, 'state')]
    const args = scanOf('-s', set, '--on-loss', 'throw', '-o', path, '--resume', state)
    expect((await run(args)).code).toBe(1)
    expect(readdirSync(folder)).toEqual(['state'])
    await cluster.client.put(['test', set, 'k'], { id: 7 }, { policy })
    expect((await run(args)).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('key,id\nk,7\n')
  })

  // Windows has no limit for the size of files.
  test.skipIf(process.platform === 'win32')('whose disk is full', async () => {
    const path = join(folder, 'x.csv')
    writeFileSync(path, 'earlier')
    const args = [
      process.execPath,
      cliPath,
      ...scanOf('-s', SET, '--batch-rows', '100', '-H', cluster.hosts, '-o', path),
    ]
    const shell = spawn('sh', ['-c', 'ulimit -f 16; exec "$@"', 'sh', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    shell.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    expect(await once(shell, 'close')).toEqual([1, null])
    expect(stderr).toBe(`aerostride: ${path} cannot be written (EFBIG)\n`)
    expect(readdirSync(folder)).toEqual(['x.csv'])
    expect(readFileSync(path, 'utf8')).toBe('earlier')
  })

  test('in the middle: the rows until then can be read, and the file has no name', async () => {
    const path = join(folder, 'x.csv')
    const { code, stderr, temporary } = await halfway(path, () => cluster.server.setFaults(['on=scan close']))
    cluster.server.setFaults([])
    expect(code).toBe(1)
    const [, rows] =
      /^aerostride: [^\n]*; the ([\d,]+) rows until then are in [^\n]*\.x\.csv\.tmp\n$/.exec(stderr) ?? []
    const lines = readFileSync(temporary, 'utf8').split('\n')
    expect(lines.length - 2).toBe(Number(rows?.replace(',', '')))
    expect(lines.at(-1)).toBe('')
    expect(existsSync(path)).toBe(false)
    expect((await run(scanOf('-s', SET, '-o', path))).code).toBe(0)
    expect(readdirSync(folder)).toEqual(['x.csv'])
  })

  test('killed, it has no name either, and ended by Ctrl-C it has one', async () => {
    const path = join(folder, 'x.csv')
    expect((await halfway(path, (kill) => kill('SIGKILL'))).code).toBe(null)
    expect(existsSync(path)).toBe(false)
    rmSync(join(folder, '.x.csv.tmp'))
    expect((await halfway(path, (kill) => kill('SIGINT'))).code).toBe(130)
    expect(readdirSync(folder)).toEqual(['x.csv'])
  })
})

describe.runIf(existsSync('/dev/full'))('a device that is full', () => {
  test.each([
    ['csv', ['-d', 'id:i4', '-f', 'csv']],
    ['arrow', ['-d', 'id:i4', '-f', 'arrow']],
    ['whole records', []],
  ])('%s of a read name what cannot be written', async (_, args) => {
    expect(
      await run(['read', '-n', 'test', '-s', SET, '--key-type', 'int', ...args, '-o', '/dev/full', '1']),
    ).toMatchObject({
      code: 1,
      stderr: 'aerostride: /dev/full cannot be written (ENOSPC)\n',
    })
  })
})
