// Vector search without an index: a scan reads every vector, and the nearest ones are kept. Exact, and as fast as the scan.
//
//   node examples/vectors/search.mjs           with an embedded server, or AEROSTRIDE_HOSTS=host:port
import { connect, dtype } from 'aerostride'
import { startDevServer } from 'aerostride/devserver'

const SIZE = 64
const ITEMS = 20_000
const NEAREST = 5

const item = dtype({ embedding: ['f4', SIZE] })

const server = process.env.AEROSTRIDE_HOSTS === undefined ? await startDevServer() : undefined
const client = await connect(server && { hosts: server.hosts })
await fill()

const wanted = vectorOf(4711)
const started = performance.now()
const found = await nearest(wanted)
console.log(`${ITEMS} vectors of ${SIZE} in ${Math.round(performance.now() - started)} ms`)
for (const { id, similarity } of found) console.log(`${id} ${similarity.toFixed(4)}`)
await client.close()
await server?.stop()

/** The most similar items, by the cosine: one batch at a time is in memory. */
async function nearest(query) {
  let best = []
  for await (const batch of client.scan('test', 'items', { dtype: item })) {
    const { data } = batch.columns.embedding // all vectors of the batch, one after the other
    const candidates = []
    const worst = best.length < NEAREST ? -Infinity : best.at(-1).similarity
    for (let row = 0; row < batch.length; row++) {
      const similarity = dot(data, row * SIZE, query)
      if (similarity > worst) candidates.push({ row, similarity })
    }
    const rows = candidates.toSorted(bySimilarity).slice(0, NEAREST)
    const named = rows.map(({ row, similarity }) => ({ id: batch.keys[row][2], similarity }))
    best = [...best, ...named].toSorted(bySimilarity).slice(0, NEAREST)
  }
  return best
}

function bySimilarity(a, b) {
  return b.similarity - a.similarity
}

function dot(data, start, query) {
  let sum = 0
  for (let at = 0; at < SIZE; at++) sum += data[start + at] * query[at]
  return sum
}

/** A vector of length 1 that an id gives, always the same: neighbours in number are neighbours in direction. */
function vectorOf(id) {
  const vector = Float32Array.from({ length: SIZE }, (_, at) => Math.sin((id * (at + 1)) / 5000))
  const length = Math.hypot(...vector)
  return vector.map((each) => each / length)
}

async function fill() {
  const ids = Array.from({ length: ITEMS }, (_, id) => id)
  const keys = ids.map((id) => ['test', 'items', id])
  await client.batchWrite(keys, { dtype: item, columns: { embedding: ids.map(vectorOf) }, policy: { sendKey: true } })
}
