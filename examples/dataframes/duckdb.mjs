// DuckDB for Node.js. It reads Arrow only with an extension that it downloads, so the columns go in through its appender:
// chunks of up to 2,048 rows, column by column.
import {
  ARRAY,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDataChunk,
  DuckDBInstance,
  FLOAT,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api'
import { readSensors } from './sensors.mjs'

const CHUNK_ROWS = 2048
const COLUMNS = { site: VARCHAR, temperature: DOUBLE, humidity: INTEGER, healthy: BOOLEAN, vector: ARRAY(FLOAT, 4) }

const batch = await readSensors()
const connection = await (await DuckDBInstance.create()).connect()
await connection.run(
  'create table sensors (site varchar, temperature double, humidity integer, healthy boolean, vector float[4])',
)
await append(connection, 'sensors', batch)

await print('select count(*) as sensors, count(humidity) as measured from sensors')
await print(`
  select site, avg(temperature) as temperature, avg(humidity) as humidity from sensors
  where healthy group by site order by temperature desc`)
await print(`
  select round(array_cosine_similarity(vector, [1, 1, 1, 0]::float[4]), 6) as similarity from sensors
  order by similarity desc limit 1`)
connection.closeSync()

async function append(to, name, rows) {
  const appender = await to.createAppender(name)
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, rows.length)
    const chunk = DuckDBDataChunk.create(Object.values(COLUMNS), end - start)
    Object.keys(COLUMNS).forEach((column, index) => chunk.setColumnValues(index, values(rows, column, start, end)))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** Some rows of a column as DuckDB takes them, with null for what is not valid. */
function values(rows, name, start, end) {
  const column = rows.columns[name]
  const valueAt = {
    healthy: (row) => column[row] === 1,
    vector: (row) => new DuckDBArrayValue(Array.from(column.row(row))),
  }[name]
  return Array.from({ length: end - start }, (_, i) => {
    const row = start + i
    if (rows.valid[name][row] === 0) return null
    return valueAt === undefined ? column.at(row) : valueAt(row)
  })
}

async function print(sql) {
  const reader = await connection.runAndReadAll(sql)
  for (const row of reader.getRowObjectsJson()) console.log(JSON.stringify(row))
}
