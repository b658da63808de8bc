import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** A message that a client has sent, as far as it is the same for two clients that mean the same. */
export interface SentMessage {
  /** info1 to info4 of the header. */
  readonly info: readonly number[]
  readonly generation: number
  readonly ttl: number
  /** The fields by number; those of numbers that are chosen at random are there as `'random'`. */
  readonly fields: Readonly<Record<number, string>>
  /** The operations: code, particle type, name and value. */
  readonly operations: readonly string[]
}

/** What stands between clients and a node, passes everything on, and keeps the messages. */
export interface Recorder {
  /** Where clients connect, as `host:port`. */
  readonly host: string
  /** The messages that have come since this was last called. */
  taken(): SentMessage[]
  close(): Promise<void>
}

const MESSAGE = 3
const HEADER = 8
/** The number of a transaction, and when it ends. */
const RANDOM_FIELDS: ReadonlySet<number> = new Set([5, 7])

/** Records what clients send to a node. Its address is replaced in what the node says, so that they stay here. */
export async function record(target: string): Promise<Recorder> {
  const [host, port] = target.split(':') as [string, string]
  const messages: SentMessage[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const node = connect(Number(port), host)
    const own = String((server.address() as AddressInfo).port)
    let pending: Buffer = Buffer.alloc(0)
    client.on('data', (data) => {
      pending = keepMessages(Buffer.concat([pending, data]), messages)
      node.write(data)
    })
    node.on('data', (data) => client.write(replaced(data, `${host}:${port}`, `${host}:${own}`)))
    for (const [socket, other] of [
      [client, node],
      [node, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
  })
  // A port with as many digits: the length of a reply stays as it is.
  do {
    if (server.listening) await new Promise((resolve) => server.close(resolve))
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
  } while (String((server.address() as AddressInfo).port).length !== port.length)
  return {
    host: `${host}:${(server.address() as AddressInfo).port}`,
    taken: () => messages.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function replaced(data: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(data)
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + to.length)) copy.write(to, at, 'latin1')
  return copy
}

/** Takes whole frames from the beginning of `data`, and returns the rest. */
function keepMessages(data: Buffer, messages: SentMessage[]): Buffer {
  let at = 0
  while (data.length - at >= HEADER) {
    const size = data.readUIntBE(at + 2, 6)
    if (data.length - at < HEADER + size) break
    if (data[at + 1] === MESSAGE) messages.push(messageOf(data.subarray(at + HEADER, at + HEADER + size)))
    at += HEADER + size
  }
  return data.subarray(at)
}

function messageOf(body: Buffer): SentMessage {
  const [fieldCount, operationCount] = [body.readUInt16BE(18), body.readUInt16BE(20)]
  const fields: Record<number, string> = {}
  let at = 22
  for (let i = 0; i < fieldCount; i++) {
    const size = body.readUInt32BE(at)
    const id = body[at + 4]!
    fields[id] = RANDOM_FIELDS.has(id) ? 'random' : body.toString('hex', at + 5, at + 4 + size)
    at += 4 + size
  }
  const operations: string[] = []
  for (let i = 0; i < operationCount; i++) {
    const size = body.readUInt32BE(at)
    const nameSize = body[at + 7]!
    const [code, particle, end] = [body[at + 4], body[at + 5], at + 4 + size]
    const name = body.toString('utf8', at + 8, at + 8 + nameSize)
    operations.push(`${code} ${particle} ${name} ${body.toString('hex', at + 8 + nameSize, end)}`)
    at = end
  }
  return {
    info: [body[1]!, body[2]!, body[3]!, body[4]!],
    generation: body.readUInt32BE(6),
    ttl: body.readUInt32BE(10),
    fields,
    operations,
  }
}
