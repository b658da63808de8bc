import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Ended, PROCESS_LIMIT, root } from './process.js'

/** The command line as it is installed. */
export const cliPath = join(root, 'dist', 'cli', 'main.js')

/** What a command is run with besides its arguments. */
export interface CliSettings {
  /** Its standard input. */
  readonly input?: string
  readonly environment?: NodeJS.ProcessEnv
}

/** Runs `aerostride` until it ends. */
export async function runCli(
  args: readonly string[],
  { input = '', environment = {} }: CliSettings = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [cliPath, ...args], {
    cwd: root,
    env: { ...process.env, AEROSTRIDE_HOSTS: '', ...environment },
    stdio: 'pipe',
    ...PROCESS_LIMIT,
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.end(input)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, ...output }
}
