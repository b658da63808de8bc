import type { Data, DataType, RecordBatch, Table } from 'apache-arrow'
import { type ArrowLibrary, loadArrow } from './library.js'
import { textsOf } from './text.js'
import { arrayOver } from '../columns/arrays.js'
import { countZeros, packBits } from './bits.js'
import { contiguousCells } from '../columns/contiguous.js'
import { invalidArgument } from '../errors.js'
import { given, oneOf, quote } from '../arguments/given.js'
import { isDigestKey } from '../keys/ids.js'
import type { DigestKey, KeySource, PrimaryKey } from '../keys/key.js'
import type { Memory } from '../columns/memory.js'
import { type Check, type Checks, checkOptions, choice, instance, isObject, text } from '../arguments/options.js'
import type { Field, NumericKind } from '../kinds/kinds.js'

/** What a table is made from. */
export interface TableSource {
  readonly memory: Memory
  readonly keys: KeySource
}

interface CheckedOptions {
  key?: boolean | string
  gen?: boolean | string
  ttl?: boolean | string
  resultCode?: boolean | string
  arrow?: ArrowLibrary
}

type IPCFormat = 'stream' | 'file'

const columnName: Check<boolean | string> = (value, name) => {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') {
    throw invalidArgument(`${name} must be true, false or the name of the column, not ${given(value)}`)
  }
  return text(value, name)
}

function isArrow(value: unknown): value is ArrowLibrary {
  return isObject(value) && typeof value['makeData'] === 'function' && typeof value['tableToIPC'] === 'function'
}

const TABLE_CHECKS: Checks<CheckedOptions> = {
  key: columnName,
  gen: columnName,
  ttl: columnName,
  resultCode: columnName,
  arrow: instance(isArrow, 'the module apache-arrow'),
}

const IPC_CHECKS: Checks<CheckedOptions & { format?: IPCFormat }> = {
  ...TABLE_CHECKS,
  format: choice('stream', 'file'),
}

/** `toArrow`: the batch as a table. */
export function arrowTable(source: TableSource, options: unknown): Table {
  const checked = checkOptions<CheckedOptions>(options, 'options', TABLE_CHECKS)
  return tableOf(checked.arrow ?? loadArrow('toArrow'), source, checked)
}

/** `toIPC`: the batch as the bytes that other programs and languages read. */
export function arrowIPC(source: TableSource, options: unknown, usual: IPCFormat): Uint8Array<ArrayBuffer> {
  const { format = usual, ...checked } = checkOptions<CheckedOptions & { format?: IPCFormat }>(
    options,
    'options',
    IPC_CHECKS,
  )
  const arrow = checked.arrow ?? loadArrow('toIPC')
  return arrow.tableToIPC(tableOf(arrow, source, checked), format) as Uint8Array<ArrayBuffer>
}

/** A column under its name. */
interface Column {
  readonly name: string
  readonly data: Data
}

function tableOf(arrow: ArrowLibrary, source: TableSource, options: CheckedOptions): Table {
  const { memory } = source
  const build = new Build(arrow)
  const extras = extraColumns(build, source, options)
  const columns = [...memory.fields.map((field, index) => build.column(memory, field, index)), ...extras]
  const fields = columns.map(({ name, data }) => arrow.Field.new(name, data.type, true))
  const data = build.data(new arrow.Struct(fields), memory.length, { children: columns.map((column) => column.data) })
  return new arrow.Table(new arrow.RecordBatch(new arrow.Schema(fields), data as RecordBatch['data']))
}

type ExtraName = Exclude<keyof CheckedOptions, 'arrow'>

/** The columns that are not in the dtype, in this order. */
const EXTRAS: Record<ExtraName, (build: Build, source: TableSource) => Data> = {
  key: (build, { keys }) => build.keys(keys),
  gen: (build, { memory }) => build.ofRecords(memory, memory.at.gen),
  ttl: (build, { memory }) => build.ofRecords(memory, memory.at.ttl),
  resultCode: (build, { memory }) => build.numbers('i4', resultCodesOf(memory), {}),
}

function extraColumns(build: Build, source: TableSource, options: CheckedOptions): Column[] {
  const taken = new Set(source.memory.fields.map(({ name }) => name))
  return (Object.keys(EXTRAS) as ExtraName[])
    .filter((extra) => options[extra] !== undefined && options[extra] !== false)
    .map((extra) => {
      const name = options[extra] === true ? extra : (options[extra] as string)
      if (taken.has(name)) throw doubledName(extra, name)
      taken.add(name)
      return { name, data: EXTRAS[extra](build, source) }
    })
}

function doubledName(option: string, name: string): TypeError {
  return invalidArgument(
    `options.${option}: there is a column ${quote(name)} already; give another name, such as { ${option}: 'record_${option}' }`,
  )
}

function resultCodesOf({ buffer, at, length }: Memory): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, at.resultCodes, 4 * length)
}

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

/** Which cells are null: nothing where none is. */
interface Validity {
  readonly nullCount?: number
  readonly nullBitmap?: Uint8Array
}

function validityOf(mask: Uint8Array): Validity {
  const nullCount = countZeros(mask)
  return nullCount === 0 ? {} : { nullCount, nullBitmap: packBits(mask) }
}

/** Makes Arrow's data of one copy of the library. What Arrow keeps as the batch does stays where it is. */
class Build {
  readonly #arrow: ArrowLibrary

  constructor(arrow: ArrowLibrary) {
    this.#arrow = arrow
  }

  data(type: DataType, length: number, parts: object): Data {
    const make = this.#arrow.makeData as (properties: object) => Data
    return make({ type, length, nullCount: 0, ...parts })
  }

  column(memory: Memory, field: Field, index: number): Column {
    const validity = validityOf(new Uint8Array(memory.buffer, memory.at.valid[index], memory.length))
    return { name: field.name, data: this.#cells(memory, field, index, validity) }
  }

  #cells(memory: Memory, { kind, itemsize, shape }: Field, index: number, validity: Validity): Data {
    const { length } = memory
    const { Utf8, FixedSizeBinary } = this.#arrow
    if (kind === 'S') return this.data(new Utf8(), length, { ...textsOf(memory, index), ...validity })
    const bytes = contiguousCells(memory, index)
    if (kind === 'V') return this.data(new FixedSizeBinary(itemsize), length, { data: bytes, ...validity })
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

  keys(keys: KeySource): Data {
    const { vectorFromArray, Int64, Binary, Utf8 } = this.#arrow
    // Records of a scan that were written without their key have null for it.
    const ids = Array.from({ length: keys.length }, (_, row): PrimaryKey | null => keys.idAt(row))
    const known = ids.filter((id) => id !== null)
    const kind = kindOfKeys(known)
    if (kind === 'integer' && known.length < ids.length) {
      return vectorFromArray(ids as (number | bigint | null)[], new Int64()).data[0] as Data
    }
    if (kind === 'integer') {
      const data = BigInt64Array.from(ids as (number | bigint)[], BigInt)
      return this.data(new Int64(), ids.length, { data })
    }
    const type: DataType = kind === 'string' || kind === '' ? new Utf8() : new Binary()
    const values = kind === 'digest' ? (ids as DigestKey[]).map((id) => id.digest) : ids
    return ids.length === 0 ? this.data(type, 0, {}) : (vectorFromArray(values, type).data[0] as Data)
  }
}

function kindOfKeys(ids: readonly PrimaryKey[]): string {
  const kinds = new Set(ids.map(kindOfKey))
  if (kinds.size < 2) return [...kinds].join('')
  throw invalidArgument(
    `options.key: the batch has keys of several types, ${oneOf([...kinds])}; a column has one. Leave it out, or read each type by itself`,
  )
}

function kindOfKey(id: PrimaryKey): string {
  if (typeof id === 'string') return 'string'
  if (typeof id !== 'object') return 'integer'
  return isDigestKey(id) ? 'digest' : 'bytes'
}
