import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFloat16 } from '@petamoriken/float16'
import type { Field } from '../../src/kinds/kinds.js'
import { field } from './layout.js'

/** numpy's own answers, recorded in fixtures/golden. */
export const goldenFolder = join(__dirname, '../../fixtures/golden')

/** A field list as the golden files write it. */
export type GoldenField = [name: string, code: string, shape?: number[]]

/** A value as the golden files write it: text, bytes as hex, or a list for a sub-array. */
export type GoldenValue = string | { hex: string } | GoldenValue[]

/** A golden structured array. */
export interface GoldenArray {
  fields: GoldenField[]
  rows: GoldenValue[][]
}

/** Reads one of the golden JSON files. */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(join(goldenFolder, name), 'utf8'))
}

/** The fields of a golden list. */
export function goldenFields(fields: GoldenField[]): Field[] {
  return fields.map(([name, code, shape]) => field(name, code, shape ?? []))
}

/** A golden value as the bytes of its cell. */
export function goldenBytes(of: Field, value: GoldenValue): Uint8Array {
  if (Array.isArray(value)) return Buffer.concat(value.map((each) => goldenBytes({ ...of, count: 1 }, each)))
  const cell = new Uint8Array(of.itemsize)
  if (typeof value === 'object') cell.set(Buffer.from(value.hex, 'hex'))
  else writeNumber(new DataView(cell.buffer), of.kind, value)
  return cell
}

function writeNumber(view: DataView, kind: string, text: string): void {
  if (kind === 'f2') setFloat16(view, 0, Number(text), true)
  else if (kind === 'f4') view.setFloat32(0, Number(text), true)
  else if (kind === 'f8') view.setFloat64(0, Number(text), true)
  else writeInteger(view, BigInt(text))
}

function writeInteger(view: DataView, value: bigint): void {
  for (let byte = 0; byte < view.byteLength; byte++) {
    view.setUint8(byte, Number(BigInt.asUintN(8, value >> BigInt(8 * byte))))
  }
}
