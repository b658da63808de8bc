import { type ChildProcess, type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** The repository: programs in it can `require('aerostride')`, as a package may import itself by name. */
export const root = join(__dirname, '../..')

/** Until a test looks again at what a process does. Looking all the time would take the processor that the process needs. */
export const soon = (): Promise<void> => delay(1)

/** A process that has not ended by then never will. Nobody waits longer for one, and none outlives its test for ever. */
export const PROCESS_LIMIT = { timeout: 900_000, killSignal: 'SIGKILL' } as const

/** What a program prints; an error unless it ends well, and in time. */
export function outputOf(program: string, args: readonly string[], options: ExecFileSyncOptions = {}): string {
  return execFileSync(program, args, { ...PROCESS_LIMIT, ...options, encoding: 'utf8' })
}

/** How a process ended and what it wrote. */
export interface Ended {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** Runs a CommonJS program with the built package until it ends. `onOutput` is called when it has written something. */
export async function runProgram(
  source: string,
  args: string[] = [],
  onOutput: (child: ChildProcess) => void = () => {},
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return runNode(['-e', source, '--', ...args], onOutput, environment)
}

/** Runs Node.js in the root of the repository until it ends. */
export async function runNode(
  args: readonly string[],
  onOutput: (child: ChildProcess) => void = () => {},
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...PROCESS_LIMIT,
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stdout.once('data', () => onOutput(child))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, ...output }
}

const SERVER = `
require('aerostride/devserver').startDevServer().then((server) => console.log(server.hosts.join(',')))
process.stdin.resume().on('end', () => process.exit())
`

/** An embedded server in a process of its own, which can be made silent or killed. */
export class ServerProcess {
  readonly hosts: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, hosts: string) {
    this.#child = child
    this.hosts = hosts
  }

  static async start(): Promise<ServerProcess> {
    // It ends with its standard input, so it never outlives the tests.
    const child = spawn(process.execPath, ['-e', SERVER], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] })
    const [hosts] = (await once(createInterface(child.stdout), 'line')) as [string]
    return new ServerProcess(child, hosts)
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid as number
  }

  /** Connections stay open and nothing answers any more. */
  silence(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Takes the silence back. */
  wake(): void {
    this.#child.kill('SIGCONT')
  }

  /** All connections break. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
