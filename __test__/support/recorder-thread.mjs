// What `recorder.ts` runs in a thread: it has to answer while a blocking call, or the connecting official client, holds the
// thread of the test.
import { connect, createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const MESSAGE = 3
const HEADER = 8

const { host, port } = workerData
const messages = []

const server = createServer((client) => {
  const node = connect(port, host)
  const own = server.address().port
  let pending = Buffer.alloc(0)
  client.on('data', (data) => {
    pending = keepMessages(Buffer.concat([pending, data]))
    node.write(data)
  })
  node.on('data', (data) => client.write(replaced(data, `${host}:${port}`, `${host}:${own}`)))
  for (const [socket, other] of [
    [client, node],
    [node, client],
  ]) {
    socket.on('error', () => other.destroy())
    socket.on('close', () => other.destroy())
  }
})

await listen()
parentPort.postMessage(server.address().port, [])
parentPort.on('message', () => parentPort.postMessage(messages.splice(0), []))

/** Listens on a port with as many digits as the node's, so that the length of its replies stays as it is. */
async function listen() {
  await new Promise((resolve) => server.listen(0, host, resolve))
  if (String(server.address().port).length === String(port).length) return
  await new Promise((resolve) => server.close(resolve))
  await listen()
}

function replaced(data, from, to) {
  const copy = Buffer.from(data)
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + to.length)) copy.write(to, at, 'latin1')
  return copy
}

/** Keeps the bodies of the messages among whole frames, and returns what is left. */
function keepMessages(data) {
  let at = 0
  while (data.length - at >= HEADER) {
    const size = data.readUIntBE(at + 2, 6)
    if (data.length - at < HEADER + size) break
    if (data[at + 1] === MESSAGE) messages.push(Uint8Array.from(data.subarray(at + HEADER, at + HEADER + size)))
    at += HEADER + size
  }
  return data.subarray(at)
}
