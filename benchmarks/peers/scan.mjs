// One scan of a whole set, by this package or by the official client, and what it has cost; or what another program does to the
// event loop of a process that does nothing itself. Prints one line of JSON.
import { spawn } from 'node:child_process'
import { existsSync, openSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'

const [peer, ...given] = process.argv.slice(2)
const [hosts, set, ...more] = given
/** Whether batches give their memory back. */
const releases = more.includes('release')
const require = createRequire(import.meta.url)
const BINS = ['temperature', 'humidity', 'status', 'pressure', 'battery']
const MIB = 2 ** 20
/** Scans until Node.js has compiled what they run, for which it has threads that take a part of the processors. */
const WARM_UP = 4

/** How late a timer of 1 ms was, each time, and which part of that its thread has waited for a processor. */
function watchLoop() {
  let [last, waited] = [performance.now(), waitedForProcessor()]
  const delays = []
  const waits = []
  const timer = setInterval(() => {
    const [now, waitedNow] = [performance.now(), waitedForProcessor()]
    delays.push(Math.max(0, now - last - 1))
    waits.push(waitedNow - waited)
    ;[last, waited] = [now, waitedNow]
  }, 1)
  return () => {
    clearInterval(timer)
    return { delays, waits }
  }
}

// Of the main thread, whose number is that of the process.
const schedstat = openIfThere(`/proc/self/task/${process.pid}/schedstat`)
const statistics = Buffer.alloc(128)

function openIfThere(path) {
  return existsSync(path) ? openSync(path) : undefined
}

/** Milliseconds in which this thread could have run, and others did; 0 where the system does not say. */
function waitedForProcessor() {
  if (schedstat === undefined) return 0
  const size = readSync(schedstat, statistics, 0, statistics.length, 0)
  return Number(statistics.toString('latin1', 0, size).split(' ')[1]) / 1e6
}

/**
 * First a scan whose memory is watched, and others until code is compiled, as it is in the other programs; then one with nothing
 * beside it, and one with a timer: what watches takes time as well.
 */
async function aerostride() {
  const { connect, dtype } = require('../../dist/index.js')
  const client = await connect(hosts)
  const sensor = dtype({ temperature: 'f8', humidity: 'i4', status: 'u1', pressure: 'f8', battery: 'f8' })
  const options = { dtype: sensor, keys: 'none', batchRows: Number(process.env.BATCH_ROWS ?? 0) || undefined }
  const connections = Number(process.env.CONNECTIONS ?? 0) || undefined
  if (connections !== undefined) options.policy = { maxConcurrentRequests: connections }
  const scan = () => client.scan('test', set, options)
  const memory = await memoryOf(scan)
  for (let round = 0; round < WARM_UP; round++) await addUp(scan())
  const timed = await timedScan(scan)
  const loop = watchLoop()
  await addUp(scan())
  const delays = loop()
  await client.close()
  return { ...timed, ...delays, ...memory }
}

async function memoryOf(scan) {
  const before = process.memoryUsage.rss()
  let [rss, batchBytes] = [0, 0]
  await addUp(scan(), (batch) => {
    batchBytes = Math.max(batchBytes, batch.buffer.byteLength)
    rss = Math.max(rss, process.memoryUsage.rss())
  })
  return { rssMiB: (rss - before) / MIB, batchMiB: batchBytes / MIB }
}

async function timedScan(scan) {
  const cpuBefore = process.cpuUsage()
  const begin = performance.now()
  const added = await addUp(scan())
  const ms = performance.now() - begin
  const { user, system } = process.cpuUsage(cpuBefore)
  return { ms, ...added, cpu: { user: user / 1000, system: system / 1000 } }
}

async function addUp(stream, look) {
  let [rows, sum] = [0, 0]
  for await (const batch of stream) {
    rows += batch.length
    const column = batch.columns.temperature
    for (let row = 0; row < column.length; row++) sum += column[row]
    look?.(batch)
    if (releases) batch.release()
  }
  return { rows, sum }
}

async function official() {
  const { default: Aerospike } = await import('aerospike')
  const client = await Aerospike.connect({ hosts })
  const scan = client.scan('test', set)
  const columns = { temperature: new Float64Array(2 ** 21), humidity: new Int32Array(2 ** 21) }
  const rest = BINS.slice(2).map(() => new Float64Array(2 ** 21))
  let [rows, sum] = [0, 0]
  const begin = performance.now()
  const stream = scan.foreach()
  stream.on('data', ({ bins }) => {
    columns.temperature[rows] = bins.temperature
    columns.humidity[rows] = bins.humidity
    rest.forEach((column, index) => (column[rows] = bins[BINS[index + 2]]))
    sum += columns.temperature[rows++]
  })
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject))
  const ms = performance.now() - begin
  client.close()
  return { ms, rows, sum }
}

/** Starts the program and waits for it. */
async function idle() {
  const [program, ...args] = given
  const loop = watchLoop()
  const begin = performance.now()
  const child = spawn(program, args, { stdio: 'ignore' })
  const code = await new Promise((resolve) => child.on('exit', resolve))
  if (code !== 0) throw new Error(`${program} has ended with code ${code}`)
  return { ms: performance.now() - begin, ...loop() }
}

console.log(JSON.stringify(await { aerostride, official, idle }[peer]()))
