import { abortSignal } from '../calls/abort.js'
import type { Call } from '../calls/session.js'
import { invalidArgument } from '../errors.js'
import { type Checks, checkOptions, choice, text } from '../arguments/options.js'
import { checkNamespace, checkSet } from '../keys/names.js'
import type { NativeIndexDefinition, NativeIndexInfo } from '../binding/native.js'
import { type PathStep, encodePath } from './context.js'
import { type Computed, expressionOption } from '../expressions/filter.js'
import { type Collection, binName } from './where.js'

/** An index to create, on a bin or an expression. */
export interface IndexOptions {
  /** The index's name. */
  name: string
  /** The type of the indexed values; values of other types are not in the index. */
  type: 'numeric' | 'string' | 'blob' | 'geo2dsphere'
  /** The bin. */
  bin?: string | undefined
  /** Instead of a bin: an expression whose value is indexed, as AEL text, an expression or its bytes. */
  expression?: Computed | undefined
  /** Which elements of a list or map are indexed. Default the value itself. */
  collection?: Collection | undefined
  /** The steps to a value inside the bin. */
  path?: readonly PathStep[] | undefined
}

/** Options of calls on indexes. */
export interface IndexCallOptions {
  /** Aborts the call; the nodes may have received the command or not. A blocking call checks it only before it begins. */
  signal?: AbortSignal | undefined
}

/** A secondary index as the nodes list it. */
export interface IndexInfo {
  /** Namespace. */
  readonly namespace: string
  /** Set; `''` for all records of the namespace. */
  readonly set: string
  /** Name. */
  readonly name: string
  /** The bin; `''` for an expression. */
  readonly bin: string
  /** The type of the indexed values; `''` for a set index. */
  readonly type: string
  /** Which elements of a bin are indexed; `undefined` if the value itself is. */
  readonly collection?: Collection
  /** The steps to a value inside the bin, as the server stores them. */
  readonly path?: Uint8Array
  /** The expression, as the server stores it. */
  readonly expression?: Uint8Array
  /** Whether every node has built it. */
  readonly ready: boolean
}

interface CheckedIndex {
  name?: string
  type?: IndexOptions['type']
  bin?: string
  expression?: Uint8Array
  collection?: Collection
  path?: Uint8Array
}

const CHECKS: Checks<CheckedIndex> = {
  name: text,
  type: choice('numeric', 'string', 'blob', 'geo2dsphere'),
  bin: binName,
  expression: expressionOption,
  collection: choice('list', 'mapKeys', 'mapValues'),
  path: encodePath,
}

const CALL_CHECKS: Checks<{ signal?: AbortSignal }> = { signal: abortSignal }

const noCodes = (): number[] => []

/** `createIndex`: makes an index and waits for it. */
export function createIndexCall(
  namespace: string,
  set: string,
  index: IndexOptions,
  options: IndexCallOptions | undefined,
): Call<void, void> {
  checkNamespace(namespace, 'namespace')
  checkSet(set, 'set')
  const definition = definitionOf(namespace, set, index)
  const { signal } = checkOptions(options, 'options', CALL_CHECKS)
  return {
    start: (client) => client.createIndex(definition),
    subject: { operation: 'createIndex', namespace, set },
    codes: noCodes,
    signal,
    finish: () => {},
  }
}

function definitionOf(namespace: string, set: string, index: unknown): NativeIndexDefinition {
  const { name, type, bin, expression, collection, path } = checkOptions(index, 'index', CHECKS)
  if (name === undefined) throw invalidArgument('index.name is missing')
  if (type === undefined) throw invalidArgument('index.type is missing')
  if ((bin === undefined) === (expression === undefined)) {
    throw invalidArgument('index must have either bin or expression')
  }
  if (path !== undefined && bin === undefined) throw invalidArgument('index.path is a place inside index.bin')
  return {
    namespace,
    set,
    name,
    values: type,
    elements: collection ?? 'whole',
    bin: bin ?? '',
    ...(path === undefined ? {} : { context: path }),
    ...(expression === undefined ? {} : { expression }),
  }
}

/** `dropIndex`: whether there was one. */
export function dropIndexCall(
  namespace: string,
  name: string,
  options: IndexCallOptions | undefined,
): Call<boolean, boolean> {
  checkNamespace(namespace, 'namespace')
  const index = text(name, 'name')
  const { signal } = checkOptions(options, 'options', CALL_CHECKS)
  return {
    start: (client) => client.dropIndex(namespace, index),
    subject: { operation: 'dropIndex', namespace },
    codes: noCodes,
    signal,
    finish: (dropped) => dropped,
  }
}

/** `indexes`: what the nodes list. */
export function indexesCall(
  namespace: string | undefined,
  options: IndexCallOptions | undefined,
): Call<NativeIndexInfo[], IndexInfo[]> {
  if (namespace !== undefined) checkNamespace(namespace, 'namespace')
  const { signal } = checkOptions(options, 'options', CALL_CHECKS)
  return {
    start: (client) => client.indexes(namespace),
    subject: { operation: 'indexes', ...(namespace === undefined ? {} : { namespace }) },
    codes: noCodes,
    signal,
    finish: (indexes) => indexes.map(infoOf),
  }
}

const COLLECTIONS: Record<string, Collection> = { list: 'list', mapkeys: 'mapKeys', mapvalues: 'mapValues' }

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

function infoOf({
  namespace,
  set,
  name,
  bin,
  values,
  elements,
  context,
  expression,
  ready,
}: NativeIndexInfo): IndexInfo {
  const collection = COLLECTIONS[elements]
  return {
    namespace,
    set,
    name,
    bin,
    type: values,
    ...(collection === undefined ? {} : { collection }),
    ...(context === '' ? {} : { path: bytes(context) }),
    ...(expression === '' ? {} : { expression: bytes(expression) }),
    ready,
  }
}
