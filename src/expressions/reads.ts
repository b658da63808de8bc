import type { ExpressionType, Returns } from './types.js'

/** What an argument of a read is; `value` is anything, and a question mark means that it can be left out. */
export type Argument = 'int' | 'int?' | 'bool' | 'list' | 'value' | 'value?' | 'flag'

/** A read operation on a list, a map, a blob or a HyperLogLog. */
export interface ReadRule {
  /** The part of the server: 0 lists and maps, 1 bits, 2 HyperLogLog. */
  readonly module: 0 | 1 | 2
  readonly code: number
  /** The type that is read. */
  readonly source: ExpressionType
  readonly args: readonly Argument[]
  /** What comes back: a type, the one element that is selected, or every one in a range. */
  readonly gives: ExpressionType | 'one' | 'many'
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

/** Every read, under the name that it has in the builder and in text. */
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

/** What only maps return. */
export const ONLY_MAPS: readonly Returns[] = ['key', 'keyValue', 'orderedMap', 'unorderedMap']

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
