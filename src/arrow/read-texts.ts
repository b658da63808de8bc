import { ARROW_TYPE, type ArrowVector, isVector } from './vector.js'

/** What text is in Arrow. */
const TEXTS: ReadonlySet<number> = new Set([ARROW_TYPE.Utf8, ARROW_TYPE.LargeUtf8, ARROW_TYPE.Utf8View])

const VIEW_BYTES = 16
const LONGEST_INLINE = 12

/** A part of a vector of text, as `apache-arrow` has it. */
interface TextPart {
  readonly type: { readonly typeId: number }
  readonly length: number
  /** The bytes of the texts, views on them, or indices into the dictionary. */
  readonly values: Uint8Array | Int32Array | BigInt64Array
  readonly valueOffsets: Int32Array | BigInt64Array
  readonly variadicBuffers?: readonly Uint8Array[]
  readonly dictionary?: ArrowVector
  getValid(row: number): boolean
}

/** Whether the values of a vector are text, each where it stands or once in a dictionary. */
export function isTextVector(value: unknown): value is ArrowVector<string> {
  if (!isVector(value)) return false
  const { typeId, dictionary } = value.type as { typeId: number; dictionary?: { typeId: number } }
  return TEXTS.has(typeId === ARROW_TYPE.Dictionary && dictionary !== undefined ? dictionary.typeId : typeId)
}

/**
 * The texts of a vector, `null` where there is none. They are decoded here: `get` of the library drops a U+FEFF with which
 * a text begins, as it were that of a file.
 */
export function textsOfVector(vector: ArrowVector<string>): (string | null)[] {
  const texts: (string | null)[] = []
  for (const part of partsOf(vector)) {
    const textAt = reader(part)
    for (let row = 0; row < part.length; row++) texts.push(textAt(row))
  }
  return texts
}

const partsOf = (vector: ArrowVector): readonly TextPart[] =>
  (vector as unknown as { readonly data: readonly TextPart[] }).data

/** Reads the texts of a part. */
function reader(part: TextPart): (row: number) => string | null {
  const { values, dictionary } = part
  const textAt = dictionary === undefined ? textReader(part) : dictionaryReader(dictionary, values)
  return (row) => (part.getValid(row) ? textAt(row) : null)
}

function textReader({ type, values, valueOffsets, variadicBuffers = [] }: TextPart): (row: number) => string {
  const bytes = bufferOf(values)
  if (type.typeId !== ARROW_TYPE.Utf8View) {
    return (row) => bytes.toString('utf8', Number(valueOffsets[row]), Number(valueOffsets[row + 1]))
  }
  const blocks = variadicBuffers.map(bufferOf)
  return (row) => {
    const at = row * VIEW_BYTES
    const size = bytes.readInt32LE(at)
    if (size <= LONGEST_INLINE) return bytes.toString('utf8', at + 4, at + 4 + size)
    const start = bytes.readInt32LE(at + 12)
    return (blocks[bytes.readInt32LE(at + 8)] as Buffer).toString('utf8', start, start + size)
  }
}

function dictionaryReader(dictionary: ArrowVector, numbers: TextPart['values']): (row: number) => string | null {
  const parts = partsOf(dictionary).map((part) => ({ length: part.length, textAt: reader(part) }))
  return (row) => {
    let number = Number(numbers[row])
    for (const { length, textAt } of parts) {
      if (number < length) return textAt(number)
      number -= length
    }
    return null
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
