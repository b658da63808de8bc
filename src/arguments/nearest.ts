/** How far a name may be from the one that was meant, by its length. */
const LETTERS_PER_MISTAKE = 3
/** Shorter words are parts of too many names. */
const SHORTEST_PART = 4

/** The name that was probably meant: the one with the fewest typing mistakes, or the one of which this is a part. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const [best] = names
    .map((name) => ({ name, mistakes: mistakes(lower, name.toLowerCase()) }))
    .toSorted((a, b) => a.mistakes - b.mistakes)
  if (best !== undefined && best.mistakes <= Math.max(1, Math.floor(best.name.length / LETTERS_PER_MISTAKE))) {
    return best.name
  }
  return word.length < SHORTEST_PART ? undefined : names.find((name) => name.toLowerCase().includes(lower))
}

/** Letters that were left out, added, replaced, or swapped with their neighbour. */
function mistakes(from: string, to: string): number {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let at = 1; at <= to.length; at++) {
      const same = from[row - 1] === to[at - 1]
      const swapped = at > 1 && row > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1]
      next[at] = Math.min(
        (last[at - 1] as number) + (same ? 0 : 1),
        (last[at] as number) + 1,
        (next[at - 1] as number) + 1,
        swapped ? (before[at - 2] as number) + 1 : Infinity,
      )
    }
    before = last
    last = next
  }
  return last[to.length] as number
}
