import { type Filter, filterOption, withFilter } from '../expressions/filter.js'
import type { NativeJob, NativeJobOptions, NativeJobProgress, NativeOperation, NativeUdf } from '../binding/native.js'
import { invalidArgument } from '../errors.js'
import { type Check, type Checks, checkOptions, instance, integer } from '../arguments/options.js'
import { abortSignal } from '../calls/abort.js'
import { type Operation, checkOperations } from '../calls/operations.js'
import { scopeOf } from '../calls/scope.js'
import type { Call, DefaultPolicies, Session } from '../calls/session.js'
import { type Udf, checkUdf } from '../calls/udfs.js'
import { checkNamespace } from '../keys/names.js'
import { type CheckedWritePolicy, type WritePolicy, writePolicy } from '../policies/policy.js'
import { notCloneable } from '../tags.js'
import { Where, queryOf } from './where.js'

/** What a job does in the background with every record: either operations or a function. */
export interface BackgroundOptions {
  /** Operations that write, for every record. */
  operations?: readonly Operation[] | undefined
  /** A function to apply to every record. */
  udf?: Udf | undefined
  /** Only the records that a secondary index has for a value or a range. Default all. */
  where?: Where | undefined
  /** Only records that match: AEL text, an expression or its bytes. */
  filter?: Filter | undefined
  /**
   * How the writes behave, such as their ttl. The timeouts are those of beginning the job. Servers compare no generations in jobs,
   * and do not store keys.
   */
  policy?: WritePolicy | undefined
  /** Aborts the beginning of the job, which may then have begun or not. */
  signal?: AbortSignal | undefined
}

/** Options of `background` where it has no set. */
export interface BackgroundNamespaceOptions extends BackgroundOptions {
  /** Has to be true: the job changes the records of the namespace, whatever their sets. */
  wholeNamespace: true
}

/** How far a job is, summed over the nodes. */
export interface JobProgress {
  /** Whether every node is done. */
  readonly done: boolean
  /** Records that were written. Servers forget jobs that ended some time ago, and then say 0. */
  readonly succeeded: number
  /** Records that could not be written. */
  readonly failed: number
  /** Records that the filter has left out. */
  readonly filtered: number
  /** Percent of the partitions. */
  readonly percent: number
}

/** Options of `wait`. */
export interface WaitOptions {
  /** Milliseconds between two questions to the nodes. Default 100. */
  interval?: number | undefined
  /** Ends the waiting, and not the job. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

interface CheckedBackground {
  operations?: NativeOperation[]
  udf?: NativeUdf
  where?: Where
  filter?: Uint8Array
  policy?: CheckedWritePolicy
  signal?: AbortSignal
}

const where: Check<Where> = instance(
  (value: unknown): value is Where => value instanceof Where,
  'what equal(), between(), contains(), withinRegion() or containsPoint() returns',
)

const CHECKS: Checks<CheckedBackground> = {
  operations: checkOperations,
  udf: checkUdf,
  where,
  filter: filterOption,
  policy: writePolicy,
  signal: abortSignal,
}
const SIGNAL_CHECKS: Checks<{ signal?: AbortSignal }> = { signal: abortSignal }
const WAIT_CHECKS: Checks<{ interval?: number; signal?: AbortSignal }> = {
  ...SIGNAL_CHECKS,
  interval: integer(1, 0x7fff_ffff, 'milliseconds'),
}
const DEFAULT_INTERVAL = 100

// The constructor is private: jobs are made by client.background().
let createJob: (session: Session, native: NativeJob) => BackgroundJob

/** A job that the nodes do by themselves. It goes on when nobody waits for it, and when the client is closed. */
export class BackgroundJob {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a job; pass on its id')
  readonly #session: Session
  readonly #native: NativeJob

  static {
    createJob = (session, native) => new BackgroundJob(session, native)
  }

  private constructor(session: Session, native: NativeJob) {
    this.#session = session
    this.#native = native
  }

  /** The job's number on every node, as `query-show` has it. */
  get id(): bigint {
    return this.#native.id
  }

  /** How far it is now. */
  progress(options?: Pick<WaitOptions, 'signal'>): Promise<JobProgress> {
    return this.#session.run(() => progressCall(this.#native, options))
  }

  /** `progress` that returns when it is done. */
  progressSync(options?: Pick<WaitOptions, 'signal'>): JobProgress {
    return this.#session.runSync(() => progressCall(this.#native, options))
  }

  /** Waits until every node is done. */
  wait(options?: WaitOptions): Promise<JobProgress> {
    return this.#session.run(() => waitCall(this.#native, options))
  }

  /** `wait` that returns when every node is done. */
  waitSync(options?: WaitOptions): JobProgress {
    return this.#session.runSync(() => waitCall(this.#native, options))
  }
}

function progressCall(job: NativeJob, options: unknown): Call<NativeJobProgress, JobProgress> {
  const { signal } = checkOptions(options, 'options', SIGNAL_CHECKS)
  return {
    start: () => job.progress(),
    signal,
    subject: { operation: 'job.progress' },
    codes: () => [],
    finish: (progress) => progress,
  }
}

function waitCall(job: NativeJob, options: unknown): Call<NativeJobProgress, JobProgress> {
  const { interval = DEFAULT_INTERVAL, signal } = checkOptions(options, 'options', WAIT_CHECKS)
  return { ...progressCall(job, { signal }), start: () => job.finished(interval), subject: { operation: 'job.wait' } }
}

/** What servers do not heed in jobs is refused; to replace a record that is there is to replace it only if it is there. */
function jobPolicy(policy: CheckedWritePolicy): CheckedWritePolicy {
  const { generationPolicy = 'none', exists = 'update' } = policy
  if (generationPolicy !== 'none') {
    throw invalidArgument(
      `policy.generationPolicy is '${generationPolicy}', and servers compare no generations in jobs; options.filter says which records`,
    )
  }
  if (exists === 'create') {
    throw invalidArgument("policy.exists is 'create', and a job finds records that exist; servers would update them")
  }
  return exists === 'replace' ? { ...policy, exists: 'replaceOnly' } : policy
}

/** `background`: begins a job. */
export function backgroundCall(
  session: Session,
  namespace: string,
  set: string | BackgroundNamespaceOptions,
  options: BackgroundOptions | undefined,
  defaults: DefaultPolicies,
): Call<NativeJob, BackgroundJob> {
  checkNamespace(namespace, 'namespace')
  const { set: chosen = '', options: checked } = scopeOf(set, options, CHECKS, 'change')
  const { operations, udf, where: index, signal } = checked
  if ((operations === undefined) === (udf === undefined)) {
    throw invalidArgument('options must have either operations or udf: what is done with every record')
  }
  const wanted: NativeJobOptions = {
    namespace,
    set: chosen,
    ...(operations !== undefined && { operations }),
    ...(udf !== undefined && { udf }),
    ...(index !== undefined && { index: queryOf(index) }),
  }
  const policy = jobPolicy(withFilter(defaults.write, checked))
  return {
    start: (client) => client.beginJob(wanted, policy),
    signal,
    subject: { operation: 'background', namespace, ...(chosen !== '' && { set: chosen }) },
    codes: () => [],
    finish: (job) => createJob(session, job),
  }
}
