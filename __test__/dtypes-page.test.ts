import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { type Batch, type ConversionError, type Key, type Layout, double, dtype } from '../src/index.js'
import { isViewKind } from '../src/kinds/code.js'
import { madePart, markdownTable } from './support/made.js'
import { root } from './support/process.js'
import { freshSet, testCluster } from './support/server.js'

/** The tables of docs/dtypes.md, made of what the client does with values. `AEROSTRIDE_UPDATE_DOCS=1` writes them anew. */

const PAGE = 'docs/dtypes.md'

const cluster = testCluster()
const set = freshSet()

type Code = string | [code: string, shape: number | number[] | null]

const INTEGERS: Code[] = ['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', '?']
const FLOATS: Code[] = ['f2', 'f4', 'f8']
const BYTES: Code[] = ['S4', 'V4']
const ARRAYS: Code[] = [
  ['i2', 2],
  ['f4', 2],
  ['i2', [2, 2]],
]

const VARIABLE: Code[] = ['utf8', 'binary', ['i2', null], ['f4', null], 'any']

const CODES: Code[] = [
  ...INTEGERS.slice(0, -1),
  ...FLOATS,
  '?',
  'S16',
  'V16',
  ['f4', 128],
  ['f8', [2, 3]],
  'utf8',
  'binary',
  ['f4', null],
  'any',
  'datetime64[ms]',
  'datetime64[ns]',
]

const shown = (code: Code): string =>
  typeof code === 'string' ? code : `${code[0]}[${[code[1] ?? []].flat().join(',')}]`
const quoted = (code: Code): string => `\`${inspect(code).replaceAll('[ ', '[').replaceAll(' ]', ']')}\``

/** A dtype of one field per code, each with a bin of its own, which is named by its position. */
const fieldsOf = (codes: readonly Code[]) =>
  dtype(
    codes.map((code, at): [string, string, number[] | null] => {
      if (typeof code === 'string')
        return /^(utf8|binary|any|datetime64)/.test(code) ? ([`f${at}`, code] as never) : [`f${at}`, code, []]
      return [`f${at}`, code[0], code[1] === null ? null : [code[1]].flat()]
    }),
  )

function readAs(keys: Key[], codes: readonly Code[], layout: Layout = 'columns'): Promise<Batch> {
  return cluster.client.batchRead(keys, { dtype: fieldsOf(codes), layout })
}

const nameOf = (value: object): string => value.constructor.name

/** numpy's other names of each kind, as the declarations list them. */
function otherNames(): Map<string, string[]> {
  const declarations = readFileSync(join(root, 'index.d.ts'), 'utf8')
  const [, list = ''] = /interface Aliases extends (.*) \{/.exec(declarations) ?? []
  const groups = [...list.matchAll(/Record<([^,]*), '([^']+)'>/g)]
  return new Map(groups.map(([, names, kind]) => [kind!, [...names!.matchAll(/'([^']+)'/g)].map(([, name]) => name!)]))
}

/** The other name of a code of dates. */
const datetimeNames = (code: string): string[] =>
  code.startsWith('datetime64') ? [code.replace('datetime64', 'M8')] : []

test('the codes', async () => {
  const key: Key = ['test', set, 'codes']
  const values = CODES.map((code) => (typeof code === 'string' ? 1 : new Uint8Array(8)))
  await cluster.client.put(key, Object.fromEntries(values.map((value, at) => [`f${at}`, value])))
  const [columns, rows] = [await readAs([key], CODES), await readAs([key], CODES, 'rows')]
  const aliases = otherNames()
  const lines = CODES.map((code, at) => {
    const field = fieldsOf(CODES).fields[at]!
    const names = typeof code === 'string' ? (aliases.get(code) ?? datetimeNames(code)) : []
    for (const name of names) expect(dtype([['a', name]]).fields[0]?.kind).toBe(field.kind)
    const cell = columns.at(0)[`f${at}`]!
    const type = code === 'any' ? 'any value' : typeof cell === 'object' ? nameOf(cell) : typeof cell
    const descr =
      field.shape.length === 0
        ? field.descr
        : `('${field.descr}', (${field.shape.join(', ')}${field.shape.length === 1 ? ',' : ''}))`
    const other = names.map((name) => `\`${name}\``).join(' ')
    const classes = [columns, rows].map((batch) => `\`${nameOf(batch.columns[`f${at}`]!)}\``)
    return [
      quoted(code),
      other,
      String(field.itemsize * field.count),
      isViewKind(field.kind) ? '' : `\`${descr}\``,
      `\`${type}\``,
      ...classes,
    ]
  })
  const head = ['code', 'also', 'bytes', 'numpy', 'in a row', "column, `layout: 'columns'`", "column, `layout: 'rows'`"]
  const table = markdownTable(head, lines)
  expect(madePart(PAGE, 'codes', table)).toBe(table)
})

/** What is said of a dtype that cannot be, without the place where it is said of. */
function refusal(fields: unknown[]): string {
  try {
    return nameOf(dtype(fields as [string, string][]))
  } catch (error) {
    return (error as Error).message.replace(/^dtype field \d "v": (".*?" )?/, '')
  }
}

test('the codes that are refused', () => {
  const codes = ['>f8', 'U10', 'O', 'M8[D]', 'm8[ms]', 'c16', 'g', 'S', 'S0', 'a10', 'i3']
  const fields: [name: string, ...Code[]][] = [
    ['', 'f8'],
    ['a_name_too_long_', 'f8'],
  ]
  const table = markdownTable(
    ['field', 'the message'],
    [
      ...codes.map((code) => [`\`'${code}'\``, refusal([['v', code]])]),
      ["`['S4', 2]`", refusal([['v', 'S4', 2]])],
      ['a struct in a struct', refusal([['v', [['x', 'f8']]]])],
      ...fields.map(([name, code]) => [`the name \`'${name}'\``, refusal([[name, code]]).replace(/^.*?: /, '')]),
      [
        'a name twice',
        refusal([
          ['v', 'f8'],
          ['v', 'i4'],
        ]).replace('dtype field 1 "v": ', ''),
      ],
    ],
  )
  expect(madePart(PAGE, 'refused', table)).toBe(table)
})

/** A bin, as the page shows it and as `put` takes it. */
type Bin = [text: string, value: unknown]

const int = (value: bigint | number, text = String(value)): Bin => [`Int ${text}`, BigInt(value)]
const float = (value: number, text = inspect(value)): Bin => [`Double ${text}`, double(value)]
const text = (value: string): Bin => [`String ${inspect(value)}`, value]
const blob = (...bytes: number[]): Bin => [
  `Blob ${Buffer.from(bytes).toString('hex') || '(empty)'}`,
  Uint8Array.from(bytes),
]
const list = (...items: unknown[]): Bin => [`List ${inspect(items, { breakLength: Infinity })}`, items]
const map: Bin = ['Map { a: 1 }', { a: 1 }]
const bool: Bin = ['Bool true', true]

/** Some bins in the fields of some codes: a row per bin. */
async function conversions(name: string, bins: Bin[], codes: Code[]): Promise<string> {
  const lines = []
  for (const [bin, value] of bins) {
    const key: Key = ['test', set, `${name} ${bin}`]
    await cluster.client.put(key, Object.fromEntries(codes.map((_, at) => [`f${at}`, value])))
    const [cells, same] = [await readAs([key], codes), await readAs([key], codes, 'rows')].map((batch) => {
      return codes.map((_, at) => cellText(batch, `f${at}`))
    })
    expect(same).toEqual(cells)
    lines.push([bin, ...cells!])
  }
  return markdownTable(['bin', ...codes.map((code) => `\`${shown(code)}\``)], lines)
}

function cellText(batch: Batch, field: string): string {
  const { lossy, mismatched, missing } = batch.conversions[field]!
  expect([batch.valid[field]![0], missing]).toEqual([1 - mismatched, 0])
  if (mismatched > 0) return '–'
  const cell = valueText(batch.at(0)[field])
  return lossy > 0 ? `${cell} *lossy*` : cell
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (ArrayBuffer.isView(value)) return inspect(Array.from(value as unknown as ArrayLike<unknown>))
  return inspect(value)
}

test.each<[name: string, bins: Bin[], codes: Code[]]>([
  [
    'integers',
    [
      int(0),
      int(200),
      int(-1),
      int(300),
      int(2n ** 40n + 7n, '2^40 + 7'),
      int(2n ** 63n - 1n, '2^63 − 1'),
      float(2),
      float(2.9),
      float(-2.9),
      float(300.5),
      float(2 ** 63, '2^63'),
      float(Number.NaN),
      float(Infinity),
      bool,
      text('7'),
      blob(7),
      list(7),
      map,
    ],
    INTEGERS,
  ],
  [
    'floats',
    [
      int(3),
      int(2049),
      int(65_520),
      int(2n ** 24n + 1n, '2^24 + 1'),
      int(2n ** 53n + 1n, '2^53 + 1'),
      float(0.1),
      float(1e-8),
      float(65_520),
      float(1e300),
      float(-0),
      float(Number.NaN),
      float(-Infinity),
      bool,
      text('1.5'),
      blob(0, 0),
      list(1.5),
      map,
    ],
    FLOATS,
  ],
  [
    'bytes',
    [
      text(''),
      text('abc'),
      text('abcd'),
      text('abcdef'),
      text('über'),
      text('abcü'),
      blob(),
      blob(97, 0, 98),
      blob(1, 2, 3, 4, 5),
      int(7),
      list('a'),
      map,
    ],
    BYTES,
  ],
  [
    'arrays',
    [
      list(1, 2),
      list(1.5, 2),
      list(1, 70_000),
      list(1, 2 ** 24 + 1),
      list(true, false),
      list(1),
      list(1, 2, 3),
      list(1, 2, 3, 4),
      list([1, 2], [3, 4]),
      list(1, 'x'),
      blob(1, 0, 2, 0),
      blob(1, 0, 2),
      blob(0, 0, 128, 63, 0, 0, 0, 64),
      int(1),
      text('12'),
      map,
    ],
    ARRAYS,
  ],
  [
    'variable',
    [
      text(''),
      text('a text that is longer than a cell'),
      blob(),
      blob(1, 0, 2, 0),
      blob(1, 0, 2),
      list(),
      list(1, 2.5, 70_000),
      list(true, false),
      list(1, 'x'),
      list([1, 2]),
      map,
      int(7),
      float(2.5),
      bool,
    ],
    VARIABLE,
  ],
])('conversions: %s', async (name, bins, codes) => {
  const table = await conversions(name, bins, codes)
  expect(madePart(PAGE, name, table)).toBe(table)
})

/** The type of the bin `f0`: a field that hardly anything fits says what it has met. */
async function binType(key: Key): Promise<string> {
  const probe = fieldsOf([['u1', 3]])
  try {
    await cluster.client.batchRead([key], { dtype: probe, onLoss: 'throw' })
    return ''
  } catch (error) {
    return (error as ConversionError).binType
  }
}

test('what fields are stored as', async () => {
  const samples: [Code, unknown][] = [
    ['i4', -5],
    ['u1', 200],
    ['u8', 2n ** 64n - 1n],
    ['f8', 20],
    ['f4', 0.1],
    ['f2', 1.5],
    ['?', true],
    ['S8', 'abc'],
    ['V4', Uint8Array.of(1, 2)],
    [
      ['f4', 2],
      [1, 2],
    ],
  ]
  const lines = []
  for (const [at, [code, value]] of samples.entries()) {
    const key: Key = ['test', set, `stored ${at}`]
    const columns = { f0: [value as never] }
    expect(await cluster.client.batchWrite([key], { dtype: fieldsOf([code]), columns })).toMatchObject({ ok: 1 })
    const record = await cluster.client.get(key)
    const back = (await readAs([key], [code])).at(0)['f0']
    lines.push([quoted(code), valueText(value), await binType(key), valueText(record?.bins?.['f0']), valueText(back)])
  }
  const table = markdownTable(['field', 'written', 'bin', 'by `get`', 'read as the same field'], lines)
  expect(madePart(PAGE, 'stored', table)).toBe(table)
})

test('what values are stored as', async () => {
  const values: Bin[] = [
    ['20', 20],
    ['20.5', 20.5],
    ['-0', -0],
    ['double(20)', double(20)],
    ['2 ** 53', 2 ** 53],
    ['2n ** 60n', 2n ** 60n],
    ['true', true],
    ["'text'", 'text'],
    ['Uint8Array.of(1, 2)', Uint8Array.of(1, 2)],
    ["[1, 2.5, 'x']", [1, 2.5, 'x']],
    ['{ a: 1 }', { a: 1 }],
    ["new Map([[1, 'one']])", new Map([[1, 'one']])],
    ["new Map([['a', 1]])", new Map([['a', 1]])],
    ['null', null],
  ]
  const refused: Bin[] = [
    ['undefined', undefined],
    ['2n ** 63n', 2n ** 63n],
    ['new Date()', new Date()],
    ['new Float32Array(2)', new Float32Array(2)],
  ]
  const lines = []
  for (const [shownValue, value] of values) {
    const key: Key = ['test', set, `put ${shownValue}`]
    await cluster.client.put(key, { f0: value, other: 1 })
    const back = (await cluster.client.get(key))?.bins?.['f0']
    lines.push([
      `\`${shownValue}\``,
      await binType(key),
      back === undefined ? 'the bin is removed' : `\`${inspect(back)}\``,
    ])
  }
  for (const [shownValue, value] of refused) {
    const error = await cluster.client.put(['test', set, 'refused'], { v: value }).catch((reason: Error) => reason)
    lines.push([`\`${shownValue}\``, '', (error as Error).message])
  }
  const table = markdownTable(['value', 'bin', 'by `get`'], lines)
  expect(madePart(PAGE, 'values', table)).toBe(table)
})
