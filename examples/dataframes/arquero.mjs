// Arquero: data frames in JavaScript. It reads Arrow's IPC bytes, and keeps the columns as they are in them.
import { desc, fromArrow, op } from 'arquero'
import { readSensors } from './sensors.mjs'

const batch = await readSensors()
const sensors = fromArrow(batch.toIPC({ key: true }))

const bySite = sensors
  .filter((row) => row.healthy)
  .groupby('site')
  .rollup({
    sensors: op.count(),
    temperature: op.mean('temperature'),
    measured: op.valid('humidity'),
    humidity: op.mean('humidity'),
  })
  .orderby(desc('temperature'))

bySite.print()
