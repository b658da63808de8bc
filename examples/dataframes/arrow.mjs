// Arrow: the table's columns are views of the batch's own memory.
import { readSensors } from './sensors.mjs'

const batch = await readSensors()
const table = batch.toArrow({ key: true, gen: true })

console.log(table.schema.fields.map(String).join('\n'))
console.log(`${table.numRows} rows, ${table.getChild('humidity').nullCount} of them without a humidity`)

const temperature = table.getChild('temperature').toArray()
console.log(`the same memory: ${temperature.buffer === batch.buffer}`)
console.log('row 7:', String(table.get(7)))
