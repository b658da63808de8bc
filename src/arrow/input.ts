import { quote } from '../arguments/given.js'
import { isObject } from '../arguments/options.js'
import { invalidArgument } from '../errors.js'
import { typedArrayName } from '../tags.js'
import { isTextVector, textsOfVector } from './read-texts.js'
import { ARROW_TYPE, type ArrowVector, isVector } from './vector.js'

/** A table or record batch of Arrow, of whichever copy of `apache-arrow`. */
export interface ArrowTableLike {
  /** Rows in the table. */
  readonly numRows: number
  /** The columns: their names and types. */
  readonly schema: {
    /** One per column. */
    readonly fields: readonly {
      /** The name of the column. */
      readonly name: string
    }[]
  }
  /** The column at a position. */
  getChildAt(index: number): ArrowVector | null
}

/** Whether the value is a table or a record batch. It is told by its form. */
export function isTable(value: unknown): value is ArrowTableLike {
  if (!isObject(value) || typeof value['getChildAt'] !== 'function' || typeof value['numRows'] !== 'number')
    return false
  const { schema } = value
  return isObject(schema) && Array.isArray(schema['fields'])
}

/** The columns of a table, by name. */
export function columnsOfTable(table: ArrowTableLike, name: string): Record<string, ArrowVector> {
  const columns = table.schema.fields.map((field, index): [string, unknown] => [field.name, table.getChildAt(index)])
  const names = columns.map(([column]) => column)
  const twice = names.find((column, index) => names.indexOf(column) !== index)
  if (twice !== undefined)
    throw invalidArgument(`${name} has two columns ${quote(twice)}, and a record has one such bin`)
  // A column of nulls alone has no type, and nothing to write.
  const typed = columns.filter(([, vector]) => isVector(vector) && vector.type.typeId !== ARROW_TYPE.Null)
  return Object.fromEntries(typed) as Record<string, ArrowVector>
}

/** What is known of an Arrow type, as far as one of the kinds below has it. */
interface ArrowType {
  readonly typeId: number
  readonly bitWidth?: number
  readonly isSigned?: boolean
  readonly precision?: number
  readonly byteWidth?: number
  readonly unit?: number
  readonly listSize?: number
  readonly dictionary?: ArrowType
  readonly children?: readonly { readonly type: ArrowType }[]
}

/** What a field becomes, as a literal of a dtype has it. */
export type InputType = string | readonly [code: string, shape: readonly number[] | null]

const FLOATS = ['f2', 'f4', 'f8']
const UNITS = ['s', 'ms', 'us', 'ns']

/** What the values of a vector are written as; `name` is how the caller knows it. */
export function typeOfVector(vector: ArrowVector, name: string): InputType {
  const code = typeOf(vector.type)
  if (code !== undefined) return code
  throw invalidArgument(
    `${name} is a vector of ${typeText(vector)}, which no bin can hold as a column; use numbers, booleans, text, bytes, timestamps or lists of numbers`,
  )
}

/** Arrow's own name of the type, such as `Struct<{a:Float64}>`. */
function typeText({ type }: ArrowVector): string {
  return (type as { toString(): string }).toString()
}

function typeOf(type: ArrowType): InputType | undefined {
  switch (type.typeId) {
    case ARROW_TYPE.Dictionary:
      return dictionaryType(type)
    case ARROW_TYPE.Utf8:
    case ARROW_TYPE.LargeUtf8:
    case ARROW_TYPE.Utf8View:
      return 'utf8'
    case ARROW_TYPE.Binary:
    case ARROW_TYPE.LargeBinary:
    case ARROW_TYPE.BinaryView:
      return 'binary'
    case ARROW_TYPE.FixedSizeBinary:
      return `V${type.byteWidth}`
    case ARROW_TYPE.Timestamp:
      return `datetime64[${UNITS[type.unit ?? 0]}]`
    case ARROW_TYPE.Date:
      return 'datetime64[ms]'
    case ARROW_TYPE.List:
    case ARROW_TYPE.LargeList:
      return listType(numberType(type.children?.[0]?.type))
    case ARROW_TYPE.FixedSizeList:
      return subarrayType(type)
    default:
      return numberType(type)
  }
}

function numberType(type: ArrowType | undefined): string | undefined {
  if (type?.typeId === ARROW_TYPE.Bool) return '?'
  if (type?.typeId === ARROW_TYPE.Int) return `${type.isSigned === true ? 'i' : 'u'}${(type.bitWidth ?? 0) / 8}`
  return type?.typeId === ARROW_TYPE.Float ? FLOATS[type.precision ?? 0] : undefined
}

/** Values that are kept once, and numbers in their place. */
function dictionaryType({ dictionary }: ArrowType): InputType | undefined {
  const type = dictionary === undefined ? undefined : typeOf(dictionary)
  return typeof type === 'string' && !type.startsWith('datetime') ? type : undefined
}

const listType = (code: string | undefined): InputType | undefined => (code === undefined ? undefined : [code, null])

function subarrayType(type: ArrowType): InputType | undefined {
  const shape: number[] = []
  let inner: ArrowType | undefined = type
  for (; inner?.typeId === ARROW_TYPE.FixedSizeList; inner = inner.children?.[0]?.type) shape.push(inner.listSize ?? 0)
  const code = numberType(inner)
  return code === undefined ? undefined : [code, shape]
}

/** Whether the values lie in memory as a typed array has them; halves are integers there. */
function isPlain({ typeId, precision }: ArrowType): boolean {
  return typeId === ARROW_TYPE.Int || (typeId === ARROW_TYPE.Float && precision !== 0)
}

/** Values as a column is filled from them, and which of them are there if not all are. */
export interface VectorValues {
  readonly values: unknown
  readonly valid?: Uint8Array
}

/** The values of a vector; `name` is how the caller knows it. */
export function valuesOfVector(vector: ArrowVector, name: string): VectorValues {
  const { typeId } = vector.type
  if (isPlain(vector.type) || typeId === ARROW_TYPE.Timestamp) return { values: arrayOf(vector), ...validityOf(vector) }
  const lists = typeId === ARROW_TYPE.List ? plainLists(vector) : undefined
  if (lists !== undefined) return { values: lists }
  if (isTextVector(vector)) return { values: textsOfVector(vector) }
  const values = Array.from({ length: vector.length }, (_, row) => vector.get(row))
  if (typeId === ARROW_TYPE.Date) return { values: values.map((ms) => (ms === null ? null : BigInt(Number(ms)))) }
  return { values: values.map((value, row) => (isVector(value) ? elementsOf(value, `${name}[${row}]`) : value)) }
}

/** The values as they lie in memory, those under nulls too. */
function arrayOf(vector: ArrowVector): unknown {
  return (vector as unknown as { toArray(): unknown }).toArray()
}

function validityOf(vector: ArrowVector): { valid?: Uint8Array } {
  const known = vector as unknown as { nullCount: number; isValid(row: number): boolean }
  if (known.nullCount === 0) return {}
  return { valid: Uint8Array.from({ length: vector.length }, (_, row) => (known.isValid(row) ? 1 : 0)) }
}

/** A part of a vector of lists, as `apache-arrow` has it. */
interface ListPart {
  readonly length: number
  readonly valueOffsets: Int32Array
  readonly children: readonly { readonly type: ArrowType; readonly values: unknown; readonly nullCount: number }[]
  getValid(row: number): boolean
}

/**
 * The lists of a vector as parts of the arrays that hold the elements, where those are numbers as they lie in memory and
 * none is null. Asking the vector for each list takes ten times as long.
 */
function plainLists(vector: ArrowVector): unknown[] | undefined {
  const lists: unknown[] = []
  for (const part of (vector as unknown as { readonly data: readonly ListPart[] }).data) {
    const [child] = part.children
    if (child === undefined || !isPlain(child.type) || child.nullCount > 0) return undefined
    const values = child.values as Float64Array
    for (let row = 0; row < part.length; row++) {
      lists.push(part.getValid(row) ? values.subarray(part.valueOffsets[row], part.valueOffsets[row + 1]) : null)
    }
  }
  return lists
}

/** The elements of a list, flat in the order of C. */
function elementsOf(list: ArrowVector, name: string): ArrayLike<unknown> {
  const { nullCount } = list as unknown as { nullCount: number }
  const array = isPlain(list.type) && nullCount === 0 ? arrayOf(list) : undefined
  if (typedArrayName(array) !== undefined) return array as ArrayLike<unknown>
  return Array.from({ length: list.length }, (_, at) => {
    const element = list.get(at)
    if (element === null) throw invalidArgument(`${name}[${at}] is null, and lists of numbers have no such elements`)
    return isVector(element)
      ? [...(elementsOf(element, `${name}[${at}]`) as Iterable<unknown> & ArrayLike<unknown>)]
      : element
  }).flat()
}
