// The conversation with the runner, the same for every peer in JavaScript: one line of JSON in, one line out.
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * Serves a peer: `prepare(request)` gets ready to read the first `keys` records of a workload, `read()` reads them
 * into columns once and gives `checksum()` something to add up. `ready()`, where there is one, is called before every
 * timed read and is no part of it.
 */
export async function serve(peer) {
  const commands = {
    prepare: (request) => peer.prepare(request),
    read: (request) => timeReads(peer, request),
    probe: (request) => probeEventLoop(peer, request),
    heap: (request) => measureHeap(peer, request),
    busy: (request) => readWhileBusy(peer, request),
    memory: () => measureMemory(peer),
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(commands, JSON.parse(line))
    process.stdout.write(`${JSON.stringify(reply)}\n`)
  }
  await peer.close()
}

async function answer(commands, request) {
  try {
    return (await commands[request.do](request)) ?? {}
  } catch (error) {
    return { error: error.stack }
  }
}

/**
 * Milliseconds of each read, or of each wave of concurrent ones; and the CPU time of the whole process for all. That is asked for
 * before and after all of them, as the Rust peers do, and not between them, unless something else has to be done there.
 */
async function timeReads(peer, { times, concurrent = 1 }) {
  const ms = []
  let batch
  let used = 0
  let begun = process.cpuUsage()
  for (let i = 0; i < times; i++) {
    if (peer.ready !== undefined) {
      await peer.ready()
      begun = process.cpuUsage()
    }
    const started = performance.now()
    if (concurrent === 1) batch = await peer.read()
    else [batch] = await Promise.all(Array.from({ length: concurrent }, () => peer.read()))
    ms.push(performance.now() - started)
    if (peer.ready !== undefined || i === times - 1) {
      const { user, system } = process.cpuUsage(begun)
      used += user + system
    }
  }
  return { ms, cpu: used / 1000, sum: await peer.checksum(batch) }
}

/**
 * How late a 1 ms timer comes while a read runs: the longest stretch in which nothing else could run. The same time
 * without a read is the baseline: what the machine alone does to a timer.
 */
async function probeEventLoop(peer, { times }) {
  const reading = []
  const idle = []
  for (let i = 0; i < times; i++) {
    const started = performance.now()
    reading.push(await longestDelay(() => peer.read()))
    const elapsed = performance.now() - started
    idle.push(await longestDelay(() => sleep(elapsed)))
  }
  return { reading, idle }
}

async function longestDelay(work) {
  let longest = 0
  let due = performance.now() + 1
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - due)
    due = now + 1
    timer = setTimeout(tick, 1)
  }
  let timer = setTimeout(tick, 1)
  await work()
  // What blocked the loop last is seen by the timer that comes after it.
  await sleep(3)
  clearTimeout(timer)
  return longest
}

/**
 * Bytes that reads leave on the JavaScript heap, garbage included: the process runs with a young generation so large that
 * nothing is collected in between.
 */
async function measureHeap(peer, { times }) {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < times; i++) await peer.read()
  return { heap: (process.memoryUsage().heapUsed - before) / times }
}

/**
 * Reads beside JavaScript work that wants the same thread, as in a service under load: how long the reads take then,
 * and how much of the work is still done, compared to the same time without reads.
 */
async function readWhileBusy(peer, { times }) {
  const ms = []
  await workDuring(() => sleep(300))
  const alone = await workDuring(() => sleep(1000))
  const beside = await workDuring(async () => {
    for (let i = 0; i < times; i++) {
      const started = performance.now()
      await peer.read()
      ms.push(performance.now() - started)
    }
  })
  return { ms, workKept: beside / alone }
}

/** Pieces of work per ms that are done while something else goes on. */
async function workDuring(other) {
  const state = { going: true }
  let pieces = 0
  const started = performance.now()
  const work = async () => {
    while (state.going) {
      JSON.parse(JSON.stringify(pieceOfWork))
      pieces++
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const working = work()
  await other()
  state.going = false
  await working
  return pieces / (performance.now() - started)
}

const pieceOfWork = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `item ${i}`, tags: ['a', 'b', 'c'] }))

/** How far one read makes the process grow, its result included. Only Linux lets a process forget its earlier peak. */
async function measureMemory(peer) {
  // What the preparation has left is given back to the system a little after it was collected.
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await sleep(300)
  }
  writeFileSync('/proc/self/clear_refs', '5')
  const before = process.memoryUsage.rss()
  const batch = await peer.read()
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))
  return { growth: Number(peak) * 1024 - before, result: peer.bytes?.(batch) }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
