import { inspect } from 'node:util'
import { invalidArgument, outOfRange, translated } from '../errors.js'
import { fillBytes } from '../columns/fill-value.js'
import { given, hasLoneSurrogate, oneOf, quote } from '../arguments/given.js'
import { type FieldRead, readOf } from '../expressions/from.js'
import type { ExpressionType } from '../expressions/types.js'
import { inspectDtype } from './inspect.js'
import { type NativeDtype, type NativeField, type NativeLayout, native } from '../binding/native.js'
import { adopt } from '../binding/realm.js'
import { isObject, ownValue } from '../arguments/options.js'
import type { CheckedFields, DtypeList, DtypeObject, Row, Schema, SchemaOf } from '../kinds/literals.js'
import type { Field, Layout } from '../kinds/kinds.js'
import { notCloneable } from '../tags.js'

// The constructor is private: a dtype is made by dtype(), and only this package sees what it wraps.
let createDtype: (
  specs: readonly NativeField[],
  compiled: NativeDtype,
  reads: readonly FieldRead[] | undefined,
) => Dtype
let nativeOf: (dtype: Dtype) => NativeDtype
let specsOf: (dtype: Dtype) => readonly NativeField[]
let readsOf: (dtype: Dtype) => readonly FieldRead[] | undefined

/** A compiled schema: which bins are read, and the type of each. Made by {@link dtype}. */
export class Dtype<S extends Schema = Schema> {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a dtype; make one with dtype() where it is needed')
  /** The fields, in the given order. */
  readonly fields: readonly Field[]
  /** Bytes of one packed record: numpy's `itemsize`. */
  readonly itemsize: number
  readonly #native: NativeDtype
  readonly #specs: readonly NativeField[]
  /** What is read for each field, where not all are read from the bins of their names. */
  readonly #reads: readonly FieldRead[] | undefined
  /** The schema as a type; this property does not exist at run time. */
  declare readonly schema: S

  static {
    createDtype = (specs, compiled, reads) => new Dtype(specs, compiled, reads)
    nativeOf = (of) => of.#native
    specsOf = (of) => of.#specs
    readsOf = (of) => of.#reads
  }

  private constructor(specs: readonly NativeField[], compiled: NativeDtype, reads: readonly FieldRead[] | undefined) {
    this.#specs = specs
    this.#native = compiled
    this.#reads = reads
    this.fields = adopt(native.fieldsOf(compiled)).map((field) => Object.freeze(field))
    this.itemsize = this.fields.reduce((sum, field) => sum + field.itemsize * field.count, 0)
  }

  /** The names of the fields, in order. */
  get names(): string[] {
    return this.fields.map((field) => field.name)
  }

  /** @internal */
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

export { readsOf }

/** What the binding reads by; `fill` are the values of a call for cells without one, by field name, before those of the fields. */
export function nativeDtypeOf(of: Dtype, fill?: Readonly<Record<string, unknown>>): NativeDtype {
  if (fill === undefined) return nativeOf(of)
  const unknown = Object.keys(fill).find((name) => !of.names.includes(name))
  if (unknown !== undefined)
    throw invalidArgument(`options.fill: the dtype has no field ${quote(unknown)}; it has ${oneOf(of.names)}`)
  const specs = specsOf(of).map((spec, index) => {
    const value = ownValue(fill, spec.name)
    if (value === undefined) return spec
    return { ...spec, fill: fillBytes(of.fields[index] as Field, value, `options.fill.${spec.name}`) }
  })
  return translated(() => native.parseDtype(specs))
}

/** The layout that a dtype was asked for last: whoever reads 100 keys will read 100 keys again. */
const lastLayouts = new WeakMap<NativeDtype, { rows: number; layout: Layout; align: boolean; at: NativeLayout }>()

/** Where everything of so many rows is. */
export function layoutOf(of: NativeDtype, rows: number, layout: Layout, align: boolean): NativeLayout {
  const last = lastLayouts.get(of)
  if (last !== undefined && last.rows === rows && last.layout === layout && last.align === align) return last.at
  // A layout of more bytes than a buffer can have is refused by the binding.
  const at = translated(() => native.layoutOf(of, rows, layout, align))
  lastLayouts.set(of, { rows, layout, align, at })
  return at
}

/**
 * Compiles a schema, in the object form `{ temperature: 'f8', embedding: ['f4', 128] }` or in numpy's list form
 * `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`.
 *
 * Field names are bin names, unless a field says what it is read `from`: `{ fahrenheit: { type: 'f4', from: '$.celsius * 1.8 +
 * 32.0' } }`. Compile once and reuse: the types of batches and rows are inferred from the literal.
 * JavaScript moves keys that look like integers to the front of an object; where the order matters for such names, use the list.
 */
export function dtype<const F extends DtypeObject | DtypeList>(fields: F & CheckedFields<F>): Dtype<SchemaOf<F>> {
  const checked = Array.isArray(fields) ? fieldsOfList(fields) : fieldsOfObject(fields)
  const isElsewhere = checked.some(({ from }) => from !== undefined)
  const reads = isElsewhere ? checked.map(({ name, from }) => from ?? { name, inList: false }) : undefined
  const plain = checked.map(withoutFill)
  const compiled = translated(() => native.parseDtype(plain))
  if (!checked.some(({ fillValue }) => fillValue !== undefined))
    return createDtype(plain, compiled, reads) as Dtype<SchemaOf<F>>
  const filled = withFills(checked, native.fieldsOf(compiled))
  return createDtype(
    filled,
    translated(() => native.parseDtype(filled)),
    reads,
  ) as Dtype<SchemaOf<F>>
}

/** A field as it was written, with what a cell without a value is to hold, which only its kind makes bytes of. */
interface WrittenField extends NativeField {
  readonly fillValue?: unknown
}

function withoutFill({ fillValue, ...spec }: WrittenField): NativeField {
  void fillValue
  return spec
}

function withFills(written: readonly WrittenField[], fields: readonly Field[]): NativeField[] {
  return written.map(({ fillValue, ...spec }, index) =>
    fillValue === undefined
      ? spec
      : { ...spec, fill: fillBytes(fields[index] as Field, fillValue, `${placeOf(index, spec.name)}: fill`) },
  )
}

/** How messages name a field. */
function placeOf(index: number, name: string): string {
  return `dtype field ${index} ${JSON.stringify(name)}`
}

function fieldsOfList(list: readonly unknown[]): WrittenField[] {
  return Array.from(list, (entry, index) => {
    if (Array.isArray(entry) && Array.isArray(entry[0])) {
      throw invalidArgument(
        `dtype[${index}]: titles are not supported; write the name alone, as [${JSON.stringify(entry[0].at(-1))}, code]`,
      )
    }
    if (!Array.isArray(entry) || entry.length < 2 || entry.length > 3 || typeof entry[0] !== 'string') {
      throw invalidArgument(
        `dtype[${index}] must be [name, code], [name, code, shape] or [name, { type, from, fill }], not ${given(entry)}`,
      )
    }
    if (isDetails(entry[1])) return fieldOfDetails(index, entry[0], entry[1])
    return fieldOf(index, entry[0], entry.slice(1))
  })
}

function fieldsOfObject(fields: unknown): WrittenField[] {
  if (!isObject(fields)) throw invalidArgument(`dtype must be an object or a list of fields, not ${given(fields)}`)
  refuseNumpyDict(fields)
  return Object.entries(fields).map(([name, spec], index) => {
    if (isDetails(spec)) return fieldOfDetails(index, name, spec)
    return fieldOf(index, name, Array.isArray(spec) ? spec : [spec])
  })
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
  const field = placeOf(index, name)
  if (spec.length === 0 || spec.length > 2)
    throw invalidArgument(`${field} must be a code or [code, shape], not ${given(spec)}`)
  if (isObject(code)) {
    throw invalidArgument(
      `${field} has ${oneOf(Object.keys(code).map(quote)) || 'nothing'} and no type; it must be a code, [code, shape] or { type, from, fill }, and a struct in a struct is not supported: use a field per bin`,
    )
  }
  if (Array.isArray(code)) {
    if (typeof code[0] === 'string' && typeof code[1] !== 'string') throw shapeWithin(field, name, code)
    throw invalidArgument(
      `${field}: a struct in a struct is not supported; use a field per bin, or 'V{n}' for its bytes`,
    )
  }
  if (hasLoneSurrogate(name)) throw outOfRange(`${field}: the name has a lone surrogate, which UTF-8 cannot hold`)
  if (typeof code !== 'string')
    throw invalidArgument(`${field}: the code must be a string such as 'f8', not ${given(code)}`)
  // A list of any length.
  if (shape === null) return { name, code: `list<${code.replace(/^[<=|]/, '')}>`, shape: [] }
  return { name, code, shape: spec.length === 1 || shape === undefined ? [] : dimensions(shape, field) }
}

/** In a list of fields a shape stands beside its code, where in an object both are in brackets. */
function shapeWithin(field: string, name: string, [code, shape]: readonly unknown[]): TypeError {
  const behind = shape === undefined ? '' : `, ${JSON.stringify(shape)}`
  return invalidArgument(
    `${field}: in a list of fields the code and the shape have no brackets of their own: write [${quote(name)}, ${quote(String(code))}${behind}]`,
  )
}

/** Whether a field says more than its type. */
function isDetails(spec: unknown): spec is Record<string, unknown> {
  return isObject(spec) && ('type' in spec || 'from' in spec)
}

/** A field with its details: where it is read from, and what a cell without a value holds. */
function fieldOfDetails(index: number, name: string, spec: Record<string, unknown>): WrittenField {
  const field = placeOf(index, name)
  const { type, from, fill, ...more } = spec
  const unknown = Object.keys(more)[0]
  if (unknown !== undefined)
    throw invalidArgument(`${field} has type, from and fill, and no ${JSON.stringify(unknown)}`)
  const plain = fieldOf(index, name, Array.isArray(type) ? type : [type])
  return {
    ...plain,
    ...(from === undefined ? {} : { from: readOf(from, resultOf(plain), index, `${field}: from`) }),
    fillValue: fill,
  }
}

/** What an expression has to result in to fit a field, as far as that is open. */
function resultOf({ code, shape }: NativeField): ExpressionType {
  const plain = code.replace(/^[<=|]/, '')
  if (shape.length > 0 || plain.startsWith('list<')) return 'list'
  if (/^(utf8|str|T$)/.test(plain)) return 'string'
  if (/^(f|e$|half|d$|double|single)/.test(plain)) return 'float'
  if (/^(\?|bool|b1)/.test(plain)) return 'bool'
  return plain.startsWith('S') ? 'string' : /^(V|binary|bytes)/.test(plain) ? 'blob' : 'int'
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
