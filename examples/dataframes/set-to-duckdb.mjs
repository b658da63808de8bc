// A whole set into Parquet files, and DuckDB over the folder. The memory does not depend on the size of the set.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { connectToSet, sensor } from './set.mjs'

const folder = await mkdtemp(join(tmpdir(), 'sensors-'))
const { client, close } = await connectToSet()
const saved = await client
  .scan('test', 'set', { dtype: sensor })
  .saveParquet(`${folder}/`, { key: true, rowsPerFile: 10_000 })
await close()
console.log(`${saved.rows} rows in ${saved.files} files`)

const connection = await (await DuckDBInstance.create()).connect()
const reader = await connection.runAndReadAll(`
  select site, count(*) as sensors, avg(temperature) as temperature, count(humidity) as measured
  from '${folder}/*.parquet' group by site order by site`)
for (const row of reader.getRowObjectsJson()) console.log(JSON.stringify(row))
connection.closeSync()
await rm(folder, { recursive: true })
