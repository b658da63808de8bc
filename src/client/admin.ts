import {
  type InfoOptions,
  type InfoReplies,
  type TruncateNamespaceOptions,
  type TruncateOptions,
  infoCall,
  truncateCall,
} from '../calls/admin.js'
import { type ClusterNode, type Ping, type PingOptions, pingCall } from '../calls/nodes.js'
import {
  type IndexCallOptions,
  type IndexInfo,
  type IndexOptions,
  createIndexCall,
  dropIndexCall,
  indexesCall,
} from '../stream/indexes.js'
import { sessionOf } from './connected.js'
import { type Roles, createRoles } from './roles.js'
import { StreamMethods } from './streams.js'
import { type Udfs, createUdfs } from './udfs.js'
import { type Users, createUsers } from './users.js'

/** The methods of a client on indexes, whole sets and the nodes. */
export abstract class AdminMethods extends StreamMethods {
  /**
   * Creates a secondary index, and resolves when every node has built it. If an index of the same name and definition exists,
   * nothing changes. The same definition under another name is an error, because the server would rename that index.
   */
  createIndex(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): Promise<void> {
    return sessionOf(this).run(() => createIndexCall(namespace, set, index, options))
  }

  /** `createIndex` that returns when it is done. */
  createIndexSync(namespace: string, set: string, index: IndexOptions, options?: IndexCallOptions): void {
    return sessionOf(this).runSync(() => createIndexCall(namespace, set, index, options))
  }

  /** Drops a secondary index. Returns whether it existed. */
  dropIndex(namespace: string, name: string, options?: IndexCallOptions): Promise<boolean> {
    return sessionOf(this).run(() => dropIndexCall(namespace, name, options))
  }

  /** `dropIndex` that returns when it is done. */
  dropIndexSync(namespace: string, name: string, options?: IndexCallOptions): boolean {
    return sessionOf(this).runSync(() => dropIndexCall(namespace, name, options))
  }

  /** Lists the secondary indexes of a namespace, or of all namespaces. */
  indexes(namespace?: string, options?: IndexCallOptions): Promise<IndexInfo[]> {
    return sessionOf(this).run(() => indexesCall(namespace, options))
  }

  /** `indexes` that returns when it is done. */
  indexesSync(namespace?: string, options?: IndexCallOptions): IndexInfo[] {
    return sessionOf(this).runSync(() => indexesCall(namespace, options))
  }

  /** Requests info values, such as `build` or `namespaces`, from all nodes or from one. */
  info(names: string | readonly string[], options?: InfoOptions): Promise<InfoReplies> {
    return sessionOf(this).run(() => infoCall(names, options))
  }

  /** `info` that returns when it is done. */
  infoSync(names: string | readonly string[], options?: InfoOptions): InfoReplies {
    return sessionOf(this).runSync(() => infoCall(names, options))
  }

  /** Deletes all records of a set, or those that were last written before a time, where one is given. */
  truncate(namespace: string, set: string, options?: TruncateOptions): Promise<void>
  /** Deletes all records of a namespace: `truncate('test', { wholeNamespace: true })`. */
  truncate(namespace: string, options: TruncateNamespaceOptions): Promise<void>
  truncate(namespace: string, set: string | TruncateNamespaceOptions, options?: TruncateOptions): Promise<void> {
    return sessionOf(this).run(() => truncateCall(namespace, set, options))
  }

  /** `truncate` that returns when it is done. */
  truncateSync(namespace: string, set: string, options?: TruncateOptions): void
  /** `truncate` of a namespace that returns when it is done. */
  truncateSync(namespace: string, options: TruncateNamespaceOptions): void
  truncateSync(namespace: string, set: string | TruncateNamespaceOptions, options?: TruncateOptions): void {
    return sessionOf(this).runSync(() => truncateCall(namespace, set, options))
  }

  /** The modules of user-defined functions on the cluster. */
  get udfs(): Udfs {
    return createUdfs(sessionOf(this))
  }

  /** The users of the cluster. */
  get users(): Users {
    return createUsers(sessionOf(this))
  }

  /** The roles of the cluster. */
  get roles(): Roles {
    return createRoles(sessionOf(this))
  }

  /** Asks every node for its name, all at once: how long each took, or why it did not answer. */
  ping(options?: PingOptions): Promise<Ping[]> {
    return sessionOf(this).run(() => pingCall(options))
  }

  /** `ping` that returns when it is done. */
  pingSync(options?: PingOptions): Ping[] {
    return sessionOf(this).runSync(() => pingCall(options))
  }

  /** The nodes of the cluster as the client knows them, by name. Nothing is sent. */
  nodes(): ClusterNode[] {
    return sessionOf(this).nodes()
  }

  /** Whether the client is open and knows a node that answers. Nothing is sent. */
  isConnected(): boolean {
    return sessionOf(this).native.isConnected()
  }
}
