// What every runtime, bundler and module system has to be able to do with the installed package: a program of its own,
// started by scripts/test-packages.mjs. It prints one line when everything was as it should be.
import assert from 'node:assert'
import * as arrow from 'apache-arrow'
import { AerostrideError, connect, dtype, keyList, TimeoutError } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const sensor = dtype({ temperature: 'f8', humidity: 'i4', status: 'u1', name: 'S8' })
const keys = Array.from({ length: 100 }, (_, id) => ['test', 'smoke', id])

async function main() {
  const server = await startDevServer()
  const client = await connect({ hosts: server.hosts })
  try {
    await records(client)
    await columns(client)
    await errors(client, server)
    await aborts(client, server)
    await tables(client)
  } finally {
    await client.close()
    await server.stop()
  }
  console.log('smoke: everything works')
}

async function records(client) {
  for (const id of keys.keys())
    await client.put(keys[id], { temperature: id / 4, humidity: id, status: id % 3, name: `n${id}` })
  const { bins, gen } = await client.get(keys[8])
  assert.deepEqual([bins, gen], [{ temperature: 2, humidity: 8, status: 2, name: 'n8' }, 1])
  assert.equal(client.getSync(keys[8]).bins.humidity, 8)
  assert.equal(await client.exists(['test', 'smoke', 'nobody']), false)
  await client.putMany([[['test', 'smoke', 'list'], { list: [1, 'two', new Uint8Array([3])] }]])
  const [{ bins: many }] = await client.batchRead([['test', 'smoke', 'list']])
  assert.deepEqual([...many.list.slice(0, 2), ...many.list[2]], [1, 'two', 3])
}

async function columns(client) {
  const batch = await client.batchRead([...keys, ['test', 'smoke', 'nobody']], { dtype: sensor })
  assert(batch.columns.temperature instanceof Float64Array)
  assert.equal(batch.columns.humidity.buffer, batch.buffer)
  assert.deepEqual(batch.at(8), { temperature: 2, humidity: 8, status: 2, name: 'n8' })
  assert.equal(batch.resultCodes[100], 2)
  assert.equal(batch.ok().length, 100)
  const again = client.batchReadSync(keyList('test', 'smoke', [...keys.keys()]), { dtype: sensor })
  assert.deepEqual([...again.columns.humidity], [...keys.keys()])
  assert.equal((await client.batchWrite(keys, again)).ok, 100)
  assert.equal(Buffer.from(batch.toNpy()).toString('latin1', 1, 6), 'NUMPY')
}

async function errors(client, server) {
  await assert.rejects(client.batchRead(keys, { dtype: 'f8' }), TypeError)
  server.setFaults(['silence'])
  const slow = client.batchRead(keys, { dtype: sensor, policy: { totalTimeout: 50, maxRetries: 0 } })
  const error = await slow.then(
    () => undefined,
    (reason) => reason,
  )
  assert(error instanceof TimeoutError && error instanceof AerostrideError && error instanceof Error, String(error))
  assert.equal(error.code, 'ERR_AEROSTRIDE_TIMEOUT')
  server.setFaults([])
}

async function aborts(client, server) {
  server.setFaults(['silence'])
  const controller = new AbortController()
  const pending = client.batchRead(keys, { dtype: sensor, signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(pending, /enough/)
  server.setFaults([])
}

async function tables(client) {
  const batch = await client.batchRead(keys, { dtype: sensor })
  const table = batch.toArrow({ key: true })
  assert.equal(table.numRows, 100)
  assert.equal(table.getChild('humidity').get(8), 8)
  assert.equal(arrow.tableFromIPC(batch.toIPC()).getChild('name').get(8), 'n8')
}

void main()
