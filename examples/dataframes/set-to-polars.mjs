// A whole set into polars, by way of Parquet files in a folder.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pl from 'nodejs-polars'
import { connectToSet, sensor } from './set.mjs'

const folder = await mkdtemp(join(tmpdir(), 'sensors-'))
const { client, close } = await connectToSet()
await client.scan('test', 'set', { dtype: sensor }).saveParquet(`${folder}/`, { compression: 'zstd' })
await close()

const warmest = pl
  .scanParquet(join(folder, '*.parquet'))
  .filter(pl.col('temperature').gt(30))
  .groupBy('site')
  .agg(
    pl.col('temperature').count().alias('warm'),
    pl.col('temperature').max().alias('warmest'),
    pl.col('humidity').mean().alias('humidity'),
  )
  .sort('site')
  .collectSync()

console.log(String(warmest))
await rm(folder, { recursive: true })
