import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cliPath } from './cli.js'
import { PROCESS_LIMIT, root } from './process.js'

/** Whether a command that a page shows exists, with its options, without running it. */

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
  peerDependencies: Record<string, string>
  name: string
}
const { scripts, name: ownName } = manifest

/** The program of a command, its arguments, and the variables that are set in front of it. */
interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly variables: readonly string[]
}

/** Why a line of a shell cannot work, or nothing. */
export function problemOfCommand(line: string): string | undefined {
  return commandsOf(line)
    .map((command) => variableProblem(command) ?? programProblem(command))
    .find((problem) => problem !== undefined)
}

/** A line as words; quoted ones keep their spaces. Comments go, and pipes and lists are several commands. */
function commandsOf(line: string): Command[] {
  const words = line.replace(/(^|\s)#.*/, '').match(/(?:[^\s'"|&;]|'[^']*'|"[^"]*")+|\|\|?|&&|;/g) ?? []
  const commands: string[][] = [[]]
  for (const word of words) {
    if (/^(\|\|?|&&|;)$/.test(word)) commands.push([])
    else commands.at(-1)?.push(word.replaceAll(/['"]/g, ''))
  }
  return commands.filter((each) => each.length > 0).map(commandOf)
}

function commandOf(words: string[]): Command {
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word))
  const variables = words.slice(0, first).map((word) => word.split('=', 1)[0] as string)
  return { program: words[first] ?? '', args: words.slice(first + 1), variables }
}

function variableProblem({ variables }: Command): string | undefined {
  const unknown = variables.find((variable) => !sourceText().includes(variable))
  return unknown === undefined ? undefined : `nothing reads the variable ${unknown}`
}

function programProblem({ program, args }: Command): string | undefined {
  const check = PROGRAMS[program]
  if (check !== undefined) return check(args)
  if (!program.includes('/')) return `nobody knows the program ${program}`
  try {
    accessSync(join(root, program), constants.X_OK)
    return undefined
  } catch {
    return `${program} cannot be executed`
  }
}

const PROGRAMS: Record<string, (args: readonly string[]) => string | undefined> = {
  npm: npmProblem,
  npx: npxProblem,
  cargo: cargoProblem,
  'aerostride-devserver': (args) => optionProblem(args, read('crates/devserver/src/main.rs')),
  node: nodeProblem,
  cat: () => undefined,
  head: () => undefined,
  rustup: () => undefined,
}

/** A package that goes with ours, one that the packages are tested with, or a folder with dependencies of its own. */
const isInstallable = (word: string): boolean =>
  word in manifest.peerDependencies ||
  read('scripts/package-tools.mjs').includes(`'${word}':`) ||
  existsSync(join(root, word, 'package.json'))

function nodeProblem([file = '']: readonly string[]): string | undefined {
  return existsSync(join(root, file)) ? undefined : `there is no program ${file}`
}

function npmProblem([verb = '', ...args]: readonly string[]): string | undefined {
  if (verb === 'install')
    return args.some((word) => word.includes(ownName) || word === '--package-lock-only' || isInstallable(word))
      ? undefined
      : `npm install ${args.join(' ')} is not ours`
  if (['ci', 'audit', 'ping', 'publish'].includes(verb)) return undefined
  const script = verb === 'run' ? args.find((word) => !word.startsWith('-')) : verb
  const command = script === undefined ? undefined : scripts[script]
  if (command === undefined) return `there is no script ${script}`
  // What stands behind `--` is for the script, or for what it starts.
  const behind = args.includes('--') ? args.slice(args.indexOf('--') + 1) : []
  const file = /^node (\S+)/.exec(command)?.[1]
  const sources = [file, `benchmarks/main.mjs`].flatMap((path) => (path === undefined ? [] : [read(path)]))
  return optionProblem(behind, sources.join('\n').replaceAll(/(\w+): \{ type:/g, '--$1'))
}

function npxProblem(args: readonly string[]): string | undefined {
  const [tool, ...rest] = args.filter((word) => word !== '--no-install')
  if (tool !== ownName)
    return existsSync(join(root, 'node_modules/.bin', tool ?? '')) ? undefined : `npx has no ${tool}`
  const [command = ''] = rest
  if (['', '--help', '--version'].includes(command)) return undefined
  const help = helpOf(command)
  return help.includes(`Usage: ${ownName} ${command}`) ? optionProblem(rest, help) : `there is no command ${command}`
}

/** The options that stand among the arguments have to stand in the text as well. */
function optionProblem(args: readonly string[], text: string): string | undefined {
  const known = new Set(text.match(/(?<![\w-])--?[a-z][\w-]*/gi))
  const unknown = args
    .filter((word) => /^--?[a-z]/i.test(word))
    .map((word) => word.split('=', 1)[0] as string)
    .find((option) => !known.has(option))
  return unknown === undefined ? undefined : `there is no option ${unknown}`
}

const helps = new Map<string, string>()

function helpOf(command: string): string {
  const known = helps.get(command)
  if (known !== undefined) return known
  const { stdout } = spawnSync(process.execPath, [cliPath, 'help', command], { encoding: 'utf8', ...PROCESS_LIMIT })
  helps.set(command, stdout)
  return stdout
}

function cargoProblem(args: readonly string[]): string | undefined {
  const valueOf = (...names: string[]): string | undefined =>
    args[args.findIndex((word) => names.includes(word)) + 1 || args.length]
  const crate = valueOf('-p', '--package')?.replace('aerostride-', '')
  if (crate !== undefined && !existsSync(join(root, 'crates', crate))) return `there is no crate ${crate}`
  const test = valueOf('--test')
  if (test === undefined) return undefined
  const places = readdirSync(join(root, 'crates'))
    .filter((each) => crate === undefined || each === crate)
    .flatMap((each) => [`${test}.rs`, join(test, 'main.rs')].map((file) => join(root, 'crates', each, 'tests', file)))
  return places.some((path) => existsSync(path)) ? undefined : `there is no test ${test}`
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What is installed for the examples has a link to the repository in it: a walk through it would not end. */
function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return [path]
    return entry.name === 'node_modules' ? [] : filesIn(path)
  })
}

let sources: string | undefined

/** Everything that could read a variable; the test of this file names one that nothing reads. */
function sourceText(): string {
  sources ??= ['src', '__test__', 'scripts', 'crates', 'benchmarks', 'examples']
    .flatMap(filesIn)
    .filter((file) => /\.(ts|mjs|rs|sh)$/.test(file) && !/documentation\.test/.test(file))
    .map(read)
    .join('\n')
  return sources
}
