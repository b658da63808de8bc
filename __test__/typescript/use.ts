import { type Batch, type RowOf, connect, connectSync, dtype, keyList, TimeoutError } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const sensor = dtype({ temperature: 'f8', id: 'i8', name: 'S8', m: ['f4', 2], on: '?' })
type Reading = RowOf<typeof sensor>
/** What a compiler does not understand in the declarations of a package is `any` to it, which fits everywhere. */
type IsAny<T> = 0 extends 1 & T ? true : false
export async function main(): Promise<void> {
  const server = await startDevServer()
  const client = await connect(server.hosts)
  const batch = await client.batchRead(keyList('test', 'demo', [1, 2]), { dtype: sensor })
  const reading: Reading = batch.at(0)
  const temperature: number = reading.temperature
  const id: bigint = reading.id
  const name: string = batch.columns.name.get(0)
  const column: Float64Array = batch.columns.temperature
  const row: Float32Array = batch.columns.m.row(0)
  const on: boolean = reading.on
  const rows = await client.batchRead([['test', 'demo', 1]], { dtype: sensor, layout: 'rows' })
  const any: Batch = batch
  const { columns, valid, meta, resultCodes, buffer } = batch
  const unknown: IsAny<
    | typeof columns.temperature
    | typeof columns.m
    | typeof valid.id
    | typeof meta.gen
    | typeof resultCodes
    | typeof buffer
    | Reading['m']
  > = false
  console.log(unknown, temperature, id, name, column, row, on, rows.records.itemsize, any.length)
  // @ts-expect-error: no such field
  console.log(batch.columns.nothing)
  // @ts-expect-error: no such code
  dtype({ a: 'f9' })
  const record = await client.get(['test', 'demo', 1])
  console.log(record?.bins, new TimeoutError('x').code)
  connectSync('a').closeSync()
}
