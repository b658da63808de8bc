import type { Batch } from '../../batch/batch.js'
import { isBytes } from '../../tags.js'
import { thousands } from '../terminal/progress.js'

/** Counts what is not in the output as it is on the server. */
export class Losses {
  readonly #names: readonly string[]
  readonly #keys: 'user' | 'digest' | 'none'
  readonly #counts = new Map<string, { lossy: number; types: Map<string, number> }>()
  #rows = 0
  #withoutKey = 0
  #bytesKeys = 0

  /** `keys` says what of the keys is in the output. */
  constructor(names: readonly string[], keys: 'user' | 'digest' | 'none') {
    this.#names = names
    this.#keys = keys
  }

  add(batch: Batch): void {
    this.#rows += batch.length
    if (this.#keys === 'user') for (const [, , id] of batch.keys) this.#addKey(id)
    for (const name of this.#names) {
      const { lossy, mismatchedTypes = {} } = batch.conversions[name] as NonNullable<Batch['conversions'][string]>
      const types = Object.entries(mismatchedTypes)
      if (lossy === 0 && types.length === 0) continue
      const counts = this.#counts.get(name) ?? { lossy: 0, types: new Map<string, number>() }
      counts.lossy += lossy
      for (const [type, number] of types) counts.types.set(type, (counts.types.get(type) ?? 0) + number)
      this.#counts.set(name, counts)
    }
  }

  #addKey(id: unknown): void {
    if (id === null) this.#withoutKey++
    else if (isBytes(id)) this.#bytesKeys++
  }

  /** A line for each kind of loss. `asText` says that the format has text for bytes. */
  lines(asText: boolean): string[] {
    const lines = Array.from(this.#counts, ([name, { lossy, types }]) => {
      const parts = [
        ...(lossy === 0 ? [] : [`${thousands(lossy)} were wrapped, rounded or cut`]),
        ...(types.size === 0
          ? []
          : [`left out ${Array.from(types, ([type, n]) => `${thousands(n)} ${type}`).join(', ')}`]),
      ]
      return `${name}: values that do not fit its type: ${parts.join('; ')}`
    })
    if (this.#withoutKey > 0) lines.push(`${this.#keyless()}; --keys digest writes digests, --keys none nothing`)
    if (this.#keys === 'digest' && this.#rows > 0 && asText) {
      lines.push('keys are digests, written as hex; write --key-type digest reads them back')
    }
    if (this.#bytesKeys > 0 && asText) {
      lines.push(`${thousands(this.#bytesKeys)} keys are bytes, written as hex; write --key-type hex reads them back`)
    }
    return lines
  }

  #keyless(): string {
    if (this.#withoutKey === this.#rows) return 'no record has its key stored'
    return `${thousands(this.#withoutKey)} records have no key stored`
  }
}
