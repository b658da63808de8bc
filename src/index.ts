export type { InfoOptions, InfoReplies, TruncateNamespaceOptions, TruncateOptions } from './calls/admin.js'
export type { ArrowOptions, IPCOptions, SaveIPCOptions } from './arrow/types.js'
export type { ArrowTableLike } from './arrow/input.js'
export type { ArrowVector } from './arrow/vector.js'
export { Batch } from './batch/batch.js'
export { concat } from './batch/concat.js'
export type { DetachedBatch } from './batch/detached.js'
export type { Conversions, Indices, Mask, Meta, Records } from './batch/parts.js'
export type { Failure } from './batch/failure.js'
export type { RecordBatchOptions, SaveOptions, SaveParquetOptions, SaveStreamIPCOptions, Saved } from './files/save.js'
export { loadNpy, loadNpySync } from './batch/load-npy.js'
export type { LoadNpyOptions, NpySource } from './batch/load-npy.js'
export { Client } from './client/client.js'
export type { Roles } from './client/roles.js'
export type { Udfs } from './client/udfs.js'
export type { Users } from './client/users.js'
export { BytesColumn, StridedColumn, SubarrayColumn } from './columns/column.js'
export type { StridedSubarrayColumn } from './columns/column.js'
export type { AnyColumn } from './columns/create.js'
export { DatetimeColumn } from './columns/datetime.js'
export type { Instant } from './columns/datetime.js'
export { BinaryColumn, ListColumn, TextColumn, ValueColumn } from './columns/view-column.js'
export { connect, connectSync } from './client/connect.js'
export type { ConnectOptions } from './client/connect.js'
export { ConversionError } from './batch/conversion-error.js'
export { double } from './arguments/double.js'
export type { Double } from './arguments/double.js'
export { GeoJSON, HyperLogLog } from './arguments/particle.js'
export type { GeoJSONObject } from './arguments/particle.js'
export { Dtype, dtype } from './dtype/dtype.js'
export type { RowOf } from './dtype/dtype.js'
export { ael } from './expressions/ael.js'
export { AelError } from './expressions/ael/error.js'
export type { AelDetails } from './expressions/ael/error.js'
export { ctx } from './expressions/context.js'
export type {
  ContextCreatingStep,
  ContextStep,
  CreateListOptions,
  CreateMapOptions,
  MapOrder,
  PathContextStep,
} from './expressions/context.js'
export type {
  BitSumOptions,
  ContainerChange,
  RemovedOptions,
  ResizedOptions,
  SortedList,
  SortedOptions,
} from './expressions/builder/changes.js'
export type { PathOptions, PathReturn, PathSelectOptions } from './expressions/builder/paths.js'
export { exp } from './expressions/exp.js'
export { Expression } from './expressions/expression.js'
export type {
  BitIntOptions,
  InContext,
  ListReturn,
  ManyOptions,
  ManyResult,
  MapReturn,
  OneOptions,
  OneResult,
} from './expressions/builder/collections.js'
export type { AnyOperand, Arithmetic, Comparison, Operand } from './expressions/builder/operands.js'
export type { Computed, Filter } from './expressions/filter.js'
export type { RegexOptions } from './expressions/builder/operators.js'
export type { AnyType, ExpressionType, Item, Literal, MapKey } from './expressions/types.js'
export { AerostrideError, ClosedError, ConnectionError, ServerError, TimeoutError } from './errors.js'
export type { ErrorDetails } from './errors.js'
export type { Host, Hosts } from './client/hosts.js'
export { KeyList, keyList } from './keys/key-list.js'
export type { Ids, IntegerArray } from './keys/key-list.js'
export type { DigestKey, FoundKey, Key, PrimaryKey } from './keys/key.js'
export type { CallEvent, Logger, Subject } from './calls/observe.js'
export { op } from './calls/operations.js'
export type { Addend, Operation, Piece } from './calls/operations.js'
export type { ComputeOptions, WriteComputedOptions } from './calls/operations-computed.js'
export type { MapAddend, StoredValue } from './calls/inside/arguments.js'
export type { InsideOperation, ResultOf } from './calls/inside/operation.js'
export type * from './calls/inside/options.js'
export type {
  GetManyOptions,
  GetOneOptions,
  InsideMany,
  InsideOne,
  ListReturns,
  MapReturns,
  RemoveManyOptions,
  RemoveOneOptions,
} from './calls/inside/selections.js'
export type { Integers, ReadPolicy, StreamPolicy, WritePolicy } from './policies/policy.js'
export type { KeyAndBins, PutManyOptions } from './calls/put-many.js'
export type { ApplyOptions, BatchApplyResult } from './calls/apply.js'
export type { BatchExistsOptions, BatchExistsResult } from './calls/batch-exists.js'
export type { BatchOperations } from './calls/batch-operate.js'
export type {
  BatchApplyOptions,
  BatchOperateOptions,
  BatchOperateResult,
  BatchRemoveOptions,
  PerKey,
} from './calls/batch-work.js'
export type { ClusterNode, Ping, PingOptions } from './calls/nodes.js'
export { Transaction } from './calls/transaction.js'
export type {
  TransactionEnd,
  TransactionEndOptions,
  TransactionOptions,
  TransactionState,
} from './calls/transaction.js'
export type { RegisterOptions, Udf, UdfCallOptions, UdfModule, UdfSource } from './calls/udfs.js'
export type {
  AdminCallOptions,
  GrantedPrivilege,
  Privilege,
  PrivilegeCode,
  Quotas,
  RoleInfo,
  RoleOptions,
  UserInfo,
} from './calls/users.js'
export { BackgroundJob } from './stream/background.js'
export type { BackgroundNamespaceOptions, BackgroundOptions, JobProgress, WaitOptions } from './stream/background.js'
export type { BatchReadOptions, OnLoss } from './calls/batch-read.js'
export type { Keys } from './calls/plan-keys.js'
export type { RecordReadOptions } from './calls/records-read.js'
export type { BinValue, ReadRecord } from './calls/record.js'
export type {
  GetOptions,
  OperateOptions,
  OperatedRecord,
  ReadOptions,
  ResultsOf,
  SelectOptions,
  WriteOptions,
} from './calls/records.js'
export type { Pem, Secret, TlsOptions } from './client/security.js'
export type {
  AnyValue,
  CellOf,
  DatetimeCell,
  DtypeCode,
  DtypeList,
  DtypeObject,
  FieldDetails,
  FieldSpec,
  FieldType,
  FillValue,
  Row,
  Schema,
  SchemaOf,
  Shape,
} from './kinds/literals.js'
export type { ColumnInput, ColumnInputs, ColumnOf, Columns } from './columns/types.js'
export type { DatetimeUnit, Field, Kind, Layout } from './kinds/kinds.js'
export type { ClientStats, LatencyStats, NodeStats, StreamStats } from './client/stats.js'
export type { Bins } from './calls/values.js'
export type {
  BatchOptions,
  BatchWriteOptions,
  BatchWritePolicy,
  BatchWriteResult,
  WritableRows,
} from './calls/batch-write.js'
export { Where, between, contains, containsPoint, equal, withinRegion } from './stream/where.js'
export type { Collection, GeoJSONInput, IndexTarget, IndexValue } from './stream/where.js'
export type { PathStep } from './stream/context.js'
export type { ToBatchOptions } from './stream/collector.js'
export { Stream, SyncStream } from './stream/stream.js'
export type { StreamFailure, StreamProgress } from './stream/stream.js'
export type { ColumnScanOptions, Partitions, RecordScanOptions, StreamOptions, WhereOption } from './stream/options.js'
export type { StreamRecord } from './stream/record.js'
export type { IndexCallOptions, IndexInfo, IndexOptions } from './stream/indexes.js'
export type { ChosenType } from './schema/choose.js'
export { InferredDtype } from './schema/inferred.js'
export type { SeenBin, SeenValues } from './schema/inferred.js'
export type { InferOptions } from './schema/infer.js'
