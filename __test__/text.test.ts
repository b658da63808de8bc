import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tableLines, tableText, tableWidth } from '../src/text/table.js'
import { cutTo, widthOf } from '../src/text/width.js'

/** What Node.js itself takes for the width of a line, which it tells by where the cursor stands behind it. */
function widthOfNode(text: string): number {
  const lines = createInterface({ input: new PassThrough(), output: new PassThrough(), prompt: '', terminal: true })
  lines.write(text)
  const { rows, cols } = lines.getCursorPos()
  lines.close()
  return rows === 0 ? cols : Infinity
}

describe('the width of a text', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['Zürich', 6],
    ['東京', 4],
    ['ﾄｳｷｮｳ', 5],
    ['한국어', 6],
    ['ＡＢ', 4],
    ['e\u0301', 1],
    ['👍', 2],
    ['🇨🇭', 2],
    ['❤️', 2],
    ['👩‍👩‍👧', 2],
    ['\u200b', 0],
    ['…–±', 3],
  ])('%s', (text, width) => {
    expect(widthOf(text)).toBe(width)
  })

  test('letters of the world have the width that Node.js gives them', () => {
    const blocks = [
      [0x20, 0x7e],
      [0xa1, 0xac],
      [0xae, 0x17f],
      [0x391, 0x3a1],
      [0x410, 0x44f],
      [0x5d0, 0x5ea],
      [0x3041, 0x3096],
      [0x30a1, 0x30fa],
      [0x4e00, 0x9fef],
      [0xac00, 0xd7a3],
      [0xff01, 0xff9d],
      [0x1f600, 0x1f64f],
    ] as const
    const letter = fc.oneof(
      ...blocks.map(([min, max]) => fc.integer({ min, max }).map((at) => String.fromCodePoint(at))),
    )
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 20 }), (letters) => {
        const text = letters.join('')
        expect(widthOf(text)).toBe(widthOfNode(text))
      }),
      { numRuns: 200 },
    )
  })

  test('a text is cut between characters and fits', () => {
    expect(cutTo('abcdef', 6)).toBe('abcdef')
    expect(cutTo('abcdefg', 6)).toBe('abcde…')
    expect(cutTo('東京都庁', 6)).toBe('東京…')
    expect(cutTo('👩‍👩‍👧👍👍', 4)).toBe('👩‍👩‍👧…')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(widthOf(cutTo(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('a table', () => {
  test('numbers stand on the right, the rest on the left, wide characters in their place', () => {
    const text = tableText(
      ['city', 'people', 'note'],
      [
        ['東京', '13,960,000', 'ok'],
        ['Zürich', '-', ''],
      ],
    )
    expect(text).toBe('city        people  note\n東京    13,960,000  ok\nZürich           -\n')
    expect(tableText([], [])).toBe('')
  })

  test('or all on the right; its width is that of its lines', () => {
    const columns = [
      ['key', '東京', 'x'],
      ['n', '1', '22'],
    ]
    const lines = tableLines(columns, 'right')
    expect(lines).toEqual([' key   n', '東京   1', '   x  22'])
    expect(lines.map(widthOf)).toEqual(Array.from({ length: 3 }, () => tableWidth(columns)))
  })
})
