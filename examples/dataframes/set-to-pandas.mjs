// A whole set into pandas while it is being read: record batches go through a pipe as Arrow's stream format.
// Needs `pip install pyarrow pandas`; PYTHON says which interpreter has them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import * as arrow from 'apache-arrow'
import { connectToSet, sensor } from './set.mjs'

const script = fileURLToPath(new URL('by_site.py', import.meta.url))
const python = spawn(process.env.PYTHON ?? 'python3', [script], { stdio: ['pipe', 'inherit', 'inherit'] })

const { client, close } = await connectToSet()
// pandas knows strings better than views of them. `arrow` is this program's copy of the library, which writes the batches.
const batches = client.scan('test', 'set', { dtype: sensor }).recordBatches({ key: true, views: false, arrow })
const ended = once(python, 'exit')
await pipeline(batches, arrow.RecordBatchStreamWriter.throughNode(), python.stdin)
const [code] = await ended
await close()
process.exitCode = code ?? 1
