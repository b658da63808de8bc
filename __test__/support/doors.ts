import type { Client } from '../../src/index.js'

/** The methods of a client that have a blocking twin and are one exchange: streams have tests of their own. */
export type Method = Exclude<
  { [M in keyof Client & string]: `${M}Sync` extends keyof Client ? M : never }[keyof Client & string],
  'scan' | 'query'
>

/** Calls a method through one of its two doors, so that one table of tests runs through both. */
export type Door = (client: Client, method: Method, ...args: unknown[]) => Promise<unknown>

const asynchronous: Door = (client, method, ...args) =>
  (client[method] as (...args: unknown[]) => Promise<unknown>)(...args)

const blocking: Door = async (client, method, ...args) =>
  (client[`${method}Sync`] as (...args: unknown[]) => unknown)(...args)

/** Both doors, for `describe.each`. */
export const doors: [string, Door][] = [
  ['asynchronous', asynchronous],
  ['blocking', blocking],
]

/** The methods of a class and of those that it extends. */
export function methodNames({ prototype }: { readonly prototype: object }): string[] {
  const names = new Set<string>()
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  }
  return [...names]
}
