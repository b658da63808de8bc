export type { InfoOptions, InfoReplies, TruncateOptions } from './admin.js'
export type { ArrowOptions, IPCOptions, SaveIPCOptions } from './arrow-types.js'
export { Batch } from './batch.js'
export type { Conversions, Failure, Mask, Meta, Records } from './batch.js'
export { Client } from './client.js'
export { BytesColumn, StridedColumn, SubarrayColumn } from './columns.js'
export type { AnyColumn, StridedSubarrayColumn } from './columns.js'
export { connect, connectSync } from './connect.js'
export type { ConnectOptions } from './connect.js'
export { ConversionError } from './conversion-error.js'
export { double } from './double.js'
export type { Double } from './double.js'
export { Dtype, dtype } from './dtype.js'
export type { RowOf } from './dtype.js'
export { AerostrideError, ClosedError, ConnectionError, ServerError, TimeoutError } from './errors.js'
export type { ErrorDetails } from './errors.js'
export type { Host, Hosts } from './hosts.js'
export { KeyList, keyList } from './key-list.js'
export type { Ids, IntegerArray } from './key-list.js'
export type { Key, PrimaryKey } from './keys.js'
export type { CallEvent, Logger, Subject } from './observe.js'
export { op } from './operations.js'
export type { Addend, Operation, Piece } from './operations.js'
export type { Integers, ReadPolicy, WritePolicy } from './policy.js'
export type { KeyAndBins } from './put-many.js'
export type { BatchReadOptions, Keys, OnLoss, RecordReadOptions } from './read.js'
export type { BinValue, ReadRecord } from './record.js'
export type { GetOptions, OperateOptions, ReadOptions, SelectOptions, WriteOptions } from './records.js'
export type { Pem, Secret, TlsOptions } from './security.js'
export type {
  CellOf,
  ColumnInput,
  ColumnInputs,
  ColumnOf,
  Columns,
  DtypeCode,
  DtypeList,
  DtypeObject,
  Field,
  FieldSpec,
  Kind,
  Layout,
  Row,
  Schema,
  SchemaOf,
  Shape,
} from './schema.js'
export type { ClientStats, LatencyStats, NodeStats } from './stats.js'
export type { Bins } from './values.js'
export type { BatchOptions, BatchWriteOptions, BatchWritePolicy, BatchWriteResult } from './write.js'
