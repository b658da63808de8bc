import { ctx, exp } from '../../src/index.js'
import type { Expression } from '../../src/index.js'

/** The expressions of `fixtures/captures/expressions.json` as the builder makes them, by their names there. */

const [i, j, n] = [exp.int('i'), exp.int('j'), exp.int('n')]
const [f, s, b, t] = [exp.float('f'), exp.string('s'), exp.blob('b'), exp.bool('t')]
const [l, ls, m, d] = [exp.list('l'), exp.list('ls'), exp.map('m'), exp.map('d')]
const [g, h] = [exp.geo('g'), exp.hll('h')]
const nope = exp.int('nope')
const poly = exp.geoValue({
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
      [0, 0],
    ],
  ],
})
const point = exp.geoValue({ type: 'Point', coordinates: [5, 5] })
const { lists, maps, bits, hlls } = exp

// prettier-ignore
export const forms: Readonly<Record<string, () => Expression>> = {
  eq_int: () => exp.eq(i, 10), ne_int: () => exp.ne(i, 10), gt_int: () => exp.gt(i, 5),
  ge_int: () => exp.ge(i, 10), lt_int: () => exp.lt(i, 10), le_int: () => exp.le(i, 10),
  eq_int_1byte: () => exp.eq(i, 200), eq_int_2byte: () => exp.eq(i, 40_000), eq_int_4byte: () => exp.eq(i, 3_000_000_000),
  eq_int_neg: () => exp.eq(n, -7), eq_int_neg2: () => exp.eq(n, -200),
  eq_int_uint32: () => exp.eq(i, 3_000_000_000), eq_int_neg_16bit: () => exp.eq(n, -200),
  eq_int_neg_32bit: () => exp.eq(n, -40_000), eq_int_neg_64bit: () => exp.eq(n, -3_000_000_000),
  gt_int_min: () => exp.gt(i, -(2n ** 63n)),
  eq_float: () => exp.eq(f, 2.5), gt_float: () => exp.gt(f, 0), lt_float: () => exp.lt(f, -1), ne_float: () => exp.ne(f, 2.5),
  'eq_str': () => exp.eq(s, 'Hello world'), 'eq_str go': () => exp.eq(s, 'abc'), lt_str: () => exp.lt(s, 'b'),
  eq_str_empty: () => exp.ne(s, ''), eq_str_utf8: () => exp.eq(s, 'héllo'),
  eq_str_long: () => exp.eq(s, 'x'.repeat(40)), eq_str_300: () => exp.ne(s, 'y'.repeat(300)),
  eq_blob: () => exp.eq(b, Uint8Array.of(1, 2, 3, 255)), gt_blob: () => exp.gt(b, Uint8Array.of(1)), blob_val: () => exp.eq(b, Uint8Array.of(1)),
  eq_bool: () => exp.eq(t, true), ne_bool: () => exp.ne(t, true), bool_bin_alone: () => t,
  bool_const_true: () => exp.boolValue(true), bool_const_false: () => exp.boolValue(false),
  eq_list: () => exp.eq(l, [3, 1, 2, 1]), 'eq_list go': () => exp.eq(l, [3, 1, 2, 1]), gt_list: () => exp.gt(l, [3]),
  eq_map: () => exp.eq(m, { a: 1, b: 2, c: 3 }), eq_nil: () => exp.eq(exp.nil(), exp.nil()),
  geo_point_in_region: () => exp.geoCompare(g, poly), 'geo_point_in_region go': () => exp.geoCompare(g, poly),
  geo_region_has_point: () => exp.geoCompare(poly, g), 'geo_region_has_point go': () => exp.geoCompare(poly, g),
  geo_regionbin: () => exp.geoCompare(exp.geo('reg'), point), geo_region_bin_has_point: () => exp.geoCompare(exp.geo('reg'), point),
  regex: () => exp.regex(s, '^Hel+o'), regex_icase: () => exp.regex(s, 'WORLD$', { ignoreCase: true }),
  regex_extended_icase: () => exp.regex(s, '(hello|abc).*', { extended: true, ignoreCase: true }),
  regex_basic_plus_is_literal: () => exp.regex(s, '(Hello|abc)'),
  regex_newline_nosub: () => exp.regex(s, '^Hel*o', { newline: true, noSubstrings: true }),
  and: () => exp.and(exp.gt(i, 5), exp.lt(i, 15)), or: () => exp.or(exp.eq(i, 5), exp.eq(i, 20)), not: () => exp.not(exp.eq(i, 10)),
  exclusive: () => exp.exclusive(exp.eq(i, 10), exp.eq(s, 'abc'), exp.eq(i, 20)),
  and_4: () => exp.and(exp.gt(i, 0), exp.lt(i, 100), exp.exists('s'), exp.not(exp.eq(s, 'zz'))),
  and_with_missing: () => exp.and(false, exp.eq(nope, 1)), or_with_missing: () => exp.or(true, exp.eq(nope, 1)),
  not_missing: () => exp.not(exp.eq(nope, 1)), depth: () => exp.not(exp.not(true)),
  add_int: () => exp.add(i, 1), add_3: () => exp.add(i, n, 100), sub_int: () => exp.sub(i, 3), sub_one_negates: () => exp.negate(i),
  mul_int: () => exp.mul(i, -2), div_int: () => exp.div(i, 3), div_zero: () => exp.div(i, 0), div_int_one: () => exp.reciprocal(i), div_negative: () => exp.div(n, 2),
  add_float: () => exp.add(f, 0.25), sub_float: () => exp.sub(f, 1), mul_float: () => exp.mul(f, f), div_float: () => exp.div(f, 0),
  min: () => exp.min(i, j, n), max: () => exp.max(i, j, n), min_float: () => exp.min(f, 0.5),
  arithmetic_compare: () => exp.gt(exp.mul(i, j), 25), abs_int: () => exp.abs(n), abs_float: () => exp.abs(f),
  floor: () => exp.floor(f), ceil: () => exp.ceil(f), mod: () => exp.mod(i, 3), mod_negative: () => exp.mod(n, 3), mod_zero: () => exp.mod(i, 0),
  pow: () => exp.pow(f, 2), log: () => exp.log(exp.toFloat(i), 10), to_int: () => exp.toInt(f), to_float: () => exp.toFloat(i),
  int_and: () => exp.intAnd(i, 6), int_or: () => exp.intOr(i, 6), int_xor: () => exp.intXor(i, 6), int_not: () => exp.intNot(i),
  int_lshift: () => exp.intLeftShift(i, 3), int_lshift_64: () => exp.intLeftShift(i, 64), int_rshift: () => exp.intRightShift(n, 1),
  int_arshift: () => exp.intArithmeticRightShift(n, 1), int_count: () => exp.intCount(n), int_lscan: () => exp.intLeftScan(i, true),
  int_rscan: () => exp.intRightScan(i, true), int_lscan_none: () => exp.intLeftScan(0, true),
  key_str: () => exp.eq(exp.key('string'), 'e0'), key_int: () => exp.eq(exp.key('int'), 42), key_blob: () => exp.eq(exp.key('blob'), Uint8Array.of(9)),
  key_str_value: () => exp.key('string'), key_exists: () => exp.keyExists(), set_name: () => exp.eq(exp.setName(), 'exq'),
  ttl: () => exp.ttl(), ttl_gt: () => exp.gt(exp.ttl(), 0), ttl_never: () => exp.eq(exp.ttl(), -1),
  void_time: () => exp.gt(exp.voidTime(), 0), void_time_never: () => exp.eq(exp.voidTime(), -1), since_update: () => exp.lt(exp.sinceUpdate(), 3_600_000),
  record_size: () => exp.gt(exp.recordSize(), 200), device_size: () => exp.gt(exp.deviceSize(), 0), memory_size: () => exp.ge(exp.memorySize(), 0),
  bin_exists: () => exp.exists('i'), bin_type: () => exp.binType('i'), bin_type_missing: () => exp.binType('nope'), bin_type_is_int: () => exp.eq(exp.binType('i'), 1),
  bin_type_all: () => exp.add(exp.mul(exp.binType('l'), 10_000), exp.mul(exp.binType('m'), 100), exp.binType('t')),
  digest_modulo: () => exp.lt(exp.digestModulo(3), 2), digest_modulo_value: () => exp.digestModulo(100), is_tombstone: () => exp.not(exp.isTombstone()),
  bin_int: () => i, bin_str: () => s, bin_float: () => f, bin_blob: () => b, bin_list: () => l, bin_map: () => m, bin_geo: () => g, bin_hll: () => h,
  missing_bin_value: () => nope, missing_bin: () => exp.gt(nope, 0), wrong_bin_type: () => exp.gt(exp.int('s'), 0), wrong_bin_type_str: () => exp.eq(exp.string('i'), 'x'),
  let: () => exp.let({ x: exp.add(i, 1) }, ({ x }) => exp.mul(x, x)), 'let go': () => exp.let({ x: i }, ({ x }) => exp.mul(x, 2)),
  let_two: () => exp.let({ x: i, y: exp.add(exp.variable('x', 'int'), 2) }, ({ x, y }) => exp.gt(y, x)),
  cond: () => exp.cond([[exp.gt(i, 15), exp.stringValue('big')], [exp.gt(i, 7), exp.stringValue('mid')]], 'small'),
  cond_unknown: () => exp.cond([[exp.gt(i, 15), exp.stringValue('big')]], exp.unknown()), unknown: () => exp.unknown(),
  cond_bin_exists: () => exp.cond([[exp.exists('i'), i]], -1),
  in_list: () => exp.inList(i, [10, 30]), in_list_bin: () => exp.inList(2, l), in_list_str: () => exp.inList('b', ls), in_list_of_float: () => exp.inList(f, [2.5]),
  map_keys: () => maps.keys(m), map_values: () => maps.values(m), map_keys_has: () => exp.inList('a', maps.keys(m)), eq_map_value_list: () => exp.eq(maps.values(m), [1, 2, 3]),
  list_size: () => lists.size(l), list_of_missing: () => lists.size(exp.list('nope')), list_op_on_map_bin: () => lists.size(exp.list('m')),
  list_size_nested: () => lists.size(d, { context: [ctx.mapKey('x'), ctx.mapKey('y')] }), list_size_ctx: () => lists.size(d, { context: [ctx.mapKey('x'), ctx.mapKey('y')] }),
  list_get_index: () => lists.getByIndex(l, 0), list_get_index_last: () => lists.getByIndex(l, -1), list_get_index_out: () => lists.getByIndex(l, 99),
  list_get_index_str: () => lists.getByIndex(ls, 1, { as: 'string' }), list_get_index_wrong_type: () => lists.getByIndex(l, 0, { as: 'string' }),
  list_get_index_range: () => lists.getByIndexRange(l, 1, 2), list_get_index_range_end: () => lists.getByIndexRange(l, 2),
  list_get_value_count: () => lists.getByValue(l, 1, { return: 'count' }), list_get_value_index: () => lists.getByValue(l, 1, { return: 'index' }),
  list_get_value_exists: () => exp.in(2, l), list_get_value_exists_str: () => lists.getByValue(ls, 'a', { return: 'exists' }),
  list_get_value_range: () => lists.getByValueRange(l, 1, 3), list_get_value_range_open: () => lists.getByValueRange(l, exp.nil(), exp.infinity(), { return: 'count' }),
  list_get_value_list: () => lists.getByValueList(l, [1, 3]), list_get_value_inverted: () => lists.getByValue(l, 1, { inverted: true }),
  list_get_rank: () => lists.getByRank(l, -1), list_get_rank_index: () => lists.getByRank(l, 0, { return: 'index' }),
  list_get_rank_range: () => lists.getByRankRange(l, 0, 2), list_get_rank_range_end: () => lists.getByRankRange(l, 2, undefined, { return: 'rank' }),
  list_get_reverse_rank: () => lists.getByValue(l, 3, { return: 'reverseRank' }), list_rel_rank: () => lists.getByValueRelativeRankRange(l, 2, 0),
  list_rel_rank_count: () => lists.getByValueRelativeRankRange(l, 2, -1, 2), list_eq_elem_filter: () => exp.eq(lists.getByIndex(l, 0), 3),
  list_get_value_list_exists: () => lists.getByValueList(l, [1, 9], { return: 'exists' }),
  map_size: () => maps.size(m), map_size_nested: () => maps.size(d, { context: [ctx.mapKey('x')] }), map_get_key: () => maps.getByKey(m, 'a'),
  map_get_key_missing: () => maps.getByKey(m, 'zz'), map_get_key_exists: () => maps.getByKey(m, 'a', { return: 'exists' }),
  map_get_key_wrong_type: () => maps.getByKey(m, 'a', { as: 'string' }), map_get_key_nested: () => maps.getByKey(d, 'y', { as: 'list', context: [ctx.mapKey('x')] }),
  map_get_key_index: () => maps.getByKey(m, 'b', { return: 'index' }), map_get_key_kv: () => maps.getByKeyRange(m, 'a', 'c', { return: 'keyValue' }),
  map_get_key_range: () => maps.getByKeyRange(m, 'a', 'c'), map_get_key_range_unordered_map: () => maps.getByKeyRange(m, 'a', 'c', { return: 'unorderedMap' }),
  map_get_key_range_ordered_map: () => maps.getByKeyRange(m, 'a', 'c', { return: 'orderedMap' }), map_get_key_range_open: () => maps.getByKeyRange(m, exp.nil(), 'c', { return: 'count' }),
  map_get_key_list: () => maps.getByKeyList(m, ['a', 'c'], { return: 'key' }), map_get_key_rel_index: () => maps.getByKeyRelativeIndexRange(m, 'b', 0, undefined, { return: 'key' }),
  map_get_key_rel_index_count: () => maps.getByKeyRelativeIndexRange(m, 'b', 0, 1, { return: 'key' }), map_get_value: () => maps.getByValue(m, 2, { return: 'key' }),
  map_get_value_exists: () => maps.getByValue(m, 2, { return: 'exists' }), map_get_value_range: () => maps.getByValueRange(m, 1, 3, { return: 'count' }),
  map_get_value_list: () => maps.getByValueList(m, [1, 3], { return: 'key' }), map_get_value_rel_rank: () => maps.getByValueRelativeRankRange(m, 2, 0, undefined, { return: 'key' }),
  map_get_index: () => maps.getByIndex(m, 0), map_get_index_key: () => maps.getByIndex(m, 0, { return: 'key', as: 'string' }),
  map_get_index_range: () => maps.getByIndexRange(m, 0, 2, { return: 'key' }), map_get_index_range_end: () => maps.getByIndexRange(m, 1, undefined, { return: 'key' }),
  map_get_rank: () => maps.getByRank(m, -1, { return: 'key', as: 'string' }), map_get_rank_range: () => maps.getByRankRange(m, 0, 2),
  map_get_rank_range_end: () => maps.getByRankRange(m, 1), map_value_filter: () => exp.gt(maps.getByKey(m, 'a'), 0),
  bit_get: () => bits.get(b, 8, 8), bit_count: () => bits.count(b, 0, 32), bit_lscan: () => bits.leftScan(b, 0, 32, true), bit_rscan: () => bits.rightScan(b, 0, 32, true),
  bit_get_int: () => bits.getInt(b, 8, 16), bit_get_int_signed: () => bits.getInt(b, 24, 8, { signed: true }), bit_count_filter: () => exp.gt(bits.count(b, 0, 32), 5),
  bit_get_out: () => bits.get(b, 800, 8), hll_count: () => hlls.count(h), hll_describe: () => hlls.describe(h), hll_may_contain: () => hlls.mayContain(h, ['v1']),
  hll_may_contain_not: () => hlls.mayContain(h, ['zz1']), hll_count_filter: () => exp.gt(hlls.count(h), 3),
  last_update: () => exp.gt(exp.lastUpdate(), 1_600_000_000_000_000_000n),
  gt_int_big: () => exp.gt(i, 9_007_199_254_740_993n), add_overflow: () => exp.add(i, 9_223_372_036_854_775_807n),
}

/** What the builder refuses because the server does, with code 4 for every record. */
// prettier-ignore
export const refused: Readonly<Record<string, () => unknown>> = {
  and_one: () => exp.and(...([exp.gt(i, 5)] as unknown as [true, true])),
  add_mixed_types: () => exp.add(i, f as never),
  cond_types_differ: () => exp.cond([[exp.gt(i, 15), exp.stringValue('big')]], exp.intValue(1) as never),
  compare_types_differ: () => exp.eq(i, exp.stringValue('a') as never),
  and_of_int: () => exp.and(i as never, i as never), not_of_int: () => exp.not(i as never),
  floor_of_int: () => exp.floor(i as never), pow_int: () => exp.pow(i as never, 2), to_int_of_int: () => exp.toInt(i as never),
  nil_compare: () => exp.eq(i, exp.nil() as never), bin_name_empty: () => exp.int(''),
}

/** What has no form in the builder, and why. */
// prettier-ignore
export const without: Readonly<Record<string, string>> = {
  list_append_then_size: 'changes the list',
  list_sort: 'changes the list', eq_map_unordered: 'no unordered map equals anything', var_undefined: 'checked where text is compiled',
  int_as_64bit: 'ints are packed in their shortest form', string_without_type_byte: 'bytes of no client', constant_list_unquoted: 'bytes of no client',
  trailing_bytes: 'bytes of no client', empty_array: 'bytes of no client', unknown_operation: 'bytes of no client', float32: 'floats are packed as doubles',
  bin16_blob: 'blobs are packed as strings',
}

/** Positive ints over 32 bits, which Go packs as signed and the official text parser and the server as unsigned. */
export const unsigned: ReadonlySet<string> = new Set(['last_update', 'gt_int_big', 'add_overflow'])
