import { type Filter, filterOption } from '../expressions/filter.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import {
  type Check,
  type Checks,
  boolean,
  checkOptions,
  choice,
  instance,
  integer,
  isObject,
  list,
  text,
} from '../arguments/options.js'
import {
  type CheckedReadPolicy,
  type Integers,
  type StreamPolicy,
  integersOption,
  streamPolicy,
} from '../policies/policy.js'
import { Dtype, refuseDtype } from '../dtype/dtype.js'
import { abortSignal } from '../calls/abort.js'
import type { OnLoss } from '../calls/batch-read.js'
import type { Layout } from '../kinds/kinds.js'
import type { FillValue, Schema } from '../kinds/literals.js'
import { typedArrayName } from '../tags.js'
import { Where, binName } from './where.js'

/** A part of the 4096 partitions: from `begin`, `count` of them; numbers; or every `n`-th, beginning with number `i`. */
export type Partitions =
  | {
      /** The first partition, from 0 to 4095. */
      readonly begin: number
      /** The number of partitions. */
      readonly count: number
    }
  | readonly number[]
  | {
      /** Which of how many shares, from 0. */
      readonly shard: readonly [i: number, n: number]
    }

/** Options of every scan and query. */
export interface StreamOptions {
  /** Only records that match: AEL text, an expression or its bytes. */
  filter?: Filter | undefined
  /** Maximum rows of a batch. Default 32768 rows of columns, or 1024 records; fewer if a batch would exceed 8 MiB. */
  batchRows?: number | undefined
  /** User keys if they are stored (the default), digests, or neither. */
  keys?: 'user' | 'digest' | 'none' | undefined
  /** Only these partitions, so that several scans can share the work. Default all. */
  partitions?: Partitions | undefined
  /** Rows after which the stream ends. Default no limit. */
  maxRows?: number | undefined
  /** Maximum number of records per second from each node. Default no limit. */
  recordsPerSecond?: number | undefined
  /** The cursor of an earlier stream over the same records: this one delivers the rest. */
  after?: string | undefined
  /** How the stream behaves: timeouts, retries, replicas. */
  policy?: StreamPolicy | undefined
  /** Ends the stream. A blocking stream checks it only between batches. */
  signal?: AbortSignal | undefined
}

/** Options of a scan into columns. */
export interface ColumnScanOptions<S extends Schema = Schema, L extends Layout = Layout> extends StreamOptions {
  /** Which bins to read, and their types. Records that have none of these bins are left out. */
  dtype: Dtype<S>
  /** Each column contiguous (the default), or records as in numpy. */
  layout?: L | undefined
  /** Pads the records of the rows layout as a C compiler does. Default false. */
  align?: boolean | undefined
  /** How to handle values that do not fit their field. Default `'allow'`. */
  onLoss?: OnLoss | undefined
  /** What cells without a value hold, by field: `{ humidity: NaN }`. Default what the dtype says, else 0. */
  fill?: { readonly [K in keyof S]?: FillValue | undefined } | undefined
  /** `'bigint'` gives all integers of `any` fields as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
}

/** Options of a scan of ordinary records. */
export interface RecordScanOptions extends StreamOptions {
  /** The bins to read. Default all. An empty list reads keys, generations and ttls only. */
  bins?: readonly string[] | undefined
  /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
  integers?: Integers | undefined
}

/** Options of a scan, whatever it gives. */
export type ScanOptions = ColumnScanOptions | RecordScanOptions

/** The option that a query has in addition to those of a scan. */
export interface WhereOption {
  /** What to look for in which index: see {@link equal}, {@link between}, {@link contains}, {@link withinRegion}. */
  where: Where
}

/** The options of a scan or query, checked. */
export interface CheckedStream {
  where?: Where
  dtype?: Dtype
  layout?: Layout
  align?: boolean
  onLoss?: OnLoss
  fill?: Record<string, unknown>
  bins?: string[]
  integers?: boolean
  filter?: Uint8Array
  batchRows?: number
  keys?: 'user' | 'digest' | 'none'
  partitions?: Uint16Array
  maxRows?: number
  recordsPerSecond?: number
  after?: string
  policy?: CheckedReadPolicy
  signal?: AbortSignal
}

const PARTITIONS = 4096
const MAX_BATCH_ROWS = 0x100_0000

interface Part {
  begin?: number
  count?: number
  shard?: number[]
}

const PART_CHECKS: Checks<Part> = {
  begin: integer(0, PARTITIONS - 1),
  count: integer(1, PARTITIONS),
  shard: list(integer(0, PARTITIONS)),
}

const partitions: Check<Uint16Array> = (value, name) => {
  if (Array.isArray(value) || typedArrayName(value) !== undefined) return numbers(Array.from(value as number[]), name)
  if (!isObject(value)) {
    throw invalidArgument(
      `${name} must be { begin, count }, { shard: [i, n] } or an array of numbers, not ${given(value)}`,
    )
  }
  const { begin, count, shard } = checkOptions(value, name, PART_CHECKS)
  if (shard !== undefined && begin === undefined && count === undefined) return shardOf(shard, `${name}.shard`)
  if (begin === undefined || count === undefined || shard !== undefined) {
    throw invalidArgument(`${name} must have both begin and count, or shard alone`)
  }
  if (begin + count > PARTITIONS) {
    throw outOfRange(`${name}: ${count} partitions from ${begin} on go past the last one, which is ${PARTITIONS - 1}`)
  }
  return Uint16Array.from({ length: count }, (_, index) => begin + index)
}

function numbers(ids: unknown[], name: string): Uint16Array {
  const checked = list(integer(0, PARTITIONS - 1))(ids, name)
  const distinct = [...new Set(checked)].toSorted((a, b) => a - b)
  if (distinct.length === 0) throw outOfRange(`${name} must not be empty`)
  if (distinct.length < checked.length) throw outOfRange(`${name} names a partition twice`)
  return Uint16Array.from(distinct)
}

/** Every `n`-th partition: neighbours go to different shards, so that each has the same part of every node. */
function shardOf(shard: readonly number[], name: string): Uint16Array {
  const [i, n] = shard
  if (shard.length !== 2 || i === undefined || n === undefined || n < 1 || i >= n) {
    throw outOfRange(`${name} must be [i, n] with 0 <= i < n <= ${PARTITIONS}, not [${shard.join(', ')}]`)
  }
  const ids = Array.from({ length: PARTITIONS }, (_, id) => id)
  return Uint16Array.from(ids.filter((id) => id % n === i))
}

const COMMON: Omit<
  Checks<CheckedStream>,
  'dtype' | 'layout' | 'align' | 'onLoss' | 'fill' | 'bins' | 'integers' | 'where'
> = {
  filter: filterOption,
  batchRows: integer(1, MAX_BATCH_ROWS),
  keys: choice('user', 'digest', 'none'),
  partitions,
  maxRows: integer(1, Number.MAX_SAFE_INTEGER),
  recordsPerSecond: integer(1, 0xffff_ffff),
  after: text,
  policy: streamPolicy,
  signal: abortSignal,
}

const COLUMNS = {
  dtype: instance((value: unknown): value is Dtype => value instanceof Dtype, 'what dtype() returns'),
  layout: choice('columns', 'rows'),
  align: boolean,
  onLoss: choice('allow', 'null', 'throw'),
  fill: instance(isObject, 'an object'),
  integers: integersOption,
}

const RECORDS = { bins: list(binName), integers: integersOption }

const WHERE = {
  where: instance(
    (value: unknown): value is Where => value instanceof Where,
    'what equal(), between(), contains(), withinRegion() or containsPoint() returns',
  ),
}

/** Checks the options of a scan, or with `isQuery` of a query. */
export function checkStream(options: unknown, isQuery: boolean): CheckedStream {
  refuseDtype(options, 'options')
  const hasDtype = isObject(options) && 'dtype' in options
  const [own, other] = hasDtype ? [COLUMNS, RECORDS] : [RECORDS, COLUMNS]
  const checks = { ...COMMON, ...own, ...(isQuery ? WHERE : {}) }
  const misplaced = isObject(options) ? Object.keys(other).find((key) => key in options && !(key in own)) : undefined
  if (misplaced !== undefined) {
    const fits = hasDtype
      ? 'for records, and options.dtype asks for columns'
      : 'for columns, and options.dtype is missing'
    throw invalidArgument(`options.${misplaced} is ${fits}`)
  }
  const checked = checkOptions(options, 'options', checks as unknown as Checks<CheckedStream>)
  if (hasDtype && checked.dtype === undefined) {
    throw invalidArgument('options.dtype must be what dtype() returns, not undefined')
  }
  if (isQuery && checked.where === undefined) {
    throw invalidArgument('options.where is missing; a query needs it, as in { where: between("age", 20, 30) }')
  }
  return checked
}
