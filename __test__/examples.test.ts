import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { findFramesPython, framesPython } from './support/numpy.js'
import { outputOf, root } from './support/process.js'

const folder = join(root, 'examples', 'dataframes')

/** Installs the libraries of the examples, which are theirs alone, unless they are there already. */
function install(): void {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  if (Object.entries(dependencies).every(([name, version]) => isInstalled(name, version))) return
  const options = { cwd: folder, stdio: 'pipe', shell: process.platform === 'win32' } as const
  outputOf('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], options)
}

function isInstalled(name: string, version: string): boolean {
  try {
    const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
    return version.startsWith('file:') || (JSON.parse(manifest) as { version: string }).version === version
  } catch {
    return false
  }
}

/** What an example prints, with runs of blanks as one. */
function run(file: string, environment: NodeJS.ProcessEnv = {}): string {
  const env = { ...process.env, ...environment }
  const { AEROSTRIDE_TEST_HOSTS: hosts } = env
  if (hosts !== undefined) env['AEROSTRIDE_HOSTS'] = hosts
  return outputOf(process.execPath, [join(folder, file)], { cwd: folder, env }).replaceAll(/[ \t]+/g, ' ')
}

describe('the examples for data frames', () => {
  beforeAll(install, 600_000)

  test('arrow', () => {
    const output = run('arrow.mjs')
    expect(output).toContain('vector: FixedSizeList[4]<Float32>')
    expect(output).toContain('1000 rows, 100 of them without a humidity')
    expect(output).toContain('the same memory: true')
    expect(output).toContain('row 7: {"site": "south", "temperature": 20.890625, "humidity": 47,')
  })

  test('arquero', () => {
    const output = run('arquero.mjs')
    expect(output).toMatch(/'north' │ 327 │ 26\.\d+ │ 300 │/)
    expect(output).toMatch(/south[^]*west|west[^]*south/)
  })

  // Its makers publish no binary for Windows on ARM.
  test.skipIf(process.platform === 'win32' && process.arch === 'arm64')('polars', () => {
    const output = run('polars.mjs')
    expect(output).toMatch(/mean.*26\.203125/)
    expect(output).toMatch(/north.*26\.\d+.*300/)
  })

  test('duckdb', () => {
    const output = run('duckdb.mjs')
    expect(output).toContain('{"sensors":"1000","measured":"900"}')
    expect(output).toMatch(/"site":"north","temperature":26\.\d+/)
    expect(output).toMatch(/"similarity":0\.\d+/)
  })

  const python = findFramesPython()
  test.skipIf(python === undefined)(
    'python',
    () => {
      const output = run('python.mjs', { PYTHON: framesPython(python!) })
      expect(output).toContain('humidity: int32')
      expect(output).toContain('count 1000.000000 900.0')
      expect(output).toMatch(/null_count.*0\.0.*100\.0/)
      expect(output).toMatch(/north .* 300 /)
      expect(output).toMatch(/humidity .*INTEGER/)
    },
    600_000,
  )

  test('a set into Parquet and DuckDB', () => {
    const [saved, ...groups] = run('set-to-duckdb.mjs').trim().split('\n')
    // A file ends with the batch that fills it, and how many rows a batch has depends on who comes first.
    expect(saved).toMatch(/^20000 rows in [12] files$/)
    expect(groups).toEqual(
      ['east', 'north', 'south', 'west'].map((site, at) => {
        // The temperatures of every fourth of 0 to 99, beginning at another place.
        const [first, measured] = [[3, 0, 1, 2][at]!, [5000, 4000, 5000, 4000][at]!]
        return `{"site":"${site}","sensors":"5000","temperature":${20 + (first + 48) / 8},"measured":"${measured}"}`
      }),
    )
  })

  test.skipIf(process.platform === 'win32' && process.arch === 'arm64')('a set into polars', () => {
    const output = run('set-to-polars.mjs')
    for (const site of ['north', 'south', 'west', 'east']) expect(output).toMatch(new RegExp(`${site}.*3[12]\\.`))
  })

  test.skipIf(python === undefined)(
    'a set into pandas through a pipe',
    () => {
      const output = run('set-to-pandas.mjs', { PYTHON: framesPython(python!) })
      expect(output).toMatch(/^20000 rows in \d+ batches, 20000 keys\n/)
      expect(output).toMatch(/north 5000 26\.0.* 4000 /)
      expect(output).toMatch(/east 5000 26\.375.* 5000 /)
    },
    600_000,
  )

  test('there is none that is not run', () => {
    const programs = readdirSync(folder).filter((file) => file.endsWith('.mjs'))
    expect(programs.toSorted()).toEqual([
      'arquero.mjs',
      'arrow.mjs',
      'duckdb.mjs',
      'polars.mjs',
      'python.mjs',
      'sensors.mjs',
      'set-to-duckdb.mjs',
      'set-to-pandas.mjs',
      'set-to-polars.mjs',
      'set.mjs',
    ])
  })
})

describe('the examples for metrics', () => {
  const observability = join(root, 'examples', 'observability')
  const linesOf = (file: string): string[] => {
    const { AEROSTRIDE_TEST_HOSTS: hosts, ...env } = process.env
    if (hosts !== undefined) env['AEROSTRIDE_HOSTS'] = hosts
    return outputOf(process.execPath, [join(observability, file)], { env }).split('\n')
  }

  test('prometheus', () => {
    expect(linesOf('prometheus.mjs')).toEqual(
      expect.arrayContaining([
        'aerostride_call_duration_seconds_count{operation="batchRead"} 1',
        'aerostride_call_duration_seconds_count{operation="get"} 1',
        'aerostride_call_errors_total{operation="put",code="ERR_AEROSTRIDE_SERVER"} 1',
        'aerostride_rows_total{operation="batchRead",code="0"} 90',
        'aerostride_rows_total{operation="batchRead",code="2"} 10',
        expect.stringMatching(/^aerostride_connections\{node=".*",state="idle"\} [1-9]/),
        expect.stringMatching(/^aerostride_received_bytes_total [1-9]/),
      ]),
    )
  })

  test('opentelemetry', () => {
    expect(linesOf('opentelemetry.mjs')).toEqual(
      expect.arrayContaining([
        'db.client.operation.duration aerospike batchRead test observed 1 times',
        'db.client.operation.duration aerospike get test observed 1 times',
        'db.client.operation.duration aerospike put test observed ERR_AEROSTRIDE_SERVER 1 times',
        'db.client.response.returned_rows aerospike batchRead test observed 1 times',
        expect.stringMatching(/^db\.client\.connection\.count .* idle [1-9]/),
      ]),
    )
  })

  test('there is none that is not run', () => {
    expect(readdirSync(observability).toSorted()).toEqual(['opentelemetry.mjs', 'prometheus.mjs'])
  })
})
