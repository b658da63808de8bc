import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NativeUdf, NativeUdfModule } from '../binding/native.js'
import { invalidArgument, outOfRange } from '../errors.js'
import { given } from '../arguments/given.js'
import { type Checks, checkOptions, isObject, text } from '../arguments/options.js'
import { isBytes } from '../tags.js'
import { abortSignal } from './abort.js'
import type { Call } from './session.js'
import { checkValue } from './values.js'

/** A user-defined function of the server, and what it is called with besides the record. */
export interface Udf {
  /** The name of its module, without `.lua`. */
  readonly module: string
  /** The name of the function. */
  readonly function: string
  /** Its arguments after the record. Default none. */
  readonly args?: readonly unknown[] | undefined
}

/** A module of user-defined functions, as the cluster lists it. */
export interface UdfModule {
  /** Its file name, such as `counters.lua`. */
  readonly name: string
  /** The hash of its code. */
  readonly hash: string
  /** Its language: `LUA`. */
  readonly language: string
}

/** Options of calls on modules. */
export interface UdfCallOptions {
  /** Aborts the call; what the server has received by then it carries out. A blocking call checks it only at the start. */
  signal?: AbortSignal | undefined
}

/** Options of `udfs.register`. */
export interface RegisterOptions extends UdfCallOptions {
  /** The file name under which the cluster knows the module, ending in `.lua`. Default that of the file. */
  name?: string | undefined
}

/** Where the code of a module is: the path or URL of a file, or the code itself as bytes. */
export type UdfSource = string | URL | Uint8Array

const CALL_CHECKS: Checks<{ signal?: AbortSignal }> = { signal: abortSignal }
const REGISTER_CHECKS: Checks<{ name?: string; signal?: AbortSignal }> = { ...CALL_CHECKS, name: text }
const UDF_CHECKS: Checks<{ module?: string; function?: string; args?: unknown[] }> = {
  module: text,
  function: text,
  args: (value, name) => {
    if (!Array.isArray(value)) throw invalidArgument(`${name} must be an array, not ${given(value)}`)
    value.forEach((each, index) => checkValue(each, `${name}[${index}]`))
    return value
  },
}

const noCodes = (): number[] => []

/** Checks a function; `name` is how the caller knows the argument. */
export function checkUdf(udf: unknown, name: string): NativeUdf {
  if (!isObject(udf)) throw invalidArgument(`${name} must be { module, function, args }, not ${given(udf)}`)
  const { module, function: called, args = [] } = checkOptions(udf, name, UDF_CHECKS)
  if (module === undefined) throw invalidArgument(`${name}.module is missing: the name of a module without .lua`)
  if (called === undefined) throw invalidArgument(`${name}.function is missing: the name of a function of the module`)
  if (module.endsWith('.lua')) throw outOfRange(`${name}.module is ${given(module)}; leave out .lua`)
  return { module, function: called, args, path: `${name}.args` }
}

/** What is registered: where its code is, and what it is called. */
export interface Registration {
  readonly name: string
  readonly code: string | Uint8Array
  readonly signal: AbortSignal | undefined
}

/** Checks the arguments of `register`; a `code` that is text is the path of a file. */
export function planRegistration(source: unknown, options: RegisterOptions | undefined): Registration {
  const { name, signal } = checkOptions(options, 'options', REGISTER_CHECKS)
  const code = codeOf(source)
  if (name !== undefined) return { name: luaName(name, 'options.name'), code, signal }
  if (isBytes(code)) throw invalidArgument('options.name is missing: bytes have no name')
  return { name: luaName(basename(code), 'source'), code, signal }
}

function codeOf(source: unknown): string | Uint8Array {
  if (isBytes(source)) {
    if (source.length === 0) throw outOfRange('source is empty')
    return source
  }
  if (typeof source === 'string') return text(source, 'source')
  if (source instanceof URL) return fileURLToPath(source)
  throw invalidArgument(`source must be the path or URL of a file, or a Uint8Array, not ${given(source)}`)
}

function luaName(name: string, label: string): string {
  if (name.endsWith('.lua') && name.length > 4) return name
  throw outOfRange(`${label}: the name of a module ends in .lua, and this is ${given(name)}`)
}

/** `register`, once the code is at hand. */
export function registerCall({ name, signal }: Registration, code: Uint8Array): Call<void, void> {
  return {
    start: (client) => client.registerUdf(name, code),
    signal,
    subject: { operation: 'udfs.register' },
    codes: noCodes,
    finish: () => {},
  }
}

/** `udfs.list`: the modules of the cluster. */
export function udfsCall(options: UdfCallOptions | undefined): Call<NativeUdfModule[], UdfModule[]> {
  const { signal } = checkOptions(options, 'options', CALL_CHECKS)
  return {
    start: (client) => client.udfs(),
    signal,
    subject: { operation: 'udfs.list' },
    codes: noCodes,
    finish: (modules) => modules,
  }
}

/** `udfs.remove`: whether there was such a module. */
export function removeUdfCall(name: string, options: UdfCallOptions | undefined): Call<boolean, boolean> {
  const { signal } = checkOptions(options, 'options', CALL_CHECKS)
  const module = luaName(text(name, 'name'), 'name')
  return {
    start: (client) => client.removeUdf(module),
    signal,
    subject: { operation: 'udfs.remove' },
    codes: noCodes,
    finish: (removed) => removed,
  }
}
