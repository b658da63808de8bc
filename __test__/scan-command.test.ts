// `aerostride scan`: what it writes, `write` reads back; and an export that was killed goes on until it is whole.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { RecordBatch } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arrowBatches, parquetBatches } from '../src/files/read-tables.js'
import { dtype, keyList } from '../src/index.js'
import { cliPath, runCli } from './support/cli.js'
import { type Ended, root, soon } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const folder = mkdtempSync(join(tmpdir(), 'aerostride-scan-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = (name: string): string => join(folder, `${files++}-${name}`)

const cluster = testCluster({ server: { nodes: 2 } })
const run = (args: string[]): Promise<Ended> => runCli(args, { environment: { AEROSTRIDE_HOSTS: cluster.hosts } })

const SET = freshSet()
const ROWS = 12_000
const FIELDS = 'id:i8,name:utf8,list:f4[]'

beforeAll(async () => {
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const columns = {
    id: rows.map(BigInt),
    name: rows.map((row) => (row % 5 === 0 ? null : row % 3 === 0 ? '' : `the name of ${row}`)),
    list: rows.map((row) => Float32Array.from({ length: row % 4 }, (_, at) => row / (at + 1))),
  }
  const schema = dtype({ id: 'i8', name: 'utf8', list: ['f4', null] })
  const keys = keyList('test', SET, Int32Array.from(rows))
  await cluster.client.batchWrite(keys, { dtype: schema, columns, policy: { sendKey: true } })
})

/** The arguments of a scan of everything. */
const scanOf = (...more: string[]): string[] => ['scan', '-n', 'test', '-s', SET, ...more]

type Batches = AsyncIterable<{ batch: RecordBatch }>

/** The rows of a table as text. */
async function textsOf(batches: Batches): Promise<string[]> {
  const all: string[] = []
  for await (const { batch } of batches) for (let row = 0; row < batch.numRows; row++) all.push(String(batch.get(row)))
  return all
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n')

async function idsOf(batches: Batches): Promise<number[]> {
  const ids: number[] = []
  for await (const { batch } of batches) {
    const column = batch.getChild('id')
    for (let row = 0; row < batch.numRows; row++) ids.push(Number(column?.get(row)))
  }
  return ids
}

/** The lines of an export as JSON. */
async function rowsOf(...more: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(scanOf('-d', 'id:i4', '-f', 'ndjson', ...more))
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trim().split('\n')
}

describe('the output', () => {
  test('a table, with the dtype of a sample on standard error', async () => {
    const { code, stdout, stderr } = await run(scanOf('--where', '$.id == 7'))
    expect([code, stderr]).toEqual([0, "--dtype 'id:i8,list:f8[],name:utf8'\n"])
    expect(stdout).toBe(
      'key  id  list                        name\n  7   7  [7,3.5,2.3333332538604736]  the name of 7\n',
    )
  })

  test('a shard, a limit, an index, digests', async () => {
    const shards = await Promise.all(['0/3', '1/3', '2/3'].map((shard) => rowsOf('--shard', shard)))
    expect(new Set(shards.flat()).size).toBe(ROWS)
    expect(shards.flat().length).toBe(ROWS)
    expect((await rowsOf('--limit', '25')).length).toBe(25)
    await cluster.client.createIndex('test', SET, { name: `${SET}_id`, bin: 'id', type: 'numeric' })
    expect((await rowsOf('--index', 'id=20..29', '--keys', 'none')).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, at) => `{"id":${20 + at}}`),
    )
    expect(await rowsOf('--index', `@${SET}_id=20`)).toEqual(['{"key":20,"id":20}'])
    const digests = scanOf('-d', 'id:i4', '-f', 'ndjson', '--index', 'id=20', '--keys', 'digest')
    expect((await run(digests)).stdout).toMatch(/^{"key":"[\da-f]{40}","id":20}\n$/)
  })

  test('numbers that JSON does not have keep their names wherever they are', async () => {
    const odd = freshSet()
    const value = { n: Number.NaN, l: [Infinity, -Infinity, 2n ** 60n], z: -0 }
    await cluster.client.put(['test', odd, 'k'], { v: value, w: Number.NaN }, { policy: { sendKey: true } })
    const json = '{"l":["Infinity","-Infinity",1152921504606846976],"n":"NaN","z":-0}'
    const lines = await run(['scan', '-n', 'test', '-s', odd, '-d', 'v:any,w:any', '-f', 'ndjson'])
    expect(lines.stdout).toBe(`{"key":"k","v":${json},"w":"NaN"}\n`)
    const cells = await run(['scan', '-n', 'test', '-s', odd, '-d', 'v:any', '-f', 'csv'])
    expect(cells.stdout).toBe(`key,v\nk,"${json.replaceAll('"', '""')}"\n`)
    const whole = await run(['read', '-n', 'test', '-s', odd, 'k'])
    expect(whole.stdout).toContain(`"bins":{"v":${json},"w":"NaN"}`)
    const batch = await cluster.client.batchRead([['test', odd, 'k']], { dtype: dtype({ v: 'any' }) })
    expect(batch.toArrow().getChild('v')?.get(0)).toBe(json)
  })

  test('a row without a key is not taken for the one whose key is empty text', async () => {
    const some = freshSet()
    await cluster.client.put(['test', some, ''], { n: 1 }, { policy: { sendKey: true } })
    const args = ['scan', '-n', 'test', '-s', some, '-d', 'n:i4', '-f', 'csv']
    expect((await run(args)).stdout).toBe('key,n\n"",1\n')
    await cluster.client.put(['test', some, 'not stored'], { n: 2 })
    const path = fresh('keys.csv')
    await run([...args, '-o', path])
    expect(linesOf(path).toSorted()).toEqual(['', '"",1', ',2', 'key,n'])
    const line = linesOf(path).indexOf(',2') + 1
    const { code, stderr } = await run(['write', '-n', 'test', '-s', freshSet(), '-d', 'n:i4', path])
    expect([code, stderr]).toEqual([1, `aerostride: line ${line} has no "key"; the key that is empty text is ""\n`])
    writeFileSync(path, 'key,n\n"",3\n')
    expect((await run(['write', '-n', 'test', '-s', some, '-d', 'n:i4', path])).code).toBe(0)
    expect((await cluster.client.get(['test', some, '']))?.bins).toEqual({ n: 3 })
  })

  test.each([
    ['empty.arrow', '', 'it ends before its schema'],
    ['short.arrows', '\xff\xff\xff\xff\0\0\0\0', 'it ends before its schema'],
    ['text.arrow', 'key,n\na,1\n', 'Expected to read'],
    ['empty.parquet', '', 'EOF'],
  ])('%s is refused', async (name, content, reason) => {
    const path = fresh(name)
    writeFileSync(path, content, 'latin1')
    const { code, stderr } = await run(['write', '-n', 'test', '-s', freshSet(), path])
    const format = name.endsWith('.parquet') ? 'parquet' : 'arrow'
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`${name} cannot be read (it is not ${format}, or not all of it: ${reason}`),
    ])
  })

  test('a bin that every object inherits is missing where a line does not have it', async () => {
    const some = freshSet()
    const path = fresh('names.ndjson')
    writeFileSync(path, '{"key":"a","n":1}\n{"key":"b","n":2,"constructor":3}\n')
    const written = await run(['write', '-n', 'test', '-s', some, '-d', 'n:i4,constructor:i4', path])
    expect([written.code, written.stderr]).toEqual([0, '2 records written\n'])
    expect((await cluster.client.get(['test', some, 'a']))?.bins).toEqual({ n: 1 })
  })

  test('keys of several types are no column of Arrow, and the message has the options of the command', async () => {
    const mixed = freshSet()
    const policy = { sendKey: true }
    await cluster.client.put(['test', mixed, 1], { n: 1 }, { policy })
    await cluster.client.put(['test', mixed, 'one'], { n: 1 }, { policy })
    const { code, stderr } = await run(['scan', '-n', 'test', '-s', mixed, '-d', 'n:i4', '-o', fresh('mixed.arrow')])
    expect(code).toBe(2)
    expect(stderr).toMatch(/keys of several types.*--keys none.*--keys digest/)
  })

  test('--describe, and a file of numpy', async () => {
    const described = await run(scanOf('-d', 'id:i8', '--describe'))
    expect(described.stdout).toMatch(/^column +count.*\nid +12000 +5999\.5 +3464\.\d+ +0 +\d/)
    const path = fresh('x.npy')
    const saved = await run(scanOf('-d', 'id:i8', '-o', path))
    expect(saved.stderr).toMatch(/^12,000 rows in \d+\.\d s, [\d,]+\/s, to .*x\.npy\n$/)
    expect(readFileSync(path, 'latin1')).toContain("'shape': (12000,)")
    expect(statSync(path).size).toBe(128 + 8 * ROWS)
  })

  test.each([
    [['-f', 'npy'], '--format npy needs --output'],
    [['-o', 'x.txt'], '--output x.txt: the name says no format'],
    [['-f', 'table', '-o', 'x.csv'], '--format table prints, and writes no file: leave --output out'],
    [['--shard', '3/3'], '--shard must be I/N'],
    [['--index', 'id'], "--index must be such as 'age=20..30'"],
    [['-f', 'csv', '--resume', 'x'], '--resume needs --output'],
    [['--resume', 'x'], '--resume is for files'],
    [
      ['-o', 'x.parquet', '--resume', 'x'],
      '--resume: a parquet file cannot go on where it ended; name a folder, such as --output x/',
    ],
    [['-o', 'x.npy', '--resume', 'x'], '--resume: a npy file cannot go on'],
    [['-d', 'key:i4', '-o', join(folder, 'x.csv')], 'there is a bin "key"'],
    [['--keys', 'all'], '--keys must be user, digest, none'],
    [['--describe', '-o', 'x.csv'], '--describe prints'],
  ])('%j is refused in one line', async (more, message) => {
    const { code, stdout, stderr } = await run(scanOf(...(more.includes('-d') ? [] : ['-d', 'id:i4']), ...more))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^aerostride: [^\n]*; see aerostride scan --help\n$/)
    expect(stderr).toContain(message)
  })

  test('what is not there or cannot be written is said in one line', async () => {
    const nothing = await run(['scan', '-n', 'test', '-s', 'nothing'])
    expect(nothing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^aerostride: no records were found in "nothing".*\n$/),
    })
    const nowhere = await run(scanOf('-d', 'id:i4', '-o', join(folder, 'none', 'x.csv')))
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^aerostride: .*x\.csv cannot be written \(ENOENT\)\n$/),
    })
    const state = fresh('bad.state')
    writeFileSync(state, '{}')
    const bad = await run(scanOf('-d', 'id:i4', '-o', fresh('x.csv'), '--resume', state))
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('is not the state of an export') })
  })

  test('values that do not fit and keys that are not stored are counted on standard error', async () => {
    const set = freshSet()
    await cluster.client.put(['test', set, 1], { a: 300 })
    await cluster.client.put(['test', set, 2], { a: 'text' })
    const { stderr } = await run(['scan', '-n', 'test', '-s', set, '-d', 'a:u1', '-o', fresh('x.csv')])
    expect(stderr).toContain(
      'aerostride: a: values that do not fit its type: 1 were wrapped, rounded or cut; left out 1 String\n',
    )
    expect(stderr).toContain('no record has its key stored; --keys digest writes digests')
  })
})

describe('there and back', () => {
  type Bins = Record<string, unknown>

  async function contents(set: string): Promise<Map<string, Bins>> {
    const all = new Map<string, Bins>()
    for await (const records of cluster.client.scan('test', set)) {
      for (const { key, bins } of records) all.set(inspect(key[2]), bins)
    }
    return all
  }

  test.each([
    ['csv', ['-d', FIELDS]],
    ['ndjson', ['-d', FIELDS]],
    ['arrow', []],
    ['arrows', []],
    ['parquet', []],
    ['parquet', ['-d', FIELDS]],
  ])('%s %j: the other set is equal', async (extension, options) => {
    const [path, copy] = [fresh(`x.${extension}`), freshSet()]
    expect((await run(scanOf('-d', FIELDS, '-o', path))).code).toBe(0)
    const written = await run(['write', '-n', 'test', '-s', copy, '--send-key', ...options, path])
    expect(written).toMatchObject({ code: 0, stderr: '12,000 records written\n' })
    expect(await contents(copy)).toEqual(await contents(SET))
  })

  const texts = [
    '',
    'a',
    '7',
    '-7',
    '0',
    '007',
    '-0',
    '1e3',
    '9223372036854775807',
    '9223372036854775808',
    '"5"',
    '5,6',
  ]
  const integers = [7, -7, 0, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n]
  const bytes = ['07', '1234', 'ff00'].map((hex) => Buffer.from(hex, 'hex'))
  const ids = { texts, integers, bytes, mixed: [...texts, ...integers] }

  test.each([
    ['csv', 'mixed', ['-d', 'n:i4']],
    ['ndjson', 'mixed', ['-d', 'n:i4']],
    ['csv', 'bytes', ['-d', 'n:i4', '--key-type', 'hex']],
    ['ndjson', 'bytes', ['-d', 'n:i4', '--key-type', 'hex']],
    ['arrow', 'texts', []],
    ['arrow', 'integers', []],
    ['arrow', 'bytes', []],
    ['parquet', 'texts', []],
    ['parquet', 'integers', []],
    ['parquet', 'bytes', []],
  ] as const)('%s: keys that are %s keep their types', async (extension, kind, options) => {
    const [path, set, copy] = [fresh(`keys.${extension}`), freshSet(), freshSet()]
    const policy = { sendKey: true }
    for (const [n, id] of ids[kind].entries()) await cluster.client.put(['test', set, id], { n }, { policy })
    const { code, stderr } = await run(['scan', '-n', 'test', '-s', set, '-d', 'n:i4', '-o', path])
    expect(code).toBe(0)
    const said = '3 keys are bytes, written as hex; write --key-type hex reads them back'
    expect(stderr.includes(said)).toBe(options.includes('hex' as never))
    expect((await run(['write', '-n', 'test', '-s', copy, '--send-key', ...options, path])).code).toBe(0)
    expect(await contents(copy)).toEqual(await contents(set))
    expect((await contents(set)).size).toBe(ids[kind].length)
  })

  test.each([
    ['csv', ['-d', 'n:i4', '--key-type', 'digest']],
    ['ndjson', ['-d', 'n:i4', '--key-type', 'digest']],
    ['arrow', []],
    ['arrows', []],
    ['parquet', []],
    ['parquet', ['-d', 'n:i4', '--key-type', 'digest']],
  ] as const)('%s %j: digests name the records that they are of', async (extension, options) => {
    const [path, set] = [fresh(`digests.${extension}`), freshSet()]
    for (let n = 0; n < 3; n++) await cluster.client.put(['test', set, n], { n })
    const { code, stderr } = await run(['scan', '-n', 'test', '-s', set, '-d', 'n:i4', '--keys', 'digest', '-o', path])
    expect(code).toBe(0)
    const said = 'keys are digests, written as hex; write --key-type digest reads them back'
    expect(stderr.includes(said)).toBe(extension === 'csv' || extension === 'ndjson')
    for (let n = 0; n < 3; n++) await cluster.client.remove(['test', set, n])
    expect((await run(['write', '-n', 'test', '-s', set, ...options, path])).code).toBe(0)
    for (let n = 0; n < 3; n++) expect((await cluster.client.get(['test', set, n]))?.bins).toEqual({ n })
    expect((await cluster.client.scan('test', set, { dtype: dtype({ n: 'i4' }) }).toBatch()).length).toBe(3)
  })

  test.each([
    ['digest', 'hex', `--key-type hex: the file says that its column "key" has digests; leave --key-type out`],
    [7, 'digest', 'row 0: --key-type digest is for text and bytes, and the key is 7'],
    [7, 'hex', 'row 0: --key-type hex is for text and bytes, and the key is 7'],
    [Buffer.of(1, 255), 'int', 'row 0: --key-type int is for text and integers, and the key is bytes, 01ff in hex'],
    [
      Buffer.of(1, 255),
      'string',
      'row 0: --key-type string is for text and integers, and the key is bytes, 01ff in hex',
    ],
    [Buffer.of(1, 255), 'digest', 'row 0: the digest "01ff" has 2 bytes, not 20'],
  ])('keys of %s are refused as %s, and nothing is written', async (id, keyType, message) => {
    const set = freshSet()
    await cluster.client.put(['test', set, id], { n: 1 }, { policy: { sendKey: true } })
    const scan = ['scan', '-n', 'test', '-s', set, '-d', 'n:i4', '--keys', id === 'digest' ? 'digest' : 'user']
    for (const extension of ['arrow', 'parquet']) {
      const [path, copy] = [fresh(`typed.${extension}`), freshSet()]
      expect((await run([...scan, '-o', path])).code).toBe(0)
      const { code, stderr } = await run(['write', '-n', 'test', '-s', copy, '--key-type', keyType, path])
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)])
      expect((await cluster.client.scan('test', copy, { dtype: dtype({ n: 'i4' }) }).toBatch()).length).toBe(0)
    }
  })

  test('a folder of files by shard, and a pipe', async () => {
    const [path, copy, piped] = [`${fresh('folder')}/`, freshSet(), freshSet()]
    for (const shard of ['0/2', '1/2']) {
      await run(
        scanOf(
          '-d',
          FIELDS,
          '-f',
          'parquet',
          '-o',
          path,
          '--shard',
          shard,
          '--rows-per-file',
          '4000',
          '--batch-rows',
          '1000',
        ),
      )
    }
    expect(readdirSync(path).length).toBeGreaterThanOrEqual(4)
    expect((await run(['write', '-n', 'test', '-s', copy, '--send-key', path])).code).toBe(0)
    expect(await contents(copy)).toEqual(await contents(SET))

    const from = spawn(process.execPath, [cliPath, ...scanOf('-d', FIELDS, '-f', 'arrow', '-H', cluster.hosts)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const to = spawn(
      process.execPath,
      [cliPath, 'write', '-n', 'test', '-s', piped, '--send-key', '-f', 'arrow', '-H', cluster.hosts],
      { stdio: [from.stdout, 'inherit', 'ignore'] },
    )
    expect(await once(to, 'close')).toEqual([0, null])
    expect(await contents(piped)).toEqual(await contents(SET))
  })

  test('read writes Arrow and Parquet, and filters', async () => {
    const [ipc, parquet] = [fresh('x.arrow'), fresh('x.parquet')]
    for (const path of [ipc, parquet]) {
      const { code } = await run([
        'read',
        '-n',
        'test',
        '-s',
        SET,
        '--key-type',
        'int',
        '-d',
        FIELDS,
        '-o',
        path,
        '--where',
        '$.id > 1',
        '1',
        '2',
        '3',
      ])
      expect(code).toBe(0)
    }
    const read = await textsOf(arrowBatches(ipc, 'test'))
    expect(read).toEqual([
      '{"id": 2, "name": "the name of 2", "list": [2,1], "key": 2}',
      '{"id": 3, "name": "", "list": [3,1.5,1], "key": 3}',
    ])
    expect(await textsOf(parquetBatches(parquet, 'test'))).toEqual(read)
  })
})

interface Output {
  readonly path: string
  readonly args: string[]
  /** Bytes so far. */
  readonly size: () => number
  /** The ids of everything that is in it. */
  readonly ids: () => Promise<number[]>
}

function outputOf(format: string): Output {
  const name = fresh(`x.${format}`)
  const args = [...scanOf('-d', FIELDS, '--batch-rows', '100'), '--resume', `${name}.state`]
  if (format === 'parquet') {
    const path = `${name}/`
    const names = (): string[] => (existsSync(path) ? readdirSync(path) : [])
    return {
      path,
      args: [...args, '-f', 'parquet', '-o', path, '--rows-per-file', '300'],
      // A file may get its name between the two looks.
      size: () => names().reduce((sum, each) => sum + sizeOf(join(path, each)), 0),
      ids: async () => {
        const all = names().map((each) => idsOf(parquetBatches(join(path, each), 'test')))
        return (await Promise.all(all)).flat()
      },
    }
  }
  const lines = (): string[] => readFileSync(name, 'utf8').trimEnd().split('\n')
  const ids = {
    csv: async () =>
      lines()
        .slice(1)
        .map((line) => Number(line.split(',')[1])),
    ndjson: async () => lines().map((line) => (JSON.parse(line) as { id: number }).id),
    arrows: () => idsOf(arrowBatches(name, 'test')),
  }[format] as () => Promise<number[]>
  return { path: name, args: [...args, '-o', name, '--save-every', '200'], size: () => sizeOf(name), ids }
}

/** Runs an export and kills it when its output has grown by so many bytes, if it has not ended until then. */
async function killed({ args, size }: Output, bytes: number, signal: NodeJS.Signals): Promise<number | null> {
  const environment = { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts }
  const child = spawn(process.execPath, [cliPath, ...args], { cwd: root, env: environment, stdio: 'ignore' })
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  const enough = size() + bytes
  while (child.exitCode === null && child.signalCode === null && size() < enough) await soon()
  child.kill(signal)
  return (await ended)[0]
}

describe('an export that goes on', () => {
  const everyId = Array.from({ length: ROWS }, (_, id) => id)
  /** More of them with AEROSTRIDE_KILLS. */
  const kills = Number(process.env['AEROSTRIDE_KILLS'] ?? 20)

  test.each([
    ['csv', kills],
    ['ndjson', Math.ceil(kills / 4)],
    ['arrows', Math.ceil(kills / 4)],
    ['parquet', kills],
  ])(
    '%s, killed %d times with SIGKILL, has every record once',
    async (format, times) => {
      const output = outputOf(format)
      // The whole takes some seconds: who looks at it may be as late as a busy machine makes them.
      const throttled = { ...output, args: [...output.args, '--records-per-second', '4000'] }
      let stopped = 0
      for (let kill = 0; kill < times; kill++) {
        // Each run gets a random part of what is left for it, on average: 1 of 20 of the whole.
        const code = await killed(throttled, Math.floor((Math.random() * 2 * 400_000) / times), 'SIGKILL')
        if (code === null) stopped++
      }
      expect(stopped).toBeGreaterThan(0)
      const last = await run(output.args)
      expect(last.code).toBe(0)
      expect((await output.ids()).toSorted((a, b) => a - b)).toEqual(everyId)
      const again = await run(output.args)
      expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('12,000 rows exported already') })
    },
    240_000,
  )

  test('a resumed file is that of an uninterrupted export', async () => {
    const [whole, output] = [fresh('whole.csv'), outputOf('csv')]
    await run(scanOf('-d', FIELDS, '-o', whole))
    const throttled = { ...output, args: [...output.args, '--records-per-second', '4000'] }
    for (const bytes of [50_000, 100_000]) await killed(throttled, bytes, 'SIGKILL')
    await run(output.args)
    expect(linesOf(output.path)[0]).toBe(linesOf(whole)[0])
    expect(linesOf(output.path).toSorted()).toEqual(linesOf(whole).toSorted())
  })

  test('Ctrl-C ends it in an orderly way, and the same command goes on', async () => {
    const output = outputOf('ndjson')
    const throttled = { ...output, args: [...output.args, '--records-per-second', '2000'] }
    expect(await killed(throttled, 20_000, 'SIGINT')).toBe(130)
    const some = await output.ids()
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(ROWS)
    const { code, stderr } = await run(output.args)
    expect(code).toBe(0)
    expect(stderr).toMatch(/^[\d,]+ rows in .*, 12,000 rows in all, to /)
    expect((await output.ids()).toSorted((a, b) => a - b)).toEqual(everyId)
  })

  test('another export does not go on where this one ended, and a changed file neither', async () => {
    const output = outputOf('csv')
    await killed(output, 50_000, 'SIGKILL')
    const other = await run([...output.args, '--where', '$.id > 5'])
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is the state of another export: its where is none, not "$.id > 5"'),
    })
    writeFileSync(output.path, 'key\n')
    const changed = await run(output.args)
    expect(changed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has 4 bytes, and had \d+ when its state was written/),
    })
  })

  test('a connection that fails for good ends it with the state saved', async () => {
    const output = outputOf('csv')
    const environment = { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts }
    const args = [cliPath, ...output.args, '--records-per-second', '2000']
    const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const ended = once(child, 'close')
    while (output.size() < 20_000) await soon()
    cluster.server.setFaults(['on=scan close'])
    expect(await ended).toEqual([1, null])
    cluster.server.setFaults([])
    expect(stderr).toMatch(/^aerostride: [^\n]*; the same command goes on from there\n$/)
    const some = await output.ids()
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(ROWS)
    expect((await run(output.args)).code).toBe(0)
    expect((await output.ids()).toSorted((a, b) => a - b)).toEqual(everyId)
  })
})
