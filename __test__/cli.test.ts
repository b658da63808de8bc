import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { parseCsv } from '../src/cli/text/csv.js'
import { csvCell } from '../src/files/cells.js'
import { startDevServer } from '../src/devserver/index.js'
import { type Key, connect, double, dtype, keyList } from '../src/index.js'
import { cliPath, runCli } from './support/cli.js'
import type { Ended } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

const cluster = testCluster()
const folder = mkdtempSync(join(tmpdir(), 'aerostride-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of the tests' own folder, with something in it or yet to be written. */
function file(name: string, content?: string): string {
  const path = join(folder, name)
  if (content !== undefined) writeFileSync(path, content)
  return path
}

const run = (args: string[], input?: string): Promise<Ended> =>
  runCli(args, { environment: { AEROSTRIDE_HOSTS: cluster.hosts }, ...(input !== undefined && { input }) })

/** Text stands for itself. */
function pattern(expected: string | RegExp): RegExp {
  if (typeof expected !== 'string') return expected
  return new RegExp(`^${expected.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`)
}

describe('without a cluster', () => {
  test.each([
    [[], 2, '', /^Usage: aerostride COMMAND/],
    [['--help'], 0, /^Usage: aerostride COMMAND[\s\S]*\n {2}read .*\n {2}scan .*\n {2}write /, ''],
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/, ''],
    [
      ['frobnicate'],
      2,
      '',
      'aerostride: there is no command "frobnicate"; there are read, scan, write, schema, info, devserver, bench; see aerostride --help\n',
    ],
    [['read', '--frob'], 2, '', "aerostride: Unknown option '--frob'; see aerostride read --help\n"],
    [
      ['read', '-n', 'test', '--where', '$.a = 1', 'k'],
      2,
      '',
      'aerostride: --where, line 1, column 5: expected an operator or "(", not "="; did you mean "=="?; see aerostride read --help\n',
    ],
    ...[
      ['scan', '-n', 'test', '-s', ''],
      ['scan', '-n', 'test', '--set='],
      ['write', '-n', 'test', '-s', '', '-d', 'a:i4'],
      ['read', '-n', 'test', '-s', '', 'k'],
      ['schema', '-n', 'test', '-s', ''],
    ].map((args): [string[], number, string, string] => [
      args,
      2,
      '',
      `aerostride: --set must not be empty; see aerostride ${args[0]} --help\n`,
    ]),
    [
      ['devserver', '-n', 'a', '-n', ''],
      2,
      '',
      'aerostride: --namespace must not be empty; see aerostride devserver --help\n',
    ],
    [
      ['read', 'k'],
      2,
      '',
      'aerostride: --namespace is missing, such as --namespace test; see aerostride read --help\n',
    ],
    [
      ['read', '-n', 'test'],
      2,
      '',
      'aerostride: no keys: give them as arguments, with --keys FILE, or - for standard input; see aerostride read --help\n',
    ],
    [
      ['read', '-n', 'test', '-d', 'temperature', 'k'],
      2,
      '',
      `aerostride: --dtype has "temperature", which is not 'bin:code' or 'bin:code[shape]'; see aerostride read --help\n`,
    ],
    [
      ['read', '-n', 'test', '-d', 'temperature:f9', 'k'],
      2,
      '',
      /^aerostride: dtype field 0 "temperature": "f9" is not a dtype code.*; see aerostride read --help\n$/,
    ],
    [
      ['read', '-n', 'test', '-f', 'csv', 'k'],
      2,
      '',
      'aerostride: --format needs --dtype, such as --dtype temperature:f8; see aerostride read --help\n',
    ],
    [['read', '-n', 'test', '--key-type', 'int', 'k'], 1, '', 'aerostride: arguments: the key "k" is not an integer\n'],
    [['read', '-n', 'test', '-k', '/no/such/file'], 1, '', 'aerostride: /no/such/file cannot be read (ENOENT)\n'],
    [
      ['write', '-n', 'test', '-d', 'a:f8', 'one.csv', 'two.csv'],
      2,
      '',
      /^aerostride: one file at a time: "two\.csv" is one too many/,
    ],
    [
      ['bench', '--rows', '0'],
      2,
      '',
      'aerostride: --rows must be a whole number from 1, not "0"; see aerostride bench --help\n',
    ],
    [
      ['schema', '-s', 'sensors'],
      2,
      '',
      'aerostride: --namespace is missing, such as --namespace test; see aerostride schema --help\n',
    ],
    [
      ['schema', '-n', 'test'],
      2,
      '',
      'aerostride: --set is missing, such as --set sensors; see aerostride schema --help\n',
    ],
    [
      ['schema', '-n', 'test', '-s', 'sensors', '--sample', '-5'],
      2,
      '',
      /^aerostride: .*--sample.*; see aerostride schema --help\n$/,
    ],
    [
      ['schema', '-n', 'test', '-s', 'sensors', '--depth', 'deep'],
      2,
      '',
      'aerostride: --depth must be a whole number from 0, not "deep"; see aerostride schema --help\n',
    ],
    [['info', '-H', '127.0.0.1:1'], 1, '', /^aerostride: cannot connect to 127\.0\.0\.1:1: .*\n$/],
    [['info', '-H', 'a:b'], 2, '', /^aerostride: --hosts: the port in "a:b" must be an integer/],
    [
      ['info', '--password-file', '/no/such/file'],
      2,
      '',
      /^aerostride: --password-file: \/no\/such\/file cannot be read \(ENOENT\)/,
    ],
    [['devserver', '--fault', 'on=nothing'], 2, '', /^aerostride: .*; see aerostride devserver --help\n$/],
  ])('%j', async (args, code, stdout, stderr) => {
    const ended = await runCli(args)
    expect(ended).toMatchObject({
      code,
      stdout: expect.stringMatching(pattern(stdout)),
      stderr: expect.stringMatching(pattern(stderr)),
    })
    // An error is one line.
    expect(ended.stderr.trimEnd().split('\n').length === 1 || args.length === 0).toBe(true)
  })

  test.each<[string[], string | RegExp]>([
    // Words and values that no command would read.
    [['scan', '-n', 'test', 'sensors'], '"sensors" is one too many: scan takes options only'],
    [['schema', '-n', 'test', '-s', 's', 'x'], '"x" is one too many: schema takes options only'],
    [['devserver', '3100'], '"3100" is one too many: devserver takes options only'],
    [['bench', '100'], '"100" is one too many: bench takes options only'],
    [['read', '-n', 'test', '--namespace', 'bar', 'k'], '--namespace is given twice'],
    [['read', '-n', 'test', '--on-loss', 'never', 'k'], '--on-loss must be allow, null, throw, not "never"'],
    [['scan', '-n', 'test', '-o', 'x.csv', '--resume', ''], '--resume must not be empty'],
    [['read', '-n', '-s', 'k'], "Option '-n' argument is ambiguous"],
    // What the calls refuse has the name that it has here.
    [['info', '--timeout', '99999999999'], /--timeout must be an integer from 0 to 2147483647 \(milliseconds\), not/],
    [['info', '--tls-ca', '/no/such/file'], /--tls-ca is not PEM text, .*"\/no\/such\/file" gives ENOENT/],
    [['devserver', '--port', '70000'], '--port must be an integer from 0 to 65535, not the number 70000'],
    [['bench', '--rows', '99999999999'], '--rows must be a whole number from 1 to 10000000, not 99999999999'],
  ])('%j is refused', async (args, message) => {
    const text = typeof message === 'string' ? pattern(message).source.slice(1, -1) : message.source
    expect(await runCli(args)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^aerostride: ${text}.*; see aerostride ${args[0]} --help\\n$`)),
    })
  })

  test.each(['read', 'write', 'schema', 'info', 'devserver', 'bench'])(
    '%s --help shows an example',
    async (command) => {
      const help = await runCli([command, '--help'])
      expect(help).toMatchObject({ code: 0, stderr: '' })
      expect(help.stdout).toMatch(new RegExp(`^Usage: aerostride ${command} \\[options\\]`))
      expect(help.stdout).toMatch(new RegExp(`\\nExamples:\\n {2}aerostride ${command}`))
      expect(await runCli(['help', command])).toEqual(help)
      expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
    },
  )

  test('a password in a URL is in no message', async () => {
    const { stderr } = await runCli(['info', '-H', 'aerospike://me:hunter2@127.0.0.1:1/?connectTimeout=300'])
    expect(stderr).toMatch(/^aerostride: cannot connect/)
    expect(stderr).not.toContain('hunter2')
  })
})

describe('schema', () => {
  const set = freshSet()
  const schema = (...args: string[]): Promise<Ended> => run(['schema', '-n', 'test', '-s', set, ...args])
  beforeAll(() =>
    cluster.client.putMany([
      [['test', set, 1], { big: 2n ** 60n, name: 'Grüße', place: { city: 'Rome', at: { x: 1 } } }],
      [['test', set, 2], { big: 5, place: { city: 'Oslo' } }],
    ]),
  )

  test('prints what was seen and the dtype', async () => {
    const { code, stdout, stderr } = await schema()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^2 records, all that there are\n\nbin or place +type +values +missing/)
    expect(stdout).toMatch(/\nbig +'i8' +2 Int +0 % +5 +1152921504606846976\n/)
    expect(stdout).toMatch(/\n {2}\$\.place\.at\.x +'i8' +1 Int +50\.0 % +1 +1\n/)
    expect(stdout).toMatch(/\ndtype\(\{\n {2}big: 'i8',\n {2}name: 'utf8',\n {2}place: 'any',\n\}\)\n$/)
  })

  test('--sample, --depth and --compact', async () => {
    const { stdout } = await schema('--sample', '1', '--depth', '0', '--compact')
    expect(stdout).toMatch(/^1 record, a sample\n/)
    expect(stdout).not.toContain('$.place')
    expect((await schema('--sample', '0')).stdout).toMatch(/^2 records, all/)
  })

  test('--json', async () => {
    const { stdout } = await schema('--json')
    expect(stdout).toContain('"largest":1152921504606846976')
    expect(JSON.parse(stdout)).toMatchObject({
      records: 2,
      isWhole: true,
      dtype: "dtype({\n  big: 'i8',\n  name: 'utf8',\n  place: 'any',\n})",
      bins: { name: { types: { String: 1 }, missing: 0.5, longest: 7, type: 'utf8' } },
    })
  })

  test('--where', async () => {
    const { stdout } = await schema('--where', '$.name.exists()')
    expect(stdout).toMatch(/^1 record, all that match\n/)
    expect((await schema('--where', '$.big < 0')).stderr).toBe(`aerostride: no records were found in "${set}"\n`)
    const { code, stderr } = await schema('--where', '$.a = 1')
    expect(stderr).toContain('--where, line 1, column 5: expected an operator')
    expect(code).toBe(2)
  })

  test('a set that has no records', async () => {
    const { code, stderr } = await run(['schema', '-n', 'test', '-s', 'nobody'])
    expect(stderr).toBe('aerostride: no records were found in "nobody"\n')
    expect(code).toBe(1)
  })
})

describe('read', () => {
  const set = freshSet()
  const read = (...args: string[]): Promise<Ended> => run(['read', '-n', 'test', '-s', set, ...args])
  const columns = 'temperature:f8,name:S16,big:i8,on:?,raw:V2,vector:u1[2]'
  beforeAll(async () => {
    const vector = Uint8Array.of(7, 8)
    await cluster.client.put(['test', set, 'a'], {
      temperature: 20.5,
      name: 'Grüße, "x"',
      big: 2n ** 60n,
      on: true,
      raw: Uint8Array.of(1, 255),
      vector,
    })
    await cluster.client.put(['test', set, 'b'], { temperature: double(-1), name: '', big: 5 })
    await cluster.client.put(['test', set, 5], { temperature: 1 })
  })

  test('--where leaves out what does not match, which is no failure', async () => {
    const records = await read('--where', '$.temperature > 20.0', 'a', 'none')
    expect(records).toMatchObject({ code: 0, stderr: 'aerostride: 1 of 2 keys have no record\n' })
    expect(records.stdout).toContain('20.5')
    expect(await read('--where', '$.temperature > 21.0', 'a')).toEqual({ ...records, stdout: '', stderr: '' })
    const rows = await read('-d', 'temperature:f8', '-f', 'csv', '--where', '$.temperature < 21.0 and $.on', 'a')
    expect(rows).toMatchObject({ code: 0, stdout: 'key,temperature\na,20.5\n' })
    const none = await read('-d', 'temperature:f8', '-f', 'csv', '--where', 'not($.on)', 'a')
    expect(none).toMatchObject({ code: 0, stdout: 'key,temperature\n' })
  })

  test('a table', async () => {
    const { code, stdout, stderr } = await read('-d', columns, 'a', 'b', 'nobody')
    expect(stdout).toBe(
      [
        'key     code  temperature  name                        big  on    raw   vector',
        'a          0         20.5  Grüße, "x"  1152921504606846976  true  01ff  [7,8]',
        'b          0           -1                                5  -     -     -',
        'nobody     2            -  -                             -  -     -     -',
        '',
      ].join('\n'),
    )
    expect([code, stderr]).toEqual([0, 'aerostride: 1 of 3 keys have no record\n'])
  })

  test('csv', async () => {
    const { stdout } = await read('-d', columns, '-f', 'csv', '--key-column', 'id', 'a', 'b')
    expect(stdout).toBe(
      'id,temperature,name,big,on,raw,vector\na,20.5,"Grüße, ""x""",1152921504606846976,true,01ff,"[7,8]"\nb,-1,"",5,,,\n',
    )
  })

  test('ndjson, with exact integers', async () => {
    const { stdout } = await read('-d', columns, '-f', 'ndjson', 'a', 'b', 'nobody')
    expect(stdout).toBe(
      '{"key":"a","temperature":20.5,"name":"Grüße, \\"x\\"","big":1152921504606846976,"on":true,"raw":"01ff","vector":[7,8]}\n' +
        '{"key":"b","temperature":-1,"name":"","big":5}\n{"key":"nobody"}\n',
    )
  })

  const variable = 'name:utf8,raw:binary,scores:f4[],at:datetime64[ms],when:M8[ns],more:any'

  test.each([
    [
      'csv',
      `key,name,raw,scores,at,when,more
"1","a name, longer than a cell",0102,"[1,2.5]",2026-01-31T12:30:15.123Z,7,"{""a"":[1,""x""]}"
"2",,,[],,,text
`,
    ],
    [
      'ndjson',
      `{"key":"1","name":"a name, longer than a cell","raw":"0102","scores":[1,2.5],"at":"2026-01-31T12:30:15.123Z","when":7,"more":{"a":[1,"x"]}}
{"key":"2","scores":[],"more":"text"}
`,
    ],
  ])('text, bytes, lists and values of any length, and dates, as %s, and back', async (format, text) => {
    const [from, to] = [freshSet(), freshSet()]
    const bins = {
      name: 'a name, longer than a cell',
      raw: Uint8Array.of(1, 2),
      scores: [1, 2.5],
      more: { a: [1, 'x'] },
    }
    await cluster.client.put(['test', from, '1'], { ...bins, at: Date.UTC(2026, 0, 31, 12, 30, 15, 123), when: 7 })
    await cluster.client.put(['test', from, '2'], { scores: [], more: 'text' })
    const readFrom = (name: string): Promise<Ended> =>
      run(['read', '-n', 'test', '-s', name, '-d', variable, '-f', format, '1', '2'])
    expect(await readFrom(from)).toMatchObject({ code: 0, stdout: text })
    const written = await run(['write', '-n', 'test', '-s', to, '-d', variable, '-f', format], text)
    expect(written).toMatchObject({ code: 0 })
    expect(await readFrom(to)).toMatchObject({ code: 0, stdout: text })
    const npy = await run(['read', '-n', 'test', '-s', from, '-d', variable, '-f', 'npy', '1'])
    expect(npy).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("read it as 'S{n}', or use toArrow() or toIPC()"),
    })
    const table = await run(['read', '-n', 'test', '-s', from, '-d', variable, '1'])
    expect(table.stdout).toContain('2026-01-31T12:30:15.123Z')
  })

  test('whole records, where there is no dtype', async () => {
    const { stdout } = await read('b', 'nobody')
    const [first, second] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(first).toMatchObject({ key: 'b', code: 0, gen: 1, bins: { temperature: -1, name: '', big: 5 } })
    expect(second).toEqual({ key: 'nobody', code: 2, gen: 0, ttl: 0, bins: null })
  })

  test('npy, to a file, as the client itself writes it', async () => {
    const path = file('out.npy')
    expect(await read('-d', 'temperature:f8', '-f', 'npy', '-o', path, 'a', 'b')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const keys: Key[] = [
      ['test', set, 'a'],
      ['test', set, 'b'],
    ]
    const batch = await cluster.client.batchRead(keys, { dtype: dtype({ temperature: 'f8' }) })
    expect(readFileSync(path)).toEqual(Buffer.from(batch.toNpy()))
  })

  test('keys of a file and of standard input, and integers', async () => {
    const path = file('keys.txt', 'a\n\nb\n')
    expect((await read('-d', 'temperature:f8', '-f', 'csv', '-k', path)).stdout).toBe('key,temperature\na,20.5\nb,-1\n')
    const piped = await run(['read', '-n', 'test', '-s', set, '-d', 'temperature:f8', '-f', 'csv', '-k', '-'], 'b\r\na')
    expect(piped.stdout).toBe('key,temperature\nb,-1\na,20.5\n')
    expect((await read('-d', 'temperature:f8', '-f', 'csv', '--key-type', 'int', '5')).stdout).toBe(
      'key,temperature\n5,1\n',
    )
  })

  test('the key - is standard input, among others, and once', async () => {
    const args = ['read', '-n', 'test', '-s', set, '-d', 'temperature:f8', '-f', 'csv']
    expect((await run([...args, 'b', '-'], 'a\nb\n')).stdout).toBe('key,temperature\nb,-1\na,20.5\nb,-1\n')
    for (const twice of [
      ['-', '-'],
      ['-', '--keys', '-'],
    ]) {
      expect(await run([...args, ...twice], 'a\n')).toMatchObject({
        code: 2,
        stderr: 'aerostride: - is standard input, which can be read once; see aerostride read --help\n',
      })
    }
  })

  test('--describe', async () => {
    const many = freshSet()
    const keys = Array.from({ length: 5 }, (_, id): Key => ['test', many, String(id)])
    await cluster.client.batchWrite(keys, {
      dtype: dtype({ x: 'f8', n: 'i8', y: 'f8', z: 'f8' }),
      columns: {
        x: [1, 2, 3, 4, null],
        n: [1, 1, 1, 1, 6],
        y: [3, Number.NaN, 1, Number.NaN, 2],
        z: [1, Infinity, Infinity, Infinity, Infinity],
      },
    })
    const { stdout } = await run([
      'read',
      '-n',
      'test',
      '-s',
      many,
      '-d',
      'x:f8,n:i8,y:f8,z:f8,s:S4',
      '--describe',
      '0',
      '1',
      '2',
      '3',
      '4',
    ])
    expect(stdout).toBe(
      [
        'column  count      mean      std  min       25%       50%       75%       max',
        'x           4       2.5  1.29099    1      1.75       2.5      3.25         4',
        'n           5         2  2.23607    1         1         1         1         6',
        'y           3         2        1    1       1.5         2       2.5         3',
        'z           5  Infinity        -    1  Infinity  Infinity  Infinity  Infinity',
        '',
      ].join('\n'),
    )
  })

  test('values that do not fit', async () => {
    expect((await read('-d', 'temperature:u1', '-f', 'csv', '--on-loss', 'null', 'b')).stdout).toBe(
      'key,temperature\nb,\n',
    )
    const strict = await read('-d', 'temperature:u1', '--on-loss', 'throw', 'b')
    expect(strict).toMatchObject({ code: 1, stdout: '' })
    expect(strict.stderr).toMatch(/^aerostride: row 0, key \[test, .*, b\], bin "temperature": .*\n$/)
  })

  test('keys that cannot be read', async () => {
    const { code, stderr } = await run(['read', '-n', 'nowhere', '-d', 'a:f8', 'k'])
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^aerostride: 1 of 1 keys could not be read: .*namespace.*\n$/i),
    ])
  })

  test('a reader that has seen enough', async () => {
    const ids = file('many.txt', Array.from({ length: 200_000 }, (_, id) => `${id}\n`).join(''))
    const args = [cliPath, 'read', '-n', 'test', '-s', set, '-d', 'x:f8', '-f', 'csv', '-k', ids]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, AEROSTRIDE_HOSTS: cluster.hosts },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    const [code] = (await once(child, 'close')) as [number]
    expect([code, stderr]).toEqual([0, ''])
  })
})

const write = (set: string, args: string[], input?: string): Promise<Ended> =>
  run(['write', '-n', 'test', '-s', set, ...args], input)

describe('write', () => {
  const columns = 'temperature:f8,name:S40,big:i8,on:?,raw:V2,vector:u1[2]'

  test('what read has written, as csv and as ndjson', async () => {
    const source = freshSet()
    const copies = [freshSet(), freshSet()]
    await cluster.client.put(['test', source, 'a'], {
      temperature: 20.5,
      name: 'Grüße, "x"\nnext line',
      big: 5,
      on: true,
      raw: Uint8Array.of(1, 255),
      vector: Uint8Array.of(7, 8),
    })
    await cluster.client.put(['test', source, 'b'], { temperature: double(-1) })
    for (const [index, format] of ['csv', 'ndjson'].entries()) {
      const path = file(`copy.${format}`)
      await run(['read', '-n', 'test', '-s', source, '-d', columns, '-f', format, '-o', path, 'a', 'b'])
      expect(await write(copies[index]!, ['-d', columns, path])).toEqual({
        code: 0,
        signal: null,
        stdout: '',
        stderr: '2 records written\n',
      })
      for (const id of ['a', 'b']) {
        const [original, copy] = [
          await cluster.client.get(['test', source, id]),
          await cluster.client.get(['test', copies[index]!, id]),
        ]
        expect(copy!.bins).toEqual(original!.bins)
      }
    }
  })

  test('standard input, integer keys, ttl, exists', async () => {
    const set = freshSet()
    const line = '{"id":7,"n":"1152921504606846976"}\n\n'
    const args = ['-d', 'n:i8', '--key-column', 'id', '--key-type', 'int', '--ttl', '1000', '--exists', 'create']
    expect(await write(set, args, line)).toMatchObject({ code: 0, stderr: '1 record written\n' })
    const record = await cluster.client.get(['test', set, 7])
    expect(record!.bins).toEqual({ n: 1152921504606846976n })
    expect(record!.ttl).toBeCloseTo(1000, -2)
    expect(await write(set, args, line)).toMatchObject({
      code: 3,
      stderr: 'aerostride: 1 of 1 rows could not be written: result code 5, the record exists already\n',
    })
  })

  test.each([
    ['{"key":"a","n":300}', 'line 1, n: must be an integer from 0 to 255 for u1, not the number 300'],
    ['{"key":"a","n":1}\n{"key":"b","n":"x"}', 'line 2, n: "x" is not an integer'],
    ['{"key":"a"', 'line 1 is not JSON'],
    ['[1]', 'line 1 is not a JSON object'],
    ['{"n":1}', 'line 1: "key" must be the key, as text or an integer'],
  ])('ndjson %s is refused', async (input, message) => {
    expect(await write('s', ['-d', 'n:u1'], input)).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `aerostride: ${message}\n`,
    })
  })

  test.each([
    ['id,n\na,1', 'line 1: there is no column "key"; there are id, n'],
    ['key,n\na,1\n"b\n",2.5', 'line 3, n: "2.5" is not an integer'],
    ['key,n\n"a,1', 'line 2: a quote is not closed'],
    ['key,n\n"a"b,1"', 'line 2: a quote is within a cell and not doubled'],
    ['key,n\n"a"b,""', 'line 2: a quote is within a cell and not doubled'],
    ['key,n\r\n"a\r\nb",1\r\n\r\nc"d,2\r\ne,3', 'line 5: a quote is within a cell and not doubled'],
    ['key,n\na,1,2', 'line 2: 3 cells, more than the 2 of the first line'],
    ['\n\nkey,m\na,1', 'line 3: there is no column "n"; there are key, m'],
    ['key,n,m,n\na,1,2,3', 'line 1: there are two columns "n"'],
    ['key,n,key\na,1,b', 'line 1: there are two columns "key"'],
  ])('csv %j is refused', async (input, message) => {
    expect(await write('s', ['-f', 'csv', '-d', 'n:u1'], input)).toMatchObject({
      code: 1,
      stderr: `aerostride: ${message}\n`,
    })
  })
})

const bins = async (set: string, id: string) => (await cluster.client.get(['test', set, id]))?.bins

/** The microseconds of processor time that reading a text takes. */
const cpuTime = (text: string, outcome: (read: () => number) => void): number => {
  const blocks = text.match(/[^]{1,65536}/g)!.map((block) => Buffer.from(block))
  const started = process.cpuUsage()
  outcome(() => [...parseCsv(blocks)].length)
  return process.cpuUsage(started).user
}

describe('csv as it is found', () => {
  test('a byte order mark, line ends of Windows, and those within quotes stay as they are', async () => {
    const set = freshSet()
    const input = '\uFEFFkey,text\r\na,"one\r\ntwo"\r\n\r\nb,"three\nfour"\r\nc,"five\rsix"\r\nd'
    expect(await write(set, ['-f', 'csv', '-d', 'text:S16'], input)).toMatchObject({
      stderr: expect.stringContaining('1 of 4 rows could not be written: the row has no valid cell'),
    })
    expect(await bins(set, 'a')).toEqual({ text: 'one\r\ntwo' })
    expect(await bins(set, 'b')).toEqual({ text: 'three\nfour' })
    expect(await bins(set, 'c')).toEqual({ text: 'five\rsix' })
    expect(await bins(set, 'd')).toBeUndefined()
  })

  test('a byte order mark in front of lines of JSON, and of keys', async () => {
    const set = freshSet()
    expect(await write(set, ['-d', 'n:i4'], '\uFEFF{"key":"a","n":1}\r\n')).toMatchObject({ code: 0 })
    const read = ['read', '-n', 'test', '-s', set, '-d', 'n:i4', '-f', 'csv', '-k', file('bom.txt', '\uFEFFa\r\n')]
    expect((await run(read)).stdout).toBe('key,n\na,1\n')
  })

  test.each(['csv', 'ndjson'])('%s in UTF-16 is refused', async (format) => {
    const path = file(`utf16.${format}`)
    writeFileSync(path, Buffer.from('\uFEFFkey,n\na,1\n', 'utf16le'))
    expect(await write('s', ['-f', format, '-d', 'n:i4', path])).toMatchObject({
      code: 1,
      stderr: 'aerostride: the text begins as UTF-16 does, and has to be UTF-8\n',
    })
  })

  test.each([
    ['csv', 'key,t\n"a\nb",x\nc,', '\n', 4],
    ['csv', 'key,t\n', ',x', 2],
    ['ndjson', '{"key":"a","t":"x"}\n\n{"key":"b","t":"', '"}\n{"key":"c"}\n', 3],
    ['ndjson', '{"key":"', '"}', 1],
  ])('%s that is not UTF-8 is refused, as other text would be written: %j', async (format, before, behind, line) => {
    const path = file(`latin1.${format}`)
    writeFileSync(path, Buffer.from(`${before}M\xFCller${behind}`, 'latin1'))
    const set = freshSet()
    expect(await write(set, ['-f', format, '-d', 't:utf8', path])).toMatchObject({
      code: 1,
      stderr: `aerostride: line ${line} is not UTF-8, which files of text have to be\n`,
    })
    expect(await bins(set, 'a')).toBeUndefined()
  })

  test('text of several blocks, whose characters lie on both sides of an end', async () => {
    const set = freshSet()
    const lines = Array.from({ length: 3000 }, (_, id) => JSON.stringify({ key: `${id}`, t: 'ü€😀'.repeat(100) }))
    expect(await write(set, ['-d', 't:utf8'], lines.join('\n'))).toMatchObject({ code: 0 })
    const batch = await cluster.client.batchRead(
      keyList(
        'test',
        set,
        lines.map((_, id) => `${id}`),
      ),
      { dtype: dtype({ t: 'utf8' }) },
    )
    expect(new Set(batch.columns.t.toArray())).toEqual(new Set(['ü€😀'.repeat(100)]))
  })

  test('keys that are not UTF-8, and keys with lone surrogates, are refused with their line', async () => {
    const path = file('keys.txt')
    writeFileSync(path, Buffer.from('a\nM\xFCller\n', 'latin1'))
    expect(await run(['read', '-n', 'test', '-s', 's', '-k', path])).toMatchObject({
      code: 1,
      stderr: 'aerostride: line 2 is not UTF-8, which files of text have to be\n',
    })
    expect(await write('s', ['-d', 'n:i4'], '{"key":"a","n":1}\n{"key":"\\ud800","n":1}\n')).toMatchObject({
      code: 1,
      stderr: 'aerostride: line 2: the key "\\ud800" has a lone surrogate, which UTF-8 cannot hold\n',
    })
  })

  test('a quote that is not closed costs as much as one that is', () => {
    const lines = 'some text,1\n'.repeat(64_000)
    const closed = cpuTime(`key,n\n"x",1\n${lines}`, (read) => expect(read()).toBe(64_002))
    const open = cpuTime(`key,n\n"x,1\n${lines}`, (read) => expect(read).toThrow('line 2: a quote is not closed'))
    expect(open).toBeLessThan(20 * closed)
  })

  test('a quote that takes in more than any record is refused before the end', () => {
    let blocks = 0
    function* endless(): Generator<Buffer> {
      yield Buffer.from('key,n\na,1\n"b')
      for (; blocks < 1000; blocks++) yield Buffer.alloc(1 << 20, 'x')
    }
    const records = parseCsv(endless())
    expect([...take(records, 2)]).toEqual([
      { cells: ['key', 'n'], line: 1 },
      { cells: ['a', '1'], line: 2 },
    ])
    expect(() => records.next()).toThrow('line 3: a quote is not closed')
    expect(blocks).toBeLessThan(20)
    expect(() => parseCsv([Buffer.alloc(17 << 20, 'x')]).next()).toThrow('a line has more than 16777216 bytes')
  })

  test('any cells come back, however the text is cut into blocks', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', '\r', '\n', ' ', '\uFEFF') })
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 12 }), fc.constantFrom('\n', '\r\n'), (cells, size, end) => {
        const bytes = Buffer.from(`k,v${end}${cells.map((row) => row.map(csvCell).join(',') + end).join('')}`)
        const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        )
        expect([...parseCsv(blocks)].slice(1).map((record) => record.cells)).toEqual(cells)
      }),
    )
  })
})

/** The first few of something that is made on demand. */
function* take<T>(values: Iterator<T>, count: number): Generator<T> {
  for (let at = 0; at < count; at++) yield values.next().value as T
}

describe('info', () => {
  test('a table, and json', async () => {
    const table = await run(['info', 'build', 'namespaces'])
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout).toMatch(/^node +name +value\n\S+ +build +\d+\.\S+\n\S+ +namespaces +\S*test\S*\n/)
    const json = JSON.parse((await run(['info', 'build', '-f', 'json'])).stdout) as Record<string, object>
    expect(Object.keys(Object.values(json)[0]!)).toEqual(['build'])
  })

  test('an unknown node', async () => {
    const { code, stderr } = await run(['info', '--node', 'NOBODY'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^aerostride: node "NOBODY" is unknown; the cluster has: .*\n$/)
  })
})

/** Starts a server, gives its hosts to `work`, and stops it as Ctrl-C does. */
async function serving(args: string[], work: (hosts: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [cliPath, 'devserver', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    expect(line).toMatch(/^listening on 127\.0\.0\.1:\d+/)
    await work(line.replace('listening on ', ''))
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
  }
}

describe.skipIf(process.platform === 'win32')('devserver', () => {
  test('runs until Ctrl-C', async () => {
    await serving(['--nodes', '2', '-n', 'one', '-n', 'two'], async (hosts) => {
      expect(hosts.split(',')).toHaveLength(2)
      const client = await connect(hosts)
      expect(Object.values(await client.info('namespaces'))).toEqual([
        { namespaces: 'one;two' },
        { namespaces: 'one;two' },
      ])
      await client.close()
    })
  })

  test('its faults follow from the seed', async () => {
    const losing = 'on=batch lose=20'
    const keys = keyList(
      'test',
      'seeded',
      Uint16Array.from({ length: 100 }, (_, id) => id),
    )
    const codesOf = async (hosts: string): Promise<number[]> => {
      const client = await connect(hosts)
      const policy = { maxRetries: 0, maxConcurrentRequests: 1 }
      const batch = await client.batchRead(keys, { dtype: dtype({ a: 'i4' }), policy })
      await client.close()
      return [...batch.resultCodes]
    }
    await using server = await startDevServer({ faults: [losing], seed: 7 })
    const expected = await codesOf(server.hosts.join(','))
    expect(expected.filter((code) => code === -15)).toHaveLength(20)
    await serving(['--fault', losing, '--seed', '7'], async (hosts) => expect(await codesOf(hosts)).toEqual(expected))
    await serving(['--fault', losing], async (hosts) => expect(await codesOf(hosts)).not.toEqual(expected))
  })

  test('with users and certificates', async () => {
    const certificates = file('certificates')
    const users = file('users.json', '[{ "user": "me", "password": "hunter2", "roles": ["read-write"] }]')
    await serving(['--users', users, '--tls', certificates], async (hosts) => {
      expect(existsSync(join(certificates, 'ca.pem'))).toBe(true)
      const args = [
        'info',
        'build',
        '-H',
        hosts,
        '--tls-ca',
        join(certificates, 'ca.pem'),
        '--tls-name',
        'localhost',
        '-U',
        'me',
      ]
      const right = await runCli(args, { environment: { AEROSTRIDE_PASSWORD: 'hunter2' } })
      expect(right).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('build') })
      const byFile = await runCli([...args, '--password-file', file('password', 'hunter2\n')])
      expect(byFile).toEqual(right)
      const url = `aerospike://me:hunter2@${hosts}`
      const mixed = await runCli(args.slice(0, -2).with(args.indexOf(hosts), url), {
        environment: { AEROSTRIDE_USER: 'alice', AEROSTRIDE_PASSWORD: 'of-alice' },
      })
      expect(mixed).toMatchObject({ code: 0, stderr: '' })
      const others = await runCli(args, { environment: { AEROSTRIDE_USER: 'alice', AEROSTRIDE_PASSWORD: 'hunter2' } })
      expect(others).toMatchObject({ code: 2, stdout: '' })
      expect(others.stderr).toContain('options.password is missing: the one in the URL or the environment belongs to')
      const wrong = await runCli(args, { environment: { AEROSTRIDE_PASSWORD: 'hunter3' } })
      expect(wrong).toMatchObject({ code: 1, stdout: '' })
      expect(wrong.stderr).toMatch(/^aerostride: .*\n$/)
      expect(wrong.stderr).not.toContain('hunter3')
    })
  })
})

test('bench measures, and leaves nothing behind', async () => {
  const { code, stdout, stderr } = await run(['bench', '--rows', '50', '--rounds', '3'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    /^50 x 5 bins +median ms +p99 ms +rows\/s\nwrite columns +[\d.]+ +[\d.]+ +[\d,]+\nread columns .*\nread objects .*\n$/,
  )
  expect(await cluster.client.exists(['test', 'aerostride_bench', 49])).toBe(false)
})
