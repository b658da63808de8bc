import type { Session } from '../calls/session.js'
import { disposable } from '../tags.js'
import { AdminMethods } from './admin.js'
import { attach, sessionOf } from './connected.js'
import { type ClientStats, statsOf } from './stats.js'

// The constructor is private: a client is made by connect() and connectSync().
let createClient: (session: Session) => Client

export { createClient }

/**
 * A connection to a cluster. Made by {@link connect}; one per process is enough, and it can be used concurrently.
 *
 * Every method has a twin whose name ends in `Sync` that returns when it is done, for scripts and command-line tools:
 * nothing else runs meanwhile. Arguments, results and errors are the same.
 */
export class Client extends AdminMethods implements AsyncDisposable {
  static {
    createClient = (session) => new Client(session)
  }

  private constructor(session: Session) {
    super()
    attach(this, session)
  }

  /** Totals of the columnar batches since the client was connected: rows, bytes, failures, times, connections. */
  stats(): ClientStats {
    return statsOf(sessionOf(this).stats())
  }

  /** Closes all connections. Calls after it reject with a `ClosedError`, further calls of `close` do nothing. */
  async close(): Promise<void> {
    await sessionOf(this).close()
  }

  /** `close` that returns when it is done. */
  closeSync(): void {
    sessionOf(this).closeSync()
  }

  /** Closes the client at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

disposable(Client, 'asyncDispose')
