import type { NativePrivilege, NativeRole, NativeUser, NativeUserOrder } from '../binding/native.js'
import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import {
  type Check,
  type Checks,
  checkOptions,
  choice,
  integer,
  isObject,
  list,
  secret,
  text,
} from '../arguments/options.js'
import { abortSignal } from './abort.js'
import type { Call } from './session.js'

/** What a role allows, in the server's words. */
export type PrivilegeCode =
  | 'user-admin'
  | 'sys-admin'
  | 'data-admin'
  | 'udf-admin'
  | 'sindex-admin'
  | 'read'
  | 'read-write'
  | 'read-write-udf'
  | 'write'
  | 'truncate'
  | 'masking-admin'
  | 'read-masked'
  | 'write-masked'

/** Something that a role allows: everywhere, or in one namespace or set. */
export type Privilege =
  | PrivilegeCode
  | {
      /** What is allowed. */
      readonly code: PrivilegeCode
      /** Only in this namespace; not for the administrators' privileges. */
      readonly namespace?: string | undefined
      /** Only in this set of the namespace. */
      readonly set?: string | undefined
    }

/** A user as the cluster lists it. */
export interface UserInfo {
  /** The user's name. */
  readonly name: string
  /** The user's roles. */
  readonly roles: readonly string[]
  /** How many connections the user has. */
  readonly connections: number
  /** What the server counts of the user's reads, per second: quota, single records, rows of scans, and further ones. */
  readonly reads: readonly number[]
  /** The same of writes. */
  readonly writes: readonly number[]
}

/** Something that a role allows, as the cluster lists it. */
export interface GrantedPrivilege {
  /** What is allowed, in the server's words. */
  readonly code: string
  /** Only in this namespace. */
  readonly namespace?: string
  /** Only in this set. */
  readonly set?: string
}

/** A role as the cluster lists it. */
export interface RoleInfo {
  /** The role's name. */
  readonly name: string
  /** What it allows. */
  readonly privileges: readonly GrantedPrivilege[]
  /** The addresses and networks that its users may come from; empty for all. */
  readonly allowlist: readonly string[]
  /** Reads per second; 0 without limit. */
  readonly readQuota: number
  /** Writes per second; 0 without limit. */
  readonly writeQuota: number
}

/** What a new role allows, and to whom. */
export interface RoleOptions extends AdminCallOptions {
  /** What it allows. Default nothing. */
  privileges?: readonly Privilege[] | undefined
  /** The addresses and networks that its users may come from, such as `'10.0.0.0/8'`. Default all. */
  allowlist?: readonly string[] | undefined
  /** Reads per second, if the server has quotas. Default without limit. */
  readQuota?: number | undefined
  /** Writes per second, if the server has quotas. Default without limit. */
  writeQuota?: number | undefined
}

/** Limits of a role in records per second; 0 is without limit. */
export interface Quotas {
  /** Reads per second. Default 0. */
  read?: number | undefined
  /** Writes per second. Default 0. */
  write?: number | undefined
}

/** Options of calls on users and roles. */
export interface AdminCallOptions {
  /** Aborts the call; what the server has received by then it carries out. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

const CODES = [
  'user-admin',
  'sys-admin',
  'data-admin',
  'udf-admin',
  'sindex-admin',
  'read',
  'read-write',
  'read-write-udf',
  'write',
  'truncate',
  'masking-admin',
  'read-masked',
  'write-masked',
] as const satisfies readonly PrivilegeCode[]

const MAX_QUOTA = 0xffff_ffff
const CALL_CHECKS: Checks<{ signal?: AbortSignal }> = { signal: abortSignal }
const code = choice(...CODES)
const PRIVILEGE_CHECKS: Checks<{ code?: PrivilegeCode; namespace?: string; set?: string }> = {
  code,
  namespace: text,
  set: text,
}
const texts = list(text)
const quota = integer(0, MAX_QUOTA, 'records per second')
const QUOTA_CHECKS: Checks<{ read?: number; write?: number }> = { read: quota, write: quota }

const privilege: Check<NativePrivilege> = (value, name) => {
  if (typeof value === 'string') return { code: code(value, name) }
  if (!isObject(value))
    throw invalidArgument(`${name} must be a string or { code, namespace, set }, not ${given(value)}`)
  const { code: word, ...scope } = checkOptions(value, name, PRIVILEGE_CHECKS)
  if (word === undefined) throw invalidArgument(`${name}.code is missing: it says what is allowed`)
  if (scope.set !== undefined && scope.namespace === undefined) {
    throw invalidArgument(`${name}.namespace is missing: a set belongs to a namespace`)
  }
  if (scope.namespace !== undefined && word.endsWith('-admin')) {
    throw invalidArgument(`${name}.namespace does not apply: ${word} holds for the whole cluster`)
  }
  return { code: word, ...scope }
}
const privileges = list(privilege)

interface CheckedRole {
  privileges?: NativePrivilege[]
  allowlist?: string[]
  readQuota?: number
  writeQuota?: number
  signal?: AbortSignal
}

const ROLE_CHECKS: Checks<CheckedRole> = {
  privileges,
  allowlist: texts,
  readQuota: quota,
  writeQuota: quota,
  signal: abortSignal,
}

/** A change of a user or role; `what` makes the order of the checked arguments. */
function orderCall(operation: string, order: NativeUserOrder, signal: AbortSignal | undefined): Call<void, void> {
  return {
    start: (client) => client.administrate(order),
    signal,
    subject: { operation },
    codes: () => [],
    finish: () => {},
  }
}

const signalOf = (options: unknown): AbortSignal | undefined => checkOptions(options, 'options', CALL_CHECKS).signal

/** `users.create`: a user with a password. */
export function createUserCall(
  name: string,
  password: string,
  roles: readonly string[],
  options: unknown,
): Call<void, void> {
  const order: NativeUserOrder = {
    action: 'create',
    name: text(name, 'name'),
    password: secret(password, 'password'),
    roles: texts(roles, 'roles'),
  }
  return orderCall('users.create', order, signalOf(options))
}

/** `users.createPki`: a user with a certificate. */
export function createPkiUserCall(name: string, roles: readonly string[], options: unknown): Call<void, void> {
  const order: NativeUserOrder = { action: 'createPki', name: text(name, 'name'), roles: texts(roles, 'roles') }
  return orderCall('users.createPki', order, signalOf(options))
}

/** `users.drop` and `roles.drop`. */
export function dropCall(what: 'users' | 'roles', name: string, options: unknown): Call<void, void> {
  const order: NativeUserOrder = { action: what === 'users' ? 'drop' : 'dropRole', name: text(name, 'name') }
  return orderCall(`${what}.drop`, order, signalOf(options))
}

/** `users.changePassword`. */
export function changePasswordCall(name: string, password: string, options: unknown): Call<void, void> {
  const order: NativeUserOrder = {
    action: 'changePassword',
    name: text(name, 'name'),
    password: secret(password, 'password'),
  }
  return orderCall('users.changePassword', order, signalOf(options))
}

/** `users.grant` and `users.revoke`. */
export function userRolesCall(
  action: 'grant' | 'revoke',
  name: string,
  roles: readonly string[],
  options: unknown,
): Call<void, void> {
  const order: NativeUserOrder = { action, name: text(name, 'name'), roles: texts(roles, 'roles') }
  return orderCall(`users.${action}`, order, signalOf(options))
}

/** `roles.create`. */
export function createRoleCall(name: string, options: RoleOptions | undefined): Call<void, void> {
  const { signal, ...rest } = checkOptions(options, 'options', ROLE_CHECKS)
  return orderCall('roles.create', { action: 'createRole', name: text(name, 'name'), ...rest }, signal)
}

/** `roles.grant` and `roles.revoke`. */
export function rolePrivilegesCall(
  action: 'grantPrivileges' | 'revokePrivileges',
  name: string,
  granted: readonly Privilege[],
  options: unknown,
): Call<void, void> {
  const order: NativeUserOrder = {
    action,
    name: text(name, 'name'),
    privileges: privileges(granted, 'privileges'),
  }
  return orderCall(action === 'grantPrivileges' ? 'roles.grant' : 'roles.revoke', order, signalOf(options))
}

/** `roles.setAllowlist`. */
export function allowlistCall(name: string, allowlist: readonly string[], options: unknown): Call<void, void> {
  const order: NativeUserOrder = {
    action: 'setAllowlist',
    name: text(name, 'name'),
    allowlist: texts(allowlist, 'allowlist'),
  }
  return orderCall('roles.setAllowlist', order, signalOf(options))
}

/** `roles.setQuotas`. */
export function quotasCall(name: string, quotas: Quotas, options: unknown): Call<void, void> {
  if (quotas === undefined) throw invalidArgument('quotas must be { read, write }, not undefined')
  const { read = 0, write = 0 } = checkOptions(quotas, 'quotas', QUOTA_CHECKS)
  const order: NativeUserOrder = {
    action: 'setQuotas',
    name: text(name, 'name'),
    readQuota: read,
    writeQuota: write,
  }
  return orderCall('roles.setQuotas', order, signalOf(options))
}

/** `users.list`. */
export function usersCall(options: unknown): Call<NativeUser[], UserInfo[]> {
  return {
    start: (client) => client.users(),
    signal: signalOf(options),
    subject: { operation: 'users.list' },
    codes: () => [],
    finish: (users) => users,
  }
}

/** `roles.list`. */
export function rolesCall(options: unknown): Call<NativeRole[], RoleInfo[]> {
  return {
    start: (client) => client.roles(),
    signal: signalOf(options),
    subject: { operation: 'roles.list' },
    codes: () => [],
    finish: (roles) => roles,
  }
}

/** `users.get`: the user, or an error where there is none. */
export function userCall(name: string, options: unknown): Call<NativeUser[], UserInfo> {
  const wanted = text(name, 'name')
  return {
    ...usersCall(options),
    start: (client) => client.users(wanted),
    subject: { operation: 'users.get' },
    codes: () => [],
    finish: ([user]) => user as UserInfo,
  }
}

/** `roles.get`: the role, or an error where there is none. */
export function roleCall(name: string, options: unknown): Call<NativeRole[], RoleInfo> {
  const wanted = text(name, 'name')
  return {
    ...rolesCall(options),
    start: (client) => client.roles(wanted),
    subject: { operation: 'roles.get' },
    codes: () => [],
    finish: ([role]) => role as RoleInfo,
  }
}
