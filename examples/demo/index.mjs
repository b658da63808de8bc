// The demo behind `npm start`: sensor records go into an embedded server and come back as columns.
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'
import { sensorRecord } from './sensors.mjs'
import { bars, bold, count, cyan, dim, histogram, ms, progress, row } from './terminal.mjs'

const RECORDS = 10_000
const WRITES_IN_FLIGHT = 256
const ROUNDS = 9

const sensor = dtype({ temperature: 'f8', humidity: 'i4', status: 'u1', pressure: 'f4', battery: 'f4' })
const keys = Array.from({ length: RECORDS }, (_, i) => ['test', 'sensors', `sensor_${i}`])

const server = await startDevServer({ port: 0 })
try {
  const client = await connect({ hosts: server.hosts })
  row('server', `${server.hosts[0]}  ${dim('embedded, in memory, speaks the real protocol')}`)
  await write(client)
  await read(client)
  await compare(client)
  await client.close()
} finally {
  await server.stop()
}

/** Writes every record through the client, a few hundred puts in flight. */
async function write(client) {
  const bar = progress('writing', RECORDS)
  let next = 0
  const writer = async () => {
    for (let i = next++; i < RECORDS; i = next++) {
      await client.put(keys[i], sensorRecord(i))
      bar.advance()
    }
  }
  await Promise.all(Array.from({ length: WRITES_IN_FLIGHT }, writer))
  bar.end(`${count(RECORDS)} records with 5 bins each`)
}

/** One batch read: the columns are typed arrays, so whatever works on numbers works on them. */
async function read(client) {
  const batch = await client.batchRead(keys, { dtype: sensor })
  const { temperature } = batch.columns
  const failed = batch.resultCodes.filter((code) => code !== 0).length
  const sum = temperature.reduce((total, value) => total + value, 0)
  const max = temperature.reduce((most, value) => Math.max(most, value), -Infinity)
  const hottest = batch.at(temperature.indexOf(max))

  row('read', `${count(batch.length)} records, ${failed} failed`)
  row(
    'batch.columns',
    `temperature is a ${temperature.constructor.name}: mean ${bold((sum / batch.length).toFixed(2))} °C, max ${bold(max.toFixed(2))} °C`,
  )
  row('batch.at(i)', `the hottest: ${JSON.stringify(rounded(hottest))}`)
  row('batch.get(key)', `sensor_42: ${JSON.stringify(rounded(batch.get('sensor_42')))}`)
  console.log(`\n  ${bold('temperature')} ${dim('°C')}`)
  histogram(temperature, 12)
}

/** The same read with and without a dtype: the median of a few rounds, one after the other in turn. */
async function compare(client) {
  const columns = []
  const objects = []
  for (let round = 0; round <= ROUNDS; round++) {
    const timings = [
      await time(() => client.batchRead(keys, { dtype: sensor })),
      await time(() => client.batchRead(keys)),
    ]
    // The first round warms up connections and compilers.
    if (round === 0) continue
    columns.push(timings[0])
    objects.push(timings[1])
  }
  const [typed, ordinary] = [median(columns), median(objects)]
  console.log(
    `\n  ${bold(`${count(RECORDS)} records x 5 bins`)} ${dim(`median of ${ROUNDS} reads, server in the same process`)}`,
  )
  bars([
    { label: 'typed columns', value: typed, text: ms(typed) },
    {
      label: 'ordinary objects',
      value: ordinary,
      text: `${ms(ordinary)}  ${cyan(`${(ordinary / typed).toFixed(1)} x`)}`,
    },
  ])
  console.log()
}

async function time(work) {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** f4 values have more digits than anybody wants to read. */
function rounded(record) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, Number(value.toFixed(2))]))
}
