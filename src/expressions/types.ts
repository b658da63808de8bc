import type { Double } from '../arguments/double.js'
import type { GeoJSON, HyperLogLog } from '../arguments/particle.js'

/** What an expression results in, under the server's names. */
export type ExpressionType = 'nil' | 'bool' | 'int' | 'string' | 'list' | 'map' | 'blob' | 'float' | 'geo' | 'hll'

/** The types that arithmetic takes. */
export type Numeric = 'int' | 'float'

/** The server's numbers of the types. They are not those of particles. */
export const TYPE_CODES: Readonly<Record<ExpressionType, number>> = {
  nil: 0,
  bool: 1,
  int: 2,
  string: 3,
  list: 4,
  map: 5,
  blob: 6,
  float: 7,
  geo: 8,
  hll: 9,
}

/** The type of an expression that may stand for any: `unknown()`, and the bounds that only arguments can be. */
export type AnyType = ExpressionType | 'any'

/** A key of a map constant. */
export type MapKey = string | number | bigint | Uint8Array

/** What can be in a list or map constant. */
export type Item =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Double
  | GeoJSON
  | HyperLogLog
  | readonly Item[]
  | ReadonlyMap<MapKey, Item>
  | { readonly [key: string]: Item }

/** What a type is as a literal of JavaScript. */
interface Literals {
  nil: null
  bool: boolean
  int: number | bigint
  string: string
  list: readonly Item[]
  map: ReadonlyMap<MapKey, Item> | { readonly [key: string]: Item }
  blob: Uint8Array
  float: number | Double
  geo: never
  hll: never
}

/** The literals that stand for constants of a type. */
export type Literal<T extends ExpressionType> = Literals[T]

/** What a read of a list or map gives of the elements that it selects. */
export type Returns =
  | 'value'
  | 'index'
  | 'reverseIndex'
  | 'rank'
  | 'reverseRank'
  | 'count'
  | 'exists'
  | 'key'
  | 'keyValue'
  | 'orderedMap'
  | 'unorderedMap'

/** The type as error messages name it. */
export function typeName(type: AnyType): string {
  return type === 'int' || type === 'any' ? `an ${type}` : type === 'nil' ? 'nil' : `a ${type}`
}
