// How the scripts speak: one line per step with its time, a live line below it while something runs.
// No dependency, since this runs before anything is installed.

const terminal = process.stdout.isTTY
const live = terminal && process.env.CI === undefined
const coloured = process.env.NO_COLOR === undefined && (terminal || process.env.FORCE_COLOR !== undefined)
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const paint = (code) => (text) => (coloured ? `\u001B[${code}m${text}\u001B[0m` : String(text))
export const bold = paint('1')
export const dim = paint('2')
export const red = paint('31')
export const green = paint('32')
export const yellow = paint('33')
export const cyan = paint('36')

/** A failure that the user can do something about: shown without a stack trace, the remedy below it. */
export class Problem extends Error {
  constructor(message, remedy, output = '') {
    super(message)
    this.remedy = remedy
    this.output = output
  }
}

/** Milliseconds as a person reads them. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** Runs `work(report)` as one step; `report(text)` says what it is doing right now. Gives what `work` gives. */
export async function step(title, work) {
  const started = performance.now()
  const display = live ? liveDisplay(title, started) : plainDisplay(title, started)
  let note = ''
  try {
    const result = await work(display.report, (text) => (note = text))
    display.end()
    const time = dim(duration(performance.now() - started).padStart(12))
    console.log(`${green('✓')} ${title.padEnd(44)}${time}${note === '' ? '' : `  ${dim(note)}`}`)
    return result
  } catch (error) {
    display.end()
    console.log(`${red('✗')} ${title.padEnd(44)}${dim(duration(performance.now() - started).padStart(12))}`)
    throw error
  }
}

/** On a terminal: one line, redrawn in place. */
function liveDisplay(title, started) {
  let text = ''
  let frame = 0
  const draw = () => {
    const head = `${frames[frame++ % frames.length]} ${title.padEnd(44)}${duration(performance.now() - started).padStart(12)}  `
    const room = Math.max(0, (process.stdout.columns ?? 80) - head.length - 1)
    process.stdout.write(`\r\u001B[2K${cyan(head)}${dim(text.slice(0, room))}`)
  }
  const timer = setInterval(draw, 100)
  draw()
  return {
    report: (line) => (text = line),
    end: () => {
      clearInterval(timer)
      process.stdout.write('\r\u001B[2K')
    },
  }
}

/** In a log: the step's name at once, then a line every few seconds so that nothing is silent for minutes. */
function plainDisplay(title, started) {
  let text = ''
  console.log(`- ${title}`)
  const timer = setInterval(
    () => console.log(`  ${duration(performance.now() - started).padStart(12)}  ${text.slice(0, 120)}`),
    10_000,
  )
  return { report: (line) => (text = line), end: () => clearInterval(timer) }
}

/** Runs a script's main function; a Problem is explained, everything else keeps its stack. */
export async function main(run) {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.output !== '') console.error(`\n${error.output.trimEnd()}`)
    console.error(`\n${red(bold(error.message))}`)
    if (error.remedy) console.error(error.remedy)
    process.exitCode = 1
  }
}
