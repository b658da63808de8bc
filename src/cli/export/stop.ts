const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/** Ctrl-C: the first ends what is going on in an orderly way, the second at once. */
export class Stop {
  readonly #controller = new AbortController()
  readonly #listeners: [NodeJS.Signals, () => void][] = []
  #exitCode = 0

  constructor() {
    for (const [name, code] of Object.entries(SIGNALS) as [NodeJS.Signals, number][]) {
      const listener = (): void => {
        if (this.#controller.signal.aborted) process.exit(code)
        this.#exitCode = code
        this.#controller.abort()
      }
      process.on(name, listener)
      this.#listeners.push([name, listener])
    }
  }

  /** Is aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The exit code of a command that was ended by the signal that came. */
  get exitCode(): number {
    return this.#exitCode
  }

  /** Lets signals do again what they do. */
  release(): void {
    for (const [name, listener] of this.#listeners) process.off(name, listener)
  }
}
