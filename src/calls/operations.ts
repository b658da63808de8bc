import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import type { NativeOperation } from '../binding/native.js'
import { isObject } from '../arguments/options.js'
import { type Double, isDouble } from '../arguments/double.js'
import { checkBinName } from '../arguments/bin-name.js'
import { checkBytes, checkText, checkValue, namesOfBins } from './values.js'
import { isBytes } from '../tags.js'
import type { Computed } from '../expressions/filter.js'
import { type ComputeOptions, type WriteComputedOptions, checkComputed } from './operations-computed.js'
import { bits } from './inside/bits.js'
import { hlls } from './inside/hlls.js'
import { lists } from './inside/lists.js'
import { maps } from './inside/maps.js'
import { type InsideOperation, checkInside } from './inside/operation.js'
import { ruleOf } from './inside/rules.js'

/** What can be added to a bin: a number, an int64 as bigint, or a Double. */
export type Addend = number | bigint | Double

/** A value that can be appended or prepended to the value of a bin: text to text, bytes to bytes. */
export type Piece = string | Uint8Array

/** One step of an `operate` call. Made by {@link op}. */
export type Operation =
  | InsideOperation
  | {
      /** Reads. */
      readonly op: 'read'
      /** The bin to read. Default all. */
      readonly bin?: string | undefined
    }
  | {
      /** Reads generation and ttl, renews the ttl, or deletes the record. */
      readonly op: 'header' | 'touch' | 'delete'
    }
  | {
      /** Writes. */
      readonly op: 'write'
      /** The bin to write. */
      readonly bin: string
      /** The value to write. */
      readonly value: unknown
    }
  | {
      /** Adds. */
      readonly op: 'add'
      /** The bin with the number. */
      readonly bin: string
      /** The number to add. */
      readonly value: Addend
    }
  | {
      /** Appends or prepends to a value. */
      readonly op: 'append' | 'prepend'
      /** The bin with the text or the bytes. */
      readonly bin: string
      /** The text or bytes to add. */
      readonly value: Piece
    }
  | {
      /** Computes a value on the server and returns it. */
      readonly op: 'compute'
      /** The name of the result. */
      readonly bin: string
      /** What is computed. */
      readonly expression: Computed
      /** What happens where the expression has no value. */
      readonly options?: ComputeOptions | undefined
    }
  | {
      /** Computes a value on the server and writes it. */
      readonly op: 'writeComputed'
      /** The bin to write. */
      readonly bin: string
      /** What is computed. */
      readonly expression: Computed
      /** When the bin is written, and what happens otherwise. */
      readonly options?: WriteComputedOptions | undefined
    }

/** The operations of `operate`: `client.operate(key, [op.add('hits', 1), op.read('hits')])`. */
export const op = {
  /** Reads a bin. */
  read: (bin: string): Operation => ({ op: 'read', bin }),
  /** Reads all bins, with their values after all operations. */
  readAll: (): Operation => ({ op: 'read' }),
  /** Reads generation and ttl, but no bins. */
  header: (): Operation => ({ op: 'header' }),
  /** Writes a bin. */
  write: (bin: string, value: unknown): Operation => ({ op: 'write', bin, value }),
  /** Adds to a number; a missing bin counts as 0. */
  add: (bin: string, value: Addend): Operation => ({ op: 'add', bin, value }),
  /** Appends text or bytes to the value of the bin. */
  append: (bin: string, value: Piece): Operation => ({ op: 'append', bin, value }),
  /** Prepends text or bytes to the value of the bin. */
  prepend: (bin: string, value: Piece): Operation => ({ op: 'prepend', bin, value }),
  /**
   * Computes a value on the server and returns it under a name of at most 15 bytes, as if it were a bin:
   * `op.compute('fahrenheit', '$.celsius * 1.8 + 32.0')`. The expression sees what the operations before it have written.
   * Without a value, because a bin is missing or has another type, the call rejects with result code 26, unless
   * `skipUnknown` is set.
   */
  compute: (name: string, expression: Computed, options?: ComputeOptions): Operation => ({
    op: 'compute',
    bin: name,
    expression,
    ...(options === undefined ? {} : { options }),
  }),
  /**
   * Computes a value on the server and writes it to a bin: `op.writeComputed('total', '$.price * $.count')`. Nothing is
   * sent back; a later `op.read` returns the bin.
   */
  writeComputed: (bin: string, expression: Computed, options?: WriteComputedOptions): Operation => ({
    op: 'writeComputed',
    bin,
    expression,
    ...(options === undefined ? {} : { options }),
  }),
  /** Operations on lists: `op.lists.append('tags', 'new')`. */
  lists,
  /** Operations on maps: `op.maps.put('scores', 'ann', 7)`. */
  maps,
  /** Operations on the bits of blobs: `op.bits.set('flags', 0, 1, Uint8Array.of(0x80))`. */
  bits,
  /** Operations on HyperLogLogs: `op.hlls.add('visitors', ['ann'], { indexBits: 12 })`. */
  hlls,
  /** Renews the record's ttl. */
  touch: (): Operation => ({ op: 'touch' }),
  /** Deletes the record. */
  delete: (): Operation => ({ op: 'delete' }),
} as const

/** The operations whose value, if they have one, is stored as it is. */
type Stored = Exclude<NativeOperation['op'], 'compute' | 'writeComputed' | Inside>

/** The operations on the inside of bins. */
type Inside = 'list' | 'map' | 'bits' | 'hll'
const INSIDE: ReadonlySet<string> = new Set(['list', 'map', 'bits', 'hll'] satisfies Inside[])

/** The check of an operation's value, or `undefined` where it has none. */
const VALUES: Record<Stored, ((value: unknown, name: string) => void) | undefined> = {
  read: undefined,
  header: undefined,
  touch: undefined,
  delete: undefined,
  write: checkValue,
  add: checkAddend,
  append: checkPiece,
  prepend: checkPiece,
}

/** Checks operations; `name` is how the caller knows the argument. */
export function checkOperations(operations: unknown, name: string): NativeOperation[] {
  if (!Array.isArray(operations))
    throw invalidArgument(`${name} must be an array of operations, not ${given(operations)}`)
  if (operations.length === 0) throw invalidArgument(`${name} must have at least one operation`)
  const checked = Array.from(operations, (operation, index) => checkOperation(operation, `${name}[${index}]`))
  checkBesideAll(checked, name)
  return checked
}

/** Refuses what cannot be distinguished from the bins that are read all together. */
function checkBesideAll(operations: readonly NativeOperation[], name: string): void {
  const all = operations.findIndex(({ op: kind, bin }) => kind === 'read' && bin === undefined)
  const one = operations.findIndex(
    ({ op: kind, bin }) => (kind === 'read' && bin !== undefined) || kind === 'compute' || INSIDE.has(kind),
  )
  if (all < 0 || one < 0) return
  const kind = operations[one]?.op
  const beside = `${name}[${all}], op.readAll()`
  throw kind === 'read'
    ? invalidArgument(`${name}[${one}] reads a bin that ${beside}, reads already: leave it out`)
    : kind === 'compute'
      ? invalidArgument(`${name}[${one}] computes beside ${beside}: name the bins with op.read`)
      : invalidArgument(`${name}[${one}] is about the inside of a bin beside ${beside}: name the bins with op.read`)
}

/** Refuses operations without one result, where each is to have one. */
export function refuseUnanswered(operations: readonly NativeOperation[], name: string): void {
  const at = operations.findIndex(({ op: kind, bin }) => kind === 'header' || (kind === 'read' && bin === undefined))
  if (at < 0) return
  throw operations[at]?.op === 'header'
    ? invalidArgument(`${name}[${at}], op.header(), has no result: every record has gen and ttl; leave it out`)
    : invalidArgument(`${name}[${at}], op.readAll(), has no single result: name the bins with op.read`)
}

function checkOperation(operation: unknown, name: string): NativeOperation {
  if (!isObject(operation)) throw noOperation(operation, name)
  const { op: kind, bin, value } = operation
  const rule = ruleOf(kind)
  if (rule !== undefined || kind === 'compute' || kind === 'writeComputed') checkBinName(bin, `${name}.bin`)
  if (rule !== undefined) return checkInside(rule, bin as string, operation, name)
  if (kind === 'compute' || kind === 'writeComputed') {
    return { op: kind, bin: bin as string, ...checkComputed(kind, operation, name) }
  }
  if (!isKind(kind)) throw noOperation(operation, name)
  const checkOperand = VALUES[kind]
  if (bin !== undefined || checkOperand !== undefined) checkBinName(bin, `${name}.bin`)
  if (checkOperand === undefined) return bin === undefined ? { op: kind } : { op: kind, bin }
  checkOperand(value, `${name}.value`)
  return { op: kind, bin: bin as string, value }
}

function noOperation(operation: unknown, name: string): TypeError {
  return invalidArgument(`${name} must be an operation such as op.read('bin'), not ${given(operation)}`)
}

function isKind(kind: unknown): kind is Stored {
  return typeof kind === 'string' && Object.hasOwn(VALUES, kind)
}

/** Checks what is to be added. */
export function checkAddend(value: unknown, name: string): asserts value is Addend {
  if (typeof value === 'number' || typeof value === 'bigint' || isDouble(value)) return
  throw invalidArgument(`${name} must be a number, a bigint or double(x), not ${given(value)}`)
}

/** Checks what is to be appended or prepended. */
export function checkPiece(value: unknown, name: string): asserts value is Piece {
  if (typeof value === 'string') return checkText(value, name)
  if (isBytes(value)) return checkBytes(value, name)
  throw invalidArgument(`${name} must be a string or a Uint8Array, not ${given(value)}`)
}

/**
 * The bins that an `operate` call has read: of each the last value.
 *
 * As soon as one of the operations writes, every operation that names a bin answers, a write with null; the answers to
 * one bin then come as an array. Where all bins are read there is one answer each.
 */
export function lastAnswers(
  operations: readonly NativeOperation[],
  bins: Record<string, unknown> | null,
): Record<string, unknown> {
  const readsAll = operations.some(({ op: kind, bin }) => kind === 'read' && bin === undefined)
  if (readsAll || bins === null) return bins ?? {}
  const entries = Object.entries(bins).map(([bin, answer]) => [bin, lastAnswer(operations, bin, answer)] as const)
  return Object.fromEntries(entries.filter(([, answer]) => answer !== null))
}

function lastAnswer(operations: readonly NativeOperation[], bin: string, answer: unknown): unknown {
  const count = operations.filter((operation) => operation.bin === bin).length
  if (count < 2 || !Array.isArray(answer)) return answer
  return (answer as unknown[]).findLast((each) => each !== null) ?? null
}

/** One answer of each operation. Servers answer no touch. */
export function alignedAnswers(operations: readonly NativeOperation[], answers: readonly unknown[]): unknown[] {
  if (answers.length === operations.length) return [...answers]
  const left = answers.values()
  return operations.map(({ op: kind }) => (kind === 'touch' ? null : (left.next().value ?? null)))
}

/** The same where each operation has an answer: the last one of each bin that is not null. */
export function binsOfAnswers(
  operations: readonly NativeOperation[],
  answers: readonly unknown[],
): Record<string, unknown> {
  const bins = new Map<string, unknown>()
  operations.forEach(({ bin }, index) => {
    if (bin !== undefined && answers[index] !== null) bins.set(bin, answers[index])
  })
  return Object.fromEntries(bins)
}

/** The operations that do the same to each of several bins. */
export function eachBin(kind: 'add' | 'append' | 'prepend', bins: unknown): NativeOperation[] {
  const operations = namesOfBins(bins, 'bins').map((bin) => {
    const value = (bins as Record<string, unknown>)[bin]
    checkBinName(bin, 'bins')
    const check = VALUES[kind] as (value: unknown, name: string) => void
    check(value, `bins.${bin}`)
    return { op: kind, bin, value }
  })
  if (operations.length === 0) throw invalidArgument('bins must have at least one bin')
  return operations
}
