const BAR = 24
const REDRAW_MS = 100
/** Of a terminal that does not know how wide it is, or says 0. */
const DEFAULT_COLUMNS = 80
const FULL = '█'
const EMPTY = '░'

let isDrawn = false

/** Takes the bar away, if there is one: what is written next would stand behind it. */
export function eraseProgress(): void {
  if (isDrawn) process.stderr.write('\r\u001B[2K')
  isDrawn = false
}

/** A bar on standard error while something long goes on, where that is a terminal; otherwise nothing at all. */
export class Progress {
  readonly #title: string
  readonly #started = performance.now()
  #firstPart: number | undefined
  readonly #shown = process.stderr.isTTY
  #drawn = 0

  constructor(title: string) {
    this.#title = title
  }

  /** Says how far it is: `part` of 1, and the number of rows so far. */
  at(part: number, rows: number): void {
    const now = performance.now()
    this.#firstPart ??= part
    if (!this.#shown || now - this.#drawn < REDRAW_MS) return
    this.#drawn = now
    isDrawn = true
    const full = Math.round(Math.min(part, 1) * BAR)
    const bar = FULL.repeat(full) + EMPTY.repeat(BAR - full)
    const rate = (rows / (now - this.#started)) * 1000
    const text = `${this.#title} ${bar} ${percent(part)}  ${thousands(rows)} rows  ${thousands(rate)}/s${this.#left(part, now)}`
    process.stderr.write(`\r\u001B[2K${text.slice(0, (process.stderr.columns || DEFAULT_COLUMNS) - 1)}`)
  }

  /** The time that is left if it goes on as it did. */
  #left(part: number, now: number): string {
    const done = part - (this.#firstPart ?? 0)
    if (done <= 0 || part >= 1) return ''
    return `  ${duration(((now - this.#started) / done) * (1 - part))} left`
  }

  /** Takes the bar away. */
  end(): void {
    eraseProgress()
  }
}

function percent(part: number): string {
  return `${Math.round(Math.min(part, 1) * 100)} %`.padStart(5)
}

/** A whole number with its thousands apart. */
export function thousands(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}

/** A time in seconds, or minutes and seconds, or hours and minutes. */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)]
  return hours === 0 ? `${minutes} min ${seconds % 60} s` : `${hours} h ${minutes % 60} min`
}
