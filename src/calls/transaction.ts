import type { NativeTransaction, NativeTransactionEnd } from '../binding/native.js'
import { native } from '../binding/native.js'
import { withFilter } from '../expressions/filter.js'
import { type Check, type Checks, checkOptions, instance, integer } from '../arguments/options.js'
import { disposable, notCloneable } from '../tags.js'
import { abortSignal } from './abort.js'
import type { Call, Session } from './session.js'

/** Options of `client.transaction()`. */
export interface TransactionOptions {
  /** Seconds after which the server ends the transaction if nobody has. Default what the server is set to, usually 10. */
  timeout?: number | undefined
}

/** Options of `commit` and `abort`. */
export interface TransactionEndOptions {
  /** Aborts the call; the transaction may then have ended or not. A blocking call looks at it only before it begins. */
  signal?: AbortSignal | undefined
}

/**
 * How a transaction ended: now, earlier in the same way, or it is decided and the server completes the work by itself.
 */
export type TransactionEnd = 'done' | 'already' | 'decided'

/**
 * Where a transaction stands. `'inDoubt'` is a commit without an answer: commit again to learn how it ended.
 */
export type TransactionState = 'open' | 'verified' | 'committed' | 'aborted' | 'inDoubt'

// The constructor is private: transactions are made by client.transaction().
let createTransaction: (session: Session, options: TransactionOptions | undefined) => Transaction
let nativeOf: (transaction: Transaction) => NativeTransaction

export { createTransaction }

/**
 * Reads and writes of several records that take effect together, or not at all. Made by `client.transaction()`, given to
 * calls in their option `transaction`, and ended by `commit` or `abort`.
 *
 * The namespace must have strong consistency, which the Enterprise Edition has; a call in a transaction on any other
 * namespace rejects with the server's code.
 */
export class Transaction implements AsyncDisposable {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a transaction; it belongs to the client that began it')
  readonly #session: Session
  readonly #native: NativeTransaction

  static {
    createTransaction = (session, options) => new Transaction(session, options)
    nativeOf = (transaction) => transaction.#native
  }

  private constructor(session: Session, options: TransactionOptions | undefined) {
    const { timeout = 0 } = checkOptions(options, 'options', TRANSACTION_CHECKS)
    this.#session = session
    this.#native = new native.NativeTransaction(timeout)
  }

  /** Its number, which the server knows it by. */
  get id(): bigint {
    return this.#native.id
  }

  /** Where it stands. */
  get state(): TransactionState {
    return this.#native.state
  }

  /** Whether a commit may have been done although no answer says so. */
  get inDoubt(): boolean {
    return this.#native.inDoubt
  }

  /** Makes all its writes visible. Rejects where a record that it has read was changed meanwhile; it is then aborted. */
  commit(options?: TransactionEndOptions): Promise<TransactionEnd> {
    return this.#session.run(() => endCall('commit', this.#native, options))
  }

  /** `commit` that returns when it is done. */
  commitSync(options?: TransactionEndOptions): TransactionEnd {
    return this.#session.runSync(() => endCall('commit', this.#native, options))
  }

  /** Takes all its writes back. */
  abort(options?: TransactionEndOptions): Promise<TransactionEnd> {
    return this.#session.run(() => endCall('abort', this.#native, options))
  }

  /** `abort` that returns when it is done. */
  abortSync(options?: TransactionEndOptions): TransactionEnd {
    return this.#session.runSync(() => endCall('abort', this.#native, options))
  }

  /** Aborts the transaction at the end of an `await using` block if it was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.state === 'open' || this.state === 'verified') await this.abort()
  }
}

disposable(Transaction, 'asyncDispose')

/** Four weeks: more than any server takes. */
const MAX_SECONDS = 2_419_200

const TRANSACTION_CHECKS: Checks<{ timeout?: number }> = { timeout: integer(1, MAX_SECONDS, 'seconds') }
const END_CHECKS: Checks<{ signal?: AbortSignal }> = { signal: abortSignal }

function endCall(
  operation: 'commit' | 'abort',
  transaction: NativeTransaction,
  options: unknown,
): Call<NativeTransactionEnd, TransactionEnd> {
  const { signal } = checkOptions(options, 'options', END_CHECKS)
  return {
    start: (client) => (operation === 'commit' ? client.commit(transaction) : client.rollBack(transaction)),
    signal,
    subject: { operation: `transaction.${operation}` },
    codes: () => [],
    finish: (end) => end,
  }
}

const isTransaction = instance(
  (value: unknown): value is Transaction => value instanceof Transaction,
  'what client.transaction() returns',
)

/** Checks the option `transaction` into what the native side takes. */
export const transactionOption: Check<NativeTransaction> = (value, name) => nativeOf(isTransaction(value, name))

/** A policy, filter and transaction after their checks. */
interface Given<P> {
  readonly policy?: P
  readonly filter?: Uint8Array
  readonly transaction?: NativeTransaction
}

/** The terms of a call: what it gives goes before the defaults, and its filter before that of a policy. */
export function termsOf<P extends { filterExpression?: Uint8Array }>(
  defaults: P | undefined,
  given: Given<P>,
): P & { transaction?: NativeTransaction } {
  const terms = withFilter(defaults, given)
  return given.transaction === undefined ? terms : { ...terms, transaction: given.transaction }
}
