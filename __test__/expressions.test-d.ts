import { describe, expectTypeOf, test } from 'vitest'
import { type Expression, ael, ctx, exp } from '../src/index.js'

/** Operands that do not go together do not compile. */

const [age, ratio, name, on] = [exp.int('age'), exp.float('ratio'), exp.string('name'), exp.bool('on')]
const [list, map, blob] = [exp.list('l'), exp.map('m'), exp.blob('b')]

describe('what compiles', () => {
  test('the result of each operation has its type', () => {
    expectTypeOf(exp.gt(age, 30)).toEqualTypeOf<Expression<'bool'>>()
    expectTypeOf(exp.add(age, 1, 2n)).toEqualTypeOf<Expression<'int'>>()
    expectTypeOf(exp.mul(ratio, 1.8)).toEqualTypeOf<Expression<'float'>>()
    expectTypeOf(exp.toInt(ratio)).toEqualTypeOf<Expression<'int'>>()
    expectTypeOf(exp.cond([[on, name]], 'none')).toEqualTypeOf<Expression<'string'>>()
    expectTypeOf(exp.let({ x: age, y: ratio }, ({ x, y }) => exp.and(exp.gt(x, 3), exp.lt(y, 0.5)))).toEqualTypeOf<
      Expression<'bool'>
    >()
  })

  test('a read has the type of what it returns', () => {
    expectTypeOf(exp.lists.getByIndex(list, 0)).toEqualTypeOf<Expression<'int'>>()
    expectTypeOf(exp.lists.getByIndex(list, 0, { as: 'string' })).toEqualTypeOf<Expression<'string'>>()
    expectTypeOf(exp.lists.getByIndex(list, 0, { return: 'exists' })).toEqualTypeOf<Expression<'bool'>>()
    expectTypeOf(exp.lists.getByValue(list, 1)).toEqualTypeOf<Expression<'list'>>()
    expectTypeOf(exp.lists.getByValue(list, 1, { return: 'count' })).toEqualTypeOf<Expression<'int'>>()
    expectTypeOf(exp.maps.getByKeyRange(map, 'a', 'c', { return: 'keyValue' })).toEqualTypeOf<Expression<'map'>>()
    expectTypeOf(exp.lists.size(map, { context: [ctx.mapKey('x')] })).toEqualTypeOf<Expression<'int'>>()
  })

  test('unknown is of every type', () => {
    exp.gt(age, exp.unknown())
    exp.cond([[on, age]], exp.unknown())
  })

  test('text is a filter, unless it is said to be another type', () => {
    expectTypeOf(ael`$.a == ${1}`).toEqualTypeOf<Expression<'bool'>>()
    expectTypeOf(ael<'float'>('$.a * 1.8')).toEqualTypeOf<Expression<'float'>>()
    expectTypeOf(exp.parse('$.a')).toEqualTypeOf<Expression>()
  })
})

describe('what does not', () => {
  test('comparison of two types', () => {
    // @ts-expect-error an int with text
    exp.gt(age, name)
    // @ts-expect-error an int with a float
    exp.eq(age, ratio)
    // @ts-expect-error an int with literal text
    exp.eq(age, 'x')
    // @ts-expect-error literal text with an int
    exp.eq('x', age)
    // @ts-expect-error bytes with text
    exp.eq(blob, 'AQID')
  })

  test('arithmetic of two types, or of none', () => {
    // @ts-expect-error an int and a float
    exp.add(age, ratio)
    // @ts-expect-error text
    exp.add(name, name)
    // @ts-expect-error a power of an int
    exp.pow(age, 2)
    // @ts-expect-error bits of a float
    exp.intAnd(ratio, 1)
  })

  test('logic of what is no bool', () => {
    // @ts-expect-error an int
    exp.and(age, on)
    // @ts-expect-error one operand
    exp.and(on)
    // @ts-expect-error text
    exp.not(name)
  })

  test('branches of two types', () => {
    // @ts-expect-error text and an int
    exp.cond([[on, name]], age)
  })

  test('reads of another type', () => {
    // @ts-expect-error a map as a list
    exp.lists.size(map)
    // @ts-expect-error a list has no keys
    exp.lists.getByIndex(list, 0, { return: 'key' })
    // @ts-expect-error the bits of text
    exp.bits.count(name, 0, 8)
    // @ts-expect-error an index that is text
    exp.lists.getByIndex(list, 'x')
  })
})
