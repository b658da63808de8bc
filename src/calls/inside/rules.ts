import type { NativeOperator } from '../../binding/native.js'
import { type Argument, takes } from './arguments.js'
import { FORMS, type Form } from './forms.js'

/** An operation on the inside of a bin, as the server has it. */
export interface Rule {
  /** What it is about. */
  readonly of: NativeOperator & ('list' | 'map' | 'bits' | 'hll')
  /** Its number. */
  readonly code: number
  /** Its arguments, in the order that the builder and the server have. */
  readonly args: readonly Argument[]
  /** Its options. */
  readonly form: Form
}

const rules =
  (of: Rule['of']) =>
  (code: number, args: readonly Argument[], form: Form = FORMS.context): Rule => ({ of, code, args, form })

const list = rules('list')
const map = rules('map')
const bits = rules('bits')
const hll = rules('hll')

const index = takes.int('index')
const rank = takes.int('rank')
const count = takes.intIfAny('count')
const value = takes.value('value')
const values = takes.values('values')
const key = takes.key('key')
const keys = takes.keys('keys')
const valueRange = [takes.value('begin'), takes.valueIfAny('end')]
const keyRange = [takes.keyOrNull('begin'), takes.keyIfAny('end')]
const offset = takes.int('offset')
const size = takes.int('size')
const bytes = takes.bytes('value')
const bit = takes.bool('value')
const shift = takes.int('shift')
const number = takes.int('value')
const others = takes.sketches('others')

const { listOne, listMany, listRemoveOne, listRemoveMany, mapOne, mapMany, mapRemoveOne, mapRemoveMany } = FORMS

/** Every operation on the inside of a bin, under the name that it has in the builder. */
export const RULES = {
  'lists.create': list(0, [], FORMS.listCreate),
  'lists.setOrder': list(0, [], FORMS.listSetOrder),
  'lists.append': list(1, [value], FORMS.listAppend),
  'lists.appendItems': list(2, [takes.someValues('values')], FORMS.listAppendItems),
  'lists.insert': list(3, [index, value], FORMS.listInsert),
  'lists.insertItems': list(4, [index, takes.someValues('values')], FORMS.listInsertItems),
  'lists.pop': list(5, [index]),
  'lists.popRange': list(6, [index, count]),
  'lists.remove': list(7, [index]),
  'lists.removeRange': list(8, [index, count]),
  'lists.set': list(9, [index, takes.notNull('value')], FORMS.listInsert),
  'lists.trim': list(10, [index, takes.int('count')]),
  'lists.clear': list(11, []),
  'lists.increment': list(12, [index, takes.increment('by')], FORMS.listIncrement),
  'lists.sort': list(13, [], FORMS.sort),
  'lists.size': list(16, []),
  'lists.get': list(17, [index]),
  'lists.getRange': list(18, [index, count]),
  'lists.getByIndex': list(19, [index], listOne),
  'lists.getByRank': list(21, [rank], listOne),
  'lists.getByValue': list(22, [value], listMany),
  'lists.getByValueList': list(23, [values], listMany),
  'lists.getByIndexRange': list(24, [index, count], listMany),
  'lists.getByValueRange': list(25, valueRange, listMany),
  'lists.getByRankRange': list(26, [rank, count], listMany),
  'lists.getByValueRelativeRankRange': list(27, [value, rank, count], listMany),
  'lists.removeByIndex': list(32, [index], listRemoveOne),
  'lists.removeByRank': list(34, [rank], listRemoveOne),
  'lists.removeByValue': list(35, [value], listRemoveMany),
  'lists.removeByValueList': list(36, [values], listRemoveMany),
  'lists.removeByIndexRange': list(37, [index, count], listRemoveMany),
  'lists.removeByValueRange': list(38, valueRange, listRemoveMany),
  'lists.removeByRankRange': list(39, [rank, count], listRemoveMany),
  'lists.removeByValueRelativeRankRange': list(40, [value, rank, count], listRemoveMany),
  'maps.create': map(64, [], FORMS.mapCreate),
  'maps.setOrder': map(64, [], FORMS.mapSetOrder),
  'maps.put': map(67, [key, value], FORMS.mapPut),
  'maps.putItems': map(68, [takes.entries('entries')], FORMS.mapPutItems),
  'maps.increment': map(73, [key, takes.addend('by')], FORMS.mapIncrement),
  'maps.decrement': map(74, [key, takes.addend('by')], FORMS.mapIncrement),
  'maps.clear': map(75, []),
  'maps.removeByKey': map(76, [key], mapRemoveOne),
  'maps.removeByIndex': map(77, [index], mapRemoveOne),
  'maps.removeByRank': map(79, [rank], mapRemoveOne),
  'maps.removeByKeyList': map(81, [keys], mapRemoveMany),
  'maps.removeByValue': map(82, [value], mapRemoveMany),
  'maps.removeByValueList': map(83, [values], mapRemoveMany),
  'maps.removeByKeyRange': map(84, keyRange, mapRemoveMany),
  'maps.removeByIndexRange': map(85, [index, count], mapRemoveMany),
  'maps.removeByValueRange': map(86, valueRange, mapRemoveMany),
  'maps.removeByRankRange': map(87, [rank, count], mapRemoveMany),
  'maps.removeByKeyRelativeIndexRange': map(88, [key, index, count], mapRemoveMany),
  'maps.removeByValueRelativeRankRange': map(89, [value, rank, count], mapRemoveMany),
  'maps.size': map(96, []),
  'maps.getByKey': map(97, [key], mapOne),
  'maps.getByIndex': map(98, [index], mapOne),
  'maps.getByRank': map(100, [rank], mapOne),
  'maps.getByValue': map(102, [value], mapMany),
  'maps.getByKeyRange': map(103, keyRange, mapMany),
  'maps.getByIndexRange': map(104, [index, count], mapMany),
  'maps.getByValueRange': map(105, valueRange, mapMany),
  'maps.getByRankRange': map(106, [rank, count], mapMany),
  'maps.getByKeyList': map(107, [keys], mapMany),
  'maps.getByValueList': map(108, [values], mapMany),
  'maps.getByKeyRelativeIndexRange': map(109, [key, index, count], mapMany),
  'maps.getByValueRelativeRankRange': map(110, [value, rank, count], mapMany),
  'bits.resize': bits(0, [size], FORMS.resize),
  'bits.insert': bits(1, [offset, bytes], FORMS.bits),
  'bits.remove': bits(2, [offset, size], FORMS.bits),
  'bits.set': bits(3, [offset, size, bytes], FORMS.bits),
  'bits.or': bits(4, [offset, size, bytes], FORMS.bits),
  'bits.xor': bits(5, [offset, size, bytes], FORMS.bits),
  'bits.and': bits(6, [offset, size, bytes], FORMS.bits),
  'bits.not': bits(7, [offset, size], FORMS.bits),
  'bits.leftShift': bits(8, [offset, size, shift], FORMS.bits),
  'bits.rightShift': bits(9, [offset, size, shift], FORMS.bits),
  'bits.add': bits(10, [offset, size, number], FORMS.bitsAdd),
  'bits.subtract': bits(11, [offset, size, number], FORMS.bitsAdd),
  'bits.setInt': bits(12, [offset, size, number], FORMS.bits),
  'bits.get': bits(50, [offset, size], FORMS.none),
  'bits.count': bits(51, [offset, size], FORMS.none),
  'bits.leftScan': bits(52, [offset, size, bit], FORMS.none),
  'bits.rightScan': bits(53, [offset, size, bit], FORMS.none),
  'bits.getInt': bits(54, [offset, size], FORMS.getInt),
  'hlls.init': hll(0, [], FORMS.hllInit),
  'hlls.add': hll(1, [values], FORMS.hllInit),
  'hlls.setUnion': hll(2, [others], FORMS.hllUnion),
  'hlls.refreshCount': hll(3, [], FORMS.none),
  'hlls.fold': hll(4, [takes.indexBits('indexBits')], FORMS.none),
  'hlls.count': hll(50, [], FORMS.none),
  'hlls.union': hll(51, [others], FORMS.none),
  'hlls.unionCount': hll(52, [others], FORMS.none),
  'hlls.intersectCount': hll(53, [others], FORMS.none),
  'hlls.similarity': hll(54, [others], FORMS.none),
  'hlls.describe': hll(55, [], FORMS.none),
} as const satisfies Record<string, Rule>

/** The name of an operation on the inside of a bin: `'lists.append'`. */
export type InsideName = keyof typeof RULES

/** The rule of a name; `undefined` for what is none. */
export function ruleOf(name: unknown): Rule | undefined {
  return typeof name === 'string' && Object.hasOwn(RULES, name) ? RULES[name as InsideName] : undefined
}
