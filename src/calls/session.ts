import { type Abortable, listening } from './abort.js'
import { translated, translatedAsync } from '../errors.js'
import type { NativeClient, NativeStats } from '../binding/native.js'
import { type Logger, type Observed, observe, observeSync } from './observe.js'
import type { CheckedReadPolicy, CheckedWritePolicy } from '../arguments/policy.js'

/** Policies for the calls that give none of their own; what a call gives goes before, option by option. */
export interface DefaultPolicies {
  read?: CheckedReadPolicy
  write?: CheckedWritePolicy
}

/** The methods of the native client that have a blocking twin. */
type Method = Exclude<keyof NativeClient, `${string}Sync` | 'close' | 'stats'>

type Given<M extends Method> = ReturnType<NativeClient[`${M}Sync`]>

/** One call, checked and ready to go through either door: the two differ in nothing but the native method's name. */
export interface Call<M extends Method, T> extends Observed<T> {
  readonly method: M
  readonly args: Parameters<NativeClient[M]>
  /** Makes the caller's result of the native one. */
  readonly finish: (given: Given<M>) => T
  /** What ends a call that waits; a blocking one looks at the signal only before it begins. */
  readonly abortable?: Abortable
}

/** Makes a call, or throws what is wrong with its arguments. */
export type Plan<M extends Method, T> = (defaults: DefaultPolicies) => Call<M, T>

/** A connected native client with what the user has set for all its calls. */
export class Session {
  readonly #native: NativeClient
  readonly #defaults: DefaultPolicies
  readonly #logger: Logger | undefined

  constructor(connected: NativeClient, defaults: DefaultPolicies, logger: Logger | undefined) {
    this.#native = connected
    this.#defaults = defaults
    this.#logger = logger
  }

  /** Runs a call; wrong arguments reject. */
  async run<M extends Method, T>(plan: Plan<M, T>): Promise<T> {
    const call = plan(this.#defaults)
    const start = (): Promise<Given<M>> =>
      Reflect.apply(this.#native[call.method], this.#native, call.args) as Promise<Given<M>>
    const { abortable = {} } = call
    return observe(call, this.#logger, async () =>
      call.finish(await translatedAsync(() => listening(abortable, start), abortable.signal)),
    )
  }

  /** Runs a call and returns when it is done. */
  runSync<M extends Method, T>(plan: Plan<M, T>): T {
    const call = plan(this.#defaults)
    const start = (): Given<M> => Reflect.apply(this.#native[`${call.method}Sync`], this.#native, call.args) as Given<M>
    return observeSync(call, this.#logger, () => call.finish(translated(start)))
  }

  /** What has been done so far. */
  stats(): NativeStats {
    return translated(() => this.#native.stats())
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await translatedAsync(() => this.#native.close())
  }

  /** Closes all connections and returns when done. */
  closeSync(): void {
    translated(() => this.#native.closeSync())
  }
}
