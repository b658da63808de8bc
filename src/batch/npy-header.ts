import { quote } from '../arguments/given.js'
import { NPY_MAGIC } from '../columns/npy.js'
import { outOfRange } from '../errors.js'
import { type Literal, parseLiteral } from './python-literal.js'

/** What a `.npy` file says of its array. */
export interface NpyArray {
  /** Its rows: the first dimension. */
  readonly rows: number
  /** Bytes from one record to the next, as they are in the file. */
  readonly itemsize: number
  readonly fields: readonly NpyField[]
  /** Whether the first dimension changes fastest; of one dimension it does not matter. */
  readonly isFortran: boolean
  /** Where the array begins in the file. */
  readonly start: number
}

/** A field of a record. */
export interface NpyField {
  readonly name: string
  /** As `dtype` takes it, without the order of its bytes. */
  readonly code: string
  readonly shape: readonly number[]
  /** Bytes of one element. */
  readonly itemsize: number
  readonly isBigEndian: boolean
  /** Where it is in a record. */
  readonly offset: number
}

/** Headers are not believed: a larger one than any dtype needs is refused. */
const MOST_HEADER = 4 * 1024 * 1024
/** numpy's own limit. */
const MOST_DIMENSIONS = 64
const MOST_ROWS = 0xffff_ffff
const FIXED = NPY_MAGIC.length + 2

/** The error for a file that is none, or one that cannot be columns. */
export function notLoadable(name: string, reason: string): RangeError {
  return outOfRange(`${name} ${reason}`)
}

/** Reads the header of a `.npy` file; `plain` is the name of the field that an array without fields gets. */
export function parseNpy(file: Uint8Array, plain: string, name: string): NpyArray {
  const { text, start } = headerText(file, name)
  const described = descriptionOf(text, name)
  const { descr, shape, isFortran } = described
  const [rows, ...inner] = shape.length === 0 ? [1] : shape
  if (rows === undefined || rows > MOST_ROWS) throw notLoadable(name, `has ${rows} rows; at most ${MOST_ROWS} fit`)
  const place = { name, offset: 0 }
  if (typeof descr === 'string') {
    const field = fieldOf(plain, descr, inner, place)
    return { rows, itemsize: bytesOf(field), fields: [field], isFortran: isFortran && shape.length > 1, start }
  }
  if (inner.length > 0) {
    throw notLoadable(name, `has records in ${shape.length} dimensions; save it flat: numpy.save(path, array.ravel())`)
  }
  return { rows, ...recordsOf(descr, name), isFortran: false, start }
}

function headerText(file: Uint8Array, name: string): { text: string; start: number } {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const magic = bytes.toString('latin1', 0, NPY_MAGIC.length)
  if (magic.startsWith('PK')) throw notLoadable(name, 'is a .npz archive of several arrays; save each by numpy.save')
  if (magic !== NPY_MAGIC || bytes.length < FIXED + 4) throw notLoadable(name, 'is not a .npy file')
  const version = bytes[NPY_MAGIC.length] as number
  if (version < 1 || version > 3) throw notLoadable(name, `has version ${version} of the format; 1 to 3 are known`)
  const lengthBytes = version === 1 ? 2 : 4
  const length = bytes.readUIntLE(FIXED, lengthBytes)
  const start = FIXED + lengthBytes + length
  if (length > MOST_HEADER) throw notLoadable(name, `has a header of ${length} bytes; at most ${MOST_HEADER} are read`)
  if (start > bytes.length) throw notLoadable(name, `ends in its header, which has ${length} bytes`)
  return { text: bytes.toString(version === 3 ? 'utf8' : 'latin1', FIXED + lengthBytes, start), start }
}

interface Description {
  readonly descr: string | readonly Literal[]
  readonly shape: readonly number[]
  readonly isFortran: boolean
}

function descriptionOf(text: string, name: string): Description {
  const parsed = parsedHeader(text, name)
  const wrong = (what: string): RangeError => notLoadable(name, `has a header without ${what}`)
  if (!(parsed instanceof Map)) throw wrong('a dictionary')
  const [descr, fortran, shape] = ['descr', 'fortran_order', 'shape'].map((key) => parsed.get(key) as unknown)
  if (typeof descr !== 'string' && !Array.isArray(descr)) throw wrong('descr, the types of its records')
  if (typeof fortran !== 'boolean') throw wrong('fortran_order, which is True or False')
  if (!isDimensions(shape)) throw wrong(`a shape, which is a tuple of up to ${MOST_DIMENSIONS} integers`)
  return { descr: descr as Description['descr'], shape, isFortran: fortran }
}

function parsedHeader(text: string, name: string): Literal {
  try {
    return parseLiteral(text)
  } catch (error) {
    throw notLoadable(name, `is malformed at ${(error as Error).message}`)
  }
}

function isDimensions(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_DIMENSIONS &&
    value.every((size) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
  )
}

/** The fields of records; padding is what numpy writes as a field of bytes without a name. */
function recordsOf(descr: readonly Literal[], name: string): Pick<NpyArray, 'itemsize' | 'fields'> {
  const fields: NpyField[] = []
  let offset = 0
  for (const [index, entry] of descr.entries()) {
    const [named, type, shape] = Array.isArray(entry) ? (entry as readonly Literal[]) : []
    // A field with a title is written as ((title, name), type).
    const own = Array.isArray(named) ? (named as readonly Literal[])[1] : named
    const dimensions = typeof shape === 'number' ? [shape] : (shape ?? [])
    if (typeof own !== 'string' || type === undefined || !isDimensions(dimensions)) {
      throw notLoadable(name, `has a header whose descr[${index}] is not (name, type) or (name, type, shape)`)
    }
    const field = fieldOf(own, type, dimensions, { name, offset })
    if (own !== '' || !field.code.startsWith('V')) fields.push(field)
    offset += bytesOf(field)
  }
  if (fields.length === 0) throw notLoadable(name, 'has records without fields')
  return { fields, itemsize: offset }
}

const bytesOf = ({ shape, itemsize }: NpyField): number => shape.reduce((size, each) => size * each, itemsize)

const CODE = /^([<>|=]?)(b1|[iuf]\d|S\d+|V\d+|M8\[(?:s|ms|us|ns)\])$/
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^\|?O/, 'holds Python objects, which would be unpickled, and that can run anything; convert it with astype'],
  [/^[<>|=]?U/, "holds text of 4 bytes a character; convert it: array.astype('S') or numpy.char.encode(array)"],
  [/^[<>|=]?c/, 'holds complex numbers; save array.real and array.imag'],
  [/^[<>|=]?m/, "holds differences of times; convert it: array.astype('i8')"],
  [/^[<>|=]?M/, "holds times in a unit that columns do not have; convert it: array.astype('M8[ms]')"],
]

function fieldOf(
  field: string,
  type: Literal,
  shape: readonly number[],
  { name, offset }: { readonly name: string; readonly offset: number },
): NpyField {
  const label = `${name}, field ${quote(field)},`
  if (typeof type !== 'string') throw notLoadable(label, 'is a record in a record; save its fields one by one')
  const [, order, plain = ''] = CODE.exec(type) ?? []
  const itemsize = Number(/\d+/.exec(plain)?.[0] ?? 0)
  if (order === undefined || itemsize < 1) {
    const remedy = REMEDIES.find(([pattern]) => pattern.test(type))?.[1] ?? 'is not a type that a column can have'
    throw notLoadable(label, `of type ${quote(type)} ${remedy}`)
  }
  return {
    name: field,
    code: plain === 'b1' ? '?' : plain,
    shape,
    itemsize,
    isBigEndian: order === '>' && /^[iufM]/.test(plain),
    offset,
  }
}
