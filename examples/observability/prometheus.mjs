// Metrics for Prometheus with prom-client: durations, errors and result codes of every call from the tracing channels, and
// totals and connections from `client.stats()`.
//
//   node examples/observability/prometheus.mjs    with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { subscribe } from 'node:diagnostics_channel'
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** The operations to measure; each has a tracing channel of its name. */
const OPERATIONS = ['batchRead', 'batchWrite', 'putMany', 'get', 'put', 'operate', 'scan', 'query']

/** Registers metrics of all calls of the process, and of one client. */
function measure(client, registry) {
  const registers = [registry]
  const duration = new Histogram({
    name: 'aerostride_call_duration_seconds',
    help: 'Duration of calls',
    labelNames: ['operation'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const errors = new Counter({
    name: 'aerostride_call_errors_total',
    help: 'Calls that rejected, by the code of their error',
    labelNames: ['operation', 'code'],
    registers,
  })
  const rows = new Counter({
    name: 'aerostride_rows_total',
    help: 'Rows of calls, by result code',
    labelNames: ['operation', 'code'],
    registers,
  })
  for (const operation of OPERATIONS) {
    // asyncEnd is the end of a promise, end that of a blocking call, which has a duration by then.
    const ended = (event) => {
      if (event.durationMs === undefined) return
      duration.observe({ operation }, event.durationMs / 1000)
      for (const [code, count] of Object.entries(event.codes ?? {})) rows.inc({ operation, code }, count)
      if (event.error !== undefined) errors.inc({ operation, code: event.error?.code ?? 'unknown' })
    }
    subscribe(`tracing:aerostride:${operation}:asyncEnd`, ended)
    subscribe(`tracing:aerostride:${operation}:end`, ended)
  }
  connections(client, registry)
}

/** Connections and bytes are read when Prometheus asks for them. */
function connections(client, registry) {
  const nodes = new Gauge({
    name: 'aerostride_connections',
    help: 'Data connections to each node',
    labelNames: ['node', 'state'],
    registers: [],
    collect() {
      this.reset()
      for (const { node, idle, inUse } of client.stats().nodes) {
        this.set({ node, state: 'idle' }, idle)
        this.set({ node, state: 'in_use' }, inUse)
      }
    },
  })
  registry.registerMetric(nodes)
  const totals = { bytesSent: 'aerostride_sent_bytes_total', bytesReceived: 'aerostride_received_bytes_total' }
  for (const [figure, name] of Object.entries(totals)) {
    const total = new Counter({
      name,
      help: `${figure} of batches, scans and queries`,
      registers: [],
      collect() {
        this.reset()
        this.inc(client.stats()[figure])
      },
    })
    registry.registerMetric(total)
  }
}

const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
const client = await connect(process.env.AEROSTRIDE_HOSTS ?? server.hosts)
const registry = new Registry()
measure(client, registry)

const keys = Array.from({ length: 100 }, (_, i) => ['test', 'observed', i])
await client.batchWrite(keys.slice(0, 90), {
  dtype: dtype({ n: 'i4' }),
  columns: { n: keys.slice(0, 90).map((_, i) => i) },
})
await client.batchRead(keys, { dtype: dtype({ n: 'i4' }) })
client.getSync(keys[0])
await client.put(keys[0], { n: 1 }, { policy: { exists: 'create' } }).catch(() => {})

// What an HTTP server returns under /metrics, with the header `registry.contentType`.
console.log(await registry.metrics())
await client.close()
await server?.stop()
