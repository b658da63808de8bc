// The server of a run: the embedded one as a process of its own, or whatever AEROSTRIDE_TEST_HOSTS names.
import { Child } from './child.mjs'

// Room for a million records beside the vectors.
const MEMORY_MIB = '8192'

/** Starts a server of `nodes` nodes; `hosts` is what the clients connect to. */
export async function startServer(binary, nodes) {
  const given = process.env.AEROSTRIDE_TEST_HOSTS
  if (given !== undefined) return { hosts: given, stop: async () => {} }
  const options = ['--port', '0', '--memory', MEMORY_MIB, '--nodes', String(nodes)]
  const child = new Child('devserver', binary, options)
  const hosts = await announcedHosts(child)
  return { hosts, stop: () => child.end({ signal: 'SIGTERM' }) }
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
