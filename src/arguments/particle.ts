import { inspect } from 'node:util'
import { native } from '../binding/native.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { isBytes, isDetached, notCloneable } from '../tags.js'
import { given, hasLoneSurrogate } from './given.js'

/** GeoJSON as an object: a geometry, or a feature. */
export interface GeoJSONObject {
  /** Its kind, such as `'Point'`, `'Polygon'` or `'AeroCircle'`. */
  readonly type: string
  readonly [name: string]: unknown
}

/**
 * GeoJSON as a value of a bin, a list or a map. `put` stores it as GeoJSON, and reads return it, where text would be a String.
 * It is made of an object, or of its text: `new GeoJSON({ type: 'Point', coordinates: [13.4, 52.5] })`.
 */
export class GeoJSON extends native.NativeParticle {
  /** The text, as it is stored. */
  readonly text: string

  constructor(value: GeoJSONObject | string | GeoJSON) {
    super()
    this.text = textOf(value)
    Object.assign(this, GEOJSON_STAYS)
  }

  /** The parsed text; the text itself in the case that a server has stored what is no JSON. */
  toJSON(): GeoJSONObject {
    try {
      return JSON.parse(this.text) as GeoJSONObject
    } catch {
      return this.text as unknown as GeoJSONObject
    }
  }

  /** The text. */
  override toString(): string {
    return this.text
  }

  /** @internal */
  [inspect.custom](): string {
    return `GeoJSON(${this.text})`
  }
}

/**
 * A HyperLogLog as a value of a bin, a list or a map: a sketch of a set that `op.hlls` works on. `put` stores it as
 * HyperLogLog, and reads return it, where its bytes alone would be a Blob.
 */
export class HyperLogLog extends native.NativeParticle {
  /** The bytes of the sketch. */
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array | HyperLogLog) {
    super()
    this.bytes = isHyperLogLog(bytes) ? bytes.bytes : checkedBytes(bytes)
    Object.assign(this, HLL_STAYS)
  }

  /** The bytes in hex. */
  toJSON(): string {
    return Buffer.from(this.bytes).toString('hex')
  }

  /** @internal */
  [inspect.custom](): string {
    return `HyperLogLog(${this.bytes.length} bytes)`
  }
}

/** A clone would be an object that is stored as a map. */
const GEOJSON_STAYS = { cannotBeCloned: notCloneable('a GeoJSON; clone its text') }
const HLL_STAYS = { cannotBeCloned: notCloneable('a HyperLogLog; clone its bytes') }

function textOf(value: unknown): string {
  if (isGeoJSON(value)) return value.text
  if (typeof value === 'string') return checkedText(value)
  if (typeof value === 'object' && value !== null && 'type' in value) return JSON.stringify(value)
  throw invalidArgument(`value must be GeoJSON, as an object with a type or as text, not ${given(value)}`)
}

function checkedText(text: string): string {
  if (hasLoneSurrogate(text)) throw outOfRange('value has a lone surrogate, which UTF-8 cannot hold')
  try {
    JSON.parse(text)
  } catch {
    throw invalidArgument(`value is not JSON: ${given(text)}`)
  }
  return text
}

function checkedBytes(bytes: unknown): Uint8Array {
  if (!isBytes(bytes)) throw invalidArgument(`bytes must be a Uint8Array, not ${given(bytes)}`)
  if (isDetached(bytes)) throw outOfRange('bytes: the memory of these bytes was given away')
  return bytes
}

/** Whether a value is GeoJSON of this class, or of another realm's. */
export function isGeoJSON(value: unknown): value is GeoJSON {
  return value instanceof native.NativeParticle && typeof (value as Partial<GeoJSON>).text === 'string'
}

/** Whether a value is a HyperLogLog of this class, or of another realm's. */
export function isHyperLogLog(value: unknown): value is HyperLogLog {
  return value instanceof native.NativeParticle && isBytes((value as Partial<HyperLogLog>).bytes)
}

/** GeoJSON of a text, or a HyperLogLog of bytes, that a server has sent: it is what it is. */
export function receivedParticle(content: string | Uint8Array): GeoJSON | HyperLogLog {
  if (typeof content === 'string') {
    const made = Reflect.construct(native.NativeParticle, [], GeoJSON) as GeoJSON
    return Object.assign(made, { text: content }, GEOJSON_STAYS)
  }
  const made = Reflect.construct(native.NativeParticle, [], HyperLogLog) as HyperLogLog
  return Object.assign(made, { bytes: content }, HLL_STAYS)
}

/** The native side makes values by it. This module may be evaluated several times in a process: the last one counts. */
Object.defineProperty(native.NativeParticle.prototype, 'make', { value: receivedParticle, configurable: true })
