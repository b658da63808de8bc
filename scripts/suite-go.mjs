// The suite of the official Go client 8.5.0, from the Go module proxy, against the embedded server, or against the server whose
// address is given: node scripts/suite-go.mjs [HOST:PORT]. Needs Go 1.23. Fails when a test fails that scripts/suite-go.txt does
// not list.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const module = 'github.com/aerospike/aerospike-client-go/v8@v8.5.0'
const folder = join(root, 'target/suites/go')
const report = join(folder, 'report.json')
const known = readFileSync(join(root, 'scripts/suite-go.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

function compile() {
  mkdirSync(folder, { recursive: true })
  const download = execFileSync('go', ['mod', 'download', '-json', module], { cwd: folder, encoding: 'utf8' })
  cpSync(JSON.parse(download).Dir, join(folder, 'src'), { recursive: true })
  execFileSync('chmod', ['-R', 'u+w', join(folder, 'src')])
  execFileSync('go', ['test', '-c', '-o', '../suite.test', '.'], { cwd: join(folder, 'src'), stdio: 'inherit' })
}

async function startServer() {
  execFileSync('cargo', ['build', '--release', '-p', 'aerostride-devserver'], { cwd: root, stdio: 'inherit' })
  const server = spawn(join(root, 'target/release/aerostride-devserver'), ['--port', '0'])
  for await (const line of createInterface(server.stdout)) {
    return { address: line.replace('listening on ', ''), stop: () => server.kill() }
  }
  throw new Error('the embedded server did not start')
}

function run(address) {
  const [host, port] = address.split(':')
  const options = ['-h', host, '-p', port, '-test.run', 'TestAerospike', '--ginkgo.timeout=20m', '--ginkgo.no-color']
  const suite = spawn('../suite.test', [...options, `--ginkgo.json-report=${report}`], {
    cwd: join(folder, 'src'),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return new Promise((resolve) => suite.on('close', resolve))
}

const name = (spec) => [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(' / ')

function results() {
  const specs = JSON.parse(readFileSync(report, 'utf8')).flatMap((suite) => suite.SpecReports ?? [])
  const tests = specs.filter((spec) => spec.LeafNodeType === 'It')
  const passed = tests.filter((spec) => spec.State === 'passed').length
  const failed = tests.filter((spec) => !['passed', 'skipped', 'pending'].includes(spec.State)).map(name)
  return { passed, failed }
}

compile()
const server = process.argv[2] ? { address: process.argv[2], stop() {} } : await startServer()
await run(server.address)
server.stop()
const { passed, failed } = results()
const surprising = failed.filter((test) => !known.some((part) => test.includes(part)))
console.log(`${passed} passed, ${failed.length} failed, ${surprising.length} of them unexpectedly`)
for (const test of surprising) console.log(`  ${test}`)
process.exitCode = surprising.length > 0 || passed === 0 ? 1 : 0
