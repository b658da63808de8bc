import { inspect } from 'node:util'
import { invalidArgument, outOfRange, translated } from '../errors.js'
import { given, hasLoneSurrogate } from '../arguments/given.js'
import { inspectDtype } from './inspect.js'
import { type NativeDtype, type NativeField, native } from '../binding/native.js'
import { adopt } from '../binding/realm.js'
import { isObject } from '../arguments/options.js'
import type { CheckedFields, DtypeList, DtypeObject, Row, Schema, SchemaOf } from '../kinds/literals.js'
import type { Field } from '../kinds/kinds.js'

// The constructor is private: a dtype is made by dtype(), and only this package sees what it wraps.
let createDtype: (compiled: NativeDtype) => Dtype
let nativeOf: (dtype: Dtype) => NativeDtype

/** A compiled schema: which bins are read, and the type of each. Made by {@link dtype}. */
export class Dtype<S extends Schema = Schema> {
  /** The fields, in the given order. */
  readonly fields: readonly Field[]
  /** Bytes of one packed record: numpy's `itemsize`. */
  readonly itemsize: number
  readonly #native: NativeDtype
  /** The schema as a type; this property does not exist at run time. */
  declare readonly schema: S

  static {
    createDtype = (compiled) => new Dtype(compiled)
    nativeOf = (of) => of.#native
  }

  private constructor(compiled: NativeDtype) {
    this.#native = compiled
    this.fields = adopt(compiled.fields).map((field) => Object.freeze(field))
    this.itemsize = this.fields.reduce((sum, field) => sum + field.itemsize * field.count, 0)
  }

  /** The names of the fields, in order. */
  get names(): string[] {
    return this.fields.map((field) => field.name)
  }

  /** The text for `console.log`. */
  [inspect.custom](): string {
    return inspectDtype(this.fields, this.itemsize)
  }
}

/** Refuses a dtype in the place of options; `name` is how the caller knows the argument. */
export function refuseDtype(options: unknown, name: string): void {
  if (options instanceof Dtype)
    throw invalidArgument(`${name} must be an object such as { dtype: sensor }, not a dtype`)
}

/** The rows that a dtype reads: `type Reading = RowOf<typeof sensor>`. */
export type RowOf<D extends Dtype> = D extends Dtype<infer S> ? Row<S> : never

export { nativeOf as nativeDtypeOf }

/**
 * Compiles a schema, in the object form `{ temperature: 'f8', embedding: ['f4', 128] }` or in numpy's list form
 * `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`.
 *
 * Field names are bin names. Compile once and reuse: the types of batches and rows are inferred from the literal.
 * JavaScript moves keys that look like integers to the front of an object; where the order matters for such names, use the list.
 */
export function dtype<const F extends DtypeObject | DtypeList>(fields: F & CheckedFields<F>): Dtype<SchemaOf<F>> {
  const checked = Array.isArray(fields) ? fieldsOfList(fields) : fieldsOfObject(fields)
  return createDtype(translated(() => new native.NativeDtype(checked))) as Dtype<SchemaOf<F>>
}

function fieldsOfList(list: readonly unknown[]): NativeField[] {
  return Array.from(list, (entry, index) => {
    if (Array.isArray(entry) && Array.isArray(entry[0])) {
      throw invalidArgument(
        `dtype[${index}]: titles are not supported; write the name alone, as [${JSON.stringify(entry[0].at(-1))}, code]`,
      )
    }
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3 || typeof entry[0] !== 'string') {
      throw invalidArgument(`dtype[${index}] must be [name, code] or [name, code, shape], not ${given(entry)}`)
    }
    return fieldOf(index, entry[0], entry.slice(1))
  })
}

function fieldsOfObject(fields: unknown): NativeField[] {
  if (!isObject(fields)) throw invalidArgument(`dtype must be an object or a list of fields, not ${given(fields)}`)
  refuseNumpyDict(fields)
  return Object.entries(fields).map(([name, spec], index) => fieldOf(index, name, Array.isArray(spec) ? spec : [spec]))
}

/** numpy's form by keywords would be taken for fields that are called `names` and `formats`. */
function refuseNumpyDict({ names, formats }: Record<string, unknown>): void {
  if (!isListOfText(names) || !isListOfText(formats)) return
  const fields = names.map((name, index) => `[${JSON.stringify(name)}, ${JSON.stringify(formats[index])}]`)
  throw invalidArgument(
    `dtype: numpy's form { names, formats } is not supported, nor are its offsets and titles; write a list of fields: [${fields.join(', ')}]`,
  )
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function fieldOf(index: number, name: string, spec: readonly unknown[]): NativeField {
  const [code, shape] = spec
  const field = `dtype field ${index} ${JSON.stringify(name)}`
  if (spec.length === 0 || spec.length > 2)
    throw invalidArgument(`${field} must be a code or [code, shape], not ${given(spec)}`)
  if (isObject(code) || Array.isArray(code)) {
    throw invalidArgument(
      `${field}: a struct in a struct is not supported; use a field per bin, or 'V{n}' for its bytes`,
    )
  }
  if (hasLoneSurrogate(name)) throw outOfRange(`${field}: the name has a lone surrogate, which UTF-8 cannot hold`)
  if (typeof code !== 'string')
    throw invalidArgument(`${field}: the code must be a string such as 'f8', not ${given(code)}`)
  return { name, code, shape: spec.length === 1 || shape === undefined ? [] : dimensions(shape, field) }
}

const MAX_DIMENSION = 0xffff_ffff

function dimensions(shape: unknown, field: string): number[] {
  const list: readonly unknown[] = Array.isArray(shape) ? shape : [shape]
  return Array.from(list, (dimension) => {
    const fits = 'an integer from 1 on, or an array of them'
    if (typeof dimension !== 'number')
      throw invalidArgument(`${field}: the shape must be ${fits}, not ${given(dimension)}`)
    if (!Number.isInteger(dimension) || dimension < 1 || dimension > MAX_DIMENSION) {
      throw outOfRange(`${field}: the shape must be ${fits}, not ${given(dimension)}`)
    }
    return dimension
  })
}
