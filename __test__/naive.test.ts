import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Expression, type Key, double, exp, op } from '../src/index.js'
import { nodeOf } from '../src/expressions/expression.js'
import type { ConstantItem } from '../src/expressions/node.js'
import { about, reads, records } from './support/arbitrary-records.js'
import { type Bins, Undecided, type Value, evaluate } from './support/naive-expressions.js'
import { freshSet, testCluster } from './support/server.js'

/** Random expressions about random records: the server makes of them what a naive evaluator makes. */

const cluster = testCluster()
/** One for all: a server has a limited number of sets, whose names stay. */
const set = freshSet()
const runs = Number(process.env['AEROSTRIDE_EXPRESSION_RUNS'] ?? 60)
const seed = Number(process.env['AEROSTRIDE_TEST_SEED'] ?? 20_261_126)

/** An item as what `put` stores. */
function stored({ type, value }: ConstantItem & { value?: unknown }): unknown {
  if (type === 'float') return double(value)
  if (type === 'list') return (value as ConstantItem[]).map(stored)
  if (type !== 'map') return value
  return new Map((value as [ConstantItem, ConstantItem][]).map(([key, item]) => [stored(key), stored(item)] as never))
}

/** The bins of a record; one more, as no record is without. */
const binsOf = (bins: Bins): Record<string, unknown> => ({
  z: 1,
  ...Object.fromEntries(Object.entries(bins).map(([name, item]) => [name, stored(item)])),
})

const REPLACE = { policy: { exists: 'replace' } } as const

/** A value as text: what a test compares, with the types that JavaScript has no two of. */
function shown(value: unknown): string {
  if (value === undefined) return 'unknown'
  if (typeof value === 'bigint') return `${value}n`
  // A sum may be rounded in another order.
  if (typeof value === 'number') return Number(value.toPrecision(12)).toExponential()
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const pairs = value instanceof Map ? [...value] : Object.entries(value)
  return `{${pairs.map(([key, item]) => `${shown(key)}: ${shown(item)}`).join(', ')}}`
}

/** A value of the naive evaluator as one that is read with all integers as bigints. */
function plain(item: ConstantItem): unknown {
  if (item.type === 'list') return item.value.map(plain)
  if (item.type === 'map') return new Map(item.value.map(([key, value]) => [plain(key), plain(value)]))
  return item.type === 'nil' ? null : item.value
}

const shownItem = (value: Value): string => shown(value === undefined ? undefined : plain(value))

/** Several elements are the same in any order. */
function compared(each: Expression, text: string): string {
  const isRead = nodeOf(each).kind === 'read' || each.type === 'list'
  return isRead && text.startsWith('[') ? text.split('').toSorted().join('') : text
}

const describeBins = (bins: Bins): string =>
  JSON.stringify(bins, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))

/** `let(a = true) then (let(… = true) then (…))`. */
const letInLet = (inner: string): Uint8Array => Buffer.from(`947da161c3947da1${inner}c3927ca1${inner}`, 'hex')

/** What a record makes of expressions, or nothing for one that no test should rest on. */
function naive(expression: Expression, bins: Bins): Value | 'undecided' {
  try {
    return evaluate(nodeOf(expression), bins)
  } catch (error) {
    if (error instanceof Undecided) return 'undecided'
    throw error
  }
}

const expressions = fc.oneof(about.int, about.float, about.string, about.bool, about.list, reads)

describe('the server and a naive evaluator', () => {
  test('compute the same values', async () => {
    let [known, unknown] = [0, 0]
    const property = fc.asyncProperty(
      records,
      fc.array(expressions, { minLength: 1, maxLength: 20 }),
      async (bins, asked) => {
        const key: Key = ['test', set, 1]
        await cluster.client.put(key, binsOf(bins), REPLACE)
        const wanted = asked.map((each) => naive(each, bins))
        const decided = asked.flatMap((each, index) =>
          wanted[index] === 'undecided' ? [] : [[each, wanted[index]] as const],
        )
        if (decided.length === 0) return
        const operations = decided.map(([each], index) => op.compute(`r${index}`, each, { skipUnknown: true }))
        const { bins: found } = await cluster.client.operate(key, operations, { integers: 'bigint' })
        decided.forEach(([each, value], index) => {
          if (value === undefined) unknown += 1
          else known += 1
          const got = found![`r${index}`]
          const [is, should] = [shown(got), shownItem(value)]
          if (compared(each, is) === compared(each, should)) return
          throw new Error(`${String(each)} is ${is} and not ${should} for ${describeBins(bins)}`)
        })
      },
    )
    await fc.assert(property, { numRuns: runs, seed })
    // Most have a value, or little is tried; some have none, or half of the rules are not.
    expect(known).toBeGreaterThan(unknown)
    expect(unknown).toBeGreaterThan(known / 50)
  })

  test('filter the same records', async () => {
    const property = fc.asyncProperty(
      fc.array(records, { minLength: 3, maxLength: 8 }),
      fc.array(about.bool, { minLength: 1, maxLength: 5 }),
      async (rows, filters) => {
        const keys = rows.map((_, row): Key => ['test', set, row])
        await cluster.client.putMany(
          rows.map((bins, row) => [keys[row]!, binsOf(bins)]),
          REPLACE,
        )
        for (const filter of filters) {
          const wanted = rows.map((bins) => naive(filter, bins))
          const read = await cluster.client.batchRead(keys, { filter, bins: ['z'] })
          const codes = read.map(({ resultCode }) => resultCode)
          const passing = wanted.map((value, row) =>
            value === 'undecided' ? codes[row] : value?.value === true ? 0 : 27,
          )
          expect([String(filter), codes]).toEqual([String(filter), passing])
        }
      },
    )
    await fc.assert(property, { numRuns: runs, seed })
  })

  test('see text up to its first NUL in regular expressions, and the smallest offset as 0', async () => {
    const key: Key = ['test', set, 1]
    await cluster.client.put(key, { s: 'a\0b', b: Uint8Array.of(0xa5) })
    const { bins } = await cluster.client.operate(key, [
      op.compute('end', exp.regex(exp.string('s'), 'b$')),
      op.compute('begin', exp.regex(exp.string('s'), '^a$')),
      op.compute('bits', exp.bits.getInt(exp.blob('b'), -(2n ** 63n), 4)),
    ])
    expect(bins).toEqual({ end: false, begin: true, bits: 10 })
  })

  test('refuse a variable that is defined again inside of its let', async () => {
    const key: Key = ['test', set, 1]
    await cluster.client.put(key, { z: 1 })
    const codeOf = (filter: Uint8Array) =>
      cluster.client.get(key, { filter }).then(
        () => 0,
        ({ resultCode }) => resultCode as number,
      )
    expect(await codeOf(letInLet('61'))).toBe(4)
    expect(await codeOf(letInLet('62'))).toBe(0)
  })

  test('what is printed of them reads back as the same', () => {
    fc.assert(
      fc.property(expressions, (each) => {
        expect(Buffer.from(exp.parse(String(each)).toBytes()).toString('hex')).toBe(
          Buffer.from(each.toBytes()).toString('hex'),
        )
      }),
      { numRuns: runs * 5, seed },
    )
  })
})
