#!/usr/bin/env node
import { type Command, EXIT, InputError, UsageError, helpOf, parse, withFlagName } from './command.js'
import { say } from './terminal/say.js'

/** What every command does, in the order of the help. */
const COMMANDS = {
  read: 'read the records of keys into a table or a file',
  scan: 'read a whole set, or what an index finds, into a table or files',
  write: 'write records from csv, ndjson, Arrow or Parquet',
  schema: 'look at a sample of a set, and print the dtype that holds it',
  info: 'ask nodes for info values',
  devserver: 'run an in-memory Aerospike server for development',
  bench: 'measure how fast batches are written and read',
}

const HELP = [
  'Usage: aerostride COMMAND [options]',
  '',
  'Commands:',
  ...Object.entries(COMMANDS).map(([name, summary]) => `  ${name.padEnd(12)}${summary}`),
  '',
  'Options:',
  '  -h, --help     show this help; after a command, the help of that command',
  '  -v, --version  show the version',
  '',
  'Example:',
  "  aerostride read -n test -s sensors -d 'temperature:f8,humidity:i4' sensor_1 sensor_2",
  '',
].join('\n')

void main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  // Whoever reads our output may have read enough, as `head` has.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') fail(new InputError(`standard output cannot be written (${code})`), undefined)
  })
  const [first, ...rest] = args
  const [named, ...others] = first === 'help' ? [rest[0] ?? '--help', '--help'] : args
  let command: Command | undefined
  try {
    command = loadCommand(named)
    const code = command === undefined ? general(named) : await runCommand(command, others)
    // Standard output may have failed meanwhile.
    process.exitCode ??= code
  } catch (error) {
    fail(error as NodeJS.ErrnoException, command)
  }
}

/** One file for each: loading all of them takes longer than many a command runs. */
function loadCommand(name = ''): Command | undefined {
  if (!Object.hasOwn(COMMANDS, name)) return undefined
  return (require(`./commands/${name}.js`) as Record<string, Command>)[name]
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  const { given, operands } = parse(command, args)
  if (given.help === true) {
    process.stdout.write(helpOf(command))
    return 0
  }
  try {
    return (await command.run(given, operands)) ?? 0
  } catch (error) {
    throw withFlagName(error, given)
  }
}

/** What is said without a command. */
function general(word: string | undefined): number {
  if (word === '--version' || word === '-v') {
    const { version } = require('../../package.json') as { version: string }
    process.stdout.write(`${version}\n`)
    return 0
  }
  if (word === undefined || word === '--help' || word === '-h') {
    const output = word === undefined ? process.stderr : process.stdout
    output.write(HELP)
    return word === undefined ? EXIT.usage : 0
  }
  throw new UsageError(`there is no command ${JSON.stringify(word)}; there are ${Object.keys(COMMANDS).join(', ')}`)
}

/** One line on standard error, and the exit code. */
function fail(error: NodeJS.ErrnoException, command: Command | undefined): void {
  if (error.code === 'EPIPE') return
  const usage = error instanceof UsageError || isArgument(error)
  const pointer = usage ? `; see aerostride ${command === undefined ? '' : `${command.name} `}--help` : ''
  say(`aerostride: ${oneLine(error)}${pointer}`)
  process.exitCode = usage ? EXIT.usage : EXIT.failure
}

/** Where text is wrong, its line and column say it; the excerpt would be lines of its own. */
function oneLine({ code, message }: NodeJS.ErrnoException): string {
  const said = code === 'ERR_AEROSTRIDE_AEL' ? message.split('\n', 1).join('') : message
  return said.replaceAll(/\s*\n\s*/g, ' ')
}

/** Wrong arguments of the calls come from wrong arguments of the command. */
function isArgument({ code = '' }: NodeJS.ErrnoException): boolean {
  return ['ERR_AEROSTRIDE_INVALID_ARGUMENT', 'ERR_AEROSTRIDE_OUT_OF_RANGE', 'ERR_AEROSTRIDE_AEL'].includes(code)
}
