import { invalidArgument } from './errors.js'
import { given } from './given.js'
import type { NativeTls } from './native.js'
import { type Check, type Checks, checkOptions, text } from './options.js'

/** Certificates for TLS, in PEM form. */
export interface TlsOptions {
  /** The authorities that may have signed the nodes' certificates. Default those of the system. */
  ca?: string | Uint8Array | undefined
  /** The client's own certificate chain, where the cluster asks for one. */
  cert?: string | Uint8Array | undefined
  /** The key of `cert`. */
  key?: string | Uint8Array | undefined
  /** The name in the nodes' certificates, for hosts that do not give a `tlsName` of their own. */
  serverName?: string | undefined
}

/** TLS options as the native side takes them, and the name that goes to the hosts. */
export interface CheckedTls extends NativeTls {
  serverName?: string
}

/** What is wrong with a key must not show the key. */
const pem: Check<Uint8Array> = (value, name) => {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(value)
  throw invalidArgument(`${name} must be PEM text, as a string or bytes, not a value of type ${typeof value}`)
}

const CHECKS: Checks<CheckedTls> = { ca: pem, cert: pem, key: pem, serverName: text }

/** Checks `true`, `false` or certificates; nothing is left of `false`. */
export const tlsOptions: Check<CheckedTls | false> = (value, name) => {
  if (value === false) return false
  if (value === true) return {}
  if (typeof value !== 'object') {
    throw invalidArgument(`${name} must be true, false or { ca, cert, key, serverName }, not ${given(value)}`)
  }
  const checked = checkOptions<CheckedTls>(value, name, CHECKS)
  if ((checked.cert === undefined) !== (checked.key === undefined)) {
    const missing = checked.cert === undefined ? 'cert' : 'key'
    throw invalidArgument(`${name}.${missing} is missing: a certificate and its key are given together`)
  }
  return checked
}
