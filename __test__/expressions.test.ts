import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Expression, ael, ctx, double, exp } from '../src/index.js'
import { forms, refused, unsigned, without } from './support/expression-forms.js'

/** The builder: its bytes are those that a real server was sent, and what that server refuses it refuses. */

interface Recorded {
  readonly name: string
  readonly go?: string
  readonly wire: string
  readonly filter: readonly number[]
}

const recorded = (
  JSON.parse(readFileSync(join(process.cwd(), 'fixtures/captures/expressions.json'), 'utf8')) as {
    entries: Recorded[]
  }
).entries

const hex = (expression: Expression): string => Buffer.from(expression.toBytes()).toString('hex')

describe('expressions that a real server was sent', () => {
  test('each is built, or there is a reason why not', () => {
    const known = new Set([forms, refused, without].flatMap((each) => Object.keys(each)))
    expect(recorded.filter(({ name }) => !known.has(name)).map(({ name }) => name)).toEqual([])
  })

  test.each(recorded.filter(({ name }) => name in forms).map((each) => [each.name, each] as const))(
    '%s has the same bytes',
    (name, { wire, go }) => {
      const form = (go === undefined ? undefined : forms[`${name} go`]) ?? forms[name]!
      // Signed and unsigned are one number where the tag is all that differs.
      const wanted = unsigned.has(name) ? wire.replace('d3', 'cf') : wire
      expect(hex(form())).toBe(wanted)
    },
  )

  test.each(Object.entries(refused))('%s is refused, as the server does', (name, build) => {
    expect(build).toThrow(/operand|must|takes/)
    expect(recorded.find((each) => each.name === name)?.filter).toEqual([4, 4, 4, 4, 4])
  })
})

describe('literals', () => {
  const [age, ratio] = [exp.int('age'), exp.float('ratio')]

  test('a number is what the expression beside it is', () => {
    expect(hex(exp.gt(ratio, 2))).toBe(hex(exp.gt(ratio, exp.floatValue(2))))
    expect(hex(exp.gt(2, ratio))).toBe(hex(exp.gt(exp.floatValue(2), ratio)))
    expect(hex(exp.gt(age, 2))).toBe(hex(exp.gt(age, exp.intValue(2n))))
    expect(hex(exp.gt(age, -0))).toBe(hex(exp.gt(age, 0)))
  })

  test('double() is a float wherever it stands', () => {
    const two = exp.floatValue(2)
    expect(hex(exp.gt(ratio, double(2)))).toBe(hex(exp.gt(ratio, two)))
    expect(hex(exp.gt(double(2), ratio))).toBe(hex(exp.gt(two, ratio)))
    expect(hex(ael`$.ratio > ${double(2)}`)).toBe(hex(exp.gt(ratio, two)))
    expect(hex(exp.in(ratio, [double(2), 2.5]))).toBe(hex(exp.parse('$.ratio in [2.0, 2.5]')))
    expect(hex(exp.in(age, [2]))).not.toBe(hex(exp.in(ratio, [double(2)])))
    expect(() => exp.gt(age, double(2) as never)).toThrow(/operand 2 must be an int, not/)
    expect(() => exp.gt(ratio, double(NaN))).toThrow(/NaN/)
  })

  test('maps are in the server’s order, whatever theirs is', () => {
    const map = new Map<string | number | Uint8Array, number>([
      ['b', 1],
      [Uint8Array.of(1), 2],
      [10, 3],
      ['a', 4],
      [-1, 5],
    ])
    const wanted = '86c70001c0ff050a03a2036104a2036201a2040102'
    expect(hex(exp.mapValue(map))).toBe(wanted)
  })

  test.each([
    ['a fraction beside an int', () => exp.gt(age, 1.5), /operand 2 must be an int, not the number 1.5.*float/],
    ['an integer that is not exact', () => exp.gt(age, 2 ** 53), /not hold exactly; use a bigint/],
    ['more than 64 bits', () => exp.gt(age, 2n ** 63n), /does not fit 64 bits/],
    ['NaN', () => exp.gt(ratio, NaN), /NaN/],
    ['undefined', () => exp.gt(age, undefined as never), /operand 2 must be an expression or a literal/],
    ['text beside an int', () => exp.gt(age, 'x' as never), /operand 2 must be an int, not the string "x"/],
    ['a Date', () => exp.listValue([new Date(0) as never]), /value\[0\] is a Date/],
    ['a lone surrogate', () => exp.eq(exp.string('s'), '\ud800'), /lone surrogate/],
    ['a list in itself', () => exp.listValue(circle()), /nested more than 64 deep/],
    ['a float as a key', () => exp.mapValue(new Map([[1.5, 1]])), /a float as a key/],
    [
      'a key twice',
      () =>
        exp.mapValue(
          new Map<number | bigint, number>([
            [1, 1],
            [1n, 2],
          ]),
        ),
      /a key twice/,
    ],
    ['a bin of 16 bytes', () => exp.int('x'.repeat(16)), /16 bytes, at most 15/],
    ['a NUL in a pattern', () => exp.regex(exp.string('s'), 'a\0b'), /NUL/],
    ['a list beside nothing', () => exp.lists.getByIndex([1] as never, 0), /source must be an expression/],
    [
      'an option that there is not',
      () => exp.lists.getByValue(exp.list('l'), 1, { invert: true } as never),
      /lists.getByValue: options has no option "invert"; did you mean inverted\?/,
    ],
    [
      'inverted, which one element cannot be',
      () => exp.maps.getByKey(exp.map('m'), 'a', { inverted: true } as never),
      /maps.getByKey: options has no option "inverted"; it takes return, as or context/,
    ],
    [
      'a number for an option',
      () => exp.lists.removeByValue(exp.list('l'), 1, { inverted: 1 as never }),
      /lists.removeByValue: options.inverted must be true or false, not the number 1/,
    ],
    [
      'null for options',
      () => exp.lists.size(exp.list('l'), null as never),
      /lists.size: options must be an object, not null/,
    ],
    [
      'a context of numbers',
      () => exp.lists.size(exp.list('l'), { context: [0 as never] }),
      /lists.size: options.context\[0\] must be a step such as ctx.mapKey\('a'\)/,
    ],
    [
      'an order that there is not',
      () => exp.lists.sort(exp.list('l'), { order: 'descending' } as never),
      /lists.sort: options has no option "order"/,
    ],
    [
      'another direction',
      () => exp.bits.resize(exp.blob('b'), 1, { only: 'both' as never }),
      /bits.resize: options.only must be 'grow' or 'shrink', not the string "both"/,
    ],
    [
      'another overflow',
      () => exp.bits.add(exp.blob('b'), 0, 8, 1, { overflow: 'clamp' as never }),
      /bits.add: options.overflow must be 'fail', 'saturate' or 'wrap'/,
    ],
    [
      'a sign of text',
      () => exp.bits.getInt(exp.blob('b'), 0, 8, { signed: 'yes' as never }),
      /bits.getInt: options.signed must be true or false, not the string "yes"/,
    ],
    [
      'a flag of text',
      () => exp.regex(exp.string('s'), 'a', { ignoreCase: 'yes' as never }),
      /regex: options.ignoreCase must be true or false/,
    ],
    [
      'a path that is lenient by 1',
      () => exp.paths.remove(exp.map('m'), [ctx.all()], { lenient: 1 as never }),
      /paths.remove: options.lenient must be true or false/,
    ],
    ['keys of a list', () => exp.lists.getByIndex(exp.list('l'), 0, { return: 'key' as never }), /a list has no key/],
    ['a name that is no variable', () => exp.variable('1x', 'int'), /begins with no digit/],
    [
      'a variable twice',
      () =>
        twice((a) =>
          exp.add(
            a,
            twice((b) => b),
          ),
        ),
      /let: there is a variable v already/,
    ],
    [
      'a variable twice, in its own definition',
      () =>
        twice(
          (a) => a,
          twice((b) => b),
        ),
      /let: there is a variable v/,
    ],
    ['too deep', () => deep(1001), /more than 1000 operations deep/],
  ])('%s is refused', (_, build, message) => {
    expect(build).toThrow(message)
  })

  test('a variable may have the name of one that has ended', () => {
    const [one, two] = [twice((v) => v), twice((v) => exp.add(v, v))]
    expect(String(exp.add(one, two))).toBe('let(v = 1) then (${v}) + let(v = 1) then (${v} + ${v})')
  })

  test('parts that stand in many places are looked at once', () => {
    let sum: Expression<'int'> = age
    for (let level = 0; level < 500; level += 1) sum = exp.add(sum, sum)
    expect(twice((v) => exp.add(v, sum)).type).toBe('int')
  })

  function deep(levels: number): Expression<'int'> {
    let sum: Expression<'int'> = age
    for (let level = 0; level < levels; level += 1) sum = exp.intNot(sum)
    return sum
  }
})

describe('what an expression says of itself', () => {
  const warm = exp.and(exp.gt(exp.float('temperature'), 30), exp.in(exp.string('city'), ['Rome', 'Oslo']))

  test('its text and its type', () => {
    expect(String(warm)).toBe("$.temperature > 30.0 and $.city in ['Rome', 'Oslo']")
    expect(JSON.stringify({ warm })).toBe(`{"warm":"${String(warm)}"}`)
    expect(warm.type).toBe('bool')
    expect(exp.unknown().type).toBe('any')
  })

  test('it never changes', () => {
    const list = [1, 2]
    const before = exp.in(exp.int('a'), list)
    const bytes = hex(before)
    list.push(3)
    before.toBytes().fill(0)
    expect(hex(before)).toBe(bytes)
  })
})

/** A list that is in itself. */
function circle(): never[] {
  const list: unknown[] = []
  list.push(list)
  return list as never[]
}

/** A let of the variable `v`. */
function twice(
  body: (v: Expression<'int'>) => Expression<'int'>,
  value: Expression<'int'> = exp.intValue(1),
): Expression<'int'> {
  return exp.let({ v: value }, ({ v }) => body(v))
}
