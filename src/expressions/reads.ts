import type { ExpressionType, Returns } from './types.js'

/** What an argument of a read is; `value` is anything, and a question mark means that it can be left out. */
export type Argument = 'int' | 'int?' | 'bool' | 'list' | 'map' | 'blob' | 'value' | 'value?' | 'flag'

/** An operation on a list, a map, a blob or a HyperLogLog: one that reads, or one that gives what it changes. */
export interface ReadRule {
  /** The part of the server: 0 lists and maps, 1 bits, 2 HyperLogLog. */
  readonly module: 0 | 1 | 2
  readonly code: number
  /** The type that is read. */
  readonly source: ExpressionType
  readonly args: readonly Argument[]
  /** What comes back: a type, the one element that is selected, or every one in a range. */
  readonly gives: ExpressionType | 'one' | 'many'
  /** Whether it gives the whole with a change. */
  readonly modifies?: true
  /** Whether it takes out what it selects. */
  readonly removes?: true
}

const list = (code: number, args: readonly Argument[], gives: ReadRule['gives']): ReadRule => ({
  module: 0,
  code,
  source: 'list',
  args,
  gives,
})
const map = (code: number, args: readonly Argument[], gives: ReadRule['gives']): ReadRule => ({
  ...list(code, args, gives),
  source: 'map',
})
const bits = (code: number, args: readonly Argument[], gives: ExpressionType): ReadRule => ({
  module: 1,
  code,
  source: 'blob',
  args,
  gives,
})
const hll = (code: number, args: readonly Argument[], gives: ExpressionType): ReadRule => ({
  module: 2,
  code,
  source: 'hll',
  args,
  gives,
})

const changing = (rule: ReadRule): ReadRule => ({ ...rule, gives: rule.source, modifies: true })
const removing = (rule: ReadRule): ReadRule => ({ ...changing(rule), removes: true })

/** Every operation, under the name that it has in the builder and in text. */
export const READS = {
  'lists.size': list(16, [], 'int'),
  'lists.getByIndex': list(19, ['int'], 'one'),
  'lists.getByRank': list(21, ['int'], 'one'),
  'lists.getByValue': list(22, ['value'], 'many'),
  'lists.getByValueList': list(23, ['list'], 'many'),
  'lists.getByIndexRange': list(24, ['int', 'int?'], 'many'),
  'lists.getByValueRange': list(25, ['value', 'value?'], 'many'),
  'lists.getByRankRange': list(26, ['int', 'int?'], 'many'),
  'lists.getByValueRelativeRankRange': list(27, ['value', 'int', 'int?'], 'many'),
  'maps.size': map(96, [], 'int'),
  'maps.getByKey': map(97, ['value'], 'one'),
  'maps.getByIndex': map(98, ['int'], 'one'),
  'maps.getByRank': map(100, ['int'], 'one'),
  'maps.getByValue': map(102, ['value'], 'many'),
  'maps.getByKeyRange': map(103, ['value', 'value?'], 'many'),
  'maps.getByIndexRange': map(104, ['int', 'int?'], 'many'),
  'maps.getByValueRange': map(105, ['value', 'value?'], 'many'),
  'maps.getByRankRange': map(106, ['int', 'int?'], 'many'),
  'maps.getByKeyList': map(107, ['list'], 'many'),
  'maps.getByValueList': map(108, ['list'], 'many'),
  'maps.getByKeyRelativeIndexRange': map(109, ['value', 'int', 'int?'], 'many'),
  'maps.getByValueRelativeRankRange': map(110, ['value', 'int', 'int?'], 'many'),
  'bits.get': bits(50, ['int', 'int'], 'blob'),
  'bits.count': bits(51, ['int', 'int'], 'int'),
  'bits.leftScan': bits(52, ['int', 'int', 'bool'], 'int'),
  'bits.rightScan': bits(53, ['int', 'int', 'bool'], 'int'),
  'bits.getInt': bits(54, ['int', 'int', 'flag'], 'int'),
  'hlls.count': hll(50, [], 'int'),
  'hlls.union': hll(51, ['list'], 'hll'),
  'hlls.unionCount': hll(52, ['list'], 'int'),
  'hlls.intersectCount': hll(53, ['list'], 'int'),
  'hlls.similarity': hll(54, ['list'], 'float'),
  'hlls.describe': hll(55, [], 'list'),
  'hlls.mayContain': hll(56, ['list'], 'int'),
  'lists.append': changing(list(1, ['value'], 'list')),
  'lists.appendItems': changing(list(2, ['list'], 'list')),
  'lists.insert': changing(list(3, ['int', 'value'], 'list')),
  'lists.insertItems': changing(list(4, ['int', 'list'], 'list')),
  'lists.set': changing(list(9, ['int', 'value'], 'list')),
  'lists.clear': changing(list(11, [], 'list')),
  'lists.increment': changing(list(12, ['int', 'value?'], 'list')),
  'lists.sort': changing(list(13, ['flag'], 'list')),
  'lists.removeByIndex': removing(list(32, ['int'], 'list')),
  'lists.removeByRank': removing(list(34, ['int'], 'list')),
  'lists.removeByValue': removing(list(35, ['value'], 'list')),
  'lists.removeByValueList': removing(list(36, ['list'], 'list')),
  'lists.removeByIndexRange': removing(list(37, ['int', 'int?'], 'list')),
  'lists.removeByValueRange': removing(list(38, ['value', 'value?'], 'list')),
  'lists.removeByRankRange': removing(list(39, ['int', 'int?'], 'list')),
  'lists.removeByValueRelativeRankRange': removing(list(40, ['value', 'int', 'int?'], 'list')),
  'maps.put': changing(map(67, ['value', 'value'], 'map')),
  'maps.putItems': changing(map(68, ['map'], 'map')),
  'maps.increment': changing(map(73, ['value', 'value'], 'map')),
  'maps.clear': changing(map(75, [], 'map')),
  'maps.removeByKey': removing(map(76, ['value'], 'map')),
  'maps.removeByIndex': removing(map(77, ['int'], 'map')),
  'maps.removeByRank': removing(map(79, ['int'], 'map')),
  'maps.removeByKeyList': removing(map(81, ['list'], 'map')),
  'maps.removeByValue': removing(map(82, ['value'], 'map')),
  'maps.removeByValueList': removing(map(83, ['list'], 'map')),
  'maps.removeByKeyRange': removing(map(84, ['value', 'value?'], 'map')),
  'maps.removeByIndexRange': removing(map(85, ['int', 'int?'], 'map')),
  'maps.removeByValueRange': removing(map(86, ['value', 'value?'], 'map')),
  'maps.removeByRankRange': removing(map(87, ['int', 'int?'], 'map')),
  'maps.removeByKeyRelativeIndexRange': removing(map(88, ['value', 'int', 'int?'], 'map')),
  'maps.removeByValueRelativeRankRange': removing(map(89, ['value', 'int', 'int?'], 'map')),
  'bits.resize': changing(bits(0, ['int', 'flag', 'flag'], 'blob')),
  'bits.insert': changing(bits(1, ['int', 'blob'], 'blob')),
  'bits.remove': changing(bits(2, ['int', 'int'], 'blob')),
  'bits.set': changing(bits(3, ['int', 'int', 'blob'], 'blob')),
  'bits.or': changing(bits(4, ['int', 'int', 'blob'], 'blob')),
  'bits.xor': changing(bits(5, ['int', 'int', 'blob'], 'blob')),
  'bits.and': changing(bits(6, ['int', 'int', 'blob'], 'blob')),
  'bits.not': changing(bits(7, ['int', 'int'], 'blob')),
  'bits.leftShift': changing(bits(8, ['int', 'int', 'int'], 'blob')),
  'bits.rightShift': changing(bits(9, ['int', 'int', 'int'], 'blob')),
  'bits.add': changing(bits(10, ['int', 'int', 'int', 'flag', 'flag'], 'blob')),
  'bits.subtract': changing(bits(11, ['int', 'int', 'int', 'flag', 'flag'], 'blob')),
  'bits.setInt': changing(bits(12, ['int', 'int', 'int'], 'blob')),
  'hlls.add': changing(hll(1, ['list'], 'hll')),
} as const satisfies Record<string, ReadRule>

/** The name of a read. */
export type ReadName = keyof typeof READS

/** The rule of a read. */
export function readRule(name: ReadName): ReadRule {
  return READS[name]
}

/** The server's numbers of what a read returns. */
export const RETURN_CODES: Readonly<Record<Returns, number>> = {
  index: 1,
  reverseIndex: 2,
  rank: 3,
  reverseRank: 4,
  count: 5,
  key: 6,
  value: 7,
  keyValue: 8,
  exists: 13,
  unorderedMap: 16,
  orderedMap: 17,
}

/** Added to a return code: everything but what is selected. */
export const INVERTED = 0x1_0000

/** What all elements of a map are, by the name of what selects all but those of a list. */
type AllOfMap = 'maps.getByIndexRange' | 'maps.removeByIndexRange'
const ALL_OF_MAP: Partial<Readonly<Record<string, AllOfMap>>> = {
  'maps.getByKeyList': 'maps.getByIndexRange',
  'maps.getByValueList': 'maps.getByIndexRange',
  'maps.removeByKeyList': 'maps.removeByIndexRange',
  'maps.removeByValueList': 'maps.removeByIndexRange',
}

/** What only maps return. */
export const ONLY_MAPS: readonly Returns[] = ['key', 'keyValue', 'orderedMap', 'unorderedMap']

/**
 * What is read or removed from the index 0 on instead of all but the elements of an empty list; `undefined` where such a
 * list can be sent. A server (8.1.2) ends with a segmentation fault when it returns elements of a map of two or more in
 * this way: it has not measured the map, as it does where the list is not empty.
 */
export function allOfMap(name: string, returnCode: number, excepted: number | undefined): AllOfMap | undefined {
  const isReturned = (['value', ...ONLY_MAPS] as const).some((each) => RETURN_CODES[each] === returnCode)
  return excepted === 0 && isReturned ? ALL_OF_MAP[name] : undefined
}

/** What a read results in; `value` is the type of one element, where it is one element that is read. */
export function typeOfRead<T extends ExpressionType | undefined>(
  name: ReadName,
  returns: Returns | undefined,
  value: T,
): ExpressionType | T {
  const { gives } = readRule(name)
  if (gives !== 'one' && gives !== 'many') return gives
  switch (returns) {
    case 'count':
      return 'int'
    case 'exists':
      return 'bool'
    case 'keyValue':
    case 'orderedMap':
    case 'unorderedMap':
      return 'map'
    case 'value':
    case 'key':
    case undefined:
      return gives === 'one' ? value : 'list'
    default:
      return gives === 'one' ? 'int' : 'list'
  }
}
