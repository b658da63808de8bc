import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { AelError, type Expression, ael, exp } from '../src/index.js'
import { compileText } from '../src/expressions/ael.js'
import { nodeOf } from '../src/expressions/expression.js'
import { isComputed } from '../src/expressions/from.js'
import { REASONS, differences } from './support/ael-differences.js'
import { parsedOrError, pieces, report } from './support/ael-texts.js'
import { anyExpression } from './support/arbitrary-expressions.js'
import { golden } from './support/golden.js'
import { outputOf } from './support/process.js'

/** AEL text: the bytes of the official parser, and errors that say where, what and what was meant. */

interface Entry {
  readonly text: string
  readonly hex?: string
  readonly refused?: boolean
}

const entries = golden('expressions-text.json') as Entry[]
const hex = (expression: Expression): string => Buffer.from(expression.toBytes()).toString('hex')
const seconds = Number(process.env['AEROSTRIDE_AEL_SECONDS'] ?? 2)
const isLong = process.env['AEROSTRIDE_AEL_SECONDS'] !== undefined
/** Millions of runs leave something to clean up, which takes a part of their time again. */
const timeout = 1000 * (2 * seconds + 120)

function errorOf(run: () => unknown): AelError {
  try {
    run()
  } catch (error) {
    if (error instanceof AelError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('the parser is the one of the grammar', () => {
  const source = outputOf(process.execPath, ['scripts/grammar.mjs', '--print'])
  expect(readFileSync('src/expressions/ael/grammar.ts', 'utf8')).toBe(source)
})

/** What both parsers read the same. */
const same = entries.filter(({ text, refused }) => refused !== true && !(text in differences))

describe('the official parser', () => {
  test.each(same.map(({ text, hex: bytes }) => [text, bytes]))('%s has the same bytes', (text, bytes) => {
    expect(hex(exp.parse(text))).toBe(bytes)
  })

  const refused = entries.filter((entry) => entry.refused === true && !(entry.text in differences))
  test.each(refused.map(({ text }) => [text]))('%s is refused', (text) => {
    expect(() => exp.parse(text)).toThrow(AelError)
  })

  test.each(Object.entries(differences))('%s differs', (text, { ours, why }) => {
    const entry = entries.find((each) => each.text === text)
    expect(entry).toBeDefined()
    expect(REASONS[why]).toBeDefined()
    expect(outcomeOf(text)).toBe(ours ?? 'refused')
  })

  test('what is refused for its types alone has its bytes otherwise', () => {
    const types = Object.entries(differences).filter(([, { why }]) => why === 'types')
    expect(types.length).toBeGreaterThan(50)
    const wanted = types.map(([text]) => [text, entries.find((each) => each.text === text)?.hex])
    expect(types.map(([text]) => [text, hex(compileText(text, { checked: false }))])).toEqual(wanted)
  })
})

/** Whether a node, or something in it, reads the record. */
function readsRecord(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  const { kind } = part as { kind?: string }
  if (['bin', 'binType', 'record', 'digestModulo', 'key'].includes(kind ?? '')) return true
  return Object.values(part).some(readsRecord)
}

describe('text of expressions', () => {
  test('the field that it is read into finds out without a parser whether it reads the record', () => {
    let [reading, other] = [0, 0]
    const check = (text: string): void => {
      const reads = readsRecord(nodeOf(compileText(text, { checked: false })))
      if (reads) reading++
      else other++
      // What is in quotes may look like it.
      const bare = text.replaceAll(/'[^']*'|"[^"]*"/g, "''")
      expect([text, isComputed(bare)]).toEqual([text, reads])
      expect([text, isComputed(text) || !reads]).toEqual([text, true])
    }
    fc.assert(
      fc.property(anyExpression, (expression) => check(String(expression))),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
        const text = parts.join('')
        if (!(parsedOrError(text) instanceof AelError)) check(text)
      }),
      { numRuns: 1000 },
    )
    for (const { text } of same) check(text)
    expect(Math.min(reading, other)).toBeGreaterThan(20)
  })

  test(
    'it reads back as the same expression',
    () => {
      fc.assert(
        fc.property(anyExpression, (expression) => {
          const text = String(expression)
          const again = exp.parse(text)
          expect(hex(again)).toBe(hex(expression))
          expect(again.type).toBe(expression.type)
          expect(String(again)).toBe(text)
        }),
        { numRuns: 1_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
      )
    },
    timeout,
  )

  test.each([
    ["$.age > 30 and $.city in ['Rome', 'Oslo']"],
    ["not($.name == 'x') or $.flag"],
    ['$.f.asInt() == 3'],
    ['$.temperature * 1.8 + 32.0'],
    ['-5 ** 2.0', '-5.0 ** 2.0'],
    ['2.0 ** 3.0 ** 2.0'],
    ['(2.0 ** 3.0) ** 2.0'],
    ['1 - (2 - 3)'],
    ['1 - 2 - 3'],
    ['$.profile.address.city'],
    ["$.l.[-1] == 'last'"],
    ["$.'my-bin'.'a key' > 3"],
    ['let(x = $.a, y = ${x} + 1) then (${y} > 3)'],
    ['when($.y > 1 => 10, default => 20)'],
    ["regex($.name, '^A.*', ignoreCase: true)"],
    ['$.a.exists() and $.a.type() == 1'],
    ['-$.a', '0 - $.a'],
    ["$.b.get(type: BLOB) == 'AQID'", "$.b == blob('AQID')"],
    ["'it''s' == $.s", '"it\'s" == $.s'],
    ["'both '' and \"' == $.s"],
    ['$.f > .5e3', '$.f > 500.0'],
    ["maps.getByKey($.m, 5, type: STRING) == 'five'"],
  ])('%s', (text, printed = text) => {
    expect(String(exp.parse(text))).toBe(printed)
  })
})

describe('types', () => {
  test.each([
    ['$.ratio > 1.5 and $.ratio < 3', exp.and(exp.gt(exp.float('ratio'), 1.5), exp.lt(exp.int('ratio'), 3))],
    ['$.a + $.b > 0.5', exp.gt(exp.add(exp.float('a'), exp.float('b')), 0.5)],
    ['$.t * 1.8 + 32', exp.add(exp.mul(exp.float('t'), 1.8), 32)],
    ['when($.x > 1 => $.a, default => 0.5)', exp.cond([[exp.gt(exp.int('x'), 1), exp.float('a')]], 0.5)],
    [
      '$.on and $.l.[0] == true',
      exp.and(exp.bool('on'), exp.eq(exp.lists.getByIndex(exp.list('l'), 0, { as: 'bool' }), true)),
    ],
    ['$.m.a in [1.5]', exp.in(exp.maps.getByKey(exp.map('m'), 'a', { as: 'float' }), [1.5])],
    ['$.list == [1, 2]', exp.eq(exp.list('list'), [1, 2])],
  ])('%s', (text, wanted) => {
    expect(hex(exp.parse(text))).toBe(hex(wanted))
  })
})

describe('values', () => {
  const injected = "x' or $.a == 1 or 'y' == 'y"

  test('a value is never text', () => {
    const wanted = hex(exp.eq(exp.string('city'), injected))
    expect(hex(ael('$.city == ?0', injected))).toBe(wanted)
    expect(hex(ael`$.city == ${injected}`)).toBe(wanted)
  })

  test.each([
    ['an integer beside a float', ael`$.f * 1.5 > ${2}`, exp.gt(exp.mul(exp.float('f'), 1.5), 2)],
    ['a fraction', ael`$.f > ${2.5}`, exp.gt(exp.float('f'), 2.5)],
    ['a bigint', ael`$.a == ${2n ** 60n}`, exp.eq(exp.int('a'), 2n ** 60n)],
    ['a list', ael('$.a in ?0', [1, 2]), exp.in(exp.int('a'), [1, 2])],
    ['bytes', ael`$.b == ${Uint8Array.of(1)}`, exp.eq(exp.blob('b'), Uint8Array.of(1))],
    ['a map', ael`$.m == ${{ a: 1 }}`, exp.eq(exp.map('m'), { a: 1 })],
    ['an expression', ael`$.a > ${exp.ttl()}`, exp.gt(exp.int('a'), exp.ttl())],
    [
      'one value twice',
      ael('$.a == ?0 or $.b == ?0', 'x'),
      exp.or(exp.eq(exp.string('a'), 'x'), exp.eq(exp.string('b'), 'x')),
    ],
    ['digits behind it', ael`$.a == ${5} `, exp.eq(exp.int('a'), 5)],
  ])('%s', (_, text, built) => {
    expect(hex(text)).toBe(hex(built))
  })

  test.each([
    ['a value too few', () => ael('$.a == ?1', 5), /column 8: there is no value for \?1/],
    ['a value too many', () => ael('$.a == ?0', 5, 6), /no place for value 1/],
    ['a value in quotes', () => ael`$.a == '${'x'}'`, /no place for value 0; \?0 is its place, without quotes/],
    ['a value that no record holds', () => ael`$.a == ${new Date(0)}`, /the template: value 0 is a Date/],
    ['a value and digits', () => ael`$.a == ${5}0`, /column 11/],
    ['no text', () => ael(5 as never), /text must be a string or a template/],
  ])('%s is refused', (_, run, message) => {
    expect(run).toThrow(message)
  })
})

describe('errors', () => {
  test.each([
    ['$.a = 1', 1, 5, 'did you mean "=="?'],
    ['$.a == 1\n  && $.b == 2', 2, 4, 'did you mean "and"?'],
    ['$.a == 1 || $.b == 2', 1, 11, 'did you mean "or"?'],
    ['$.a <> 1', 1, 6, 'did you mean "!="?'],
    ['!$.a', 1, 1, 'did you mean "not(…)"?'],
    ['not $.a', 1, 5, 'parentheses: not('],
    ['$.a == 1 AND $.b == 2', 1, 10, 'small letters'],
    ['1 < $.a < 3', 1, 9, 'join two of them with "and"'],
    ["$.a == 'x", 1, 8, 'a quote is not closed'],
    ['age > 3', 1, 5, "did you mean $.age or 'age'?"],
    ['$.a == Rome', 1, 12, "did you mean $.Rome or 'Rome'?"],
    ['$.größe > 1', 1, 5, "stand in quotes: $.'größe'"],
    ['$.true == 1', 1, 8, "stands in quotes: $.'true'"],
    ['$.m.1 == 1', 1, 5, "stands in quotes: $.bin.'1'"],
    ['$.a.cuont() == 1', 1, 5, 'did you mean count()?'],
    ['$.sinceUpdat() > 1', 1, 1, 'did you mean $.sinceUpdate()?'],
    ['$.a.get(type: STR) == 1', 1, 9, 'did you mean STRING?'],
    ['$.l.[0].get(return: CONT) == 1', 1, 13, 'did you mean COUNT?'],
    ['pow($.f, 2.0) > 1.0', 1, 1, 'a power is written a ** b'],
    ['$.f > 1.5 and $.f.get(type: FLOAT) + $.i.get(type: INT) > 1', 1, 38, 'ints and floats do not mix'],
    ["$.a > 1 and $.b.get(type: INT) == 'x'", 1, 35, 'STRING'],
    ['$.a == 9223372036854775808', 1, 8, 'an integer of 64 bits'],
    ['$.l.[99999999999]', 1, 6, '32 bits'],
    ['let(total = 1) then (${totl} > 2)', 1, 22, 'did you mean ${total}?'],
    ['let(x = 1) then (let(x = 2) then (${x} > 1))', 1, 1, 'there is a variable x already'],
    ['let(x = 1, x = 2) then (${x} > 1)', 1, 1, 'there is a variable x already'],
    ["$.a in [1, 'x']", 1, 8, 'elements of one type'],
    ['$.a in $.b', 1, 1, 'get(type: …)'],
    ["$.'a name that is too long' == 1", 1, 1, 'at most 15'],
    ['$.a.remove()', 1, 5, 'changes something'],
    ['constructor($.a)', 1, 1, 'there is no function constructor()\n'],
  ])('%j', (text, line, column, says) => {
    const error = errorOf(() => exp.parse(text))
    expect(error).toMatchObject({ name: 'AelError', code: 'ERR_AEROSTRIDE_AEL', line, column })
    expect(error.message).toContain(says)
    expect(error).toBeInstanceOf(SyntaxError)
  })

  test('the message shows the place', () => {
    const error = errorOf(() => exp.parse('$.a == 1 and\n$.b = 2'))
    expect(error.message).toBe(
      'text, line 2, column 5: expected an operator or "(", not "="; did you mean "=="?\n  $.b = 2\n      ^',
    )
  })

  test('of a long line it shows what is around the place', () => {
    const error = errorOf(() => exp.parse(`${'$.a == 1 or '.repeat(50)}$.b = 2`))
    const [, shown = '', mark = ''] = error.message.split('\n')
    expect(shown.length).toBeLessThan(110)
    expect(shown.slice(mark.indexOf('^'))).toBe('= 2')
  })
})

describe('hostile text', () => {
  afterAll(() => {
    if (isLong) console.log(report())
  })

  test.each([
    ['parentheses', '('.repeat(100_000)],
    ['brackets', '['.repeat(100_000)],
    ['signs', `${'-'.repeat(100_000)}1`],
    ['tildes', `${'~'.repeat(100_000)}1`],
    ['a sum', `1${' + 1'.repeat(100_000)}`],
    ['powers', `1.0${' ** 1.0'.repeat(100_000)}`],
    ['functions', 'not('.repeat(100_000)],
    ['too long', '1'.repeat(2 ** 20 + 1)],
    ['a million digits', '1'.repeat(1_000_000)],
    ['spaces', `$.a${' '.repeat(1_000_000)}`],
    ['quotes', `'"`.repeat(100_000)],
  ])('%s end in an error or an expression, and soon', (_, text) => {
    expect(codeOf(text)).toMatch(/^(parsed|ERR_AEROSTRIDE_.*)$/)
  })

  test('brackets may nest 200 deep', () => {
    expect(String(exp.parse(`${'('.repeat(200)}$.a${')'.repeat(200)}`))).toBe('$.a')
    expect(() => exp.parse(`${'('.repeat(201)}$.a${')'.repeat(201)}`)).toThrow(/nested more than 200 deep/)
    expect(() => exp.parse(`$.a in [${"'('".repeat(500).replaceAll("''", "','")}]`)).not.toThrow()
  })

  test(
    'any text is an expression or an AelError, and what it prints reads back',
    () => {
      const text = fc.oneof(
        fc.array(pieces, { maxLength: 40 }).map((each) => each.join('')),
        fc.string({ unit: 'binary' }),
      )
      fc.assert(
        fc.property(text, (each) => {
          const parsed = parsedOrError(each)
          if (parsed instanceof AelError) return
          expect(hex(exp.parse(String(parsed)))).toBe(hex(parsed))
        }),
        { numRuns: 1_000_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false },
      )
    },
    timeout,
  )

  const texts = fc.constantFrom(...same.map(({ text }) => text))
  /** A text of the official parser's, with a few places changed: something left out, doubled, put in or exchanged. */
  const mutated = fc
    .tuple(
      texts,
      fc.array(
        fc.record({
          at: fc.double({ min: 0, max: 1, noNaN: true }),
          length: fc.nat(2),
          times: fc.nat(3),
          piece: fc.option(fc.oneof(pieces, fc.constantFrom('a', '1', '0', ' ', 'not(', '-', ', 2', '.c')), {
            freq: 1,
          }),
          other: texts,
          isJoined: fc.nat(9).map((each) => each === 0),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    )
    .map(([text, changes]) =>
      changes.reduce((before, { at, length, times, piece, other, isJoined }) => {
        const from = Math.floor(at * before.length)
        const cut = before.slice(from, from + length)
        const middle = isJoined ? other.slice(Math.floor(at * other.length)) : (piece ?? cut.repeat(times))
        return before.slice(0, from) + middle + before.slice(from + length)
      }, text),
    )

  test(
    'a changed text is an expression or an AelError, and what it prints reads back',
    () => {
      let parsed = 0
      fc.assert(
        fc.property(mutated, (text) => {
          const expression = parsedOrError(text)
          if (expression instanceof AelError) return
          parsed += 1
          expect(hex(exp.parse(String(expression)))).toBe(hex(expression))
        }),
        isLong
          ? { numRuns: 1_000_000_000, interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false }
          : { numRuns: 5000, seed: 20_261_126 },
      )
      // Texts that are changed beyond recognition would try nothing but the first error.
      expect(parsed).toBeGreaterThan(500)
    },
    timeout,
  )
})

function outcomeOf(text: string): string {
  const parsed = parsedOrError(text)
  return parsed instanceof AelError ? 'refused' : hex(parsed)
}

function codeOf(text: string): string {
  try {
    exp.parse(text)
    return 'parsed'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
