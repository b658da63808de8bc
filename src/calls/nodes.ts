import type { NativePing } from '../binding/native.js'
import { type Checks, checkOptions, integer } from '../arguments/options.js'
import { abortSignal } from './abort.js'
import type { Call } from './session.js'

/** A node of the cluster, as the client knows it. */
export interface ClusterNode {
  /** The node's name. */
  readonly name: string
  /** Where the client reaches it, as `host:port`. */
  readonly address: string
  /** The server's version. */
  readonly version: string
  /** Whether it answered when it was last asked. */
  readonly active: boolean
}

/** Options of `ping`. */
export interface PingOptions {
  /** Milliseconds that each node has to answer. Default 1000. */
  timeout?: number | undefined
  /** Aborts the call. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** How long a node took to answer. */
export interface Ping {
  /** The node's name. */
  readonly node: string
  /** Milliseconds from the question to the answer; `undefined` where there was none. */
  readonly ms: number | undefined
  /** Why there was no answer. */
  readonly error: string | undefined
}

const MAX_MS = 0x7fff_ffff
const DEFAULT_MS = 1000
const CHECKS: Checks<{ timeout?: number; signal?: AbortSignal }> = {
  timeout: integer(1, MAX_MS, 'milliseconds'),
  signal: abortSignal,
}

/** `ping`: asks every node for its name. */
export function pingCall(options: PingOptions | undefined): Call<NativePing[], Ping[]> {
  const { timeout = DEFAULT_MS, signal } = checkOptions(options, 'options', CHECKS)
  return {
    start: (client) => client.ping(timeout),
    signal,
    subject: { operation: 'ping' },
    codes: () => [],
    finish: (pings) =>
      pings.map(({ node, time, error }) => ({
        node,
        ms: typeof time === 'number' ? time / 1000 : undefined,
        error: error ?? undefined,
      })),
  }
}
