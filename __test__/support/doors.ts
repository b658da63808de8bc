import type { Client, Roles, Udfs, Users } from '../../src/index.js'

/** The methods of a client that have a blocking twin and are one exchange: streams have tests of their own. */
export type Method =
  | Exclude<WithTwin<Client>, 'scan' | 'query'>
  | `udfs.${WithTwin<Udfs>}`
  | `users.${WithTwin<Users>}`
  | `roles.${WithTwin<Roles>}`

type WithTwin<T> = { [M in keyof T & string]: `${M}Sync` extends keyof T ? M : never }[keyof T & string]

/** Calls a method through one of its two doors, so that one table of tests runs through both. */
export type Door = (client: Client, method: Method, ...args: unknown[]) => Promise<unknown>

type Called = (...args: unknown[]) => unknown

/** A method of a client, or of one of its groups: `put`, `udfs.list`. */
function methodOf(client: Client, method: string): Called {
  const [group, name] = method.includes('.') ? (method.split('.', 2) as [string, string]) : [undefined, method]
  const owner = (group === undefined ? client : client[group as 'udfs']) as unknown as Record<string, Called>
  return (...args) => owner[name]!(...args)
}

const asynchronous: Door = (client, method, ...args) => methodOf(client, method)(...args) as Promise<unknown>

const blocking: Door = async (client, method, ...args) => methodOf(client, `${method}Sync`)(...args)

/** Both doors, for `describe.each`. */
export const doors: [string, Door][] = [
  ['asynchronous', asynchronous],
  ['blocking', blocking],
]

/** A call of each method that administers users and roles. */
export function administration(
  password: string,
): Record<Extract<Method, `users.${string}` | `roles.${string}`>, unknown[]> {
  return {
    'users.create': ['ada', password, []],
    'users.createPki': ['ada', []],
    'users.drop': ['ada'],
    'users.changePassword': ['ada', password],
    'users.grant': ['ada', ['read']],
    'users.revoke': ['ada', ['read']],
    'users.list': [],
    'users.get': ['ada'],
    'roles.create': ['analyst'],
    'roles.drop': ['analyst'],
    'roles.grant': ['analyst', ['read']],
    'roles.revoke': ['analyst', ['read']],
    'roles.setAllowlist': ['analyst', []],
    'roles.setQuotas': ['analyst', {}],
    'roles.list': [],
    'roles.get': ['analyst'],
  }
}

/** The methods of a class and of those that it extends. */
export function methodNames({ prototype }: { readonly prototype: object }): string[] {
  const names = new Set<string>()
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  }
  return [...names]
}
