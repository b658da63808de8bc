import { loadBinding } from './load.js'
import type { Field } from '../kinds/kinds.js'

/**
 * What the binding offers, as the rest of this package uses it. Only this file imports the binding: it says more
 * precisely than the generated types which strings and arrays go across.
 */

export interface NativeField {
  name: string
  code: string
  shape: number[]
}

/** Where everything is in the one buffer of a batch. */
export interface NativeLayout {
  byteLength: number
  itemsize: number
  /** Byte offset of row 0, per field. */
  offsets: number[]
  /** Bytes from one row to the next, per field. */
  strides: number[]
  /** Byte offset of the validity mask, per field. */
  valid: number[]
  gen: number
  ttl: number
  resultCodes: number
}

export interface NativeDtype {
  readonly fields: Field[]
  layout(rows: number, layout: 'columns' | 'rows', align: boolean): NativeLayout
}

export interface NativeKeys {
  count: number
  groups: string[]
  groupOf?: Uint32Array
  types: Uint8Array
  ends: Uint32Array
  data: Uint8Array
}

export interface NativeKeyList {
  readonly count: number
}

export interface NativeAbort {
  abort(): void
}

export interface NativeReadPolicy {
  totalTimeout?: number
  socketTimeout?: number
  maxRetries?: number
  sleepBetweenRetries?: number
  replica?: string
  readModeAp?: string
  readModeSc?: string
  allowInline?: boolean
  allowInlineSSD?: boolean
  maxKeysPerRequest?: number
  maxConcurrentRequests?: number
  filterExpression?: Uint8Array
  bigints?: boolean
}

export interface NativeReadOptions {
  policy?: NativeReadPolicy
  layout: 'columns' | 'rows'
  align: boolean
  onLoss: 'allow' | 'null' | 'throw'
  bins?: string[]
  abort?: NativeAbort
}

export interface NativeFailureReport {
  node: string
  code: number
  message: string
  rows: Uint32Array
}

export interface NativeLoss {
  row: number
  field: string
  binType: string
  value: string
  reason: 'lossy' | 'mismatched'
}

export interface NativeOutcome {
  /** missing, lossy, mismatched of each field in turn. */
  conversions: number[]
  failures: NativeFailureReport[]
  /** Rows with result code 0. */
  ok: number
  loss?: NativeLoss | null
}

export interface NativeConnectOptions {
  hosts: { host: string; port: number; tlsName?: string }[]
  connectTimeout?: number
  clusterName?: string
  useServicesAlternate?: boolean
  maxConnsPerNode?: number
  maxRunningBatches?: number
  maxQueuedBatches?: number
  rackIds?: number[]
  user?: string
  password?: string
  authMode?: string
  tls?: NativeTls
}

/** Certificates in PEM form. */
export interface NativeTls {
  ca?: Uint8Array
  cert?: Uint8Array
  key?: Uint8Array
}

export interface NativeWritePolicy {
  totalTimeout?: number
  socketTimeout?: number
  maxRetries?: number
  ttl?: number
  generation?: number
  generationPolicy?: string
  exists?: string
  sendKey?: boolean
  durableDelete?: boolean
  commitLevel?: string
  filterExpression?: Uint8Array
  bigints?: boolean
}

export interface NativeColumnarWrite {
  policy?: NativeWritePolicy
  layout: 'columns' | 'rows'
  align: boolean
  abort?: NativeAbort
}

export interface NativeOperation {
  op: 'read' | 'header' | 'write' | 'add' | 'append' | 'prepend' | 'touch' | 'delete'
  bin?: string
  value?: unknown
}

/** The answers of every node, by its name and then by the name of the value. */
export type NativeInfo = Record<string, Record<string, string>>

export interface NativeRecord {
  bins: Record<string, unknown> | null
  gen: number
  ttl: number
  resultCode: number
}

/** What became of the rows of a write of many records. */
export interface NativeWrittenRecords {
  resultCodes: Int32Array<ArrayBuffer>
  gen: Uint32Array<ArrayBuffer>
  failures: NativeFailureReport[]
}

/** What a client has done since it was connected: times in microseconds. */
export interface NativeStats {
  batches: number
  failedBatches: number
  rows: number
  okRows: number
  requests: number
  failedRequests: number
  retriedRows: number
  bytesSent: number
  bytesReceived: number
  latency: { count: number; mean: number; min: number; p50: number; p90: number; p99: number; max: number }
  nodes: { node: string; idle: number; inUse: number; available: boolean }[]
}

export interface NativeDouble {
  readonly value: number
}

export interface NativeClient {
  batchRead(
    keys: NativeKeys | NativeKeyList,
    dtype: NativeDtype,
    buffer: Uint8Array,
    options: NativeReadOptions,
  ): Promise<NativeOutcome>
  batchReadSync(
    keys: NativeKeys | NativeKeyList,
    dtype: NativeDtype,
    buffer: Uint8Array,
    options: NativeReadOptions,
  ): NativeOutcome
  batchReadRecords(
    keys: NativeKeys | NativeKeyList,
    bins: string[] | null,
    policy?: NativeReadPolicy,
    abort?: NativeAbort,
  ): Promise<NativeRecord[]>
  batchReadRecordsSync(
    keys: NativeKeys | NativeKeyList,
    bins: string[] | null,
    policy?: NativeReadPolicy,
  ): NativeRecord[]
  put(key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy, abort?: NativeAbort): Promise<void>
  putSync(key: NativeKeys, bins: Record<string, unknown>, policy?: NativeWritePolicy): void
  putMany(
    keys: NativeKeys,
    records: Record<string, unknown>[],
    policy?: NativeWritePolicy,
    abort?: NativeAbort,
  ): Promise<NativeWrittenRecords>
  putManySync(keys: NativeKeys, records: Record<string, unknown>[], policy?: NativeWritePolicy): NativeWrittenRecords
  get(
    key: NativeKeys,
    bins: string[] | null,
    policy?: NativeReadPolicy,
    abort?: NativeAbort,
  ): Promise<NativeRecord | null>
  getSync(key: NativeKeys, bins: string[] | null, policy?: NativeReadPolicy): NativeRecord | null
  exists(key: NativeKeys, policy?: NativeReadPolicy, abort?: NativeAbort): Promise<boolean>
  existsSync(key: NativeKeys, policy?: NativeReadPolicy): boolean
  touch(key: NativeKeys, policy?: NativeWritePolicy, abort?: NativeAbort): Promise<void>
  touchSync(key: NativeKeys, policy?: NativeWritePolicy): void
  remove(key: NativeKeys, policy?: NativeWritePolicy, abort?: NativeAbort): Promise<boolean>
  removeSync(key: NativeKeys, policy?: NativeWritePolicy): boolean
  operate(
    key: NativeKeys,
    operations: NativeOperation[],
    policy?: NativeWritePolicy,
    abort?: NativeAbort,
  ): Promise<NativeRecord>
  operateSync(key: NativeKeys, operations: NativeOperation[], policy?: NativeWritePolicy): NativeRecord
  info(names: string[], node?: string, abort?: NativeAbort): Promise<NativeInfo>
  infoSync(names: string[], node?: string): NativeInfo
  truncate(namespace: string, set: string, beforeNanos: bigint, abort?: NativeAbort): Promise<void>
  truncateSync(namespace: string, set: string, beforeNanos: bigint): void
  batchWrite(
    keys: NativeKeys | NativeKeyList,
    dtype: NativeDtype,
    buffer: Uint8Array,
    result: Uint8Array,
    options: NativeColumnarWrite,
  ): Promise<NativeOutcome>
  batchWriteSync(
    keys: NativeKeys | NativeKeyList,
    dtype: NativeDtype,
    buffer: Uint8Array,
    result: Uint8Array,
    options: NativeColumnarWrite,
  ): NativeOutcome
  /** What the client has done so far. */
  stats(): NativeStats
  close(): Promise<void>
  closeSync(): void
}

export interface NativeDevServer {
  readonly hosts: string[]
  readonly certificates?: { ca: string; cert: string; key: string } | null
  stop(): Promise<void>
  stopNode(node: number): Promise<void>
  startNode(node: number): Promise<void>
  freezeNode(node: number): Promise<void>
  thawNode(node: number): Promise<void>
  setFaults(rules: string[]): void
  stats(): NativeDevStats | null
}

export interface NativeDevStats {
  connections: number
  connectionsOpened: number
  objects: number
  memory: number
  faults: number
}

export interface NativeDevTls {
  cert?: string
  key?: string
  name?: string
  clientCa?: string
  mutual?: boolean
  clientName?: string
  expired?: string
}

export interface NativeDevServerOptions {
  port?: number
  nodes?: number
  replicationFactor?: number
  racks?: number[]
  namespaces?: { name: string; memoryLimit?: number; defaultTtl?: number }[]
  users?: { user: string; password: string; roles: string[]; external?: boolean; expired?: boolean }[]
  sessionTtl?: number
  tls?: NativeDevTls
  /** As words, see src/fault-rule.ts. */
  faults?: string[]
  seed?: number
  failureDetection?: number
  joining?: number
  migration?: number
}

interface NativeBinding {
  NativeDtype: new (fields: NativeField[]) => NativeDtype
  NativeKeyList: {
    new (keys: NativeKeys): NativeKeyList
    fromIntegers(namespace: string, set: string, bytes: Uint8Array, kind: string): NativeKeyList
  }
  NativeAbort: new () => NativeAbort
  NativeDouble: new (value: number) => NativeDouble
  NativeClient: {
    connect(options: NativeConnectOptions): Promise<NativeClient>
    connectSync(options: NativeConnectOptions): NativeClient
  }
  startDevServer(options: NativeDevServerOptions): NativeDevServer
}

/** The binding itself. */
export const native = loadBinding(() => require('../../native/index.cjs') as NativeBinding)
