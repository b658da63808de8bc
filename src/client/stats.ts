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
  /** How long batches took, in milliseconds. */
  readonly latency: LatencyStats
  /** The data connections to each node. */
  readonly nodes: readonly NodeStats[]
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

/** The data connections to a node. */
export interface NodeStats {
  /** The name and address of the node. */
  readonly node: string
  /** Connections that wait for a request. */
  readonly idle: number
  /** Connections with a request. */
  readonly inUse: number
  /** Whether the last attempts to reach it succeeded. */
  readonly available: boolean
}

/** Times are milliseconds everywhere in this package; the native side counts microseconds. */
export function statsOf(stats: NativeStats): ClientStats {
  const { count, ...times } = stats.latency
  const entries = Object.entries(times).map(([name, microseconds]) => [name, microseconds / 1000])
  return { ...stats, latency: { count, ...(Object.fromEntries(entries) as Omit<LatencyStats, 'count'>) } }
}
