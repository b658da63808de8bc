import type { Data, DataType } from 'apache-arrow'
import type { ArrowLibrary } from './library.js'
import { textsOf } from './text.js'
import { dictionaryOf, flatValues, jsonValues, knowsViews, numbered, viewsOf } from './variable.js'
import { KEYS_METADATA } from './vector.js'
import { arrayOver } from '../columns/arrays.js'
import { countZeros, packBits } from './bits.js'
import { contiguousCells } from '../columns/contiguous.js'
import { cellReader } from '../columns/rows.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { oneOf } from '../arguments/given.js'
import { isDigestKey } from '../keys/ids.js'
import type { DigestKey, KeySource, PrimaryKey } from '../keys/key.js'
import type { Memory } from '../columns/memory.js'
import { isViewKind } from '../kinds/code.js'
import type { DatetimeUnit, Field, NumericKind, ViewKind } from '../kinds/kinds.js'

const TYPES = {
  i1: 'Int8',
  i2: 'Int16',
  i4: 'Int32',
  i8: 'Int64',
  u1: 'Uint8',
  u2: 'Uint16',
  u4: 'Uint32',
  u8: 'Uint64',
  f2: 'Float16',
  f4: 'Float32',
  f8: 'Float64',
} as const

/** A column under its name. */
export interface Column {
  readonly name: string
  readonly data: Data
  /** What its type does not say. */
  readonly metadata?: ReadonlyMap<string, string>
}

const DIGESTS: ReadonlyMap<string, string> = new Map([[KEYS_METADATA, 'digest' satisfies KeyKind]])

/** Which cells are null: nothing where none is. */
interface Validity {
  readonly nullCount?: number
  readonly nullBitmap?: Uint8Array
}

function validityOf(mask: Uint8Array): Validity {
  const nullCount = countZeros(mask)
  return nullCount === 0 ? {} : { nullCount, nullBitmap: packBits(mask) }
}

const UNITS: Record<DatetimeUnit, 'SECOND' | 'MILLISECOND' | 'MICROSECOND' | 'NANOSECOND'> = {
  s: 'SECOND',
  ms: 'MILLISECOND',
  us: 'MICROSECOND',
  ns: 'NANOSECOND',
}

/** What of several types a column gets. */
interface Choices {
  /** Views of text and bytes, where the library knows them. */
  readonly views: boolean
  /** Whether a field of text is to be a dictionary. */
  readonly isDictionary: (field: Field) => boolean
  /** Whether the data are to be written, and not only to be looked at. */
  readonly isWritten: boolean
  /** Whether they go to Parquet, whose timestamps do not count seconds. */
  readonly isParquet?: boolean
}

/** Makes Arrow's data of one copy of the library. What Arrow keeps as the batch does stays where it is. */
export class Build {
  readonly #arrow: ArrowLibrary
  readonly #choices: Choices

  constructor(arrow: ArrowLibrary, choices: Choices) {
    this.#arrow = arrow
    this.#choices = choices
  }

  data(type: DataType, length: number, parts: object): Data {
    const make = this.#arrow.makeData as (properties: object) => Data
    return make({ type, length, nullCount: 0, ...parts })
  }

  column(memory: Memory, field: Field, index: number): Column {
    const valid = new Uint8Array(memory.buffer, memory.at.valid[index], memory.length)
    const validity = validityOf(valid)
    if (this.#choices.isDictionary(field))
      return { name: field.name, data: this.#dictionary(memory, index, valid, validity) }
    return { name: field.name, data: this.#cells(memory, field, index, validity) }
  }

  #cells(memory: Memory, field: Field, index: number, validity: Validity): Data {
    const { length } = memory
    const { kind, itemsize, shape } = field
    const { Utf8, FixedSizeBinary } = this.#arrow
    if (isViewKind(kind)) return this.#variable(memory, kind, field, index, validity)
    if (kind === 'S') return this.data(new Utf8(), length, { ...textsOf(memory, index), ...validity })
    const bytes = contiguousCells(memory, index)
    if (kind === 'V') return this.data(new FixedSizeBinary(itemsize), length, { data: bytes, ...validity })
    if (kind === 'M8') return this.#timestamps(field, bytes, validity)
    if (shape.length === 0) return this.numbers(kind, bytes, validity)
    return this.#lists(this.numbers(kind, bytes, {}), shape, length, validity)
  }

  /** Scalars, one after the other. */
  numbers(kind: NumericKind, bytes: Uint8Array<ArrayBuffer>, validity: Validity): Data {
    if (kind === '?') return this.data(new this.#arrow.Bool(), bytes.length, { data: packBits(bytes), ...validity })
    // Arrow's own array of halves is one of 16-bit integers.
    const stored = kind === 'f2' ? 'u2' : kind
    const length = bytes.length / Number(kind[1])
    const data = arrayOver(stored, bytes.buffer, bytes.byteOffset, length)
    return this.data(new this.#arrow[TYPES[kind]](), length, { data, ...validity })
  }

  #timestamps(
    { unit, name }: Field,
    { buffer, byteOffset, length }: Uint8Array<ArrayBuffer>,
    validity: Validity,
  ): Data {
    const { Timestamp, TimeUnit } = this.#arrow
    const ticks = new BigInt64Array(buffer, byteOffset, length / BigInt64Array.BYTES_PER_ELEMENT)
    const inMilliseconds = unit === 's' && this.#choices.isParquet === true
    const type = new Timestamp(TimeUnit[inMilliseconds ? 'MILLISECOND' : UNITS[unit as DatetimeUnit]])
    const data = inMilliseconds ? ticks.map((seconds) => millisecondsOf(seconds, name)) : ticks
    return this.data(type, data.length, { data, ...validity })
  }

  /** Cells of any length. */
  #variable(memory: Memory, kind: ViewKind, { element }: Field, index: number, validity: Validity): Data {
    const { length } = memory
    const { Utf8, Binary, List, Field: ArrowField } = this.#arrow
    if (kind === 'any') return this.data(new Utf8(), length, { ...jsonValues(memory, index), ...validity })
    if (kind === 'list') {
      const { valueOffsets, data } = flatValues(memory, index)
      const child = this.numbers(element as NumericKind, data as Uint8Array<ArrayBuffer>, {})
      const size = element === '?' ? 1 : Number(element?.[1])
      const offsets = valueOffsets.map((bytes) => bytes / size)
      return this.data(new List(ArrowField.new('item', child.type, true)), length, {
        valueOffsets: offsets,
        child,
        ...validity,
      })
    }
    if (this.#choices.views && knowsViews(this.#arrow)) {
      const { Utf8View, BinaryView } = this.#arrow
      const type = kind === 'utf8' ? new Utf8View() : new BinaryView()
      return this.data(type, length, { ...viewsOf(memory, index, this.#choices.isWritten), ...validity })
    }
    return this.data(kind === 'utf8' ? new Utf8() : new Binary(), length, { ...flatValues(memory, index), ...validity })
  }

  #dictionary(memory: Memory, index: number, valid: Uint8Array, validity: Validity): Data {
    const read = cellReader(memory, index)
    const texts = numbered(memory.length, valid, (row) => read(row) as string)
    const { type, dictionary } = dictionaryOf(this.#arrow, texts)
    return this.data(type, memory.length, { data: texts.numbers, dictionary, ...validity })
  }

  /** Lists around the elements of all cells, the innermost dimension first. */
  #lists(elements: Data, shape: readonly number[], length: number, validity: Validity): Data {
    const { Field: ArrowField, FixedSizeList } = this.#arrow
    let lists = elements
    for (const [depth, size] of [...shape.entries()].toReversed()) {
      const type = new FixedSizeList(size, ArrowField.new('item', lists.type, true))
      const outermost = depth === 0
      const cells = outermost ? length : lists.length / size
      lists = this.data(type, cells, { child: lists, ...(outermost ? validity : {}) })
    }
    return lists
  }

  /** What the server says of each record, as unsigned integers at `offset`: null where there is no record. */
  ofRecords(memory: Memory, offset: number): Data {
    const codes = new Int32Array(memory.buffer, memory.at.resultCodes, memory.length)
    const found = Uint8Array.from(codes, (code) => (code === 0 ? 1 : 0))
    return this.numbers('u4', new Uint8Array(memory.buffer, offset, 4 * memory.length), validityOf(found))
  }

  /** The keys as a column; `fixed` is the kind that earlier batches of the same stream had. */
  keys(keys: KeySource, fixed?: KeyKind): Omit<Column, 'name'> {
    // Records of a scan that were written without their key have null for it.
    const ids = Array.from({ length: keys.length }, (_, row): PrimaryKey | null => keys.idAt(row))
    const known = ids.filter((id) => id !== null)
    const kind = kindOfKeys(known, fixed)
    const data = this.#keysOf(ids, known, kind)
    return kind === 'digest' ? { data, metadata: DIGESTS } : { data }
  }

  #keysOf(ids: readonly (PrimaryKey | null)[], known: readonly PrimaryKey[], kind: KeyKind | undefined): Data {
    const { vectorFromArray, Int64, Binary, Utf8 } = this.#arrow
    if (kind === 'integer' && known.length < ids.length) {
      const data = BigInt64Array.from(ids, (id) => BigInt((id ?? 0) as number | bigint))
      return this.data(new Int64(), ids.length, {
        data,
        ...validityOf(Uint8Array.from(ids, (id) => Number(id !== null))),
      })
    }
    if (kind === 'integer') {
      const data = BigInt64Array.from(ids as (number | bigint)[], BigInt)
      return this.data(new Int64(), ids.length, { data })
    }
    const type: DataType = kind === 'string' || kind === undefined ? new Utf8() : new Binary()
    const values = kind === 'digest' ? (ids as readonly (DigestKey | null)[]).map((id) => id?.digest) : ids
    return ids.length === 0 ? this.data(type, 0, {}) : (vectorFromArray(values, type).data[0] as Data)
  }
}

/** What the keys of a column are. */
export type KeyKind = 'string' | 'integer' | 'digest' | 'bytes'

/** The kind of the keys that are known; nothing where none is. */
export function kindOfKeys(ids: Iterable<PrimaryKey | null>, fixed?: KeyKind): KeyKind | undefined {
  const kinds = new Set(fixed === undefined ? [] : [fixed])
  for (const id of ids) if (id !== null) kinds.add(kindOfKey(id))
  if (kinds.size < 2) return [...kinds][0]
  throw invalidArgument(
    `options.key: the batch has keys of several types, ${oneOf([...kinds])}; a column has one. Leave it out (--keys none), read each type by itself, or scan with keys: 'digest' (--keys digest)`,
  )
}

/** Seconds in the next smaller unit, which Parquet has. */
function millisecondsOf(seconds: bigint, name: string): bigint {
  const ticks = seconds * 1000n
  if (BigInt.asIntN(64, ticks) === ticks) return ticks
  throw outOfRange(`${name}: ${seconds} seconds are beyond what Parquet counts in milliseconds; read it as i8`)
}

function kindOfKey(id: PrimaryKey): KeyKind {
  if (typeof id === 'string') return 'string'
  if (typeof id !== 'object') return 'integer'
  return isDigestKey(id) ? 'digest' : 'bytes'
}
