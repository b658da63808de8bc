// Python: the batch goes to another program as Arrow's IPC bytes, through a pipe. A file (`saveIPC`) would do as well.
// Needs `pip install pyarrow pandas polars duckdb`; PYTHON says which interpreter has them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readSensors } from './sensors.mjs'

const batch = await readSensors()
const script = fileURLToPath(new URL('describe.py', import.meta.url))
const python = spawn(process.env.PYTHON ?? 'python3', [script], { stdio: ['pipe', 'inherit', 'inherit'] })
python.stdin.end(batch.toIPC({ key: true, gen: true }))
const [code] = await once(python, 'exit')
process.exitCode = code ?? 1
