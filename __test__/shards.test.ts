// One scan shared by threads and by processes: the examples, and that no record is in two shards and none in no shard.
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { between, dtype } from '../src/index.js'
import { PROCESS_LIMIT, root, runProgram } from './support/process.js'
import { testCluster } from './support/server.js'

const folder = join(root, 'examples', 'shards')

/** What an example prints; each brings its own server. */
async function run(file: string): Promise<string> {
  const { AEROSTRIDE_HOSTS: _, ...env } = process.env
  return (await promisify(execFile)(process.execPath, [join(folder, file)], { cwd: root, env, ...PROCESS_LIMIT }))
    .stdout
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

describe('the examples for shards', () => {
  test('workers', async () => {
    expect(await run('workers.mjs')).toBe('10000 rows by 4 threads, 4900 of them warm\n')
  })

  test('processes', async () => {
    // 0 + 1 + ... + 2999
    expect(await run('processes.mjs')).toBe('3 processes, together 4498500\n')
  })

  test('all of them are run', () => {
    expect(readdirSync(folder).toSorted()).toEqual(['processes.mjs', 'workers.mjs'])
  })
})

describe('shards', () => {
  const cluster = testCluster({ server: { nodes: 3 } })
  const numbers = dtype({ n: 'i4' })
  const all = Array.from({ length: 3000 }, (_, n) => n)

  beforeAll(async () => {
    const { client } = cluster
    const keys = all.map((n): [string, string, number] => ['test', 'shards', n])
    await client.batchWrite(keys, { dtype: numbers, columns: { n: all } })
    await client.createIndex('test', 'shards', { name: 'shards_n', bin: 'n', type: 'numeric' })
  })

  test.each([1, 2, 7])('%d of them are together the whole, and have nothing twice, in scans and queries', async (n) => {
    const { client } = cluster
    const shards = Array.from({ length: n }, (_, i) => ({ shard: [i, n] }) as const)
    const scans = shards.map((partitions) => client.scan('test', 'shards', { dtype: numbers, partitions }).toBatch())
    const where = between('n', 0, 5000)
    const queries = shards.map((partitions) =>
      client.query('test', 'shards', { dtype: numbers, where, partitions }).toBatch(),
    )
    for (const parts of [await Promise.all(scans), await Promise.all(queries)]) {
      expect(sorted(parts.flatMap(({ columns }) => [...columns.n]))).toEqual(all)
      for (const { length } of parts) expect(length).toBeLessThanOrEqual(Math.ceil((all.length / n) * 1.3))
    }
  })

  test('are the same in every process, and go on from their cursors', async () => {
    const program = `
      const { connect, dtype } = require('aerostride')
      const [hosts, i, after] = process.argv.slice(1)
      connect(hosts).then(async (client) => {
        const partitions = { shard: [Number(i), 2] }
        const stream = client.scan('test', 'shards', { dtype: dtype({ n: 'i4' }), batchRows: 100, partitions, after: after || undefined })
        const numbers = []
        for await (const { columns } of stream) {
          numbers.push(...columns.n)
          if (after === '' && numbers.length >= 500) break
        }
        console.log(JSON.stringify({ numbers, cursor: stream.cursor }))
        await client.close()
      })`
    const shard = async (i: number, after = ''): Promise<{ numbers: number[]; cursor: string }> => {
      const { stdout, stderr } = await runProgram(program, [cluster.hosts, String(i), after])
      expect(stderr).toBe('')
      return JSON.parse(stdout) as { numbers: number[]; cursor: string }
    }
    const [first, second] = await Promise.all([shard(0), shard(1)])
    const rest = await Promise.all([shard(0, first.cursor), shard(1, second.cursor)])
    expect(sorted([first, second, ...rest].flatMap((part) => part.numbers))).toEqual(all)
  })
})
