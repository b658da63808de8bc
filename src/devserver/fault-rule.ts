import { invalidArgument } from '../errors.js'
import { given } from '../arguments/given.js'
import { type Check, isObject, text } from '../arguments/options.js'

/** Which events a rule of the embedded server covers. */
export interface FaultConditions {
  /** Kind of event. Default `any`. */
  on?: 'connect' | 'info' | 'admin' | 'read' | 'write' | 'batch' | 'scan' | 'any' | undefined
  /** Only this node, from 0. */
  node?: number | undefined
  /** Only the connection of this number; a node counts its connections from 1. */
  connection?: number | undefined
  /** Only info requests that contain this text. */
  info?: string | undefined
  /** The first so many events pass. */
  skip?: number | undefined
  /** Fires at most so many times. */
  times?: number | undefined
  /** Fires with this probability, 0 to 1; which events it hits follows from the server's `seed`. */
  chance?: number | undefined
}

/** What goes wrong: exactly one of these. */
export interface Faults {
  /** Ms before the reply. */
  delay: number
  /** The reply byte by byte, with so many ms between. */
  drip: number
  /** The connection ends after so many bytes of the reply. */
  cut: number
  /** Nothing more comes after so many bytes of the reply, and the connection stays open. */
  stall: number
  /** The connection is refused. */
  refuse: true
  /** The connection is accepted and closed. */
  close: true
  /** Nothing is answered, and the connection stays open. */
  silence: true
  /** The size in the frame header is wrong. */
  size: 'zero' | 'short' | 'long' | 'huge'
  /** The frame has this protocol version. */
  version: number
  /** The frame has this type. */
  type: number
  /** A row has the index of no row, or of another row. */
  index: 'foreign' | 'doubled'
  /** So many rows are left out. */
  lose: number
  /** So many rows come twice. */
  double: number
  /** A record of a scan or query is of another partition, or a partition is refused while its records come. */
  partition: 'foreign' | 'early'
  /** A scan or query ends after so many records, with code 15. */
  abort: number
  /** The closing message comes twice, never, or with this code. */
  trailer: 'doubled' | 'missing' | number
  /** Rows have this code: a number for all, or `'CODExROWS'` for some. */
  code: number | `${number}x${number}`
  /** Values have this particle type. */
  particle: number
  /** A bin name is longer than its op. */
  'name-beyond-op': true
  /** Bytes of an earlier reply come first. */
  stale: true
  /** So many random bytes instead of the reply. */
  garbage: number
}

/** When something goes wrong in the embedded server, and what: some conditions and exactly one fault. */
export type FaultRule = { [F in keyof Faults]: FaultConditions & Pick<Faults, F> }[keyof Faults]

/** A rule as the native side takes it: words, as the command line has them too. */
export const faultRule: Check<string> = (value, name) => {
  if (typeof value === 'string') return text(value, name)
  if (!isObject(value))
    throw invalidArgument(`${name} must be a fault rule such as { on: 'batch', delay: 100 }, not ${given(value)}`)
  return Object.entries(value)
    .filter(([, setting]) => setting !== undefined)
    .map(([word, setting]) => (setting === true ? word : `${word}=${wordOf(setting, `${name}.${word}`)}`))
    .join(' ')
}

function wordOf(setting: unknown, name: string): string {
  if (typeof setting === 'number') return String(setting)
  if (typeof setting === 'string' && !/\s/.test(setting)) return setting
  throw invalidArgument(`${name} must be a number, true, or a word without spaces, not ${given(setting)}`)
}
