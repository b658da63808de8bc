// Written by `npm run api`.

// @ts-ignore: an optional package.
import type * as Arrow from 'apache-arrow';
import type { Float16Array as Float16Array_2 } from '@petamoriken/float16';

/** What can be added to a bin: a number, an int64 as bigint, or a Double. */
export declare type Addend = number | bigint | Double;

/** Options of calls on users and roles. */
export declare interface AdminCallOptions {
    /** Aborts the call; what the server has received by then it carries out. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** The methods of a client on indexes, whole sets and the nodes. */
declare abstract class AdminMethods extends StreamMethods {
    /**
     * Creates a secondary index, and resolves when every node has built it. If an index of the same name and definition exists,
     * nothing changes. The same definition under another name is an error, because the server would rename that index.
     */
    createIndex(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): Promise<void>;
    /** `createIndex` that returns when it is done. */
    createIndexSync(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): void;
    /** Drops a secondary index. Returns whether it existed. */
    dropIndex(namespace: string, name: string, options?: IndexCallOptions): Promise<boolean>;
    /** `dropIndex` that returns when it is done. */
    dropIndexSync(namespace: string, name: string, options?: IndexCallOptions): boolean;
    /** Lists the secondary indexes of a namespace, or of all namespaces. */
    indexes(namespace?: string, options?: IndexCallOptions): Promise<IndexInfo[]>;
    /** `indexes` that returns when it is done. */
    indexesSync(namespace?: string, options?: IndexCallOptions): IndexInfo[];
    /** Requests info values, such as `build` or `namespaces`, from all nodes or from one. */
    info(names: string | readonly string[], options?: InfoOptions): Promise<InfoReplies>;
    /** `info` that returns when it is done. */
    infoSync(names: string | readonly string[], options?: InfoOptions): InfoReplies;
    /** Deletes all records of a set, or those that were last written before a time, where one is given. */
    truncate(namespace: string, set: string, options?: TruncateOptions): Promise<void>;
    /** Deletes all records of a namespace: `truncate('test', { wholeNamespace: true })`. */
    truncate(namespace: string, options: TruncateNamespaceOptions): Promise<void>;
    /** `truncate` that returns when it is done. */
    truncateSync(namespace: string, set: string, options?: TruncateOptions): void;
    /** `truncate` of a namespace that returns when it is done. */
    truncateSync(namespace: string, options: TruncateNamespaceOptions): void;
    /** The modules of user-defined functions on the cluster. */
    get udfs(): Udfs;
    /** The users of the cluster. */
    get users(): Users;
    /** The roles of the cluster. */
    get roles(): Roles;
    /** Asks every node for its name, all at once: how long each took, or why it did not answer. */
    ping(options?: PingOptions): Promise<Ping[]>;
    /** `ping` that returns when it is done. */
    pingSync(options?: PingOptions): Ping[];
    /** The nodes of the cluster as the client knows them, by name. Nothing is sent. */
    nodes(): ClusterNode[];
    /** Whether the client is open and knows a node that answers. Nothing is sent. */
    isConnected(): boolean;
}

/**
 * An expression from AEL text, with values in the place of `?0`, `?1`, …
 *
 * Values never become part of the text: a string is compared as it is, whatever it contains. A value may also be an expression.
 * `ael` is also a tag of template literals, whose placeholders are the values. The type is that of a filter unless you name
 * another one. Throws an {@link AelError} if the text is not an expression or its types do not match.
 */
export declare function ael<T extends ExpressionType = 'bool'>(text: string, ...values: readonly unknown[]): Expression<T>;

export declare function ael<T extends ExpressionType = 'bool'>(text: TemplateStringsArray, ...values: readonly unknown[]): Expression<T>;

/** What is known of a mistake in text. */
export declare interface AelDetails {
    /** The text. */
    readonly text: string;
    /** Where in it the mistake is, from 0. */
    readonly at: number;
    /** What was expected there, or is wrong. */
    readonly problem: string;
    /** What was probably meant. */
    readonly hint?: string | undefined;
}

/** Text that is no expression: of the wrong form, or of types that do not go together. Nothing is sent then. */
export declare class AelError extends SyntaxError {
    /** Always `ERR_AEROSTRIDE_AEL`. */
    readonly code = "ERR_AEROSTRIDE_AEL";
    /** The line of the mistake, from 1. */
    readonly line: number;
    /** The column of the mistake, from 1, in UTF-16 units as JavaScript counts. */
    readonly column: number;
    constructor({ text, at, problem, hint }: AelDetails, name?: string);
}

/** Base class of all errors of this package, except for bad arguments, which are `TypeError` and `RangeError`. */
export declare class AerostrideError extends Error {
    /** Stable identifier of the kind of failure, such as `ERR_AEROSTRIDE_TIMEOUT`. */
    readonly code: string;
    /** Result code of the server (0 and above) or of the client (negative), if there is one. */
    readonly resultCode?: number;
    /** The node that was asked, as `name host:port`, if one was asked. */
    readonly node?: string;
    /** How many times the request was sent, if it was sent. */
    readonly attempts?: number;
    /**
     * Whether a write may have been done all the same: it was sent and not answered, the server's time was up, or a further
     * attempt was answered after one of which nobody knows. Read the record before writing again what must not be done twice.
     */
    readonly inDoubt: boolean;
    /** Of a scan or query: where another one can go on, behind everything that was delivered. */
    readonly cursor?: string;
    constructor(message: string, details?: ErrorDetails);
}

/** numpy's other names, long and short. */
declare interface Aliases extends Record<'int8' | 'b' | 'byte', 'i1'>, Record<'int16' | 'h' | 'short', 'i2'>, Record<'int32' | 'i' | 'intc', 'i4'>, Record<'int64' | 'q' | 'int' | 'longlong', 'i8'>, Record<'uint8' | 'B' | 'ubyte', 'u1'>, Record<'uint16' | 'H' | 'ushort', 'u2'>, Record<'uint32' | 'I' | 'uintc', 'u4'>, Record<'uint64' | 'Q' | 'uint' | 'ulonglong', 'u8'>, Record<'float16' | 'e' | 'half', 'f2'>, Record<'float32' | 'f' | 'single', 'f4'>, Record<'float64' | 'd' | 'double' | 'float', 'f8'>, Record<'bool' | 'bool_' | 'b1', '?'>, Record<'str' | 'T', 'utf8'>, Record<'bytes', 'binary'> {
}

declare type AnyCell = number | bigint | boolean | string | Date | Uint8Array | ArrayOf<NumericKind> | object | null;

/** Any column of a batch. */
export declare type AnyColumn = NumericArray | BytesColumn | StridedColumn | SubarrayColumn | StridedSubarrayColumn | TextColumn | BinaryColumn | ListColumn | ValueColumn | DatetimeColumn;

declare type AnyNumberArray = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** An operand of any type. */
export declare type AnyOperand = Expression | Item;

/** The type of an expression that may stand for any: `unknown()`, and the bounds that only arguments can be. */
export declare type AnyType = ExpressionType | 'any';

/** What a bin can hold, as a read without a dtype gives it. Maps with other keys than strings are `Map`s. */
export declare type AnyValue = null | boolean | number | bigint | string | Uint8Array | StoredGeoJSON | StoredHyperLogLog | readonly AnyValue[] | ReadonlyMap<AnyValue, AnyValue> | {
    readonly [key: string]: AnyValue;
};

/** Options of `apply`. */
export declare type ApplyOptions = Omit<BatchApplyOptions, 'ttls'>;

/** An argument of an operation on the inside of a bin. */
declare interface Argument {
    /** The name of the argument in messages. */
    readonly name: string;
    readonly check: Check<unknown>;
    /** Whether it can be left out; it then is not sent. */
    readonly isOptional?: true;
    /** What is sent where it is left out. */
    readonly fallback?: unknown;
}

/** What an argument of a read is; `value` is anything, and a question mark means that it can be left out. */
declare type Argument_2 = 'int' | 'int?' | 'bool' | 'list' | 'map' | 'blob' | 'value' | 'value?' | 'flag';

/** Operands of one type, ints or floats; the result is of the same. */
export declare interface Arithmetic<T extends ExpressionType = 'int' | 'float'> {
    <O extends T>(first: Expression<O>, second: Operand<NoInfer<O>>, ...more: readonly Operand<NoInfer<O>>[]): Expression<O>;
    <O extends T>(first: Literal<NoInfer<O>>, second: Expression<O>, ...more: readonly Operand<NoInfer<O>>[]): Expression<O>;
}

/** The typed array behind a numeric kind. */
declare type ArrayOf<K> = K extends NumericKind ? NumericKinds[K]['array'] : never;

/** The types of a table's columns, by field name. */
declare type ArrowColumns<S, O = unknown> = {
    -readonly [K in keyof S]: ArrowTypeOf<K, S[K], O> extends infer T extends Arrow.DataType ? T : never;
};

/** The types of the columns that are added by options. */
declare type ArrowExtraColumns<O> = {
    [K in keyof ArrowExtras as K extends keyof O ? NameOfExtra<K, O[K]> : never]: ArrowExtras[K];
};

/** The columns that a table can have beside those of the dtype. */
declare interface ArrowExtras {
    key: Arrow.Utf8 | Arrow.Int64 | Arrow.Binary;
    gen: Arrow.Uint32;
    ttl: Arrow.Uint32;
    resultCode: Arrow.Int32;
}

/** The Arrow type of each kind. */
declare interface ArrowKinds {
    i1: Arrow.Int8;
    i2: Arrow.Int16;
    i4: Arrow.Int32;
    i8: Arrow.Int64;
    u1: Arrow.Uint8;
    u2: Arrow.Uint16;
    u4: Arrow.Uint32;
    u8: Arrow.Uint64;
    f2: Arrow.Float16;
    f4: Arrow.Float32;
    f8: Arrow.Float64;
    '?': Arrow.Bool;
    S: Arrow.Utf8;
    V: Arrow.FixedSizeBinary;
    'M8[s]': Arrow.TimestampSecond;
    'M8[ms]': Arrow.TimestampMillisecond;
    'M8[us]': Arrow.TimestampMicrosecond;
    'M8[ns]': Arrow.TimestampNanosecond;
    any: Arrow.Utf8;
}

/** Which columns a table gets in addition to the bins: `true` adds a column under this name, a string under another name. */
export declare interface ArrowOptions {
    /** The primary keys: strings, Int64 or bytes, whichever they are. */
    key?: boolean | string | undefined;
    /** The generations; null for missing records. */
    gen?: boolean | string | undefined;
    /** The remaining seconds to live, 0xFFFFFFFF for a record that never expires; null for missing records. */
    ttl?: boolean | string | undefined;
    /** The result codes. */
    resultCode?: boolean | string | undefined;
    /**
     * Utf8View and BinaryView for `utf8` and `binary` fields, which copy nothing; default true, if `apache-arrow` knows them
     * (from version 21.1 on). With false they are Utf8 and Binary, which are copies, for readers that do not know views.
     */
    views?: boolean | undefined;
    /** The fields of text that become dictionaries, which are smaller where values repeat; `true` for all. Default none. */
    dictionary?: boolean | readonly string[] | undefined;
    /**
     * The module `apache-arrow` whose classes the table is made of. Default what the program would load itself by `import` or
     * `require`, whichever it has loaded this package with; on Node.js before 20.19 and 22.12, and on Bun, always what `require` gives.
     * What one copy of that library has made, another may read and cannot always write.
     */
    arrow?: typeof Arrow | undefined;
}

/** A table with columns of these types. */
declare type ArrowTable<T extends Arrow.TypeMap> = Arrow.Table<T>;

/** A table or record batch of Arrow, of whichever copy of `apache-arrow`. */
export declare interface ArrowTableLike {
    /** Rows in the table. */
    readonly numRows: number;
    /** The columns: their names and types. */
    readonly schema: {
        /** One per column. */
        readonly fields: readonly {
            /** The name of the column. */
            readonly name: string;
        }[];
    };
    /** The column at a position. */
    getChildAt(index: number): ArrowVector | null;
}

/** The Arrow type of a field: a sub-array is a fixed-size list, of lists where it has several dimensions. */
declare type ArrowTypeOf<N, F, O> = F extends readonly [infer C, null] ? Arrow.List<NumberType<KindOf<C>>> : F extends readonly [infer C, infer S extends Shape] ? ListsOf<NumberType<KindOf<C>>, S> : string extends F ? Arrow.DataType : IsDictionary<N, KindOf<F>, O> extends true ? Arrow.Dictionary<Arrow.Utf8, Arrow.Int32> : ScalarType<KindOf<F>, O>;

/** A column of an Arrow table, of whichever copy of `apache-arrow`: a vector. */
export declare interface ArrowVector<T = unknown> {
    /** Elements in the vector. */
    readonly length: number;
    /** What the elements are. */
    readonly type: {
        /** The number of the type in Arrow's format. */
        readonly typeId: number;
    };
    /** An element; `null` where there is none. */
    get(index: number): T | null;
}

declare type AsMap = 'keyValue' | 'orderedMap' | 'unorderedMap';

/** A job that the nodes do by themselves. It goes on when nobody waits for it, and when the client is closed. */
export declare class BackgroundJob {
    #private;
    private constructor();
    /** The job's number on every node, as `query-show` has it. */
    get id(): bigint;
    /** How far it is now. */
    progress(options?: Pick<WaitOptions, 'signal'>): Promise<JobProgress>;
    /** `progress` that returns when it is done. */
    progressSync(options?: Pick<WaitOptions, 'signal'>): JobProgress;
    /** Waits until every node is done. */
    wait(options?: WaitOptions): Promise<JobProgress>;
    /** `wait` that returns when every node is done. */
    waitSync(options?: WaitOptions): JobProgress;
}

/** Options of `background` where it has no set. */
export declare interface BackgroundNamespaceOptions extends BackgroundOptions {
    /** Has to be true: the job changes the records of the namespace, whatever their sets. */
    wholeNamespace: true;
}

/** What a job does in the background with every record: either operations or a function. */
export declare interface BackgroundOptions {
    /** Operations that write, for every record. */
    operations?: readonly Operation[] | undefined;
    /** A function to apply to every record. */
    udf?: Udf | undefined;
    /** Only the records that a secondary index has for a value or a range. Default all. */
    where?: Where | undefined;
    /** Only records that match: AEL text, an expression or its bytes. */
    filter?: Filter | undefined;
    /**
     * How the writes behave, such as their ttl. The timeouts are those of beginning the job. Servers compare no generations in jobs,
     * and do not store keys.
     */
    policy?: WritePolicy | undefined;
    /** Aborts the beginning of the job, which may then have begun or not. */
    signal?: AbortSignal | undefined;
}

/**
 * The records of a batch read, in one buffer, in the order of the keys.
 *
 * `KeyOf` is the type of its keys: that of a batch read has the keys that were asked for, and one of a scan or query may have records
 * without a primary key.
 *
 * Everything is a view of that buffer or created on demand; nothing is done per row before you ask for it.
 */
export declare class Batch<S extends Schema = Schema, L extends Layout = Layout, KeyOf extends FoundKey = FoundKey> implements Iterable<Row<S>> {
    #private;
    /** Number of rows: one per key, including duplicates and missing records. */
    readonly length: number;
    /** `'columns'` or `'rows'`. */
    readonly layout: L;
    /** The requests that failed. */
    readonly failures: readonly Failure[];
    private constructor();
    /** Creates a batch from the result of `detach`, in this thread or in another one. */
    static from<S extends Schema = Schema, L extends Layout = Layout>(parts: DetachedBatch<S, L>): Batch<S, L>;
    /** The one buffer that contains everything but what is in `blocks`. */
    get buffer(): ArrayBuffer;
    /**
     * The values of `utf8`, `binary`, list and `any` fields that are longer than their cells, one after the other. A cell in
     * `buffer` has 16 bytes, in the layout of Arrow's BinaryView: the length, and the number and position in these blocks.
     * Batches that are made of this one share them.
     */
    get blocks(): readonly Uint8Array[];
    /** A column per field: a typed array if the layout allows one, otherwise a column object. */
    get columns(): Columns<S, L>;
    /** Per field 1 where the bin was present and converted, otherwise 0. */
    get valid(): {
        readonly [K in keyof S]: Uint8Array<ArrayBuffer>;
    };
    /** The metadata of each record: generation and ttl. */
    get meta(): Meta;
    /** Per row 0 for success, 2 for a record that does not exist, negative for codes of the client. */
    get resultCodes(): Int32Array<ArrayBuffer>;
    /** What happened to the values of each field. A batch from `where` or `ok` has the counts of the original read. */
    get conversions(): {
        readonly [K in keyof S]: Conversions;
    };
    /**
     * The keys in order, as they were at the start of the read; integers are numbers if a number holds them exactly. In a batch of a scan
     * or query the primary key is `null` for a record that was written without it.
     */
    get keys(): readonly KeyOf[];
    /** The digests of the rows, 20 bytes each, of a scan or query with `keys: 'digest'`; else `undefined`. */
    get digests(): Uint8Array<ArrayBuffer> | undefined;
    /** The whole records of the rows layout; `undefined` in the columns layout. */
    get records(): L extends 'rows' ? Records<S> : undefined;
    /** A row as an object, counted from the end if `row` is negative. Throws a `RangeError` for a row that does not exist. */
    at(row: number): Row<S>;
    /**
     * The row of a primary key, or of a whole key where the batch has several sets; `undefined` where no key of the batch is
     * equal. Of equal keys the last one is found. A key whose record does not exist has a row too, of zeros.
     */
    get(key: PrimaryKey | Key): Row<S> | undefined;
    /** The position of the row that `get` finds, or -1. */
    indexOf(key: PrimaryKey | Key): number;
    /** Whether the batch has a row for the key. */
    has(key: PrimaryKey | Key): boolean;
    /** The rows as objects, in order. */
    [Symbol.iterator](): IterableIterator<Row<S>>;
    /** All rows as objects. */
    toObjects(): Row<S>[];
    /**
     * A new batch, with its own memory, of the rows that the mask keeps. Of a vector of Arrow's Bool those are the true ones,
     * and null is false.
     */
    where(mask: Mask<S>): Batch<S, L, KeyOf>;
    /** A new batch of the rows with result code 0. */
    ok(): Batch<S, L, KeyOf>;
    /**
     * A new batch, with its own memory, of the rows that indices name, in that order; a row can be named several times.
     * Negative indices count from the end. A vector of Arrow's Bool takes the rows where it is true, as `where` does.
     */
    take(indices: Indices): Batch<S, L, KeyOf>;
    /**
     * The rows from `start` to before `end`, with positions as `Array.prototype.slice` takes them.
     *
     * In the columns layout nothing is copied: columns, validity, `meta`, `resultCodes` and `buffer` are those of this batch,
     * so that a cell that is changed in one is changed in both, and a later read `into` this batch takes the memory of both
     * away. In the rows layout the rows are copied.
     */
    slice(start?: number, end?: number): Batch<S, L, KeyOf>;
    /**
     * The batch as a `.npy` file that `numpy.load` reads as a structured array (over some 400 fields numpy asks for
     * `max_header_size`). Validity, generations and codes are not in it. With the name of a field it is that column alone, as
     * an ordinary array: of one dimension, and with those of a sub-array behind it.
     */
    toNpy(field?: keyof S & string): Uint8Array<ArrayBuffer>;
    /** Writes `toNpy(field)` to a file. */
    saveNpy(path: string | URL, field?: keyof S & string): Promise<void>;
    /** Writes `toNpy(field)` to a file and returns when it is written. */
    saveNpySync(path: string | URL, field?: keyof S & string): void;
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
    toArrow<B extends Batch, const O extends ArrowOptions = Record<string, never>>(this: B, options?: O): TableOf<B, O>;
    /**
     * `toArrow()` as the bytes of Arrow's IPC format, which polars, pandas, pyarrow, DuckDB and others read. Needs
     * `apache-arrow` too.
     */
    toIPC(options?: IPCOptions): Uint8Array<ArrayBuffer>;
    /** Writes `toIPC()` to a file, in the file format unless the options say otherwise. */
    saveIPC(path: string | URL, options?: SaveIPCOptions): Promise<void>;
    /** Writes `toIPC()` to a file, in the file format unless the options say otherwise, and returns when it is written. */
    saveIPCSync(path: string | URL, options?: SaveIPCOptions): void;
    /**
     * The batch as plain data, for another thread: `worker.postMessage(parts, parts.transfer)` moves the memory without a copy,
     * and `Batch.from(parts)` makes a batch of it there. This one is unusable afterwards, unless it is a slice: that is copied.
     */
    detach(): DetachedBatch<S, L>;
    /**
     * Gives the memory back before the garbage collector does: a scan or query reads later batches into it, so that a loop that
     * releases each batch needs the memory of a few. The batch is unusable afterwards, and so are its slices and typed arrays
     * over its columns, which are empty. Releasing it again does nothing; a slice cannot be released, as its memory is shared.
     */
    release(): void;
    /**
     * What `JSON.stringify` writes: the rows. Integers of 64 bits are text, which keeps all their digits, `V` fields are hex,
     * sub-arrays are arrays.
     */
    toJSON(): Record<string, unknown>[];
}

/** Options of `batchApply`. */
export declare interface BatchApplyOptions extends Omit<BatchOperateOptions, 'generations' | 'policy'> {
    /** How the call behaves. A function decides itself what it writes: generations and `exists` do not apply. */
    policy?: Omit<WritePolicy, 'generation' | 'generationPolicy' | 'exists'> | undefined;
}

/** The outcome of `batchApply`, row by row. */
export declare interface BatchApplyResult {
    /** Number of rows: one per key. */
    readonly length: number;
    /** How many have result code 0. */
    readonly ok: number;
    /** Per row 0 for success, 100 for a function that failed, negative for codes of the client. */
    readonly resultCodes: Int32Array<ArrayBuffer>;
    /** Per row what the function returned; `null` where it returned nothing or the code is not 0. */
    readonly values: readonly BinValue[];
    /** The requests that failed, and the functions that did, with code 100 and what the server says of them. */
    readonly failures: readonly Failure[];
    /** Per row 1 where the record may have been changed although its code is not 0. */
    readonly inDoubt: Uint8Array<ArrayBuffer>;
}

/** Options of `batchExists`. */
export declare interface BatchExistsOptions {
    /** How the read behaves: timeouts, retries, replicas. */
    policy?: ReadPolicy | undefined;
    /** Which records count: AEL text, an expression or its bytes. One that it rejects has result code 27. */
    filter?: Filter | undefined;
    /** Aborts the read. A blocking read checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** Which records exist, row by row, and what is known of them without their bins. */
export declare interface BatchExistsResult {
    /** Number of rows: one per key. */
    readonly length: number;
    /** How many records exist. */
    readonly found: number;
    /** Per row 1 where the record exists. */
    readonly exists: Uint8Array<ArrayBuffer>;
    /** Per row 0 for a record that exists, 2 for one that does not, negative for codes of the client. */
    readonly resultCodes: Int32Array<ArrayBuffer>;
    /** Per row how often the record was written; 0 where there is none. */
    readonly gen: Uint32Array<ArrayBuffer>;
    /** Per row seconds until the record expires; 0xFFFFFFFF for a record that never expires, 0 where there is none. */
    readonly ttl: Uint32Array<ArrayBuffer>;
    /** The requests that failed. */
    readonly failures: readonly Failure[];
}

/** The methods of a client on many keys at once. */
declare abstract class BatchMethods extends Connected {
    /** Reads records straight into columns: one buffer, laid out by the dtype, with a row per key in the order of the keys. */
    batchRead<S extends Schema, const L extends Layout = 'columns'>(keys: Keys, options: BatchReadOptions<S, L>): Promise<Batch<S, L, Key>>;
    /** Reads ordinary records, one object per key. */
    batchRead(keys: Keys, options?: RecordReadOptions): Promise<ReadRecord[]>;
    /** `batchRead` that returns when it is done. */
    batchReadSync<S extends Schema, const L extends Layout = 'columns'>(keys: Keys, options: BatchReadOptions<S, L>): Batch<S, L, Key>;
    /** Reads ordinary records, one object per key. Returns when it is done. */
    batchReadSync(keys: Keys, options?: RecordReadOptions): ReadRecord[];
    /**
     * Writes columns straight into records, without an object per record: the bins of `keys[i]` are what row `i` has. What is
     * written with a dtype reads back identical with it: floats are stored as Double, integers as Int, sub-arrays as Blob.
     * A cell that is not valid is not written, and the record keeps what it has there.
     */
    batchWrite<S extends Schema>(keys: Keys, options: BatchWriteOptions<S>): Promise<BatchWriteResult>;
    /** Writes the rows of a batch or of an Arrow table: `keys[i]` gets row `i`. Cells that are not valid are not written. */
    batchWrite(keys: Keys, rows: WritableRows, options?: BatchOptions): Promise<BatchWriteResult>;
    /** `batchWrite` that returns when it is done. */
    batchWriteSync<S extends Schema>(keys: Keys, options: BatchWriteOptions<S>): BatchWriteResult;
    /** Writes the rows of a batch or of an Arrow table, and returns when it is done. */
    batchWriteSync(keys: Keys, rows: WritableRows, options?: BatchOptions): BatchWriteResult;
    /**
     * Writes records of any shape in one batch: `putMany([[key, bins], ...])`. A row that fails does not fail the others: its
     * code says why. `batchWrite` is faster where all records have the same bins.
     */
    putMany(records: readonly KeyAndBins[], options?: PutManyOptions): Promise<BatchWriteResult>;
    /** `putMany` that returns when it is done. */
    putManySync(records: readonly KeyAndBins[], options?: PutManyOptions): BatchWriteResult;
    /** Which records exist, with their generations and ttls, and without their bins. */
    batchExists(keys: Keys, options?: BatchExistsOptions): Promise<BatchExistsResult>;
    /** `batchExists` that returns when it is done. */
    batchExistsSync(keys: Keys, options?: BatchExistsOptions): BatchExistsResult;
    /** Deletes records. A record that does not exist has result code 2. */
    batchRemove(keys: Keys, options?: BatchRemoveOptions): Promise<BatchWriteResult>;
    /** `batchRemove` that returns when it is done. */
    batchRemoveSync(keys: Keys, options?: BatchRemoveOptions): BatchWriteResult;
    /**
     * Runs operations on each of many records: the same on all of them, `[op.add('hits', 1), op.read('hits')]`, or with a list of
     * operations per key something else on each. Each record gets all of its operations or none.
     */
    batchOperate(keys: Keys, operations: BatchOperations, options?: BatchOperateOptions): Promise<BatchOperateResult>;
    /** `batchOperate` that returns when it is done. */
    batchOperateSync(keys: Keys, operations: BatchOperations, options?: BatchOperateOptions): BatchOperateResult;
    /** Applies a user-defined function to each of many records, or with a list of functions another one to each. */
    batchApply(keys: Keys, udf: Udf | readonly Udf[], options?: BatchApplyOptions): Promise<BatchApplyResult>;
    /** `batchApply` that returns when it is done. */
    batchApplySync(keys: Keys, udf: Udf | readonly Udf[], options?: BatchApplyOptions): BatchApplyResult;
}

/** Options of `batchOperate`. */
export declare interface BatchOperateOptions extends BatchRemoveOptions {
    /** The ttl of each record in seconds, as `policy.ttl`. */
    ttls?: PerKey | undefined;
    /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
}

/** The outcome of `batchOperate`, row by row. */
export declare interface BatchOperateResult {
    /** Number of rows: one per key. */
    readonly length: number;
    /** How many have result code 0. */
    readonly ok: number;
    /** Per row 0 for success, 2 for a record that does not exist, negative for codes of the client. */
    readonly resultCodes: Int32Array<ArrayBuffer>;
    /** Per row what its operations have read; `bins` is `null` where the code is not 0. */
    readonly records: readonly ReadRecord[];
    /** The requests that failed. */
    readonly failures: readonly Failure[];
    /** Per row 1 where the record may have been changed although its code is not 0. */
    readonly inDoubt: Uint8Array<ArrayBuffer>;
}

/** The same operations for every key, or a list of operations per key. */
export declare type BatchOperations = readonly Operation[] | readonly (readonly Operation[])[];

/** Options of a write of many records. */
export declare interface BatchOptions {
    /** How the write behaves: timeouts, ttl, how to treat existing records. */
    policy?: BatchWritePolicy | undefined;
    /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and its row has result code 27. */
    filter?: Filter | undefined;
    /** Aborts the write; some rows may have been written. A blocking write checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** Options of a batch read into columns. */
export declare interface BatchReadOptions<S extends Schema = Schema, L extends Layout = Layout> {
    /** Which bins to read, and their types. */
    dtype: Dtype<S>;
    /** How the read behaves: timeouts, retries, replicas. */
    policy?: ReadPolicy | undefined;
    /** Which records: AEL text, an expression or its bytes. A row that it rejects has result code 27. */
    filter?: Filter | undefined;
    /** The fields to request from the server; the other fields are then missing. Default all. */
    bins?: readonly (keyof S & string)[] | undefined;
    /** Each column contiguous (the default), or records as in numpy. */
    layout?: L | undefined;
    /** Pads the records of the rows layout as a C compiler does. Default false. */
    align?: boolean | undefined;
    /** How to handle values that do not fit their field. Default `'allow'`. */
    onLoss?: OnLoss | undefined;
    /**
     * What cells without a value hold, by field: `{ humidity: NaN }`. Default what the dtype says, else 0. `valid` is 0 all the
     * same.
     */
    fill?: {
        readonly [K in keyof S]?: FillValue | undefined;
    } | undefined;
    /** `'bigint'` gives all integers of `any` fields as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
    /** A batch whose memory is reused. It is unusable after the call, even if the read fails. */
    into?: Batch | undefined;
    /** Aborts the read. A blocking read checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** Options of batches that change or remove records. */
export declare interface BatchRemoveOptions {
    /** How the call behaves: timeouts, generation, what the server keeps. */
    policy?: WritePolicy | undefined;
    /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and its row has result code 27. */
    filter?: Filter | undefined;
    /** The generation that each record must have; a record with another one has result code 3. `batch.meta.gen` fits. */
    generations?: PerKey | undefined;
    /** The transaction that the call is a part of. */
    transaction?: Transaction | undefined;
    /** Aborts the call; some records may have been changed. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** Options of a columnar write. */
export declare interface BatchWriteOptions<S extends Schema = Schema> extends BatchOptions {
    /** The types of the columns, and how they are stored. Default what the types of Arrow's columns say, if all are of Arrow. */
    dtype?: Dtype<S> | undefined;
    /** A column per field, with a value per key: values, vectors of Arrow, or a whole table of Arrow. */
    columns: {
        readonly [K in keyof S]: ColumnInput<S[K]> | ArrowVector;
    } | ArrowTableLike;
    /** Per field 1 or true for the cells to write. Default all cells that have a value. */
    valid?: {
        readonly [K in keyof S]?: Uint8Array | readonly boolean[] | undefined;
    } | undefined;
}

/** How a write of many records behaves: a policy as of `put`, without generations, which belong to single records. */
export declare type BatchWritePolicy = Omit<WritePolicy, 'generation' | 'generationPolicy'>;

/** The outcome of a write of many records, row by row. */
export declare interface BatchWriteResult {
    /** Number of rows: one per key. */
    readonly length: number;
    /** How many have result code 0. */
    readonly ok: number;
    /** Per row 0 for success, negative for codes of the client; -2 if the row had no cell to write. */
    readonly resultCodes: Int32Array<ArrayBuffer>;
    /** Per row the record's generation after the write. */
    readonly gen: Uint32Array<ArrayBuffer>;
    /** The requests that failed. */
    readonly failures: readonly Failure[];
    /**
     * Per row 1 where the record may have been written although its code is not 0: the row was sent and not answered, the
     * server's time was up, or a retry was answered after an attempt of which nobody knows. So a code 5 of `exists: 'create'`
     * with a 1 here may come from this very call.
     */
    readonly inDoubt: Uint8Array<ArrayBuffer>;
}

/** Records whose indexed integer is from `low` to `high`, both included. */
export declare function between(target: IndexTarget, low: number | bigint, high: number | bigint): Where;

/** A column of `binary`: bytes of any length. */
export declare class BinaryColumn extends ViewColumn<Uint8Array<ArrayBuffer>> {
    private constructor();
    /** The bytes of a row: a view, no copy. */
    bytes(row: number): Uint8Array<ArrayBuffer>;
    /** The same as `bytes(row)`. */
    get(row: number): Uint8Array<ArrayBuffer>;
}

/** The bins of a record to write. */
export declare type Bins = Readonly<Record<string, unknown>>;

/** A value that a bin can hold. Integers outside the safe range, and only those, are `bigint`. */
export declare type BinValue = unknown;

/** How bits are read as an integer. */
export declare interface BitIntOptions {
    /** Whether the bits are a signed number. Default false. */
    readonly signed?: boolean | undefined;
}

/** Options of `op.bits.add` and `op.bits.subtract`. */
export declare interface BitsAddOptions extends BitsOptions {
    /** Whether the number has a sign. Default false. */
    readonly signed?: boolean | undefined;
    /** What happens when the result does not fit: the call fails, or the result is the nearest that fits, or wraps. Default `'fail'`. */
    readonly overflow?: 'fail' | 'saturate' | 'wrap' | undefined;
}

/** Options of `op.bits.getInt`. */
export declare interface BitsGetIntOptions {
    /** Whether the number has a sign. Default false. */
    readonly signed?: boolean | undefined;
}

/** Options of an operation that writes bits. */
export declare interface BitsOptions {
    /** Writes always, only if the bin exists, or only if it does not. Default `'update'`. */
    readonly exists?: 'update' | 'updateOnly' | 'create' | undefined;
    /** Leaves the bin as it is where the write is denied, instead of failing the call. Default false. */
    readonly skipDenied?: boolean | undefined;
    /** Writes the bits that are inside the blob, where others are behind its end. Default false. */
    readonly partial?: boolean | undefined;
}

/** How bits are added to. */
export declare interface BitSumOptions {
    /** Whether the bits are a signed number. Default false. */
    readonly signed?: boolean | undefined;
    /** What becomes of a sum that does not fit: unknown (`'fail'`, the default), the nearest number, or its lowest bits. */
    readonly overflow?: 'fail' | 'saturate' | 'wrap' | undefined;
}

/** The bounds that stand behind or before every value, and the one that equals any. */
declare type Bound = 'infinity' | 'wildcard';

/** A column of `S` (strings) or `V` (bytes), in either layout. */
export declare class BytesColumn<K extends 'S' | 'V' = 'S' | 'V'> extends PlacedColumn<K extends 'S' ? string : Uint8Array> {
    #private;
    /** Bytes in a cell: the n of `S{n}`. */
    readonly itemsize: number;
    private constructor();
    /** All bytes of a cell, including its padding zeros, as a view. */
    bytes(row: number): Uint8Array<ArrayBuffer>;
    /** A cell as text, without its padding zeros and without a last character that was truncated. */
    string(row: number): string;
    /** `string(row)` of an `S` column, `bytes(row)` of a `V` column. */
    get(row: number): K extends 'S' ? string : Uint8Array;
    /** All values: strings of an `S` column, views of a `V` column. */
    toArray(): (K extends 'S' ? string : Uint8Array)[];
}

/** A call as tracing channels and loggers see it. Its results are filled in at the end of the call. */
export declare interface CallEvent extends Subject {
    /** How many rows have each result code. */
    codes?: Record<number, number>;
    /** Milliseconds from the call to its end. */
    durationMs?: number;
    /** The error it rejects with. A `ConversionError`, which quotes a value, is replaced by an error that has only its code. */
    error?: unknown;
}

/** One cell of a field: what a row object holds under its name. */
export declare type CellOf<F> = F extends readonly [infer C, Shape | null] ? ArrayOf<KindOf<C>> : string extends F ? AnyCell : ScalarCell<KindOf<F>>;

/** Checks one value and returns what the native side takes; `name` is how the caller knows the argument. */
declare type Check<T> = (value: unknown, name: string) => T;

declare type CheckedCode<C> = C extends string ? (string extends C ? C : C extends DtypeCode ? C : NoSuchCode<C>) : C;

declare type CheckedDetails<D> = {
    readonly [P in keyof D]: P extends 'type' ? CheckedType<D[P]> : D[P];
};

/** The elements of sub-arrays and lists are numbers. */
declare type CheckedElement<C> = C extends string ? string extends C ? C : [KindOf<C>] extends [never] ? NoSuchCode<C> : KindOf<C> extends NumericKind ? C : NoSuchElement<C> : C;

declare type CheckedEntry<E> = {
    readonly [P in keyof E]: P extends '1' ? E[P] extends {
        readonly type: unknown;
    } ? CheckedDetails<E[P]> : CheckedCode<E[P]> : E[P];
};

/** Replaces the type of each wrong code with the reason, so that the compiler points at it. */
declare type CheckedFields<F> = F extends DtypeList ? {
    readonly [I in keyof F]: CheckedEntry<F[I]>;
} : {
    readonly [K in keyof F]: F[K] extends {
        readonly type: unknown;
    } ? CheckedDetails<F[K]> : CheckedType<F[K]>;
};

declare type CheckedType<T> = T extends readonly [infer C, infer S] ? readonly [CheckedElement<C>, S] : CheckedCode<T>;

/** One check per option that exists; an option without one does not exist. */
declare type Checks<T> = {
    readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>>;
};

/** What a field becomes, as a literal has it. */
export declare type ChosenType = string | readonly [code: string, shape: number | null];

/**
 * A connection to a cluster. Made by {@link connect}; one per process is enough, and it can be used concurrently.
 *
 * Every method has a twin whose name ends in `Sync` that returns when it is done, for scripts and command-line tools:
 * nothing else runs meanwhile. Arguments, results and errors are the same.
 */
export declare class Client extends AdminMethods implements AsyncDisposable {
    private constructor();
    /** Totals of the columnar batches since the client was connected: rows, bytes, failures, times, connections. */
    stats(): ClientStats;
    /** Closes all connections. Calls after it reject with a `ClosedError`, further calls of `close` do nothing. */
    close(): Promise<void>;
    /** `close` that returns when it is done. */
    closeSync(): void;
    /** Closes the client at the end of an `await using` block. */
    [Symbol.asyncDispose](): Promise<void>;
}

/** Totals of a client since it was connected: of its columnar batches, and of all requests for those and for scans and queries. */
export declare interface ClientStats {
    /** Batches, read or written. */
    readonly batches: number;
    /** Number of these batches that rejected. */
    readonly failedBatches: number;
    /** Rows of all batches. */
    readonly rows: number;
    /** Number of these rows with result code 0. */
    readonly okRows: number;
    /** Requests to nodes, those of scans and queries included. */
    readonly requests: number;
    /** Number of these requests without a usable answer. */
    readonly failedRequests: number;
    /** Rows that were sent again. */
    readonly retriedRows: number;
    /** Bytes sent. */
    readonly bytesSent: number;
    /** Bytes received. */
    readonly bytesReceived: number;
    /** Scans and queries. */
    readonly streams: StreamStats;
    /** How long batches took, in milliseconds. */
    readonly latency: LatencyStats;
    /** The data connections to each node, and its speed. */
    readonly nodes: readonly NodeStats[];
}

/** The client was closed before or during the call. */
export declare class ClosedError extends AerostrideError {
}

/** A node of the cluster, as the client knows it. */
export declare interface ClusterNode {
    /** The node's name. */
    readonly name: string;
    /** Where the client reaches it, as `host:port`. */
    readonly address: string;
    /** The server's version. */
    readonly version: string;
    /** Whether it answered when it was last asked. */
    readonly active: boolean;
}

/** The kinds of codes, where those of dates have their unit. */
declare type CodeKind = NumericKind | 'S' | 'V' | 'utf8' | 'binary' | 'any' | `M8[${DatetimeUnit}]`;

/** Which elements of a bin are in an index. */
export declare type Collection = 'list' | 'mapKeys' | 'mapValues';

/** The values that a column of a field can be written from. */
export declare type ColumnInput<F> = F extends readonly [infer C, Shape | null] ? F extends readonly [unknown, null] ? ListInput<KindOf<C>> : F extends readonly [unknown, Shape] ? SubarrayInput<KindOf<C>> : ListInput<KindOf<C>> | SubarrayInput<KindOf<C>> : ScalarInput<KindOf<F>>;

/** The columns of a write, by field name. */
export declare type ColumnInputs<S extends Schema> = {
    readonly [K in keyof S]: ColumnInput<S[K]>;
};

/** The column of a field in a layout. */
export declare type ColumnOf<F, L extends Layout> = F extends readonly [infer C, Shape | null] ? F extends readonly [unknown, null] ? ListColumnOf<KindOf<C>> : F extends readonly [unknown, Shape] ? SubarrayColumnOf<KindOf<C>, L> : ListColumnOf<KindOf<C>> | SubarrayColumnOf<KindOf<C>, L> : ScalarColumnOf<KindOf<F>, L>;

/** The columns of a batch, by field name. */
export declare type Columns<S extends Schema, L extends Layout> = {
    readonly [K in keyof S]: ColumnOf<S[K], L>;
};

/** Options of a scan into columns. */
export declare interface ColumnScanOptions<S extends Schema = Schema, L extends Layout = Layout> extends StreamOptions {
    /** Which bins to read, and their types. Records that have none of these bins are left out. */
    dtype: Dtype<S>;
    /** Each column contiguous (the default), or records as in numpy. */
    layout?: L | undefined;
    /** Pads the records of the rows layout as a C compiler does. Default false. */
    align?: boolean | undefined;
    /** How to handle values that do not fit their field. Default `'allow'`. */
    onLoss?: OnLoss | undefined;
    /** What cells without a value hold, by field: `{ humidity: NaN }`. Default what the dtype says, else 0. */
    fill?: {
        readonly [K in keyof S]?: FillValue | undefined;
    } | undefined;
    /** `'bigint'` gives all integers of `any` fields as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
}

/** Two operands of one type, at least one of them an expression: its type is the literal's. */
export declare interface Comparison {
    <T extends ExpressionType>(left: Expression<T>, right: Operand<NoInfer<T>>): Expression<'bool'>;
    <T extends ExpressionType>(left: Literal<NoInfer<T>>, right: Expression<T>): Expression<'bool'>;
}

/** How the pages of Parquet are compressed. */
declare type Compression = 'none' | 'snappy' | 'gzip' | 'brotli' | 'zstd' | 'lz4';

/** What is computed of a record: AEL text, an expression of any type, or the bytes of one. */
export declare type Computed = string | Expression | Uint8Array;

/** Options of `op.compute`. */
export declare interface ComputeOptions {
    /** Leaves the result out where the expression has no value, instead of failing the call. Default false. */
    readonly skipUnknown?: boolean | undefined;
}

/**
 * One batch of the rows of several, in their order, in memory of its own. They need the same fields and the same layout.
 *
 * Keys, validity, generations, ttls, result codes, failures and conversions of all of them are in it. The bytes of fields
 * such as text are not copied: the blocks that hold them are those of the given batches.
 */
export declare function concat<S extends Schema, L extends Layout, K extends FoundKey>(batches: readonly Batch<S, L, K>[]): Batch<S, L, K>;

/**
 * Connects to a cluster: `connect('127.0.0.1:3000')`, `connect(['a:3000', 'b'])`, `connect({ hosts, user, password })` or
 * `connect('aerospike://user@host:3000/?tls=true')`.
 *
 * Host strings are `host`, `host:port` or several of them joined by commas; an IPv6 address stands in brackets. Without
 * hosts the environment says where, and how: `AEROSTRIDE_HOSTS`, `AEROSTRIDE_USER`, `AEROSTRIDE_PASSWORD`,
 * `AEROSTRIDE_AUTH_MODE`, `AEROSTRIDE_CLUSTER_NAME`, `AEROSTRIDE_USE_SERVICES_ALTERNATE`, `AEROSTRIDE_RACK_IDS`,
 * `AEROSTRIDE_TLS` and `AEROSTRIDE_TLS_CA`, `_CERT`, `_KEY`, `_NAME`.
 */
export declare function connect(target?: Hosts | ConnectOptions): Promise<Client>;

/** What every client has: its session, which only the files of this folder can reach. */
declare abstract class Connected {
    #private;
}

/** A connection to the cluster or to a node could not be opened, or broke. */
export declare class ConnectionError extends AerostrideError {
}

/** How to connect. */
export declare interface ConnectOptions {
    /** The hosts to contact first; they name the rest of the cluster. Default the value of `AEROSTRIDE_HOSTS`. */
    hosts?: Hosts | undefined;
    /** User name, if the cluster has security enabled. */
    user?: string | undefined;
    /** The user's password, or a function that fetches it. It never appears in errors or logs. */
    password?: Secret<string> | undefined;
    /** Who authenticates the user: the cluster itself, a directory behind it, or the certificate in `tls`. Default `'internal'`. */
    authMode?: 'internal' | 'external' | 'pki' | undefined;
    /** Encrypts all connections: `true`, or an object with your own certificates. Default false. */
    tls?: boolean | TlsOptions | undefined;
    /** Milliseconds after which a connection attempt fails. Default 1000. */
    connectTimeout?: number | undefined;
    /** The name that the cluster must have; nodes of other clusters are refused. */
    clusterName?: string | undefined;
    /** Uses the alternate addresses of the nodes, for clients outside their network. Default false. */
    useServicesAlternate?: boolean | undefined;
    /** Maximum number of data connections to one node. Default 100. */
    maxConnsPerNode?: number | undefined;
    /** Connections to each node that are opened in advance and kept, for calls on single records. Default 0. */
    minConnsPerNode?: number | undefined;
    /**
     * Milliseconds after which an idle connection is closed. Default 55000: servers before 8.1 close connections after a minute.
     */
    idleTimeout?: number | undefined;
    /** Milliseconds between two looks at the nodes: whether some have come, gone or moved. At least 250. Default 1000. */
    tendInterval?: number | undefined;
    /** Maximum number of columnar batches that run at the same time; further ones wait. Default 64. */
    maxRunningBatches?: number | undefined;
    /** Maximum number of batches that wait; further ones are refused. Default 10000. */
    maxQueuedBatches?: number | undefined;
    /**
     * The racks that this client is on or near, the best first: reads with the policy `replica: 'preferRack'` go there. The
     * server must have racks (Enterprise).
     */
    rackIds?: readonly number[] | undefined;
    /** Policies for calls without their own policy. */
    policies?: {
        /** For calls that only read. */
        read?: ReadPolicy | undefined;
        /** For all other calls. */
        write?: WritePolicy | undefined;
    } | undefined;
    /** Called at the end of every call with its method, duration and result codes. */
    logger?: Logger | undefined;
}

/** `connect` that returns when it is done, for scripts and command-line tools. */
export declare function connectSync(target?: Hosts | ConnectOptions): Client;

/** A constant inside a list or a map. Maps are pairs in the server's order. */
declare type ConstantItem = {
    readonly type: 'nil';
    readonly value?: undefined;
} | {
    readonly type: 'bool';
    readonly value: boolean;
} | {
    readonly type: 'int';
    readonly value: bigint;
} | {
    readonly type: 'float';
    readonly value: number;
} | {
    readonly type: 'string' | 'geo';
    readonly value: string;
} | {
    readonly type: 'blob' | 'hll';
    readonly value: Uint8Array;
} | {
    readonly type: 'list';
    readonly value: readonly ConstantItem[];
} | {
    readonly type: 'map';
    readonly value: readonly (readonly [ConstantItem, ConstantItem])[];
};

/** A change of a list or a map: the whole with the change. With a context it changes what is inside of a list or map. */
export declare interface ContainerChange<K extends 'list' | 'map', Args extends readonly unknown[], O = InContext> {
    (source: Expression<K>, ...args: [...Args, options?: O]): Expression<K>;
    <C extends 'list' | 'map'>(source: Expression<C>, ...args: [...Args, options: O & Nested]): Expression<C>;
}

/**
 * Records whose list, map keys or map values contain this value, or an integer from `value` to `high`, both included. With a
 * range, a record can come several times, at most once for every element that matches.
 */
export declare function contains(target: IndexTarget, elements: Collection, value: IndexValue, high?: number | bigint): Where;

/**
 * Records whose indexed region contains a point: GeoJSON, or `[longitude, latitude]`. With `elements`, a record of which several
 * elements match may be returned several times.
 */
export declare function containsPoint(target: IndexTarget, point: GeoJSONInput | readonly [longitude: number, latitude: number], elements?: Collection): Where;

/** One step into a list or a map that an operation makes if it is not there. Made by {@link ctx}. */
export declare type ContextCreatingStep = CreatingStep;

/** One step into a list or a map. Made by {@link ctx}. */
export declare type ContextStep = Step;

/** A value does not fit its field, and the read has `onLoss: 'throw'`. */
export declare class ConversionError extends AerostrideError {
    /** The first row with such a value. */
    readonly row: number;
    /** The key of that row. */
    readonly key: Key;
    /** The name of the field and bin. */
    readonly field: string;
    /** The type of the bin: `'Int'`, `'Double'`, ... */
    readonly binType: string;
    /** The bin's value as text. */
    readonly value: string;
    /** Whether the value lost something or could not be converted at all. */
    readonly reason: 'lossy' | 'mismatched';
    /** The whole batch, as `onLoss: 'allow'` would return it. */
    readonly batch: Batch;
}

/** What happened to the values of one field, counted over the successful rows. */
export declare interface Conversions {
    /** Rows whose record does not have this bin. */
    missing: number;
    /** Values that were wrapped, rounded to another value, truncated or padded. */
    lossy: number;
    /** Values of a type that the field cannot hold. */
    mismatched: number;
    /** Which types of bins those had, and how many of each: `{ String: 2, Map: 1 }`. Absent if nothing is mismatched. */
    mismatchedTypes?: Readonly<Record<string, number>>;
}

/** Options of a step that makes a list. */
export declare interface CreateListOptions {
    /** The order of the list that is made. Default `'unordered'`. */
    readonly order?: 'unordered' | 'ordered' | undefined;
    /**
     * Fills the list around it up with null, where the index is behind its end. Default false: the call fails with code 26. So does one
     * whose index is in front of the list, such as -3 of 2 elements: told to fill up there, a server of build 8.1.2 ends with a
     * segmentation fault, and it is not told.
     */
    readonly pad?: boolean | undefined;
}

/** Options of a step that makes a map. */
export declare interface CreateMapOptions {
    /** The order of the map that is made. Default `'unordered'`. */
    readonly order?: MapOrder | undefined;
}

/** A step that makes the list or map that it leads to, if there is none. */
declare interface CreatingStep {
    /** How the element is found. */
    readonly by: 'listIndex' | 'mapKey';
    /** Its index or key. */
    readonly at: ConstantItem;
    /** The server's flags of what is made. */
    readonly creates: number;
}

/** The steps to a list or map inside a bin: `[ctx.mapKey('profile'), ctx.listIndex(0)]`. */
export declare const ctx: {
    /** The element at an index of a list; -1 is the last. */
    readonly listIndex: (index: number) => ContextStep;
    /** The element at a rank of a list; 0 is the smallest, -1 the largest. */
    readonly listRank: (rank: number) => ContextStep;
    /** The first element of a list with a value. */
    readonly listValue: (value: Item) => ContextStep;
    /** The element at an index of a map, in the order of its keys. */
    readonly mapIndex: (index: number) => ContextStep;
    /** The element at a rank of a map, in the order of its values. */
    readonly mapRank: (rank: number) => ContextStep;
    /** The element of a map under a key. */
    readonly mapKey: (key: MapKey) => ContextStep;
    /** The first element of a map with a value. */
    readonly mapValue: (value: Item) => ContextStep;
    /** The list at an index of a list, which an operation that writes makes if it is not there. */
    readonly listIndexCreate: (index: number, options?: CreateListOptions) => ContextCreatingStep;
    /** The map under a key of a map, which an operation that writes makes if it is not there. */
    readonly mapKeyCreate: (key: MapKey, options?: CreateMapOptions) => ContextCreatingStep;
    /** Every element of a list or map. Only in paths, as are the following ones. */
    readonly all: () => PathContextStep;
    /** The elements of a list or map that pass a filter, which sees them as `exp.element`. */
    readonly filter: (filter: Expression<"bool">) => PathContextStep;
    /** The elements of a map under several keys. */
    readonly mapKeys: (keys: readonly MapKey[]) => PathContextStep;
    /** Of what the step before it leads to, the elements that pass a filter. */
    readonly and: (filter: Expression<"bool">) => PathContextStep;
};

/** One cell of a `datetime64`: what a `Date` counts is one, smaller parts of a second are not. */
export declare type DatetimeCell<K> = K extends 'M8[s]' | 'M8[ms]' ? Date : K extends 'M8[us]' | 'M8[ns]' ? bigint : never;

/** A column of `datetime64`: counts of a unit since 1970, in either layout. */
export declare class DatetimeColumn<T extends Instant = Instant, D = BigInt64Array<ArrayBuffer> | undefined> extends PlacedColumn<T> {
    #private;
    /** What is counted: `'s'`, `'ms'`, `'us'` or `'ns'`. */
    readonly unit: DatetimeUnit;
    private constructor();
    /** The ticks of all rows: a view, no copy. The rows layout has no such array: see `flatten()`. */
    get data(): D;
    /** The ticks of a row. */
    ticks(row: number): bigint;
    /** The date of a row, without what is smaller than a millisecond; an invalid date where no `Date` can be. */
    date(row: number): Date;
    /** `date(row)` where the unit is `s` or `ms`, `ticks(row)` where it is smaller. */
    get(row: number): T;
    /** All values, each as `get(row)` gives it. */
    toArray(): T[];
    /** The ticks of all rows in an array of their own, from either layout. */
    flatten(): BigInt64Array<ArrayBuffer>;
}

declare type DatetimeColumnOf<K, L extends Layout> = K extends `M8[${DatetimeUnit}]` ? DatetimeColumn<DatetimeCell<K>, L extends 'columns' ? BigInt64Array<ArrayBuffer> : undefined> : never;

/** What a `datetime64` counts since 1970. */
export declare type DatetimeUnit = 's' | 'ms' | 'us' | 'ns';

/**
 * A batch as plain data, on its way to another thread: `worker.postMessage(parts, parts.transfer)` moves its memory, and
 * `Batch.from(parts)` makes a batch of it there.
 */
export declare interface DetachedBatch<S extends Schema = Schema, L extends Layout = Layout> {
    /** What `postMessage` is to move instead of copying it: the buffer, and those of the blocks. */
    readonly transfer: readonly ArrayBuffer[];
    /** The one buffer that contains everything but what is in the blocks. */
    readonly buffer: ArrayBuffer;
    /** The values that are longer than their cells. They were copied, because other batches may share the blocks. */
    readonly blocks: readonly Uint8Array<ArrayBuffer>[];
    /** Rows in the batch. */
    readonly length: number;
    /** `'columns'` or `'rows'`. */
    readonly layout: L;
    /** Whether the records of the rows layout are padded. */
    readonly align: boolean;
    /** The fields, in order. */
    readonly fields: readonly Field[];
    /** The keys, packed. They are copied on the way. */
    readonly keys: PackedKeyParts;
    /** missing, lossy and mismatched of each field in turn. */
    readonly conversions: readonly number[];
    /** Which types of bins were mismatched. */
    readonly mismatches: readonly Mismatch[];
    /** Whether all integers of `any` fields are bigints. */
    readonly bigints: boolean;
    /** The requests that failed. */
    readonly failures: readonly Failure[];
    /** The schema as a type; this property does not exist at run time. */
    readonly schema?: S;
}

/** A key of which only the digest is known: 20 bytes, RIPEMD-160 of set, type and user key. */
export declare interface DigestKey {
    /** The digest, 20 bytes. */
    readonly digest: Uint8Array;
}

/** A number that is always stored as a Double. Made by {@link double}. */
export declare interface Double {
    /** The number. */
    readonly value: number;
}

/**
 * Marks a number to be stored as a Double. Without it `put` stores an integer as an Int: 20.0 and 20 are one value in JavaScript.
 */
export declare function double(value: number): Double;

/** A compiled schema: which bins are read, and the type of each. Made by {@link dtype}. */
export declare class Dtype<S extends Schema = Schema> {
    #private;
    /** The fields, in the given order. */
    readonly fields: readonly Field[];
    /** Bytes of one packed record: numpy's `itemsize`. */
    readonly itemsize: number;
    /** The schema as a type; this property does not exist at run time. */
    readonly schema: S;
    private constructor();
    /** The names of the fields, in order. */
    get names(): string[];
}

/**
 * Compiles a schema, in the object form `{ temperature: 'f8', embedding: ['f4', 128] }` or in numpy's list form
 * `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`.
 *
 * Field names are bin names, unless a field says what it is read `from`: `{ fahrenheit: { type: 'f4', from: '$.celsius * 1.8 +
 * 32.0' } }`. Compile once and reuse: the types of batches and rows are inferred from the literal.
 * JavaScript moves keys that look like integers to the front of an object; where the order matters for such names, use the list.
 */
export declare function dtype<const F extends DtypeObject | DtypeList>(fields: F & CheckedFields<F>): Dtype<SchemaOf<F>>;

/** How a field is written: `'f8'`, `'<i4'`, `'float32'`, `'S16'`, `'utf8'`, `'datetime64[ms]'`, ... */
export declare type DtypeCode = PlainCode | `${'<' | '=' | '|'}${PlainCode}`;

/** `[['temperature', 'f8'], ['embedding', 'f4', [128]]]`, as numpy writes it; or with the details of a field. */
export declare type DtypeList = readonly (readonly [name: string, code: string, shape?: Shape | null] | readonly [name: string, details: FieldDetails])[];

/** `{ temperature: 'f8', embedding: ['f4', 128] }` */
export declare type DtypeObject = Readonly<Record<string, FieldSpec>>;

/** One element of the typed array behind a numeric kind. */
declare type ElementOf<K> = K extends NumericKind ? NumericKinds[K]['element'] : never;

/** Records whose indexed value equals this one: an integer, text or bytes. */
export declare function equal(target: IndexTarget, value: IndexValue): Where;

/** Details of an {@link AerostrideError} beyond its message. */
export declare interface ErrorDetails {
    /** Stable identifier of the kind of failure, such as `ERR_AEROSTRIDE_TIMEOUT`. */
    readonly code?: string | undefined;
    /** Result code of the server (0 and above) or of the client (negative). */
    readonly resultCode?: number | undefined;
    /** The node that was asked, as `name host:port`. */
    readonly node?: string | undefined;
    /** How many times the request was sent. */
    readonly attempts?: number | undefined;
    /** The failure behind this one. */
    readonly cause?: unknown;
    /** Whether a write may have been done all the same. Default false. */
    readonly inDoubt?: boolean | undefined;
}

/**
 * The builder of expressions: `exp.and(exp.gt(exp.int('age'), 30), exp.eq(exp.string('city'), 'Rome'))`.
 *
 * Every expression has a type, and operands that do not fit together do not compile. `String(expression)` returns AEL text,
 * which `exp.parse` reads back.
 */
export declare const exp: {
    /** Reads of lists, and changes, which give the whole list. */
    readonly lists: {
        readonly append: ContainerChange<"list", [value: AnyOperand], InContext>;
        readonly appendItems: ContainerChange<"list", [values: Operand<"list">], InContext>;
        readonly insert: ContainerChange<"list", [index: number | bigint | Expression<"int">, value: AnyOperand], InContext>;
        readonly insertItems: ContainerChange<"list", [index: number | bigint | Expression<"int">, values: Operand<"list">], InContext>;
        readonly set: ContainerChange<"list", [index: number | bigint | Expression<"int">, value: AnyOperand], InContext>;
        readonly clear: ContainerChange<"list", [], InContext>;
        readonly increment: ContainerChange<"list", [index: number | bigint | Expression<"int">, by?: AnyOperand], InContext>;
        readonly removeByIndex: ContainerChange<"list", [index: number | bigint | Expression<"int">], InContext>;
        readonly removeByRank: ContainerChange<"list", [rank: number | bigint | Expression<"int">], InContext>;
        readonly removeByValue: ContainerChange<"list", [value: AnyOperand], RemovedOptions>;
        readonly removeByValueList: ContainerChange<"list", [values: Operand<"list">], RemovedOptions>;
        readonly removeByIndexRange: ContainerChange<"list", [index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly removeByValueRange: ContainerChange<"list", [begin: AnyOperand, end?: AnyOperand], RemovedOptions>;
        readonly removeByRankRange: ContainerChange<"list", [rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly removeByValueRelativeRankRange: ContainerChange<"list", [value: AnyOperand, rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly sort: SortedList;
        readonly size: ReadSize<"list">;
        readonly getByIndex: ReadOne<"list", ListReturn, [index: number | bigint | Expression<"int">]>;
        readonly getByRank: ReadOne<"list", ListReturn, [rank: number | bigint | Expression<"int">]>;
        readonly getByIndexRange: ReadMany<"list", ListReturn, [index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
        readonly getByRankRange: ReadMany<"list", ListReturn, [rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
        readonly getByValue: ReadMany<"list", ListReturn, [value: AnyOperand]>;
        readonly getByValueList: ReadMany<"list", ListReturn, [values: Operand<"list">]>;
        readonly getByValueRange: ReadMany<"list", ListReturn, [begin: AnyOperand, end?: AnyOperand]>;
        readonly getByValueRelativeRankRange: ReadMany<"list", ListReturn, [value: AnyOperand, rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
    };
    /** Reads of maps, and changes, which give the whole map. */
    readonly maps: {
        readonly put: ContainerChange<"map", [key: AnyOperand, value: AnyOperand], InContext>;
        readonly putItems: ContainerChange<"map", [pairs: Operand<"map">], InContext>;
        readonly increment: ContainerChange<"map", [key: AnyOperand, by: AnyOperand], InContext>;
        readonly clear: ContainerChange<"map", [], InContext>;
        readonly removeByKey: ContainerChange<"map", [key: AnyOperand], InContext>;
        readonly removeByIndex: ContainerChange<"map", [index: number | bigint | Expression<"int">], InContext>;
        readonly removeByRank: ContainerChange<"map", [rank: number | bigint | Expression<"int">], InContext>;
        readonly removeByKeyList: ContainerChange<"map", [keys: Operand<"list">], RemovedOptions>;
        readonly removeByValue: ContainerChange<"map", [value: AnyOperand], RemovedOptions>;
        readonly removeByValueList: ContainerChange<"map", [values: Operand<"list">], RemovedOptions>;
        readonly removeByKeyRange: ContainerChange<"map", [begin: AnyOperand, end?: AnyOperand], RemovedOptions>;
        readonly removeByIndexRange: ContainerChange<"map", [index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly removeByValueRange: ContainerChange<"map", [begin: AnyOperand, end?: AnyOperand], RemovedOptions>;
        readonly removeByRankRange: ContainerChange<"map", [rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly removeByKeyRelativeIndexRange: ContainerChange<"map", [key: AnyOperand, index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly removeByValueRelativeRankRange: ContainerChange<"map", [value: AnyOperand, rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">], RemovedOptions>;
        readonly size: ReadSize<"map">;
        readonly keys: (map: Expression<"map">) => Expression<"list">;
        readonly values: (map: Expression<"map">) => Expression<"list">;
        readonly getByKey: ReadOne<"map", Returns, [key: AnyOperand]>;
        readonly getByIndex: ReadOne<"map", Returns, [index: number | bigint | Expression<"int">]>;
        readonly getByRank: ReadOne<"map", Returns, [rank: number | bigint | Expression<"int">]>;
        readonly getByIndexRange: ReadMany<"map", Returns, [index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
        readonly getByRankRange: ReadMany<"map", Returns, [rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
        readonly getByValue: ReadMany<"map", Returns, [value: AnyOperand]>;
        readonly getByKeyList: ReadMany<"map", Returns, [keys: Operand<"list">]>;
        readonly getByValueList: ReadMany<"map", Returns, [values: Operand<"list">]>;
        readonly getByKeyRange: ReadMany<"map", Returns, [begin: AnyOperand, end?: AnyOperand]>;
        readonly getByValueRange: ReadMany<"map", Returns, [begin: AnyOperand, end?: AnyOperand]>;
        readonly getByKeyRelativeIndexRange: ReadMany<"map", Returns, [key: AnyOperand, index: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
        readonly getByValueRelativeRankRange: ReadMany<"map", Returns, [value: AnyOperand, rank: number | bigint | Expression<"int">, count?: number | bigint | Expression<"int">]>;
    };
    /** Reads of the bits of a blob, and changes, which give the whole blob. */
    readonly bits: {
        readonly resize: (blob: Expression<"blob">, bytes: number | bigint | Expression<"int">, options?: ResizedOptions) => Expression<"blob">;
        readonly insert: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, value: Uint8Array<ArrayBufferLike> | Expression<"blob">) => Expression<"blob">;
        readonly remove: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly set: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Uint8Array<ArrayBufferLike> | Expression<"blob">) => Expression<"blob">;
        readonly or: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Uint8Array<ArrayBufferLike> | Expression<"blob">) => Expression<"blob">;
        readonly xor: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Uint8Array<ArrayBufferLike> | Expression<"blob">) => Expression<"blob">;
        readonly and: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Uint8Array<ArrayBufferLike> | Expression<"blob">) => Expression<"blob">;
        readonly not: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly leftShift: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, by: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly rightShift: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, by: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly add: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, by: number | bigint | Expression<"int">, options?: BitSumOptions) => Expression<"blob">;
        readonly subtract: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, by: number | bigint | Expression<"int">, options?: BitSumOptions) => Expression<"blob">;
        readonly setInt: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly get: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">) => Expression<"blob">;
        readonly count: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">) => Expression<"int">;
        readonly leftScan: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Operand<"bool">) => Expression<"int">;
        readonly rightScan: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, value: Operand<"bool">) => Expression<"int">;
        readonly getInt: (blob: Expression<"blob">, offset: number | bigint | Expression<"int">, size: number | bigint | Expression<"int">, options?: BitIntOptions) => Expression<"int">;
    };
    /** Reads of HyperLogLogs, and changes, which give the whole sketch. */
    readonly hlls: {
        readonly add: (hll: Expression<"hll">, values: Operand<"list">) => Expression<"hll">;
        readonly count: (hll: Expression<"hll">) => Expression<"int">;
        readonly union: (hll: Expression<"hll">, others: Operand<"list">) => Expression<"hll">;
        readonly unionCount: (hll: Expression<"hll">, others: Operand<"list">) => Expression<"int">;
        readonly intersectCount: (hll: Expression<"hll">, others: Operand<"list">) => Expression<"int">;
        readonly similarity: (hll: Expression<"hll">, others: Operand<"list">) => Expression<"float">;
        readonly describe: (hll: Expression<"hll">) => Expression<"list">;
        readonly mayContain: (hll: Expression<"hll">, values: Operand<"list">) => Expression<"int">;
    };
    /** Paths through nested lists and maps. */
    readonly paths: {
        readonly select: <K extends "map" | "list", const G extends PathReturn = "values">(source: Expression<K>, steps: readonly PathStep_2[], options?: PathSelectOptions<G>) => Expression<G extends "tree" ? K : "list">;
        readonly modify: <K extends "map" | "list">(source: Expression<K>, steps: readonly PathStep_2[], change: Expression | Literal<ExpressionType>, options?: PathOptions) => Expression<K>;
        readonly remove: <K extends "map" | "list">(source: Expression<K>, steps: readonly PathStep_2[], options?: PathOptions) => Expression<K>;
    };
    /** What an element says of itself, in the filters and changes of a path. */
    readonly element: {
        readonly key: <const T extends ExpressionType = "string">(type?: T) => Expression<T>;
        readonly value: <const T extends ExpressionType>(type: T) => Expression<T>;
        readonly index: () => Expression<"int">;
    };
    /** As the outcome of a path's change: takes the element out. */
    readonly removed: typeof removed;
    /**
     * Compiles AEL text to an expression. Throws an {@link AelError} if the text is not an expression or its types do not match.
     */
    readonly parse: (text: string) => Expression;
    readonly regex: (text: Operand<"string">, pattern: string, options?: RegexOptions) => Expression<"bool">;
    readonly cond: <T extends ExpressionType>(branches: readonly (readonly [condition: boolean | Expression<"bool">, value: Expression<T>])[], otherwise: Operand<NoInfer<T>>) => Expression<T>;
    readonly let: <D extends Readonly<Record<string, Expression>>, T extends ExpressionType>(definitions: D, body: Expression<T> | ((variables: { readonly [K in keyof D]: D[K]; }) => Expression<T>)) => Expression<T>;
    readonly variable: <T extends ExpressionType>(name: string, type: T) => Expression<T>;
    readonly intAnd: Arithmetic<"int">;
    readonly intOr: Arithmetic<"int">;
    readonly intXor: Arithmetic<"int">;
    readonly intNot: (operand: Operand<"int">) => Expression<"int">;
    readonly intLeftShift: (left: Operand<"int">, right: Operand<"int">) => Expression<"int">;
    readonly intRightShift: (left: Operand<"int">, right: Operand<"int">) => Expression<"int">;
    readonly intArithmeticRightShift: (left: Operand<"int">, right: Operand<"int">) => Expression<"int">;
    readonly intCount: (operand: Operand<"int">) => Expression<"int">;
    readonly intLeftScan: (left: Operand<"int">, right: Operand<"bool">) => Expression<"int">;
    readonly intRightScan: (left: Operand<"int">, right: Operand<"bool">) => Expression<"int">;
    readonly add: Arithmetic<"int" | "float">;
    readonly sub: Arithmetic<"int" | "float">;
    readonly mul: Arithmetic<"int" | "float">;
    readonly div: Arithmetic<"int" | "float">;
    readonly min: Arithmetic<"int" | "float">;
    readonly max: Arithmetic<"int" | "float">;
    readonly negate: <T extends "int" | "float">(operand: Expression<T>) => Expression<T>;
    readonly reciprocal: <T extends "int" | "float">(operand: Expression<T>) => Expression<T>;
    readonly abs: <T extends "int" | "float">(operand: Expression<T>) => Expression<T>;
    readonly mod: (left: Operand<"int">, right: Operand<"int">) => Expression<"int">;
    readonly pow: (left: Operand<"float">, right: Operand<"float">) => Expression<"float">;
    readonly log: (left: Operand<"float">, right: Operand<"float">) => Expression<"float">;
    readonly floor: (operand: Operand<"float">) => Expression<"float">;
    readonly ceil: (operand: Operand<"float">) => Expression<"float">;
    readonly toInt: (operand: Operand<"float">) => Expression<"int">;
    readonly toFloat: (operand: Operand<"int">) => Expression<"float">;
    readonly and: (first: boolean | Expression<"bool">, second: boolean | Expression<"bool">, ...more: readonly (boolean | Expression<"bool">)[]) => Expression<"bool">;
    readonly or: (first: boolean | Expression<"bool">, second: boolean | Expression<"bool">, ...more: readonly (boolean | Expression<"bool">)[]) => Expression<"bool">;
    readonly not: (operand: boolean | Expression<"bool">) => Expression<"bool">;
    readonly exclusive: (first: boolean | Expression<"bool">, second: boolean | Expression<"bool">, ...more: readonly (boolean | Expression<"bool">)[]) => Expression<"bool">;
    readonly eq: Comparison;
    readonly ne: Comparison;
    readonly gt: Comparison;
    readonly ge: Comparison;
    readonly lt: Comparison;
    readonly le: Comparison;
    readonly in: (value: AnyOperand, list: Operand<"list">) => Expression<"bool">;
    readonly inList: (value: AnyOperand, list: Operand<"list">) => Expression<"bool">;
    readonly geoCompare: (left: Expression<"geo">, right: Expression<"geo">) => Expression<"bool">;
    readonly key: <T extends "int" | "string" | "blob">(type: T) => Expression<T>;
    readonly keyExists: () => Expression<"bool">;
    readonly lastUpdate: () => Expression<"int">;
    readonly sinceUpdate: () => Expression<"int">;
    readonly voidTime: () => Expression<"int">;
    readonly ttl: () => Expression<"int">;
    readonly setName: () => Expression<"string">;
    readonly isTombstone: () => Expression<"bool">;
    readonly recordSize: () => Expression<"int">;
    readonly deviceSize: () => Expression<"int">;
    readonly memorySize: () => Expression<"int">;
    readonly digestModulo: (modulus: number) => Expression<"int">;
    readonly intValue: (value: number | bigint) => Expression<"int">;
    readonly floatValue: (value: number) => Expression<"float">;
    readonly stringValue: (value: string) => Expression<"string">;
    readonly boolValue: (value: boolean) => Expression<"bool">;
    readonly blobValue: (value: Uint8Array) => Expression<"blob">;
    readonly listValue: (value: readonly Item[]) => Expression<"list">;
    readonly mapValue: (value: Literal<"map">) => Expression<"map">;
    readonly geoValue: (value: string | object) => Expression<"geo">;
    readonly nil: () => Expression<"nil">;
    readonly infinity: () => Expression<never>;
    readonly wildcard: () => Expression<never>;
    readonly unknown: () => Expression<never>;
    readonly int: (name: string) => Expression<"int">;
    readonly float: (name: string) => Expression<"float">;
    readonly string: (name: string) => Expression<"string">;
    readonly bool: (name: string) => Expression<"bool">;
    readonly blob: (name: string) => Expression<"blob">;
    readonly list: (name: string) => Expression<"list">;
    readonly map: (name: string) => Expression<"map">;
    readonly geo: (name: string) => Expression<"geo">;
    readonly hll: (name: string) => Expression<"hll">;
    readonly binType: (name: string) => Expression<"int">;
    readonly exists: (name: string) => Expression<"bool">;
};

/**
 * An expression that the server evaluates for each record. Made by {@link exp}, or from text by {@link ael}.
 *
 * It is immutable. `T` is the type of its value: an expression of type `'bool'` can be a filter.
 */
export declare class Expression<out T extends ExpressionType = ExpressionType> {
    /** Only for the compiler. */
    readonly [result]: T;
    /** The type of its value; `'any'` if the type is open, as with `unknown()`. */
    get type(): AnyType;
    /** The bytes that are sent: MessagePack, as every Aerospike client packs a filter. */
    toBytes(): Uint8Array<ArrayBuffer>;
    /** The expression as AEL text, which `exp.parse` reads back. */
    toString(): string;
    /** The text, so that a log of it says something. */
    toJSON(): string;
}

/** What an expression results in, under the server's names. */
export declare type ExpressionType = 'nil' | 'bool' | 'int' | 'string' | 'list' | 'map' | 'blob' | 'float' | 'geo' | 'hll';

/** One request that failed, and the rows it was for. */
export declare interface Failure {
    /** The node that was asked; if the client itself failed the rows, the reason instead. */
    readonly node: string;
    /** The result code that the rows have. */
    readonly code: number;
    /** A description of the failure. */
    readonly message: string;
    /** The rows of the batch, ascending. */
    readonly rows: Uint32Array;
    /** Of a write: whether one of the rows may have been written all the same. */
    readonly inDoubt?: boolean;
}

/** A field of a dtype with all its properties. */
export declare interface Field {
    /** The name of the field, which is the name of the bin. */
    readonly name: string;
    /** The kind of its elements. */
    readonly kind: Kind;
    /** The kind of the elements of a `list`. */
    readonly element?: NumericKind | undefined;
    /** What an `M8` field counts. */
    readonly unit?: DatetimeUnit | undefined;
    /** Bytes of one element; n for `S{n}` and `V{n}`, 16 where cells have any length. */
    readonly itemsize: number;
    /** The dimensions of a sub-array; empty for a scalar. */
    readonly shape: readonly number[];
    /** Elements in a cell: the product of `shape`, 1 for a scalar. */
    readonly count: number;
    /** numpy's name of the element type, such as `<f8` or `|S32`. */
    readonly descr: string;
}

/** A field about which more than its type is said. */
export declare interface FieldDetails {
    /** What it becomes. */
    readonly type: FieldType;
    /**
     * Where it is read from, if not from the bin of its name: a bin by its name, a place in a bin such as
     * `'$.profile.address.city'`, or what the server computes, as AEL text or an expression: `'$.temperature * 1.8 + 32.0'`.
     */
    readonly from?: string | object | undefined;
    /** What a cell without a value holds. Default 0, or empty. */
    readonly fill?: FillValue | undefined;
}

/** The fields of a schema, in order. */
declare function fieldsOf(dtype: NativeDtype): Array<NativeFieldInfo>

/** A field of the object form: what it becomes, or with its details. */
export declare type FieldSpec = FieldType | FieldDetails;

/** What a field becomes: its code, or code and shape for a sub-array; the shape `null` is a list of any length. */
export declare type FieldType = string | readonly [code: string, shape: Shape | null];

/**
 * What a cell without a value can hold: a value of the field; one number for all elements of a sub-array, or an array of
 * them; `'NaT'` of a `datetime64`. Cells of any length are empty.
 */
export declare type FillValue = number | bigint | boolean | string | Date | Uint8Array | ArrayLike<number | bigint | boolean>;

/** Selects the records of a call: AEL text, an expression of type bool, or the bytes of one. */
export declare type Filter = string | Expression<'bool'> | Uint8Array;

/** The options of an operation: their checks, and what the server gets of them before and behind the arguments. */
declare interface Form {
    readonly checks: Checks<Record<string, unknown>>;
    readonly before?: (options: Options) => readonly unknown[];
    readonly behind?: (options: Options) => readonly unknown[];
    /** The flags that the last step of a context gets. */
    readonly creates?: (options: Options) => number;
}

/** The key of a record that was found and not asked for: its primary key is `null` where it is not stored. */
export declare type FoundKey = readonly [namespace: string, set: string, primaryKey: PrimaryKey | null];

declare namespace generated {
    export {
        fieldsOf,
        hashIntegers,
        hashKeys,
        layoutOf,
        parseDtype,
        startDevServer,
        NativeCallOf,
        NativeKey,
        NativeRecord,
        NativeFound,
        NativeParts,
        NativeOperated,
        inside,
        NativeDtype,
        NativeKeyList,
        NativeBegins,
        NativeCall,
        NativeClient,
        NativeDevServer,
        NativeDouble,
        NativeJob,
        NativeParticle,
        NativeStream,
        NativeTransaction,
        NativeAuthMode,
        NativeBinRead,
        NativeColumnarWrite,
        NativeCommitLevel,
        NativeConnectOptions,
        NativeDevCertificates,
        NativeDevNamespace,
        NativeDevServerOptions,
        NativeDevStats,
        NativeDevTls,
        NativeDevUser,
        NativeErrorClass,
        NativeExists,
        NativeExpired,
        NativeFailure,
        NativeFailureReport,
        NativeField,
        NativeFieldInfo,
        NativeFilled,
        NativeGenerationPolicy,
        NativeHost,
        NativeIndexDefinition,
        NativeIndexElements,
        NativeIndexInfo,
        NativeIndexQuery,
        NativeIndexValues,
        NativeIntegerKind,
        NativeJobOptions,
        NativeJobProgress,
        NativeKeyColumns,
        NativeKeys,
        NativeLatency,
        NativeLayout,
        NativeLayoutKind,
        NativeLoss,
        NativeLossReason,
        NativeMismatches,
        NativeNode,
        NativeNodeStats,
        NativeOnLoss,
        NativeOperation,
        NativeOperator,
        NativeOutcome,
        NativePing,
        NativePrivilege,
        NativeReadModeAp,
        NativeReadModeSc,
        NativeReadOptions,
        NativeReadPolicy,
        NativeReplica,
        NativeRole,
        NativeRowTerms,
        NativeStats,
        NativeStreamFailure,
        NativeStreamOptions,
        NativeStreamProgress,
        NativeStreamStats,
        NativeTls,
        NativeTransactionEnd,
        NativeTransactionState,
        NativeUdf,
        NativeUdfModule,
        NativeUser,
        NativeUserAction,
        NativeUserOrder,
        NativeWorkedRows,
        NativeWritePolicy,
        NativeWrittenRecords
    }
}

/**
 * GeoJSON as a value of a bin, a list or a map. `put` stores it as GeoJSON, and reads return it, where text would be a String.
 * It is made of an object, or of its text: `new GeoJSON({ type: 'Point', coordinates: [13.4, 52.5] })`.
 */
export declare class GeoJSON extends native.NativeParticle {
    /** The text, as it is stored. */
    readonly text: string;
    constructor(value: GeoJSONObject | string | GeoJSON);
    /** The parsed text; the text itself in the case that a server has stored what is no JSON. */
    toJSON(): GeoJSONObject;
    /** The text. */
    toString(): string;
}

/** GeoJSON: an object, its text, or a value of a bin. */
export declare type GeoJSONInput = string | GeoJSON | {
    /** The kind of geometry, such as `'Point'` or `'Polygon'`. */
    readonly type: string;
    /** Longitude first, then latitude, in degrees. */
    readonly coordinates: unknown;
};

/** GeoJSON as an object: a geometry, or a feature. */
export declare interface GeoJSONObject {
    /** Its kind, such as `'Point'`, `'Polygon'` or `'AeroCircle'`. */
    readonly type: string;
    readonly [name: string]: unknown;
}

/** Makes an operation that reads several elements. */
declare interface GetMany<All, Args extends readonly unknown[]> {
    <const R extends All = 'value' & All>(bin: string, ...args: [...Args, options?: GetManyOptions<R>]): InsideOperation<InsideMany<R>>;
}

/** Options of an operation that reads several elements. */
export declare interface GetManyOptions<R> extends ReadInsideOptions, Returning<R>, Inverting {
}

/** Makes an operation that reads one element. */
declare interface GetOne<All, Args extends readonly unknown[]> {
    <const R extends All = 'value' & All>(bin: string, ...args: [...Args, options?: GetOneOptions<R>]): InsideOperation<InsideOne<R>>;
}

/** Options of an operation that reads one element. */
export declare interface GetOneOptions<R> extends ReadInsideOptions, Returning<R> {
}

/** Options of `get`. */
export declare interface GetOptions extends SelectOptions {
    /** The bins to read. Default all. */
    bins?: readonly string[] | undefined;
}

/** Something that a role allows, as the cluster lists it. */
export declare interface GrantedPrivilege {
    /** What is allowed, in the server's words. */
    readonly code: string;
    /** Only in this namespace. */
    readonly namespace?: string;
    /** Only in this set. */
    readonly set?: string;
}

/** Hashes integer keys given as the bytes of a typed array. */
declare function hashIntegers(namespace: string, set: string, bytes: Uint8Array, kind: NativeIntegerKind): NativeKeyList

/** Hashes packed keys. */
declare function hashKeys(keys: NativeKeys): NativeKeyList

/** Options of `op.hlls.init` and `op.hlls.add`. */
export declare interface HllInitOptions extends Omit<HllWriteOptions, 'allowFold'> {
    /** 4 to 16: the sketch has 2 to the power of so many registers. Required to make one. */
    readonly indexBits?: number | undefined;
    /** 4 to 51: bits for estimating similarities. Default none. */
    readonly minHashBits?: number | undefined;
}

/** Options of `op.hlls.setUnion`. */
export declare interface HllWriteOptions {
    /** Writes always, only if the bin exists, or only if it does not. Default `'update'`. */
    readonly exists?: 'update' | 'updateOnly' | 'create' | undefined;
    /** Leaves the bin as it is where the write is denied, instead of failing the call. Default false. */
    readonly skipDenied?: boolean | undefined;
    /** Reduces the result to the smallest number of index bits, where the sketches have different ones. Default false. */
    readonly allowFold?: boolean | undefined;
}

/** A node of the cluster to contact first. */
export declare interface Host {
    /** Name or address; an IPv6 address needs no brackets here. */
    host: string;
    /** Port, 3000 unless given. */
    port?: number | undefined;
    /** The name in the node's certificate, if it differs from `host`. */
    tlsName?: string | undefined;
}

/** The hosts to contact first: `'host:port'`, several of these joined by commas, objects, or a list of either. */
export declare type Hosts = string | Host | readonly (string | Host)[];

/**
 * A HyperLogLog as a value of a bin, a list or a map: a sketch of a set that `op.hlls` works on. `put` stores it as
 * HyperLogLog, and reads return it, where its bytes alone would be a Blob.
 */
export declare class HyperLogLog extends native.NativeParticle {
    /** The bytes of the sketch. */
    readonly bytes: Uint8Array;
    constructor(bytes: Uint8Array | HyperLogLog);
    /** The bytes in hex. */
    toJSON(): string;
}

/** The ids that {@link keyList} takes: primary keys of one type, or an integer typed array. */
export declare type Ids = readonly string[] | readonly number[] | readonly bigint[] | readonly Uint8Array[] | readonly DigestKey[] | IntegerArray;

/** Options that name a nested list or map. */
export declare interface InContext {
    /** The steps to a nested list or map, made by `ctx`. */
    readonly context?: readonly Step[] | undefined;
}

/** Options of calls on indexes. */
export declare interface IndexCallOptions {
    /** Aborts the call; the nodes may have received the command or not. A blocking call checks it only before it begins. */
    signal?: AbortSignal | undefined;
}

/** A secondary index as the nodes list it. */
export declare interface IndexInfo {
    /** Namespace. */
    readonly namespace: string;
    /** Set; `''` for all records of the namespace. */
    readonly set: string;
    /** Name. */
    readonly name: string;
    /** The bin; `''` for an expression. */
    readonly bin: string;
    /** The type of the indexed values; `''` for a set index. */
    readonly type: string;
    /** Which elements of a bin are indexed; `undefined` if the value itself is. */
    readonly collection?: Collection;
    /** The steps to a value inside the bin, as the server stores them. */
    readonly path?: Uint8Array;
    /** The expression, as the server stores it. */
    readonly expression?: Uint8Array;
    /** Whether every node has built it. */
    readonly ready: boolean;
}

/** An index to create, on a bin or an expression. */
export declare interface IndexOptions {
    /** The index's name. */
    name: string;
    /** The type of the indexed values; values of other types are not in the index. */
    type: 'numeric' | 'string' | 'blob' | 'geo2dsphere';
    /** The bin. */
    bin?: string | undefined;
    /** Instead of a bin: an expression whose value is indexed, as AEL text, an expression or its bytes. */
    expression?: Computed | undefined;
    /** Which elements of a list or map are indexed. Default the value itself. */
    collection?: Collection | undefined;
    /** The steps to a value inside the bin. */
    path?: readonly PathStep[] | undefined;
}

/** What is indexed: a bin, a value inside a bin, an index by its name, or an indexed expression. */
export declare type IndexTarget = string | {
    /** The bin's name. */
    readonly bin: string;
    /** The steps from the bin to a list or map inside it. */
    readonly path?: readonly PathStep[] | undefined;
} | {
    /** The index's name. */
    readonly index: string;
} | {
    /** The expression whose values are indexed. */
    readonly expression: Computed;
};

/** A value that can be in an index, apart from GeoJSON. */
export declare type IndexValue = number | bigint | string | Uint8Array;

/** Which rows to take, by their positions; an Arrow vector of Bool marks them instead. */
export declare type Indices = readonly (number | bigint)[] | IntegerArray | Float64Array | ArrowVector<number> | ArrowVector<bigint> | ArrowVector<boolean>;

/** Options of `inferDtype`. */
export declare interface InferOptions {
    /** Records to look at, at most; `Infinity` for all of them. Default 10000. */
    sample?: number | undefined;
    /** How deep to look into lists and maps for places; 0 for the bins alone. Default 2. */
    depth?: number | undefined;
    /**
     * Chooses the smallest types that hold what was seen, such as u1 for integers from 0 to 255. Default false: i8 and f8, which
     * hold every Int and Double.
     */
    compact?: boolean | undefined;
    /** `'fixed'` makes `S{n}` of text, n being the longest that was seen. Default `'utf8'`: text of any length. */
    strings?: 'utf8' | 'fixed' | undefined;
    /** `'fixed'` makes sub-arrays of lists that all have the same length. Default `'any'`: lists of any length. */
    lists?: 'any' | 'fixed' | undefined;
    /** Only records that match: AEL text, an expression or its bytes. */
    filter?: Filter | undefined;
    /** Only these partitions. Default all of them. */
    partitions?: Partitions | undefined;
    /** How the scan behaves: timeouts, retries, replicas. */
    policy?: StreamPolicy | undefined;
    /** Ends the scan. A blocking one looks at it only between batches. */
    signal?: AbortSignal | undefined;
}

/** A dtype that was made from a sample of records, and what was seen in them. Printed, it is the dtype as code to paste. */
export declare class InferredDtype {
    #private;
    /** The dtype, with a field per bin, ready for `scan`, `query` and `batchRead`. */
    readonly dtype: Dtype;
    /** Records that were looked at. */
    readonly records: number;
    /**
     * Whether those were all records that there are, of those that `filter` and `partitions` leave. Then no bin of a scan with
     * the dtype is mismatched or loses anything. Of a sample this holds for its records; others may have what was not seen,
     * which `batch.conversions` counts.
     */
    readonly isWhole: boolean;
    /** What was seen, by bin, in the order of their names. */
    readonly bins: Readonly<Record<string, SeenBin>>;
    private constructor();
    /** The dtype as code: `dtype({ temperature: 'f8' })`. */
    toString(): string;
}

/** Options of `info`. */
export declare interface InfoOptions {
    /** The name of the one node to ask. Default all of them. */
    node?: string | undefined;
    /** Aborts the call. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** The answers of the nodes: `replies[node][name]`. The value of a name that a node does not know is `ERROR...`. */
export declare type InfoReplies = Record<string, Record<string, string>>;

declare const inside: unique symbol;

/** The type of what is returned of several elements. */
export declare type InsideMany<R> = Returned<R, R extends 'value' ? unknown[] : R extends 'key' ? MapKey[] : number[]>;

/** The name of an operation on the inside of a bin: `'lists.append'`. */
declare type InsideName = keyof typeof RULES;

/** The type of what is returned of one element. */
export declare type InsideOne<R> = Returned<R, R extends 'value' ? unknown : R extends 'key' ? MapKey : number>;

/** A step of an `operate` call on the inside of a bin: of a list, a map, bits or a HyperLogLog. Made by {@link op}. */
export declare interface InsideOperation<R = unknown> {
    /** What it does. */
    readonly op: InsideName;
    /** The bin. */
    readonly bin: string;
    /** Its arguments. */
    readonly args: readonly unknown[];
    /** Its options. */
    readonly options?: object | undefined;
    /** The type of what it results in, which no operation has as a property. */
    readonly [result_2]?: R;
}

/** What a cell is in JavaScript: `Date`s count milliseconds, and would cut smaller parts of a second. */
export declare type Instant = Date | bigint;

/** An integer as an argument: a safe integer, or a bigint of 64 bits. */
declare type Int = number | bigint;

/** The integer typed arrays that can be keys. */
export declare type IntegerArray = Int8Array | Int16Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Which integers of a record are bigints: only those that a number cannot hold exactly, or all. */
export declare type Integers = 'number' | 'bigint';

/** What several elements can be selected with. */
declare interface Inverting {
    /** Selects everything outside. Default false. */
    readonly inverted?: boolean | undefined;
}

/** Options of `toIPC`. */
export declare interface IPCOptions extends ArrowOptions {
    /** The stream format, which is the default, or the file format (`.arrow`, Feather 2), which allows random access. */
    format?: 'stream' | 'file' | undefined;
}

/** Whether an option makes a dictionary of a field. */
declare type IsDictionary<N, K, O> = K extends 'S' | 'utf8' ? O extends {
    dictionary: true;
} ? true : O extends {
    dictionary: readonly (infer D)[];
} ? N extends D ? true : false : false : false;

/** What can be in a list or map constant. */
export declare type Item = null | boolean | number | bigint | string | Uint8Array | Double | GeoJSON | HyperLogLog | readonly Item[] | ReadonlyMap<MapKey, Item> | {
    readonly [key: string]: Item;
};

/** How far a job is, summed over the nodes. */
export declare interface JobProgress {
    /** Whether every node is done. */
    readonly done: boolean;
    /** Records that were written. Servers forget jobs that ended some time ago, and then say 0. */
    readonly succeeded: number;
    /** Records that could not be written. */
    readonly failed: number;
    /** Records that the filter has left out. */
    readonly filtered: number;
    /** Percent of the partitions. */
    readonly percent: number;
}

/** Joins batches, or arrays of records. */
declare class Joiner<T extends Batch | readonly unknown[]> {
    #private;
    constructor(source: Source<T>, most: number);
    add(part: T): void;
    join(): T;
}

/** Where a record is: namespace, set (`''` for none) and primary key. */
export declare type Key = readonly [namespace: string, set: string, primaryKey: PrimaryKey];

/** A record to write: its key and its bins. */
export declare type KeyAndBins = readonly [key: Key, bins: Bins];

/** Keys of one set, packed once and their digests computed once, for any number of batches. Made by {@link keyList}. */
export declare class KeyList {
    #private;
    /** The namespace of every key. */
    readonly namespace: string;
    /** The set of every key, `''` for none. */
    readonly set: string;
    /** How many keys there are. */
    readonly length: number;
    private constructor();
}

/**
 * Packs the keys of one set for reuse. `ids` are copied, so later changes of the array have no effect.
 *
 * An integer typed array stands for integer keys, a `Uint8Array` too; blob keys are an array of `Uint8Array`s.
 */
export declare function keyList(namespace: string, set: string, ids: Ids): KeyList;

/** The keys of a batch: tuples, or a list that was packed before. */
export declare type Keys = readonly Key[] | KeyList;

/**
 * The kinds a field can have: numpy's names, `M8` for `datetime64`, and those whose cells have any length: `utf8`, `binary`,
 * `list` and `any`.
 */
export declare type Kind = NumericKind | 'S' | 'V' | 'M8' | ViewKind;

/** The kind of a code, of dates with the unit; all kinds if the code is only known at run time. */
declare type KindOf<C> = string extends C ? CodeKind : WithoutPrefix<C> extends infer P ? P extends NumericKind | 'utf8' | 'binary' | 'any' ? P : P extends keyof Aliases ? Aliases[P] : P extends `S${number}` ? 'S' : P extends `V${number}` ? 'V' : P extends `${'M8' | 'datetime64'}[${infer U extends DatetimeUnit}]` ? `M8[${U}]` : never : never;

/** A distribution of times in milliseconds. The percentiles come from a histogram, within 1 %. */
export declare interface LatencyStats {
    /** Number of times; if it is 0, the other values are 0 too. */
    readonly count: number;
    /** Their mean. */
    readonly mean: number;
    /** The shortest. */
    readonly min: number;
    /** The median. */
    readonly p50: number;
    /** 90 % of the times are not longer. */
    readonly p90: number;
    /** 99 % of the times are not longer. */
    readonly p99: number;
    /** The longest. */
    readonly max: number;
}

/** Each column contiguous, or whole records one after the other. */
export declare type Layout = 'columns' | 'rows';

/** Places the fields for a number of rows. */
declare function layoutOf(dtype: NativeDtype, rows: number, layout: NativeLayoutKind, align: boolean): NativeLayout

/** Options of `op.lists.appendItems`. */
export declare interface ListAppendItemsOptions extends ListAppendOptions {
    /** With `skipDenied`: adds the values that are not denied. Default false. */
    readonly partial?: boolean | undefined;
}

/** Options of `op.lists.append`. */
export declare interface ListAppendOptions extends ListDenials {
    /** The order of the list, if there is none yet. Default `'unordered'`. */
    readonly order?: ListOrder | undefined;
}

/** A column of lists: every cell is a typed array of its own length. */
export declare class ListColumn<A extends NumericArray = NumericArray> extends ViewColumn<A> {
    /** The kind of the elements: `'f4'`, ... */
    readonly element: NumericKind;
    private constructor();
    /** The elements of a row: a view, no copy. */
    row(row: number): A;
    /** The same as `row(row)`. */
    get(row: number): A;
}

declare type ListColumnOf<K> = K extends NumericKind ? ListColumn<ArrayOf<K>> : never;

/** Options of `op.lists.create`. */
export declare interface ListCreateOptions extends WriteInsideOptions {
    /** The order of the list. Default `'unordered'`. */
    readonly order?: ListOrder | undefined;
    /** Fills the list around it up with null, where the last step is an index behind its end. Default false. */
    readonly pad?: boolean | undefined;
    /** Stores the index of an ordered list with the record, which makes reads faster and the record larger. Not inside a context. Default false. */
    readonly persistIndex?: boolean | undefined;
}

/** What the writes to a list that can be denied have in common. */
declare interface ListDenials extends WriteInsideOptions {
    /** Denies a value that is in the list already: the call fails with code 24. Default false. */
    readonly unique?: boolean | undefined;
    /** Leaves the list as it is where the options deny the write, instead of failing the call. Default false. */
    readonly skipDenied?: boolean | undefined;
}

/** Options of `op.lists.increment`. */
export declare interface ListIncrementOptions extends WriteInsideOptions {
    /** The order of the list, if there is none yet. Default `'unordered'`. */
    readonly order?: ListOrder | undefined;
}

declare type ListInput<K> = K extends NumericKind ? Values<ArrayLike<unknown>> | ListColumn<ArrayOf<K>> : never;

/** Options of `op.lists.insertItems`. */
export declare interface ListInsertItemsOptions extends ListInsertOptions {
    /** With `skipDenied`: adds the values that are not denied. Default false. */
    readonly partial?: boolean | undefined;
}

/** Options of `op.lists.insert` and `op.lists.set`. */
export declare interface ListInsertOptions extends ListDenials {
    /** Denies an index behind the end, instead of filling up with null: the call fails with code 26. Default false. */
    readonly bounded?: boolean | undefined;
}

/** The order of a list. */
export declare type ListOrder = 'unordered' | 'ordered';

/** Options of `op.lists.setOrder`. */
export declare type ListOrderOptions = Omit<ListCreateOptions, 'order' | 'pad'>;

/** What reading a list can return. */
export declare type ListReturn = Exclude<Returns, 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap'>;

/** What an operation on a list can return of the elements that it selects; `'none'` is nothing. */
export declare type ListReturns = Exclude<Returns, 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap'> | 'none';

declare type ListSchema<F extends DtypeList> = {
    readonly [E in F[number] as E[0]]: E extends readonly [string, infer C extends string, infer S extends Shape | null] ? readonly [C, S] : E extends readonly [string, Typed<infer T extends FieldType>] ? T : Exclude<E[1], FieldDetails>;
};

declare type ListsOf<T extends Arrow.DataType, S> = S extends readonly [] ? T : S extends readonly [unknown, ...infer Rest] ? Arrow.FixedSizeList<ListsOf<T, Rest>> : S extends number ? Arrow.FixedSizeList<T> : Arrow.FixedSizeList;

/** The literals that stand for constants of a type. */
export declare type Literal<T extends ExpressionType> = Literals[T];

/** What a type is as a literal of JavaScript. */
declare interface Literals {
    nil: null;
    bool: boolean;
    int: number | bigint;
    string: string;
    list: readonly Item[];
    map: ReadonlyMap<MapKey, Item> | {
        readonly [key: string]: Item;
    };
    blob: Uint8Array;
    float: number | Double;
    geo: never;
    hll: never;
}

/**
 * Loads a `.npy` file, of which the path or the bytes are given, as a batch: a field per field of a structured array, or
 * one field of an ordinary array, whose further dimensions are a sub-array.
 *
 * Versions 1 to 3 of the format, both byte orders, and both orders of dimensions. Nothing in the file is run. Every cell is
 * valid, every result code 0, every key `null`: give keys to `batchWrite` to store the rows. A `RangeError` for a file that
 * is malformed, or whose types cannot be columns.
 */
export declare function loadNpy<S extends Schema, const L extends Layout = 'columns'>(source: NpySource, options?: LoadNpyOptions<S, L>): Promise<Batch<S, L>>;

/** Options of `loadNpy`. */
export declare interface LoadNpyOptions<S extends Schema = Schema, L extends Layout = Layout> {
    /** What the file has to hold: an error if it holds anything else. Default whatever its header says. */
    dtype?: Dtype<S> | undefined;
    /** The name of the field that an array without fields becomes. Default `'value'`. */
    name?: string | undefined;
    /** Each column contiguous (the default), or records as in numpy. */
    layout?: L | undefined;
    /** Pads the records of the rows layout as a C compiler does. Default false. */
    align?: boolean | undefined;
}

/** `loadNpy` that returns when the file is loaded. */
export declare function loadNpySync<S extends Schema, const L extends Layout = 'columns'>(source: NpySource, options?: LoadNpyOptions<S, L>): Batch<S, L>;

/** Called at the end of every call. It must not throw; if it does, the process gets an uncaught exception and the call goes on. */
export declare type Logger = (event: Readonly<CallEvent>) => void;

/** Makes an operation with arguments and options that results in something of one type. */
declare type Makes<R, O, Args extends readonly unknown[] = []> = (bin: string, ...args: [...Args, options?: O]) => InsideOperation<R>;

/** Options of a read that selects a range. */
export declare interface ManyOptions<R> extends InContext {
    /** What is returned. Default `'value'`: a list of the values. */
    readonly return?: R | undefined;
    /** Selects everything outside the range. Default false. */
    readonly inverted?: boolean | undefined;
}

/** The type of what a range returns. */
export declare type ManyResult<R> = R extends 'count' ? 'int' : R extends 'exists' ? 'bool' : R extends AsMap ? 'map' : 'list';

/** What can be added to a number inside a map. */
export declare type MapAddend = number | bigint | Double;

/** Options of `op.maps.create`. */
export declare interface MapCreateOptions extends WriteInsideOptions {
    /** The order of the map. Default `'unordered'`. */
    readonly order?: MapOrder | undefined;
    /** Stores the index of an ordered map with the record, which makes reads faster and the record larger. Not inside a context. Default false. */
    readonly persistIndex?: boolean | undefined;
}

/** Options of `op.maps.increment` and `op.maps.decrement`. */
export declare interface MapIncrementOptions extends WriteInsideOptions {
    /** The order of the map, if there is none yet. Default `'unordered'`. */
    readonly order?: MapOrder | undefined;
    /** Stores the index of a new ordered map with the record. Not inside a context. Default false. */
    readonly persistIndex?: boolean | undefined;
}

/** A key of a map constant. */
export declare type MapKey = string | number | bigint | Uint8Array;

/** The order of a map: by nothing, by its keys, or by its keys and, for reads by rank, its values too. */
export declare type MapOrder = 'unordered' | 'keyOrdered' | 'keyValueOrdered';

/** Options of `op.maps.setOrder`. */
export declare type MapOrderOptions = Omit<MapCreateOptions, 'order'>;

/** Options of `op.maps.putItems`. */
export declare interface MapPutItemsOptions extends MapPutOptions {
    /** With `skipDenied`: writes the entries that are not denied. Default false. */
    readonly partial?: boolean | undefined;
}

/** Options of `op.maps.put`. */
export declare interface MapPutOptions extends MapIncrementOptions {
    /** Writes always, only under keys that exist (else code 23), or only under new keys (else code 24). Default `'update'`. */
    readonly exists?: 'update' | 'updateOnly' | 'create' | undefined;
    /** Leaves the map as it is where `exists` denies the write, instead of failing the call. Default false. */
    readonly skipDenied?: boolean | undefined;
}

/** What reading a map can return. */
export declare type MapReturn = Returns;

/** What an operation on a map can return of the elements that it selects; `'none'` is nothing. */
export declare type MapReturns = Returns | 'none';

/** Which rows to keep: 1 or `true` for each of them, or a function that is called for each row. */
export declare type Mask<S extends Schema = Schema> = Uint8Array | readonly boolean[] | ArrowVector<boolean> | ((row: Row<S>, index: number) => boolean);

/** The metadata of each record: generation and ttl. */
export declare interface Meta {
    /** How often the record was written. */
    readonly gen: Uint32Array<ArrayBuffer>;
    /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
    readonly ttl: Uint32Array<ArrayBuffer>;
}

/** How many bins of a type did not fit a field, which is named by its number. */
declare interface Mismatch {
    readonly field: number;
    readonly type: string;
    readonly count: number;
}

declare type NameOfExtra<K, V> = V extends true ? K : V extends string ? V : never;

/** The binding itself. Nothing else loads it; its types are generated from crates/node. */
declare const native: typeof generated;

/** r" How a user proves who it is. */
declare type NativeAuthMode = 'internal' | 'external' | 'pki'

/** Functions that begin calls, and give what the methods of these names give. */
declare interface NativeBegins {
    batchRead(
    keys: NativeKeyList | NativeKeys | Uint8Array,
    dtype: NativeDtype,
    buffer: Uint8Array,
    options: NativeReadOptions | undefined,
    ): Promise<NativeOutcome | null>
    get(
    key: NativeKey | Uint8Array,
    bins: string[] | null,
    policy: NativeReadPolicy | null,
    ): Promise<NativeFound | null>
    exists(key: NativeKey | Uint8Array, policy: NativeReadPolicy | null): Promise<boolean>
}

/** What is read under a name: a bin, or what an expression makes of the record. */
declare interface NativeBinRead {
    /** The bin, or the name under which the result comes. */
    name: string
    /** The value of an expression read; none for the bin itself. */
    expression?: Uint8Array
    /** Whether the result is a list, and the value is its first element. */
    inList: boolean
}

/** A call that is ready to run, once. `NativeCallOf` says what it gives. */
declare class NativeCall {
    /** Begins the call. */
    promise(): Promise<unknown>
    /** Runs the call, and blocks until it is done. */
    wait(): unknown
    /** Ends the call early. Doing it again does nothing. */
    abort(): void
}

/** A call that is ready to run, once, and what it gives. */
declare interface NativeCallOf<T> extends NativeCall {
    promise(): Promise<T>
    wait(): T
}

/** A connected client. Every method checks and converts its arguments and gives the call, which has not begun. */
declare class NativeClient {
    /** Gives the cluster a module of functions, and waits until every node has it. */
    registerUdf(name: string, code: Uint8Array): NativeCallOf<void>
    /** Takes a module away; whether there was one. */
    removeUdf(name: string): NativeCallOf<boolean>
    /** The modules of the cluster. */
    udfs(): NativeCallOf<NativeUdfModule[]>
    /** Applies a function to a record. */
    apply(key: NativeKey, udf: NativeUdf, policy?: NativeWritePolicy | undefined | null): NativeCallOf<unknown>
    /** Begins a job that the nodes do by themselves. */
    beginJob(options: NativeJobOptions, policy?: NativeWritePolicy | undefined | null): NativeCallOf<NativeJob>
    /** Commits a transaction. */
    commit(transaction: NativeTransaction): NativeCallOf<NativeTransactionEnd>
    /** Aborts a transaction. */
    rollBack(transaction: NativeTransaction): NativeCallOf<NativeTransactionEnd>
    /** Changes a user or role. */
    administrate(order: NativeUserOrder): NativeCallOf<void>
    /** The users, or one of them. */
    users(name?: string | undefined | null): NativeCallOf<NativeUser[]>
    /** The roles, or one of them. */
    roles(name?: string | undefined | null): NativeCallOf<NativeRole[]>
    /** Whether a node answers. */
    isConnected(): boolean
    /** The nodes of the cluster. */
    nodes(): Array<NativeNode>
    /** Asks every node for its name; each has so many ms. */
    ping(timeout: number): NativeCallOf<NativePing[]>
    /** Fills `buffer` with the columns of a dtype; null when there is nothing else to say. */
    batchRead(keys: NativeKeyList | NativeKeys | Uint8Array, dtype: NativeDtype, buffer: Uint8Array, options?: NativeReadOptions | undefined | null): NativeCallOf<NativeOutcome | null>
    /**
     * Writes columns laid out in `buffer`; `result` takes codes and generations, in the layout of a dtype without
     * fields.
     */
    batchWrite(keys: NativeKeyList | NativeKeys | Uint8Array, dtype: NativeDtype, buffer: Uint8Array, result: Uint8Array, options: NativeColumnarWrite): NativeCallOf<NativeOutcome>
    /** Reads records. */
    batchReadRecords(keys: NativeKeyList | NativeKeys | Uint8Array, bins?: Array<string> | undefined | null, policy?: NativeReadPolicy | undefined | null): NativeCallOf<NativeRecord[]>
    /** Writes many records in one batch. */
    putMany(keys: NativeKeys, records: Record<string, unknown>[], terms: NativeRowTerms, policy?: NativeWritePolicy | null): NativeCallOf<NativeWrittenRecords>
    /** Runs operations on many records: those of row i on that of key i, or the only ones on all. */
    batchOperate(keys: NativeKeyList | NativeKeys | Uint8Array, operations: Array<Array<NativeOperation>>, terms: NativeRowTerms, policy?: NativeWritePolicy | undefined | null): NativeCallOf<NativeWorkedRows>
    /** Applies functions to many records: that of row i to that of key i, or the only one to all. */
    batchApply(keys: NativeKeyList | NativeKeys | Uint8Array, udfs: Array<NativeUdf>, terms: NativeRowTerms, policy?: NativeWritePolicy | undefined | null): NativeCallOf<NativeWorkedRows>
    /** Deletes many records. */
    batchRemove(keys: NativeKeyList | NativeKeys | Uint8Array, terms: NativeRowTerms, policy?: NativeWritePolicy | undefined | null): NativeCallOf<NativeWrittenRecords>
    /**
     * Functions that begin a call, and give a promise of what the method of the same name gives: nobody can abort it. They make
     * records with what [`make_records_with`](Self::make_records_with) was given before.
     */
    begins(): NativeBegins
    /**
     * Has a function make the records of `get`: of the names of bins it makes a function, and this one makes a record of its
     * generation, its ttl and the values of these bins. Otherwise, and for records of many bins, their parts are given.
     */
    makeRecordsWith(makesShape: (names: string[]) => (gen: number, ttl: number, ...values: unknown[]) => unknown): void
    /** Reads a record; null when there is none. */
    get(key: NativeKey | Uint8Array, bins?: Array<string> | undefined | null, policy?: NativeReadPolicy | undefined | null): NativeCallOf<NativeFound | null>
    /** Whether a record exists. */
    exists(key: NativeKey | Uint8Array, policy?: NativeReadPolicy | undefined | null): NativeCallOf<boolean>
    /** Writes a record. */
    put(key: NativeKey, bins: Record<string, unknown>, policy?: NativeWritePolicy | null): NativeCallOf<void>
    /** Renews a record's ttl. */
    touch(key: NativeKey, policy?: NativeWritePolicy | undefined | null): NativeCallOf<void>
    /** Deletes a record; whether there was one. */
    remove(key: NativeKey, policy?: NativeWritePolicy | undefined | null): NativeCallOf<boolean>
    /** Runs operations on a record; with `each` the server answers every one of them. */
    operate(key: NativeKey, operations: Array<NativeOperation>, policy?: NativeWritePolicy | undefined | null, each?: boolean | undefined | null): NativeCallOf<NativeOperated>
    /** Connects. */
    static connect(options: NativeConnectOptions): NativeCallOf<NativeClient>
    /** A scan or query, which has not begun. */
    stream(options: NativeStreamOptions): NativeStream
    /** Makes a secondary index and waits until it is ready. */
    createIndex(definition: NativeIndexDefinition): NativeCallOf<void>
    /** Drops a secondary index; whether there was one. */
    dropIndex(namespace: string, name: string): NativeCallOf<boolean>
    /** The secondary indexes. */
    indexes(namespace?: string | undefined | null): NativeCallOf<NativeIndexInfo[]>
    /** Asks all nodes, or one, for info values: node name to info name to value. */
    info(names: Array<string>, node?: string | undefined | null): NativeCallOf<Record<string, Record<string, string>>>
    /**
     * Deletes the records of a set, or without one of the whole namespace, that were written before a time: ns since 1970;
     * 0 is now.
     */
    truncate(namespace: string, set: string | undefined, beforeNanos: bigint): NativeCallOf<void>
    /** What the client has done so far. */
    stats(): NativeStats
    /** Closes; running batches reject. */
    close(): NativeCallOf<void>
}

/** How to write columns. */
declare interface NativeColumnarWrite {
    /** Timeouts, ttl, what to do with a record that exists, whether to store the keys. */
    policy?: NativeWritePolicy
    /** See [`NativeLayoutKind`]. */
    layout: NativeLayoutKind
    /** Rows as C structs. */
    align: boolean
    /** The blocks that view cells speak of; none when absent. */
    blocks?: Array<Uint8Array>
}

/** r" When the server answers a write. */
declare type NativeCommitLevel = 'all' | 'master'

/** How to connect. */
declare interface NativeConnectOptions {
    /** Seeds. */
    hosts: Array<NativeHost>
    /** In ms. */
    connectTimeout?: number
    /** The name that the cluster must have. */
    clusterName?: string
    /** Use alternate addresses. */
    useServicesAlternate?: boolean
    /** Data connections per node. */
    maxConnsPerNode?: number
    /** Connections per node that are opened in advance. */
    minConnsPerNode?: number
    /** In ms. */
    idleTimeout?: number
    /** In ms. */
    tendInterval?: number
    /** Columnar batches that run at the same time. */
    maxRunningBatches?: number
    /** Columnar batches that wait. */
    maxQueuedBatches?: number
    /** The client's racks, the best first. */
    rackIds?: Array<number>
    /** User name. */
    user?: string
    /** Password. */
    password?: string
    /** See [`NativeAuthMode`]. */
    authMode?: NativeAuthMode
    /** Encrypt everything. */
    tls?: NativeTls
}

/** What a client needs to trust self-made certificates. */
declare interface NativeDevCertificates {
    /** The authority, PEM. */
    ca: string
    /** A client's certificate, PEM. */
    cert: string
    /** Its key, PEM. */
    key: string
}

/** A namespace of the server. */
declare interface NativeDevNamespace {
    /** Its name. */
    name: string
    /** Bytes of records above which writes are refused. */
    memoryLimit?: number
    /** Seconds that records live when the writer says nothing. */
    defaultTtl?: number
}

/** A running server. */
declare class NativeDevServer {
    /** `address:port` of every node. */
    get hosts(): Array<string>
    /** With self-made certificates: what a client needs. */
    get certificates(): NativeDevCertificates | null
    /** Stops; resolves when every thread has ended. Stopping again does nothing. */
    stop(): NativeCallOf<void>
    /** Stops a node as a crash would. */
    stopNode(node: number): NativeCallOf<void>
    /** Starts a stopped node, empty. */
    startNode(node: number): NativeCallOf<void>
    /** Suspends a node. */
    freezeNode(node: number): NativeCallOf<void>
    /** Lets a suspended node go on. */
    thawNode(node: number): NativeCallOf<void>
    /** Replaces all fault rules. */
    setFaults(rules: Array<string>): void
    /** What the server has done and holds; null when it has stopped. */
    stats(): NativeDevStats | null
}

/** What the server is to be; the defaults are those of the Rust `Config`. */
declare interface NativeDevServerOptions {
    /** Port of the first node; 0 or absent takes a free one. */
    port?: number
    /** Number of nodes. */
    nodes?: number
    /** Copies of every record. */
    replicationFactor?: number
    /** The rack of every node. */
    racks?: Array<number>
    /** The namespaces. */
    namespaces?: Array<NativeDevNamespace>
    /** With users, everybody has to log in. */
    users?: Array<NativeDevUser>
    /** Seconds that a login lasts. */
    sessionTtl?: number
    /** See [`NativeDevTls`]. */
    tls?: NativeDevTls
    /** Fault rules as words. */
    faults?: Array<string>
    /** What the choices of faults follow from. */
    seed?: number
    /** Ms until the others notice that a node has stopped. */
    failureDetection?: number
    /** Ms until a started node has joined. */
    joining?: number
    /** Ms that partitions take to move. */
    migration?: number
    /** Ms until a new index can be queried. */
    indexBuilding?: number
    /** Threads that the scans and queries of a node may have together. */
    queryThreadsLimit?: number
    /** How slow it is, as words. */
    pace?: string
}

/** What the server has done and holds. */
declare interface NativeDevStats {
    /** Open connections. */
    connections: number
    /** Connections that were ever accepted. */
    connectionsOpened: number
    /** Records. */
    objects: number
    /** Bytes that they take. */
    memory: number
    /** How often fault rules have fired. */
    faults: number
}

/** How connections are encrypted: with given certificates, or, without any, with self-made ones. */
declare interface NativeDevTls {
    /** Certificate chain, PEM. */
    cert?: string
    /** Its key, PEM. */
    key?: string
    /** The name that clients expect. */
    name?: string
    /** Only clients with a certificate of this authority, PEM. */
    clientCa?: string
    /** With self-made certificates: only clients with the one that the server hands out. */
    mutual?: boolean
    /** The name in the self-made client certificate. */
    clientName?: string
    /** The self-made certificate that has expired. */
    expired?: NativeExpired
}

/** Somebody who may log in. */
declare interface NativeDevUser {
    /** User name. */
    user: string
    /** Password. */
    password: string
    /** Names of roles. */
    roles: Array<string>
    /** Known to a directory only. */
    external?: boolean
    /** Whether the password has expired. */
    expired?: boolean
}

/** A number that is stored as Double even when it is whole. */
declare class NativeDouble {
    /** Wraps a number. */
    constructor(value: number)
    /** The number. */
    get value(): number
}

/** A schema that `parseDtype` has made. Only the binding sees what is inside. */
declare interface NativeDtype {
    readonly [inside]: 'dtype'
}

/** The class that JavaScript makes of a failure. */
declare type NativeErrorClass = 'TypeError' | 'RangeError' | 'ConnectionError' | 'TimeoutError' | 'ServerError' | 'ClosedError' | 'AbortError' | 'AerostrideError'

/** r" What happens to a record that exists, or does not. */
declare type NativeExists = 'update' | 'updateOnly' | 'replace' | 'replaceOnly' | 'create'

/** r" Whose self-made certificate has expired. */
declare type NativeExpired = 'server' | 'client'

/** What an error says. */
declare interface NativeFailure {
    /** Its class. */
    kind: NativeErrorClass
    /** Its stable code. */
    code: string
    /** What happened and what to do about it. */
    message: string
    /** The server's code, or one of the client's own. */
    resultCode?: number
    /** The node that was involved. */
    node?: string
    /** How often the request was sent. */
    attempts?: number
    /** Whether a write may have been done all the same. */
    inDoubt: boolean
}

/** A request without an answer. */
declare interface NativeFailureReport {
    /** Name and address; empty where no node was involved. */
    node: string
    /** The rows' code. */
    code: number
    /** What happened. */
    message: string
    /** Rows of the batch. */
    rows: Uint32Array<ArrayBuffer>
    /** Whether one of the rows may have been written all the same. */
    inDoubt: boolean
}

/** A field as the user wrote it. */
declare interface NativeField {
    /** Bin name. */
    name: string
    /** Type code. */
    code: string
    /** Dimensions; empty for a scalar. */
    shape: Array<number>
    /** What it is read from, where that is not the bin of its name. */
    from?: NativeBinRead
    /** The bytes of a cell without a value; zeros when absent. */
    fill?: Uint8Array
}

/** A parsed field. */
declare interface NativeFieldInfo {
    /** Bin name. */
    name: string
    /** See `Kind` in `src/kinds/kinds.ts`. */
    kind: 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | '?' | 'S' | 'V' | 'M8' | 'utf8' | 'binary' | 'any' | 'list'
    /** Bytes of one element. */
    itemsize: number
    /** Dimensions; empty for a scalar. */
    shape: Array<number>
    /** Elements per row. */
    count: number
    /** numpy's descr of one element. */
    descr: string
    /** Of a list: the kind of its elements. */
    element?: 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'f4' | 'f8' | '?'
    /** Of dates: what a tick is. */
    unit?: 's' | 'ms' | 'us' | 'ns'
}

/** A batch that was filled. */
declare interface NativeFilled {
    /** The number under which it was lent. */
    id: number
    /** Its rows; the buffer begins with the layout for these. */
    rows: number
    /** Missing, lossy, mismatched of every field, one after the other. */
    conversions: Array<number>
    /** By field and type, where there are any. */
    mismatches: Array<NativeMismatches>
    /** What view cells speak of: block number to bytes. */
    blocks: Uint8Array<ArrayBuffer>[]
    /** Only with `onLoss: 'throw'`. */
    loss?: NativeLoss
    /** Without a dtype. */
    records?: NativeRecord[]
    /** Per row the particle type of its user key, 0 without one. */
    keyTypes: Uint8Array<ArrayBuffer>
    /** Per row where its user key ends. */
    keyEnds: Uint32Array<ArrayBuffer>
    /** The bytes of the user keys. */
    keyBytes: Uint8Array<ArrayBuffer>
    /** 20 bytes per row. */
    digests: Uint8Array<ArrayBuffer>
    /** The names of the sets. */
    sets: Array<string>
    /** Per row the position of its set; empty for the first one. */
    setOf: Uint32Array<ArrayBuffer>
}

/** A record that was read by itself: its parts, or what a function of `makeRecordsWith` has made of them. */
declare type NativeFound = NativeParts | { key: unknown }

/** r" Whether the generation decides about a write. */
declare type NativeGenerationPolicy = 'none' | 'eq' | 'gt'

/** A seed host. */
declare interface NativeHost {
    /** Name or IP address. */
    host: string
    /** Port. */
    port: number
    /** Certificate name. */
    tlsName?: string
}

/** An index that is to be. */
declare interface NativeIndexDefinition {
    /** Namespace. */
    namespace: string
    /** Set; empty for none. */
    set: string
    /** The index's name. */
    name: string
    /** See [`NativeIndexValues`]. */
    values: NativeIndexValues
    /** See [`NativeIndexElements`]. */
    elements: NativeIndexElements
    /** The bin; empty with an expression. */
    bin: string
    /** The place inside the bin. */
    context?: Uint8Array
    /** The expression. */
    expression?: Uint8Array
}

/** r" Which elements of a bin are indexed. */
declare type NativeIndexElements = 'whole' | 'list' | 'mapKeys' | 'mapValues'

/** An index as the nodes list it. */
declare interface NativeIndexInfo {
    /** Namespace. */
    namespace: string
    /** Set; empty for none. */
    set: string
    /** Name. */
    name: string
    /** Bin; empty for an expression. */
    bin: string
    /** `numeric`, `string`, `blob`, `geo2dsphere`. */
    values: string
    /** `default`, `list`, `mapkeys`, `mapvalues`, `set`. */
    elements: string
    /** Base64 of the place inside the bin; empty for none. */
    context: string
    /** Base64 of the expression; empty for none. */
    expression: string
    /** Whether every node has built it. */
    ready: boolean
}

/** Which index a query reads, and what it looks for. */
declare interface NativeIndexQuery {
    /** The bin; empty with a name or an expression. */
    bin: string
    /** The index's name. */
    name?: string
    /** See [`NativeIndexElements`]. */
    elements: NativeIndexElements
    /** The place inside the bin. */
    context?: Uint8Array
    /** The indexed expression. */
    expression?: Uint8Array
    /** Particle type of the values. */
    particle: number
    /** The smallest value. */
    begin: Uint8Array
    /** The largest value. */
    end: Uint8Array
}

/** What the values in an index are. */
declare type NativeIndexValues = 'numeric' | 'string' | 'blob' | 'geo2dsphere'

/** r" The integers of a typed array. */
declare type NativeIntegerKind = 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8'

/** A job that the nodes do by themselves. */
declare class NativeJob {
    /** Its number. */
    get id(): bigint
    /** How far it is. */
    progress(): NativeCallOf<NativeJobProgress>
    /** Waits until it is done, and asks every so many ms. */
    finished(interval: number): NativeCallOf<NativeJobProgress>
}

/** What is done with which records: operations or a function. */
declare interface NativeJobOptions {
    /** Namespace. */
    namespace: string
    /** Set; empty for the whole namespace. */
    set: string
    /** Absent for all records. */
    index?: NativeIndexQuery
    /** Operations that write. */
    operations?: Array<NativeOperation>
    /** A function. */
    udf?: NativeUdf
}

/** How far a job is. */
declare interface NativeJobProgress {
    done: boolean
    succeeded: number
    failed: number
    filtered: number
    percent: number
}

/** The key of one record: namespace, set, type (1 int, 3 string, 4 blob, 0 digest), and the primary key. */
declare type NativeKey = readonly [
namespace: string,
set: string,
type: number,
primaryKey: string | number | bigint | Uint8Array,
]

/** What is kept of the keys. */
declare type NativeKeyColumns = 'user' | 'digest' | 'none'

/** Keys that `hashKeys` or `hashIntegers` has made. */
declare interface NativeKeyList {
    readonly [inside]: 'keys'
}

/** Packed keys. */
declare interface NativeKeys {
    /** Number of keys. */
    count: number
    /** Namespace and set of every group, one after the other. */
    groups: Array<string>
    /** The group of every key; absent when there is one group. */
    groupOf?: Uint32Array
    /** 1 int, 3 string, 4 blob, 0 digest: one for all keys, or one each. */
    types: Uint8Array
    /** The end of every key's bytes; empty when each has 8. */
    ends: Uint32Array
    /** The keys' bytes; ints are big-endian. */
    data: Uint8Array
}

/** Times of batches in microseconds. */
declare interface NativeLatency {
    count: number
    mean: number
    min: number
    p50: number
    p90: number
    p99: number
    max: number
}

/** Where everything lies in the buffer, in bytes. */
declare interface NativeLayout {
    /** Bytes of the whole buffer. */
    byteLength: number
    /** Bytes of one record. */
    itemsize: number
    /** Row 0 of every field. */
    offsets: Array<number>
    /** Bytes between rows, per field. */
    strides: Array<number>
    /** The mask of every field. */
    valid: Array<number>
    /** The generations. */
    gen: number
    /** The ttls. */
    ttl: number
    /** The result codes. */
    resultCodes: number
}

/** How the cells of a batch lie: each column contiguous, or whole records one after the other. */
declare type NativeLayoutKind = 'columns' | 'rows'

/** The first cell that was not kept. */
declare interface NativeLoss {
    /** Row of the batch. */
    row: number
    /** Name of the field. */
    field: string
    /** Type of the bin. */
    binType: string
    /** The bin's value, shortened. */
    value: string
    /** Whether the value was changed, or is of another type. */
    reason: NativeLossReason
}

/** Why a cell was not kept. */
declare type NativeLossReason = 'lossy' | 'mismatched'

/** Cells of one field that were mismatched because their bins were of one type. */
declare interface NativeMismatches {
    /** Position of the field. */
    field: number
    /** Type of the bins. */
    type: string
    /** Cells. */
    count: number
}

/** A node of the cluster. */
declare interface NativeNode {
    name: string
    address: string
    version: string
    active: boolean
}

/** A node as the data plane sees it. */
declare interface NativeNodeStats {
    node: string
    idle: number
    inUse: number
    available: boolean
    requestsAtOnce: number
    keysPerRequest: number
    firstByte: number
}

/** r" What a value does that does not fit its field. */
declare type NativeOnLoss = 'allow' | 'null' | 'throw'

/** A key's record after operations. There are answers, and no bins then, where the server answered each of them. */
declare interface NativeOperated extends NativeRecord {
    answers: unknown[] | null
}

/** One step of an `operate` call. */
declare interface NativeOperation {
    /** See [`NativeOperator`]. */
    op: NativeOperator
    /** The bin, where one is named. */
    bin?: string
    /** The value to store, add or attach; the arguments of an operation on the inside of a bin, as an array. */
    value?: unknown
    /** The bytes of the expression to compute. */
    expression?: Uint8Array
    /** The server's flags of an operation with an expression. */
    flags?: number
    /** The protocol's number of an operation on the inside of a bin. */
    code?: number
    /** The packed steps to what such an operation is about. */
    context?: Uint8Array
}

/** What one step of an `operate` call does. */
declare type NativeOperator = 'read' | 'header' | 'write' | 'add' | 'append' | 'prepend' | 'compute' | 'writeComputed' | 'list' | 'map' | 'bits' | 'hll' | 'touch' | 'delete'

/** What a read says besides the columns. */
declare interface NativeOutcome {
    /** Missing, lossy, mismatched of every field, one after the other; empty where there is nothing to count. */
    conversions: Array<number>
    /** By field and type, where there are any. */
    mismatches: Array<NativeMismatches>
    /** What view cells speak of: block number to bytes. */
    blocks: Uint8Array<ArrayBuffer>[]
    /** Requests without an answer. */
    failures: Array<NativeFailureReport>
    /** Rows with code 0. */
    ok: number
    /** Only with `onLoss: 'throw'`. */
    loss?: NativeLoss
    /** Of a write: the rows that may have been written although no answer says so, where there are any. */
    inDoubt?: Uint32Array<ArrayBuffer>
}

/**
 * A value of a type that only servers have: GeoJSON, which has its text in `text`, or a HyperLogLog, which has its bytes
 * in `bytes`. The classes of src extend this one, and set `make` of its prototype, by which they are made here.
 */
declare class NativeParticle {
    /** Made by the classes of src. */
    constructor()
}

/** The parts of a record. */
declare type NativeParts = readonly [bins: Record<string, unknown>, gen: number, ttl: number]

/** How long a node took to answer. */
declare interface NativePing {
    /** Its name. */
    node: string
    /** In µs; absent where it did not answer. */
    time?: number
    /** Why it did not. */
    error?: string
}

/** Something that a role allows. */
declare interface NativePrivilege {
    code: string
    namespace?: string
    set?: string
}

/** r" How many copies an availability-mode namespace consults. */
declare type NativeReadModeAp = 'one' | 'all'

/** r" How strict a strong-consistency namespace reads. */
declare type NativeReadModeSc = 'session' | 'linearize' | 'allowReplica' | 'allowUnavailable'

/** How to read. Without it, columns and everything else as it is by default. */
declare interface NativeReadOptions {
    /** See [`NativeReadPolicy`]. */
    policy?: NativeReadPolicy
    /** See [`NativeLayoutKind`]. */
    layout: NativeLayoutKind
    /** Rows as C structs. */
    align: boolean
    /** See [`NativeOnLoss`]. */
    onLoss: NativeOnLoss
    /** The bins to ask for; all of the dtype's when absent. */
    bins?: Array<string>
}

/** The policy of reads, of one record or of many. */
declare interface NativeReadPolicy {
    /** In ms. */
    totalTimeout?: number
    /** In ms. */
    socketTimeout?: number
    /** Further attempts. */
    maxRetries?: number
    /** In ms. */
    sleepBetweenRetries?: number
    /** See [`NativeReplica`]. */
    replica?: NativeReplica
    /** See [`NativeReadModeAp`]. */
    readModeAp?: NativeReadModeAp
    /** See [`NativeReadModeSc`]. */
    readModeSc?: NativeReadModeSc
    /** Process rows in the receiving thread. */
    allowInline?: boolean
    /** The same for rows on SSD. */
    allowInlineSSD?: boolean
    /** Rows per request. */
    maxKeysPerRequest?: number
    /** Requests in flight per node. */
    maxConcurrentRequests?: number
    /** A filter expression's bytes. */
    filterExpression?: Uint8Array
    /** All integers of records as bigints. */
    bigints?: boolean
    /** 1 to 100; 0 as the server is set, -1 never. */
    readTouchTtlPercent?: number
    /** The transaction that the read is a part of. */
    transaction?: NativeTransaction
}

/** What became of a key that was read; bins are null where there is no record. */
declare interface NativeRecord {
    bins: Record<string, unknown> | null
    gen: number
    ttl: number
    resultCode: number
}

/** r" Which copy of a record is asked. */
declare type NativeReplica = 'sequence' | 'master' | 'random' | 'preferRack'

/** A role as the server lists it. */
declare interface NativeRole {
    name: string
    privileges: Array<NativePrivilege>
    allowlist: Array<string>
    readQuota: number
    writeQuota: number
}

/** What rows of a batch have of their own. */
declare interface NativeRowTerms {
    /** Seconds per row, as in the policy. */
    ttls?: Int32Array
    /** The generation that each record must have. */
    generations?: Uint32Array
}

/** What a client has done since it was connected. */
declare interface NativeStats {
    batches: number
    failedBatches: number
    rows: number
    okRows: number
    requests: number
    failedRequests: number
    retriedRows: number
    bytesSent: number
    bytesReceived: number
    streams: NativeStreamStats
    latency: NativeLatency
    nodes: Array<NativeNodeStats>
}

/** A scan or query. Its methods are called one at a time. */
declare class NativeStream {
    /** How many batches should be lent at a time. */
    get wanted(): number
    /** Lends a buffer for so many rows of a dtype. */
    lendColumns(id: number, dtype: NativeDtype, buffer: Uint8Array, rows: number, layout: NativeLayoutKind, align: boolean, onLoss: NativeOnLoss): void
    /** Asks for a batch of so many records. */
    lendRecords(id: number, most: number): void
    /** The next batch; null at the end. */
    next(): NativeCallOf<NativeFilled | null>
    /** Ends the stream. A call of `next` that waits rejects. */
    close(): void
    /** The text of the cursor behind everything that was delivered. */
    cursor(): string
    /** How far the stream has come. */
    progress(): NativeStreamProgress
    /** Requests that failed. */
    failures(): Array<NativeStreamFailure>
}

/** A request that failed. */
declare interface NativeStreamFailure {
    /** Name and address; empty where no node was involved. */
    node: string
    /** The server's code, or one of the client's own. */
    code: number
    /** What happened. */
    message: string
    /** How many partitions were asked for again. */
    partitions: number
}

/** What to read, and how. */
declare interface NativeStreamOptions {
    /** Namespace. */
    namespace: string
    /** Set; empty for the whole namespace. */
    set: string
    /** The bins; all when absent. */
    bins?: Array<string>
    /** What is read into the fields of a dtype, in place of bins. */
    reads?: Array<NativeBinRead>
    /** Absent for a scan. */
    index?: NativeIndexQuery
    /** A filter expression's bytes. */
    filter?: Uint8Array
    /** The partitions, ascending; all when absent. */
    partitions?: Uint16Array
    /** See [`NativeKeyColumns`]. */
    keys: NativeKeyColumns
    /** Rows after which the stream ends; 0 for none. */
    maxRows: number
    /** Records per second and node; 0 for none. */
    recordsPerSecond: number
    /** A cursor's text. */
    after?: string
    /** See [`NativeReadPolicy`]. */
    policy: NativeReadPolicy
}

/** How far a stream has come. */
declare interface NativeStreamProgress {
    /** Rows delivered. */
    rows: number
    /** Bytes received. */
    bytes: number
    /** Partitions of which everything was delivered. */
    partitionsDone: number
    /** Partitions of the stream. */
    partitions: number
}

/** What scans and queries do and have done. */
declare interface NativeStreamStats {
    open: number
    connections: number
    records: number
    bytes: number
}

/** Certificates in PEM form. */
declare interface NativeTls {
    /** Authorities. */
    ca?: Uint8Array
    /** The client's chain. */
    cert?: Uint8Array
    /** The client's key. */
    key?: Uint8Array
}

/** A transaction that calls can be a part of. */
declare class NativeTransaction {
    /** One that the server ends after so many seconds; 0 for the server's own time. */
    constructor(seconds: number)
    /** Its number. */
    get id(): bigint
    /** Where it stands. */
    get state(): NativeTransactionState
    /** Whether a commit may have been done all the same. */
    get inDoubt(): boolean
}

/** How the end of a transaction was reached. */
declare type NativeTransactionEnd = 'done' | 'already' | 'decided'

/** Where a transaction stands. */
declare type NativeTransactionState = 'open' | 'verified' | 'committed' | 'aborted' | 'inDoubt'

/** A function of a module, and what it is called with. */
declare interface NativeUdf {
    /** The module's name without `.lua`. */
    module: string
    /** The function's name. */
    function: string
    /** Its arguments after the record. */
    args: unknown[]
    /** What errors call the arguments. */
    path: string
}

/** A module as the nodes list it. */
declare interface NativeUdfModule {
    /** Its name, with `.lua`. */
    name: string
    /** The hash of its code. */
    hash: string
    /** Its language. */
    language: string
}

/** A user as the server lists it. */
declare interface NativeUser {
    name: string
    roles: Array<string>
    connections: number
    reads: Array<number>
    writes: Array<number>
}

/** What is done with a user or role. */
declare type NativeUserAction = 'create' | 'createPki' | 'drop' | 'changePassword' | 'grant' | 'revoke' | 'createRole' | 'dropRole' | 'grantPrivileges' | 'revokePrivileges' | 'setAllowlist' | 'setQuotas'

/** A change of a user or role; what it does not need is left out. */
declare interface NativeUserOrder {
    action: NativeUserAction
    /** Of the user or role. */
    name: string
    password?: string
    roles?: Array<string>
    privileges?: Array<NativePrivilege>
    allowlist?: Array<string>
    readQuota?: number
    writeQuota?: number
}

/** What became of the rows of a batch that reads and writes. */
declare interface NativeWorkedRows {
    /** Per row. */
    records: NativeRecord[]
    /** Requests without an answer. */
    failures: Array<NativeFailureReport>
    /** The rows that may have been changed although no answer says so. */
    inDoubt: Uint32Array<ArrayBuffer>
}

/** The policy of writes, of one record or of many. */
declare interface NativeWritePolicy {
    /** In ms. */
    totalTimeout?: number
    /** In ms. */
    socketTimeout?: number
    /** Further attempts. */
    maxRetries?: number
    /** Seconds; -1 never, -2 keep, 0 the namespace's default. */
    ttl?: number
    /** For `generationPolicy`. */
    generation?: number
    /** See [`NativeGenerationPolicy`]. */
    generationPolicy?: NativeGenerationPolicy
    /** See [`NativeExists`]. */
    exists?: NativeExists
    /** Store the user key with the record. */
    sendKey?: boolean
    /** Leave a tombstone. */
    durableDelete?: boolean
    /** See [`NativeCommitLevel`]. */
    commitLevel?: NativeCommitLevel
    /** A filter expression's bytes. */
    filterExpression?: Uint8Array
    /** All integers that operations read as bigints. */
    bigints?: boolean
    /** The transaction that the write is a part of. */
    transaction?: NativeTransaction
}

/** What became of the rows of a write of many records. */
declare interface NativeWrittenRecords {
    /** Per row. */
    resultCodes: Int32Array<ArrayBuffer>
    /** Generations, per row. */
    gen: Uint32Array<ArrayBuffer>
    /** Requests without an answer. */
    failures: Array<NativeFailureReport>
    /** The rows that may have been written although no answer says so. */
    inDoubt: Uint32Array<ArrayBuffer>
}

/** Options that lead into a bin, which then may be a list or a map, whatever is inside. */
declare interface Nested {
    /** The steps to a nested list or map, made by `ctx`. */
    readonly context: readonly [Step, ...Step[]];
}

/** An expression as data. `depth` is that of the deepest part. */
declare type Node = NodeKind & {
    readonly type: AnyType;
    readonly depth: number;
};

declare type NodeKind = {
    readonly kind: 'constant';
    readonly item: ConstantItem;
} | {
    readonly kind: 'bound';
    readonly bound: Bound;
} | {
    readonly kind: 'unknown';
}
/** What takes an element out, as the outcome of a path's change. */
| {
    readonly kind: 'removed';
}
/** What an element says of itself in a path. */
| {
    readonly kind: 'element';
    readonly type: ExpressionType;
    readonly part: 'key' | 'value' | 'index';
} | {
    readonly kind: 'path';
    readonly type: ExpressionType;
    readonly source: Node;
    readonly steps: readonly PathStep_2[];
    readonly gives: PathGives;
    /** What is made of each element, of a path that changes. */
    readonly change: Node | undefined;
    readonly lenient: boolean;
} | {
    readonly kind: 'bin';
    readonly type: ExpressionType;
    readonly name: string;
} | {
    readonly kind: 'binType';
    readonly name: string;
} | {
    readonly kind: 'record';
    readonly field: RecordField;
} | {
    readonly kind: 'digestModulo';
    readonly modulus: bigint;
} | {
    readonly kind: 'key';
    readonly type: ExpressionType;
} | {
    readonly kind: 'operation';
    readonly name: OperationName;
    readonly args: readonly Node[];
} | {
    readonly kind: 'regex';
    readonly flags: number;
    readonly pattern: string;
    readonly text: Node;
} | {
    readonly kind: 'variable';
    readonly name: string;
} | {
    readonly kind: 'let';
    readonly definitions: readonly (readonly [name: string, value: Node])[];
    readonly body: Node;
} | {
    readonly kind: 'read';
    readonly name: ReadName;
    readonly type: ExpressionType;
    readonly source: Node;
    readonly args: readonly Node[];
    readonly returns: Returns | undefined;
    readonly inverted: boolean;
    readonly context: readonly Step[];
};

/** The data connections to a node, and what columnar reads have learned of its speed. */
export declare interface NodeStats {
    /** The name and address of the node. */
    readonly node: string;
    /** Connections that wait for a request. */
    readonly idle: number;
    /** Connections with a request. */
    readonly inUse: number;
    /** Whether the last attempts to reach it succeeded. */
    readonly available: boolean;
    /** Requests of the last columnar read that were in flight to it at the same time, at most; 0 before there was one. */
    readonly requestsAtOnce: number;
    /** Keys in each of these requests, at most. */
    readonly keysPerRequest: number;
    /** The shortest time until the first byte of a reply, in milliseconds; 0 before there was one. */
    readonly firstByte: number;
}

/** The reason that the compiler shows for a wrong code. It is an object because a literal would make the whole schema `never`. */
declare interface NoSuchCode<C> {
    readonly noSuchDtypeCode: C;
}

/** The reason that the compiler shows for an element that is no number. */
declare interface NoSuchElement<C> {
    readonly noArraysOf: C;
}

/** Where a `.npy` file is, or its bytes. */
export declare type NpySource = string | URL | Uint8Array | ArrayBuffer;

declare type NumberType<K> = K extends NumericKind ? ArrowKinds[K] : never;

/** Any of the typed arrays that a column can be. */
declare type NumericArray = ArrayOf<NumericKind>;

/** The kinds that have a typed array. */
declare type NumericKind = keyof NumericKinds;

/** What each numeric kind is in JavaScript: one cell of a row, one element of a sub-array, and the typed array. */
declare interface NumericKinds {
    i1: {
        cell: number;
        element: number;
        array: Int8Array<ArrayBuffer>;
    };
    i2: {
        cell: number;
        element: number;
        array: Int16Array<ArrayBuffer>;
    };
    i4: {
        cell: number;
        element: number;
        array: Int32Array<ArrayBuffer>;
    };
    i8: {
        cell: bigint;
        element: bigint;
        array: BigInt64Array<ArrayBuffer>;
    };
    u1: {
        cell: number;
        element: number;
        array: Uint8Array<ArrayBuffer>;
    };
    u2: {
        cell: number;
        element: number;
        array: Uint16Array<ArrayBuffer>;
    };
    u4: {
        cell: number;
        element: number;
        array: Uint32Array<ArrayBuffer>;
    };
    u8: {
        cell: bigint;
        element: bigint;
        array: BigUint64Array<ArrayBuffer>;
    };
    f2: {
        cell: number;
        element: number;
        array: Float16Array_2<ArrayBuffer>;
    };
    f4: {
        cell: number;
        element: number;
        array: Float32Array<ArrayBuffer>;
    };
    f8: {
        cell: number;
        element: number;
        array: Float64Array<ArrayBuffer>;
    };
    '?': {
        cell: boolean;
        element: number;
        array: Uint8Array<ArrayBuffer>;
    };
}

/** Options of a read that selects one element. */
export declare interface OneOptions<R, A> extends InContext {
    /** What is returned. Default `'value'`. */
    readonly return?: R | undefined;
    /** The type of the value, or of the key that is returned. */
    readonly as?: A | undefined;
}

/** The type of one element, or of what else is returned of it. */
export declare type OneResult<R, A extends ExpressionType> = R extends 'value' | 'key' ? A : R extends 'exists' ? 'bool' : R extends AsMap ? 'map' : 'int';

/** How values that do not fit their field are handled: only counted, as an invalid cell, or with a {@link ConversionError}. */
export declare type OnLoss = 'allow' | 'null' | 'throw';

/** The operations of `operate`: `client.operate(key, [op.add('hits', 1), op.read('hits')])`. */
export declare const op: {
    /** Reads a bin. */
    readonly read: (bin: string) => Operation;
    /** Reads all bins, with their values after all operations. */
    readonly readAll: () => Operation;
    /** Reads generation and ttl, but no bins. */
    readonly header: () => Operation;
    /** Writes a bin. */
    readonly write: (bin: string, value: unknown) => Operation;
    /** Adds to a number; a missing bin counts as 0. */
    readonly add: (bin: string, value: Addend) => Operation;
    /** Appends text or bytes to the value of the bin. */
    readonly append: (bin: string, value: Piece) => Operation;
    /** Prepends text or bytes to the value of the bin. */
    readonly prepend: (bin: string, value: Piece) => Operation;
    /**
     * Computes a value on the server and returns it under a name of at most 15 bytes, as if it were a bin:
     * `op.compute('fahrenheit', '$.celsius * 1.8 + 32.0')`. The expression sees what the operations before it have written.
     * Without a value, because a bin is missing or has another type, the call rejects with result code 26, unless
     * `skipUnknown` is set.
     */
    readonly compute: (name: string, expression: Computed, options?: ComputeOptions) => Operation;
    /**
     * Computes a value on the server and writes it to a bin: `op.writeComputed('total', '$.price * $.count')`. Nothing is
     * sent back; a later `op.read` returns the bin.
     */
    readonly writeComputed: (bin: string, expression: Computed, options?: WriteComputedOptions) => Operation;
    /** Operations on lists: `op.lists.append('tags', 'new')`. */
    readonly lists: {
        readonly create: Makes<null, ListCreateOptions>;
        readonly setOrder: (bin: string, order: ListOrder, options?: ListOrderOptions) => ReturnType<Makes<null, never>>;
        readonly append: Makes<number, ListAppendOptions, [value: StoredValue]>;
        readonly appendItems: Makes<number, ListAppendItemsOptions, [values: readonly StoredValue[]]>;
        readonly insert: Makes<number, ListInsertOptions, [index: Int, value: StoredValue]>;
        readonly insertItems: Makes<number, ListInsertItemsOptions, [index: Int, values: readonly StoredValue[]]>;
        readonly set: Makes<null, ListInsertOptions, [index: Int, value: NonNullable<StoredValue>]>;
        readonly increment: Makes<number, ListIncrementOptions, [index: Int, by?: Int]>;
        readonly pop: Makes<unknown, WriteInsideOptions, [index: Int]>;
        readonly popRange: Makes<unknown[], WriteInsideOptions, [index: Int, count?: Int]>;
        readonly remove: Makes<number, WriteInsideOptions, [index: Int]>;
        readonly removeRange: Makes<number, WriteInsideOptions, [index: Int, count?: Int]>;
        readonly trim: Makes<number, WriteInsideOptions, [index: Int, count: Int]>;
        readonly clear: Makes<null, WriteInsideOptions>;
        readonly sort: Makes<null, SortOptions>;
        readonly size: Makes<number, ReadInsideOptions>;
        readonly get: Makes<unknown, ReadInsideOptions, [index: Int]>;
        readonly getRange: Makes<unknown[], ReadInsideOptions, [index: Int, count?: Int]>;
        readonly getByIndex: GetOne<ListReturns, [index: Int]>;
        readonly getByRank: GetOne<ListReturns, [rank: Int]>;
        readonly getByValue: GetMany<ListReturns, [value: StoredValue]>;
        readonly getByValueList: GetMany<ListReturns, [values: readonly StoredValue[]]>;
        readonly getByIndexRange: GetMany<ListReturns, [index: Int, count?: Int]>;
        readonly getByValueRange: GetMany<ListReturns, [begin: StoredValue, end?: StoredValue]>;
        readonly getByRankRange: GetMany<ListReturns, [rank: Int, count?: Int]>;
        readonly getByValueRelativeRankRange: GetMany<ListReturns, [value: StoredValue, rank: Int, count?: Int]>;
        readonly removeByIndex: RemoveOne<ListReturns, [index: Int]>;
        readonly removeByRank: RemoveOne<ListReturns, [rank: Int]>;
        readonly removeByValue: RemoveMany<ListReturns, [value: StoredValue]>;
        readonly removeByValueList: RemoveMany<ListReturns, [values: readonly StoredValue[]]>;
        readonly removeByIndexRange: RemoveMany<ListReturns, [index: Int, count?: Int]>;
        readonly removeByValueRange: RemoveMany<ListReturns, [begin: StoredValue, end?: StoredValue]>;
        readonly removeByRankRange: RemoveMany<ListReturns, [rank: Int, count?: Int]>;
        readonly removeByValueRelativeRankRange: RemoveMany<ListReturns, [value: StoredValue, rank: Int, count?: Int]>;
    };
    /** Operations on maps: `op.maps.put('scores', 'ann', 7)`. */
    readonly maps: {
        readonly create: Makes<null, MapCreateOptions>;
        readonly setOrder: (bin: string, order: MapOrder, options?: MapOrderOptions) => ReturnType<Makes<null, never>>;
        readonly put: Makes<number, MapPutOptions, [key: MapKey, value: StoredValue]>;
        readonly putItems: Makes<number, MapPutItemsOptions, [entries: ReadonlyMap<MapKey, StoredValue> | Readonly<Record<string, StoredValue>>]>;
        readonly increment: Makes<number, MapIncrementOptions, [key: MapKey, by?: MapAddend]>;
        readonly decrement: Makes<number, MapIncrementOptions, [key: MapKey, by?: MapAddend]>;
        readonly clear: Makes<null, WriteInsideOptions>;
        readonly size: Makes<number, ReadInsideOptions>;
        readonly getByKey: GetOne<MapReturns, [key: MapKey]>;
        readonly getByIndex: GetOne<MapReturns, [index: Int]>;
        readonly getByRank: GetOne<MapReturns, [rank: Int]>;
        readonly getByKeyList: GetMany<MapReturns, [keys: readonly MapKey[]]>;
        readonly getByKeyRange: GetMany<MapReturns, [begin: MapKey | null, end?: MapKey | null]>;
        readonly getByKeyRelativeIndexRange: GetMany<MapReturns, [key: MapKey, index: Int, count?: Int]>;
        readonly getByValue: GetMany<MapReturns, [value: StoredValue]>;
        readonly getByValueList: GetMany<MapReturns, [values: readonly StoredValue[]]>;
        readonly getByValueRange: GetMany<MapReturns, [begin: StoredValue, end?: StoredValue]>;
        readonly getByValueRelativeRankRange: GetMany<MapReturns, [value: StoredValue, rank: Int, count?: Int]>;
        readonly getByIndexRange: GetMany<MapReturns, [index: Int, count?: Int]>;
        readonly getByRankRange: GetMany<MapReturns, [rank: Int, count?: Int]>;
        readonly removeByKey: RemoveOne<MapReturns, [key: MapKey]>;
        readonly removeByIndex: RemoveOne<MapReturns, [index: Int]>;
        readonly removeByRank: RemoveOne<MapReturns, [rank: Int]>;
        readonly removeByKeyList: RemoveMany<MapReturns, [keys: readonly MapKey[]]>;
        readonly removeByKeyRange: RemoveMany<MapReturns, [begin: MapKey | null, end?: MapKey | null]>;
        readonly removeByKeyRelativeIndexRange: RemoveMany<MapReturns, [key: MapKey, index: Int, count?: Int]>;
        readonly removeByValue: RemoveMany<MapReturns, [value: StoredValue]>;
        readonly removeByValueList: RemoveMany<MapReturns, [values: readonly StoredValue[]]>;
        readonly removeByValueRange: RemoveMany<MapReturns, [begin: StoredValue, end?: StoredValue]>;
        readonly removeByValueRelativeRankRange: RemoveMany<MapReturns, [value: StoredValue, rank: Int, count?: Int]>;
        readonly removeByIndexRange: RemoveMany<MapReturns, [index: Int, count?: Int]>;
        readonly removeByRankRange: RemoveMany<MapReturns, [rank: Int, count?: Int]>;
    };
    /** Operations on the bits of blobs: `op.bits.set('flags', 0, 1, Uint8Array.of(0x80))`. */
    readonly bits: {
        readonly resize: Makes<null, ResizeOptions, [bytes: Int]>;
        readonly insert: Makes<null, BitsOptions, [byteOffset: Int, value: Uint8Array]>;
        readonly remove: Makes<null, BitsOptions, [byteOffset: Int, bytes: Int]>;
        readonly set: Makes<null, BitsOptions, [offset: Int, size: Int, value: Uint8Array<ArrayBufferLike>]>;
        readonly or: Makes<null, BitsOptions, [offset: Int, size: Int, value: Uint8Array<ArrayBufferLike>]>;
        readonly xor: Makes<null, BitsOptions, [offset: Int, size: Int, value: Uint8Array<ArrayBufferLike>]>;
        readonly and: Makes<null, BitsOptions, [offset: Int, size: Int, value: Uint8Array<ArrayBufferLike>]>;
        readonly not: Makes<null, BitsOptions, [offset: Int, size: Int]>;
        readonly leftShift: Makes<null, BitsOptions, [offset: Int, size: Int, shift: Int]>;
        readonly rightShift: Makes<null, BitsOptions, [offset: Int, size: Int, shift: Int]>;
        readonly add: Makes<null, BitsAddOptions, [offset: Int, size: Int, value: Int]>;
        readonly subtract: Makes<null, BitsAddOptions, [offset: Int, size: Int, value: Int]>;
        readonly setInt: Makes<null, BitsOptions, [offset: Int, size: Int, value: Int]>;
        readonly get: Plain<Uint8Array, [offset: Int, size: Int]>;
        readonly count: Plain<number, [offset: Int, size: Int]>;
        readonly leftScan: Plain<number, [...[offset: Int, size: Int], value: boolean]>;
        readonly rightScan: Plain<number, [...[offset: Int, size: Int], value: boolean]>;
        readonly getInt: Makes<number | bigint, BitsGetIntOptions, [offset: Int, size: Int]>;
    };
    /** Operations on HyperLogLogs: `op.hlls.add('visitors', ['ann'], { indexBits: 12 })`. */
    readonly hlls: {
        readonly init: Makes<null, HllInitOptions>;
        readonly add: Makes<number, HllInitOptions, [values: readonly StoredValue[]]>;
        readonly setUnion: Makes<null, HllWriteOptions, [others: readonly (HyperLogLog | Uint8Array<ArrayBufferLike>)[]]>;
        readonly refreshCount: Plain<number>;
        readonly fold: Plain<null, [indexBits: number]>;
        readonly count: Plain<number>;
        readonly union: Plain<HyperLogLog, [others: readonly (HyperLogLog | Uint8Array<ArrayBufferLike>)[]]>;
        readonly unionCount: Plain<number, [others: readonly (HyperLogLog | Uint8Array<ArrayBufferLike>)[]]>;
        readonly intersectCount: Plain<number, [others: readonly (HyperLogLog | Uint8Array<ArrayBufferLike>)[]]>;
        readonly similarity: Plain<number, [others: readonly (HyperLogLog | Uint8Array<ArrayBufferLike>)[]]>;
        readonly describe: Plain<[indexBits: number, minHashBits: number]>;
    };
    /** Renews the record's ttl. */
    readonly touch: () => Operation;
    /** Deletes the record. */
    readonly delete: () => Operation;
};

/** An expression of a type, or a literal that stands for a constant of it. */
export declare type Operand<T extends ExpressionType> = Expression<T> | Literal<T>;

/** A record after operations, with what each of them results in. */
export declare interface OperatedRecord<R extends readonly unknown[] = unknown[]> extends ReadRecord {
    /** One result of each operation, in their order; `null` where an operation has none. */
    readonly results: R;
}

/** Options of `operate`. */
export declare interface OperateOptions extends WriteOptions {
    /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
    /**
     * `'list'` returns what each operation results in, in the order of the operations, as `results` of the record. Default
     * `'bins'`: the last result of each bin.
     */
    results?: 'bins' | 'list' | undefined;
}

/** One step of an `operate` call. Made by {@link op}. */
export declare type Operation = InsideOperation | {
    /** Reads. */
    readonly op: 'read';
    /** The bin to read. Default all. */
    readonly bin?: string | undefined;
} | {
    /** Reads generation and ttl, renews the ttl, or deletes the record. */
    readonly op: 'header' | 'touch' | 'delete';
} | {
    /** Writes. */
    readonly op: 'write';
    /** The bin to write. */
    readonly bin: string;
    /** The value to write. */
    readonly value: unknown;
} | {
    /** Adds. */
    readonly op: 'add';
    /** The bin with the number. */
    readonly bin: string;
    /** The number to add. */
    readonly value: Addend;
} | {
    /** Appends or prepends to a value. */
    readonly op: 'append' | 'prepend';
    /** The bin with the text or the bytes. */
    readonly bin: string;
    /** The text or bytes to add. */
    readonly value: Piece;
} | {
    /** Computes a value on the server and returns it. */
    readonly op: 'compute';
    /** The name of the result. */
    readonly bin: string;
    /** What is computed. */
    readonly expression: Computed;
    /** What happens where the expression has no value. */
    readonly options?: ComputeOptions | undefined;
} | {
    /** Computes a value on the server and writes it. */
    readonly op: 'writeComputed';
    /** The bin to write. */
    readonly bin: string;
    /** What is computed. */
    readonly expression: Computed;
    /** When the bin is written, and what happens otherwise. */
    readonly options?: WriteComputedOptions | undefined;
};

/** The name of an operation. */
declare type OperationName = keyof typeof OPERATIONS;

/** Every operation that has nothing but expressions as operands. */
declare const OPERATIONS: {
    readonly eq: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly ne: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly gt: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly ge: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly lt: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly le: {
        readonly code: number;
        readonly takes: {
            readonly same: "all";
            readonly least: 2;
            readonly most: 2;
        };
        readonly gives: "bool";
    };
    readonly geoCompare: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["geo", "geo"];
        };
        readonly gives: "bool";
    };
    readonly inList: {
        readonly code: 9;
        readonly takes: {
            readonly own: true;
        };
        readonly gives: "bool";
    };
    readonly and: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["bool"];
            readonly least: 2;
        };
        readonly gives: "bool";
    };
    readonly or: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["bool"];
            readonly least: 2;
        };
        readonly gives: "bool";
    };
    readonly not: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["bool"];
        };
        readonly gives: "bool";
    };
    readonly exclusive: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["bool"];
            readonly least: 2;
        };
        readonly gives: "bool";
    };
    readonly add: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly sub: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly mul: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly div: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly pow: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["float", "float"];
        };
        readonly gives: "float";
    };
    readonly log: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["float", "float"];
        };
        readonly gives: "float";
    };
    readonly mod: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "int"];
        };
        readonly gives: "int";
    };
    readonly abs: {
        readonly code: 27;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: 1;
            readonly most: 1;
        };
        readonly gives: "same";
    };
    readonly floor: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["float"];
        };
        readonly gives: "float";
    };
    readonly ceil: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["float"];
        };
        readonly gives: "float";
    };
    readonly toInt: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["float"];
        };
        readonly gives: "int";
    };
    readonly toFloat: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int"];
        };
        readonly gives: "float";
    };
    readonly intAnd: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int"];
            readonly least: 2;
        };
        readonly gives: "int";
    };
    readonly intOr: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int"];
            readonly least: 2;
        };
        readonly gives: "int";
    };
    readonly intXor: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int"];
            readonly least: 2;
        };
        readonly gives: "int";
    };
    readonly intNot: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int"];
        };
        readonly gives: "int";
    };
    readonly intLeftShift: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "int"];
        };
        readonly gives: "int";
    };
    readonly intRightShift: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "int"];
        };
        readonly gives: "int";
    };
    readonly intArithmeticRightShift: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "int"];
        };
        readonly gives: "int";
    };
    readonly intCount: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int"];
        };
        readonly gives: "int";
    };
    readonly intLeftScan: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "bool"];
        };
        readonly gives: "int";
    };
    readonly intRightScan: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["int", "bool"];
        };
        readonly gives: "int";
    };
    readonly min: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly max: {
        readonly code: number;
        readonly takes: {
            readonly same: readonly ["int", "float"];
            readonly least: number;
        };
        readonly gives: "same";
    };
    readonly mapKeys: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["map"];
        };
        readonly gives: "list";
    };
    readonly mapValues: {
        readonly code: number;
        readonly takes: {
            readonly exactly: ["map"];
        };
        readonly gives: "list";
    };
    readonly cond: {
        readonly code: 123;
        readonly takes: {
            readonly own: true;
        };
        readonly gives: "same";
    };
};

/** Options that were checked: flags as bits, choices as their numbers. */
declare type Options = Readonly<Record<string, unknown>> & {
    readonly context?: readonly (Step | CreatingStep)[];
};

/** Packed keys as plain data. */
declare interface PackedKeyParts {
    /** Namespace and set of every group: `[ns, set, ns, set, ...]`. */
    readonly groups: readonly string[];
    /** The group of each key; `undefined` if there is only one group. */
    readonly groupOf: Uint32Array | undefined;
    /** The type of every key, or a single one for all. */
    readonly types: Uint8Array;
    /** Where each key ends in `data`; empty when every key is an integer. */
    readonly ends: Uint32Array;
    /** The keys, one after the other. */
    readonly data: Uint8Array;
}

/** Parses fields; a `TypeError` names the one that does not fit. */
declare function parseDtype(fields: Array<NativeField>): NativeDtype

/** A part of the 4096 partitions: from `begin`, `count` of them; numbers; or every `n`-th, beginning with number `i`. */
export declare type Partitions = {
    /** The first partition, from 0 to 4095. */
    readonly begin: number;
    /** The number of partitions. */
    readonly count: number;
} | readonly number[] | {
    /** Which of how many shares, from 0. */
    readonly shard: readonly [i: number, n: number];
};

/** A step of a path, which may lead to any number of elements. Made by {@link ctx}; every step into one element is one too. */
export declare type PathContextStep = PathStep_2;

/** What a path gives of the elements at its end; `changed` is the whole with those changed. */
declare type PathGives = 'tree' | 'values' | 'keys' | 'entries' | 'changed';

/** Options of paths. */
export declare interface PathOptions {
    /** Passes over elements whose filter, or change, has no result. By default the path has none either then. */
    readonly lenient?: boolean | undefined;
}

/** What a path that reads gives of the elements at its end. */
export declare type PathReturn = Exclude<PathGives, 'changed'>;

/** Options of a path that reads. */
export declare interface PathSelectOptions<G extends PathReturn> extends PathOptions {
    /**
     * What is returned of the elements at the end: a list of their `'values'`, of their `'keys'` in maps, or of both by turns
     * (`'entries'`), or the whole list or map without what was not chosen (`'tree'`). Default `'values'`.
     */
    readonly return?: G | undefined;
}

/**
 * A step into a list or map: a string is a map key, a number is a position in a list (negative ones count from the end), and an
 * object names the kind of step. What `ctx` makes is taken too, where it leads to one element and makes nothing.
 */
export declare type PathStep = string | number | ContextStep | {
    /** The position in a list; negative ones count from the end. */
    readonly listIndex: number;
} | {
    /** The rank in a list, by value; 0 is the smallest, -1 the largest. */
    readonly listRank: number;
} | {
    /** The first element of a list that equals this value. */
    readonly listValue: string | number | bigint | Uint8Array;
} | {
    /** The index in a map, in the order of its keys. */
    readonly mapIndex: number;
} | {
    /** The rank in a map, by value; 0 is the smallest, -1 the largest. */
    readonly mapRank: number;
} | {
    /** The value of a map under this key. */
    readonly mapKey: string | number | bigint | Uint8Array;
} | {
    /** The first element of a map that has this value. */
    readonly mapValue: string | number | bigint | Uint8Array;
};

/** A step of a path, which may choose any number of elements. */
declare type PathStep_2 = Step | {
    readonly by: 'all';
} | {
    readonly by: 'mapKeys';
    readonly at: ConstantItem;
}
/** Those that pass; `and` of those that the step before has chosen. */
| {
    readonly by: 'filter' | 'and';
    readonly filter: Node;
};

/** A certificate or key: PEM as text or bytes, or the path of a file that holds it. */
export declare type Pem = string | Uint8Array;

/** A number per key: an array or a typed array. */
export declare type PerKey = ArrayLike<number>;

/** A value that can be appended or prepended to the value of a bin: text to text, bytes to bytes. */
export declare type Piece = string | Uint8Array;

/** How long a node took to answer. */
export declare interface Ping {
    /** The node's name. */
    readonly node: string;
    /** Milliseconds from the question to the answer; `undefined` where there was none. */
    readonly ms: number | undefined;
    /** Why there was no answer. */
    readonly error: string | undefined;
}

/** Options of `ping`. */
export declare interface PingOptions {
    /** Milliseconds that each node has to answer. Default 1000. */
    timeout?: number | undefined;
    /** Aborts the call. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** The common base of the columns that are not typed arrays. */
declare abstract class PlacedColumn<T> implements Iterable<T> {
    #private;
    /** Rows in the column. */
    readonly length: number;
    /** The value of a row. Throws a `RangeError` for a row that does not exist. */
    abstract get(row: number): T;
    /** The value of a row, counted from the end if `row` is negative; `undefined` for a row that does not exist, as in arrays. */
    at(row: number): T | undefined;
    /** The values of all rows, in order. */
    [Symbol.iterator](): IterableIterator<T>;
    /** What `JSON.stringify` writes: integers of 64 bits as text, dates as ISO text, bytes as hex, sub-arrays and lists as arrays. */
    toJSON(): unknown[];
    /**
     * The column as a `.npy` file that `numpy.load` reads as an ordinary array: one dimension, and those of a sub-array
     * behind it. Of a column that is a typed array, `batch.toNpy(name)` gives the same.
     */
    toNpy(): Uint8Array<ArrayBuffer>;
    protected checkRow(row: number): void;
}

/** Makes an operation with arguments and no options that results in something of one type. */
declare type Plain<R, Args extends readonly unknown[] = []> = (bin: string, ...args: Args) => InsideOperation<R>;

declare type PlainCode = NumericKind | keyof Aliases | `S${number}` | `V${number}` | 'utf8' | 'binary' | 'any' | `${'M8' | 'datetime64'}[${DatetimeUnit}]`;

declare interface PlainTypes {
    utf8: Arrow.Utf8;
    binary: Arrow.Binary;
}

/**
 * The user's part of a key: a string, a safe integer, an int64, bytes, or the digest of any of them. `5` and `5n` are the same
 * key, `'5'` is another.
 */
export declare type PrimaryKey = string | number | bigint | Uint8Array | DigestKey;

/** Something that a role allows: everywhere, or in one namespace or set. */
export declare type Privilege = PrivilegeCode | {
    /** What is allowed. */
    readonly code: PrivilegeCode;
    /** Only in this namespace; not for the administrators' privileges. */
    readonly namespace?: string | undefined;
    /** Only in this set of the namespace. */
    readonly set?: string | undefined;
};

/** What a role allows, in the server's words. */
export declare type PrivilegeCode = 'user-admin' | 'sys-admin' | 'data-admin' | 'udf-admin' | 'sindex-admin' | 'read' | 'read-write' | 'read-write-udf' | 'write' | 'truncate' | 'masking-admin' | 'read-masked' | 'write-masked';

/** Options of `putMany`. */
export declare interface PutManyOptions extends Omit<BatchOperateOptions, 'integers' | 'policy'> {
    /** How the write behaves: timeouts, ttl, how to treat existing records. `generationPolicy` is for `generations`. */
    policy?: Omit<WritePolicy, 'generation'> | undefined;
}

/** Limits of a role in records per second; 0 is without limit. */
export declare interface Quotas {
    /** Reads per second. Default 0. */
    read?: number | undefined;
    /** Writes per second. Default 0. */
    write?: number | undefined;
}

/** Options of an operation that reads a list or a map. */
export declare interface ReadInsideOptions {
    /** The steps to what is inside a list or map, made by `ctx`. Default none: the bin itself. */
    readonly context?: readonly ContextStep[] | undefined;
}

/** A read that selects elements of a list or a map. */
declare interface ReadMany<K extends 'list' | 'map', R extends Returns, Args extends readonly unknown[]> {
    <const O extends R = 'value' & R>(source: Expression<K>, ...args: [...Args, options?: ManyOptions<O>]): Expression<ManyResult<O>>;
    <const O extends R = 'value' & R>(source: Expression<'list' | 'map'>, ...args: [...Args, options: ManyOptions<O> & Nested]): Expression<ManyResult<O>>;
}

/** The name of a read. */
declare type ReadName = keyof typeof READS;

/** A read that selects one element of a list or a map. */
declare interface ReadOne<K extends 'list' | 'map', R extends Returns, Args extends readonly unknown[]> {
    <const O extends R = 'value' & R, const A extends ExpressionType = 'int'>(source: Expression<K>, ...args: [...Args, options?: OneOptions<O, A>]): Expression<OneResult<O, A>>;
    <const O extends R = 'value' & R, const A extends ExpressionType = 'int'>(source: Expression<'list' | 'map'>, ...args: [...Args, options: OneOptions<O, A> & Nested]): Expression<OneResult<O, A>>;
}

/** Options of a call that reads one record. */
export declare interface ReadOptions {
    /** How the read behaves: timeouts, retries, replicas. */
    policy?: ReadPolicy | undefined;
    /** AEL text, an expression or its bytes. A record that it rejects makes the call reject, with result code 27. */
    filter?: Filter | undefined;
    /** The transaction that the read is a part of. */
    transaction?: Transaction | undefined;
    /** Aborts the read. A blocking read checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** How a read behaves: timeouts, retries, replicas. */
export declare interface ReadPolicy {
    /** Milliseconds for the whole call, over all attempts; 0 for no limit. Default 10000. */
    totalTimeout?: number | undefined;
    /** Milliseconds without a byte from a node before its request fails; 0 for no limit. Default 5000. */
    socketTimeout?: number | undefined;
    /** How often rows without an answer are sent again. Default 2. */
    maxRetries?: number | undefined;
    /** Milliseconds before the second attempt; batches double them for every further one, up to a second. Default 10. */
    sleepBetweenRetries?: number | undefined;
    /**
     * Which copy of a record is asked: the master first and then the replicas, only the master, any, or first the one on a rack
     * of `rackIds`. Default `'sequence'`.
     */
    replica?: 'sequence' | 'master' | 'random' | 'preferRack' | undefined;
    /** How many copies an availability-mode namespace consults. Default `'one'`. */
    readModeAp?: 'one' | 'all' | undefined;
    /** How strict a strong-consistency namespace reads. Default `'session'`. */
    readModeSc?: 'session' | 'linearize' | 'allowReplica' | 'allowUnavailable' | undefined;
    /** Lets the server answer from the thread that received the request if the data is in memory. Default true. */
    allowInline?: boolean | undefined;
    /** The same for data on flash. Default false. */
    allowInlineSSD?: boolean | undefined;
    /** Maximum number of keys in one request, at most 5000. The default is tuned by benchmark. */
    maxKeysPerRequest?: number | undefined;
    /** Maximum number of requests in flight to one node. The default is tuned by benchmark. */
    maxConcurrentRequests?: number | undefined;
    /**
     * Renews the ttl of a record that is read when less than this percentage of it is left, from 1 to 100; -1 never, 0 as the
     * server is set. Default 0.
     */
    readTouchTtlPercent?: number | undefined;
    /** A packed filter expression, as bytes or base64. Rows that it rejects have result code 27. */
    filterExpression?: Uint8Array | string | undefined;
}

/** An ordinary record: an object, and its bins as JavaScript values. */
export declare interface ReadRecord {
    /** The key that was asked for. */
    readonly key: Key;
    /** The bins, or `null` if the record was not found or not read. */
    readonly bins: Record<string, BinValue> | null;
    /** How often the record was written. */
    readonly gen: number;
    /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
    readonly ttl: number;
    /** 0 for success, 2 for a record that does not exist, negative for codes of the client. */
    readonly resultCode: number;
}

/** An operation on a list, a map, a blob or a HyperLogLog: one that reads, or one that gives what it changes. */
declare interface ReadRule {
    /** The part of the server: 0 lists and maps, 1 bits, 2 HyperLogLog. */
    readonly module: 0 | 1 | 2;
    readonly code: number;
    /** The type that is read. */
    readonly source: ExpressionType;
    readonly args: readonly Argument_2[];
    /** What comes back: a type, the one element that is selected, or every one in a range. */
    readonly gives: ExpressionType | 'one' | 'many';
    /** Whether it gives the whole with a change. */
    readonly modifies?: true;
    /** Whether it takes out what it selects. */
    readonly removes?: true;
}

/** Every operation, under the name that it has in the builder and in text. */
declare const READS: {
    readonly 'lists.size': ReadRule;
    readonly 'lists.getByIndex': ReadRule;
    readonly 'lists.getByRank': ReadRule;
    readonly 'lists.getByValue': ReadRule;
    readonly 'lists.getByValueList': ReadRule;
    readonly 'lists.getByIndexRange': ReadRule;
    readonly 'lists.getByValueRange': ReadRule;
    readonly 'lists.getByRankRange': ReadRule;
    readonly 'lists.getByValueRelativeRankRange': ReadRule;
    readonly 'maps.size': ReadRule;
    readonly 'maps.getByKey': ReadRule;
    readonly 'maps.getByIndex': ReadRule;
    readonly 'maps.getByRank': ReadRule;
    readonly 'maps.getByValue': ReadRule;
    readonly 'maps.getByKeyRange': ReadRule;
    readonly 'maps.getByIndexRange': ReadRule;
    readonly 'maps.getByValueRange': ReadRule;
    readonly 'maps.getByRankRange': ReadRule;
    readonly 'maps.getByKeyList': ReadRule;
    readonly 'maps.getByValueList': ReadRule;
    readonly 'maps.getByKeyRelativeIndexRange': ReadRule;
    readonly 'maps.getByValueRelativeRankRange': ReadRule;
    readonly 'bits.get': ReadRule;
    readonly 'bits.count': ReadRule;
    readonly 'bits.leftScan': ReadRule;
    readonly 'bits.rightScan': ReadRule;
    readonly 'bits.getInt': ReadRule;
    readonly 'hlls.count': ReadRule;
    readonly 'hlls.union': ReadRule;
    readonly 'hlls.unionCount': ReadRule;
    readonly 'hlls.intersectCount': ReadRule;
    readonly 'hlls.similarity': ReadRule;
    readonly 'hlls.describe': ReadRule;
    readonly 'hlls.mayContain': ReadRule;
    readonly 'lists.append': ReadRule;
    readonly 'lists.appendItems': ReadRule;
    readonly 'lists.insert': ReadRule;
    readonly 'lists.insertItems': ReadRule;
    readonly 'lists.set': ReadRule;
    readonly 'lists.clear': ReadRule;
    readonly 'lists.increment': ReadRule;
    readonly 'lists.sort': ReadRule;
    readonly 'lists.removeByIndex': ReadRule;
    readonly 'lists.removeByRank': ReadRule;
    readonly 'lists.removeByValue': ReadRule;
    readonly 'lists.removeByValueList': ReadRule;
    readonly 'lists.removeByIndexRange': ReadRule;
    readonly 'lists.removeByValueRange': ReadRule;
    readonly 'lists.removeByRankRange': ReadRule;
    readonly 'lists.removeByValueRelativeRankRange': ReadRule;
    readonly 'maps.put': ReadRule;
    readonly 'maps.putItems': ReadRule;
    readonly 'maps.increment': ReadRule;
    readonly 'maps.clear': ReadRule;
    readonly 'maps.removeByKey': ReadRule;
    readonly 'maps.removeByIndex': ReadRule;
    readonly 'maps.removeByRank': ReadRule;
    readonly 'maps.removeByKeyList': ReadRule;
    readonly 'maps.removeByValue': ReadRule;
    readonly 'maps.removeByValueList': ReadRule;
    readonly 'maps.removeByKeyRange': ReadRule;
    readonly 'maps.removeByIndexRange': ReadRule;
    readonly 'maps.removeByValueRange': ReadRule;
    readonly 'maps.removeByRankRange': ReadRule;
    readonly 'maps.removeByKeyRelativeIndexRange': ReadRule;
    readonly 'maps.removeByValueRelativeRankRange': ReadRule;
    readonly 'bits.resize': ReadRule;
    readonly 'bits.insert': ReadRule;
    readonly 'bits.remove': ReadRule;
    readonly 'bits.set': ReadRule;
    readonly 'bits.or': ReadRule;
    readonly 'bits.xor': ReadRule;
    readonly 'bits.and': ReadRule;
    readonly 'bits.not': ReadRule;
    readonly 'bits.leftShift': ReadRule;
    readonly 'bits.rightShift': ReadRule;
    readonly 'bits.add': ReadRule;
    readonly 'bits.subtract': ReadRule;
    readonly 'bits.setInt': ReadRule;
    readonly 'hlls.add': ReadRule;
};

/** A read of how many elements there are. */
declare interface ReadSize<K extends 'list' | 'map'> {
    (source: Expression<K>, options?: InContext): Expression<'int'>;
    (source: Expression<'list' | 'map'>, options: Nested): Expression<'int'>;
}

/** How the batches of a stream become a table or record batches. */
export declare type RecordBatchOptions = Pick<ArrowOptions, 'key' | 'gen' | 'ttl' | 'views' | 'arrow'>;

/** What the record itself knows. */
declare type RecordField = 'lastUpdate' | 'sinceUpdate' | 'voidTime' | 'ttl' | 'setName' | 'keyExists' | 'isTombstone' | 'recordSize' | 'deviceSize' | 'memorySize';

/** The methods of a client on one record. */
declare abstract class RecordMethods extends BatchMethods {
    /**
     * Writes bins to a record. The other bins of an existing record do not change.
     *
     * An integer is stored as Int, any other number as Double, a bigint as Int, a boolean as Bool, a string as String, a
     * Uint8Array as Blob, an array as List, a plain object or a `Map` as Map, `null` removes the bin. `double(20)` forces a
     * Double. A `Map` may have integers and bytes as keys too; a map with any such key is read as a `Map`, others as objects.
     */
    put(key: Key, bins: Bins, options?: WriteOptions): Promise<void>;
    /** `put` that returns when it is done. */
    putSync(key: Key, bins: Bins, options?: WriteOptions): void;
    /** Reads one record; `null` if it does not exist. */
    get(key: Key, options?: GetOptions): Promise<ReadRecord | null>;
    /** `get` that returns when it is done. */
    getSync(key: Key, options?: GetOptions): ReadRecord | null;
    /** Reads some bins of one record; `null` if it does not exist. With an empty list of bins, generation and ttl only. */
    select(key: Key, bins: readonly string[], options?: SelectOptions): Promise<ReadRecord | null>;
    /** `select` that returns when it is done. */
    selectSync(key: Key, bins: readonly string[], options?: SelectOptions): ReadRecord | null;
    /** Whether a record exists. */
    exists(key: Key, options?: ReadOptions): Promise<boolean>;
    /** `exists` that returns when it is done. */
    existsSync(key: Key, options?: ReadOptions): boolean;
    /** Renews the ttl of a record, to `policy.ttl` if given. Increases its generation by one. */
    touch(key: Key, options?: WriteOptions): Promise<void>;
    /** `touch` that returns when it is done. */
    touchSync(key: Key, options?: WriteOptions): void;
    /** Deletes a record. Returns whether it existed. */
    remove(key: Key, options?: WriteOptions): Promise<boolean>;
    /** `remove` that returns when it is done. */
    removeSync(key: Key, options?: WriteOptions): boolean;
    /** Adds to the numbers in bins; a missing bin counts as 0. */
    add(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): Promise<void>;
    /** `add` that returns when it is done. */
    addSync(key: Key, bins: Readonly<Record<string, Addend>>, options?: WriteOptions): void;
    /** Appends text or bytes to the values of bins. */
    append(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void>;
    /** `append` that returns when it is done. */
    appendSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void;
    /** Prepends text or bytes to the values of bins. */
    prepend(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): Promise<void>;
    /** `prepend` that returns when it is done. */
    prependSync(key: Key, bins: Readonly<Record<string, Piece>>, options?: WriteOptions): void;
    /**
     * Runs operations on one record in their order, all or none of them: `[op.add('hits', 1), op.read('hits')]`.
     * Resolves with the bins that were read; of a bin that was read several times, with the last value. With
     * `results: 'list'` the record has the result of every operation, in their order.
     */
    operate<const O extends readonly Operation[]>(key: Key, operations: O, options: OperateOptions & {
        results: 'list';
        integers?: undefined;
    }): Promise<OperatedRecord<ResultsOf<O>>>;
    operate(key: Key, operations: readonly Operation[], options: OperateOptions & {
        results: 'list';
    }): Promise<OperatedRecord>;
    operate(key: Key, operations: readonly Operation[], options?: OperateOptions): Promise<ReadRecord>;
    /** `operate` that returns when it is done. */
    operateSync<const O extends readonly Operation[]>(key: Key, operations: O, options: OperateOptions & {
        results: 'list';
        integers?: undefined;
    }): OperatedRecord<ResultsOf<O>>;
    operateSync(key: Key, operations: readonly Operation[], options: OperateOptions & {
        results: 'list';
    }): OperatedRecord;
    operateSync(key: Key, operations: readonly Operation[], options?: OperateOptions): ReadRecord;
    /**
     * Applies a user-defined function of the server to one record, and resolves with what it returns:
     * `client.apply(key, { module: 'counters', function: 'increment', args: ['hits', 1] })`.
     */
    apply(key: Key, udf: Udf, options?: ApplyOptions): Promise<BinValue>;
    /** `apply` that returns when it is done. */
    applySync(key: Key, udf: Udf, options?: ApplyOptions): BinValue;
    /**
     * Begins a transaction, which calls join with their option `transaction`. Nothing is sent before the first of them. The
     * namespace must have strong consistency (Enterprise).
     */
    transaction(options?: TransactionOptions): Transaction;
}

/** Options of a batch read without a dtype. */
export declare interface RecordReadOptions {
    /** How the read behaves: timeouts, retries, replicas. */
    policy?: ReadPolicy | undefined;
    /** Which records: AEL text, an expression or its bytes. One that it rejects has result code 27. */
    filter?: Filter | undefined;
    /** The bins to read. Default all. */
    bins?: readonly string[] | undefined;
    /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
    /** The transaction that the read is a part of. */
    transaction?: Transaction | undefined;
    /** Aborts the read. A blocking read checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** The records of a batch in the rows layout: numpy's own, one after the other from byte 0 of `buffer`. */
export declare interface Records<S extends Schema = Schema> {
    /** The buffer of the whole batch; the records are its beginning. */
    readonly buffer: ArrayBuffer;
    /** The records alone. */
    readonly bytes: Uint8Array<ArrayBuffer>;
    /** Bytes from one record to the next. */
    readonly itemsize: number;
    /** Where each field begins within a record. */
    readonly offsets: {
        readonly [K in keyof S]: number;
    };
}

/** Options of a scan of ordinary records. */
export declare interface RecordScanOptions extends StreamOptions {
    /** The bins to read. Default all. An empty list reads keys, generations and ttls only. */
    bins?: readonly string[] | undefined;
    /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
}

/** The POSIX flags of a regular expression. */
export declare interface RegexOptions {
    /** POSIX extended syntax. Without it `+`, `?`, `|` and parentheses are ordinary characters. Default false. */
    readonly extended?: boolean | undefined;
    /** Ignores upper and lower case. Default false. */
    readonly ignoreCase?: boolean | undefined;
    /** Does not report the position of the match, which no filter needs. Default false. */
    readonly noSubstrings?: boolean | undefined;
    /** `.` does not match a line end, and `^` and `$` match at every line end. Default false. */
    readonly newline?: boolean | undefined;
}

/** Options of `udfs.register`. */
export declare interface RegisterOptions extends UdfCallOptions {
    /** The file name under which the cluster knows the module, ending in `.lua`. Default that of the file. */
    name?: string | undefined;
}

/** What takes an element out where it is the outcome of a change. */
declare function removed(): Expression<never>;

/** Options of a removal of what a range selects. */
export declare interface RemovedOptions extends InContext {
    /** Removes everything outside the range instead. Default false. */
    readonly inverted?: boolean | undefined;
}

/** Makes an operation that removes several elements. */
declare interface RemoveMany<All, Args extends readonly unknown[]> {
    <const R extends All = 'none' & All>(bin: string, ...args: [...Args, options?: RemoveManyOptions<R>]): InsideOperation<InsideMany<R>>;
}

/** Options of an operation that removes several elements. */
export declare interface RemoveManyOptions<R> extends WriteInsideOptions, Returning<R>, Inverting {
}

/** Makes an operation that removes one element. */
declare interface RemoveOne<All, Args extends readonly unknown[]> {
    <const R extends All = 'none' & All>(bin: string, ...args: [...Args, options?: RemoveOneOptions<R>]): InsideOperation<InsideOne<R>>;
}

/** Options of an operation that removes one element. */
export declare interface RemoveOneOptions<R> extends WriteInsideOptions, Returning<R> {
}

/** How a blob gets another size. */
export declare interface ResizedOptions {
    /** Grows and shrinks at the beginning instead of at the end. Default false. */
    readonly fromFront?: boolean | undefined;
    /** Only grows, or only shrinks. */
    readonly only?: 'grow' | 'shrink' | undefined;
}

/** Options of `op.bits.resize`. */
export declare interface ResizeOptions extends BitsOptions {
    /** Where bytes are added or removed. Default `'end'`. */
    readonly from?: 'end' | 'front' | undefined;
    /** Denies the other direction. Default neither. */
    readonly only?: 'grow' | 'shrink' | undefined;
}

/** What is declared of an expression so that one of ints is no expression of text; nothing is behind it. */
declare const result: unique symbol;

declare const result_2: unique symbol;

/** What an operation results in; `null` where the bin, or what it selects, is not there. */
export declare type ResultOf<O> = O extends InsideOperation<infer R> ? (unknown extends R ? unknown : R | null) : unknown;

/** What operations result in, as a tuple of their types. */
export declare type ResultsOf<O extends readonly Operation[]> = {
    -readonly [I in keyof O]: ResultOf<O[I]>;
};

/** What is returned whichever way elements are selected, and else `Other`. */
declare type Returned<R, Other> = R extends 'none' ? null : R extends 'exists' ? boolean : R extends 'count' ? number : R extends 'keyValue' ? [MapKey, unknown][] : R extends 'orderedMap' | 'unorderedMap' ? object : Other;

/** What is returned. */
declare interface Returning<R> {
    /** What is returned. Default `'value'`, and `'none'` of what is removed. */
    readonly return?: R | undefined;
}

/** What a read of a list or map gives of the elements that it selects. */
declare type Returns = 'value' | 'index' | 'reverseIndex' | 'rank' | 'reverseRank' | 'count' | 'exists' | 'key' | 'keyValue' | 'orderedMap' | 'unorderedMap';

/** A role as the cluster lists it. */
export declare interface RoleInfo {
    /** The role's name. */
    readonly name: string;
    /** What it allows. */
    readonly privileges: readonly GrantedPrivilege[];
    /** The addresses and networks that its users may come from; empty for all. */
    readonly allowlist: readonly string[];
    /** Reads per second; 0 without limit. */
    readonly readQuota: number;
    /** Writes per second; 0 without limit. */
    readonly writeQuota: number;
}

/** What a new role allows, and to whom. */
export declare interface RoleOptions extends AdminCallOptions {
    /** What it allows. Default nothing. */
    privileges?: readonly Privilege[] | undefined;
    /** The addresses and networks that its users may come from, such as `'10.0.0.0/8'`. Default all. */
    allowlist?: readonly string[] | undefined;
    /** Reads per second, if the server has quotas. Default without limit. */
    readQuota?: number | undefined;
    /** Writes per second, if the server has quotas. Default without limit. */
    writeQuota?: number | undefined;
}

/** The roles of the cluster: `client.roles`. The server must have security (Enterprise). */
export declare class Roles {
    #private;
    private constructor();
    /** Creates a role: `client.roles.create('analyst', { privileges: [{ code: 'read', namespace: 'test' }] })`. */
    create(name: string, options?: RoleOptions): Promise<void>;
    /** `create` that returns when it is done. */
    createSync(name: string, options?: RoleOptions): void;
    /** Drops a role, and takes it from its users. */
    drop(name: string, options?: AdminCallOptions): Promise<void>;
    /** `drop` that returns when it is done. */
    dropSync(name: string, options?: AdminCallOptions): void;
    /** Grants privileges to a role. */
    grant(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): Promise<void>;
    /** `grant` that returns when it is done. */
    grantSync(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): void;
    /** Revokes privileges of a role. */
    revoke(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): Promise<void>;
    /** `revoke` that returns when it is done. */
    revokeSync(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): void;
    /** Sets which addresses and networks the users of a role may come from; an empty list allows all. */
    setAllowlist(name: string, allowlist: readonly string[], options?: AdminCallOptions): Promise<void>;
    /** `setAllowlist` that returns when it is done. */
    setAllowlistSync(name: string, allowlist: readonly string[], options?: AdminCallOptions): void;
    /** Sets how many records the users of a role may read and write per second. */
    setQuotas(name: string, quotas: Quotas, options?: AdminCallOptions): Promise<void>;
    /** `setQuotas` that returns when it is done. */
    setQuotasSync(name: string, quotas: Quotas, options?: AdminCallOptions): void;
    /** Lists the roles. */
    list(options?: AdminCallOptions): Promise<RoleInfo[]>;
    /** `list` that returns when it is done. */
    listSync(options?: AdminCallOptions): RoleInfo[];
    /** One role; rejects with the server's code 70 if there is none. */
    get(name: string, options?: AdminCallOptions): Promise<RoleInfo>;
    /** `get` that returns when it is done. */
    getSync(name: string, options?: AdminCallOptions): RoleInfo;
}

/** A row as an object, with a property per field. */
export declare type Row<S extends Schema> = {
    [K in keyof S]: CellOf<S[K]>;
};

/** The rows that a dtype reads: `type Reading = RowOf<typeof sensor>`. */
export declare type RowOf<D extends Dtype> = D extends Dtype<infer S> ? Row<S> : never;

/** An operation on the inside of a bin, as the server has it. */
declare interface Rule {
    /** What it is about. */
    readonly of: NativeOperator & ('list' | 'map' | 'bits' | 'hll');
    /** Its number. */
    readonly code: number;
    /** Its arguments, in the order that the builder and the server have. */
    readonly args: readonly Argument[];
    /** Its options. */
    readonly form: Form;
}

/** Every operation on the inside of a bin, under the name that it has in the builder. */
declare const RULES: {
    readonly 'lists.create': Rule;
    readonly 'lists.setOrder': Rule;
    readonly 'lists.append': Rule;
    readonly 'lists.appendItems': Rule;
    readonly 'lists.insert': Rule;
    readonly 'lists.insertItems': Rule;
    readonly 'lists.pop': Rule;
    readonly 'lists.popRange': Rule;
    readonly 'lists.remove': Rule;
    readonly 'lists.removeRange': Rule;
    readonly 'lists.set': Rule;
    readonly 'lists.trim': Rule;
    readonly 'lists.clear': Rule;
    readonly 'lists.increment': Rule;
    readonly 'lists.sort': Rule;
    readonly 'lists.size': Rule;
    readonly 'lists.get': Rule;
    readonly 'lists.getRange': Rule;
    readonly 'lists.getByIndex': Rule;
    readonly 'lists.getByRank': Rule;
    readonly 'lists.getByValue': Rule;
    readonly 'lists.getByValueList': Rule;
    readonly 'lists.getByIndexRange': Rule;
    readonly 'lists.getByValueRange': Rule;
    readonly 'lists.getByRankRange': Rule;
    readonly 'lists.getByValueRelativeRankRange': Rule;
    readonly 'lists.removeByIndex': Rule;
    readonly 'lists.removeByRank': Rule;
    readonly 'lists.removeByValue': Rule;
    readonly 'lists.removeByValueList': Rule;
    readonly 'lists.removeByIndexRange': Rule;
    readonly 'lists.removeByValueRange': Rule;
    readonly 'lists.removeByRankRange': Rule;
    readonly 'lists.removeByValueRelativeRankRange': Rule;
    readonly 'maps.create': Rule;
    readonly 'maps.setOrder': Rule;
    readonly 'maps.put': Rule;
    readonly 'maps.putItems': Rule;
    readonly 'maps.increment': Rule;
    readonly 'maps.decrement': Rule;
    readonly 'maps.clear': Rule;
    readonly 'maps.removeByKey': Rule;
    readonly 'maps.removeByIndex': Rule;
    readonly 'maps.removeByRank': Rule;
    readonly 'maps.removeByKeyList': Rule;
    readonly 'maps.removeByValue': Rule;
    readonly 'maps.removeByValueList': Rule;
    readonly 'maps.removeByKeyRange': Rule;
    readonly 'maps.removeByIndexRange': Rule;
    readonly 'maps.removeByValueRange': Rule;
    readonly 'maps.removeByRankRange': Rule;
    readonly 'maps.removeByKeyRelativeIndexRange': Rule;
    readonly 'maps.removeByValueRelativeRankRange': Rule;
    readonly 'maps.size': Rule;
    readonly 'maps.getByKey': Rule;
    readonly 'maps.getByIndex': Rule;
    readonly 'maps.getByRank': Rule;
    readonly 'maps.getByValue': Rule;
    readonly 'maps.getByKeyRange': Rule;
    readonly 'maps.getByIndexRange': Rule;
    readonly 'maps.getByValueRange': Rule;
    readonly 'maps.getByRankRange': Rule;
    readonly 'maps.getByKeyList': Rule;
    readonly 'maps.getByValueList': Rule;
    readonly 'maps.getByKeyRelativeIndexRange': Rule;
    readonly 'maps.getByValueRelativeRankRange': Rule;
    readonly 'bits.resize': Rule;
    readonly 'bits.insert': Rule;
    readonly 'bits.remove': Rule;
    readonly 'bits.set': Rule;
    readonly 'bits.or': Rule;
    readonly 'bits.xor': Rule;
    readonly 'bits.and': Rule;
    readonly 'bits.not': Rule;
    readonly 'bits.leftShift': Rule;
    readonly 'bits.rightShift': Rule;
    readonly 'bits.add': Rule;
    readonly 'bits.subtract': Rule;
    readonly 'bits.setInt': Rule;
    readonly 'bits.get': Rule;
    readonly 'bits.count': Rule;
    readonly 'bits.leftScan': Rule;
    readonly 'bits.rightScan': Rule;
    readonly 'bits.getInt': Rule;
    readonly 'hlls.init': Rule;
    readonly 'hlls.add': Rule;
    readonly 'hlls.setUnion': Rule;
    readonly 'hlls.refreshCount': Rule;
    readonly 'hlls.fold': Rule;
    readonly 'hlls.count': Rule;
    readonly 'hlls.union': Rule;
    readonly 'hlls.unionCount': Rule;
    readonly 'hlls.intersectCount': Rule;
    readonly 'hlls.similarity': Rule;
    readonly 'hlls.describe': Rule;
};

/** What was written. */
export declare interface Saved {
    /** Rows in all files. */
    readonly rows: number;
    /** Number of files. */
    readonly files: number;
}

/** Options of `saveIPC`. */
export declare interface SaveIPCOptions extends ArrowOptions {
    /** The file format, which is the default, or the stream format. */
    format?: 'stream' | 'file' | undefined;
}

/** How a stream is written into a file, or into the files of a folder. */
export declare interface SaveOptions extends Pick<ArrowOptions, 'key' | 'gen' | 'ttl'> {
    /** Rows after which a file of a folder ends; batches are not split. Default 1,000,000. */
    rowsPerFile?: number | undefined;
    /** How the names of the files of a folder begin. Default `part`; give every shard its own. */
    prefix?: string | undefined;
}

/** Options of `saveParquet`. */
export declare interface SaveParquetOptions extends SaveOptions, Pick<ArrowOptions, 'arrow'> {
    /** How pages are compressed. Default `'snappy'`. */
    compression?: Compression | undefined;
    /** Rows of a row group. Default 65,536, or fewer if those would exceed 16 MiB. */
    rowGroupRows?: number | undefined;
}

/** Options of `saveIPC` of a stream. */
export declare interface SaveStreamIPCOptions extends SaveOptions, Pick<ArrowOptions, 'views' | 'arrow'> {
    /** The file format, which is the default, or the stream format. */
    format?: 'stream' | 'file' | undefined;
}

/** One cell of a scalar field. */
declare type ScalarCell<K> = K extends NumericKind ? NumericKinds[K]['cell'] : K extends 'S' | 'utf8' ? string : K extends 'V' | 'binary' ? Uint8Array : K extends `M8[${DatetimeUnit}]` ? DatetimeCell<K> : K extends 'any' ? AnyValue : never;

declare type ScalarColumnOf<K, L extends Layout> = K extends NumericKind ? L extends 'columns' ? ArrayOf<K> : StridedColumn<ElementOf<K>, ArrayOf<K>> : K extends 'S' | 'V' ? BytesColumn<K> : VariableColumnOf<K> | DatetimeColumnOf<K, L>;

declare type ScalarInput<K> = K extends 'S' ? Values<string | Uint8Array> | Uint8Array | BytesColumn : K extends 'V' ? Values<Uint8Array> | Uint8Array | BytesColumn : K extends 'i8' | 'u8' ? BigInt64Array | BigUint64Array | AnyNumberArray | StridedColumn<bigint> | Values<bigint | number> : K extends '?' ? Uint8Array | StridedColumn<number> | Values<boolean | number> : K extends NumericKind ? ArrayOf<K> | AnyNumberArray | StridedColumn<number> | Values<number> : VariableInput<K>;

declare type ScalarType<K, O> = K extends keyof ArrowKinds ? ArrowKinds[K] : K extends keyof PlainTypes ? VariableType<K, O> : never;

/** What a schema says of every field, whichever form it was written in. */
export declare type Schema = Readonly<Record<string, FieldType>>;

/** The schema that a literal stands for. */
export declare type SchemaOf<F> = F extends DtypeList ? ListSchema<F> : F extends DtypeObject ? {
    readonly [K in keyof F]: F[K] extends Typed<infer T extends FieldType> ? T : Exclude<F[K], FieldDetails>;
} : never;

declare type SchemaOfBatch<B> = B extends Batch<infer S> ? S : never;

/** A secret, or a function that fetches it when it is needed, from a vault for instance. */
export declare type Secret<T> = T | (() => T | Promise<T>);

/** What was seen of a bin. */
export declare interface SeenBin extends SeenValues {
    /** Places in its lists and maps, by their paths: `'$.profile.city'`, and `'$.tags.[*]'` for the elements of a list. */
    readonly places: Readonly<Record<string, SeenValues>>;
}

/** What was seen of the values in a bin, or at a place in its lists and maps. */
export declare interface SeenValues {
    /**
     * How many values there are of each type: Int, Double, Bool, String (and GeoJSON), Blob (and HLL), List and Map. Lists and
     * maps can have Nil too.
     */
    readonly types: Readonly<Record<string, number>>;
    /** Share of the records that have no value here, from 0 to 1; elements of lists have none. */
    readonly missing?: number;
    /** The smallest number. */
    readonly smallest?: number | bigint;
    /** The largest number. */
    readonly largest?: number | bigint;
    /** Bytes of the longest text or blob. */
    readonly longest?: number;
    /** Elements of the longest list or map. */
    readonly elements?: number;
    /** What a field has to be to hold all of these values without a loss. */
    readonly type: ChosenType;
}

/** Options of `select`. */
export declare interface SelectOptions extends ReadOptions {
    /** `'bigint'` returns all integers as bigints; by default only those that a number cannot hold exactly. */
    integers?: Integers | undefined;
}

/** A node answered with a result code other than success. */
export declare class ServerError extends AerostrideError {
}

/** One dimension, or all of them. */
export declare type Shape = number | readonly number[];

/** A list in the order of its elements. */
export declare interface SortedList {
    (source: Expression<'list'>, options?: SortedOptions): Expression<'list'>;
    <C extends 'list' | 'map'>(source: Expression<C>, options: SortedOptions & Nested): Expression<C>;
}

/** How a list is sorted. */
export declare interface SortedOptions extends InContext {
    /** From the largest to the smallest. Default false. */
    readonly descending?: boolean | undefined;
    /** Keeps one of equal elements; not together with `descending`. Default false. */
    readonly dropDuplicates?: boolean | undefined;
}

/** Options of `op.lists.sort`. */
export declare interface SortOptions extends WriteInsideOptions {
    /** Sorts from the largest to the smallest. Default false. */
    readonly descending?: boolean | undefined;
    /** Removes values that are there already. Not together with `descending`. Default false. */
    readonly dropDuplicates?: boolean | undefined;
}

/** A stream's native side, and the memory that it has of us: lends what is missing, and makes batches of what comes. */
declare interface Source<T> {
    readonly native: NativeStream;
    /** Lends as many batches as the native side can use. */
    lend(): void;
    /** Makes what the consumer gets. */
    finish(filled: NativeFilled): T;
    /** A batch without rows. */
    empty(): T;
}

/** Starts a server; its ports are open when this returns. */
declare function startDevServer(options?: NativeDevServerOptions | undefined | null): NativeDevServer

/** What a step of a context goes into, and its argument. */
declare interface Step {
    /** How the element is found. */
    readonly by: 'listIndex' | 'listRank' | 'listValue' | 'mapIndex' | 'mapRank' | 'mapKey' | 'mapValue';
    /** Its index, rank, key or value. */
    readonly at: ConstantItem;
    /** Only a step that makes what is not there has flags for it. */
    readonly creates?: undefined;
}

/** GeoJSON, as records have it: the class `GeoJSON`. */
declare interface StoredGeoJSON {
    /** The text, as it is stored. */
    readonly text: string;
    /** The parsed text. */
    toJSON(): object;
}

/** A HyperLogLog, as records have it: the class `HyperLogLog`. */
declare interface StoredHyperLogLog {
    /** The bytes of the sketch. */
    readonly bytes: Uint8Array;
    /** The bytes in hex. */
    toJSON(): string;
}

/** A value that can be in a list or a map: everything but undefined, functions and symbols. */
export declare type StoredValue = null | boolean | number | bigint | string | object;

/**
 * The records of a scan or query, batch by batch, in no particular order: `for await (const batch of stream)`.
 *
 * The first request is sent when the first batch is requested. A slow loop slows the reading down, and only a few batches are in
 * memory. Leaving the loop, in whatever way, closes the connections.
 */
export declare class Stream<T extends Batch | readonly unknown[]> extends StreamBase<T> implements AsyncIterable<T>, AsyncDisposable {
    #private;
    /** The batches. */
    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
    /** Reads everything into one batch, or one array of records; a `RangeError` if that would exceed `maxBytes`. */
    toBatch(options?: ToBatchOptions): Promise<T>;
    /**
     * The batches as record batches of `apache-arrow`, which have one schema. Like the other methods below it needs a stream of
     * columns, and is used in place of a loop over the stream.
     */
    recordBatches(options?: RecordBatchOptions): AsyncGenerator<Arrow.RecordBatch, void, undefined>;
    /**
     * Reads everything into one table of `apache-arrow`, whose record batches share the memory of the stream's batches; a
     * `RangeError` if that would exceed `maxBytes`.
     */
    toArrow(options?: RecordBatchOptions & ToBatchOptions): Promise<Arrow.Table>;
    /**
     * Writes a file of Arrow, in the file format unless the options say otherwise. The memory stays bounded, as in all methods
     * that write files: each batch is written as it comes.
     *
     * A path that ends with a slash, or names a folder, gets files `part-00000.arrow` and so on. A file gets its name when it is
     * complete; until then it is called `.part-00000.arrow.tmp`. If the stream fails, the files can be read and have everything that
     * was delivered until then, and `cursor` of the error says where to go on. If nothing was delivered, or the disk is full, no
     * file is left.
     */
    saveIPC(path: string | URL, options?: SaveStreamIPCOptions): Promise<Saved>;
    /**
     * Writes a file of Parquet, or files of a folder as `saveIPC` does. Needs the optional packages `parquet-wasm` and
     * `apache-arrow`.
     */
    saveParquet(path: string | URL, options?: SaveParquetOptions): Promise<Saved>;
    /**
     * Writes CSV with a header, into a file or files of a folder. A cell without a value is empty, and empty text is `""`. A key of
     * text that could be an integer is in quotes.
     */
    saveCsv(path: string | URL, options?: SaveOptions): Promise<Saved>;
    /**
     * Writes one JSON object per row, into a file or files of a folder. A cell without a value is no property. Keys that are integers
     * are numbers, with all their digits.
     */
    saveNdjson(path: string | URL, options?: SaveOptions): Promise<Saved>;
    /** Ends the stream and closes its connections; a loop that waits for a batch rejects. Further calls do nothing. */
    close(): Promise<void>;
    /** Ends the stream at the end of an `await using` block. */
    [Symbol.asyncDispose](): Promise<void>;
}

/** What streams of both doors share. */
declare abstract class StreamBase<T extends Batch | readonly unknown[]> {
    protected readonly source: Source<T>;
    protected readonly signal: AbortSignal | undefined;
    protected readonly watch: () => StreamWatch | undefined;
    constructor(source: Source<T>, signal: AbortSignal | undefined, watch: () => StreamWatch | undefined);
    /**
     * Where another stream can continue, in another process or on another day: after everything that was delivered. A string that
     * is safe in JSON, URLs and file names.
     */
    get cursor(): string;
    /** Rows, bytes and partitions so far. */
    get progress(): StreamProgress;
    /** The last hundred failed requests, including those whose retry succeeded. */
    get failures(): readonly StreamFailure[];
    protected finish(filled: NativeFilled | null): T | undefined;
    /** An error knows where a further stream can go on, and those who observe hear of it. */
    protected failed(error: unknown, watch: StreamWatch | undefined): unknown;
    protected collector(options: ToBatchOptions | undefined): Joiner<T>;
    /** Ends the stream: its connections are closed. What was delivered stays. Doing it again does nothing. */
    protected end(): void;
}

/** A failed request of a stream; what can be retried is retried. */
export declare interface StreamFailure {
    /** The node, as `name host:port`; empty if no node was involved. */
    readonly node: string;
    /** The result code of the server, or of the client (negative). */
    readonly code: number;
    /** A description of the failure. */
    readonly message: string;
    /** Number of partitions that were requested again. */
    readonly partitions: number;
}

/** The methods of a client on whole sets, and on what a secondary index has. */
declare abstract class StreamMethods extends RecordMethods {
    /**
     * Reads all records of a set, or with `''` of the namespace, batch by batch into columns. The first request is sent when the
     * first batch is requested.
     *
     * ```ts
     * for await (const batch of client.scan('test', 'sensors', { dtype: sensor })) console.log(batch.length)
     * ```
     */
    scan<S extends Schema, const L extends Layout = 'columns'>(namespace: string, set: string, options: ColumnScanOptions<S, L>): Stream<Batch<S, L>>;
    /** Reads all records of a set, or with `''` of the namespace, as arrays of ordinary records. */
    scan(namespace: string, set: string, options?: RecordScanOptions): Stream<StreamRecord[]>;
    /** `scan` whose every step returns when its batch is there. */
    scanSync<S extends Schema, const L extends Layout = 'columns'>(namespace: string, set: string, options: ColumnScanOptions<S, L>): SyncStream<Batch<S, L>>;
    /** Reads all records of a set as arrays of ordinary records, and returns when each is there. */
    scanSync(namespace: string, set: string, options?: RecordScanOptions): SyncStream<StreamRecord[]>;
    /**
     * Reads the records that a secondary index has for a value or a range, batch by batch into columns:
     * `client.query('test', 'sensors', { where: between('temperature', 20, 30), dtype: sensor })`.
     */
    query<S extends Schema, const L extends Layout = 'columns'>(namespace: string, set: string, options: ColumnScanOptions<S, L> & WhereOption): Stream<Batch<S, L>>;
    /** Reads the records that a secondary index has for a value or a range, as arrays of ordinary records. */
    query(namespace: string, set: string, options: RecordScanOptions & WhereOption): Stream<StreamRecord[]>;
    /** `query` whose every step returns when its batch is there. */
    querySync<S extends Schema, const L extends Layout = 'columns'>(namespace: string, set: string, options: ColumnScanOptions<S, L> & WhereOption): SyncStream<Batch<S, L>>;
    /** Reads the records that a secondary index has for a value or a range, and returns when each array is there. */
    querySync(namespace: string, set: string, options: RecordScanOptions & WhereOption): SyncStream<StreamRecord[]>;
    /** Samples a set: which dtype holds its records, and what was seen of each bin. A `RangeError` where it has no record. */
    inferDtype(namespace: string, set: string, options?: InferOptions): Promise<InferredDtype>;
    /** `inferDtype` that returns when it is done. */
    inferDtypeSync(namespace: string, set: string, options?: InferOptions): InferredDtype;
    /**
     * Begins a job that the nodes do by themselves, on all records of a set or on those that an index has: operations that write,
     * or a function. `await (await client.background('test', 'sensors', { operations: [op.add('n', 1)] })).wait()`.
     */
    background(namespace: string, set: string, options: BackgroundOptions): Promise<BackgroundJob>;
    /** Begins a job on the records of a namespace, whatever their sets: `background('test', { wholeNamespace: true, operations })`. */
    background(namespace: string, options: BackgroundNamespaceOptions): Promise<BackgroundJob>;
    /** `background` that returns when the job has begun. */
    backgroundSync(namespace: string, set: string, options: BackgroundOptions): BackgroundJob;
    /** `background` of a namespace that returns when the job has begun. */
    backgroundSync(namespace: string, options: BackgroundNamespaceOptions): BackgroundJob;
}

/** Options of every scan and query. */
export declare interface StreamOptions {
    /** Only records that match: AEL text, an expression or its bytes. */
    filter?: Filter | undefined;
    /** Maximum rows of a batch. Default 32768 rows of columns, or 1024 records; fewer if a batch would exceed 8 MiB. */
    batchRows?: number | undefined;
    /** User keys if they are stored (the default), digests, or neither. */
    keys?: 'user' | 'digest' | 'none' | undefined;
    /** Only these partitions, so that several scans can share the work. Default all. */
    partitions?: Partitions | undefined;
    /** Rows after which the stream ends. Default no limit. */
    maxRows?: number | undefined;
    /** Maximum number of records per second from each node. Default no limit. */
    recordsPerSecond?: number | undefined;
    /** The cursor of an earlier stream over the same records: this one delivers the rest. */
    after?: string | undefined;
    /** How the stream behaves: timeouts, retries, replicas. */
    policy?: StreamPolicy | undefined;
    /** Ends the stream. A blocking stream checks it only between batches. */
    signal?: AbortSignal | undefined;
}

/** How a scan or query behaves. */
export declare interface StreamPolicy {
    /** Milliseconds for the whole stream; 0, the default, for no limit. */
    totalTimeout?: number | undefined;
    /**
     * Milliseconds without a byte from a node before its request is sent again; 0 for no limit. Default 30000. With a filter that
     * rejects nearly everything a node sends nothing for a long time: allow what a node needs for a few hundred partitions.
     */
    socketTimeout?: number | undefined;
    /** How often a partition is requested again without a row in between. Default 10. */
    maxRetries?: number | undefined;
    /** Milliseconds before the second attempt, doubled for every further one, up to a second. Default 10. */
    sleepBetweenRetries?: number | undefined;
    /** Which copy is asked. Default `'sequence'`: the master first, and the replicas if it does not answer. */
    replica?: ReadPolicy['replica'];
    /** Connections to one node. Default 3, and 1 from four nodes on, with `maxRows` and with `recordsPerSecond`. */
    maxConcurrentRequests?: number | undefined;
    /** A packed filter expression, as bytes or base64. */
    filterExpression?: Uint8Array | string | undefined;
}

/** The progress of a stream. */
export declare interface StreamProgress {
    /** Rows delivered. */
    readonly rows: number;
    /** Bytes received. */
    readonly bytes: number;
    /** Partitions that were delivered completely. */
    readonly partitionsDone: number;
    /** Number of partitions that the stream reads. */
    readonly partitions: number;
}

/** An ordinary record of a scan or query. */
export declare interface StreamRecord {
    /** The key; its primary key is `null` if it is not stored. */
    readonly key: FoundKey;
    /** The bins. */
    readonly bins: Record<string, BinValue>;
    /** The generation: how often the record was written. */
    readonly gen: number;
    /** Seconds until the record expires; 0xFFFFFFFF for a record that never expires. */
    readonly ttl: number;
    /** The 20 bytes of its digest, with `keys: 'digest'`. */
    readonly digest?: Uint8Array;
}

/** Scans and queries that run, and what they have brought. */
export declare interface StreamStats {
    /** Scans and queries that run. */
    readonly open: number;
    /** Connections on which they are receiving. */
    readonly connections: number;
    /** Records delivered. */
    readonly records: number;
    /** Bytes received. */
    readonly bytes: number;
}

/** A stream under way, as those who observe it see it. */
declare interface StreamWatch {
    /** It has failed. */
    failed(error: unknown): void;
    /** It has ended after so many rows: at its end, in the middle, or because it has failed. */
    ended(rows: number): void;
}

/** A scalar column of the rows layout, where the values of a field are not next to each other. */
export declare class StridedColumn<T = number | bigint, A = NumericArray> extends PlacedColumn<T> {
    #private;
    /** Bytes from one value to the next: the size of a record. */
    readonly stride: number;
    private constructor();
    get(row: number): T;
    /** A contiguous copy: the typed array that the columns layout would have given. */
    toArray(): A;
}

/** A column of sub-arrays in the rows layout: it has no flat `data`. */
export declare type StridedSubarrayColumn<A extends NumericArray = NumericArray> = SubarrayColumn<A, undefined>;

/** A column of sub-arrays: every cell is a typed array of the same shape. */
export declare class SubarrayColumn<A extends NumericArray = NumericArray, D = A> extends PlacedColumn<A> {
    #private;
    /** The dimensions of a cell: `[128]`, `[2, 3]`. */
    readonly shape: readonly number[];
    private constructor();
    /** All cells flat, one after the other: a view, no copy. The rows layout has no such array: see `flatten()`. */
    get data(): D;
    /**
     * The cell of a row, flat in C order: a view, no copy, but for packed records, where the cell may start at an address
     * that no typed array can (use `align: true` or the columns layout to have views always).
     */
    row(row: number): A;
    /** The same as `row(row)`. */
    get(row: number): A;
    /** All cells flat in a typed array of their own, from either layout. */
    flatten(): A;
    /** The cells of all rows, each as `row(row)` gives it. */
    toArray(): A[];
}

declare type SubarrayColumnOf<K, L extends Layout> = K extends NumericKind ? L extends 'columns' ? SubarrayColumn<ArrayOf<K>> : StridedSubarrayColumn<ArrayOf<K>> : never;

declare type SubarrayInput<K> = K extends NumericKind ? ArrayOf<K> | SubarrayColumn<ArrayOf<K>, unknown> | Values<ArrayLike<unknown>> : never;

/** What a call is about, without any value or secret: keys and bins are not in it. */
export declare interface Subject {
    /** The method: `batchRead`, `put`, ... A blocking twin has the name of the other door. */
    readonly operation: string;
    /** The namespace, where all keys have the same one. */
    readonly namespace?: string;
    /** The set, where all keys have the same one. */
    readonly set?: string;
    /** How many keys the call has; at the end of a scan or query, how many rows it has delivered. */
    readonly rows?: number;
}

/** The records of a scan or query, batch by batch, for scripts: every step blocks until its batch is there. */
export declare class SyncStream<T extends Batch | readonly unknown[]> extends StreamBase<T> implements Iterable<T>, Disposable {
    #private;
    /** The batches. */
    [Symbol.iterator](): Generator<T, void, undefined>;
    /** Reads everything into one batch, or one array of records; a `RangeError` if that would exceed `maxBytes`. */
    toBatch(options?: ToBatchOptions): T;
    /** The batches as record batches of `apache-arrow`, which have one schema. It needs a stream of columns. */
    recordBatches(options?: RecordBatchOptions): Generator<Arrow.RecordBatch, void, undefined>;
    /** Reads everything into one table of `apache-arrow`; a `RangeError` if that would exceed `maxBytes`. */
    toArrow(options?: RecordBatchOptions & ToBatchOptions): Arrow.Table;
    /** Ends the stream and closes its connections. Further calls do nothing. */
    close(): void;
    /** Ends the stream at the end of a `using` block. */
    [Symbol.dispose](): void;
}

/**
 * The table of a batch. It is made from the batch's own type and not from its schema: Arrow's tables cannot stand for tables
 * of fewer columns, and with them in its interface a batch could not stand for any batch.
 */
declare type TableOf<B, O> = ArrowTable<ArrowColumns<SchemaOfBatch<B>, O> & ArrowExtraColumns<O>>;

/** A column of `utf8`: text of any length. */
export declare class TextColumn extends ViewColumn<string> {
    private constructor();
    /** The text of a row; empty where there is none. */
    get(row: number): string;
    /** The UTF-8 of a row: a view, no copy. */
    bytes(row: number): Uint8Array<ArrayBuffer>;
}

/** The time that the policy or the connect options allow has passed. */
export declare class TimeoutError extends AerostrideError {
}

/** How to encrypt connections. `{}` takes the authorities that the platform trusts. */
export declare interface TlsOptions {
    /** Authorities that may have signed the nodes' certificates, in place of those that the platform trusts. */
    ca?: Secret<Pem> | undefined;
    /** The client's own certificate chain, where the cluster asks for one. */
    cert?: Secret<Pem> | undefined;
    /** The key of that certificate. */
    key?: Secret<Pem> | undefined;
    /** The name in the nodes' certificates, where it differs from the host and the host says no `tlsName` of its own. */
    serverName?: string | undefined;
}

/** Options of `toBatch`. */
export declare interface ToBatchOptions {
    /** Maximum size of the batch in bytes; a larger one is a `RangeError`. Default 1 GiB. */
    maxBytes?: number | undefined;
}

/**
 * Reads and writes of several records that take effect together, or not at all. Made by `client.transaction()`, given to
 * calls in their option `transaction`, and ended by `commit` or `abort`.
 *
 * The namespace must have strong consistency, which the Enterprise Edition has; a call in a transaction on any other
 * namespace rejects with the server's code.
 */
export declare class Transaction implements AsyncDisposable {
    #private;
    private constructor();
    /** Its number, which the server knows it by. */
    get id(): bigint;
    /** Where it stands. */
    get state(): TransactionState;
    /** Whether a commit may have been done although no answer says so. */
    get inDoubt(): boolean;
    /** Makes all its writes visible. Rejects where a record that it has read was changed meanwhile; it is then aborted. */
    commit(options?: TransactionEndOptions): Promise<TransactionEnd>;
    /** `commit` that returns when it is done. */
    commitSync(options?: TransactionEndOptions): TransactionEnd;
    /** Takes all its writes back. */
    abort(options?: TransactionEndOptions): Promise<TransactionEnd>;
    /** `abort` that returns when it is done. */
    abortSync(options?: TransactionEndOptions): TransactionEnd;
    /** Aborts the transaction at the end of an `await using` block if it was not committed. */
    [Symbol.asyncDispose](): Promise<void>;
}

/**
 * How a transaction ended: now, earlier in the same way, or it is decided and the server completes the work by itself.
 */
export declare type TransactionEnd = 'done' | 'already' | 'decided';

/** Options of `commit` and `abort`. */
export declare interface TransactionEndOptions {
    /** Aborts the call; the transaction may then have ended or not. A blocking call looks at it only before it begins. */
    signal?: AbortSignal | undefined;
}

/** Options of `client.transaction()`. */
export declare interface TransactionOptions {
    /** Seconds after which the server ends the transaction if nobody has. Default what the server is set to, usually 10. */
    timeout?: number | undefined;
}

/**
 * Where a transaction stands. `'inDoubt'` is a commit without an answer: commit again to learn how it ended.
 */
export declare type TransactionState = 'open' | 'verified' | 'committed' | 'aborted' | 'inDoubt';

/** Options of `truncate` where it has no set. */
export declare interface TruncateNamespaceOptions extends TruncateOptions {
    /** Has to be true: every record of the namespace is deleted, whatever its set. */
    wholeNamespace: true;
}

/** Options of `truncate`. */
export declare interface TruncateOptions {
    /** Only records that were last written before; a bigint is nanoseconds since 1970. Default all there are. */
    before?: Date | bigint | undefined;
    /** Aborts the call; the nodes may then have been told or not. A blocking one looks at it only before it begins. */
    signal?: AbortSignal | undefined;
}

declare interface Typed<T> {
    /** The code, with a shape where the field has one. */
    readonly type: T;
}

/** A user-defined function of the server, and what it is called with besides the record. */
export declare interface Udf {
    /** The name of its module, without `.lua`. */
    readonly module: string;
    /** The name of the function. */
    readonly function: string;
    /** Its arguments after the record. Default none. */
    readonly args?: readonly unknown[] | undefined;
}

/** Options of calls on modules. */
export declare interface UdfCallOptions {
    /** Aborts the call; what the server has received by then it carries out. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** A module of user-defined functions, as the cluster lists it. */
export declare interface UdfModule {
    /** Its file name, such as `counters.lua`. */
    readonly name: string;
    /** The hash of its code. */
    readonly hash: string;
    /** Its language: `LUA`. */
    readonly language: string;
}

/** The modules of user-defined functions on the cluster: `client.udfs`. */
export declare class Udfs {
    #private;
    private constructor();
    /**
     * Gives the cluster a module: the path or URL of a Lua file, or its bytes with `options.name`. Resolves when every node has
     * it. A module of the same name is replaced.
     */
    register(source: UdfSource, options?: RegisterOptions): Promise<void>;
    /** `register` that returns when it is done. */
    registerSync(source: UdfSource, options?: RegisterOptions): void;
    /** Lists the modules. */
    list(options?: UdfCallOptions): Promise<UdfModule[]>;
    /** `list` that returns when it is done. */
    listSync(options?: UdfCallOptions): UdfModule[];
    /** Takes a module away, and resolves when no node has it. Returns whether there was one. */
    remove(name: string, options?: UdfCallOptions): Promise<boolean>;
    /** `remove` that returns when it is done. */
    removeSync(name: string, options?: UdfCallOptions): boolean;
}

/** Where the code of a module is: the path or URL of a file, or the code itself as bytes. */
export declare type UdfSource = string | URL | Uint8Array;

/** A user as the cluster lists it. */
export declare interface UserInfo {
    /** The user's name. */
    readonly name: string;
    /** The user's roles. */
    readonly roles: readonly string[];
    /** How many connections the user has. */
    readonly connections: number;
    /** What the server counts of the user's reads, per second: quota, single records, rows of scans, and further ones. */
    readonly reads: readonly number[];
    /** The same of writes. */
    readonly writes: readonly number[];
}

/** The users of the cluster: `client.users`. The server must have security (Enterprise). */
export declare class Users {
    #private;
    private constructor();
    /** Creates a user with a password. */
    create(name: string, password: string, roles: readonly string[], options?: AdminCallOptions): Promise<void>;
    /** `create` that returns when it is done. */
    createSync(name: string, password: string, roles: readonly string[], options?: AdminCallOptions): void;
    /** Creates a user who logs in with a certificate whose common name is the user's name. */
    createPki(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void>;
    /** `createPki` that returns when it is done. */
    createPkiSync(name: string, roles: readonly string[], options?: AdminCallOptions): void;
    /** Drops a user. */
    drop(name: string, options?: AdminCallOptions): Promise<void>;
    /** `drop` that returns when it is done. */
    dropSync(name: string, options?: AdminCallOptions): void;
    /** Changes a password: one's own, or as an administrator that of another user. */
    changePassword(name: string, password: string, options?: AdminCallOptions): Promise<void>;
    /** `changePassword` that returns when it is done. */
    changePasswordSync(name: string, password: string, options?: AdminCallOptions): void;
    /** Grants roles to a user. */
    grant(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void>;
    /** `grant` that returns when it is done. */
    grantSync(name: string, roles: readonly string[], options?: AdminCallOptions): void;
    /** Revokes roles of a user. */
    revoke(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void>;
    /** `revoke` that returns when it is done. */
    revokeSync(name: string, roles: readonly string[], options?: AdminCallOptions): void;
    /** Lists the users. */
    list(options?: AdminCallOptions): Promise<UserInfo[]>;
    /** `list` that returns when it is done. */
    listSync(options?: AdminCallOptions): UserInfo[];
    /** One user; rejects with the server's code 60 if there is none. */
    get(name: string, options?: AdminCallOptions): Promise<UserInfo>;
    /** `get` that returns when it is done. */
    getSync(name: string, options?: AdminCallOptions): UserInfo;
}

/** A column of `any`: bins as they are stored, which are decoded when they are asked for. */
export declare class ValueColumn extends ViewColumn<AnyValue> {
    #private;
    private constructor();
    /** The value of a row, as a read without a dtype gives it; `null` where there is none. */
    get(row: number): AnyValue;
    /** What the server has stored for a row, without a copy: the type of the bin in one byte, then its bytes. */
    bytes(row: number): Uint8Array<ArrayBuffer>;
}

/** An array of values, in which `null` and `undefined` stand for cells that are not there. */
declare type Values<T> = readonly (T | null | undefined)[];

declare type VariableColumnOf<K> = K extends 'utf8' ? TextColumn : K extends 'binary' ? BinaryColumn : K extends 'any' ? ValueColumn : never;

declare type VariableInput<K> = K extends 'utf8' ? Values<string | Uint8Array> | TextColumn | BinaryColumn : K extends 'binary' ? Values<Uint8Array> | BinaryColumn | TextColumn : K extends 'any' ? Values<AnyValue | object> | ValueColumn : K extends `M8[${DatetimeUnit}]` ? Values<Date | bigint | number> | BigInt64Array | DatetimeColumn : never;

/** The type of text and bytes of any length, which an option decides. */
declare type VariableType<K extends keyof PlainTypes, O> = O extends {
    views: false;
} ? PlainTypes[K] : ViewTypes[K];

/** The common base of columns whose cells have any length. Values are made when they are asked for. */
declare abstract class ViewColumn<T> extends PlacedColumn<T> {
    /** All values, each as `get(row)` gives it. */
    toArray(): T[];
}

/** The kinds whose cells have any length: what is longer than 12 bytes is in the batch's blocks. */
declare type ViewKind = 'utf8' | 'binary' | 'list' | 'any';

/** What a copy of the library calls views of text and bytes; the older types where it has none. */
declare type ViewTypes = typeof Arrow extends {
    Utf8View: new () => infer T extends Arrow.DataType;
    BinaryView: new () => infer B extends Arrow.DataType;
} ? {
    utf8: T;
    binary: B;
} : PlainTypes;

/** Options of `wait`. */
export declare interface WaitOptions {
    /** Milliseconds between two questions to the nodes. Default 100. */
    interval?: number | undefined;
    /** Ends the waiting, and not the job. A blocking call checks it only at the start. */
    signal?: AbortSignal | undefined;
}

/** What a query looks for in a secondary index. Made by {@link equal}, {@link between}, {@link contains} and others. */
export declare class Where {
    #private;
    private constructor();
}

/** The option that a query has in addition to those of a scan. */
export declare interface WhereOption {
    /** What to look for in which index: see {@link equal}, {@link between}, {@link contains}, {@link withinRegion}. */
    where: Where;
}

/**
 * Records whose indexed point lies in a region: a polygon, several, or Aerospike's circle with its radius in meters. With `elements`,
 * a record of which several elements match may be returned several times.
 */
export declare function withinRegion(target: IndexTarget, region: GeoJSONInput, elements?: Collection): Where;

declare type WithoutPrefix<C> = C extends `${'<' | '=' | '|'}${infer Plain}` ? Plain : C;

/** Rows that are written as they are: a batch, or a table or record batch of `apache-arrow`, whose types say the dtype. */
export declare type WritableRows = Batch | ArrowTableLike;

/** Options of `op.writeComputed`. */
export declare interface WriteComputedOptions extends ComputeOptions {
    /** Writes the bin always, only if it exists, or only if it does not. Default `'update'`. */
    readonly exists?: 'update' | 'updateOnly' | 'create' | undefined;
    /** Deletes the bin where the expression results in nil, which otherwise fails with code 26. Default false. */
    readonly allowDelete?: boolean | undefined;
    /** Leaves the bin as it is where `exists` or `allowDelete` deny the write, instead of failing the call. Default false. */
    readonly skipDenied?: boolean | undefined;
}

/** Options of an operation that writes to a list or a map. */
export declare interface WriteInsideOptions {
    /** The steps to what is inside a list or map, made by `ctx`. Default none: the bin itself. */
    readonly context?: readonly (ContextStep | ContextCreatingStep)[] | undefined;
}

/** Options of a call that writes one record. */
export declare interface WriteOptions {
    /** How the write behaves: timeouts, ttl, generation, what to do with a record that exists. */
    policy?: WritePolicy | undefined;
    /** AEL text, an expression or its bytes. A record that it rejects stays as it is, and the call rejects with result code 27. */
    filter?: Filter | undefined;
    /** The transaction that the write is a part of. */
    transaction?: Transaction | undefined;
    /** Aborts the write; the record may then be written or not. A blocking write looks at it only before it begins. */
    signal?: AbortSignal | undefined;
}

/** How a write behaves. */
export declare interface WritePolicy {
    /** Milliseconds for the whole call, over all attempts. Default 1000; 10000 for writes of many records. */
    totalTimeout?: number | undefined;
    /** Milliseconds without a byte from the node before an attempt fails. Default 30000; 5000 for writes of many records. */
    socketTimeout?: number | undefined;
    /** How often a failed attempt is repeated. Default 0: a write is never repeated unless you ask for it. */
    maxRetries?: number | undefined;
    /** Seconds until the record expires, at most ten years; -1 never, -2 keeps the record's own, 0 the namespace's default. */
    ttl?: number | undefined;
    /** The generation that `generationPolicy` compares with. */
    generation?: number | undefined;
    /** Writes always, only if the generation is equal, or only if the given one is greater. Default `'none'`. */
    generationPolicy?: 'none' | 'eq' | 'gt' | undefined;
    /** What to do with a record that exists or does not. Default `'update'`. */
    exists?: 'update' | 'updateOnly' | 'replace' | 'replaceOnly' | 'create' | undefined;
    /** Stores the primary key with the record. Default false. */
    sendKey?: boolean | undefined;
    /** Leaves a tombstone when the record is deleted (Enterprise). Default false. */
    durableDelete?: boolean | undefined;
    /** Answers when all replicas have the write, or already when the master has. Default `'all'`. */
    commitLevel?: 'all' | 'master' | undefined;
    /** A packed filter expression, as bytes or base64. A record that it rejects is not written, and has result code 27. */
    filterExpression?: Uint8Array | string | undefined;
}

export { }
