import { expect, test } from 'vitest'
import { AelError, ael } from '../src/index.js'
import { expressionOption, filterOption } from '../src/expressions/filter.js'
import { Recent } from '../src/expressions/recent.js'

/** A cache that notes what it had to make. */
function noting() {
  const recent = new Recent<string>()
  const made: string[] = []
  const want = (text: string): string =>
    recent.of(text, () => {
      made.push(text)
      return `made of ${text}`
    })
  return { recent, made, want }
}

test('what was made of text is kept until 128 other texts were wanted', () => {
  const { recent, made, want } = noting()
  for (let text = 0; text < 1000; text++) {
    expect(want('always')).toBe('made of always')
    expect(want(`once ${text}`)).toBe(`made of once ${text}`)
    expect(recent.size).toBeLessThanOrEqual(128)
  }
  expect(made).toHaveLength(1001)
  // 126 after it are still there with the one that is always wanted.
  want('once 873')
  expect(made).toHaveLength(1001)
  want('once 872')
  expect(made.slice(1001)).toEqual(['once 872'])
})

function refuse(): never {
  throw new RangeError('refused')
}

test('nothing is kept of long texts, and of those that are refused', () => {
  const { recent, made, want } = noting()
  for (const text of ['a'.repeat(1025), 'a'.repeat(1025)]) want(text)
  expect([made.length, recent.size]).toEqual([2, 0])
  expect(() => recent.of('wrong', refuse)).toThrow('refused')
  expect(recent.size).toBe(0)
  want('a'.repeat(1024))
  expect(recent.size).toBe(1)
})

test('text means the same however often it comes, and in whichever place', () => {
  for (const text of ['$.a == 1', '$.a.b > 3 and $.c in [1, 2, 3]', 'let(x = $.a) then (${x} > 2)']) {
    const [first, second] = [filterOption(text, 'filter'), filterOption(text, 'filter')]
    expect(second).toBe(first)
    expect(Buffer.from(second)).toEqual(Buffer.from(ael(text).toBytes()))
  }
  // An int is no filter, whether or not it was an expression before.
  expect(expressionOption('$.a + 1', 'from').length).toBeGreaterThan(0)
  for (let time = 0; time < 2; time++) {
    expect(() => filterOption('$.a + 1', 'options.filter')).toThrow(AelError)
    expect(() => filterOption('$.a + 1', 'where')).toThrow('where, line 1')
  }
  expect(expressionOption('$.a + 1', 'from').length).toBeGreaterThan(0)
})

test('the same text with other values is another expression', () => {
  const texts = [1, 2.5, 'b', true, [1, 2], 1].map((value) => String(ael('$.a == ?0', value)))
  expect(texts).toEqual(['$.a == 1', '$.a == 2.5', "$.a == 'b'", '$.a == true', '$.a == [1, 2]', '$.a == 1'])
  expect(() => ael('$.a == ?0')).toThrow('there is no value for ?0')
  expect(() => ael('$.a == ?0', 1, 2)).toThrow('no place for value 1')
})
