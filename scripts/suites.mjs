// `npm run suites`: the official clients' own test suites against the embedded server, and whether everything passes that
// passes on a real one. What does not, and why, is in fixtures/suites. `npm run suites -- python` runs one of them;
// `--hosts 10.0.0.5:3000` runs it on another server and only prints what fails there.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare } from './build.mjs'
import { targetDirectory } from './cargo.mjs'
import { npm } from './install.mjs'
import { root, run } from './run.mjs'
import { compare, counts } from './suites-compare.mjs'
import { readJunit, readMocha } from './suites-results.mjs'
import { main, Problem, step } from './terminal.mjs'

/** A file of a suite may take so many milliseconds. */
const PATIENCE = 180_000

/** The client ends with a segmentation fault now and then, on a real server as well: in 7 of 50 runs of `batch_get.js`. */
const ATTEMPTS = 3

/** The suite does not wait for the connection that its tests use. This waits for it, and changes nothing in the suite. */
const READY = `const { cluster } = require(process.cwd() + '/test/test_helper.js')
before(async function () {
  this.timeout(20000)
  while (!cluster.build || !cluster.namespaceInfo.config) await new Promise((done) => setTimeout(done, 10))
})
`

const SUITES = { node: runNode, python: runPython }

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { hosts: { type: 'string' }, tests: { type: 'string' } },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(SUITES)
  const unknown = names.find((name) => !(name in SUITES))
  if (unknown !== undefined) throw new Problem(`There is no suite '${unknown}'.`, 'There are node and python.')
  await prepare()
  const { startDevServer } = await import('../devserver.mjs')
  const problems = []
  for (const name of names) {
    const server = values.hosts === undefined ? await startDevServer() : undefined
    const results = await SUITES[name](server?.hosts[0] ?? values.hosts, values.tests)
    await server?.stop()
    console.log(`${name}: ${counts(results)}`)
    const expected = JSON.parse(readFileSync(join(root, 'fixtures', 'suites', `${name}.json`), 'utf8'))
    problems.push(...compare(results, server === undefined ? undefined : expected))
  }
  if (problems.length > 0) throw new Problem(`${problems.length} differences.`, '', problems.join('\n'))
})

/** The suite in the npm package, each of its files in a process of its own: `{ file: { test: outcome } }`. */
async function runNode(host) {
  const folder = join(await targetDirectory(), 'suites', 'node')
  const packages = JSON.parse(readFileSync(join(root, 'fixtures', 'suites', 'node.json'), 'utf8')).packages
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await step('Installing the suite of the Node client', async () => {
    const [program, ...before] = npm()
    const install = [...before, 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages]
    await must(program, install, { cwd: folder }, 'npm could not install the suite.')
    const compiler = join(folder, 'node_modules', 'typescript', 'bin', 'tsc')
    await run(process.execPath, [compiler, '-p', join(suiteOf(folder), 'test')], { cwd: folder })
  })
  writeFileSync(join(folder, 'ready.cjs'), READY)
  return step('Running the suite of the Node client', (report) => runFiles(folder, host, report))
}

function suiteOf(folder) {
  return join(folder, 'node_modules', 'aerospike')
}

async function runFiles(folder, host, report) {
  const [address, port] = host.split(':')
  const { files, version } = JSON.parse(readFileSync(join(root, 'fixtures', 'suites', 'node.json'), 'utf8'))
  const results = {}
  for (const file of Object.keys(files)) {
    report(file)
    const output = join(folder, 'result.json')
    rmSync(output, { force: true })
    const mocha = join(folder, 'node_modules', 'mocha', 'bin', '_mocha')
    const reporter = ['--reporter', 'json', '--reporter-option', `output=${output}`, '--exit']
    const args = [mocha, '--file', join(folder, 'ready.cjs'), join('test', file), ...reporter]
    const env = {
      OPTIONS: `--host ${address} --port ${port}`,
      NODE_PATH: join(folder, 'node_modules'),
      npm_package_version: version,
    }
    for (let attempt = 0; attempt < ATTEMPTS && !existsSync(output); attempt++)
      await run(process.execPath, args, { cwd: suiteOf(folder), timeout: PATIENCE, env })
    results[file] = readMocha(output)
  }
  return results
}

/** The Python client's files on lists, maps, bits, sketches, expressions, scans and queries. */
async function runPython(host, tests) {
  const folder = join(await targetDirectory(), 'suites', 'python')
  const expected = JSON.parse(readFileSync(join(root, 'fixtures', 'suites', 'python.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  const python = join(folder, 'venv', 'bin', 'python')
  await step('Installing the suite of the Python client', async () => {
    await must('python3', ['-m', 'venv', join(folder, 'venv')], {}, 'Python 3 is missing or has no venv.')
    await must(python, ['-m', 'pip', 'install', '--quiet', ...expected.packages], {}, 'pip could not install it.')
    if (tests === undefined) await fetchTests(join(folder, 'repository'), expected)
  })
  const suite = join(tests ?? join(folder, 'repository'), 'test')
  writeFileSync(
    join(suite, 'config.conf'),
    `[input-validation]\nvalidate_keys: true\n[community-edition]\nhosts: ${host}\n[enterprise-edition]\nhosts :\nuser :\npassword :\n`,
  )
  return step('Running the suite of the Python client', async (report) => {
    const output = join(folder, 'result.xml')
    const files = Object.keys(expected.files).map((file) => join('new_tests', file))
    const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '-v', '--timeout', '60', `--junitxml=${output}`, ...files]
    await run(python, args, { cwd: suite, onLine: report })
    return readJunit(output)
  })
}

/** The tests are not in the package, only in the repository. */
async function fetchTests(folder, { repository, commit }) {
  rmSync(folder, { recursive: true, force: true })
  await must('git', ['init', '--quiet', folder], {}, 'git is missing.')
  const fetch = ['fetch', '--quiet', '--depth', '1', repository, commit]
  await must('git', fetch, { cwd: folder }, 'git could not fetch the suite.')
  await must('git', ['checkout', '--quiet', 'FETCH_HEAD'], { cwd: folder }, 'git could not check the suite out.')
}

async function must(program, args, options, message) {
  const { code, output } = await run(program, args, options)
  if (code !== 0) throw new Problem(message, 'Is the network reachable?', output)
}
