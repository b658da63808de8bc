// Spans and metrics for OpenTelemetry: a span per call from the tracing channels, which is a child of the caller's span, and
// the duration of calls by operation in the form of OpenTelemetry's conventions for databases.
//
//   node examples/observability/opentelemetry.mjs    with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { tracingChannel } from 'node:diagnostics_channel'
import { SpanKind, SpanStatusCode, metrics, trace } from '@opentelemetry/api'
import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

/** The operations to observe; each has a tracing channel of its name. */
const OPERATIONS = ['batchRead', 'batchWrite', 'putMany', 'get', 'put', 'operate', 'scan', 'query']

/** Observes all calls of the process. Without a registered provider of spans or metrics, OpenTelemetry ignores them. */
function observe() {
  const tracer = trace.getTracer('aerostride')
  const meter = metrics.getMeter('aerostride')
  const duration = meter.createHistogram('db.client.operation.duration', { unit: 's' })
  const returned = meter.createHistogram('db.client.response.returned_rows', { unit: '{row}' })
  for (const operation of OPERATIONS) {
    const spans = new WeakMap()
    const ended = (event) => {
      if (event.durationMs === undefined) return
      const attributes = attributesOf(event)
      duration.record(event.durationMs / 1000, attributes)
      if (event.rows !== undefined) returned.record(event.rows, attributes)
      const span = spans.get(event)
      if (event.error !== undefined) {
        span?.recordException(event.error)
        span?.setStatus({ code: SpanStatusCode.ERROR })
      }
      span?.setAttributes(attributes).end()
    }
    tracingChannel(`aerostride:${operation}`).subscribe({
      start: (event) => spans.set(event, tracer.startSpan(operation, { kind: SpanKind.CLIENT })),
      // The end of a promise is asyncEnd; that of a blocking call is end, and has a duration.
      end: ended,
      asyncEnd: ended,
    })
  }
}

/** The conventions' names for what a call is about. No event has a key, a value or a secret. */
function attributesOf({ operation, namespace, set, error }) {
  return {
    'db.system.name': 'aerospike',
    'db.operation.name': operation,
    ...(namespace !== undefined && { 'db.namespace': namespace }),
    ...(set !== undefined && { 'db.collection.name': set }),
    ...(error !== undefined && { 'error.type': error?.code ?? 'unknown' }),
  }
}

/** The connections of a client, read whenever metrics are collected. */
function connections(client) {
  const gauge = metrics
    .getMeter('aerostride')
    .createObservableGauge('db.client.connection.count', { unit: '{connection}' })
  gauge.addCallback((result) => {
    for (const { node, idle, inUse } of client.stats().nodes) {
      result.observe(idle, { 'server.address': node, 'db.client.connection.state': 'idle' })
      result.observe(inUse, { 'server.address': node, 'db.client.connection.state': 'used' })
    }
  })
}

/** Collects on demand; a program has the reader of its exporter here. */
class OnDemand extends MetricReader {
  onForceFlush() {}
  onShutdown() {}
}

const reader = new OnDemand()
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
observe()

const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
const client = await connect(process.env.AEROSTRIDE_HOSTS ?? server.hosts)
connections(client)

const keys = Array.from({ length: 100 }, (_, i) => ['test', 'observed', i])
await client.batchWrite(keys, { dtype: dtype({ n: 'i4' }), columns: { n: keys.map((_, i) => i) } })
await client.batchRead(keys, { dtype: dtype({ n: 'i4' }) })
client.getSync(keys[0])
await client.put(keys[0], { n: 1 }, { policy: { exists: 'create' } }).catch(() => {})

const { resourceMetrics } = await reader.collect()
for (const { descriptor, dataPointType, dataPoints } of resourceMetrics.scopeMetrics.flatMap(
  (scope) => scope.metrics,
)) {
  for (const { attributes, value } of dataPoints) {
    const shown = dataPointType === DataPointType.HISTOGRAM ? [value.count, 'times'] : [value]
    console.log(descriptor.name, ...Object.values(attributes), ...shown)
  }
}
await client.close()
await server?.stop()
