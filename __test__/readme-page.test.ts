import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PLATFORMS } from '../src/binding/load.js'
import { madePart, markdownTable } from './support/made.js'
import { root } from './support/process.js'

/** The platforms in the README are those that are built, tested and published. */

const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8').replaceAll('\r\n', '\n')

interface Manifest {
  name: string
  os: string[]
  cpu: string[]
  libc?: string[]
}

const { napi } = JSON.parse(read('package.json')) as { napi: { targets: string[] } }
const workflow = read('.github/workflows/release.yml')

/** The platform of a target, as napi-rs names packages: `x86_64-unknown-linux-gnu` is `linux-x64-gnu`. */
function platformOf(target: string): string {
  const [processor, , system = '', abi] = target.split('-')
  const cpu = processor === 'x86_64' ? 'x64' : 'arm64'
  const os = { darwin: 'darwin', windows: 'win32', linux: 'linux' }[system] as string
  return [os, cpu, ...(abi === undefined ? [] : [abi])].join('-')
}

/** The machines of the lines `- { target: T, os: MACHINE }` of a job. */
function machinesOf(job: string, target: string): string[] {
  const [, body = ''] = workflow.split(`\n  ${job}:\n`)
  const lines = body.split(/\n {2}[\w-]+:\n/, 1)[0]!.matchAll(/- \{ target: ([\w-]+), os: ([\w.-]+)/g)
  return [...lines].filter(([, of]) => of === target).map(([, , machine]) => machine!)
}

const SYSTEMS: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }

function nameOf({ os, cpu, libc = [] }: Manifest): string {
  const processor = { x64: 'x64', arm64: 'ARM64' }[cpu[0]!] as string
  return `${SYSTEMS[os[0]!]} ${processor}${libc.map((name) => `, ${name}`).join('')}`
}

/** What the binary asks of the system, where that is checked. */
function needsOf({ libc: [libc] = [] }: Manifest): string {
  const [, oldest] = /OLDEST_GLIBC = '([\d.]+)'/.exec(read('scripts/check-binary.mjs'))!
  return libc === 'glibc' ? `glibc ${oldest} or newer` : ''
}

test('the table of platforms', () => {
  const rows = napi.targets.map((target) => {
    const manifest = JSON.parse(read('npm', platformOf(target), 'package.json')) as Manifest
    const built = machinesOf('build', target)
    const tested = [...machinesOf('test', target), ...machinesOf('test-musl', target)]
    expect([target, built.length, tested.length]).toEqual([target, 1, 1])
    return [nameOf(manifest), needsOf(manifest), `\`${manifest.name}\``, tested.join()]
  })
  const table = markdownTable(['', 'needs', 'package', 'tested on'], rows)
  expect(madePart('README.md', 'platforms', table)).toBe(table)
})

test('the same platforms everywhere', () => {
  const platforms = napi.targets.map(platformOf).toSorted()
  expect(readdirSync(join(root, 'npm')).toSorted()).toEqual(platforms)
  expect(PLATFORMS).toEqual(platforms)
})

test('the versions below the chart are those that the benchmark installs', () => {
  const [, official] = /"aerospike": "([\d.]+)"/.exec(read('package.json'))!
  const [, crate] = /name = "aerospike"\nversion = "([\d.]+)"/.exec(read('Cargo.lock'))!
  const requirements = read('benchmarks', 'requirements.txt')
  const [, aerospikePy] = /^aerospike-py==([\d.]+)$/m.exec(requirements)!
  const [, officialPython] = /^aerospike==([\d.]+)$/m.exec(requirements)!
  const names = `npm aerospike ${official}, Rust crate ${crate}, aerospike-py ${aerospikePy}, Python client ${officialPython}`
  expect(read('README.md').replaceAll('\n', ' ')).toContain(names)
})
