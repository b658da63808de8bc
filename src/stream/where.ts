import { invalidArgument, outOfRange } from '../errors.js'
import { checkBinName } from '../arguments/bin-name.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { type Check, type Checks, checkOptions, choice, instance, text } from '../arguments/options.js'
import { type Computed, expressionOption } from '../expressions/filter.js'
import { type GeoJSON, isGeoJSON } from '../arguments/particle.js'
import { isBytes, notCloneable } from '../tags.js'
import { type PathStep, encodePath, integerOf } from './context.js'
import type { NativeIndexQuery } from '../binding/native.js'

/** Which elements of a bin are in an index. */
export type Collection = 'list' | 'mapKeys' | 'mapValues'

/** What is indexed: a bin, a value inside a bin, an index by its name, or an indexed expression. */
export type IndexTarget =
  | string
  | {
      /** The bin's name. */
      readonly bin: string
      /** The steps from the bin to a list or map inside it. */
      readonly path?: readonly PathStep[] | undefined
    }
  | {
      /** The index's name. */
      readonly index: string
    }
  | {
      /** The expression whose values are indexed. */
      readonly expression: Computed
    }

/** A value that can be in an index, apart from GeoJSON. */
export type IndexValue = number | bigint | string | Uint8Array

// The constructor is private: conditions are made by the functions below.
let createWhere: (query: NativeIndexQuery) => Where
let queryOf: (condition: Where) => NativeIndexQuery

export { queryOf }

/** What a query looks for in a secondary index. Made by {@link equal}, {@link between}, {@link contains} and others. */
export class Where {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a condition of a query; make it where it is needed')
  readonly #query: NativeIndexQuery

  static {
    createWhere = (query) => new Where(query)
    queryOf = (condition) => condition.#query
  }

  private constructor(query: NativeIndexQuery) {
    this.#query = query
  }
}

const INTEGER = 1
const STRING = 3
const BLOB = 4
const GEOJSON = 23
const MAX_BYTES = 2047
const utf8 = new TextEncoder()

/** A bin's name. */
export const binName: Check<string> = (value, name) => {
  checkBinName(value, name)
  return value
}

interface CheckedTarget {
  bin?: string
  path?: Uint8Array
  index?: string
  expression?: Uint8Array
}

const TARGET_CHECKS: Checks<CheckedTarget> = {
  bin: binName,
  path: encodePath,
  index: text,
  expression: expressionOption,
}

type Place = Pick<NativeIndexQuery, 'bin' | 'name' | 'context' | 'expression'>

function placeOf(target: unknown): Place {
  if (typeof target === 'string') return { bin: binName(target, 'target') }
  const { bin, path, index, expression } = checkOptions(target, 'target', TARGET_CHECKS)
  const named = [bin, index, expression].filter((one) => one !== undefined)
  if (named.length !== 1) throw invalidArgument('target must have exactly one of bin, index and expression')
  if (path !== undefined && bin === undefined) throw invalidArgument('target.path is a place inside target.bin')
  const place: Place = { bin: bin ?? '' }
  if (path !== undefined) place.context = path
  if (index !== undefined) place.name = index
  if (expression !== undefined) place.expression = expression
  return place
}

function where(target: unknown, elements: Collection | 'whole', values: [number, Uint8Array, Uint8Array]): Where {
  const [particle, begin, end] = values
  return createWhere({ ...placeOf(target), elements, particle, begin, end })
}

function integerBytes(value: number | bigint, name: string): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, integerOf(value, name))
  return bytes
}

function valueBytes(value: unknown, name: string): [number, Uint8Array] {
  if (typeof value === 'number' || typeof value === 'bigint') return [INTEGER, integerBytes(value, name)]
  if (typeof value === 'string') return [STRING, limited(textBytes(value, name), name)]
  if (isBytes(value)) return [BLOB, limited(Uint8Array.from(value), name)]
  throw invalidArgument(`${name} must be an integer, a string or a Uint8Array, not ${given(value)}`)
}

function textBytes(value: string, name: string): Uint8Array {
  if (hasLoneSurrogate(value)) throw outOfRange(`${name} has a lone surrogate, which UTF-8 cannot hold`)
  return utf8.encode(value)
}

function limited(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes.length > MAX_BYTES) {
    throw outOfRange(`${name} has ${bytes.length} bytes, an index is asked for at most ${MAX_BYTES}`)
  }
  return bytes
}

function same(value: unknown, name: string): [number, Uint8Array, Uint8Array] {
  const [particle, bytes] = valueBytes(value, name)
  return [particle, bytes, bytes]
}

function range(low: unknown, high: unknown): [number, Uint8Array, Uint8Array] {
  const check: Check<number | bigint> = instance(
    (value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint',
    'an integer: only numbers have ranges in an index',
  )
  const [begin, end] = [integerOf(check(low, 'low'), 'low'), integerOf(check(high, 'high'), 'high')]
  if (begin > end) throw outOfRange(`low is ${begin} and high is ${end}: the range is empty`)
  return [INTEGER, integerBytes(begin, 'low'), integerBytes(end, 'high')]
}

/** Records whose indexed value equals this one: an integer, text or bytes. */
export function equal(target: IndexTarget, value: IndexValue): Where {
  return where(target, 'whole', same(value, 'value'))
}

/** Records whose indexed integer is from `low` to `high`, both included. */
export function between(target: IndexTarget, low: number | bigint, high: number | bigint): Where {
  return where(target, 'whole', range(low, high))
}

const collection = choice('list', 'mapKeys', 'mapValues')

/**
 * Records whose list, map keys or map values contain this value, or an integer from `value` to `high`, both included. With a
 * range, a record can come several times, at most once for every element that matches.
 */
export function contains(target: IndexTarget, elements: Collection, value: IndexValue, high?: number | bigint): Where {
  const values = high === undefined ? same(value, 'value') : range(value, high)
  return where(target, collection(elements, 'elements'), values)
}

/** GeoJSON: an object, its text, or a value of a bin. */
export type GeoJSONInput =
  | string
  | GeoJSON
  | {
      /** The kind of geometry, such as `'Point'` or `'Polygon'`. */
      readonly type: string
      /** Longitude first, then latitude, in degrees. */
      readonly coordinates: unknown
    }

function geoBytes(value: unknown, name: string, types: readonly string[]): [number, Uint8Array, Uint8Array] {
  const geo = isGeoJSON(value) ? value.text : value
  const parsed: unknown = typeof geo === 'string' ? parsedJson(geo, name) : geo
  const type = typeof parsed === 'object' && parsed !== null && 'type' in parsed ? parsed.type : undefined
  if (typeof type !== 'string' || !types.includes(type)) {
    throw invalidArgument(`${name} must be GeoJSON of type ${types.join(' or ')}, not ${given(value)}`)
  }
  const bytes = textBytes(typeof geo === 'string' ? geo : JSON.stringify(geo), name)
  return [GEOJSON, bytes, bytes]
}

function parsedJson(value: string, name: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw invalidArgument(`${name} is not JSON: ${given(value)}`)
  }
}

/**
 * Records whose indexed point lies in a region: a polygon, several, or Aerospike's circle with its radius in meters. With `elements`,
 * a record of which several elements match may be returned several times.
 */
export function withinRegion(target: IndexTarget, region: GeoJSONInput, elements?: Collection): Where {
  const types = ['Polygon', 'MultiPolygon', 'AeroCircle']
  return where(target, elementsOf(elements), geoBytes(region, 'region', types))
}

/**
 * Records whose indexed region contains a point: GeoJSON, or `[longitude, latitude]`. With `elements`, a record of which several
 * elements match may be returned several times.
 */
export function containsPoint(
  target: IndexTarget,
  point: GeoJSONInput | readonly [longitude: number, latitude: number],
  elements?: Collection,
): Where {
  const geo = Array.isArray(point) ? { type: 'Point', coordinates: point as readonly number[] } : point
  return where(target, elementsOf(elements), geoBytes(geo, 'point', ['Point']))
}

function elementsOf(elements: Collection | undefined): Collection | 'whole' {
  return elements === undefined ? 'whole' : collection(elements, 'elements')
}
