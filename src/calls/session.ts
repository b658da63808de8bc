import { listening } from './abort.js'
import { fromNative, translated, translatedAsync } from '../errors.js'
import { adopt } from '../binding/realm.js'
import type { NativeBegins, NativeCallOf, NativeClient, NativeNode, NativeStats } from '../binding/native.js'
import { type Logger, type Observed, type Subject, isObserved, observe, observeSync } from './observe.js'
import { type StreamWatch, watchStream } from './observe-stream.js'
import { recordShape } from './record.js'
import type { CheckedReadPolicy, CheckedWritePolicy } from '../policies/policy.js'

/** Policies for the calls that give none of their own; what a call gives goes before, option by option. */
export interface DefaultPolicies {
  read?: CheckedReadPolicy
  write?: CheckedWritePolicy
}

/** One call, checked and ready to go through either door. */
export interface Call<G, T> extends Observed<T> {
  /** The call of the native client, which has not begun. */
  readonly start: (client: NativeClient) => NativeCallOf<G>
  /** The same begun at once, where that is quicker: a call that nobody can abort needs no object. */
  readonly begin?: (begins: NativeBegins) => Promise<G>
  /** Makes the caller's result of the native one. */
  readonly finish: (given: G) => T
  /** What ends a call that waits; a blocking one looks at it only before it begins. */
  readonly signal?: AbortSignal | undefined
}

/** Makes a call, or throws what is wrong with its arguments. */
export type Plan<G, T> = (defaults: DefaultPolicies) => Call<G, T>

/** A connected native client with what the user has set for all its calls. */
export class Session {
  readonly #native: NativeClient
  readonly #begins: NativeBegins
  readonly #defaults: DefaultPolicies
  readonly #logger: Logger | undefined

  constructor(connected: NativeClient, defaults: DefaultPolicies, logger: Logger | undefined) {
    this.#native = connected
    this.#defaults = defaults
    this.#logger = logger
    connected.makeRecordsWith(recordShape)
    this.#begins = connected.begins()
  }

  /** Tells whoever listens that a stream begins. */
  watch(subject: Subject, isSync: boolean): StreamWatch | undefined {
    return watchStream(subject, this.#logger, isSync)
  }

  /** The native client, for calls that are no single exchange. */
  get native(): NativeClient {
    return this.#native
  }

  /** Runs a call; wrong arguments reject. */
  run<G, T>(plan: Plan<G, T>): Promise<T> {
    let call: Call<G, T>
    try {
      call = plan(this.#defaults)
    } catch (error) {
      // As it was thrown, which may be anything.
      return Promise.reject(error)
    }
    // Not awaited here: a promise of a promise takes three turns more.
    return call.signal === undefined && !isObserved(call, this.#logger) ? this.#runAlone(call) : this.#runWatched(call)
  }

  async #runWatched<G, T>(call: Call<G, T>): Promise<T> {
    const { signal } = call
    signal?.throwIfAborted()
    const result = await observe(call, this.#logger, async () =>
      call.finish(adopt(await translatedAsync(() => listening(call.start(this.#native), signal), signal))),
    )
    // Nothing can run between this and the caller's promise: whoever aborts while it is pending has it reject.
    signal?.throwIfAborted()
    return result
  }

  /** Runs a call that nobody can abort and nobody watches: there is nothing to do between its parts. */
  async #runAlone<G, T>({ start, begin, finish }: Call<G, T>): Promise<T> {
    let given: G
    try {
      given = await (begin === undefined ? start(this.#native).promise() : begin(this.#begins))
    } catch (error) {
      throw fromNative(error)
    }
    return finish(adopt(given))
  }

  /** Runs a call and returns when it is done. */
  runSync<G, T>(plan: Plan<G, T>): T {
    const call = plan(this.#defaults)
    call.signal?.throwIfAborted()
    return observeSync(call, this.#logger, () => call.finish(adopt(translated(() => call.start(this.#native).wait()))))
  }

  /** Runs what is no single exchange, as one call for those who observe it. */
  runLong<T>(call: Observed<T>, work: (client: NativeClient) => Promise<T>): Promise<T> {
    return observe(call, this.#logger, () => work(this.#native))
  }

  /** The same for the blocking door. */
  runLongSync<T>(call: Observed<T>, work: (client: NativeClient) => T): T {
    return observeSync(call, this.#logger, () => work(this.#native))
  }

  /** The nodes of the cluster. */
  nodes(): NativeNode[] {
    return adopt(translated(() => this.#native.nodes()))
  }

  /** What has been done so far. */
  stats(): NativeStats {
    return adopt(translated(() => this.#native.stats()))
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await translatedAsync(() => this.#native.close().promise())
  }

  /** Closes all connections and returns when done. */
  closeSync(): void {
    translated(() => this.#native.close().wait())
  }
}
