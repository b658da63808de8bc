import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { given, quote } from '../arguments/given.js'
import { type Checks, boolean, checkOptions, choice, instance, text } from '../arguments/options.js'
import { type Memory, allocate } from '../columns/memory.js'
import { Dtype, dtype, layoutOf, nativeDtypeOf } from '../dtype/dtype.js'
import { invalidArgument } from '../errors.js'
import { NO_KEY } from '../keys/ids.js'
import { PackedKeys } from '../keys/packed.js'
import { codeOf } from '../kinds/code.js'
import type { Layout } from '../kinds/kinds.js'
import type { Schema } from '../kinds/literals.js'
import { isArrayBuffer, isBytes } from '../tags.js'
import { type Batch, createBatch } from './batch.js'
import { fillFromNpy } from './npy-cells.js'
import { type NpyArray, notLoadable, parseNpy } from './npy-header.js'

/** Options of `loadNpy`. */
export interface LoadNpyOptions<S extends Schema = Schema, L extends Layout = Layout> {
  /** What the file has to hold: an error if it holds anything else. Default whatever its header says. */
  dtype?: Dtype<S> | undefined
  /** The name of the field that an array without fields becomes. Default `'value'`. */
  name?: string | undefined
  /** Each column contiguous (the default), or records as in numpy. */
  layout?: L | undefined
  /** Pads the records of the rows layout as a C compiler does. Default false. */
  align?: boolean | undefined
}

interface CheckedOptions {
  dtype?: Dtype
  name?: string
  layout?: Layout
  align?: boolean
}

const CHECKS: Checks<CheckedOptions> = {
  dtype: instance((value: unknown): value is Dtype => value instanceof Dtype, 'what dtype() returns'),
  name: text,
  layout: choice('columns', 'rows'),
  align: boolean,
}

/** Where a `.npy` file is, or its bytes. */
export type NpySource = string | URL | Uint8Array | ArrayBuffer

/**
 * Loads a `.npy` file, of which the path or the bytes are given, as a batch: a field per field of a structured array, or
 * one field of an ordinary array, whose further dimensions are a sub-array.
 *
 * Versions 1 to 3 of the format, both byte orders, and both orders of dimensions. Nothing in the file is run. Every cell is
 * valid, every result code 0, every key `null`: give keys to `batchWrite` to store the rows. A `RangeError` for a file that
 * is malformed, or whose types cannot be columns.
 */
export async function loadNpy<S extends Schema, const L extends Layout = 'columns'>(
  source: NpySource,
  options?: LoadNpyOptions<S, L>,
): Promise<Batch<S, L>> {
  const checked = checkOptions<CheckedOptions>(options, 'options', CHECKS)
  const isFile = isPath(source)
  const bytes = isFile ? await readFile(source) : bytesOf(source)
  return batchOf(bytes, checked, isFile ? String(source) : 'source') as unknown as Batch<S, L>
}

/** `loadNpy` that returns when the file is loaded. */
export function loadNpySync<S extends Schema, const L extends Layout = 'columns'>(
  source: NpySource,
  options?: LoadNpyOptions<S, L>,
): Batch<S, L> {
  const checked = checkOptions<CheckedOptions>(options, 'options', CHECKS)
  const isFile = isPath(source)
  const bytes = isFile ? readFileSync(source) : bytesOf(source)
  return batchOf(bytes, checked, isFile ? String(source) : 'source') as unknown as Batch<S, L>
}

function isPath(source: unknown): source is string | URL {
  return typeof source === 'string' || source instanceof URL
}

function bytesOf(source: unknown): Uint8Array {
  if (isBytes(source)) return source
  if (isArrayBuffer(source)) return new Uint8Array(source)
  throw invalidArgument(`source must be a path, a URL, a Uint8Array or an ArrayBuffer, not ${given(source)}`)
}

function batchOf(file: Uint8Array, options: CheckedOptions, name: string): Batch {
  const { layout = 'columns', align = false, name: plain = 'value' } = options
  const array = parseNpy(file, options.dtype?.names[0] ?? plain, name)
  const needed = array.rows * array.itemsize
  const has = file.length - array.start
  if (needed !== has) {
    const but = has > needed ? '; an array behind it would be lost' : ''
    throw notLoadable(name, `says that its array has ${needed} bytes, and ${has} follow${but}`)
  }
  const found = dtypeOf(array, name)
  if (options.dtype !== undefined) checkDtype(options.dtype, found, name)
  const at = layoutOf(nativeDtypeOf(found), array.rows, layout, align)
  const memory = { buffer: allocate(at.byteLength), length: array.rows, fields: found.fields, layout, align, at }
  fillFromNpy(memory, array, file.subarray(array.start))
  return createBatch(partsOf(memory, found))
}

/** The dtype that the file describes. What is wrong with it is wrong with the file. */
function dtypeOf({ fields }: NpyArray, name: string): Dtype {
  try {
    return dtype(fields.map((field): [string, string, number[]] => [field.name, field.code, [...field.shape]]))
  } catch (error) {
    throw notLoadable(name, `has types that columns cannot have: ${(error as Error).message}`)
  }
}

const fieldTexts = ({ fields }: Dtype): string[] => fields.map((field) => `${quote(field.name)}: ${codeOf(field)}`)

function checkDtype(wanted: Dtype, found: Dtype, name: string): void {
  const [expected, has] = [fieldTexts(wanted), fieldTexts(found)]
  const at = Array.from({ length: Math.max(expected.length, has.length) }, (_, index) => index).find(
    (index) => expected[index] !== has[index],
  )
  if (at === undefined) return
  throw notLoadable(
    name,
    `differs from options.dtype in field ${at}: it has ${has[at] ?? 'none'}, and the dtype ${expected[at] ?? 'none'}`,
  )
}

/** Rows that come from no server: they have no keys, and there is nothing to say of their records. */
function partsOf(memory: Memory, of: Dtype): Parameters<typeof createBatch>[0] {
  const { length, layout, align } = memory
  const ids = { types: Uint8Array.of(NO_KEY), ends: new Uint32Array(length), data: new Uint8Array(0) }
  return {
    memory,
    keys: new PackedKeys(['', ''], undefined, ids, length),
    conversions: memory.fields.flatMap(() => [0, 0, 0]),
    failures: [],
    layoutFor: (rows) => layoutOf(nativeDtypeOf(of), rows, layout, align),
  }
}
