// A long-lived program that answers one line with one line.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export class Child {
  #process
  #lines
  #stderr = ''

  constructor(name, command, args) {
    this.name = name
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // What it says when it fails is shown; where in the standard library it says so helps nobody.
      env: { ...process.env, RUST_BACKTRACE: '0' },
    })
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.#stderr = (this.#stderr + text).slice(-4000)))
    this.#process.stdin.on('error', () => {})
    this.#process.on('error', (error) => (this.#stderr += error.message))
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** The next line of its output, parsed if it is JSON. */
  async next() {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.name} has ended${this.#stderr === '' ? '' : `:\n${this.#stderr}`}`)
    return value.startsWith('{') ? JSON.parse(value) : value
  }

  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`)
    const reply = await this.next()
    if (reply.error !== undefined) throw new Error(`${this.name}: ${reply.error}`)
    return reply
  }

  /** Ends its input, which is how every peer is told to stop, and waits; a server that reads none is ended. */
  async end({ signal } = {}) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.stdin.end()
    if (signal !== undefined) this.#process.kill(signal)
    const force = setTimeout(() => this.#process.kill('SIGKILL'), 5000)
    await exited
    clearTimeout(force)
  }
}
