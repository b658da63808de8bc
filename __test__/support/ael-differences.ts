/**
 * Where text is read otherwise than by the official parser: the entries of `fixtures/golden/expressions-text.json`, and why.
 * `ael-official.test.ts` asks a server what it makes of the official bytes.
 */

/** Why an entry differs. */
export const REASONS = {
  types:
    'Both sides have types that the server does not compare, a list or map with a number mostly: code 4 for every record. Compiled without checks the bytes are the same.',
  swapped:
    "A rank that is counted from a value: the official bytes have value and rank in each other's place, which the recorded reads list_rel_rank_count and map_get_value_rel_rank show.",
  exists:
    'EXISTS gives a bool, and the official bytes call it an int: the server finds another type and the record is filtered out, whatever it holds. Here it is a bool, which no number equals.',
  maps: 'A map is called an int, for which the server finds another type: filtered out, whatever the record holds. Here it is a map, which no number equals.',
  count:
    'COUNT gives an int, and the official bytes call it a list, which the server does not compare with an int: code 4.',
  existence:
    'The official parser reads the bin instead of asking whether it is there: as an int, which is no filter (code 4), or inside of not() as a bool.',
  lists:
    'Accepted: a bin that is compared with a constant list or map is one. The official parser takes it for an int and refuses.',
  floats: 'An integer beside a float is one. The official bytes mix both, which the server refuses: code 4.',
  base64:
    'Text beside a blob is base64 for an element as it is for a bin. The official bytes compare a blob with a string: code 4.',
  cast: 'The bin beside a cast has the type of its result. The official bytes have that of its operand, which the server does not compare with it: code 4.',
  undefined: 'There is no such variable, which the server refuses too: code 4.',
} as const

/** What is read instead, or nothing where the text is refused, and the reason. */
export interface Difference {
  readonly ours?: string
  readonly why: keyof typeof REASONS
}

// prettier-ignore
export const differences: Readonly<Record<string, Difference>> = {
  // Both sides have types that the server does not compare, a list or map with a number mostly
  '"x" == 1': { why: 'types' },
  '$.bin.[!#0:2].get(type: INT) > 4': { why: 'types' },
  '$.bin.[!0:2] == 4': { why: 'types' },
  '$.bin.[!0:2].get(type: INT) > 4': { why: 'types' },
  '$.bin.[!1:] == 4': { why: 'types' },
  '$.bin.[!=1,2] == 4': { why: 'types' },
  '$.bin.[!=1,2].get(type: INT) > 4': { why: 'types' },
  '$.bin.[!=1:5] == 4': { why: 'types' },
  '$.bin.[!=1:5].get(type: INT) > 4': { why: 'types' },
  '$.bin.[#0:2].get(type: INT) > 4': { why: 'types' },
  '$.bin.[-2:] == 4': { why: 'types' },
  '$.bin.[-2:].get(type: INT) > 4': { why: 'types' },
  '$.bin.[0:2] == 4': { why: 'types' },
  '$.bin.[0:2].get(return: EXISTS) == 1': { why: 'types' },
  '$.bin.[0:2].get(return: INDEX) == 1': { why: 'types' },
  '$.bin.[0:2].get(return: REVERSE_RANK) == 1': { why: 'types' },
  '$.bin.[0:2].get(return: VALUE) == 1': { why: 'types' },
  '$.bin.[0:2].get(type: INT) > 4': { why: 'types' },
  "$.bin.[='blue'] == 4": { why: 'types' },
  "$.bin.[='blue'].get(type: INT) > 4": { why: 'types' },
  '$.bin.[=1,2] == 4': { why: 'types' },
  '$.bin.[=1,2].get(type: INT) > 4': { why: 'types' },
  '$.bin.[=1:5].get(type: INT) > 4': { why: 'types' },
  '$.bin.[=1:] == 4': { why: 'types' },
  '$.bin.[=7].get(return: EXISTS) == 1': { why: 'types' },
  '$.bin.[=7].get(return: INDEX) == 1': { why: 'types' },
  '$.bin.[=7].get(return: RANK) == 1': { why: 'types' },
  '$.bin.[=7].get(return: REVERSE_INDEX) == 1': { why: 'types' },
  '$.bin.[=7].get(return: REVERSE_RANK) == 1': { why: 'types' },
  '$.bin.[=7].get(return: VALUE) == 1': { why: 'types' },
  '$.bin.[=7].get(type: INT) > 4': { why: 'types' },
  '$.bin.[] == 4': { why: 'types' },
  "$.bin.a.get(type: GEO) == 'x'": { why: 'types' },
  '$.bin.{!#0:2} == 4': { why: 'types' },
  '$.bin.{!#0:2}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!0:1~b} == 4': { why: 'types' },
  '$.bin.{!0:1~b}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!1:3} == 4': { why: 'types' },
  '$.bin.{!1:}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!=1,2}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!=1:5} == 4': { why: 'types' },
  '$.bin.{!=1:5}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!a,b}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{!a-c} == 4': { why: 'types' },
  '$.bin.{#0:2}.get(return: INDEX) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(return: KEY_VALUE) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(return: ORDERED_MAP) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(return: REVERSE_INDEX) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(return: UNORDERED_MAP) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(return: VALUE) == 1': { why: 'types' },
  '$.bin.{#0:2}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{#1:} == 4': { why: 'types' },
  "$.bin.{'k 1','k 2'}.get(type: INT) > 4": { why: 'types' },
  '$.bin.{-2:} == 4': { why: 'types' },
  '$.bin.{0:1~b}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{0:~b}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{1:3} == 4': { why: 'types' },
  '$.bin.{1:} == 4': { why: 'types' },
  '$.bin.{1:}.get(type: INT) > 4': { why: 'types' },
  "$.bin.{='red'} == 4": { why: 'types' },
  "$.bin.{='red'}.get(type: INT) > 4": { why: 'types' },
  '$.bin.{=1,2} == 4': { why: 'types' },
  '$.bin.{=5}.get(return: EXISTS) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: INDEX) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: KEY) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: KEY_VALUE) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: RANK) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: REVERSE_INDEX) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: REVERSE_RANK) == 1': { why: 'types' },
  '$.bin.{=5}.get(return: VALUE) == 1': { why: 'types' },
  '$.bin.{=red} == 4': { why: 'types' },
  '$.bin.{=red}.get(type: INT) > 4': { why: 'types' },
  '$.bin.{a,b} == 4': { why: 'types' },
  '$.bin.{a-c} == 4': { why: 'types' },
  '$.bin.{a-c}.get(return: INDEX) == 1': { why: 'types' },
  '$.bin.{a-c}.get(return: RANK) == 1': { why: 'types' },
  '$.bin.{a-c}.get(return: REVERSE_INDEX) == 1': { why: 'types' },
  '$.bin.{a-c}.get(return: REVERSE_RANK) == 1': { why: 'types' },
  '$.bin.{}.get(type: INT) > 4': { why: 'types' },
  // An integer beside a float is one
  '$.a + 1.5 == 2': { ours: '93019314935107a161cb3ff8000000000000cb4000000000000000', why: 'floats' },
  // A rank that is counted from a value
  '$.bin.[!#-1:1~10] == 4': { why: 'swapped' },
  '$.bin.[#-1:1~10] == 4': { why: 'swapped' },
  '$.bin.[#-1:1~10].get(type: INT) > 4': { why: 'swapped' },
  '$.bin.[#-1:~10] == 4': { why: 'swapped' },
  '$.bin.[#-1:~10].get(type: INT) > 4': { why: 'swapped' },
  '$.bin.{!#-1:1~10} == 4': { why: 'swapped' },
  '$.bin.{!#-1:1~10}.count() > 2': { ours: '9303957f0200956ece000100050aff02935105a362696e02', why: 'swapped' },
  '$.bin.{!#-1:1~10}.get(type: INT) > 4': { why: 'swapped' },
  '$.bin.{#-1:1~10} == 4': { why: 'swapped' },
  '$.bin.{#-1:~10} == 4': { why: 'swapped' },
  // EXISTS gives a bool, and the official bytes call it an int
  '$.bin.[#0].get(return: EXISTS) == 1': { why: 'exists' },
  '$.bin.[0].get(return: EXISTS) == 1': { why: 'exists' },
  '$.bin.{#0}.get(return: EXISTS) == 1': { why: 'exists' },
  '$.bin.{1}.get(return: EXISTS) == 1': { why: 'exists' },
  // COUNT gives an int, and the official bytes call it a list, which the server does not compare with an int
  '$.bin.[0].get(return: COUNT) == 1': { ours: '9301957f020093130500935104a362696e01', why: 'count' },
  '$.bin.a.get(return: COUNT) == 1': { ours: '9301957f0200936105a20361935105a362696e01', why: 'count' },
  '$.bin.{#0}.get(return: COUNT) == 1': { ours: '9301957f020093640500935105a362696e01', why: 'count' },
  // A map is called an int, for which the server finds another type
  '$.bin.a.get(return: KEY_VALUE) == 1': { why: 'maps' },
  '$.bin.a.get(return: ORDERED_MAP) == 1': { why: 'maps' },
  '$.bin.a.get(return: UNORDERED_MAP) == 1': { why: 'maps' },
  '$.bin.{#0}.get(return: KEY_VALUE) == 1': { why: 'maps' },
  '$.bin.{#0}.get(return: ORDERED_MAP) == 1': { why: 'maps' },
  '$.bin.{#0}.get(return: UNORDERED_MAP) == 1': { why: 'maps' },
  '$.bin.{1}.get(return: UNORDERED_MAP) == 1': { why: 'maps' },
  // Text beside a blob is base64 for an element as it is for a bin
  "$.bin.a.get(type: BLOB) == 'AQID'": { ours: '9301957f0600936107a20361935105a362696ea404010203', why: 'base64' },
  // Accepted
  '$.list == [1.5, 2.5]': { ours: '9301935104a46c697374927e92cb3ff8000000000000cb4004000000000000', why: 'lists' },
  '$.list == [[1], [2]]': { ours: '9301935104a46c697374927e9291019102', why: 'lists' },
  '$.list == []': { ours: '9301935104a46c697374927e90', why: 'lists' },
  "$.map == {'a': [1, 2]}": { ours: '9301935105a36d617082c70001c0a20361920102', why: 'lists' },
  '$.map == {}': { ours: '9301935105a36d617081c70001c0', why: 'lists' },
  '[1, 2] == $.list': { ours: '9301927e920102935104a46c697374', why: 'lists' },
  // The official parser reads the bin as an int instead of asking whether it is there
  '$.name.exists()': { ours: '93029252a46e616d6500', why: 'existence' },
  'not($.name.exists())': { ours: '921293029252a46e616d6500', why: 'existence' },
  // The bin beside a cast has the type of its result
  '2.5.asInt() == $.x': { ours: '9301921ecb4004000000000000935102a178', why: 'cast' },
  '2.asFloat() == $.f': { ours: '9301921f02935107a166', why: 'cast' },
  // There is no such variable, which the server refuses too
  'let(x = 1) then (${z} == 1)': { why: 'undefined' },
}
