import { checkBinName } from '../../arguments/bin-name.js'
import { given } from '../../arguments/given.js'
import { invalidArgument, outOfRange } from '../../errors.js'
import { binNode, checkType, constant, operationNode } from '../build.js'
import { floatOf, intOf } from '../constant.js'
import { type Expression, expressionOf } from '../expression.js'
import { type Bound, type RecordField, constantNode, makeNode } from '../node.js'
import type { ExpressionType, Item, Literal } from '../types.js'

const bin =
  <T extends ExpressionType>(type: T) =>
  (name: string): Expression<T> =>
    expressionOf<T>(binNode(name, type))

/** The bins of a record. A bin that is missing or has another type makes the whole expression unknown. */
export const bins = {
  /** An integer bin. */
  int: bin('int'),
  /** A double bin. */
  float: bin('float'),
  /** A string bin. */
  string: bin('string'),
  /** A boolean bin. */
  bool: bin('bool'),
  /** A blob bin. */
  blob: bin('blob'),
  /** A list bin. */
  list: bin('list'),
  /** A map bin. */
  map: bin('map'),
  /** A GeoJSON bin. */
  geo: bin('geo'),
  /** A HyperLogLog bin. */
  hll: bin('hll'),
  /** The particle type of a bin: 1 int, 2 double, 3 string, 4 blob, 17 bool, 18 HLL, 19 map, 20 list, 23 GeoJSON; 0 if it is missing. */
  binType: (name: string): Expression<'int'> => {
    checkBinName(name, 'bin')
    return expressionOf(makeNode({ kind: 'binType', type: 'int', name }))
  },
  /** Whether the record has a bin. */
  exists: (name: string): Expression<'bool'> => {
    checkBinName(name, 'bin')
    return expressionOf(existsNode(name))
  },
} as const

/** Whether a bin is there: its particle type is not 0. */
export function existsNode(name: string) {
  const type = makeNode({ kind: 'binType', type: 'int', name })
  return operationNode('ne', [type, constantNode({ type: 'int', value: 0n })])
}

const bound = (which: Bound): Expression<never> => expressionOf(makeNode({ kind: 'bound', type: 'any', bound: which }))

/** Constants. Next to an expression a plain literal is enough: `exp.gt(exp.int('age'), 30)`. */
export const constants = {
  /** An integer of up to 64 bits. */
  intValue: (value: number | bigint): Expression<'int'> => {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw noNumber(value)
    return expressionOf(constantNode(intOf(value, 'value')))
  },
  /** A double. */
  floatValue: (value: number): Expression<'float'> => {
    if (typeof value !== 'number') throw noNumber(value)
    return expressionOf(constantNode(floatOf(value, 'value')))
  },
  /** Text. */
  stringValue: (value: string): Expression<'string'> => constant(value, 'string'),
  /** True or false. */
  boolValue: (value: boolean): Expression<'bool'> => constant(value, 'bool'),
  /** Bytes. */
  blobValue: (value: Uint8Array): Expression<'blob'> => constant(value, 'blob'),
  /** A list. */
  listValue: (value: readonly Item[]): Expression<'list'> => constant(value, 'list'),
  /** A map, ordered by its keys, because the server compares no other maps. */
  mapValue: (value: Literal<'map'>): Expression<'map'> => constant(value, 'map'),
  /** GeoJSON, as text or as an object. */
  geoValue: (value: string | object): Expression<'geo'> =>
    constant(typeof value === 'string' ? value : JSON.stringify(value), 'geo'),
  /** Nil. As the start of a range it comes before every value. */
  nil: (): Expression<'nil'> => constant(null, 'nil'),
  /** Comes after every value: the end of an open range. */
  infinity: (): Expression<never> => bound('infinity'),
  /** Equals every value, in the arguments of list and map reads. */
  wildcard: (): Expression<never> => bound('wildcard'),
  /** Makes the expression around it unknown: a filter rejects the record, and a read has no result. */
  unknown: (): Expression<never> => expressionOf(makeNode({ kind: 'unknown', type: 'any' })),
} as const

function noNumber(value: unknown): TypeError {
  return invalidArgument(`value must be a number, not ${given(value)}`)
}

const field =
  <T extends ExpressionType>(name: RecordField, type: T) =>
  (): Expression<T> =>
    expressionOf<T>(makeNode({ kind: 'record', type, field: name }))

/** Metadata of the record. */
export const recordFields = {
  /** The user key, if one of that type is stored. */
  key: <T extends 'int' | 'string' | 'blob'>(type: T): Expression<T> => {
    checkType(type, 'type')
    return expressionOf<T>(makeNode({ kind: 'key', type }))
  },
  /** Whether a user key is stored. */
  keyExists: field('keyExists', 'bool'),
  /** The time of the last write, in nanoseconds since 1970. */
  lastUpdate: field('lastUpdate', 'int'),
  /** Milliseconds since the last write. */
  sinceUpdate: field('sinceUpdate', 'int'),
  /** The time when it expires, in nanoseconds since 1970; -1 for never. */
  voidTime: field('voidTime', 'int'),
  /** Seconds until it expires, -1 for never. */
  ttl: field('ttl', 'int'),
  /** The name of its set. */
  setName: field('setName', 'string'),
  /** Whether it is deleted and only a tombstone is left. */
  isTombstone: field('isTombstone', 'bool'),
  /** The size of the record in bytes, in memory or on a device. */
  recordSize: field('recordSize', 'int'),
  /** Bytes on the device, or 0 if the data is in memory. `recordSize` replaces it. */
  deviceSize: field('deviceSize', 'int'),
  /** Bytes in memory. `recordSize` replaces it. */
  memorySize: field('memorySize', 'int'),
  /** The digest modulo a number: `exp.eq(exp.digestModulo(10), 0)` selects a tenth of the records. */
  digestModulo: (modulus: number): Expression<'int'> => {
    if (!Number.isSafeInteger(modulus) || modulus < 1) {
      throw outOfRange(`modulus must be an integer from 1 on, not ${given(modulus)}`)
    }
    return expressionOf(makeNode({ kind: 'digestModulo', type: 'int', modulus: BigInt(modulus) }))
  },
} as const
