import { open, readFile, rename } from 'node:fs/promises'
import type { KeyKind } from '../../arrow/build.js'
import { syncName } from '../../files/output.js'
import type { Position } from '../../files/sink.js'
import { InputError } from '../command.js'

/** What is exported, and where to: a state goes on with nothing else. */
export type Job = Readonly<Record<string, string | number | undefined>>

/** A field of the dtype as its list form has it. */
export type StoredField = readonly [name: string, code: string, shape?: readonly number[] | null]

/** How far an export is, as a file keeps it. */
export interface State {
  readonly version: 1
  readonly job: Job
  /** The dtype, which may have been inferred. */
  readonly dtype: readonly StoredField[]
  /** Where the scan goes on; nothing before the first rows. */
  readonly cursor?: string
  /** How far the output is complete. */
  readonly position: Position
  readonly keyKind?: KeyKind
  /** Whether everything is exported. */
  readonly isDone?: boolean
}

/** Reads a state; nothing where there is none yet. */
export async function readState(path: string): Promise<State | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new InputError(`${path} cannot be read (${code})`)
  }
  return parsedState(text, path)
}

function parsedState(text: string, path: string): State {
  try {
    const state = JSON.parse(text) as Partial<State> | null
    if (state?.version === 1 && isObject(state.job) && isObject(state.position) && Array.isArray(state.dtype)) {
      return state as State
    }
  } catch {
    // Said below.
  }
  throw new InputError(`${path} is not the state of an export; name another file for --resume`)
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** Writes a state so that the file has the old one or the new one, whenever the power fails. */
export async function writeState(path: string, state: State): Promise<void> {
  try {
    await replace(path, `${JSON.stringify(state)}\n`)
  } catch (error) {
    throw new InputError(`--resume: ${path} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncName(path)
}

const said = (value: string | number | undefined): string => (value === undefined ? 'none' : JSON.stringify(value))

/** Refuses to go on with something else than what the state was written for. */
export function checkSameJob(state: State, job: Job, path: string): void {
  const before = state.job
  const names = [...new Set([...Object.keys(before), ...Object.keys(job)])]
  const changed = names.find((name) => before[name] !== job[name])
  if (changed === undefined) return
  throw new InputError(
    `${path} is the state of another export: its ${changed} is ${said(before[changed])}, not ${said(job[changed])}`,
  )
}
