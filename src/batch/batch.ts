import { writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { type TableSource, arrowIPC, arrowTable } from '../arrow/table.js'
import type {
  ArrowColumns,
  ArrowExtraColumns,
  ArrowOptions,
  ArrowTable,
  IPCOptions,
  SaveIPCOptions,
} from '../arrow/types.js'
import { noSuchRow } from '../columns/column.js'
import { createColumn } from '../columns/create.js'
import { invalidArgument } from '../errors.js'
import { given, oneOf, quote } from '../arguments/given.js'
import type { Failure } from './failure.js'
import { inspectBatch } from './inspect.js'
import { KeyIndex } from '../keys/key-index.js'
import { idText } from '../keys/ids.js'
import { type FoundKey, type Key, type PrimaryKey, keyAt } from '../keys/key.js'
import { notCloneable } from '../tags.js'
import { type Memory, checkPresent, isPresent, transfer } from '../columns/memory.js'
import { conversionsOf } from './conversions.js'
import { type DetachedBatch, detached, partsOfDetached } from './detached.js'
import { rowsAsJson } from './json.js'
import { npyFile } from './npy.js'
import { npyOfColumn } from '../columns/npy.js'
import { type RowReader, byField, rowReader } from '../columns/rows.js'
import type { BatchParts, Conversions, Indices, Mask, Meta, Records } from './parts.js'
import { selectRows, slicePosition, takenRows } from './selection.js'
import { chosenRows, slicedRows, wholeMemory } from './subset.js'
import type { Columns } from '../columns/types.js'
import type { Layout } from '../kinds/kinds.js'
import type { Row, Schema } from '../kinds/literals.js'

/**
 * The table of a batch. It is made from the batch's own type and not from its schema: Arrow's tables cannot stand for tables
 * of fewer columns, and with them in its interface a batch could not stand for any batch.
 */
type TableOf<B, O> = ArrowTable<ArrowColumns<SchemaOfBatch<B>, O> & ArrowExtraColumns<O>>

type SchemaOfBatch<B> = B extends Batch<infer S> ? S : never

// The constructor is private: batches come from reads, and only this package sees their parts.
let createBatch: (parts: BatchParts) => Batch
let partsOf: (batch: Batch) => BatchParts

export { createBatch, partsOf }

/**
 * The records of a batch read, in one buffer, in the order of the keys.
 *
 * `KeyOf` is the type of its keys: that of a batch read has the keys that were asked for, and one of a scan or query may have records
 * without a primary key.
 *
 * Everything is a view of that buffer or created on demand; nothing is done per row before you ask for it.
 */
export class Batch<
  S extends Schema = Schema,
  L extends Layout = Layout,
  KeyOf extends FoundKey = FoundKey,
> implements Iterable<Row<S>> {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a batch; take it elsewhere with batch.detach() and Batch.from()')
  /** Number of rows: one per key, including duplicates and missing records. */
  readonly length: number
  /** `'columns'` or `'rows'`. */
  readonly layout: L
  /** The requests that failed. */
  readonly failures: readonly Failure[]
  readonly #parts: BatchParts
  readonly #memory: Memory
  readonly #index: KeyIndex
  #columns: Columns<S, L> | undefined
  #valid: { readonly [K in keyof S]: Uint8Array<ArrayBuffer> } | undefined
  #meta: Meta | undefined
  #conversions: { readonly [K in keyof S]: Conversions } | undefined
  #resultCodes: Int32Array<ArrayBuffer> | undefined
  #keys: readonly KeyOf[] | undefined
  #row: RowReader | undefined

  static {
    createBatch = (parts) => new Batch(parts)
    partsOf = (batch) => batch.#parts
  }

  private constructor(parts: BatchParts) {
    this.#parts = parts
    this.#memory = parts.memory
    this.#index = new KeyIndex(parts.keys)
    this.length = parts.memory.length
    this.layout = parts.memory.layout as L
    this.failures = parts.failures
    // Spread and comparisons look at what an object has itself. A descriptor each would cost three times as much.
    for (const [name, view] of VIEWS) defineView.call(this, name, view)
  }

  /** Creates a batch from the result of `detach`, in this thread or in another one. */
  static from<S extends Schema = Schema, L extends Layout = Layout>(parts: DetachedBatch<S, L>): Batch<S, L> {
    return new Batch<S, L>(partsOfDetached(parts))
  }

  /** The one buffer that contains everything but what is in `blocks`. */
  get buffer(): ArrayBuffer {
    return this.#present().buffer
  }

  /**
   * The values of `utf8`, `binary`, list and `any` fields that are longer than their cells, one after the other. A cell in
   * `buffer` has 16 bytes, in the layout of Arrow's BinaryView: the length, and the number and position in these blocks.
   * Batches that are made of this one share them.
   */
  get blocks(): readonly Uint8Array[] {
    return this.#present().blocks ?? []
  }

  /** A column per field: a typed array if the layout allows one, otherwise a column object. */
  get columns(): Columns<S, L> {
    const memory = this.#present()
    return (this.#columns ??= byField(memory, (index) => createColumn(memory, index)) as Columns<S, L>)
  }

  /** Per field 1 where the bin was present and converted, otherwise 0. */
  get valid(): { readonly [K in keyof S]: Uint8Array<ArrayBuffer> } {
    const { buffer, at, length } = this.#present()
    return (this.#valid ??= byField(this.#memory, (index) => new Uint8Array(buffer, at.valid[index], length)) as {
      readonly [K in keyof S]: Uint8Array<ArrayBuffer>
    })
  }

  /** The metadata of each record: generation and ttl. */
  get meta(): Meta {
    const { buffer, at, length } = this.#present()
    return (this.#meta ??= {
      gen: new Uint32Array(buffer, at.gen, length),
      ttl: new Uint32Array(buffer, at.ttl, length),
    })
  }

  /** Per row 0 for success, 2 for a record that does not exist, negative for codes of the client. */
  get resultCodes(): Int32Array<ArrayBuffer> {
    const { buffer, at, length } = this.#present()
    return (this.#resultCodes ??= new Int32Array(buffer, at.resultCodes, length))
  }

  /** What happened to the values of each field. A batch from `where` or `ok` has the counts of the original read. */
  get conversions(): { readonly [K in keyof S]: Conversions } {
    return (this.#conversions ??= conversionsOf(this.#parts) as { readonly [K in keyof S]: Conversions })
  }

  /**
   * The keys in order, as they were at the start of the read; integers are numbers if a number holds them exactly. In a batch of a scan
   * or query the primary key is `null` for a record that was written without it.
   */
  get keys(): readonly KeyOf[] {
    const { keys } = this.#parts
    return (this.#keys ??= Array.from({ length: keys.length }, (_, row) => keyAt(keys, row) as FoundKey as KeyOf))
  }

  /** The digests of the rows, 20 bytes each, of a scan or query with `keys: 'digest'`; else `undefined`. */
  get digests(): Uint8Array<ArrayBuffer> | undefined {
    return this.#parts.digests
  }

  /** The whole records of the rows layout; `undefined` in the columns layout. */
  get records(): L extends 'rows' ? Records<S> : undefined {
    return (this.#present().layout === 'rows' ? recordsOf(this.#memory) : undefined) as L extends 'rows'
      ? Records<S>
      : undefined
  }

  /** A row as an object, counted from the end if `row` is negative. Throws a `RangeError` for a row that does not exist. */
  at(row: number): Row<S> {
    const index = Number.isInteger(row) && row < 0 ? row + this.length : row
    if (!Number.isInteger(index) || index < 0 || index >= this.length) throw noSuchRow(row, this.length)
    return this.#read()(index)
  }

  /**
   * The row of a primary key, or of a whole key where the batch has several sets; `undefined` where no key of the batch is
   * equal. Of equal keys the last one is found. A key whose record does not exist has a row too, of zeros.
   */
  get(key: PrimaryKey | Key): Row<S> | undefined {
    const row = this.#index.find(key)
    return row < 0 ? undefined : this.#read()(row)
  }

  /** The position of the row that `get` finds, or -1. */
  indexOf(key: PrimaryKey | Key): number {
    return this.#index.find(key)
  }

  /** Whether the batch has a row for the key. */
  has(key: PrimaryKey | Key): boolean {
    return this.#index.find(key) >= 0
  }

  /** The rows as objects, in order. */
  *[Symbol.iterator](): IterableIterator<Row<S>> {
    const read = this.#read()
    for (let row = 0; row < this.length; row++) yield read(row)
  }

  /** All rows as objects. */
  toObjects(): Row<S>[] {
    return Array.from(this)
  }

  /**
   * A new batch, with its own memory, of the rows that the mask keeps. Of a vector of Arrow's Bool those are the true ones,
   * and null is false.
   */
  where(mask: Mask<S>): Batch<S, L, KeyOf> {
    return this.#select(selectRows(mask, this.length, (row) => this.#read()(row)))
  }

  /** A new batch of the rows with result code 0. */
  ok(): Batch<S, L, KeyOf> {
    const codes = this.resultCodes
    return this.#select(
      selectRows(
        (_, row) => codes[row] === 0,
        this.length,
        () => undefined,
      ),
    )
  }

  /**
   * A new batch, with its own memory, of the rows that indices name, in that order; a row can be named several times.
   * Negative indices count from the end. A vector of Arrow's Bool takes the rows where it is true, as `where` does.
   */
  take(indices: Indices): Batch<S, L, KeyOf> {
    return this.#select(takenRows(indices, this.length))
  }

  /**
   * The rows from `start` to before `end`, with positions as `Array.prototype.slice` takes them.
   *
   * In the columns layout nothing is copied: columns, validity, `meta`, `resultCodes` and `buffer` are those of this batch,
   * so that a cell that is changed in one is changed in both, and a later read `into` this batch takes the memory of both
   * away. In the rows layout the rows are copied.
   */
  slice(start?: number, end?: number): Batch<S, L, KeyOf> {
    const from = slicePosition(start, 'start', this.length, 0)
    const to = Math.max(from, slicePosition(end, 'end', this.length, this.length))
    if (this.#present().layout === 'columns') return new Batch<S, L, KeyOf>(slicedRows(this.#parts, from, to))
    return this.#select(Uint32Array.from({ length: to - from }, (_, row) => from + row))
  }

  /**
   * The batch as a `.npy` file that `numpy.load` reads as a structured array (over some 400 fields numpy asks for
   * `max_header_size`). Validity, generations and codes are not in it. With the name of a field it is that column alone, as
   * an ordinary array: of one dimension, and with those of a sub-array behind it.
   */
  toNpy(field?: keyof S & string): Uint8Array<ArrayBuffer> {
    const memory = this.#present()
    return field === undefined ? npyFile(memory) : npyOfColumn(memory, indexOfField(memory, field))
  }

  /** Writes `toNpy(field)` to a file. */
  async saveNpy(path: string | URL, field?: keyof S & string): Promise<void> {
    await writeFile(path, this.toNpy(field))
  }

  /** Writes `toNpy(field)` to a file and returns when it is written. */
  saveNpySync(path: string | URL, field?: keyof S & string): void {
    writeFileSync(path, this.toNpy(field))
  }

  /**
   * The batch as a table of `apache-arrow`, an optional package that has to be installed. A cell is null where `valid` is 0.
   *
   * In the columns layout nothing is copied but booleans, which Arrow keeps as bits, and strings, which it keeps without
   * padding: numbers, `V` fields and sub-arrays stay in `buffer`, so that a later read `into` this batch takes them away. In
   * the rows layout every column is a copy.
   *
   * `S` is Utf8, `V` FixedSizeBinary, `?` Bool, a sub-array FixedSizeList, in several dimensions of FixedSizeLists; numbers
   * keep their type.
   */
  toArrow<B extends Batch, const O extends ArrowOptions = Record<string, never>>(this: B, options?: O): TableOf<B, O> {
    return arrowTable(this.#source(), options) as TableOf<B, O>
  }

  /**
   * `toArrow()` as the bytes of Arrow's IPC format, which polars, pandas, pyarrow, DuckDB and others read. Needs
   * `apache-arrow` too.
   */
  toIPC(options?: IPCOptions): Uint8Array<ArrayBuffer> {
    return arrowIPC(this.#source(), options, 'stream')
  }

  /** Writes `toIPC()` to a file, in the file format unless the options say otherwise. */
  async saveIPC(path: string | URL, options?: SaveIPCOptions): Promise<void> {
    await writeFile(path, arrowIPC(this.#source(), options, 'file'))
  }

  /** Writes `toIPC()` to a file, in the file format unless the options say otherwise, and returns when it is written. */
  saveIPCSync(path: string | URL, options?: SaveIPCOptions): void {
    writeFileSync(path, arrowIPC(this.#source(), options, 'file'))
  }

  /**
   * The batch as plain data, for another thread: `worker.postMessage(parts, parts.transfer)` moves the memory without a copy,
   * and `Batch.from(parts)` makes a batch of it there. This one is unusable afterwards, unless it is a slice: that is copied.
   */
  detach(): DetachedBatch<S, L> {
    this.#present()
    return detached({ ...this.#parts, memory: wholeMemory(this.#parts) }) as DetachedBatch<S, L>
  }

  /**
   * Gives the memory back before the garbage collector does: a scan or query reads later batches into it, so that a loop that
   * releases each batch needs the memory of a few. The batch is unusable afterwards, and so are its slices and typed arrays
   * over its columns, which are empty. Releasing it again does nothing; a slice cannot be released, as its memory is shared.
   */
  release(): void {
    if (this.#memory.isPart === true)
      throw invalidArgument('a slice shares its memory: release the batch that it is of')
    if (!isPresent(this.#memory)) return
    const moved = transfer(this.#memory.buffer)
    this.#parts.reuse?.(moved)
  }

  /**
   * What `JSON.stringify` writes: the rows. Integers of 64 bits are text, which keeps all their digits, `V` fields are hex,
   * sub-arrays are arrays.
   */
  toJSON(): Record<string, unknown>[] {
    return rowsAsJson(this.#present())
  }

  /** @internal */
  [inspect.custom](): string {
    if (!isPresent(this.#memory)) return `Batch(${this.length} rows, its memory was given away)`
    const keyText = (row: number): string => idText(this.#parts.keys.idAt(row))
    return inspectBatch({ memory: this.#memory, resultCodes: this.resultCodes, keyText })
  }

  #source(): TableSource {
    return { memory: this.#present(), keys: this.#parts.keys }
  }

  #present(): Memory {
    checkPresent(this.#memory)
    return this.#memory
  }

  #read(): (row: number) => Row<S> {
    const memory = this.#present()
    return (this.#row ??= rowReader(memory)) as (row: number) => Row<S>
  }

  #select(rows: Uint32Array): Batch<S, L, KeyOf> {
    this.#present()
    return new Batch<S, L, KeyOf>(chosenRows(this.#parts, rows))
  }
}

/** Properties of every batch itself, and not of its class alone, so that `{ ...batch }` and comparisons do not lose them. */
const VIEWS = ['columns', 'valid', 'meta', 'resultCodes', 'conversions', 'keys'].map(
  (name) =>
    [name, Reflect.get(Object.getOwnPropertyDescriptor(Batch.prototype, name) ?? {}, 'get') as () => unknown] as const,
)

/** Defines an enumerable accessor. */
const defineView = Reflect.get(Object.prototype, '__defineGetter__') as (
  this: object,
  name: string,
  get: () => unknown,
) => void

function recordsOf(memory: Memory): Records {
  const { buffer, at, length } = memory
  return {
    buffer,
    bytes: new Uint8Array(buffer, 0, at.itemsize * length),
    itemsize: at.itemsize,
    offsets: byField(memory, (index) => at.offsets[index] as number),
  }
}

function indexOfField({ fields }: Memory, name: unknown): number {
  const index = fields.findIndex((field) => field.name === name)
  if (index >= 0) return index
  throw invalidArgument(`field must be one of ${oneOf(fields.map((field) => quote(field.name)))}, not ${given(name)}`)
}
