// The examples that use scans and lookups, and the dashboard in a real browser.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROCESS_LIMIT, root } from './support/process.js'

const examples = join(root, 'examples')
const { AEROSTRIDE_HOSTS: _, ...env } = process.env

/** What an example prints; each brings its own server. */
async function run(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(examples, file)], {
    cwd: root,
    env,
    ...PROCESS_LIMIT,
  })
  return stdout.trim().split('\n')
}

test('features: lookups by many callers at once', async () => {
  const [times, rate] = await run('features/lookup.mjs')
  expect(times).toMatch(/^32 callers, 3200 lookups of 20 users: p50 \d+\.\d\d ms, p99 \d+\.\d\d ms$/)
  // Every user is looked up as often as any other, but for the first ones: 3200 lookups of 20 are 6.4 rounds of 10,000.
  const users = Array.from({ length: 64_000 }, (__, at) => at % 10_000)
  expect(rate).toMatch(new RegExp(`, ${users.reduce((sum, id) => sum + (id % 100), 0)} spent$`))
})

test('vectors: the nearest ones of a scanned set', async () => {
  const [first, ...found] = await run('vectors/search.mjs')
  expect(first).toMatch(/^20000 vectors of 64 in \d+ ms$/)
  const ids = found.map((line) => Number(line.split(' ')[0]))
  expect(ids[0]).toBe(4711)
  expect(ids.toSorted((a, b) => a - b)).toEqual([4709, 4710, 4711, 4712, 4713])
})

test('there is none that is not run', () => {
  expect(readdirSync(join(examples, 'features'))).toEqual(['lookup.mjs'])
  expect(readdirSync(join(examples, 'vectors'))).toEqual(['search.mjs'])
  expect(readdirSync(join(examples, 'dashboard')).toSorted()).toEqual(['index.html', 'server.mjs'])
})

/** What of `playwright-core` is used. */
interface Browser {
  newPage(): Promise<Page>
  close(): Promise<void>
}

interface Page {
  goto(url: string): Promise<unknown>
  on(event: 'pageerror', listener: (error: Error) => void): void
  addInitScript(script: string): Promise<void>
  waitForFunction(expression: string): Promise<unknown>
  evaluate<T>(expression: string): Promise<T>
}

/** A browser of this machine, or nothing where there is none. */
function findBrowser(): string | undefined {
  const names = [process.env['CHROME_PATH'], 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return names.find(
    (name) => name !== undefined && spawnSync(name, ['--version'], { stdio: 'ignore', ...PROCESS_LIMIT }).status === 0,
  )
}

const executable = findBrowser()
if (executable === undefined)
  process.stderr.write('the dashboard is not tested: there is no Chromium on this machine\n')

describe.skipIf(executable === undefined)('the dashboard, in a browser', () => {
  let server: ChildProcess
  let browser: Browser
  let url = ''

  beforeAll(async () => {
    server = spawn(process.execPath, [join(examples, 'dashboard/server.mjs')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    ;[url] = (await once(createInterface(server.stdout!), 'line')) as [string]
    const path = spawnSync('which', [executable!], { encoding: 'utf8' }).stdout.trim()
    const { chromium } = createRequire(__filename)('playwright-core') as {
      chromium: { launch(options: object): Promise<Browser> }
    }
    browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    if (server.exitCode === null) server.kill('SIGKILL')
  })

  test('fills its chart while the scan runs', async () => {
    const page = await browser.newPage()
    const errors: Error[] = []
    page.on('pageerror', (error) => errors.push(error))
    // Every state that the chart goes through, as the page itself sees it.
    await page.addInitScript(`
      window.seen = []
      addEventListener('DOMContentLoaded', () => {
        const chart = document.querySelector('#chart')
        const look = () => window.seen.push(Number(chart.dataset.rows))
        new MutationObserver(look).observe(chart, { attributes: true, attributeFilter: ['data-rows'] })
      })`)
    await page.goto(url)
    await page.waitForFunction(`document.querySelector('#state').textContent.startsWith('done')`)
    expect(await page.evaluate(`document.querySelector('#state').textContent`)).toBe('done: 60,000 rows')
    const seen = await page.evaluate<number[]>('window.seen')
    expect(seen.length).toBeGreaterThan(2)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen[0]).toBeLessThan(60_000)
    expect(seen.at(-1)).toBe(60_000)
    const bars = await page.evaluate<number[]>(
      `[...document.querySelectorAll('#chart rect')].map((bar) => Number(bar.dataset.count))`,
    )
    expect(bars).toEqual(histogram())
    const heights = await page.evaluate<number[]>(
      `[...document.querySelectorAll('#chart rect')].map((bar) => bar.getBoundingClientRect().height)`,
    )
    expect(Math.max(...heights)).toBeGreaterThan(100)
    expect(heights[0]).toBeLessThan(heights[10]!)
    expect(errors).toEqual([])
  })

  test('ends with its server', async () => {
    server.kill('SIGTERM')
    expect(await once(server, 'exit')).toEqual([0, null])
  })
})

/** The histogram of what the example writes. */
function histogram(): number[] {
  const counts = Array.from({ length: 24 }, () => 0)
  for (let id = 0; id < 60_000; id++) counts[(id % 8) + ((id >> 3) % 8) + ((id >> 6) % 8)]!++
  return counts
}
