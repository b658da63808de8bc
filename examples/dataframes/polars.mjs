// Polars for Node.js: reads Arrow's IPC bytes, from memory or from the file that `saveIPC` writes.
import pl from 'nodejs-polars'
import { readSensors } from './sensors.mjs'

const batch = await readSensors()
const sensors = pl.readIPCStream(Buffer.from(batch.toIPC({ key: true }).buffer))

console.log(String(sensors.select('temperature', 'humidity').describe()))

const bySite = sensors
  .filter(pl.col('healthy'))
  .groupBy('site')
  .agg(
    pl.col('temperature').mean().alias('temperature'),
    pl.col('humidity').count().alias('measured'),
    pl.col('humidity').mean().alias('humidity'),
  )
  .sort('temperature', true)

console.log(String(bySite))
