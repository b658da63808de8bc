import { type ParseArgsConfig, parseArgs } from 'node:util'

/** One option of a command: how it is parsed, and a line of help. */
export interface Flag {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** Whether no text at all is a value too. */
  readonly mayBeEmpty?: boolean
  /** What stands for the value in the help. */
  readonly value?: string
  readonly help: string
}

/** The options of a command by name. */
export type Flags = Readonly<Record<string, Flag>>

/** The values that were given, by name. */
export type Given<F extends Flags> = {
  readonly [K in keyof F]?: F[K] extends { type: 'boolean' }
    ? boolean
    : F[K] extends { multiple: true }
      ? string[]
      : string
}

/** A command: its help, its options and what it does. What `run` gives is the exit code, 0 where that is nothing. */
export interface Command<F extends Flags = Flags> {
  readonly name: string
  /** What follows the name, after the options; nothing where nothing may follow. */
  readonly operands: string
  readonly details: string
  readonly flags: F
  readonly examples: readonly string[]
  readonly run: (given: Given<F>, operands: readonly string[]) => number | void | Promise<number | void>
}

/** Exit codes: besides these, 0 is success, and 130 and the like come from signals. */
export const EXIT = { failure: 1, usage: 2, rowsFailed: 3 } as const

/** The command was called in a wrong way: exit code 2, and a pointer to the help. */
export class UsageError extends Error {}

/** What was to be read or written is not what it should be: exit code 1. */
export class InputError extends Error {}

const HELP: Flag = { type: 'boolean', short: 'h', help: 'show this help' }

/** Parses the arguments of a command. */
export function parse<F extends Flags>(
  command: Command<F>,
  args: readonly string[],
): { given: Given<F> & { help?: boolean }; operands: string[] } {
  const options: ParseArgsConfig['options'] = {}
  for (const [name, { type, short, multiple = false }] of Object.entries({ ...command.flags, help: HELP })) {
    options[name] = short === undefined ? { type, multiple } : { type, short, multiple }
  }
  try {
    const config = { args: [...args], options, allowPositionals: true, tokens: true } as const
    const { values, positionals, tokens } = parseArgs(config)
    if (values['help'] !== true) checkTokens(tokens, command)
    return { given: values as Given<F> & { help?: boolean }, operands: positionals }
  } catch (error) {
    if (error instanceof UsageError) throw error
    // Node explains at length what a leading dash could have meant; its first sentence says what is wrong.
    throw new UsageError((error as Error).message.split(/\.\s/, 1)[0])
  }
}

type Tokens = readonly ({ kind: string } & Partial<Record<'name' | 'value', string | undefined>>)[]

/** Refuses what would be left out: of an option that is given twice the first value, and words that no command reads. */
function checkTokens(tokens: Tokens, { name, flags, operands }: Pick<Command, 'name' | 'flags' | 'operands'>): void {
  const seen = new Set<string>()
  for (const { kind, name: flag = '', value } of tokens) {
    if (kind === 'positional' && operands === '') {
      throw new UsageError(`${JSON.stringify(value)} is one too many: ${name} takes options only`)
    }
    if (kind !== 'option') continue
    const { multiple = false, mayBeEmpty = false } = flags[flag] ?? HELP
    if (seen.has(flag) && !multiple) throw new UsageError(`--${flag} is given twice`)
    seen.add(flag)
    if (value === '' && !mayBeEmpty) throw new UsageError(`--${flag} must not be empty`)
  }
}

/** How messages of calls name their options. */
const OPTION = /^options\.(?:policy\.|policies\.\w+\.)?([\w.]+)(?:\[\d+\](?= ))?/
/** The options of commands that have another name than those of calls. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  totalTimeout: 'timeout',
  namespaces: 'namespace',
  'tls.ca': 'tls-ca',
  'tls.cert': 'tls-cert',
  'tls.key': 'tls-key',
  'tls.serverName': 'tls-name',
}

/** An error about an option of a call, which names the option of the command that it came from. */
export function withFlagName(error: unknown, given: Readonly<Record<string, unknown>>): unknown {
  if (!(error instanceof Error)) return error
  const [whole, option = ''] = OPTION.exec(error.message) ?? []
  const flag = FLAG_NAMES[option] ?? option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  if (whole === undefined || given[flag] === undefined) return error
  error.message = `--${flag}${error.message.slice(whole.length)}`
  return error
}

const WIDTH = 30

/** The help of one command. */
export function helpOf(command: Command): string {
  const flags = Object.entries({ ...command.flags, help: HELP }).map(([name, flag]) => flagLine(name, flag))
  return [
    `Usage: aerostride ${command.name} [options]${command.operands === '' ? '' : ` ${command.operands}`}`,
    '',
    command.details,
    '',
    'Options:',
    ...flags,
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((example) => `  ${example}`),
    '',
  ].join('\n')
}

function flagLine(name: string, { short, value, help, type }: Flag): string {
  const dashed = `${short === undefined ? '    ' : `-${short}, `}--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}`
  return dashed.length < WIDTH - 2 ? `  ${dashed.padEnd(WIDTH)}${help}` : `  ${dashed}\n  ${' '.repeat(WIDTH)}${help}`
}

/** A whole number from an option. */
export function count(text: string | undefined, name: string, low: number, fallback: number): number {
  if (text === undefined) return fallback
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (number >= low) return number
  throw new UsageError(`--${name} must be a whole number from ${low}, not ${JSON.stringify(text)}`)
}

/** One of a few words from an option. */
export function oneOfWords<const T extends string>(
  text: string | undefined,
  name: string,
  words: readonly T[],
): T | undefined {
  if (text === undefined || words.includes(text as T)) return text as T | undefined
  throw new UsageError(`--${name} must be ${words.join(', ')}, not ${JSON.stringify(text)}`)
}

/** An option that has to be there. */
export function required(text: string | undefined, name: string, example: string): string {
  if (text !== undefined && text !== '') return text
  throw new UsageError(`--${name} is missing, such as --${name} ${example}`)
}
