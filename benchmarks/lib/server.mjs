// The server of a run: the embedded one as a process of its own, or whatever AEROSTRIDE_TEST_HOSTS names.
import { connect } from 'node:net'
import { Child } from './child.mjs'

// Room for a million records beside the vectors.
const MEMORY_MIB = '8192'

/**
 * Starts a server of `nodes` nodes, as slow as `pace` says if it is given; `hosts` is what the clients connect to, and `what`
 * says in results which server it was.
 */
export async function startServer(binary, nodes, pace) {
  const given = process.env.AEROSTRIDE_TEST_HOSTS
  if (given !== undefined) return { hosts: given, what: await identityOf(given), stop: async () => {} }
  const options = ['--port', '0', '--memory', MEMORY_MIB, '--nodes', String(nodes)]
  if (pace !== undefined) options.push('--pace', pace)
  const child = new Child('devserver', binary, options)
  const hosts = await announcedHosts(child)
  const what = `embedded server${pace === undefined ? '' : `, pace ${pace}`}`
  return { hosts, what, stop: () => child.end({ signal: 'SIGTERM' }) }
}

/** What a server says of itself, such as `Aerospike Community Edition 8.1.2.0`. */
async function identityOf(hosts) {
  const [host, port] = hosts.split(',')[0].split(':')
  const body = Buffer.from('edition\nversion\nbuild\n')
  const header = Buffer.alloc(8)
  header.writeUInt16BE(0x0201)
  header.writeUInt32BE(body.length, 4)
  const socket = connect(Number(port), host).setTimeout(5000, () =>
    socket.destroy(new Error(`${hosts} does not answer`)),
  )
  socket.write(Buffer.concat([header, body]))
  let reply = Buffer.alloc(0)
  for await (const chunk of socket) {
    reply = Buffer.concat([reply, chunk])
    if (reply.length >= 8 && reply.length >= 8 + reply.readUInt32BE(4)) break
  }
  const values = reply.toString('utf8', 8).trim().split('\n')
  const { edition, version, build } = Object.fromEntries(values.map((line) => line.split('\t')))
  return `${version?.replace(build, '').trim() || edition} ${build}`
}

/** It says where it listens in its first line. */
async function announcedHosts(child) {
  const line = await child.next()
  const hosts = String(line).match(/\d+\.\d+\.\d+\.\d+:\d+/g)
  if (hosts === null) throw new Error(`the devserver does not say where it listens: ${line}`)
  return hosts.join(',')
}

/** Writes a workload's records. */
export async function load(binary, hosts, workload, records, report) {
  const child = new Child('loader', binary, [])
  let { written } = await child.ask({ hosts, workload, records })
  while (written < records) {
    report(`${written.toLocaleString('en')} of ${records.toLocaleString('en')} records`)
    ;({ written } = await child.next())
  }
  await child.end()
}
