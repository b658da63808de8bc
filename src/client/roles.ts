import type { Session } from '../calls/session.js'
import {
  type AdminCallOptions,
  type Privilege,
  type Quotas,
  type RoleInfo,
  type RoleOptions,
  allowlistCall,
  createRoleCall,
  dropCall,
  quotasCall,
  roleCall,
  rolePrivilegesCall,
  rolesCall,
} from '../calls/users.js'

// The constructor is private: it is a property of a client.
let createRoles: (session: Session) => Roles

export { createRoles }

/** The roles of the cluster: `client.roles`. The server must have security (Enterprise). */
export class Roles {
  readonly #session: Session

  static {
    createRoles = (session) => new Roles(session)
  }

  private constructor(session: Session) {
    this.#session = session
  }

  /** Creates a role: `client.roles.create('analyst', { privileges: [{ code: 'read', namespace: 'test' }] })`. */
  create(name: string, options?: RoleOptions): Promise<void> {
    return this.#session.run(() => createRoleCall(name, options))
  }

  /** `create` that returns when it is done. */
  createSync(name: string, options?: RoleOptions): void {
    return this.#session.runSync(() => createRoleCall(name, options))
  }

  /** Drops a role, and takes it from its users. */
  drop(name: string, options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => dropCall('roles', name, options))
  }

  /** `drop` that returns when it is done. */
  dropSync(name: string, options?: AdminCallOptions): void {
    return this.#session.runSync(() => dropCall('roles', name, options))
  }

  /** Grants privileges to a role. */
  grant(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => rolePrivilegesCall('grantPrivileges', name, privileges, options))
  }

  /** `grant` that returns when it is done. */
  grantSync(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => rolePrivilegesCall('grantPrivileges', name, privileges, options))
  }

  /** Revokes privileges of a role. */
  revoke(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => rolePrivilegesCall('revokePrivileges', name, privileges, options))
  }

  /** `revoke` that returns when it is done. */
  revokeSync(name: string, privileges: readonly Privilege[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => rolePrivilegesCall('revokePrivileges', name, privileges, options))
  }

  /** Sets which addresses and networks the users of a role may come from; an empty list allows all. */
  setAllowlist(name: string, allowlist: readonly string[], options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => allowlistCall(name, allowlist, options))
  }

  /** `setAllowlist` that returns when it is done. */
  setAllowlistSync(name: string, allowlist: readonly string[], options?: AdminCallOptions): void {
    return this.#session.runSync(() => allowlistCall(name, allowlist, options))
  }

  /** Sets how many records the users of a role may read and write per second. */
  setQuotas(name: string, quotas: Quotas, options?: AdminCallOptions): Promise<void> {
    return this.#session.run(() => quotasCall(name, quotas, options))
  }

  /** `setQuotas` that returns when it is done. */
  setQuotasSync(name: string, quotas: Quotas, options?: AdminCallOptions): void {
    return this.#session.runSync(() => quotasCall(name, quotas, options))
  }

  /** Lists the roles. */
  list(options?: AdminCallOptions): Promise<RoleInfo[]> {
    return this.#session.run(() => rolesCall(options))
  }

  /** `list` that returns when it is done. */
  listSync(options?: AdminCallOptions): RoleInfo[] {
    return this.#session.runSync(() => rolesCall(options))
  }

  /** One role; rejects with the server's code 70 if there is none. */
  get(name: string, options?: AdminCallOptions): Promise<RoleInfo> {
    return this.#session.run(() => roleCall(name, options))
  }

  /** `get` that returns when it is done. */
  getSync(name: string, options?: AdminCallOptions): RoleInfo {
    return this.#session.runSync(() => roleCall(name, options))
  }
}
