/** So many texts are kept. */
const MOST = 128

/** A longer text is not kept: few programs send one again, and what is made of it is larger still. */
const LONGEST = 1024

/** What was made of text lately, for programs that give the same text with every call. */
export class Recent<T> {
  /** The first one is the one that has not been wanted for longest. */
  readonly #made = new Map<string, T>()

  /** How many are kept. */
  get size(): number {
    return this.#made.size
  }

  /** What `make` makes of the text, or has made of it before. Nothing is kept of a text for which it throws. */
  of(text: string, make: () => T): T {
    const known = this.#made.get(text)
    if (known !== undefined) {
      this.#made.delete(text)
      this.#made.set(text, known)
      return known
    }
    const made = make()
    if (text.length > LONGEST) return made
    this.#made.set(text, made)
    const [oldest] = this.#made.keys()
    if (this.#made.size > MOST && oldest !== undefined) this.#made.delete(oldest)
    return made
  }
}
