// Just enough drawing for a terminal: labelled rows, a progress bar, bars of blocks.
const coloured = process.env.NO_COLOR === undefined && process.stdout.isTTY
const paint = (code) => (text) => (coloured ? `\u001B[${code}m${text}\u001B[0m` : text)
export const bold = paint('1')
export const dim = paint('2')
export const cyan = paint('36')

const LABEL = 18
const BAR = 40
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** 10000 as 10,000. */
export const count = (value) => value.toLocaleString('en')
export const ms = (value) => `${value.toFixed(1)} ms`

/** One labelled line. */
export function row(label, text) {
  console.log(`  ${dim(label.padEnd(LABEL))}${text}`)
}

/** A bar that fills while work is done; in a log it is one line at the end. */
export function progress(label, total) {
  let done = 0
  const draw = () => {
    const bar = blocks(done / total, 24).padEnd(24, '░')
    process.stdout.write(`\r  ${dim(label.padEnd(LABEL))}${cyan(bar)} ${count(done)} of ${count(total)}`)
  }
  return {
    advance() {
      if (++done % 250 === 0 && process.stdout.isTTY) draw()
    },
    end(text) {
      if (process.stdout.isTTY) process.stdout.write('\r\u001B[2K')
      row(label, text)
    },
  }
}

/** How often values fall into each of `bins` equal ranges. */
export function histogram(values, bins) {
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
  const width = (high - low) / bins || 1
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++
  const edge = (i) => (low + i * width).toFixed(1).padStart(6)
  bars(counts.map((value, i) => ({ label: `${edge(i)} to ${edge(i + 1)}`, value, text: dim(count(value)) })))
}

/** One bar per entry, the longest as wide as there is room. */
export function bars(entries) {
  const longest = Math.max(...entries.map(({ value }) => value))
  for (const { label, value, text } of entries) {
    console.log(`  ${label.padEnd(LABEL)}${cyan(blocks(value / longest, BAR))} ${text}`)
  }
}

function blocks(share, width) {
  const length = Math.round(share * width * 8)
  return '█'.repeat(Math.floor(length / 8)) + eighths[length % 8]
}
