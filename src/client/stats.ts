import type { NativeStats } from '../binding/native.js'

/** Totals of a client since it was connected: of its columnar batches, and of all requests for those and for scans and queries. */
export interface ClientStats {
  /** Batches, read or written. */
  readonly batches: number
  /** Number of these batches that rejected. */
  readonly failedBatches: number
  /** Rows of all batches. */
  readonly rows: number
  /** Number of these rows with result code 0. */
  readonly okRows: number
  /** Requests to nodes, those of scans and queries included. */
  readonly requests: number
  /** Number of these requests without a usable answer. */
  readonly failedRequests: number
  /** Rows that were sent again. */
  readonly retriedRows: number
  /** Bytes sent. */
  readonly bytesSent: number
  /** Bytes received. */
  readonly bytesReceived: number
  /** Scans and queries. */
  readonly streams: StreamStats
  /** How long batches took, in milliseconds. */
  readonly latency: LatencyStats
  /** The data connections to each node, and its speed. */
  readonly nodes: readonly NodeStats[]
}

/** Scans and queries that run, and what they have brought. */
export interface StreamStats {
  /** Scans and queries that run. */
  readonly open: number
  /** Connections on which they are receiving. */
  readonly connections: number
  /** Records delivered. */
  readonly records: number
  /** Bytes received. */
  readonly bytes: number
}

/** A distribution of times in milliseconds. The percentiles come from a histogram, within 1 %. */
export interface LatencyStats {
  /** Number of times; if it is 0, the other values are 0 too. */
  readonly count: number
  /** Their mean. */
  readonly mean: number
  /** The shortest. */
  readonly min: number
  /** The median. */
  readonly p50: number
  /** 90 % of the times are not longer. */
  readonly p90: number
  /** 99 % of the times are not longer. */
  readonly p99: number
  /** The longest. */
  readonly max: number
}

/** The data connections to a node, and what columnar reads have learned of its speed. */
export interface NodeStats {
  /** The name and address of the node. */
  readonly node: string
  /** Connections that wait for a request. */
  readonly idle: number
  /** Connections with a request. */
  readonly inUse: number
  /** Whether the last attempts to reach it succeeded. */
  readonly available: boolean
  /** Requests of the last columnar read that were in flight to it at the same time, at most; 0 before there was one. */
  readonly requestsAtOnce: number
  /** Keys in each of these requests, at most. */
  readonly keysPerRequest: number
  /** The shortest time until the first byte of a reply, in milliseconds; 0 before there was one. */
  readonly firstByte: number
}

/** Times are milliseconds everywhere in this package; the native side counts microseconds. */
export function statsOf(stats: NativeStats): ClientStats {
  const { count, ...times } = stats.latency
  const entries = Object.entries(times).map(([name, microseconds]) => [name, microseconds / 1000])
  const nodes = stats.nodes.map((node) => ({ ...node, firstByte: node.firstByte / 1000 }))
  return { ...stats, nodes, latency: { count, ...(Object.fromEntries(entries) as Omit<LatencyStats, 'count'>) } }
}
