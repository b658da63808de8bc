import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { copyOf } from '../src/binding/realm.js'
import { type Key, dtype, keyList } from '../src/index.js'
import { root, runNode, runProgram } from './support/process.js'
import { disposable } from '../src/tags.js'
import { freshSet, testCluster } from './support/server.js'

/** Other realms: values of their classes, the package evaluated in several of them, test runners that do so. */

const cluster = testCluster()
const set = freshSet()
const key: Key = ['test', set, 'a']

/** A value of another realm. */
const foreign = (expression: string): never => runInNewContext(expression) as never

describe('values of another realm', () => {
  test('as keys', async () => {
    const blob = foreign('new Uint8Array([1, 2])')
    await cluster.client.put(['test', set, blob], { a: 1 })
    const batch = await cluster.client.batchRead(foreign(`[['test', '${set}', new Uint8Array([1, 2])]]`), {
      dtype: dtype({ a: 'i4' }),
    })
    expect([batch.get(blob), batch.get(Uint8Array.of(1, 2))]).toEqual([{ a: 1 }, { a: 1 }])
  })

  test.each(['Int8', 'Int16', 'Int32', 'BigInt64', 'Uint8', 'Uint16', 'Uint32', 'BigUint64'])(
    'as a list of keys: %sArray',
    async (kind) => {
      const ids = foreign(`${kind}Array.of(${kind.startsWith('Big') ? '3n, 4n' : '3, 4'})`)
      await cluster.client.put(['test', set, 3], { a: 1 })
      const records = await cluster.client.batchRead(keyList('test', set, ids))
      expect(records.map(({ key: each, resultCode }) => [each[2], resultCode])).toEqual([
        [3, 0],
        [4, 2],
      ])
    },
  )

  test('as bins', async () => {
    const bins = foreign(
      `({ bytes: new Uint8Array([1]), list: [1, { a: 2 }], map: new Map([[1, 'one'], [new Uint8Array([2]), 'two']]), object: { x: 1 } })`,
    )
    await cluster.client.put(key, bins)
    const read = await cluster.client.get(key)
    expect(read?.bins).toEqual({
      bytes: Uint8Array.of(1),
      list: [1, { a: 2 }],
      map: new Map<unknown, unknown>([
        [1, 'one'],
        [Uint8Array.of(2), 'two'],
      ]),
      object: { x: 1 },
    })
  })

  test.each([
    ['new Date(0)', 'use its getTime()'],
    ['new Set([1])', 'use an array'],
    ['new ArrayBuffer(2)', 'use a Uint8Array over it'],
    ['new Float32Array(2)', 'use an array for a list'],
    ['new (class Thing {})()', 'use a plain object'],
  ])('%s cannot be stored, and says what can', async (expression, remedy) => {
    await expect(cluster.client.put(key, { a: foreign(expression) })).rejects.toThrow(remedy)
  })

  test('as columns', async () => {
    const schema = dtype({ a: 'f8', b: '?', s: 'S2', v: 'V2', m: ['i4', [2, 2]], w: ['f4', 2] })
    const columns = foreign(`({
      a: new Float64Array([0.5]), b: [true], s: ['x'], v: [new Uint8Array([1, 2])],
      m: new Int32Array([1, 2, 3, 4]), w: [new Float32Array([1, 2])],
    })`)
    const valid = foreign(`({ a: new Uint8Array([1]), b: [true] })`)
    const { ok } = await cluster.client.batchWrite([key], { dtype: schema, columns, valid })
    expect(ok).toBe(1)
    const batch = await cluster.client.batchRead([key], { dtype: schema })
    expect(batch.at(0)).toEqual({
      a: 0.5,
      b: true,
      s: 'x',
      v: Uint8Array.of(1, 2),
      m: Int32Array.of(1, 2, 3, 4),
      w: Float32Array.of(1, 2),
    })
    expect(batch.where(foreign('new Uint8Array([1])')).length).toBe(1)
  })

  test('as options', async () => {
    const filterExpression = foreign('new Uint8Array([0x93, 1, 0x95, 1, 2])')
    await cluster.client.get(key, { policy: { filterExpression } }).catch(() => undefined)
    await cluster.client.truncate('test', set, { before: foreign('new Date(2020, 0)') })
    await cluster.client.append(key, { tail: foreign('new Uint8Array([1])') })
    expect((await cluster.client.get(key))?.bins?.['tail']).toEqual(Uint8Array.of(1))
  })
})

test('what the binding gives is made anew for a realm that is not its own', () => {
  const array = Int32Array.of(1, 2, 3).subarray(1)
  const value = {
    list: [1, [2n]],
    map: new Map([[Uint8Array.of(1), { a: null }]]),
    array,
    ...JSON.parse('{"__proto__":{"b":1}}'),
  } as Record<string, unknown>
  const copy = copyOf(value) as Record<string, unknown>
  expect(copy).toStrictEqual(value)
  expect(Object.keys(copy)).toEqual(Object.keys(value))
  // Bytes are seen through another view, and not copied.
  array[0] = 9
  expect(copy['array']).toEqual(Int32Array.of(9, 3))
  const { client } = cluster
  expect(copyOf(client)).toBe(client)
})

test('the package can be evaluated twice in a process', async () => {
  const { code, stdout, stderr } = await runProgram(`
    const { inspect } = require('node:util')
    const evaluate = () => {
      for (const file of Object.keys(require.cache)) if (/[\\\\/]dist[\\\\/]/.test(file)) delete require.cache[file]
      return require('aerostride')
    }
    const [first, second] = [evaluate(), evaluate()]
    console.log(first.Batch === second.Batch)
    for (const { double } of [first, second]) console.log(inspect(double(2)), JSON.stringify([double(0.5)]))
  `)
  expect([code, stdout, stderr]).toEqual([0, 'false\ndouble(2) [0.5]\ndouble(2) [0.5]\n', ''])
})

test('a class can be disposed of where its realm has no symbol for that', () => {
  const { asyncDispose } = Symbol
  class Thing {
    ['undefined'](): string {
      return 'disposed'
    }
  }
  vi.stubGlobal('Symbol', { for: Symbol.for })
  try {
    disposable(Thing, 'asyncDispose')
  } finally {
    vi.unstubAllGlobals()
  }
  expect(Object.getOwnPropertyNames(Thing.prototype)).toEqual(['constructor'])
  const method = Object.getOwnPropertyDescriptor(Thing.prototype, Symbol.for('Symbol.asyncDispose'))
  const dispose = method?.value as () => string
  expect(dispose()).toBe('disposed')
  expect(Symbol.asyncDispose).toBe(asyncDispose)
})

test('Jest runs several files in one process', async () => {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
  const config = join(root, '__test__', 'jest', 'config.cjs')
  const ended = await runNode([jest, '--config', config, '--runInBand', '--no-cache', '--watchman=false'])
  expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 [^]*Tests: +15 passed, 15 total/)
})
