import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Session } from '../calls/session.js'
import {
  type RegisterOptions,
  type UdfCallOptions,
  type UdfModule,
  type UdfSource,
  planRegistration,
  registerCall,
  removeUdfCall,
  udfsCall,
} from '../calls/udfs.js'

// The constructor is private: it is the property `udfs` of a client.
let createUdfs: (session: Session) => Udfs

export { createUdfs }

/** The modules of user-defined functions on the cluster: `client.udfs`. */
export class Udfs {
  readonly #session: Session

  static {
    createUdfs = (session) => new Udfs(session)
  }

  private constructor(session: Session) {
    this.#session = session
  }

  /**
   * Gives the cluster a module: the path or URL of a Lua file, or its bytes with `options.name`. Resolves when every node has
   * it. A module of the same name is replaced.
   */
  async register(source: UdfSource, options?: RegisterOptions): Promise<void> {
    const plan = planRegistration(source, options)
    const code = typeof plan.code === 'string' ? await readFile(plan.code) : plan.code
    return this.#session.run(() => registerCall(plan, code))
  }

  /** `register` that returns when it is done. */
  registerSync(source: UdfSource, options?: RegisterOptions): void {
    const plan = planRegistration(source, options)
    const code = typeof plan.code === 'string' ? readFileSync(plan.code) : plan.code
    return this.#session.runSync(() => registerCall(plan, code))
  }

  /** Lists the modules. */
  list(options?: UdfCallOptions): Promise<UdfModule[]> {
    return this.#session.run(() => udfsCall(options))
  }

  /** `list` that returns when it is done. */
  listSync(options?: UdfCallOptions): UdfModule[] {
    return this.#session.runSync(() => udfsCall(options))
  }

  /** Takes a module away, and resolves when no node has it. Returns whether there was one. */
  remove(name: string, options?: UdfCallOptions): Promise<boolean> {
    return this.#session.run(() => removeUdfCall(name, options))
  }

  /** `remove` that returns when it is done. */
  removeSync(name: string, options?: UdfCallOptions): boolean {
    return this.#session.runSync(() => removeUdfCall(name, options))
  }
}
