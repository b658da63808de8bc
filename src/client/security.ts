import { readFileSync } from 'node:fs'
import { invalidArgument, outOfRange } from '../errors.js'
import { given, hasLoneSurrogate, quote } from '../arguments/given.js'
import type { NativeConnectOptions } from '../binding/native.js'
import { type Check, type Checks, checkOptions, isObject, text } from '../arguments/options.js'
import { isBytes, isThenable } from '../tags.js'

/** A secret, or a function that fetches it when it is needed, from a vault for instance. */
export type Secret<T> = T | (() => T | Promise<T>)

/** A certificate or key: PEM as text or bytes, or the path of a file that holds it. */
export type Pem = string | Uint8Array

/** How to encrypt connections. `{}` takes the authorities that the platform trusts. */
export interface TlsOptions {
  /** Authorities that may have signed the nodes' certificates, in place of those that the platform trusts. */
  ca?: Secret<Pem> | undefined
  /** The client's own certificate chain, where the cluster asks for one. */
  cert?: Secret<Pem> | undefined
  /** The key of that certificate. */
  key?: Secret<Pem> | undefined
  /** The name in the nodes' certificates, where it differs from the host and the host says no `tlsName` of its own. */
  serverName?: string | undefined
}

/** TLS options whose secrets have not been fetched yet. */
export interface CheckedTls {
  ca?: Secret<Pem>
  cert?: Secret<Pem>
  key?: Secret<Pem>
  serverName?: string
}

/** What is fetched just before connecting. */
export interface Secrets {
  password?: Secret<string>
  tls?: CheckedTls
}

type Revealed = Pick<NativeConnectOptions, 'password' | 'tls'>

const BEGIN = '-----BEGIN'
const PEM_NAMES = ['ca', 'cert', 'key'] as const

/** A password is a string or a function; the message never says what was given. */
export const password: Check<Secret<string>> = (value, name) => {
  if (typeof value === 'string' || typeof value === 'function') return value as Secret<string>
  throw invalidArgument(`${name} must be a string or a function that returns one, not a value of type ${typeof value}`)
}

const pem: Check<Secret<Pem>> = (value, name) => {
  if (typeof value === 'string' || typeof value === 'function' || isBytes(value)) return value as Secret<Pem>
  throw invalidArgument(
    `${name} must be PEM text, as a string or bytes, the path of a file, or a function that returns one, not a value of type ${typeof value}`,
  )
}

const TLS_CHECKS: Checks<CheckedTls> = { ca: pem, cert: pem, key: pem, serverName: text }

/** `true` is TLS as the platform has it, `false` none. */
export const tls: Check<CheckedTls | false> = (value, name) => {
  if (value === true) return {}
  if (value === false) return false
  if (!isObject(value)) {
    throw invalidArgument(`${name} must be true, false or { ca, cert, key, serverName }, not ${given(value)}`)
  }
  const checked = checkOptions<CheckedTls>(value, name, TLS_CHECKS)
  if ((checked.cert === undefined) !== (checked.key === undefined)) {
    const missing = checked.cert === undefined ? 'cert' : 'key'
    throw invalidArgument(`${name}.${missing} is missing: a certificate and its key are given together`)
  }
  return checked
}

/** Fetches the secrets. */
export async function reveal({ password: secret, tls: options }: Secrets): Promise<Revealed> {
  const revealed: Revealed = {}
  if (secret !== undefined) revealed.password = checkPassword(await called(secret))
  if (options === undefined) return revealed
  revealed.tls = {}
  for (const name of PEM_NAMES) {
    const source = options[name]
    if (source !== undefined) revealed.tls[name] = pemBytes(await called(source), name)
  }
  return revealed
}

/** Fetches the secrets from functions that have them at once. */
export function revealSync({ password: secret, tls: options }: Secrets): Revealed {
  const revealed: Revealed = {}
  if (secret !== undefined) revealed.password = checkPassword(calledSync(secret, 'password'))
  if (options === undefined) return revealed
  revealed.tls = {}
  for (const name of PEM_NAMES) {
    const source = options[name]
    if (source !== undefined) revealed.tls[name] = pemBytes(calledSync(source, `tls.${name}`), name)
  }
  return revealed
}

function called<T extends Pem>(secret: Secret<T>): T | Promise<T> {
  return typeof secret === 'function' ? secret() : secret
}

function calledSync<T extends Pem>(secret: Secret<T>, name: string): T {
  const value = called(secret)
  if (isThenable(value)) {
    // Nobody waits for it, and its failure is no other than the one that is thrown here.
    value.then(undefined, () => {})
    throw invalidArgument(
      `options.${name} gave a promise, which connectSync cannot wait for; return the value, or use connect`,
    )
  }
  return value
}

function checkPassword(value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument('options.password must give a string')
  if (hasLoneSurrogate(value)) throw outOfRange('options.password has a lone surrogate, which UTF-8 cannot hold')
  return value
}

/** Text that begins as PEM does is PEM, any other text the path of a file. What a key holds is in no message. */
function pemBytes(value: unknown, name: (typeof PEM_NAMES)[number]): Uint8Array {
  if (isBytes(value)) return value
  if (typeof value !== 'string') throw invalidArgument(`options.tls.${name} must give PEM text, its bytes or a path`)
  return value.trimStart().startsWith(BEGIN) ? Buffer.from(value) : readPem(value, name)
}

function readPem(path: string, name: (typeof PEM_NAMES)[number]): Uint8Array {
  const which = name === 'key' ? 'the file' : quote(path)
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    throw outOfRange(
      `options.tls.${name} is not PEM text, and as the path of a file it cannot be read: ${which} gives ${code}`,
    )
  }
  if (!bytes.includes(BEGIN))
    throw outOfRange(`options.tls.${name}: ${which} is not in PEM form, it has no ${BEGIN} line`)
  return bytes
}
