import type { RecordBatch, Table } from 'apache-arrow'
import { type ArrowLibrary, loadArrow } from './library.js'
import { Build, type Column, type KeyKind } from './build.js'
import { invalidArgument } from '../errors.js'
import { given, oneOf, quote } from '../arguments/given.js'
import type { KeySource } from '../keys/key.js'
import type { Memory } from '../columns/memory.js'
import {
  type Check,
  type Checks,
  boolean,
  checkOptions,
  choice,
  instance,
  isObject,
  list,
  text,
} from '../arguments/options.js'
import type { Field } from '../kinds/kinds.js'

/** What a table is made from. */
export interface TableSource {
  readonly memory: Memory
  readonly keys: KeySource
}

/** The options of a table, checked. */
export interface CheckedOptions {
  key?: boolean | string
  gen?: boolean | string
  ttl?: boolean | string
  resultCode?: boolean | string
  views?: boolean
  dictionary?: boolean | readonly string[]
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

/** All fields of text, none, or these. */
const dictionaryFields: Check<boolean | readonly string[]> = (value, name) => {
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return list(text)(value, name)
  throw invalidArgument(`${name} must be true, false or an array of names of fields, not ${given(value)}`)
}

function isArrow(value: unknown): value is ArrowLibrary {
  return isObject(value) && typeof value['makeData'] === 'function' && typeof value['tableToIPC'] === 'function'
}

/** The options of a table that the batches of a stream share. */
export const STREAM_CHECKS: Checks<Omit<CheckedOptions, 'dictionary' | 'resultCode'>> = {
  key: columnName,
  gen: columnName,
  ttl: columnName,
  views: boolean,
  arrow: instance(isArrow, 'the module apache-arrow'),
}

const TABLE_CHECKS: Checks<CheckedOptions> = {
  ...STREAM_CHECKS,
  resultCode: columnName,
  dictionary: dictionaryFields,
}

const IPC_CHECKS: Checks<CheckedOptions & { format?: IPCFormat }> = {
  ...TABLE_CHECKS,
  format: choice('stream', 'file'),
}

/** `toArrow`: the batch as a table. */
export function arrowTable(source: TableSource, options: unknown): Table {
  const checked = checkOptions<CheckedOptions>(options, 'options', TABLE_CHECKS)
  return tableOf(checked.arrow ?? loadArrow('toArrow'), source, checked, {})
}

/** `toIPC`: the batch as the bytes that other programs and languages read. */
export function arrowIPC(source: TableSource, options: unknown, usual: IPCFormat): Uint8Array<ArrayBuffer> {
  const { format = usual, ...checked } = checkOptions<CheckedOptions & { format?: IPCFormat }>(
    options,
    'options',
    IPC_CHECKS,
  )
  const arrow = checked.arrow ?? loadArrow('toIPC')
  return arrow.tableToIPC(tableOf(arrow, source, checked, { isWritten: true }), format) as Uint8Array<ArrayBuffer>
}

/** What becomes of a table. */
export interface Purpose {
  readonly isWritten?: boolean
  readonly isParquet?: boolean
  /** The kind of the keys of all batches of a stream. */
  readonly keyKind?: KeyKind | undefined
}

/** A batch as a table of one record batch. */
export function tableOf(arrow: ArrowLibrary, source: TableSource, options: CheckedOptions, purpose: Purpose): Table {
  const { memory } = source
  const { isWritten = false, isParquet = false, keyKind } = purpose
  const isDictionary = dictionaryChoice(memory.fields, options.dictionary)
  const build = new Build(arrow, { views: options.views !== false, isDictionary, isWritten, isParquet })
  const extras = extraColumns(build, source, options, keyKind)
  const columns = [...memory.fields.map((field, index) => build.column(memory, field, index)), ...extras]
  const fields = columns.map(({ name, data, metadata }) => arrow.Field.new(name, data.type, true, new Map(metadata)))
  const data = build.data(new arrow.Struct(fields), memory.length, { children: columns.map((column) => column.data) })
  return new arrow.Table(new arrow.RecordBatch(new arrow.Schema(fields), data as RecordBatch['data']))
}

/** Which fields are to be dictionaries. */
function dictionaryChoice(
  fields: readonly Field[],
  names: boolean | readonly string[] = false,
): (field: Field) => boolean {
  if (typeof names === 'boolean') return (field) => names && isText(field)
  names.forEach((name, index) => {
    const field = fields.find((each) => each.name === name)
    if (field === undefined || !isText(field)) {
      const texts = fields.filter(isText).map((each) => quote(each.name))
      const those = texts.length === 0 ? 'the batch has none' : `those are ${oneOf(texts)}`
      throw invalidArgument(`options.dictionary[${index}] must be a field of text, not ${quote(name)}; ${those}`)
    }
  })
  return ({ name }) => names.includes(name)
}

const isText = ({ kind }: Field): boolean => kind === 'utf8' || kind === 'S'

type ExtraName = Exclude<keyof CheckedOptions, 'arrow' | 'views' | 'dictionary'>

/** The columns that are not in the dtype, in this order. */
const EXTRAS: Record<ExtraName, (build: Build, source: TableSource, keyKind?: KeyKind) => Omit<Column, 'name'>> = {
  key: (build, { keys }, keyKind) => build.keys(keys, keyKind),
  gen: (build, { memory }) => ({ data: build.ofRecords(memory, memory.at.gen) }),
  ttl: (build, { memory }) => ({ data: build.ofRecords(memory, memory.at.ttl) }),
  resultCode: (build, { memory }) => ({ data: build.numbers('i4', resultCodesOf(memory), {}) }),
}

function extraColumns(build: Build, source: TableSource, options: CheckedOptions, keyKind?: KeyKind): Column[] {
  const taken = new Set(source.memory.fields.map(({ name }) => name))
  return (Object.keys(EXTRAS) as ExtraName[])
    .filter((extra) => options[extra] !== undefined && options[extra] !== false)
    .map((extra) => {
      const name = options[extra] === true ? extra : (options[extra] as string)
      if (taken.has(name)) throw doubledName(extra, name)
      taken.add(name)
      return { name, ...EXTRAS[extra](build, source, keyKind) }
    })
}

/** The error for a column whose name is taken. */
export function doubledName(option: string, name: string): TypeError {
  return invalidArgument(
    `options.${option}: there is a column ${quote(name)} already; give another name, such as { ${option}: 'record_${option}' }`,
  )
}

function resultCodesOf({ buffer, at, length }: Memory): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, at.resultCodes, 4 * length)
}
