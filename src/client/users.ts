import type { Session } from '../calls/session.js'
import {
  type AdminCallOptions,
  type UserInfo,
  changePasswordCall,
  createPkiUserCall,
  createUserCall,
  dropCall,
  userCall,
  userRolesCall,
  usersCall,
} from '../calls/users.js'

// The constructor is private: it is a property of a client.
let createUsers: (session: Session) => Users

export { createUsers }

/** The users of the cluster: `client.users`. The server must have security (Enterprise). */
export class Users {
  readonly #session: Session

  static {
    createUsers = (session) => new Users(session)
  }

  private constructor(session: Session) {
    this.#session = session
  }

  /** Creates a user with a password. */
  create(name: string, password: string, roles: readonly string[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => createUserCall(name, password, roles, options))
  }

  /** `create` that returns when it is done. */
  createSync(name: string, password: string, roles: readonly string[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => createUserCall(name, password, roles, options))
  }

  /** Creates a user who logs in with a certificate whose common name is the user's name. */
  createPki(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => createPkiUserCall(name, roles, options))
  }

  /** `createPki` that returns when it is done. */
  createPkiSync(name: string, roles: readonly string[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => createPkiUserCall(name, roles, options))
  }

  /** Drops a user. */
  drop(name: string, options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => dropCall('users', name, options))
  }

  /** `drop` that returns when it is done. */
  dropSync(name: string, options?: AdminCallOptions): void {
    return this.#session.runSync(() => dropCall('users', name, options))
  }

  /** Changes a password: one's own, or as an administrator that of another user. */
  changePassword(name: string, password: string, options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => changePasswordCall(name, password, options))
  }

  /** `changePassword` that returns when it is done. */
  changePasswordSync(name: string, password: string, options?: AdminCallOptions): void {
    return this.#session.runSync(() => changePasswordCall(name, password, options))
  }

  /** Grants roles to a user. */
  grant(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => userRolesCall('grant', name, roles, options))
  }

  /** `grant` that returns when it is done. */
  grantSync(name: string, roles: readonly string[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => userRolesCall('grant', name, roles, options))
  }

  /** Revokes roles of a user. */
  revoke(name: string, roles: readonly string[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => userRolesCall('revoke', name, roles, options))
  }

  /** `revoke` that returns when it is done. */
  revokeSync(name: string, roles: readonly string[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => userRolesCall('revoke', name, roles, options))
  }

  /** Lists the users. */
  list(options?: AdminCallOptions): Promise<UserInfo[]> {
    return this.#session.run(() => usersCall(options))
  }

  /** `list` that returns when it is done. */
  listSync(options?: AdminCallOptions): UserInfo[] {
    return this.#session.runSync(() => usersCall(options))
  }

  /** One user; rejects with the server's code 60 if there is none. */
  get(name: string, options?: AdminCallOptions): Promise<UserInfo> {
    return this.#session.run(() => userCall(name, options))
  }

  /** `get` that returns when it is done. */
  getSync(name: string, options?: AdminCallOptions): UserInfo {
    return this.#session.runSync(() => userCall(name, options))
  }
}
