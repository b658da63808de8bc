import { outOfRange } from '../errors.js'
import { type PackedIds, endOf } from './ids.js'
import type { KeySource } from './key.js'
import { PackedKeys } from './packed.js'
import { packedKeysOf } from './parts.js'

const MOST_BYTES = 0xffff_ffff

/** The keys of several batches, one after the other. A namespace and set that several of them have are one group. */
export function joinedKeys(sources: readonly KeySource[]): PackedKeys {
  const parts = sources.map((source) => packedKeysOf(source))
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const groups: string[] = []
  const groupOf = new Uint32Array(length)
  let row = 0
  for (const part of parts) {
    const numbers = numbersOf(part.groups, groups)
    for (let at = 0; at < part.length; at++) groupOf[row++] = numbers[part.groupAt(at)] as number
  }
  return new PackedKeys(groups, groups.length > 2 ? groupOf : undefined, joinedIds(parts, length), length)
}

/** The numbers that a batch's groups have among those of all batches; new ones are added to these. */
function numbersOf(own: readonly string[], all: string[]): number[] {
  return Array.from({ length: own.length / 2 }, (_, group) => {
    const [namespace, set] = [own[2 * group] as string, own[2 * group + 1] as string]
    for (let at = 0; at < all.length; at += 2) if (all[at] === namespace && all[at + 1] === set) return at / 2
    return all.push(namespace, set) / 2 - 1
  })
}

function joinedIds(parts: readonly PackedKeys[], length: number): PackedIds {
  const [types, ends] = [new Uint8Array(length), new Uint32Array(length)]
  let [row, bytes] = [0, 0]
  for (const { ids, length: rows } of parts) {
    if (bytes + ids.data.length > MOST_BYTES) throw outOfRange(`the keys of all batches have over ${MOST_BYTES} bytes`)
    if (ids.types.length === 1) types.fill(ids.types[0] as number, row, row + rows)
    else types.set(ids.types, row)
    for (let at = 0; at < rows; at++) ends[row++] = bytes + endOf(ids, at)
    bytes += ids.data.length
  }
  const data = Uint8Array.from(Buffer.concat(parts.map(({ ids }) => ids.data)))
  const [first] = types
  // One type for all of them is told by a single one: such keys are read faster.
  const isOne = first !== undefined && types.every((type) => type === first)
  return { types: isOne ? Uint8Array.of(first) : types, ends, data }
}
