import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DevServer, startDevServer } from '../../src/devserver/index.js'
import { cliPath } from './cli.js'
import { type Block, type Page, tagged, updateBlock, updating } from './markdown.js'
import { pythonWith } from './numpy.js'
import { checksOf, importsOf, outputsOf, programOf } from './page-program.js'
import { PROCESS_LIMIT, root } from './process.js'

/** What a page says that a block prints, and what it has printed. */
export interface Difference {
  readonly line: number
  readonly says: string
  readonly prints: string
}

/** `npx aerostride` is the command line of this repository. */
const NPX = 'npx() { [ "$1" = aerostride ] && shift && "$NODE" "$CLI" "$@"; }'

/** Runs the blocks of pages: in a folder of the page's own, with an embedded server where they say `127.0.0.1:3000`. */
export class PageRunner {
  readonly #folder: string
  readonly #server: DevServer
  readonly #port: string

  private constructor(folder: string, server: DevServer) {
    this.#folder = folder
    this.#server = server
    this.#port = /:(\d+)$/.exec(server.hosts[0] ?? '')?.[1] ?? ''
  }

  static async start(): Promise<PageRunner> {
    // Inside the repository, where `import 'aerostride'` finds the package itself.
    await mkdir(join(root, 'temp'), { recursive: true })
    return new PageRunner(await mkdtemp(join(root, 'temp', 'documentation-')), await startDevServer())
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** All `js` blocks of a page as one program. */
  async runProgram(page: Page): Promise<Difference[]> {
    const blocks = tagged(page, 'js')
    return differences(page, blocks, await this.#runJavaScript(page, 'page.mjs', blocks))
  }

  /** A block with the page's imports in front of it. */
  async runAlone(page: Page, block: Block): Promise<Difference[]> {
    const code = importsOf(tagged(page, 'js', 'js alone')) + block.code.replaceAll(/^import .+$/gm, '')
    const blocks = [{ ...block, code }]
    return differences(page, [block], await this.#runJavaScript(page, `alone-${block.line}.mjs`, blocks))
  }

  /** A block that is a test file; gives what vitest says. */
  async runTestFile(page: Page, { code, line }: Block): Promise<string> {
    const own = join(await this.#folderOf(page), `vitest-${line}`)
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'page.test.mjs'), code)
    // Without a configuration of its own it would run by that of the repository.
    await writeFile(join(own, 'vitest.config.mjs'), 'export default {}\n')
    return this.#run(page, process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', own])
  }

  /** All `sh run` blocks of a page as one script. */
  async runShell(page: Page): Promise<Difference[]> {
    const blocks = tagged(page, 'sh run')
    const script = blocks.map(({ code, line }) => `echo; echo '— block ${line}'\n${code}`).join('\n')
    const variables = `NODE='${process.execPath}' CLI='${cliPath}'`
    const stdout = await this.#run(page, 'sh', ['-euc', `${variables}\n${NPX}\n${this.#addressed(script)}`])
    return differences(page, blocks, outputsOf(`${stdout}\n0 checks\n`).outputs)
  }

  /** All `python` blocks of a page as one program. */
  async runPython(page: Page, python: string): Promise<void> {
    const code = tagged(page, 'python')
      .map((block) => block.code)
      .join('\n')
    await this.#run(page, pythonWith(python, code), ['-c', this.#addressed(code)])
  }

  async #runJavaScript(page: Page, name: string, blocks: readonly Block[]): Promise<ReadonlyMap<number, string>> {
    await writeFile(join(await this.#folderOf(page), name), this.#addressed(programOf(blocks)))
    const { outputs, checks } = outputsOf(await this.#run(page, process.execPath, [name]))
    if (checks !== checksOf(blocks)) throw new Error(`${page.file} has made ${checks} of ${checksOf(blocks)} checks`)
    return outputs
  }

  async #run(page: Page, program: string, args: string[]): Promise<string> {
    const environment = { ...process.env, AEROSTRIDE_HOSTS: this.#server.hosts[0], NO_COLOR: '1' }
    const options = { cwd: await this.#folderOf(page), env: environment, ...PROCESS_LIMIT }
    const { stdout } = await promisify(execFile)(program, args, options)
    return stdout
  }

  async #folderOf({ file }: Page): Promise<string> {
    const own = join(this.#folder, file.replaceAll('/', '-'))
    await mkdir(own, { recursive: true })
    return own
  }

  #addressed(code: string): string {
    return code.replaceAll(/(127\.0\.0\.1(?::|['"], ))3000\b/g, `$1${this.#port}`)
  }
}

/** Where blocks have printed something else than the page says; nothing when it is being updated. */
function differences(page: Page, blocks: readonly Block[], printed: ReadonlyMap<number, string>): Difference[] {
  return blocks.flatMap((block) => {
    const output = page.blocks[page.blocks.findIndex(({ line }) => line === block.line) + 1]
    if (output?.tag !== 'text') return []
    const prints = (printed.get(block.line) ?? '').replaceAll(/^\n+|\s+$/g, '')
    const says = output.code.trimEnd()
    if (prints === says) return []
    if (!updating) return [{ line: output.line, says, prints }]
    updateBlock(page, output, prints)
    return []
  })
}
