import { describe, expectTypeOf, test } from 'vitest'
import { type Client, type Expression, ael, ctx, double, exp, op } from '../src/index.js'

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

  test('a change has the type of what it changes', () => {
    expectTypeOf(exp.lists.append(list, 1)).toEqualTypeOf<Expression<'list'>>()
    expectTypeOf(exp.lists.append(map, 1, { context: [ctx.mapKey('x')] })).toEqualTypeOf<Expression<'map'>>()
    expectTypeOf(exp.bits.not(blob, 0, 8)).toEqualTypeOf<Expression<'blob'>>()
  })

  test('a path has the type of its source, or is a list', () => {
    expectTypeOf(exp.paths.select(map, [ctx.all()])).toEqualTypeOf<Expression<'list'>>()
    expectTypeOf(exp.paths.select(map, [ctx.all()], { return: 'tree' })).toEqualTypeOf<Expression<'map'>>()
    expectTypeOf(exp.paths.remove(list, [ctx.all()])).toEqualTypeOf<Expression<'list'>>()
    expectTypeOf(exp.paths.modify(map, [ctx.filter(exp.gt(exp.element.value('int'), 1))], 0)).toEqualTypeOf<
      Expression<'map'>
    >()
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

  test('a path through what has no elements, or steps that are no truths', () => {
    // @ts-expect-error an int
    exp.paths.select(age, [ctx.all()])
    // @ts-expect-error a filter of type int
    ctx.filter(age)
    // @ts-expect-error a change of a map as that of a list
    exp.lists.append(map, 1)
    // @ts-expect-error a step that only paths have
    exp.lists.size(list, { context: [ctx.all()] })
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

  test('casts, shifts and scans of another type', () => {
    // @ts-expect-error an int is one already
    exp.toInt(age)
    // @ts-expect-error a float is one already
    exp.toFloat(ratio)
    // @ts-expect-error a shift by a float
    exp.intLeftShift(age, ratio)
    // @ts-expect-error a scan for an int
    exp.intLeftScan(age, 1)
    // @ts-expect-error the floor of an int
    exp.floor(age)
    // @ts-expect-error a remainder of floats
    exp.mod(ratio, 2)
    // @ts-expect-error a double beside an int
    exp.gt(age, double(2))
  })

  test('text, geometry and lists of another type', () => {
    // @ts-expect-error the text of an int
    exp.regex(age, '^1')
    // @ts-expect-error a region and text
    exp.geoCompare(exp.geo('g'), name)
    // @ts-expect-error what is in an int
    exp.in(1, age)
    // @ts-expect-error what is in text
    exp.inList('a', name)
    // @ts-expect-error the keys of a list
    exp.maps.keys(list)
  })

  test('reads of maps, bits and sketches of another type', () => {
    // @ts-expect-error a list as a map
    exp.maps.getByKey(list, 'a')
    // @ts-expect-error a rank that is text
    exp.maps.getByRank(map, 'a')
    // @ts-expect-error keys that are no list
    exp.maps.getByKeyList(map, 'a')
    // @ts-expect-error a context without a step leads nowhere
    exp.lists.size(map, { context: [] })
    // @ts-expect-error a value to look for that is an int
    exp.bits.leftScan(blob, 0, 8, 1)
    // @ts-expect-error the count of a blob
    exp.hlls.count(blob)
    // @ts-expect-error a sketch beside one value
    exp.hlls.union(exp.hll('h'), 'a')
  })

  test('variables and filters of another type', () => {
    // @ts-expect-error an int and text
    exp.let({ x: age }, ({ x }) => exp.eq(x, name))
    const client = {} as Client
    // @ts-expect-error a filter that is an int
    void client.get(['test', 's', 1], { filter: age })
    // @ts-expect-error an operation that computes a number of JavaScript
    op.compute('x', 1)
    // @ts-expect-error an option that only a write has
    op.compute('x', age, { exists: 'create' })
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
