// Where figures come from.
import { cpus, release, totalmem, type } from 'node:os'

/** The machine, the system and today's date, as they stand in results. */
export function machine() {
  const [cpu] = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus().length} x ${cpu.model}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
  }
}
