import { visible } from '../../text/visible.js'
import { eraseProgress } from './progress.js'

/** A line on standard error. It may quote data and names, which must not be commands to the terminal. */
export function say(line: string): void {
  eraseProgress()
  process.stderr.write(`${visible(line)}\n`)
}
