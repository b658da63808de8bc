import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { root } from './process.js'

/** A message that a client has sent. */
export interface SentMessage {
  /** info1 to info4 of the header. */
  readonly info: readonly number[]
  readonly generation: number
  readonly ttl: number
  /** The fields by number, in hex. */
  readonly fields: Readonly<Record<number, string>>
  /** The operations: code, particle type, name and value. */
  readonly operations: readonly string[]
}

/** What stands between clients and a node, passes everything on, and keeps the messages. */
export interface Recorder {
  /** Where clients connect, as `host:port`. */
  readonly host: string
  /** The messages that have come since this was last called. */
  taken(): Promise<SentMessage[]>
  close(): Promise<unknown>
}

/** Records what clients send to a node. Its address is replaced in what the node says, so that they stay here. */
export async function record(target: string): Promise<Recorder> {
  const [host, port] = target.split(':') as [string, string]
  const worker = new Worker(join(root, '__test__', 'support', 'recorder-thread.mjs'), {
    workerData: { host, port: Number(port) },
  })
  const [own] = (await once(worker, 'message')) as [number]
  return {
    host: `${host}:${own}`,
    async taken() {
      worker.postMessage('take', [])
      const [bodies] = (await once(worker, 'message')) as [Uint8Array[]]
      return bodies.map((body) => messageOf(Buffer.from(body)))
    },
    close: () => worker.terminate(),
  }
}

function messageOf(body: Buffer): SentMessage {
  const [fieldCount, operationCount] = [body.readUInt16BE(18), body.readUInt16BE(20)]
  const fields: Record<number, string> = {}
  let at = 22
  for (let i = 0; i < fieldCount; i++) {
    const size = body.readUInt32BE(at)
    const id = body[at + 4]!
    fields[id] = body.toString('hex', at + 5, at + 4 + size)
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
